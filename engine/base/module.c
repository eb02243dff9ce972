/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/module.h"

#include "engine/base/elf.h"
#include "engine/base/module-folder.h"
#include "engine/base/place.h"
#include "engine/base/trust.h"
#include "engine/base/words.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum
{
  PATH_SIZE = 4096,
  WORDS_SIZE = 1024,
  TRIAL_S = 20,
  UNRESOLVED = 127 /* the dynamic linker's exit status */
};

extern char **environ;

/* --- where it is --- */

/* Writes "DIR/libnullcurve-NAME.so"; false when there is no such file. */
static bool
find_in (const char *folder, const char *name, char path[PATH_SIZE])
{
  int length = snprintf (path, PATH_SIZE, "%s/libnullcurve-%s.so", folder, name);
  return length > 0 && length < PATH_SIZE && access (path, F_OK) == 0;
}

/* An installation may have been moved as a whole, so it is sought as seen from the program. */
static bool
find_beside_program (const char *name, char path[PATH_SIZE])
{
  char program[MOE_PLACE_SIZE], folder[PATH_SIZE];
  if (!moe_place_program (program))
    return false;
  int length = snprintf (folder, sizeof folder, "%s/" NULLCURVE_MODULES_FROM_PROGRAMS, program);
  return length < PATH_SIZE && find_in (folder, name, path);
}

static bool
find_built (const char *name, char path[PATH_SIZE])
{
  char build[MOE_PLACE_SIZE], sources[MOE_PLACE_SIZE], folder[PATH_SIZE];
  if (!moe_place_built (build, sources))
    return false;
  int length = snprintf (folder, sizeof folder, "%s/engine/backends/modules", build);
  return length < PATH_SIZE && find_in (folder, name, path);
}

static bool
find_module (const char *name, char path[PATH_SIZE])
{
  const char *chosen = getenv (MOE_MODULE_DIR_VARIABLE);
  if (chosen != NULL)
    return find_in (chosen, name, path);
  return find_beside_program (name, path) || find_built (name, path)
         || find_in (NULLCURVE_MODULE_DIR, name, path);
}

/* --- can it be loaded? --- */

/* What became of a process after TRIAL_S at most: its status, or -1 when it had to be stopped. */
static int
await_trial (pid_t pid)
{
  const struct timespec pause = { .tv_nsec = 1000000 };
  int status;
  for (int i = 0; i < TRIAL_S * 1000; i++)
    {
      pid_t ended = waitpid (pid, &status, WNOHANG);
      if (ended == pid)
        return status;
      if (ended < 0 && errno != EINTR)
        return 0; /* somebody else has waited for it: nothing is known against the module */
      nanosleep (&pause, NULL);
    }
  kill (pid, SIGKILL);
  waitpid (pid, &status, 0);
  return -1;
}

/* What the trial adds to the environment, in the place of what is there.  A module that was built
 * for the address sanitizer is otherwise refused by that. */
static bool
is_replaced (const char *variable)
{
  return strncmp (variable, "LD_PRELOAD=", strlen ("LD_PRELOAD=")) == 0
         || strncmp (variable, "ASAN_OPTIONS=", strlen ("ASAN_OPTIONS=")) == 0;
}

/* This environment with the module to be loaded first.  Taken over by file descriptor, since a path
 * may have blanks and colons, which would end it.  NULL without memory. */
static char **
trial_environment (int file, char preload[64])
{
  size_t n = 0, kept = 0;
  while (environ[n] != NULL)
    n++;
  char **environment = calloc (n + 4, sizeof *environment);
  if (environment == NULL)
    return NULL;
  for (size_t i = 0; i < n; i++)
    if (!is_replaced (environ[i]))
      environment[kept++] = environ[i];
  snprintf (preload, 64, "LD_PRELOAD=/proc/self/fd/%d", file);
  environment[kept++] = preload;
  environment[kept++] = (char *)"ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0";
  environment[kept] = (char *)"LD_BIND_NOW=1";
  return environment;
}

/* A program that does nothing is started with the module in it: it is mapped, its references are
 * resolved and it is set up, as in this one later.  False when that ended the program; a library
 * that it lacks does not, and of a symbol that it lacks, for which the dynamic linker ends the
 * program in good order, opening the module tells in words. */
static bool
survives_loading (int file)
{
  static const char program[] = "/bin/true";
  char *const arguments[] = { (char *)program, NULL };
  char preload[64];
  pid_t pid;
  posix_spawn_file_actions_t actions;
  char **environment = trial_environment (file, preload);
  if (environment == NULL || posix_spawn_file_actions_init (&actions) != 0)
    {
      free (environment);
      return true;
    }
  posix_spawn_file_actions_adddup2 (&actions, file, file); /* stays open there */
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  int fault = posix_spawn (&pid, program, &actions, NULL, arguments, environment);
  posix_spawn_file_actions_destroy (&actions);
  free (environment);
  int status = fault == 0 ? await_trial (pid) : 0;
  return status == 0 || (status > 0 && WIFEXITED (status) && WEXITSTATUS (status) == UNRESOLVED);
}

/* NULL, or a part of a sentence that says why it had better not be opened. */
static const char *
find_damage (const char *path)
{
  struct stat facts;
  const char *damage = NULL;
  int file = open (path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || fstat (file, &facts) != 0)
    damage = strerror (errno);
  else if (!moe_elf_is_whole (file, (uint64_t)facts.st_size))
    damage = moe_words ("the file is cut off, or no shared library");
  else if (!survives_loading (file))
    damage = moe_words ("the file is damaged: a program that loads it crashes");
  if (file >= 0)
    close (file);
  return damage;
}

/* --- open --- */

static bool
refuse (char *reason, size_t size, const char *title, const char *why)
{
  snprintf (reason, size, moe_words ("The %s module cannot be opened: %s."), title, why);
  return false;
}

static bool
have_needed (const char *title, MoeModuleNeed need, char *reason, size_t size)
{
  void *handle = need.library != NULL ? moe_library_open (need.library) : NULL;
  if (handle != NULL)
    dlclose (handle);
  if (handle != NULL || need.library == NULL)
    return true;
  snprintf (reason, size,
            moe_words ("The %s module needs %s, and this machine has none (there is no %s)."),
            title, moe_words (need.what), need.library);
  return false;
}

bool
moe_module_open (const char *name,
                 const char *title,
                 const char *symbol,
                 MoeModuleNeed need,
                 MoeModule *module,
                 char *reason,
                 size_t reason_size)
{
  char path[PATH_SIZE], why[WORDS_SIZE];
  *module = (MoeModule){ 0 };
  if (!find_module (name, path))
    {
      snprintf (reason, reason_size, moe_words ("The %s module is not installed."), title);
      return false;
    }
  if (!moe_trust_file (path, why, sizeof why))
    {
      module->faulty = true;
      return refuse (reason, reason_size, title, why);
    }
  if (!have_needed (title, need, reason, reason_size))
    return false;
  const char *damage = find_damage (path);
  module->faulty = damage != NULL; /* one whose libraries are not installed is none */
  if (damage == NULL && (module->handle = dlopen (path, RTLD_NOW | RTLD_LOCAL)) == NULL)
    damage = dlerror ();
  if (damage != NULL)
    return refuse (reason, reason_size, title, damage);
  module->symbol = dlsym (module->handle, symbol);
  if (module->symbol != NULL)
    return true;
  snprintf (reason, reason_size, moe_words ("The %s module has no symbol %s."), title, symbol);
  moe_module_close (module);
  module->faulty = true;
  return false;
}

void
moe_module_close (MoeModule *module)
{
  if (module->handle != NULL)
    dlclose (module->handle);
  *module = (MoeModule){ 0 };
}

/* --- libraries of the system --- */

/* An element that is empty means the current folder, as a relative one does in part. */
static bool
depends_on_folder (const char *path)
{
  for (const char *element = path; element != NULL;)
    {
      const char *end = strpbrk (element, ":;");
      if (*element != '/')
        return true;
      element = end != NULL ? end + 1 : NULL;
    }
  return false;
}

static void *
open_in (const char *folder, size_t length, const char *name)
{
  char path[PATH_SIZE];
  int n = snprintf (path, sizeof path, "%.*s/%s", (int)length, folder, name);
  return n > 0 && n < PATH_SIZE ? dlopen (path, RTLD_LAZY | RTLD_LOCAL) : NULL;
}

void *
moe_library_open (const char *name)
{
  static const char *const usual[] = { "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
                                       "/usr/lib64", "/usr/lib", "/usr/local/lib" };
  const char *path = getenv ("LD_LIBRARY_PATH");
  if (path == NULL || *path == '\0' || strchr (name, '/') != NULL || !depends_on_folder (path))
    return dlopen (name, RTLD_NOW | RTLD_LOCAL);
  void *handle = NULL;
  for (const char *element = path; handle == NULL && element != NULL;)
    {
      size_t length = strcspn (element, ":;");
      if (*element == '/')
        handle = open_in (element, length, name);
      element = element[length] != '\0' ? element + length + 1 : NULL;
    }
  for (size_t i = 0; handle == NULL && i < sizeof usual / sizeof usual[0]; i++)
    handle = open_in (usual[i], strlen (usual[i]), name);
  return handle;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/module.h"

#include "engine/base/words.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum
{
  PATH_SIZE = 4096
};

/* Writes "DIR/libnullcurve-NAME.so"; false when there is no such file. */
static bool
find_in (const char *folder, const char *name, char path[PATH_SIZE])
{
  int length = snprintf (path, PATH_SIZE, "%s/libnullcurve-%s.so", folder, name);
  return length > 0 && length < PATH_SIZE && access (path, R_OK) == 0;
}

/* PROGRAM_DIR/../engine/backends/modules: where a build folder has them. */
static bool
find_beside_program (const char *name, char path[PATH_SIZE])
{
  char program[PATH_SIZE];
  ssize_t length = readlink ("/proc/self/exe", program, sizeof program - 64);
  if (length <= 0)
    return false;
  program[length] = '\0';
  for (int up = 0; up < 2; up++)
    {
      char *slash = strrchr (program, '/');
      if (slash == NULL)
        return false;
      *slash = '\0';
    }
  strcat (program, "/engine/backends/modules");
  return find_in (program, name, path);
}

static bool
find_module (const char *name, char path[PATH_SIZE])
{
  const char *folder = getenv (MOE_MODULE_DIR_VARIABLE);
  if (folder != NULL)
    return find_in (folder, name, path);
  return find_beside_program (name, path) || find_in (NULLCURVE_MODULE_DIR, name, path);
}

bool
moe_module_open (const char *name,
                 const char *title,
                 const char *symbol,
                 MoeModule *module,
                 char *reason,
                 size_t reason_size)
{
  char path[PATH_SIZE];
  *module = (MoeModule){ 0 };
  if (!find_module (name, path))
    {
      snprintf (reason, reason_size, moe_words ("The %s module is not installed."), title);
      return false;
    }
  module->handle = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (module->handle == NULL)
    {
      snprintf (reason, reason_size, moe_words ("The %s module cannot be opened: %s."), title,
                dlerror ());
      return false;
    }
  module->symbol = dlsym (module->handle, symbol);
  if (module->symbol != NULL)
    return true;
  snprintf (reason, reason_size, moe_words ("The %s module has no symbol %s."), title, symbol);
  moe_module_close (module);
  return false;
}

void
moe_module_close (MoeModule *module)
{
  if (module->handle != NULL)
    dlclose (module->handle);
  *module = (MoeModule){ 0 };
}

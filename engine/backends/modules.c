/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/modules.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum
{
  N_MODULES = 1,
  PATH_SIZE = 4096
};

/* A module that could not be opened is stood for by a backend whose probe () tells the reason. */
static char reasons[N_MODULES][MOE_BACKEND_TEXT_SIZE];

static MoeStatus
refuse (size_t module, MoeError *error)
{
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator", "%s", reasons[module]);
}

static MoeStatus
refuse_onednn (MoeError *error)
{
  return refuse (0, error);
}

static void
no_facts (MoeBackendFacts *facts)
{
  *facts = (MoeBackendFacts){ 0 };
}

static const MoeBackend absent[N_MODULES] = {
  { .abi_version = MOE_BACKEND_ABI,
    .name = "onednn",
    .title = "oneDNN",
    .probe = refuse_onednn,
    .facts = no_facts },
};

static const MoeBackend *modules[N_MODULES];

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
  const char *folder = getenv (MOE_BACKEND_MODULE_DIR_VARIABLE);
  if (folder != NULL)
    return find_in (folder, name, path);
  return find_beside_program (name, path) || find_in (NULLCURVE_MODULE_DIR, name, path);
}

static const MoeBackend *
open_module (size_t i)
{
  const MoeBackend *stand_in = &absent[i];
  char path[PATH_SIZE];
  if (!find_module (stand_in->name, path))
    {
      snprintf (reasons[i], sizeof reasons[i], "The %s module is not installed.", stand_in->title);
      return stand_in;
    }
  void *handle = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL)
    {
      snprintf (reasons[i], sizeof reasons[i], "The %s module cannot be opened: %s.",
                stand_in->title, dlerror ());
      return stand_in;
    }
  const MoeBackend *backend = dlsym (handle, MOE_BACKEND_MODULE_SYMBOL);
  if (backend != NULL && backend->abi_version == MOE_BACKEND_ABI)
    return backend;
  if (backend == NULL)
    snprintf (reasons[i], sizeof reasons[i], "The %s module has no symbol %s.", stand_in->title,
              MOE_BACKEND_MODULE_SYMBOL);
  else
    snprintf (reasons[i], sizeof reasons[i],
              "The %s module is of interface version %u, this program of version %d.",
              stand_in->title, backend->abi_version, (int)MOE_BACKEND_ABI);
  dlclose (handle);
  return stand_in;
}

static void
open_modules (void)
{
  for (size_t i = 0; i < N_MODULES; i++)
    modules[i] = open_module (i);
}

const MoeBackend *const *
moe_backend_modules (size_t *n)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once (&once, open_modules);
  *n = N_MODULES;
  return modules;
}

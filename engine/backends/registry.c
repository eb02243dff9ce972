/* SPDX-License-Identifier: Apache-2.0 */
/* The only place, besides a backend itself and the list of modules, that names backends. */
#include "engine/backends/backend.h"
#include "engine/backends/modules.h"
#include "engine/backends/native-backend.h"
#include "engine/backends/openblas.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum
{
  MAX_BACKENDS = 8
};

static const MoeBackend *backends[MAX_BACKENDS];
static size_t n_backends;

static void
list_backends (void)
{
  size_t n_modules;
  const MoeBackend *const *modules = moe_backend_modules (&n_modules);
  backends[n_backends++] = &moe_backend_openblas;
  backends[n_backends++] = &moe_backend_native;
  for (size_t i = 0; i < n_modules && n_backends < MAX_BACKENDS; i++)
    backends[n_backends++] = modules[i];
}

const MoeBackend *const *
moe_backends (size_t *n)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once (&once, list_backends);
  *n = n_backends;
  return backends;
}

static MoeStatus
check_usable (const MoeBackend *backend, MoeDtype dtype, MoeError *error)
{
  const MoeBlock block = { .shape = { .tokens = 1, .hidden = 1, .mlp_dim = 1, .experts = 1 },
                           .topk = 1,
                           .dtype = dtype,
                           .impl = MOE_IMPL_FUSED_W13 };
  MoeStatus status = backend->probe (error);
  return status == MOE_OK ? backend->supports (&block, error) : status;
}

/* On failure the error is that of the last one, the most capable. */
static const MoeBackend *
first_usable (MoeDtype dtype, MoeError *error)
{
  size_t n;
  const MoeBackend *const *list = moe_backends (&n);
  for (size_t i = 0; i < n; i++)
    if (check_usable (list[i], dtype, error) == MOE_OK)
      return list[i];
  return NULL;
}

const MoeBackend *
moe_backend_find (const char *name, MoeDtype dtype, MoeError *error)
{
  if (strcmp (name, "auto") == 0)
    return first_usable (dtype, error);

  size_t n;
  char names[MOE_BACKEND_TEXT_SIZE] = "auto";
  const MoeBackend *const *list = moe_backends (&n);
  for (size_t i = 0; i < n; i++)
    {
      if (strcmp (list[i]->name, name) == 0)
        return check_usable (list[i], dtype, error) == MOE_OK ? list[i] : NULL;
      size_t used = strlen (names);
      snprintf (names + used, sizeof names - used, ", %s", list[i]->name);
    }
  moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                        "--accelerator %s: not in this build; there is %s.", name, names);
  return NULL;
}

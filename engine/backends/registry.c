/* SPDX-License-Identifier: Apache-2.0 */
/* The only place, besides a backend itself and the list of modules, that names backends. */
#include "engine/backends/backend.h"
#include "engine/backends/modules.h"
#include "engine/backends/native-backend.h"
#include "engine/backends/openblas.h"
#include "engine/base/assert.h"
#include "engine/base/words.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
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
  MOE_ASSERT (n_backends + n_modules <= MAX_BACKENDS);
  for (size_t i = 0; i < n_modules; i++)
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

/* Length of the backend's name in "cuda:1". */
static size_t
name_length (const char *accelerator)
{
  return strcspn (accelerator, ":");
}

bool
moe_backend_is_named (const MoeBackend *backend, const char *accelerator)
{
  size_t length = name_length (accelerator);
  return strlen (backend->name) == length && memcmp (backend->name, accelerator, length) == 0
         && (accelerator[length] == '\0' || backend->n_devices != NULL);
}

size_t
moe_backend_device_of (const char *accelerator)
{
  const char *number = accelerator + name_length (accelerator);
  return *number == ':' ? (size_t)strtoull (number + 1, NULL, 10) : 0;
}

/* "There are 2: cuda:0 (NVIDIA H200), cuda:1 (NVIDIA H100)" */
static void
list_devices (const MoeBackend *backend, char *text, size_t size)
{
  size_t n = backend->n_devices ();
  int used =
      snprintf (text, size, n == 1 ? moe_words ("there is %zu") : moe_words ("there are %zu"), n);
  for (size_t i = 0; i < n && used > 0 && (size_t)used < size; i++)
    {
      MoeDevice device;
      bool known = backend->device (i, &device, NULL) == MOE_OK;
      used += snprintf (text + used, size - (size_t)used, "%s %s:%zu (%.60s)", i == 0 ? ":" : ",",
                        backend->name, i, known ? device.name : moe_words ("unknown"));
    }
}

/* Is the device there, and can it be used? */
static MoeStatus
check_device (const MoeBackend *backend, size_t index, MoeError *error)
{
  MoeDevice device = { 0 };
  char there[MOE_BACKEND_TEXT_SIZE];
  if (backend->n_devices == NULL)
    return MOE_OK;
  if (index >= backend->n_devices ())
    {
      list_devices (backend, there, sizeof there);
      return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                                   "--accelerator %s:%zu: there is no such device; %s.",
                                   backend->name, index, there);
    }
  MoeStatus status = backend->device (index, &device, error);
  if (status != MOE_OK || device.reason[0] == '\0')
    return status;
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                               "--accelerator %s:%zu: %s", backend->name, index, device.reason);
}

MoeStatus
moe_backend_check (const MoeBackend *backend, size_t device, MoeDtype dtype, MoeError *error)
{
  const MoeBlock block = { .shape = { .tokens = 1, .hidden = 1, .mlp_dim = 1, .experts = 1 },
                           .topk = 1,
                           .choice[MOE_CHOICE_DTYPE] = dtype,
                           .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13 };
  MoeStatus status = backend->probe (error);
  if (status == MOE_OK)
    status = check_device (backend, device, error);
  return status == MOE_OK ? backend->supports (&block, error) : status;
}

/* On failure the error is that of the last one, the most capable. */
static const MoeBackend *
first_usable (MoeDtype dtype, MoeError *error)
{
  size_t n;
  const MoeBackend *const *list = moe_backends (&n);
  for (size_t i = 0; i < n; i++)
    if (moe_backend_check (list[i], 0, dtype, error) == MOE_OK)
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
      if (moe_backend_is_named (list[i], name))
        return moe_backend_check (list[i], moe_backend_device_of (name), dtype, error) == MOE_OK
                   ? list[i]
                   : NULL;
      size_t used = strlen (names);
      snprintf (names + used, sizeof names - used, ", %s", list[i]->name);
    }
  moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                        "--accelerator %s: not in this build; there is %s.", name, names);
  return NULL;
}

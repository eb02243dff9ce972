/* SPDX-License-Identifier: Apache-2.0 */
/* The only place, besides a backend itself, that names backends. */
#include "engine/backends/backend.h"
#include "engine/backends/openblas.h"

#include <stdio.h>
#include <string.h>

static const MoeBackend *const backends[] = {
  &moe_backend_openblas,
};

enum
{
  N_BACKENDS = sizeof backends / sizeof backends[0]
};

const MoeBackend *const *
moe_backends (size_t *n)
{
  *n = N_BACKENDS;
  return backends;
}

static const MoeBackend *
first_usable (MoeError *error)
{
  for (size_t i = 0; i < N_BACKENDS; i++)
    if (backends[i]->abi_version == MOE_BACKEND_ABI && backends[i]->probe (error) == MOE_OK)
      return backends[i];
  return NULL;
}

const MoeBackend *
moe_backend_find (const char *name, MoeError *error)
{
  if (strcmp (name, "auto") == 0)
    return first_usable (error);

  char names[MOE_BACKEND_TEXT_SIZE] = "auto";
  for (size_t i = 0; i < N_BACKENDS; i++)
    {
      if (strcmp (backends[i]->name, name) == 0)
        return backends[i]->probe (error) == MOE_OK ? backends[i] : NULL;
      size_t used = strlen (names);
      snprintf (names + used, sizeof names - used, ", %s", backends[i]->name);
    }
  moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                        "--accelerator %s: not in this build; there is %s", name, names);
  return NULL;
}

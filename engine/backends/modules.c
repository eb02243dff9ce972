/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/modules.h"

#include "engine/base/module.h"
#include "engine/base/words.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

enum
{
  N_MODULES = 2
};

/* A module that could not be opened is stood for by a backend whose probe () tells the reason. */
static char reasons[N_MODULES][MOE_BACKEND_TEXT_SIZE];
static bool faulty[N_MODULES];

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

static MoeStatus
refuse_cuda (MoeError *error)
{
  return refuse (1, error);
}

static void
no_facts (size_t device, MoeBackendFacts *facts)
{
  (void)device;
  *facts = (MoeBackendFacts){ 0 };
}

static size_t
no_devices (void)
{
  return 0;
}

static const MoeBackend absent[N_MODULES] = {
  { .abi_version = MOE_BACKEND_ABI,
    .name = "onednn",
    .title = "oneDNN",
    .probe = refuse_onednn,
    .facts = no_facts },
  { .abi_version = MOE_BACKEND_ABI,
    .name = "cuda",
    .title = "CUDA",
    .probe = refuse_cuda,
    .facts = no_facts,
    .n_devices = no_devices },
};

static const MoeModuleNeed needed[N_MODULES] = {
  { NULL, NULL },
  { "libcuda.so.1", MOE_WORDS ("an NVIDIA driver") },
};

static const MoeBackend *modules[N_MODULES];

static const MoeBackend *
open_module (size_t i)
{
  const MoeBackend *stand_in = &absent[i];
  MoeModule module;
  if (!moe_module_open (stand_in->name, stand_in->title, MOE_BACKEND_MODULE_SYMBOL, needed[i],
                        &module, reasons[i], sizeof reasons[i]))
    {
      faulty[i] = module.faulty;
      return stand_in;
    }
  const MoeBackend *backend = module.symbol;
  if (backend->abi_version == MOE_BACKEND_ABI)
    {
      if (backend->set_translator != NULL)
        backend->set_translator (moe_words);
      return backend;
    }
  snprintf (reasons[i], sizeof reasons[i],
            moe_words ("The %s module is of interface version %u, this program of version %d."),
            stand_in->title, backend->abi_version, (int)MOE_BACKEND_ABI);
  moe_module_close (&module);
  faulty[i] = true;
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

const char *
moe_backend_module_fault (const MoeBackend *backend)
{
  for (size_t i = 0; i < N_MODULES; i++)
    if (backend == &absent[i] && faulty[i])
      return reasons[i];
  return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU block with kernels of our own: float32 and bfloat16, chosen by the processor. */
#include "engine/backends/native-backend.h"

#include "engine/backends/cpu/block.h"
#include "engine/backends/native/native.h"
#include "engine/base/words.h"

#include <stdio.h>

static const MoeCpuKernels *
kernels_for (MoeDtype dtype)
{
  const char *isa, *reason;
  return moe_native_kernels (dtype, &isa, &reason);
}

static MoeStatus
native_probe (MoeError *error)
{
  (void)error;
  return MOE_OK; /* float32 always has at least the portable kernels */
}

static void
native_facts (size_t device, MoeBackendFacts *facts)
{
  (void)device;
  const char *f32 = "", *bf16 = "", *reason = NULL;
  *facts = (MoeBackendFacts){ 0 };
  moe_native_kernels (MOE_DTYPE_FLOAT32, &f32, &reason);
  const MoeCpuKernels *short_kernels = moe_native_kernels (MOE_DTYPE_BFLOAT16, &bf16, &reason);
  snprintf (facts->library, sizeof facts->library, "Nullcurve kernels " NULLCURVE_VERSION);
  if (short_kernels != NULL)
    snprintf (facts->kernels, sizeof facts->kernels, "%s, bfloat16 %s", f32, bf16);
  else
    snprintf (facts->kernels, sizeof facts->kernels, "%s", f32);
  snprintf (facts->device, sizeof facts->device, "CPU");
}

static MoeStatus
native_supports (const MoeBlock *block, MoeError *error)
{
  const char *isa = NULL, *reason = NULL;
  if (moe_native_kernels (block->choice[MOE_CHOICE_DTYPE], &isa, &reason) == NULL)
    return moe_error_set_option (
        error, MOE_ERROR_UNSUPPORTED, "dtype", "--dtype %s: %s",
        moe_choice_name (MOE_CHOICE_DTYPE, block->choice[MOE_CHOICE_DTYPE]), moe_words (reason));
  return moe_cpu_supports (block, error);
}

static MoeStatus
native_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  return moe_cpu_memory (problem, kernels_for (problem->choice[MOE_CHOICE_DTYPE]), need, error);
}

static MoeStatus
native_open (const MoeProblem *problem,
             const MoeCancel *cancel,
             MoeBackendState **state,
             MoeError *error)
{
  return moe_cpu_open (problem, kernels_for (problem->choice[MOE_CHOICE_DTYPE]), cancel, state,
                       error);
}

const MoeBackend moe_backend_native = {
  MOE_CPU_BLOCK,           .name = "native",      .title = "Native",
  .probe = native_probe,   .facts = native_facts, .supports = native_supports,
  .memory = native_memory, .open = native_open,
};

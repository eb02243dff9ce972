/* SPDX-License-Identifier: Apache-2.0 */
/* The block on a GPU, whoever runs its operations: what a backend needs but for the device.  The
 * functions are those of MoeBackend with the device's operations in front. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/gpu/ops.h"

/* All of SPEC 4 but expert parallelism. */
MoeStatus moe_gpu_supports (const MoeBlock *block, MoeError *error);

MoeStatus moe_gpu_memory (const MoeGpuOps *ops,
                          const MoeProblem *problem,
                          MoeMemoryNeed *need,
                          MoeError *error);
MoeStatus moe_gpu_open (const MoeGpuOps *ops,
                        const MoeProblem *problem,
                        const MoeCancel *cancel,
                        MoeBackendState **state,
                        MoeError *error);
MoeStatus moe_gpu_prepare (MoeBackendState *state,
                           const MoeBlock *block,
                           const MoeRouting *routing,
                           MoeError *error);
MoeStatus
moe_gpu_forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error);
MoeStatus moe_gpu_backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error);
MoeStatus moe_gpu_read (MoeBackendState *state,
                        MoeTensor tensor,
                        size_t first,
                        size_t count,
                        float *out,
                        MoeError *error);
void moe_gpu_poison (MoeBackendState *state);
void moe_gpu_close (MoeBackendState *state);

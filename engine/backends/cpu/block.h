/* SPDX-License-Identifier: Apache-2.0 */
/* The block on CPU threads, shared by every CPU backend: memory, dispatch, scheduling,
 * activation, combine and their gradients around a backend's own matmul.
 *
 * The functions are those of the backend table (backend.h), with the same contracts. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/cpu/matmul.h"

MoeStatus moe_cpu_supports (const MoeBlock *block, MoeError *error);

/* `kernels` must be of the problem's dtype and outlive the state. */
MoeStatus moe_cpu_memory (const MoeProblem *problem,
                          const MoeCpuKernels *kernels,
                          MoeMemoryNeed *need,
                          MoeError *error);

MoeStatus moe_cpu_open (const MoeProblem *problem,
                        const MoeCpuKernels *kernels,
                        const MoeCancel *cancel,
                        MoeBackendState **state,
                        MoeError *error);

MoeStatus moe_cpu_prepare (MoeBackendState *state,
                           const MoeBlock *block,
                           const MoeRouting *routing,
                           MoeError *error);

MoeStatus
moe_cpu_forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error);

MoeStatus moe_cpu_backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error);

MoeStatus moe_cpu_read (MoeBackendState *state,
                        MoeTensor tensor,
                        size_t first,
                        size_t count,
                        float *out,
                        MoeError *error);

void moe_cpu_trace (MoeBackendState *state, MoeTrace *trace);

void moe_cpu_usage (MoeBackendState *state, MoeUsage *usage);

MoeStatus moe_cpu_anchor (MoeBackendState *state, MoeError *error);

void moe_cpu_poison (MoeBackendState *state);

void moe_cpu_close (MoeBackendState *state);

/* SPDX-License-Identifier: Apache-2.0 */
/* The block on CPU threads, shared by every CPU backend: memory, dispatch, scheduling,
 * activation, combine and their gradients around a backend's own matmul.
 *
 * It computes everything that a block can ask for.  The functions are those of the backend table
 * (backend.h), with the same contracts. */
#pragma once

#include "engine/backends/cpu/anchor.h"
#include "engine/backends/cpu/memory.h"
#include "engine/backends/cpu/read.h"
#include "engine/backends/cpu/step.h"
#include "engine/backends/parts/matmul.h"

/* Can the block be computed, whatever the kernels?  As MoeBackend.supports. */
MoeStatus moe_cpu_supports (const MoeBlock *block, MoeError *error);

/* `kernels` must be of the problem's dtype and outlive the state. */
MoeStatus moe_cpu_open (const MoeProblem *problem,
                        const MoeCpuKernels *kernels,
                        const MoeCancel *cancel,
                        MoeBackendState **state,
                        MoeError *error);

MoeStatus moe_cpu_prepare (MoeBackendState *state,
                           const MoeBlock *block,
                           const MoeRouting *routing,
                           MoeError *error);

void moe_cpu_trace (MoeBackendState *state, MoeTrace *trace);

void moe_cpu_usage (MoeBackendState *state, MoeUsage *usage);

void moe_cpu_close (MoeBackendState *state);

/* What the tables of all backends on the CPU have in common. */
#define MOE_CPU_BLOCK                                                                              \
  .abi_version = MOE_BACKEND_ABI, .prepare = moe_cpu_prepare, .forward = moe_cpu_forward,          \
  .backward = moe_cpu_backward, .read = moe_cpu_read, .poison = moe_cpu_poison,                    \
  .trace = moe_cpu_trace, .usage = moe_cpu_usage, .anchor = moe_cpu_anchor, .close = moe_cpu_close

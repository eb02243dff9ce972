/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of the CPU block: one description that forecasts it and hands it out. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/parts/matmul.h"

/* MoeBackend.memory; `kernels` must be of the problem's dtype. */
MoeStatus moe_cpu_memory (const MoeProblem *problem,
                          const MoeCpuKernels *kernels,
                          MoeMemoryNeed *need,
                          MoeError *error);

/* Take and touch the arena on the team and point the shards into it. */
MoeStatus moe_cpu_take_memory (MoeBackendState *state, MoeError *error);

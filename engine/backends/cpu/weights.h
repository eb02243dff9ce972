/* SPDX-License-Identifier: Apache-2.0 */
/* x and the weights: their initial values, and the layout of the pairs of gate and up. */
#pragma once

#include "engine/backends/cpu/state.h"

/* Fill x and all weights, on the team; MOE_ERROR_CANCELLED when asked to stop. */
MoeStatus moe_cpu_fill_inputs (MoeBackendState *state, MoeError *error);

/* Turn w13 of all shards in place into the layout that the next steps want, on the team. */
void moe_cpu_choose_layout (MoeBackendState *state, bool fused);

/* SPDX-License-Identifier: Apache-2.0 */
/* The tensors of a shard: where their rows lie, the initial values of x and the weights, and the
 * layout of the pairs of gate and up. */
#pragma once

#include "engine/backends/cpu/state.h"

/* Row `row` of a tensor, as this shard counts them. */
void *moe_cpu_tensor_row (const MoeCpuShard *s, MoeTensor tensor, size_t row);

/* Fill x and all weights, on the team; MOE_ERROR_CANCELLED when asked to stop. */
MoeStatus moe_cpu_fill_inputs (MoeBackendState *state, MoeError *error);

/* Turn w13 of all shards in place into the layout that the next steps want, on the team. */
void moe_cpu_choose_layout (MoeBackendState *state, bool fused);

/* Pack the weights of all shards as they are laid out, if the problem wants that and it is not
 * done, on the team; MOE_ERROR_CANCELLED when asked to stop. */
MoeStatus moe_cpu_pack_weights (MoeBackendState *state, MoeError *error);

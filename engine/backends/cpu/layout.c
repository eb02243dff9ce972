/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of w13, turned in place between fused and separate, expert by expert. */
#include "engine/backends/cpu/state.h"
#include "engine/base/size.h"

#include <string.h>

/* Where row `row` of gate or up of one pair [H,M] lies within it. */
static size_t
row_in_pair (const MoeCpuShard *s, bool fused, size_t row, bool up)
{
  size_t H = s->shape.hidden, M = s->shape.mlp_dim;
  return fused ? row * 2 * M + (up ? M : 0) : row * M + (up ? H * M : 0);
}

static void
turn_pair (MoeCpuShard *s, size_t expert, void *scratch, bool fused)
{
  size_t H = s->shape.hidden, M = s->shape.mlp_dim, bytes = M * s->ops->element_bytes;
  void *pair = moe_state_element (s, s->w13.data, expert * H * 2 * M);
  memcpy (scratch, pair, 2 * H * bytes);
  for (size_t h = 0; h < H; h++)
    for (int up = 0; up < 2; up++)
      memcpy (moe_state_element (s, pair, row_in_pair (s, fused, h, up != 0)),
              moe_state_element (s, scratch, row_in_pair (s, !fused, h, up != 0)), bytes);
}

typedef struct Turn
{
  bool fused;
} Turn;

static void
turn_share (MoeCpuShard *s, size_t thread, void *data)
{
  const Turn *turn = data;
  size_t pair = s->shape.hidden * 2 * s->shape.mlp_dim;
  size_t threads = moe_size_min (s->threads, s->shape.experts);
  if (thread >= threads || s->w13.fused == turn->fused)
    return;
  void *scratch = moe_state_element (s, s->layout_scratch, thread * pair);
  for (size_t e = thread; e < s->shape.experts; e += threads)
    turn_pair (s, e, scratch, turn->fused);
}

void
moe_cpu_choose_layout (MoeBackendState *state, bool fused)
{
  Turn turn = { fused };
  if (state->shards[0].w13.fused == fused)
    return;
  moe_cpu_run_shards (state, turn_share, &turn);
  for (size_t i = 0; i < state->n_shards; i++)
    state->shards[i].w13.fused = fused;
}

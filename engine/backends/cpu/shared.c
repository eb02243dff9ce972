/* SPDX-License-Identifier: Apache-2.0 */
/* The shared expert: every token of this shard's own, straight from x. */
#include "engine/backends/cpu/products.h"
#include "engine/backends/cpu/stages.h"

/* Row of a token in an array [own tokens, width]. */
static void *
own_row (const MoeCpuShard *s, void *array, size_t token, size_t width)
{
  return moe_state_element (s, array, (token - s->first_token) * width);
}

static void *
token_x (const MoeCpuShard *s, size_t token)
{
  return moe_state_element (s, s->x, token * s->shape.hidden);
}

void
moe_cpu_shared_up (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t S = s->shape.shared_dim;
  moe_gated_up (s, lane, &s->shared.w13, 0, tokens->count, token_x (s, tokens->first),
                own_row (s, s->shared.h, tokens->first, 2 * S));
  moe_lane_mark (lane, MOE_STAGE_SHARED);
}

void
moe_cpu_shared_activate (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t S = s->shape.shared_dim;
  for (size_t t = tokens->first; t < tokens->first + tokens->count; t++)
    s->ops->swiglu (own_row (s, s->shared.act, t, S), own_row (s, s->shared.h, t, 2 * S), S);
  moe_lane_mark (lane, MOE_STAGE_SHARED);
}

void
moe_cpu_shared_down (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t H = s->shape.hidden, S = s->shape.shared_dim;
  moe_multiply (s, lane,
                (MoeMatmul){ false, false, tokens->count, H, S,
                             own_row (s, s->shared.act, tokens->first, S), S, s->shared.w2, H,
                             own_row (s, s->shared.out, tokens->first, H), H,
                             moe_packed_at (&s->shared.packed_w2, 0) });
  moe_lane_mark (lane, MOE_STAGE_SHARED);
}

/* Gradients of y take the place of the outputs, which the combine has used up. */
void
moe_cpu_shared_loss_gradient (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t H = s->shape.hidden;
  float scale = (float)(2.0 / ((double)s->shape.tokens * (double)H));
  for (size_t t = tokens->first; t < tokens->first + tokens->count; t++)
    s->ops->scale (own_row (s, s->shared.out, t, H), moe_state_element (s, s->y, t * H), scale, H);
  moe_lane_mark (lane, MOE_STAGE_SHARED_BWD);
}

void
moe_cpu_shared_down_dgrad (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t H = s->shape.hidden, S = s->shape.shared_dim;
  moe_multiply (s, lane,
                (MoeMatmul){ false, true, tokens->count, S, H,
                             own_row (s, s->shared.out, tokens->first, H), H, s->shared.w2, H,
                             own_row (s, s->shared.dact, tokens->first, S), S });
  moe_lane_mark (lane, MOE_STAGE_SHARED_BWD);
}

void
moe_cpu_shared_activate_backward (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t S = s->shape.shared_dim;
  for (size_t t = tokens->first; t < tokens->first + tokens->count; t++)
    s->ops->swiglu_backward (own_row (s, s->shared.h, t, 2 * S), own_row (s, s->shared.dact, t, S),
                             S);
  moe_lane_mark (lane, MOE_STAGE_SHARED_BWD);
}

void
moe_cpu_shared_up_dgrad (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t H = s->shape.hidden, S = s->shape.shared_dim;
  void *dx_up = s->shared.w13.fused ? NULL : own_row (s, s->shared.dx_up, tokens->first, H);
  moe_gated_up_dgrad (s, lane, &s->shared.w13, 0, tokens->count,
                      own_row (s, s->shared.h, tokens->first, 2 * S),
                      own_row (s, s->shared.dx, tokens->first, H), dx_up);
  moe_lane_mark (lane, MOE_STAGE_SHARED_BWD);
}

/* dsw2 [S,H] = act^T dy, dsw13 [H,2S] = x^T dh, a slice of the rows. */
void
moe_cpu_shared_wgrad (MoeCpuShard *s, const MoeTile *slice, MoeLane *lane)
{
  size_t H = s->shape.hidden, S = s->shape.shared_dim;
  MoeTile inner = moe_tile_slice (0, S, slice->slice, slice->slices);
  MoeTile outer = moe_tile_slice (0, H, slice->slice, slice->slices);
  void *act = own_row (s, s->shared.act, slice->first, S);
  if (inner.count > 0)
    moe_multiply (s, lane,
                  (MoeMatmul){ true, false, inner.count, H, slice->count,
                               moe_state_element (s, act, inner.first), S,
                               own_row (s, s->shared.out, slice->first, H), H,
                               moe_state_element (s, s->shared.dw2, inner.first * H), H });
  if (outer.count > 0)
    moe_gated_up_wgrad (s, lane, &s->shared.dw13, 0, outer.first, outer.first + outer.count,
                        slice->count, token_x (s, slice->first),
                        own_row (s, s->shared.h, slice->first, 2 * S));
  moe_lane_mark (lane, MOE_STAGE_SHARED_BWD);
}

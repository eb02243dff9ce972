/* SPDX-License-Identifier: Apache-2.0 */
/* The experts' gated MLP on rows in expert order, forward and backward. */
#include "engine/backends/cpu/products.h"
#include "engine/backends/cpu/stages.h"

#include <string.h>

static void
clear_rows (MoeCpuShard *s, const MoeRows *array, const MoeTile *rows)
{
  memset (moe_state_row (s, array, rows->first), 0,
          rows->count * array->width * s->ops->element_bytes);
}

static void *
expert_w2 (const MoeCpuShard *s, size_t expert)
{
  return moe_state_element (s, s->w2, expert * s->shape.mlp_dim * s->shape.hidden);
}

void
moe_cpu_up (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  moe_gated_up (s, lane, &s->w13, rows->expert, rows->count,
                moe_state_row (s, &s->rows.x, rows->first),
                moe_state_row (s, &s->rows.h, rows->first));
  moe_lane_mark (lane, MOE_STAGE_UP);
}

/* Null rows are moved like any other; the grouped matmuls write zeros for them. */
void
moe_cpu_up_nulls (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  clear_rows (s, &s->rows.h, rows);
  moe_lane_mark (lane, MOE_STAGE_UP);
}

void
moe_cpu_activate (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  size_t M = s->shape.mlp_dim;
  for (size_t r = rows->first; r < rows->first + rows->count; r++)
    {
      void *act = moe_state_row (s, &s->rows.act, r), *h = moe_state_row (s, &s->rows.h, r);
      if (s->preweight)
        s->ops->swiglu_weighted (act, h, s->dispatch.row_weight[r], M);
      else
        s->ops->swiglu (act, h, M);
    }
  moe_lane_mark (lane, MOE_STAGE_ACTIVATION);
}

void
moe_cpu_down (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  size_t H = s->shape.hidden, M = s->shape.mlp_dim;
  void *act = moe_state_row (s, &s->rows.act, rows->first);
  void *out = moe_state_row (s, &s->rows.out, rows->first);
  moe_multiply (s, lane,
                (MoeMatmul){ false, false, rows->count, H, M, act, M, expert_w2 (s, rows->expert),
                             H, out, H, moe_packed_at (&s->packed_w2, rows->expert) });
  moe_lane_mark (lane, MOE_STAGE_DOWN);
}

void
moe_cpu_down_nulls (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  clear_rows (s, &s->rows.out, rows);
  moe_lane_mark (lane, MOE_STAGE_DOWN);
}

void
moe_cpu_down_dgrad (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  size_t H = s->shape.hidden, M = s->shape.mlp_dim;
  void *dout = moe_state_row (s, &s->rows.dout, rows->first);
  void *dact = moe_state_row (s, &s->rows.dact, rows->first);
  moe_multiply (s, lane,
                (MoeMatmul){ false, true, rows->count, M, H, dout, H, expert_w2 (s, rows->expert),
                             H, dact, M });
  moe_lane_mark (lane, MOE_STAGE_DOWN_DGRAD);
}

void
moe_cpu_down_dgrad_nulls (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  clear_rows (s, &s->rows.dact, rows);
  moe_lane_mark (lane, MOE_STAGE_DOWN_DGRAD);
}

void
moe_cpu_activate_backward (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  size_t M = s->shape.mlp_dim;
  for (size_t r = rows->first; r < rows->first + rows->count; r++)
    {
      void *h = moe_state_row (s, &s->rows.h, r), *dact = moe_state_row (s, &s->rows.dact, r);
      if (s->preweight)
        s->ops->swiglu_backward_weighted (h, dact, s->dispatch.row_weight[r], M);
      else
        s->ops->swiglu_backward (h, dact, M);
    }
  moe_lane_mark (lane, MOE_STAGE_ACTIVATION_BWD);
}

/* The gradients of the gathered rows take the place of the expert outputs, which the combine has
 * used up. */
void
moe_cpu_up_dgrad (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  void *dx_up = s->w13.fused ? NULL : moe_state_row (s, &s->rows.dx_up, rows->first);
  moe_gated_up_dgrad (s, lane, &s->w13, rows->expert, rows->count,
                      moe_state_row (s, &s->rows.h, rows->first),
                      moe_state_row (s, &s->rows.out, rows->first), dx_up);
  moe_lane_mark (lane, MOE_STAGE_UP_DGRAD);
}

void
moe_cpu_add_up_dgrad (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  if (s->w13.fused)
    return;
  s->ops->add (moe_state_row (s, &s->rows.out, rows->first),
               moe_state_row (s, &s->rows.dx_up, rows->first), rows->count * s->shape.hidden);
  moe_lane_mark (lane, MOE_STAGE_UP_DGRAD);
}

void
moe_cpu_up_dgrad_nulls (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  clear_rows (s, &s->rows.out, rows);
  moe_lane_mark (lane, MOE_STAGE_UP_DGRAD);
}

/* dw2 [M,H] = act^T dout */
void
moe_cpu_down_wgrad (MoeCpuShard *s, const MoeTile *slice, MoeLane *lane)
{
  size_t H = s->shape.hidden, M = s->shape.mlp_dim;
  MoeTile rows = moe_tile_slice (0, M, slice->slice, slice->slices);
  void *act = moe_state_element (s, moe_state_row (s, &s->rows.act, slice->first), rows.first);
  void *dout = moe_state_row (s, &s->rows.dout, slice->first);
  void *dw2 = moe_state_element (s, s->dw2, (slice->expert * M + rows.first) * H);
  moe_multiply (s, lane,
                (MoeMatmul){ true, false, rows.count, H, slice->count, act, M, dout, H, dw2, H });
  moe_lane_mark (lane, MOE_STAGE_DOWN_WGRAD);
}

/* dw13 [H,2M] = x^T dh */
void
moe_cpu_up_wgrad (MoeCpuShard *s, const MoeTile *slice, MoeLane *lane)
{
  size_t H = s->shape.hidden;
  MoeTile rows = moe_tile_slice (0, H, slice->slice, slice->slices);
  moe_gated_up_wgrad (s, lane, &s->dw13, slice->expert, rows.first, rows.first + rows.count,
                      slice->count, moe_state_row (s, &s->rows.x, slice->first),
                      moe_state_row (s, &s->rows.h, slice->first));
  moe_lane_mark (lane, MOE_STAGE_UP_WGRAD);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* gmm: tiles of experts, scheduled over the cores. */
#include "engine/backends/cpu/pass.h"
#include "engine/backends/cpu/stages.h"

static void
forward_rows (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  moe_cpu_gather (s, tile, lane);
  moe_cpu_up (s, tile, lane);
  moe_cpu_activate (s, tile, lane);
  moe_cpu_down (s, tile, lane);
}

static void
forward_nulls (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  moe_cpu_gather (s, tile, lane);
  moe_cpu_up_nulls (s, tile, lane);
  moe_cpu_activate (s, tile, lane);
  moe_cpu_down_nulls (s, tile, lane);
}

static void
forward_shared (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  moe_cpu_shared_up (s, tile, lane);
  moe_cpu_shared_activate (s, tile, lane);
  moe_cpu_shared_down (s, tile, lane);
}

static void
forward_tile (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  switch (tile->kind)
    {
    case MOE_TILE_REPEAT:
      moe_cpu_repeat (s, tile, lane);
      break;
    case MOE_TILE_ROWS:
      forward_rows (s, tile, lane);
      break;
    case MOE_TILE_NULLS:
      forward_nulls (s, tile, lane);
      break;
    case MOE_TILE_SHARED:
      forward_shared (s, tile, lane);
      break;
    case MOE_TILE_TOKENS:
      moe_cpu_combine_tokens (s, tile, lane);
      break;
    case MOE_TILE_COLUMNS:
      moe_cpu_combine_columns (s, tile, lane);
      break;
    case MOE_TILE_WGRAD:
    case MOE_TILE_SHARED_WGRAD:
    case MOE_TILE_NULL_WGRAD:
      break; /* not in a forward */
    }
}

/* What the forward did not keep is computed again. */
static void
restore_rows (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  if (moe_remat (s->block.choice) == MOE_REMAT_NONE)
    return;
  moe_cpu_gather (s, tile, lane);
  if (moe_remat (s->block.choice) == MOE_REMAT_COMBINE)
    return;
  if (tile->kind == MOE_TILE_NULLS)
    moe_cpu_up_nulls (s, tile, lane);
  else
    moe_cpu_up (s, tile, lane);
  moe_cpu_activate (s, tile, lane);
}

static void
backward_rows (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  restore_rows (s, tile, lane);
  moe_cpu_combine_backward (s, tile, lane);
  moe_cpu_down_dgrad (s, tile, lane);
  moe_cpu_activate_backward (s, tile, lane);
  moe_cpu_up_dgrad (s, tile, lane);
  moe_cpu_add_up_dgrad (s, tile, lane);
  moe_cpu_unpermute (s, tile, lane);
}

static void
backward_nulls (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  restore_rows (s, tile, lane);
  moe_cpu_combine_backward (s, tile, lane);
  moe_cpu_down_dgrad_nulls (s, tile, lane);
  moe_cpu_activate_backward (s, tile, lane);
  moe_cpu_up_dgrad_nulls (s, tile, lane);
  moe_cpu_unpermute (s, tile, lane);
}

static void
backward_shared (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  moe_cpu_shared_loss_gradient (s, tile, lane);
  moe_cpu_shared_down_dgrad (s, tile, lane);
  moe_cpu_shared_activate_backward (s, tile, lane);
  moe_cpu_shared_up_dgrad (s, tile, lane);
}

static void
backward_tile (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane)
{
  switch (tile->kind)
    {
    case MOE_TILE_ROWS:
      backward_rows (s, tile, lane);
      break;
    case MOE_TILE_NULLS:
      backward_nulls (s, tile, lane);
      break;
    case MOE_TILE_SHARED:
      backward_shared (s, tile, lane);
      break;
    case MOE_TILE_WGRAD:
      moe_cpu_down_wgrad (s, tile, lane);
      moe_cpu_up_wgrad (s, tile, lane);
      break;
    case MOE_TILE_SHARED_WGRAD:
      moe_cpu_shared_wgrad (s, tile, lane);
      break;
    case MOE_TILE_NULL_WGRAD:
      moe_cpu_null_gradients (s, tile, lane);
      break;
    case MOE_TILE_TOKENS:
      moe_cpu_gather_backward (s, tile, lane);
      break;
    case MOE_TILE_REPEAT:
    case MOE_TILE_COLUMNS:
      break; /* not in a backward */
    }
}

/* Has the tile one expert of its own?  Which, as the whole problem counts them. */
static int32_t
expert_of (const MoeCpuShard *s, const MoeTile *tile)
{
  if (tile->kind == MOE_TILE_ROWS || tile->kind == MOE_TILE_WGRAD)
    return (int32_t)(s->first_expert + tile->expert);
  return -1;
}

static MoeScheduleSpec
schedule_spec (const MoeCpuPass *pass)
{
  const MoeCpuShard *s = pass->shard;
  double hm = (double)s->shape.hidden * (double)s->shape.mlp_dim;
  double hs = (double)s->shape.hidden * (double)s->shape.shared_dim;
  bool recompute = pass->backward && moe_remat (s->block.choice) == MOE_REMAT_EXPERT_MLP;
  MoeScheduleSpec spec = { .shape = s->shape,
                           .wave = s->wave,
                           .threads = s->threads,
                           .flops_per_row = (recompute ? 10 : 6) * hm,
                           .wgrad_flops_per_row = pass->backward ? 6 * hm : 0 };
  if (pass->first && moe_cpu_repeats (s, pass->backward))
    spec.repeat_tokens = MOE_CPU_COMBINE_TOKENS;
  if (!pass->last)
    return spec;
  if (pass->backward && moe_cpu_has_null_gradients (s))
    spec.null_wgrad_columns = MOE_CPU_COMBINE_COLUMNS;
  if (s->scatter && !pass->backward)
    spec.combine_columns = MOE_CPU_COMBINE_COLUMNS;
  else
    spec.combine_tokens = MOE_CPU_COMBINE_TOKENS;
  if (s->shape.shared_dim == 0)
    return spec;
  spec.shared_first = s->first_token;
  spec.shared_end = s->end_token;
  spec.shared_flops_per_token = 6 * hs;
  spec.shared_wgrad = pass->backward; /* zeros, where no token is this shard's own */
  if (pass->backward)
    spec.shared_wgrad_flops = 6 * hs * (double)(s->end_token - s->first_token);
  return spec;
}

void
moe_cpu_plan_tiles (const MoeCpuPass *pass)
{
  MoeCpuShard *s = pass->shard;
  MoeScheduleSpec spec = schedule_spec (pass);
  moe_schedule_build (&s->schedule, &spec, &s->dispatch);
}

bool
moe_cpu_run_tiles (const MoeCpuPass *pass, size_t thread)
{
  MoeCpuShard *s = pass->shard;
  MoeLane *lane = &s->lanes[thread];
  const MoeTile *tile;
  while ((tile = moe_schedule_claim (&s->schedule, s->cancel)) != NULL
         && moe_schedule_wait (&s->schedule, tile, s->cancel))
    {
      moe_lane_mark (lane, MOE_STAGE_WAIT);
      moe_lane_enter (lane, expert_of (s, tile), tile->count);
      if (pass->backward)
        backward_tile (s, tile, lane);
      else
        forward_tile (s, tile, lane);
      moe_schedule_finish (&s->schedule, tile);
    }
  return !moe_cancel_requested (s->cancel);
}

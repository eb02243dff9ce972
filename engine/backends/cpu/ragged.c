/* SPDX-License-Identifier: Apache-2.0 */
/* The experts in order, each product on all cores, everything else as parallel loops.
 * All threads do the same steps and meet after each but the last. */
#include "engine/backends/cpu/pass.h"
#include "engine/backends/cpu/stages.h"

typedef void (*Stage) (MoeCpuShard *s, const MoeTile *tile, MoeLane *lane);

/* One thread's way through a pass; nothing more is done once `stopped`. */
typedef struct Walk
{
  MoeCpuShard *s;
  const MoeWave *wave;
  MoeLane *lane;
  size_t thread;
  bool stopped;
} Walk;

static void
meet (Walk *walk)
{
  if (!walk->stopped && !moe_barrier_wait (&walk->s->barrier, walk->s->cancel))
    walk->stopped = true;
  moe_lane_mark (walk->lane, MOE_STAGE_WAIT);
}

/* This thread's slice of `count` items from `first` on. */
static void
slice_loop (Walk *walk, Stage stage, size_t first, size_t count)
{
  MoeTile tile = moe_tile_slice (first, count, walk->thread, walk->s->threads);
  if (walk->stopped || tile.count == 0)
    return;
  moe_lane_enter (walk->lane, -1, tile.count);
  stage (walk->s, &tile, walk->lane);
}

static size_t
wave_rows (const MoeWave *wave)
{
  return wave->end_row - wave->first_row;
}

/* A loop over all rows of the wave, null rows included. */
static void
rows_loop (Walk *walk, Stage stage)
{
  slice_loop (walk, stage, walk->wave->first_row, wave_rows (walk->wave));
  meet (walk);
}

/* Tiles of whole units, since partial sums are kept by tile.  Does not meet. */
static void
units_loop (Walk *walk, Stage stage, size_t total, size_t unit)
{
  size_t units = total == 0 ? 0 : (total - 1) / unit + 1;
  MoeTile slice = moe_tile_slice (0, units, walk->thread, walk->s->threads);
  for (size_t i = slice.first; !walk->stopped && i < slice.first + slice.count; i++)
    {
      size_t first = i * unit, rest = total - first;
      MoeTile tile = { .first = first, .count = rest < unit ? rest : unit };
      moe_lane_enter (walk->lane, -1, tile.count);
      stage (walk->s, &tile, walk->lane);
    }
}

/* All rows of one expert after the other, products shared; experts without rows only where
 * `empty`, for gradients that must be zeros.  No product needs another one of its kind, so threads
 * meet behind the last. */
static void
experts_loop (Walk *walk, Stage stage, bool empty)
{
  MoeCpuShard *s = walk->s;
  for (size_t e = walk->wave->first_expert; !walk->stopped && e < walk->wave->end_expert; e++)
    {
      if (moe_cancel_requested (s->cancel))
        break;
      size_t first = s->dispatch.expert_offset[e];
      MoeTile tile = { .kind = MOE_TILE_ROWS,
                       .expert = (uint32_t)e,
                       .first = first,
                       .count = s->dispatch.expert_offset[e + 1] - first,
                       .slices = 1 };
      if (tile.count == 0 && !empty)
        continue;
      moe_lane_enter (walk->lane, (int32_t)(s->first_expert + e), tile.count);
      stage (s, &tile, walk->lane);
    }
  meet (walk);
}

/* Null rows of the wave, which have no expert. */
static void
nulls_loop (Walk *walk, Stage stage)
{
  MoeCpuShard *s = walk->s;
  size_t first =
      s->dispatch.real_rows > walk->wave->first_row ? s->dispatch.real_rows : walk->wave->first_row;
  if (first >= walk->wave->end_row)
    return;
  slice_loop (walk, stage, first, walk->wave->end_row - first);
  meet (walk);
}

/* Of all tokens of this shard's own; without any the gradients of weights are zeros. */
static void
shared_product (Walk *walk, Stage stage)
{
  MoeCpuShard *s = walk->s;
  MoeTile tile = { .kind = MOE_TILE_SHARED,
                   .first = s->first_token,
                   .count = s->end_token - s->first_token,
                   .slices = 1 };
  if (walk->stopped || (tile.count == 0 && stage != moe_cpu_shared_wgrad))
    return;
  moe_lane_enter (walk->lane, -1, tile.count);
  stage (s, &tile, walk->lane);
  meet (walk);
}

static void
shared_loop (Walk *walk, Stage stage)
{
  slice_loop (walk, stage, walk->s->first_token, walk->s->end_token - walk->s->first_token);
  meet (walk);
}

static void
compute_activation (Walk *walk)
{
  experts_loop (walk, moe_cpu_up, false);
  nulls_loop (walk, moe_cpu_up_nulls);
  rows_loop (walk, moe_cpu_activate);
}

static void
forward_tail (Walk *walk)
{
  MoeCpuShard *s = walk->s;
  if (s->shape.shared_dim > 0)
    {
      shared_product (walk, moe_cpu_shared_up);
      shared_loop (walk, moe_cpu_shared_activate);
      shared_product (walk, moe_cpu_shared_down);
    }
  if (s->scatter)
    units_loop (walk, moe_cpu_combine_columns, s->shape.hidden, MOE_CPU_COMBINE_COLUMNS);
  else
    units_loop (walk, moe_cpu_combine_tokens, s->shape.tokens, MOE_CPU_COMBINE_TOKENS);
}

static void
forward (Walk *walk, const MoeCpuPass *pass)
{
  MoeCpuShard *s = walk->s;
  if (pass->first && moe_cpu_repeats (s, false))
    {
      units_loop (walk, moe_cpu_repeat, s->shape.tokens, MOE_CPU_COMBINE_TOKENS);
      meet (walk);
    }
  rows_loop (walk, moe_cpu_gather);
  compute_activation (walk);
  experts_loop (walk, moe_cpu_down, false);
  nulls_loop (walk, moe_cpu_down_nulls);
  if (pass->last)
    forward_tail (walk);
}

static void
backward_tail (Walk *walk)
{
  MoeCpuShard *s = walk->s;
  if (s->shape.shared_dim > 0)
    {
      shared_loop (walk, moe_cpu_shared_loss_gradient);
      shared_product (walk, moe_cpu_shared_down_dgrad);
      shared_loop (walk, moe_cpu_shared_activate_backward);
      shared_product (walk, moe_cpu_shared_up_dgrad);
      shared_product (walk, moe_cpu_shared_wgrad);
    }
  if (moe_cpu_has_null_gradients (s))
    units_loop (walk, moe_cpu_null_gradients, s->shape.hidden, MOE_CPU_COMBINE_COLUMNS);
  units_loop (walk, moe_cpu_gather_backward, s->shape.tokens, MOE_CPU_COMBINE_TOKENS);
}

static void
backward (Walk *walk, const MoeCpuPass *pass)
{
  MoeRematMode remat = moe_remat (walk->s->block.choice);
  if (remat != MOE_REMAT_NONE)
    rows_loop (walk, moe_cpu_gather);
  if (remat == MOE_REMAT_EXPERT_MLP)
    compute_activation (walk);
  rows_loop (walk, moe_cpu_combine_backward);
  experts_loop (walk, moe_cpu_down_dgrad, false);
  nulls_loop (walk, moe_cpu_down_dgrad_nulls);
  rows_loop (walk, moe_cpu_activate_backward);
  experts_loop (walk, moe_cpu_up_dgrad, false);
  nulls_loop (walk, moe_cpu_up_dgrad_nulls);
  slice_loop (walk, moe_cpu_add_up_dgrad, walk->wave->first_row,
              walk->s->dispatch.expert_offset[walk->wave->end_expert]
                  - walk->s->dispatch.expert_offset[walk->wave->first_expert]);
  meet (walk);
  rows_loop (walk, moe_cpu_unpermute);
  experts_loop (walk, moe_cpu_down_wgrad, true);
  experts_loop (walk, moe_cpu_up_wgrad, true);
  if (pass->last)
    backward_tail (walk);
}

bool
moe_cpu_run_ragged (const MoeCpuPass *pass, size_t thread)
{
  MoeCpuShard *s = pass->shard;
  Walk walk = { .s = s, .wave = &s->wave, .lane = &s->lanes[thread], .thread = thread };
  walk.lane->slices = s->threads;
  if (pass->backward)
    backward (&walk, pass);
  else
    forward (&walk, pass);
  walk.lane->slices = 0;
  return !walk.stopped;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The timed region: one forward and one backward step of the block. */
#include "engine/backends/cpu/elementwise.h"
#include "engine/backends/cpu/state.h"

#include <math.h>
#include <string.h>
#include <time.h>

static uint64_t
lane_now_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void
multiply (const MoeBackendState *s, const MoeLane *lane, MoeMatmul product)
{
  s->kernels->matmul (&product, lane->scratch);
}

/* Time since the lane's last mark belongs to `stage`. */
static void
lane_mark (MoeLane *lane, MoeStage stage)
{
  uint64_t now = lane_now_ns ();
  lane->stage_ns[stage] += now - lane->mark_ns;
  lane->mark_ns = now;
}

static void
lanes_start (MoeBackendState *s)
{
  uint64_t now = lane_now_ns ();
  for (size_t i = 0; i < s->problem.threads; i++)
    {
      memset (s->lanes[i].stage_ns, 0, sizeof s->lanes[i].stage_ns);
      s->lanes[i].mark_ns = now;
    }
}

/* Threads that finished early wait for the last one until now. */
static void
lanes_stop (MoeBackendState *s, MoeStageTimes *times)
{
  double scale = 1e-9 / (double)s->problem.threads;
  for (size_t i = 0; i < s->problem.threads; i++)
    {
      lane_mark (&s->lanes[i], MOE_STAGE_WAIT);
      for (size_t stage = 0; times != NULL && stage < MOE_N_STAGES; stage++)
        times->time_s[stage] += scale * (double)s->lanes[i].stage_ns[stage];
    }
}

/* x rows in expert order -> gate and up -> silu (gate) * up -> expert outputs. */
static void
forward_rows (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t first = tile->first, n = tile->count, e = tile->expert;
  float *x = s->rows_x + first * H, *h = s->rows_h + first * 2 * M;
  float *act = s->rows_act + first * M, *out = s->rows_out + first * H;

  for (size_t i = 0; i < n; i++)
    moe_row_copy (x + i * H, s->x + (size_t)s->dispatch.row_token[first + i] * H, H);
  lane_mark (lane, MOE_STAGE_GATHER);
  multiply (
      s, lane,
      (MoeMatmul){ false, false, n, 2 * M, H, x, H, s->w13 + e * H * 2 * M, 2 * M, h, 2 * M });
  lane_mark (lane, MOE_STAGE_UP);
  for (size_t i = 0; i < n; i++)
    moe_row_swiglu (act + i * M, h + i * 2 * M, M);
  lane_mark (lane, MOE_STAGE_ACTIVATION);
  multiply (s, lane, (MoeMatmul){ false, false, n, H, M, act, M, s->w2 + e * M * H, H, out, H });
  lane_mark (lane, MOE_STAGE_DOWN);
}

/* Null rows are moved like any other; the grouped matmuls write zeros for them. */
static void
forward_nulls (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t first = tile->first, n = tile->count;
  float *h = s->rows_h + first * 2 * M;

  for (size_t i = first; i < first + n; i++)
    moe_row_copy (s->rows_x + i * H, s->x + (size_t)s->dispatch.row_token[i] * H, H);
  lane_mark (lane, MOE_STAGE_GATHER);
  memset (h, 0, n * 2 * M * sizeof *h);
  lane_mark (lane, MOE_STAGE_UP);
  for (size_t i = 0; i < n; i++)
    moe_row_swiglu (s->rows_act + (first + i) * M, h + i * 2 * M, M);
  lane_mark (lane, MOE_STAGE_ACTIVATION);
  memset (s->rows_out + first * H, 0, n * H * sizeof *s->rows_out);
  lane_mark (lane, MOE_STAGE_DOWN);
}

/* out[t] = sum over slots j with a row of weight * rows[row]; `weights` NULL means all 1. */
static void
sum_slots (
    const MoeBackendState *s, size_t token, const float *weights, const float *rows, float *out)
{
  size_t H = s->problem.shape.hidden, k = s->routing->topk;
  bool empty = true;
  for (size_t j = token * k; j < (token + 1) * k; j++)
    {
      uint32_t row = s->dispatch.slot_row[j];
      if (row == MOE_DISPATCH_NO_ROW)
        continue;
      float weight = weights != NULL ? weights[j] : 1.0f;
      if (empty)
        moe_row_scale (out, rows + (size_t)row * H, weight, H);
      else
        moe_row_add_scaled (out, rows + (size_t)row * H, weight, H);
      empty = false;
    }
  if (empty)
    memset (out, 0, H * sizeof *out);
}

static void
combine_tokens (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden;
  double sum = 0;
  for (size_t t = tile->first; t < tile->first + tile->count; t++)
    {
      sum_slots (s, t, s->routing->topk_weights, s->rows_out, s->y + t * H);
      sum += moe_row_sum_squares (s->y + t * H, H);
    }
  s->partial_loss[tile->first / MOE_CPU_COMBINE_TOKENS] = sum;
  lane_mark (lane, MOE_STAGE_COMBINE);
}

/* Scatter-add all rows into a slice of the columns of y: rows in order, so that the sum of a
 * token is the same whatever the thread count, and no two threads write the same element. */
static void
combine_columns (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, T = s->problem.shape.tokens;
  size_t n = tile->count, first = tile->first;
  for (size_t t = 0; t < T; t++)
    memset (s->y + t * H + first, 0, n * sizeof *s->y);
  for (size_t r = 0; r < s->dispatch.rows; r++)
    moe_row_add_scaled (s->y + (size_t)s->dispatch.row_token[r] * H + first,
                        s->rows_out + r * H + first, s->dispatch.row_weight[r], n);
  double sum = 0;
  for (size_t t = 0; t < T; t++)
    sum += moe_row_sum_squares (s->y + t * H + first, n);
  s->partial_loss[first / MOE_CPU_COMBINE_COLUMNS] = sum;
  lane_mark (lane, MOE_STAGE_COMBINE);
}

static void
forward_thread (void *data, size_t thread)
{
  MoeBackendState *s = data;
  MoeLane *lane = &s->lanes[thread];
  const MoeTile *tile;
  lane_mark (lane, MOE_STAGE_WAIT);
  while ((tile = moe_schedule_claim (&s->schedule, s->cancel)) != NULL)
    {
      if (!moe_schedule_wait (&s->schedule, tile, s->cancel))
        break;
      lane_mark (lane, MOE_STAGE_WAIT);
      if (tile->kind == MOE_TILE_ROWS)
        forward_rows (s, tile, lane);
      else if (tile->kind == MOE_TILE_NULLS)
        forward_nulls (s, tile, lane);
      else if (tile->kind == MOE_TILE_TOKENS)
        combine_tokens (s, tile, lane);
      else
        combine_columns (s, tile, lane);
      if (tile->kind == MOE_TILE_ROWS || tile->kind == MOE_TILE_NULLS)
        moe_schedule_finish (&s->schedule, tile);
    }
}

/* Gradients of the expert outputs: L = mean (y^2), so dout = weight * 2 / (T H) * y[token]. */
static void
scatter_loss_gradient (MoeBackendState *s, size_t first, size_t n)
{
  size_t H = s->problem.shape.hidden;
  float scale = (float)(2.0 / ((double)s->problem.shape.tokens * (double)H));
  for (size_t r = first; r < first + n; r++)
    moe_row_scale (s->rows_out + r * H, s->y + (size_t)s->dispatch.row_token[r] * H,
                   s->dispatch.row_weight[r] * scale, H);
}

static void
backward_rows (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t first = tile->first, n = tile->count, e = tile->expert;
  float *h = s->rows_h + first * 2 * M, *dout = s->rows_out + first * H;
  float *dact = s->rows_dact + first * M;

  scatter_loss_gradient (s, first, n);
  lane_mark (lane, MOE_STAGE_COMBINE_BWD);
  multiply (s, lane, (MoeMatmul){ false, true, n, M, H, dout, H, s->w2 + e * M * H, H, dact, M });
  lane_mark (lane, MOE_STAGE_DOWN_DGRAD);
  for (size_t i = 0; i < n; i++)
    moe_row_swiglu_backward (h + i * 2 * M, dact + i * M, M);
  lane_mark (lane, MOE_STAGE_ACTIVATION_BWD);
  multiply (s, lane,
            (MoeMatmul){ false, true, n, H, 2 * M, h, 2 * M, s->w13 + e * H * 2 * M, 2 * M,
                         s->rows_dx + first * H, H });
  lane_mark (lane, MOE_STAGE_UP_DGRAD);
}

static void
backward_nulls (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t first = tile->first, n = tile->count;

  scatter_loss_gradient (s, first, n);
  lane_mark (lane, MOE_STAGE_COMBINE_BWD);
  memset (s->rows_dact + first * M, 0, n * M * sizeof *s->rows_dact);
  lane_mark (lane, MOE_STAGE_DOWN_DGRAD);
  for (size_t r = first; r < first + n; r++)
    moe_row_swiglu_backward (s->rows_h + r * 2 * M, s->rows_dact + r * M, M);
  lane_mark (lane, MOE_STAGE_ACTIVATION_BWD);
  memset (s->rows_dx + first * H, 0, n * H * sizeof *s->rows_dx);
  lane_mark (lane, MOE_STAGE_UP_DGRAD);
}

/* One share of the rows of dw2 [M,H] = act^T dout and dw13 [H,2M] = x^T dh of an expert. */
static void
weight_gradients (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t first = tile->first, n = tile->count, e = tile->expert;
  size_t m0 = M * tile->share / tile->shares, m1 = M * (tile->share + 1) / tile->shares;
  size_t h0 = H * tile->share / tile->shares, h1 = H * (tile->share + 1) / tile->shares;
  float *dw2 = s->dw2 + (e * M + m0) * H, *dw13 = s->dw13 + (e * H + h0) * 2 * M;

  multiply (s, lane,
            (MoeMatmul){ true, false, m1 - m0, H, n, s->rows_act + first * M + m0, M,
                         s->rows_out + first * H, H, dw2, H });
  lane_mark (lane, MOE_STAGE_DOWN_WGRAD);
  multiply (s, lane,
            (MoeMatmul){ true, false, h1 - h0, 2 * M, n, s->rows_x + first * H + h0, H,
                         s->rows_h + first * 2 * M, 2 * M, dw13, 2 * M });
  lane_mark (lane, MOE_STAGE_UP_WGRAD);
}

static void
gather_backward (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden;
  for (size_t t = tile->first; t < tile->first + tile->count; t++)
    sum_slots (s, t, NULL, s->rows_dx, s->dx + t * H);
  lane_mark (lane, MOE_STAGE_GATHER_BWD);
}

static void
backward_thread (void *data, size_t thread)
{
  MoeBackendState *s = data;
  MoeLane *lane = &s->lanes[thread];
  const MoeTile *tile;
  lane_mark (lane, MOE_STAGE_WAIT);
  while ((tile = moe_schedule_claim (&s->schedule, s->cancel)) != NULL)
    {
      if (!moe_schedule_wait (&s->schedule, tile, s->cancel))
        break;
      lane_mark (lane, MOE_STAGE_WAIT);
      if (tile->kind == MOE_TILE_ROWS)
        backward_rows (s, tile, lane);
      else if (tile->kind == MOE_TILE_NULLS)
        backward_nulls (s, tile, lane);
      else if (tile->kind == MOE_TILE_WGRAD)
        weight_gradients (s, tile, lane);
      else
        gather_backward (s, tile, lane);
      if (tile->kind == MOE_TILE_ROWS || tile->kind == MOE_TILE_NULLS)
        moe_schedule_finish (&s->schedule, tile);
    }
}

static MoeScheduleSpec
schedule_spec (const MoeBackendState *s, bool backward)
{
  double hm = (double)s->problem.shape.hidden * (double)s->problem.shape.mlp_dim;
  bool scatter = s->scatter && !backward;
  return (MoeScheduleSpec){
    .shape = s->problem.shape,
    .threads = s->problem.threads,
    .flops_per_row = 6 * hm,
    .wgrad_flops_per_row = backward ? 6 * hm : 0,
    .combine_tokens = scatter ? 0 : MOE_CPU_COMBINE_TOKENS,
    .combine_columns = scatter ? MOE_CPU_COMBINE_COLUMNS : 0,
  };
}

static MoeStatus
run_schedule (MoeBackendState *s, bool backward, MoeStageTimes *times, MoeError *error)
{
  MoeScheduleSpec spec = schedule_spec (s, backward);
  moe_schedule_build (&s->schedule, &spec, &s->dispatch);
  lane_mark (&s->lanes[0], MOE_STAGE_PACK);
  moe_team_run (s->team, backward ? backward_thread : forward_thread, s);
  lanes_stop (s, times);
  if (moe_cancel_requested (s->cancel))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped in the middle of a step");
  return MOE_OK;
}

/* Partial sums are added in the order of the tiles: one result for any thread count. */
static double
mean_square (const MoeBackendState *s)
{
  size_t T = s->problem.shape.tokens, H = s->problem.shape.hidden;
  size_t n =
      s->scatter ? (H - 1) / MOE_CPU_COMBINE_COLUMNS + 1 : (T - 1) / MOE_CPU_COMBINE_TOKENS + 1;
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += s->partial_loss[i];
  return sum / ((double)T * (double)H);
}

MoeStatus
moe_cpu_forward (MoeBackendState *s, MoeStageTimes *times, double *loss, MoeError *error)
{
  lanes_start (s);
  moe_dispatch_pack (s->routing, s->block.null_dispatch, &s->dispatch);
  MoeStatus status = run_schedule (s, false, times, error);
  if (status == MOE_OK && loss != NULL)
    *loss = mean_square (s);
  return status;
}

MoeStatus
moe_cpu_backward (MoeBackendState *s, MoeStageTimes *times, MoeError *error)
{
  lanes_start (s);
  return run_schedule (s, true, times, error);
}

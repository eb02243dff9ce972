/* SPDX-License-Identifier: Apache-2.0 */
/* The timed region: one forward and one backward step of the block. */
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

/* Row `row` of the dispatch in an array of rows that holds it. */
static void *
row_at (const MoeBackendState *s, const MoeRows *rows, size_t row)
{
  return moe_state_element (s, rows->data, (row - rows->first) * rows->width);
}

static void
gather_rows (MoeBackendState *s, const MoeTile *tile)
{
  size_t H = s->problem.shape.hidden;
  for (size_t r = tile->first; r < tile->first + tile->count; r++)
    memcpy (row_at (s, &s->rows_x, r), moe_state_element (s, s->x, s->dispatch.row_token[r] * H),
            H * s->ops->element_bytes);
}

static void
activate_rows (MoeBackendState *s, const MoeTile *tile)
{
  for (size_t r = tile->first; r < tile->first + tile->count; r++)
    s->ops->swiglu (row_at (s, &s->rows_act, r), row_at (s, &s->rows_h, r),
                    s->problem.shape.mlp_dim);
}

static void
activate_rows_backward (MoeBackendState *s, const MoeTile *tile)
{
  for (size_t r = tile->first; r < tile->first + tile->count; r++)
    s->ops->swiglu_backward (row_at (s, &s->rows_h, r), row_at (s, &s->rows_dact, r),
                             s->problem.shape.mlp_dim);
}

static void
clear_rows (MoeBackendState *s, const MoeRows *rows, const MoeTile *tile)
{
  memset (row_at (s, rows, tile->first), 0, tile->count * rows->width * s->ops->element_bytes);
}

static void *
expert_w13 (const MoeBackendState *s, size_t expert)
{
  return moe_state_element (s, s->w13,
                            expert * s->problem.shape.hidden * 2 * s->problem.shape.mlp_dim);
}

static void *
expert_w2 (const MoeBackendState *s, size_t expert)
{
  return moe_state_element (s, s->w2, expert * s->problem.shape.mlp_dim * s->problem.shape.hidden);
}

/* x rows in expert order -> gate and up -> silu (gate) * up. */
static void
compute_mlp_rows (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim, n = tile->count;
  void *x = row_at (s, &s->rows_x, tile->first), *h = row_at (s, &s->rows_h, tile->first);

  gather_rows (s, tile);
  lane_mark (lane, MOE_STAGE_GATHER);
  multiply (s, lane,
            (MoeMatmul){ false, false, n, 2 * M, H, x, H, expert_w13 (s, tile->expert), 2 * M, h,
                         2 * M });
  lane_mark (lane, MOE_STAGE_UP);
  activate_rows (s, tile);
  lane_mark (lane, MOE_STAGE_ACTIVATION);
}

static void
forward_rows (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim, n = tile->count;
  compute_mlp_rows (s, tile, lane);
  void *act = row_at (s, &s->rows_act, tile->first), *out = row_at (s, &s->rows_out, tile->first);
  multiply (s, lane,
            (MoeMatmul){ false, false, n, H, M, act, M, expert_w2 (s, tile->expert), H, out, H });
  lane_mark (lane, MOE_STAGE_DOWN);
}

/* Null rows are moved like any other; the grouped matmuls write zeros for them. */
static void
compute_mlp_nulls (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  gather_rows (s, tile);
  lane_mark (lane, MOE_STAGE_GATHER);
  clear_rows (s, &s->rows_h, tile);
  lane_mark (lane, MOE_STAGE_UP);
  activate_rows (s, tile);
  lane_mark (lane, MOE_STAGE_ACTIVATION);
}

static void
forward_nulls (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  compute_mlp_nulls (s, tile, lane);
  clear_rows (s, &s->rows_out, tile);
  lane_mark (lane, MOE_STAGE_DOWN);
}

/* out[H] = sum over the slots of a token that have a row of weight * row of rows_out; `weights`
 * NULL means all 1. */
static void
sum_slots (MoeBackendState *s, MoeLane *lane, size_t token, const float *weights, void *out)
{
  size_t k = s->routing->topk, n = 0;
  for (size_t j = token * k; j < (token + 1) * k; j++)
    {
      uint32_t row = s->dispatch.slot_row[j];
      if (row == MOE_DISPATCH_NO_ROW)
        continue;
      lane->slot_rows[n] = row_at (s, &s->rows_out, row);
      lane->slot_weights[n++] = weights != NULL ? weights[j] : 1.0f;
    }
  s->ops->combine (out, lane->slot_rows, lane->slot_weights, n, s->problem.shape.hidden);
}

static void
combine_tokens (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden;
  double sum = 0;
  for (size_t t = tile->first; t < tile->first + tile->count; t++)
    {
      void *y = moe_state_element (s, s->y, t * H);
      sum_slots (s, lane, t, s->routing->topk_weights, y);
      sum += s->ops->sum_squares (y, H);
    }
  s->partial_loss[tile->first / MOE_CPU_COMBINE_TOKENS] = sum;
  lane_mark (lane, MOE_STAGE_COMBINE);
}

/* Scatter-add all rows into a slice of the columns of y, summed in float32: rows in order, so that
 * the sum of a token is the same whatever the thread count, and no two threads write the same
 * element. */
static void
combine_columns (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, T = s->problem.shape.tokens;
  size_t n = tile->count, first = tile->first;
  double sum = 0;
  for (size_t t = 0; t < T; t++)
    memset (s->sums + t * H + first, 0, n * sizeof *s->sums);
  for (size_t r = 0; r < s->dispatch.rows; r++)
    s->ops->accumulate (s->sums + s->dispatch.row_token[r] * H + first,
                        moe_state_element (s, row_at (s, &s->rows_out, r), first),
                        s->dispatch.row_weight[r], n);
  for (size_t t = 0; t < T; t++)
    {
      void *y = moe_state_element (s, s->y, t * H + first);
      if (y != s->sums + t * H + first)
        s->ops->from_float (y, s->sums + t * H + first, n);
      sum += s->ops->sum_squares (y, n);
    }
  s->partial_loss[first / MOE_CPU_COMBINE_COLUMNS] = sum;
  lane_mark (lane, MOE_STAGE_COMBINE);
}

static void
forward_tile (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  if (tile->kind == MOE_TILE_ROWS)
    forward_rows (s, tile, lane);
  else if (tile->kind == MOE_TILE_NULLS)
    forward_nulls (s, tile, lane);
  else if (tile->kind == MOE_TILE_TOKENS)
    combine_tokens (s, tile, lane);
  else
    combine_columns (s, tile, lane);
}

/* Gradients of the expert outputs: L = mean (y^2), so dout = weight * 2 / (T H) * y[token]. */
static void
scatter_loss_gradient (MoeBackendState *s, const MoeTile *tile)
{
  size_t H = s->problem.shape.hidden;
  float scale = (float)(2.0 / ((double)s->problem.shape.tokens * (double)H));
  for (size_t r = tile->first; r < tile->first + tile->count; r++)
    s->ops->scale (row_at (s, &s->rows_dout, r),
                   moe_state_element (s, s->y, s->dispatch.row_token[r] * H),
                   s->dispatch.row_weight[r] * scale, H);
}

/* What the forward did not keep is computed again. */
static void
restore_rows (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  if (s->block.remat_mode == MOE_REMAT_NONE)
    return;
  if (s->block.remat_mode == MOE_REMAT_COMBINE)
    {
      gather_rows (s, tile);
      lane_mark (lane, MOE_STAGE_GATHER);
    }
  else if (tile->kind == MOE_TILE_NULLS)
    compute_mlp_nulls (s, tile, lane);
  else
    compute_mlp_rows (s, tile, lane);
}

/* The gradients of the gathered rows take the place of the expert outputs, which the combine has
 * used up. */
static void
backward_rows (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim, n = tile->count;
  void *h = row_at (s, &s->rows_h, tile->first), *dout = row_at (s, &s->rows_dout, tile->first);
  void *dact = row_at (s, &s->rows_dact, tile->first), *dx = row_at (s, &s->rows_out, tile->first);
  void *w13 = expert_w13 (s, tile->expert), *w2 = expert_w2 (s, tile->expert);

  restore_rows (s, tile, lane);
  scatter_loss_gradient (s, tile);
  lane_mark (lane, MOE_STAGE_COMBINE_BWD);
  multiply (s, lane, (MoeMatmul){ false, true, n, M, H, dout, H, w2, H, dact, M });
  lane_mark (lane, MOE_STAGE_DOWN_DGRAD);
  activate_rows_backward (s, tile);
  lane_mark (lane, MOE_STAGE_ACTIVATION_BWD);
  multiply (s, lane, (MoeMatmul){ false, true, n, H, 2 * M, h, 2 * M, w13, 2 * M, dx, H });
  lane_mark (lane, MOE_STAGE_UP_DGRAD);
}

static void
backward_nulls (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  restore_rows (s, tile, lane);
  scatter_loss_gradient (s, tile);
  lane_mark (lane, MOE_STAGE_COMBINE_BWD);
  clear_rows (s, &s->rows_dact, tile);
  lane_mark (lane, MOE_STAGE_DOWN_DGRAD);
  activate_rows_backward (s, tile);
  lane_mark (lane, MOE_STAGE_ACTIVATION_BWD);
  clear_rows (s, &s->rows_out, tile);
  lane_mark (lane, MOE_STAGE_UP_DGRAD);
}

/* One share of the rows of dw2 [M,H] = act^T dout and dw13 [H,2M] = x^T dh of an expert. */
static void
weight_gradients (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t n = tile->count, e = tile->expert;
  size_t m0 = M * tile->share / tile->shares, m1 = M * (tile->share + 1) / tile->shares;
  size_t h0 = H * tile->share / tile->shares, h1 = H * (tile->share + 1) / tile->shares;
  void *act = moe_state_element (s, row_at (s, &s->rows_act, tile->first), m0);
  void *x = moe_state_element (s, row_at (s, &s->rows_x, tile->first), h0);
  void *dout = row_at (s, &s->rows_dout, tile->first), *dh = row_at (s, &s->rows_h, tile->first);
  void *dw2 = moe_state_element (s, s->dw2, (e * M + m0) * H),
       *dw13 = moe_state_element (s, s->dw13, (e * H + h0) * 2 * M);

  multiply (s, lane, (MoeMatmul){ true, false, m1 - m0, H, n, act, M, dout, H, dw2, H });
  lane_mark (lane, MOE_STAGE_DOWN_WGRAD);
  multiply (s, lane, (MoeMatmul){ true, false, h1 - h0, 2 * M, n, x, H, dh, 2 * M, dw13, 2 * M });
  lane_mark (lane, MOE_STAGE_UP_WGRAD);
}

static void
gather_backward (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  size_t H = s->problem.shape.hidden;
  for (size_t t = tile->first; t < tile->first + tile->count; t++)
    sum_slots (s, lane, t, NULL, moe_state_element (s, s->dx, t * H));
  lane_mark (lane, MOE_STAGE_GATHER_BWD);
}

static void
backward_tile (MoeBackendState *s, const MoeTile *tile, MoeLane *lane)
{
  if (tile->kind == MOE_TILE_ROWS)
    backward_rows (s, tile, lane);
  else if (tile->kind == MOE_TILE_NULLS)
    backward_nulls (s, tile, lane);
  else if (tile->kind == MOE_TILE_WGRAD)
    weight_gradients (s, tile, lane);
  else
    gather_backward (s, tile, lane);
}

typedef struct Pass
{
  MoeBackendState *state;
  void (*run_tile) (MoeBackendState *s, const MoeTile *tile, MoeLane *lane);
} Pass;

static void
pass_thread (void *data, size_t thread)
{
  const Pass *pass = data;
  MoeBackendState *s = pass->state;
  MoeLane *lane = &s->lanes[thread];
  const MoeTile *tile;
  lane_mark (lane, MOE_STAGE_WAIT);
  while ((tile = moe_schedule_claim (&s->schedule, s->cancel)) != NULL
         && moe_schedule_wait (&s->schedule, tile, s->cancel))
    {
      lane_mark (lane, MOE_STAGE_WAIT);
      pass->run_tile (s, tile, lane);
      moe_schedule_finish (&s->schedule, tile);
    }
}

static MoeScheduleSpec
schedule_spec (const MoeBackendState *s, bool backward, const MoeWave *wave)
{
  double hm = (double)s->problem.shape.hidden * (double)s->problem.shape.mlp_dim;
  bool recompute = backward && s->block.remat_mode == MOE_REMAT_EXPERT_MLP;
  MoeScheduleSpec spec = { .shape = s->problem.shape,
                           .wave = *wave,
                           .threads = s->problem.threads,
                           .flops_per_row = (recompute ? 10 : 6) * hm,
                           .wgrad_flops_per_row = backward ? 6 * hm : 0 };
  bool last = wave->end_row == s->dispatch.rows && wave->end_expert == s->problem.shape.experts;
  if (last && s->scatter && !backward)
    spec.combine_columns = MOE_CPU_COMBINE_COLUMNS;
  else if (last)
    spec.combine_tokens = MOE_CPU_COMBINE_TOKENS;
  return spec;
}

/* Arrays that hold one wave at a time start at its first row. */
static void
enter_wave (MoeBackendState *s, const MoeWave *wave)
{
  MoeRows *rows[] = { &s->rows_x,   &s->rows_h,    &s->rows_act,
                      &s->rows_out, &s->rows_dout, &s->rows_dact };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    rows[i]->first = rows[i]->full ? 0 : wave->first_row;
}

static MoeStatus
run_pass (MoeBackendState *s, bool backward, MoeStageTimes *times, MoeError *error)
{
  Pass pass = { s, backward ? backward_tile : forward_tile };
  MoeWave wave = { 0 };
  do
    {
      wave = moe_schedule_next_wave (&s->dispatch, &s->problem.shape, wave.end_expert, wave.end_row,
                                     s->wave_rows);
      MoeScheduleSpec spec = schedule_spec (s, backward, &wave);
      enter_wave (s, &wave);
      moe_schedule_build (&s->schedule, &spec, &s->dispatch);
      lane_mark (&s->lanes[0], MOE_STAGE_PACK);
      moe_team_run (s->team, pass_thread, &pass);
      lane_mark (&s->lanes[0], MOE_STAGE_WAIT);
      if (moe_cancel_requested (s->cancel))
        return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped in the middle of a step");
    }
  while (wave.end_row < s->dispatch.rows || wave.end_expert < s->problem.shape.experts);
  lanes_stop (s, times);
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
  MoeStatus status = run_pass (s, false, times, error);
  if (status == MOE_OK && loss != NULL)
    *loss = mean_square (s);
  return status;
}

MoeStatus
moe_cpu_backward (MoeBackendState *s, MoeStageTimes *times, MoeError *error)
{
  lanes_start (s);
  return run_pass (s, true, times, error);
}

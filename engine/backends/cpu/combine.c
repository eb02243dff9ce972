/* SPDX-License-Identifier: Apache-2.0 */
/* Rows to tokens: y, its sum of squares, and the gradients of the rows. */
#include "engine/backends/cpu/stages.h"
#include "engine/base/size.h"

#include <string.h>

/* Are outputs of other shards still to be added to y? */
static bool
is_partial (const MoeCpuShard *s)
{
  return s->problem.ep_size > 1;
}

static bool
has_shared (const MoeCpuShard *s, size_t token)
{
  return s->shape.shared_dim > 0 && token >= s->first_token && token < s->end_token;
}

static void *
shared_out (const MoeCpuShard *s, size_t token)
{
  return moe_state_element (s, s->shared.out, (token - s->first_token) * s->shape.hidden);
}

/* Rows of a token's slots with their weights, the shared expert's with weight 1, and what null
 * slots add. */
static size_t
collect_token (MoeCpuShard *s, MoeLane *lane, size_t token)
{
  size_t k = s->routing->topk, n = 0;
  for (size_t slot = token * k; slot < (token + 1) * k; slot++)
    {
      uint32_t row = s->dispatch.slot_row[slot];
      if (row == MOE_DISPATCH_NO_ROW)
        continue;
      lane->slot_weights[n] = s->preweight ? 1.0f : s->routing->topk_weights[slot];
      lane->slot_rows[n++] = moe_state_row (s, &s->rows.out, row);
    }
  if (has_shared (s, token))
    {
      lane->slot_weights[n] = 1.0f;
      lane->slot_rows[n++] = shared_out (s, token);
    }
  return moe_cpu_collect_nulls (s, lane, token, n);
}

void
moe_cpu_combine_tokens (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t H = s->shape.hidden;
  double sum = 0;
  for (size_t t = tokens->first; t < tokens->first + tokens->count; t++)
    {
      void *y = moe_state_element (s, s->y, t * H);
      size_t n = collect_token (s, lane, t);
      s->ops->combine (y, lane->slot_rows, lane->slot_weights, n, H);
      if (!is_partial (s))
        sum += s->ops->sum_squares (y, H);
    }
  s->partial_loss[tokens->first / MOE_CPU_COMBINE_TOKENS] = sum;
  moe_lane_mark (lane, MOE_STAGE_COMBINE);
}

/* What the rows are added to: the shared expert's outputs, or nothing, and what null slots add. */
static void
start_columns (MoeCpuShard *s, size_t first, size_t n)
{
  size_t H = s->shape.hidden;
  for (size_t t = 0; t < s->shape.tokens; t++)
    {
      float *sums = s->sums + t * H + first;
      if (has_shared (s, t))
        s->ops->to_float (sums, moe_state_element (s, shared_out (s, t), first), n);
      else
        memset (sums, 0, n * sizeof *sums);
      moe_cpu_accumulate_nulls (s, t, sums, first, n);
    }
}

/* The scatter combine: rows in expert order are added into their tokens.  A thread owns columns,
 * not rows, so that no two add to the same element and the order of the sums is always the same. */
void
moe_cpu_combine_columns (MoeCpuShard *s, const MoeTile *columns, MoeLane *lane)
{
  size_t H = s->shape.hidden, first = columns->first, n = columns->count;
  double sum = 0;
  start_columns (s, first, n);
  for (size_t r = 0; r < s->dispatch.rows; r++)
    if (s->dispatch.row_token[r] != MOE_DISPATCH_NO_ROW)
      s->ops->accumulate (s->sums + s->dispatch.row_token[r] * H + first,
                          moe_state_element (s, moe_state_row (s, &s->rows.out, r), first),
                          s->preweight ? 1.0f : s->dispatch.row_weight[r], n);
  for (size_t t = 0; t < s->shape.tokens; t++)
    {
      void *y = moe_state_element (s, s->y, t * H + first);
      if (y != s->sums + t * H + first)
        s->ops->from_float (y, s->sums + t * H + first, n);
      if (!is_partial (s))
        sum += s->ops->sum_squares (y, n);
    }
  s->partial_loss[first / MOE_CPU_COMBINE_COLUMNS] = sum;
  moe_lane_mark (lane, MOE_STAGE_COMBINE);
}

/* Blocks of MOE_CPU_COMBINE_TOKENS tokens of our own. */
static size_t
own_blocks (const MoeCpuShard *s)
{
  size_t own = s->end_token - s->first_token;
  return own == 0 ? 0 : (own - 1) / MOE_CPU_COMBINE_TOKENS + 1;
}

void
moe_cpu_square_own (MoeCpuShard *s, size_t thread, MoeLane *lane)
{
  size_t H = s->shape.hidden;
  MoeTile blocks = moe_tile_slice (0, own_blocks (s), thread, s->threads);
  for (size_t b = blocks.first; b < blocks.first + blocks.count; b++)
    {
      size_t first = s->first_token + b * MOE_CPU_COMBINE_TOKENS;
      size_t n = moe_size_min (MOE_CPU_COMBINE_TOKENS, s->end_token - first);
      s->partial_loss[b] = s->ops->sum_squares (moe_state_element (s, s->y, first * H), n * H);
    }
  moe_lane_mark (lane, MOE_STAGE_COMBINE);
}

/* Partial sums are added in the order of the tiles: one result for any thread count. */
double
moe_cpu_loss_part (const MoeCpuShard *s)
{
  size_t T = s->shape.tokens, H = s->shape.hidden, n;
  double sum = 0;
  if (is_partial (s))
    n = own_blocks (s);
  else if (s->scatter)
    n = (H - 1) / MOE_CPU_COMBINE_COLUMNS + 1;
  else
    n = (T - 1) / MOE_CPU_COMBINE_TOKENS + 1;
  for (size_t i = 0; i < n; i++)
    sum += s->partial_loss[i];
  return sum / ((double)T * (double)H);
}

/* Gradients of the expert outputs: L = mean (y^2), so dout = weight * 2 / (T H) * y[token].  Where
 * the weight was applied before w2, it is applied to the gradient after w2 instead. */
void
moe_cpu_combine_backward (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  size_t H = s->shape.hidden;
  float scale = (float)(2.0 / ((double)s->shape.tokens * (double)H));
  for (size_t r = rows->first; r < rows->first + rows->count; r++)
    {
      void *dout = moe_state_row (s, &s->rows.dout, r);
      uint32_t token = s->dispatch.row_token[r];
      float weight = s->preweight ? 1.0f : s->dispatch.row_weight[r];
      if (token == MOE_DISPATCH_NO_ROW)
        memset (dout, 0, H * s->ops->element_bytes);
      else
        s->ops->scale (dout, moe_state_element (s, s->y, token * H), weight * scale, H);
    }
  moe_lane_mark (lane, MOE_STAGE_COMBINE_BWD);
}

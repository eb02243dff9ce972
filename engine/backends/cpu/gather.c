/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens to rows in expert order, and the gradients of the rows back to tokens. */
#include "engine/backends/cpu/stages.h"

#include <string.h>

static size_t
row_bytes (const MoeCpuShard *s)
{
  return s->shape.hidden * s->ops->element_bytes;
}

/* x of a slot in its place among the repeated. */
static void *
slot_x (const MoeCpuShard *s, size_t slot)
{
  return moe_state_element (s, s->slots_x, slot * s->shape.hidden);
}

static void *
token_x (const MoeCpuShard *s, size_t token)
{
  return moe_state_element (s, s->x, token * s->shape.hidden);
}

bool
moe_cpu_repeats (const MoeCpuShard *s, bool backward)
{
  return !backward && !s->prequeued
         && s->block.choice[MOE_CHOICE_PERMUTE_MODE] == MOE_PERMUTE_REPEAT_SORT;
}

void
moe_cpu_repeat (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t k = s->routing->topk;
  for (size_t t = tokens->first; t < tokens->first + tokens->count; t++)
    for (size_t j = 0; j < k; j++)
      memcpy (slot_x (s, t * k + j), token_x (s, t), row_bytes (s));
  moe_lane_mark (lane, MOE_STAGE_GATHER);
}

static void
copy_rows (MoeCpuShard *s, const MoeTile *rows)
{
  bool repeated = s->block.choice[MOE_CHOICE_PERMUTE_MODE] == MOE_PERMUTE_REPEAT_SORT;
  for (size_t r = rows->first; r < rows->first + rows->count; r++)
    {
      void *row = moe_state_row (s, &s->rows.x, r);
      uint32_t token = s->dispatch.row_token[r];
      if (token == MOE_DISPATCH_NO_ROW)
        memset (row, 0, row_bytes (s));
      else if (repeated)
        memcpy (row, slot_x (s, s->dispatch.row_slot[r]), row_bytes (s));
      else
        memcpy (row, token_x (s, token), row_bytes (s));
    }
}

void
moe_cpu_gather (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  if (s->prequeued)
    return;
  copy_rows (s, rows);
  moe_lane_mark (lane, MOE_STAGE_GATHER);
}

void
moe_cpu_prequeue (MoeCpuShard *s, size_t thread)
{
  size_t threads = s->threads;
  MoeLane *lane = &s->lanes[thread];
  if (s->block.choice[MOE_CHOICE_PERMUTE_MODE] == MOE_PERMUTE_REPEAT_SORT)
    {
      MoeTile tokens = moe_tile_slice (0, s->shape.tokens, thread, threads);
      moe_cpu_repeat (s, &tokens, lane);
    }
  if (!moe_barrier_wait (&s->barrier, s->cancel))
    return;
  MoeTile rows = moe_tile_slice (0, s->dispatch.rows, thread, threads);
  copy_rows (s, &rows);
}

/* The slots' gradients take the place of the repeated x, which this row has been gathered from. */
void
moe_cpu_unpermute (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane)
{
  if (s->block.choice[MOE_CHOICE_PERMUTE_MODE] != MOE_PERMUTE_REPEAT_SORT)
    return;
  for (size_t r = rows->first; r < rows->first + rows->count; r++)
    if (s->dispatch.row_slot[r] != MOE_DISPATCH_NO_ROW)
      memcpy (slot_x (s, s->dispatch.row_slot[r]), moe_state_row (s, &s->rows.out, r),
              row_bytes (s));
  moe_lane_mark (lane, MOE_STAGE_GATHER_BWD);
}

/* Gradients of the rows of a token that are here; returns how many. */
static size_t
collect_slots (MoeCpuShard *s, MoeLane *lane, size_t token)
{
  size_t k = s->routing->topk, n = 0;
  bool repeated = s->block.choice[MOE_CHOICE_PERMUTE_MODE] == MOE_PERMUTE_REPEAT_SORT;
  for (size_t slot = token * k; slot < (token + 1) * k; slot++)
    {
      uint32_t row = s->dispatch.slot_row[slot];
      if (row != MOE_DISPATCH_NO_ROW)
        lane->slot_rows[n++] = repeated ? slot_x (s, slot) : moe_state_row (s, &s->rows.out, row);
    }
  return n;
}

/* The shared expert's part of dx of a token of our own. */
static size_t
collect_shared (MoeCpuShard *s, MoeLane *lane, size_t token, size_t n)
{
  size_t at = (token - s->first_token) * s->shape.hidden;
  if (s->shape.shared_dim == 0 || token < s->first_token || token >= s->end_token)
    return n;
  lane->slot_rows[n++] = moe_state_element (s, s->shared.dx, at);
  if (!s->shared.w13.fused)
    lane->slot_rows[n++] = moe_state_element (s, s->shared.dx_up, at);
  return n;
}

void
moe_cpu_gather_backward (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane)
{
  size_t H = s->shape.hidden;
  for (size_t i = 0; i < s->routing->topk + MOE_CPU_SHARED_ROWS; i++)
    lane->slot_weights[i] = 1.0f;
  for (size_t t = tokens->first; t < tokens->first + tokens->count; t++)
    {
      size_t n = collect_shared (s, lane, t, collect_slots (s, lane, t));
      size_t all = moe_cpu_collect_null_gradients (s, lane, t, n);
      s->ops->combine (moe_state_element (s, s->dx, t * H), lane->slot_rows, lane->slot_weights,
                       all, H);
      if (all > n)
        lane->slot_weights[n] = 1.0f; /* again, as of all other rows */
    }
  moe_lane_mark (lane, MOE_STAGE_GATHER_BWD);
}

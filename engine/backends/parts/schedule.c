/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/parts/schedule.h"

#include "engine/base/assert.h"
#include "engine/base/size.h"
#include "engine/threads/relax.h"

#include <sched.h>
#include <stdlib.h>

enum
{
  TILES_PER_THREAD = 8, /* enough for the tail to even out */
  MIN_TILE_ROWS = 64,   /* below this, rereading an expert's weights costs more than balance */
  NULL_TILE_ROWS = 512,
  SHARED_ROWS = 16, /* of an expert, up to which its weights are most of the work */
  SPINS_BEFORE_YIELD = 1000
};

static size_t
ceil_div (size_t a, size_t b)
{
  return a / b + (a % b != 0);
}

/* The most slices of the weight gradients of an expert of some width: one narrower than
 * MIN_TILE_ROWS rows would be all packing. */
static size_t
max_wgrad_slices (size_t hidden, size_t width)
{
  return moe_size_max (1, moe_size_min (hidden, width) / MIN_TILE_ROWS);
}

/* Never cutting below MIN_TILE_ROWS and NULL_TILE_ROWS bounds the number of tiles. */
static size_t
tile_capacity (const MoeShape *shape, size_t max_rows)
{
  size_t row_tiles = shape->experts + max_rows / MIN_TILE_ROWS + max_rows / NULL_TILE_ROWS + 2;
  size_t wgrad_tiles = shape->experts * max_wgrad_slices (shape->hidden, shape->mlp_dim)
                       + max_wgrad_slices (shape->hidden, shape->shared_dim);
  size_t token_tiles = 3 * (shape->tokens / MIN_TILE_ROWS + 1); /* repeat, shared, combine */
  return row_tiles + wgrad_tiles + token_tiles + 2 * shape->hidden;
}

static size_t
align64 (size_t bytes)
{
  return (bytes + 63) & ~(size_t)63;
}

size_t
moe_schedule_bytes (const MoeShape *shape, size_t max_rows)
{
  size_t tiles, capacity = tile_capacity (shape, max_rows);
  if (!moe_size_mul (capacity, sizeof (MoeTile), &tiles) || tiles > SIZE_MAX / 4)
    return SIZE_MAX;
  return align64 (tiles) + align64 (shape->experts * sizeof (atomic_uint_fast32_t))
         + align64 (shape->experts * sizeof (uint64_t));
}

void
moe_schedule_init (MoeSchedule *schedule, const MoeShape *shape, size_t max_rows, void *memory)
{
  unsigned char *at = memory;
  MOE_ASSERT ((uintptr_t)memory % 64 == 0);
  schedule->capacity = tile_capacity (shape, max_rows);
  schedule->tiles = (MoeTile *)(void *)at;
  at += align64 (schedule->capacity * sizeof (MoeTile));
  schedule->pending = (atomic_uint_fast32_t *)(void *)at;
  at += align64 (shape->experts * sizeof (atomic_uint_fast32_t));
  schedule->order = (uint64_t *)(void *)at;
  schedule->n_tiles = 0;
  atomic_init (&schedule->next, 0);
  atomic_init (&schedule->repeats_left, 0);
  atomic_init (&schedule->rows_left, 0);
  atomic_init (&schedule->shared_left, 0);
  for (size_t e = 0; e < shape->experts; e++)
    atomic_init (&schedule->pending[e], 0);
}

static void
add_tile (MoeSchedule *schedule, MoeTile tile)
{
  MOE_ASSERT (schedule->n_tiles < schedule->capacity);
  schedule->tiles[schedule->n_tiles++] = tile;
}

/* Rows in the high half, the expert inverted in the low half: descending order of the keys is most
 * rows first, ties by lower expert. */
static int
compare_descending (const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? 1 : x > y ? -1 : 0;
}

static size_t
ordered_expert (const MoeSchedule *schedule, size_t i)
{
  return UINT32_MAX - (uint32_t)schedule->order[i];
}

static size_t
rows_of (const MoeDispatch *dispatch, size_t expert)
{
  return dispatch->expert_offset[expert + 1] - dispatch->expert_offset[expert];
}

/* Sorts the experts of the wave; returns how many there are.  Those without rows, most of them in
 * short steps of many null slots, are in order behind the others from the start. */
static size_t
order_experts (MoeSchedule *schedule, const MoeWave *wave, const MoeDispatch *dispatch)
{
  size_t n = wave->end_expert - wave->first_expert, with_rows = 0, without = n;
  MOE_ASSERT (wave->first_expert <= wave->end_expert && wave->end_row <= dispatch->rows);
  for (size_t e = wave->end_expert; e-- > wave->first_expert;)
    {
      uint64_t rows = rows_of (dispatch, e);
      schedule->order[rows > 0 ? with_rows++ : --without] = rows << 32 | (UINT32_MAX - (uint32_t)e);
    }
  qsort (schedule->order, with_rows, sizeof *schedule->order, compare_descending);
  return n;
}

/* Rows of the wave that go through matmuls. */
static double
real_rows (const MoeWave *wave, const MoeDispatch *dispatch)
{
  return (double)(dispatch->expert_offset[wave->end_expert]
                  - dispatch->expert_offset[wave->first_expert]);
}

/* In how many slices to cut `rows` rows of which each costs `flops_per_row`. */
static size_t
row_slices (const MoeScheduleSpec *spec, const MoeDispatch *dispatch, size_t rows)
{
  double even = real_rows (&spec->wave, dispatch) / (double)(spec->threads * TILES_PER_THREAD);
  double most = MOE_TILE_MAX_FLOPS / spec->flops_per_row;
  double target = even < most ? even : most;
  size_t tile_rows = target < MIN_TILE_ROWS ? MIN_TILE_ROWS : (size_t)target;
  return moe_size_max (1, moe_size_min (ceil_div (rows, tile_rows), rows / MIN_TILE_ROWS));
}

static void
add_row_tiles (MoeSchedule *schedule,
               const MoeScheduleSpec *spec,
               const MoeDispatch *dispatch,
               size_t experts)
{
  for (size_t i = 0; i < experts; i++)
    {
      size_t e = ordered_expert (schedule, i);
      size_t rows = rows_of (dispatch, e);
      size_t slices = rows == 0 ? 0 : row_slices (spec, dispatch, rows);
      atomic_store_explicit (&schedule->pending[e], (uint_fast32_t)slices, memory_order_relaxed);
      for (size_t slice = 0; slice < slices; slice++)
        {
          MoeTile tile = moe_tile_slice (dispatch->expert_offset[e], rows, slice, slices);
          tile.kind = MOE_TILE_ROWS;
          tile.expert = (uint32_t)e;
          add_tile (schedule, tile);
        }
    }
}

static void
add_null_tiles (MoeSchedule *schedule, const MoeWave *wave, const MoeDispatch *dispatch)
{
  size_t first = moe_size_max (dispatch->real_rows, wave->first_row);
  for (size_t row = first; row < wave->end_row; row += NULL_TILE_ROWS)
    add_tile (schedule, (MoeTile){ .kind = MOE_TILE_NULLS,
                                   .first = row,
                                   .count = moe_size_min (NULL_TILE_ROWS, wave->end_row - row) });
}

/* In how many slices to cut weight gradients of `flops` when there are `all` flops of such to do.
 */
static size_t
cut_wgrad (const MoeScheduleSpec *spec, double flops, double all, size_t max_slices)
{
  double even = all / (double)(spec->threads * TILES_PER_THREAD);
  double most = even < MOE_TILE_MAX_FLOPS ? even : MOE_TILE_MAX_FLOPS;
  if (flops <= most)
    return 1;
  return moe_size_min ((size_t)(flops / most) + 1, max_slices);
}

static size_t
wgrad_slices (const MoeScheduleSpec *spec, const MoeDispatch *dispatch, size_t rows)
{
  double flops = spec->wgrad_flops_per_row * (double)rows;
  double all = spec->wgrad_flops_per_row * real_rows (&spec->wave, dispatch);
  return cut_wgrad (spec, flops, all, max_wgrad_slices (spec->shape.hidden, spec->shape.mlp_dim));
}

/* The weight gradients of one expert in slices; `all`: what is common to their tiles. */
static void
add_wgrad (MoeSchedule *schedule, MoeTile all, size_t slices)
{
  all.slices = (uint32_t)slices;
  for (all.slice = 0; all.slice < all.slices; all.slice++)
    add_tile (schedule, all);
}

/* Experts without tokens come last in the order, but their zeros must be written all the same. */
static void
add_wgrad_tiles (MoeSchedule *schedule,
                 const MoeScheduleSpec *spec,
                 const MoeDispatch *dispatch,
                 size_t experts)
{
  for (size_t i = 0; i < experts; i++)
    {
      size_t e = ordered_expert (schedule, i);
      size_t first = dispatch->expert_offset[e], rows = rows_of (dispatch, e);
      add_wgrad (schedule, (MoeTile){ MOE_TILE_WGRAD, (uint32_t)e, first, rows },
                 wgrad_slices (spec, dispatch, rows));
    }
}

static void
add_steps (MoeSchedule *schedule, MoeTileKind kind, size_t first, size_t end, size_t step)
{
  for (; step > 0 && first < end; first += step)
    add_tile (schedule,
              (MoeTile){ .kind = kind, .first = first, .count = moe_size_min (step, end - first) });
}

/* The shared expert's tokens in as many tiles as those of the other experts would have. */
static void
add_shared_tiles (MoeSchedule *schedule, const MoeScheduleSpec *spec)
{
  double tokens = (double)(spec->shared_end - spec->shared_first);
  double even = tokens / (double)(spec->threads * TILES_PER_THREAD);
  double most = MOE_TILE_MAX_FLOPS / spec->shared_flops_per_token;
  double step = even < most ? even : most;
  add_steps (schedule, MOE_TILE_SHARED, spec->shared_first, spec->shared_end,
             step < MIN_TILE_ROWS ? MIN_TILE_ROWS : (size_t)step);
}

static void
add_shared_wgrad_tiles (MoeSchedule *schedule, const MoeScheduleSpec *spec)
{
  size_t most = max_wgrad_slices (spec->shape.hidden, spec->shape.shared_dim);
  add_wgrad (schedule,
             (MoeTile){ .kind = MOE_TILE_SHARED_WGRAD,
                        .first = spec->shared_first,
                        .count = spec->shared_end - spec->shared_first },
             cut_wgrad (spec, spec->shared_wgrad_flops, spec->shared_wgrad_flops, most));
}

/* Tiles added since there were `before`, which others will wait for. */
static void
await_since (const MoeSchedule *schedule, size_t before, atomic_size_t *left)
{
  atomic_store_explicit (left, schedule->n_tiles - before, memory_order_relaxed);
}

void
moe_schedule_build (MoeSchedule *schedule, const MoeScheduleSpec *spec, const MoeDispatch *dispatch)
{
  schedule->n_tiles = 0;
  size_t experts = order_experts (schedule, &spec->wave, dispatch);
  add_steps (schedule, MOE_TILE_REPEAT, 0, spec->shape.tokens, spec->repeat_tokens);
  await_since (schedule, 0, &schedule->repeats_left);
  size_t before = schedule->n_tiles;
  add_row_tiles (schedule, spec, dispatch, experts);
  add_null_tiles (schedule, &spec->wave, dispatch);
  await_since (schedule, before, &schedule->rows_left);
  before = schedule->n_tiles;
  if (spec->shared_end > spec->shared_first)
    add_shared_tiles (schedule, spec);
  await_since (schedule, before, &schedule->shared_left);
  if (spec->wgrad_flops_per_row > 0)
    add_wgrad_tiles (schedule, spec, dispatch, experts);
  if (spec->shared_wgrad)
    add_shared_wgrad_tiles (schedule, spec);
  add_steps (schedule, MOE_TILE_NULL_WGRAD, 0, spec->shape.hidden, spec->null_wgrad_columns);
  add_steps (schedule, MOE_TILE_TOKENS, 0, spec->shape.tokens, spec->combine_tokens);
  add_steps (schedule, MOE_TILE_COLUMNS, 0, spec->shape.hidden, spec->combine_columns);
  atomic_store_explicit (&schedule->next, 0, memory_order_relaxed);
}

bool
moe_schedule_leaves_idle (const MoeDispatch *dispatch, const MoeWave *wave, size_t threads)
{
  size_t active = 0;
  for (size_t e = wave->first_expert; e < wave->end_expert; e++)
    {
      size_t rows = rows_of (dispatch, e);
      if (rows > SHARED_ROWS)
        return false;
      active += rows > 0;
    }
  size_t turns = ceil_div (active, threads), places = turns * threads;
  return 8 * (places - active) >= places && active > 0;
}

const MoeTile *
moe_schedule_claim (MoeSchedule *schedule, const MoeCancel *cancel)
{
  if (moe_cancel_requested (cancel))
    return NULL;
  size_t i = atomic_fetch_add_explicit (&schedule->next, 1, memory_order_relaxed);
  return i < schedule->n_tiles ? &schedule->tiles[i] : NULL;
}

static bool
none_left (atomic_size_t *left)
{
  return atomic_load_explicit (left, memory_order_acquire) == 0;
}

static bool
is_ready (MoeSchedule *schedule, const MoeTile *tile)
{
  switch (tile->kind)
    {
    case MOE_TILE_ROWS:
    case MOE_TILE_NULLS:
      return none_left (&schedule->repeats_left);
    case MOE_TILE_WGRAD:
      return atomic_load_explicit (&schedule->pending[tile->expert], memory_order_acquire) == 0;
    case MOE_TILE_SHARED_WGRAD:
      return none_left (&schedule->shared_left);
    case MOE_TILE_TOKENS:
    case MOE_TILE_COLUMNS:
      return none_left (&schedule->rows_left) && none_left (&schedule->shared_left);
    case MOE_TILE_REPEAT:
    case MOE_TILE_SHARED:
    case MOE_TILE_NULL_WGRAD:
      break;
    }
  return true;
}

bool
moe_schedule_wait (MoeSchedule *schedule, const MoeTile *tile, const MoeCancel *cancel)
{
  for (size_t spin = 0; !is_ready (schedule, tile); spin++)
    {
      if (moe_cancel_requested (cancel))
        return false;
      if (spin < SPINS_BEFORE_YIELD)
        moe_cpu_relax ();
      else
        sched_yield (); /* the thread that we wait for may want this very core */
    }
  return true;
}

static void
one_less (atomic_size_t *left)
{
  size_t before = atomic_fetch_sub_explicit (left, 1, memory_order_acq_rel);
  MOE_ASSERT (before > 0);
}

void
moe_schedule_finish (MoeSchedule *schedule, const MoeTile *tile)
{
  if (tile->kind == MOE_TILE_ROWS)
    atomic_fetch_sub_explicit (&schedule->pending[tile->expert], 1, memory_order_acq_rel);
  if (tile->kind == MOE_TILE_ROWS || tile->kind == MOE_TILE_NULLS)
    one_less (&schedule->rows_left);
  else if (tile->kind == MOE_TILE_REPEAT)
    one_less (&schedule->repeats_left);
  else if (tile->kind == MOE_TILE_SHARED)
    one_less (&schedule->shared_left);
}

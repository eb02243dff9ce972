/* SPDX-License-Identifier: Apache-2.0 */
/* The order of work of one pass: a list of tiles, claimed one by one by the threads
 * of a team.
 *
 * A tile may depend on an expert's row tiles or on all row tiles of the list; it always stands
 * behind them.  Since tiles are claimed in order, what a tile waits for is at worst being
 * computed by another thread at that moment: there is no barrier between kinds of work, and no
 * deadlock. */
#pragma once

#include "engine/backends/parts/waves.h"
#include "engine/moe/dispatch.h"
#include "engine/moe/types.h"
#include "engine/ranks/slices.h"
#include "engine/threads/cancel.h"
#include "engine/threads/team.h"

#include <stdatomic.h>
#include <stdint.h>

/* No tile is above this, so that a stop is answered soon: about a tenth of a second of one core. */
#define MOE_TILE_MAX_FLOPS 6e9

typedef enum MoeTileKind
{
  MOE_TILE_REPEAT,       /* repeat x of tokens first .. for each of their slots */
  MOE_TILE_ROWS,         /* rows first .. first+count-1 of one expert, through all its matmuls;
                            needs all repeated */
  MOE_TILE_NULLS,        /* null rows that ride along (carry dispatch); likewise */
  MOE_TILE_SHARED,       /* tokens first .. through the shared expert */
  MOE_TILE_WGRAD,        /* rows first .. of dw2 [M,H] and dw13 [H,2M] of one expert, a slice of
                            them; needs all its rows */
  MOE_TILE_SHARED_WGRAD, /* the shared expert's, likewise; needs all shared tokens */
  MOE_TILE_NULL_WGRAD,   /* columns first .. of the gradients of the null experts' vectors */
  MOE_TILE_TOKENS,       /* combine tokens first .. first+count-1; needs all rows and tokens */
  MOE_TILE_COLUMNS,      /* scatter combine of columns first ..; likewise */
} MoeTileKind;

typedef struct MoeTile
{
  MoeTileKind kind;
  uint32_t expert;
  size_t first;
  size_t count;
  uint32_t slice; /* WGRAD: which of `slices` of the rows */
  uint32_t slices;
} MoeTile;

/* Slice number `slice` of `slices` of n items from `first` on. */
static inline MoeTile
moe_tile_slice (size_t first, size_t n, size_t slice, size_t slices)
{
  return (MoeTile){ .first = first + moe_slice_first (n, slices, slice),
                    .count = moe_slice_length (n, slices, slice),
                    .slices = 1 };
}

/* Which tiles a list has, besides the row tiles of the wave. */
typedef struct MoeScheduleSpec
{
  MoeShape shape;
  MoeWave wave;
  size_t threads;
  double flops_per_row;       /* of a row tile, for sizing */
  double wgrad_flops_per_row; /* 0: no wgrad tiles */
  size_t repeat_tokens;       /* tokens per REPEAT tile; 0: none */
  size_t shared_first;        /* SHARED tiles of tokens shared_first .. shared_end - 1 */
  size_t shared_end;
  double shared_flops_per_token;
  bool shared_wgrad; /* SHARED_WGRAD tiles, of so much work together */
  double shared_wgrad_flops;
  size_t null_wgrad_columns; /* columns per NULL_WGRAD tile; 0: none */
  size_t combine_tokens;     /* tokens per TOKENS tile; 0: none */
  size_t combine_columns;    /* columns per COLUMNS tile; 0: none */
} MoeScheduleSpec;

typedef struct MoeSchedule
{
  MoeTile *tiles; /* [capacity] */
  size_t capacity;
  size_t n_tiles;
  atomic_size_t next;
  atomic_size_t repeats_left;    /* repeat tiles not yet finished */
  atomic_size_t rows_left;       /* row and null tiles */
  atomic_size_t shared_left;     /* tiles of the shared expert's tokens */
  atomic_uint_fast32_t *pending; /* [experts] row tiles of an expert not yet finished */
  uint64_t *order;               /* [experts] scratch for the sort by load */
} MoeSchedule;

/* Bytes of memory for a schedule, or SIZE_MAX on overflow; see moe_schedule_init (). */
size_t moe_schedule_bytes (const MoeShape *shape, size_t max_rows);

/* Lay the schedule's arrays out in `memory` of moe_schedule_bytes () bytes, 64-byte aligned. */
void
moe_schedule_init (MoeSchedule *schedule, const MoeShape *shape, size_t max_rows, void *memory);

/* Make the list for one wave of a dispatch: repeats, row tiles of the experts with the most rows
 * first, then null rows, the shared expert, weight gradients in the same order of experts, then
 * combine tiles.  Cheap enough for
 * the timed region: O(E log E + tiles), no allocation. */
void moe_schedule_build (MoeSchedule *schedule,
                         const MoeScheduleSpec *spec,
                         const MoeDispatch *dispatch);

/* Would an eighth of the threads' time or more be lost if each took whole experts, where each of
 * them has so few rows (16) that its weights are most of the work: 3 experts on 2 threads, 4 on 16?
 * Then products are better shared, one expert after the other.  `wave`: whose experts.  Pure. */
bool moe_schedule_leaves_idle (const MoeDispatch *dispatch, const MoeWave *wave, size_t threads);

/* Claim the next tile, or NULL when none is left or a stop was asked for.  Any thread. */
const MoeTile *moe_schedule_claim (MoeSchedule *schedule, const MoeCancel *cancel);

/* Wait until what the tile depends on is there; false when a stop was asked for meanwhile. */
bool moe_schedule_wait (MoeSchedule *schedule, const MoeTile *tile, const MoeCancel *cancel);

/* Say that a tile is finished, so that those that wait for it may go on. */
void moe_schedule_finish (MoeSchedule *schedule, const MoeTile *tile);

/* SPDX-License-Identifier: Apache-2.0 */
/* Three steps: every slot gets its rank among the slots of its expert (by counting or by sorting),
 * counts become first rows, ranks become rows.  All in the caller's arrays: this is timed. */
#include "engine/moe/dispatch.h"

#include <string.h>

#include "engine/base/assert.h"
#include "engine/base/size.h"

enum
{
  COUNTED_EXPERTS = 512, /* experts counted at a time where no array is at hand */
  BYTE_VALUES = 256
};

MoeDispatchSpec
moe_dispatch_spec (const MoeBlock *block)
{
  return (MoeDispatchSpec){
    .carries_nulls = moe_carries_nulls (block->choice),
    .remaps_nulls = moe_remaps_nulls (block->choice),
    .strategy = block->choice[MOE_CHOICE_PACK_STRATEGY],
    .capacity_policy = block->choice[MOE_CHOICE_CAPACITY_POLICY],
    .capacity = block->capacity,
    .end_expert = block->shape.experts + block->shape.zero_experts,
    .end_token = block->shape.tokens,
  };
}

static size_t
experts_here (const MoeDispatchSpec *spec)
{
  return spec->end_expert - spec->first_expert;
}

size_t
moe_dispatch_expert_rows (const MoeDispatchSpec *spec, size_t assignments)
{
  if (spec->capacity_policy == MOE_CAPACITY_NONE)
    return assignments;
  if (spec->capacity_policy == MOE_CAPACITY_PAD)
    return spec->capacity;
  return moe_size_min (assignments, spec->capacity);
}

/* Where a slot belongs: to an expert, counted from first_expert; behind the last one, number
 * experts_here (), when it is null and rides along; to the first one when it is null and stands for
 * expert 0; nowhere, SIZE_MAX. */
static inline size_t
bucket_of (const MoeRouting *routing, const MoeDispatchSpec *spec, size_t token, int32_t id)
{
  size_t bucket = (size_t)id - spec->first_expert; /* huge for an expert before the first */
  if (bucket < experts_here (spec))
    return bucket;
  if ((size_t)id < routing->experts)
    return SIZE_MAX;
  if (spec->remaps_nulls && spec->first_expert == 0 && spec->end_expert > 0)
    return 0;
  if (spec->carries_nulls && token - spec->first_token < spec->end_token - spec->first_token)
    return experts_here (spec);
  return SIZE_MAX;
}

static size_t
count_nulls (const MoeRouting *routing, size_t first_token, size_t end_token)
{
  const size_t k = routing->topk;
  size_t count = 0;
  for (size_t slot = first_token * k; slot < end_token * k; slot++)
    count += (size_t)routing->topk_idx[slot] >= routing->experts;
  return count;
}

size_t
moe_dispatch_rows (const MoeRouting *routing, const MoeDispatchSpec *spec, MoeFullest *fullest)
{
  const size_t slots = routing->tokens * routing->topk;
  size_t rows = spec->carries_nulls ? count_nulls (routing, spec->first_token, spec->end_token) : 0;
  MoeFullest most = { spec->first_expert, 0 };
  for (size_t first = spec->first_expert; first < spec->end_expert; first += COUNTED_EXPERTS)
    {
      size_t counts[COUNTED_EXPERTS] = { 0 };
      size_t n = moe_size_min (COUNTED_EXPERTS, spec->end_expert - first);
      for (size_t slot = 0; slot < slots; slot++)
        if ((size_t)routing->topk_idx[slot] - first < n)
          counts[(size_t)routing->topk_idx[slot] - first]++;
      if (spec->remaps_nulls && first == 0)
        counts[0] += count_nulls (routing, 0, routing->tokens);
      for (size_t i = 0; i < n; i++)
        {
          size_t own = moe_dispatch_expert_rows (spec, counts[i]);
          if (own > most.rows)
            most = (MoeFullest){ first + i, own };
          rows += own;
        }
    }
  if (fullest != NULL)
    *fullest = most;
  return rows;
}

/* slot_row = rank of the slot in its bucket, by position; expert_offset = slots of each bucket. */
static void
rank_by_counting (const MoeRouting *routing, const MoeDispatchSpec *spec, MoeDispatch *dispatch)
{
  const MoeDispatchSpec local = *spec;
  const int32_t *id = routing->topk_idx;
  size_t *count = dispatch->expert_offset;
  uint32_t *rank = dispatch->slot_row;
  for (size_t token = 0; token < routing->tokens; token++)
    for (size_t j = 0; j < routing->topk; j++)
      {
        size_t bucket = bucket_of (routing, &local, token, *id++);
        *rank++ = bucket == SIZE_MAX ? MOE_DISPATCH_NO_ROW : (uint32_t)count[bucket]++;
      }
}

/* keys[n] in ascending order of their bytes first_byte .. 7, stable: least significant byte first,
 * a counting sort for each byte in which the keys differ.  Returns the one of the two arrays that
 * holds the result. */
static uint64_t *
sort_keys (uint64_t *keys, uint64_t *other, size_t n, int first_byte)
{
  uint64_t used = 0;
  for (size_t i = 0; i < n; i++)
    used |= keys[i] ^ keys[0];
  for (int shift = 8 * first_byte; shift < 64; shift += 8)
    {
      size_t place[BYTE_VALUES] = { 0 }, start = 0;
      if ((used >> shift & 0xff) == 0)
        continue;
      for (size_t i = 0; i < n; i++)
        place[keys[i] >> shift & 0xff]++;
      for (size_t value = 0; value < BYTE_VALUES; value++)
        {
          size_t count = place[value];
          place[value] = start;
          start += count;
        }
      for (size_t i = 0; i < n; i++)
        other[place[keys[i] >> shift & 0xff]++] = keys[i];
      uint64_t *sorted = other;
      other = keys;
      keys = sorted;
    }
  return keys;
}

/* The position of the slot in the low half of a key, what it is sorted by in the high half. */
static uint64_t
key_of (uint64_t high, size_t slot)
{
  return high << 32 | (uint32_t)slot;
}

/* Weights are not negative, so they are ordered like their bits; the heaviest comes first. */
static uint32_t
descending (float weight)
{
  uint32_t bits;
  memcpy (&bits, &weight, sizeof bits);
  return UINT32_MAX - bits;
}

/* keys[] by score, ties by position, become keys by bucket. */
static void
key_by_bucket (const MoeRouting *routing, const MoeDispatchSpec *spec, uint64_t *keys, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      size_t slot = (uint32_t)keys[i];
      keys[i] =
          key_of (bucket_of (routing, spec, slot / routing->topk, routing->topk_idx[slot]), slot);
    }
}

/* As rank_by_counting (), by really sorting: the keys of (bucket, position) at once, or first by
 * score and then, stably, by bucket, as the three do not fit into one key. */
static void
rank_by_sorting (const MoeRouting *routing, const MoeDispatchSpec *spec, MoeDispatch *dispatch)
{
  const bool scored = spec->strategy == MOE_PACK_EXPERT_SCORE_SORT;
  const size_t k = routing->topk;
  uint64_t *keys = dispatch->keys, *other = keys + routing->tokens * k;
  size_t n = 0, slot = 0;
  for (size_t token = 0; token < routing->tokens; token++)
    {
      uint32_t score = descending (routing->topk_weights[token * k]);
      for (size_t j = 0; j < k; j++, slot++)
        {
          size_t bucket = bucket_of (routing, spec, token, routing->topk_idx[slot]);
          dispatch->slot_row[slot] = MOE_DISPATCH_NO_ROW;
          if (bucket != SIZE_MAX)
            keys[n++] = key_of (scored ? score : bucket, slot);
        }
    }
  uint64_t *sorted = sort_keys (keys, other, n, scored ? 4 : 0);
  if (scored)
    {
      key_by_bucket (routing, spec, sorted, n);
      sorted = sort_keys (sorted, sorted == keys ? other : keys, n, 4);
    }
  for (size_t i = 0; i < n; i++)
    dispatch->slot_row[(uint32_t)sorted[i]] = (uint32_t)dispatch->expert_offset[sorted[i] >> 32]++;
}

/* Counts become first rows; the bucket behind the last expert is that of the null rows. */
static void
place_experts (const MoeDispatchSpec *spec, MoeDispatch *dispatch)
{
  const size_t experts = experts_here (spec);
  size_t row = 0;
  for (size_t e = 0; e < experts; e++)
    {
      size_t count = dispatch->expert_offset[e];
      dispatch->expert_offset[e] = row;
      row += moe_dispatch_expert_rows (spec, count);
    }
  dispatch->real_rows = row;
  dispatch->rows = row + dispatch->expert_offset[experts];
  dispatch->expert_offset[experts] = row;
}

/* Ranks become rows; a slot whose rank is beyond the capacity has none. */
static void
place_slots (const MoeRouting *routing, const MoeDispatchSpec *spec, MoeDispatch *dispatch)
{
  const size_t experts = experts_here (spec), k = routing->topk;
  const MoeDispatchSpec local = *spec;
  const size_t limit = spec->capacity_policy == MOE_CAPACITY_NONE ? SIZE_MAX : spec->capacity;
  const MoeDispatch d = *dispatch;
  for (size_t token = 0, slot = 0; token < routing->tokens; token++)
    for (size_t j = 0; j < k; j++, slot++)
      {
        uint32_t rank = d.slot_row[slot];
        if (rank == MOE_DISPATCH_NO_ROW)
          continue;
        size_t bucket = bucket_of (routing, &local, token, routing->topk_idx[slot]);
        if (bucket < experts && rank >= limit)
          {
            d.slot_row[slot] = MOE_DISPATCH_NO_ROW;
            continue;
          }
        size_t row = d.expert_offset[bucket] + rank;
        d.row_token[row] = (uint32_t)token;
        d.row_slot[row] = (uint32_t)slot;
        d.row_weight[row] = routing->topk_weights[slot];
        d.slot_row[slot] = (uint32_t)row;
      }
}

/* Slots will overwrite the rows that they have. */
static void
make_all_padding (MoeDispatch *dispatch)
{
  for (size_t row = 0; row < dispatch->real_rows; row++)
    {
      dispatch->row_token[row] = MOE_DISPATCH_NO_ROW;
      dispatch->row_slot[row] = MOE_DISPATCH_NO_ROW;
      dispatch->row_weight[row] = 0.0f;
    }
}

void
moe_dispatch_pack (const MoeRouting *routing, const MoeDispatchSpec *spec, MoeDispatch *dispatch)
{
  MOE_ASSERT (spec->first_expert <= spec->end_expert
              && spec->end_expert <= routing->experts + routing->null_experts);
  MOE_ASSERT (spec->strategy == MOE_PACK_ARGSORT || dispatch->keys != NULL);
  memset (dispatch->expert_offset, 0, (experts_here (spec) + 1) * sizeof *dispatch->expert_offset);
  if (spec->strategy == MOE_PACK_ARGSORT)
    rank_by_counting (routing, spec, dispatch);
  else
    rank_by_sorting (routing, spec, dispatch);
  place_experts (spec, dispatch);
  if (spec->capacity_policy == MOE_CAPACITY_PAD)
    make_all_padding (dispatch);
  place_slots (routing, spec, dispatch);
}

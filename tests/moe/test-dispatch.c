/* SPDX-License-Identifier: Apache-2.0 */
/* The order of rows, and the way from slots to rows and back. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "engine/draw/sampling.h"
#include "engine/moe/capacity.h"
#include "engine/moe/dispatch.h"

enum
{
  GUARD = 3 /* entries after the end of every array that must stay as they were */
};

static MoeDispatchSpec
whole_spec (const MoeRouting *routing, MoeNullDispatch dispatch)
{
  return (MoeDispatchSpec){
    .carries_nulls = dispatch == MOE_NULL_DISPATCH_CARRY,
    .remaps_nulls = dispatch == MOE_NULL_DISPATCH_REMAP,
    .end_expert = routing->experts,
    .end_token = routing->tokens,
  };
}

static void *
rubbish (size_t bytes)
{
  return memset (g_malloc (bytes), 0xab, bytes);
}

/* Arrays full of rubbish, so that an entry that is not written, or one too many, shows. */
static MoeDispatch
pack (const MoeRouting *routing, const MoeDispatchSpec *spec)
{
  size_t rows = moe_dispatch_rows (routing, spec, NULL);
  size_t slots = routing->tokens * routing->topk;
  size_t offsets = spec->end_expert - spec->first_expert + 1;
  MoeDispatch d = {
    .expert_offset = rubbish ((offsets + GUARD) * sizeof (size_t)),
    .row_token = rubbish ((rows + GUARD) * sizeof (uint32_t)),
    .row_slot = rubbish ((rows + GUARD) * sizeof (uint32_t)),
    .row_weight = rubbish ((rows + GUARD) * sizeof (float)),
    .slot_row = rubbish ((slots + GUARD) * sizeof (uint32_t)),
  };
  if (spec->strategy != MOE_PACK_ARGSORT)
    d.keys = rubbish ((2 * slots + GUARD) * sizeof (uint64_t));
  moe_dispatch_pack (routing, spec, &d);

  g_assert_cmpuint (d.rows, ==, rows);
  g_assert_cmphex (d.expert_offset[offsets], ==, 0xababababababababu);
  g_assert_cmphex (d.row_token[rows], ==, 0xababababu);
  g_assert_cmphex (d.row_slot[rows], ==, 0xababababu);
  g_assert_cmpmem (&d.row_weight[rows], sizeof (float), &d.row_token[rows], sizeof (float));
  g_assert_cmphex (d.slot_row[slots], ==, 0xababababu);
  if (d.keys != NULL)
    g_assert_cmphex (d.keys[2 * slots], ==, 0xababababababababu);
  return d;
}

static void
dispatch_clear (MoeDispatch *dispatch)
{
  g_free (dispatch->expert_offset);
  g_free (dispatch->row_token);
  g_free (dispatch->row_slot);
  g_free (dispatch->row_weight);
  g_free (dispatch->slot_row);
  g_free (dispatch->keys);
}

/* 4 tokens, 4 experts, top-2; ids 4 and 5 are null, experts 0 and 3 get nothing. */
static int32_t small_idx[] = { 2, 1, 4, 2, 1, 5, 4, 5 };
static float small_weights[] = { 0.7f, 0.3f, 0.0f, 0.4f, 0.6f, 0.0f, 0.0f, 0.0f };
static const MoeRouting small = {
  .tokens = 4,
  .experts = 4,
  .topk = 2,
  .null_experts = 2,
  .topk_idx = small_idx,
  .topk_weights = small_weights,
  .null_assignments = 4,
  .real_assignments = 4,
};
static const size_t small_offset[] = { 0, 0, 2, 4, 4 };
#define NONE MOE_DISPATCH_NO_ROW

static void
test_compact (void)
{
  const uint32_t token[] = { 0, 2, 0, 1 };
  const uint32_t slot[] = { 1, 4, 0, 3 };
  const float weight[] = { 0.3f, 0.6f, 0.7f, 0.4f };
  const uint32_t row[] = { 2, 0, NONE, 3, 1, NONE, NONE, NONE };
  MoeDispatchSpec spec = whole_spec (&small, MOE_NULL_DISPATCH_COMPACT);
  MoeDispatch d = pack (&small, &spec);
  g_assert_cmpuint (d.rows, ==, 4);
  g_assert_cmpuint (d.real_rows, ==, 4);
  g_assert_cmpmem (d.expert_offset, 5 * sizeof (size_t), small_offset, sizeof small_offset);
  g_assert_cmpmem (d.row_token, 4 * sizeof (uint32_t), token, sizeof token);
  g_assert_cmpmem (d.row_slot, 4 * sizeof (uint32_t), slot, sizeof slot);
  g_assert_cmpmem (d.row_weight, 4 * sizeof (float), weight, sizeof weight);
  g_assert_cmpmem (d.slot_row, 8 * sizeof (uint32_t), row, sizeof row);
  dispatch_clear (&d);
}

static void
test_carry (void)
{
  const uint32_t token[] = { 0, 2, 0, 1, 1, 2, 3, 3 };
  const uint32_t slot[] = { 1, 4, 0, 3, 2, 5, 6, 7 };
  const float weight[] = { 0.3f, 0.6f, 0.7f, 0.4f, 0, 0, 0, 0 };
  const uint32_t row[] = { 2, 0, 4, 3, 1, 5, 6, 7 };
  MoeDispatchSpec spec = whole_spec (&small, MOE_NULL_DISPATCH_CARRY);
  MoeDispatch d = pack (&small, &spec);
  g_assert_cmpuint (d.rows, ==, 8);
  g_assert_cmpuint (d.real_rows, ==, 4);
  g_assert_cmpmem (d.expert_offset, 5 * sizeof (size_t), small_offset, sizeof small_offset);
  g_assert_cmpmem (d.row_token, 8 * sizeof (uint32_t), token, sizeof token);
  g_assert_cmpmem (d.row_slot, 8 * sizeof (uint32_t), slot, sizeof slot);
  g_assert_cmpmem (d.row_weight, 8 * sizeof (float), weight, sizeof weight);
  g_assert_cmpmem (d.slot_row, 8 * sizeof (uint32_t), row, sizeof row);
  dispatch_clear (&d);
}

/* Null slots are rows of expert 0, in the order of positions, with weight 0. */
static void
test_remap (void)
{
  const size_t offset[] = { 0, 4 + small_offset[1], 4 + small_offset[2], 4 + small_offset[3],
                            4 + small_offset[4] };
  MoeDispatchSpec spec = whole_spec (&small, MOE_NULL_DISPATCH_REMAP);
  MoeFullest fullest;
  MoeDispatch d = pack (&small, &spec);
  g_assert_cmpuint (d.rows, ==, 8);
  g_assert_cmpuint (d.real_rows, ==, 8);
  g_assert_cmpmem (d.expert_offset, 5 * sizeof (size_t), offset, sizeof offset);
  for (size_t slot = 0; slot < 8; slot++)
    {
      uint32_t row = d.slot_row[slot];
      bool null = small.topk_idx[slot] >= 4;
      g_assert_cmpuint (d.row_slot[row], ==, slot);
      g_assert_cmpuint (d.row_token[row], ==, slot / 2);
      g_assert_cmpfloat (d.row_weight[row], ==, null ? 0 : small.topk_weights[slot]);
      g_assert_true (!null || row < offset[1]);
    }
  g_assert_cmpuint (moe_dispatch_rows (&small, &spec, &fullest), ==, 8);
  g_assert_cmpuint (fullest.expert, ==, 0);
  g_assert_cmpuint (fullest.rows, ==, offset[1]);
  dispatch_clear (&d);

  /* Where that expert is not, there are none. */
  spec.first_expert = 1;
  d = pack (&small, &spec);
  g_assert_cmpuint (d.rows, ==, small_offset[4] - small_offset[1]);
  dispatch_clear (&d);
}

/* Null slots are rows of extra experts, each of its own, after those of the others. */
static void
test_zero_expert (void)
{
  MoeDispatchSpec spec = whole_spec (&small, MOE_NULL_DISPATCH_COMPACT);
  spec.end_expert = small.experts + small.null_experts;
  MoeDispatch d = pack (&small, &spec);
  g_assert_cmpuint (d.rows, ==, 8);
  g_assert_cmpuint (d.real_rows, ==, 8);
  g_assert_cmpmem (d.expert_offset, 5 * sizeof (size_t), small_offset, 5 * sizeof (size_t));
  for (size_t slot = 0; slot < 8; slot++)
    {
      size_t id = (size_t)small.topk_idx[slot];
      uint32_t row = d.slot_row[slot];
      g_assert_cmpuint (row, >=, d.expert_offset[id]);
      g_assert_cmpuint (row, <, d.expert_offset[id + 1]);
      g_assert_cmpfloat (d.row_weight[row], ==, small.topk_weights[slot]);
    }
  g_assert_cmpuint (moe_dispatch_rows (&small, &spec, NULL), ==, 8);
  dispatch_clear (&d);
}

/* Expert 1 has slots 1 (token 0, whose first weight is 0.7) and 4 (token 2, 0.6); make token 2 the
 * heavier one and only the score sort turns them round. */
static void
test_strategies (void)
{
  float weights[] = { 0.7f, 0.3f, 0.0f, 0.4f, 0.9f, 0.0f, 0.0f, 0.0f };
  const uint32_t by_position[] = { 1, 4, 0, 3 }, by_score[] = { 4, 1, 0, 3 };
  MoeRouting routing = small;
  routing.topk_weights = weights;
  for (int strategy = 0; strategy < 3; strategy++)
    {
      MoeDispatchSpec spec = whole_spec (&routing, MOE_NULL_DISPATCH_COMPACT);
      spec.strategy = (MoePackStrategy)strategy;
      MoeDispatch d = pack (&routing, &spec);
      const uint32_t *expected = strategy == MOE_PACK_EXPERT_SCORE_SORT ? by_score : by_position;
      g_assert_cmpmem (d.row_slot, 4 * sizeof (uint32_t), expected, sizeof by_position);
      dispatch_clear (&d);
    }
}

static void
test_pad (void)
{
  const size_t offset[] = { 0, 3, 6, 9, 12 };
  const uint32_t slot[] = { NONE, NONE, NONE, 1, 4, NONE, 0, 3, NONE, NONE, NONE, NONE };
  const uint32_t token[] = { NONE, NONE, NONE, 0, 2, NONE, 0, 1, NONE, NONE, NONE, NONE };
  const float weight[] = { 0, 0, 0, 0.3f, 0.6f, 0, 0.7f, 0.4f, 0, 0, 0, 0 };
  MoeDispatchSpec spec = whole_spec (&small, MOE_NULL_DISPATCH_COMPACT);
  spec.capacity_policy = MOE_CAPACITY_PAD;
  spec.capacity = 3;
  MoeDispatch d = pack (&small, &spec);
  g_assert_cmpuint (d.rows, ==, 12);
  g_assert_cmpuint (d.real_rows, ==, 12);
  g_assert_cmpmem (d.expert_offset, 5 * sizeof (size_t), offset, sizeof offset);
  g_assert_cmpmem (d.row_slot, 12 * sizeof (uint32_t), slot, sizeof slot);
  g_assert_cmpmem (d.row_token, 12 * sizeof (uint32_t), token, sizeof token);
  g_assert_cmpmem (d.row_weight, 12 * sizeof (float), weight, sizeof weight);
  dispatch_clear (&d);
}

static void
test_drop (void)
{
  const uint32_t row[] = { 1, 0, NONE, NONE, NONE, NONE, NONE, NONE };
  MoeDispatchSpec spec = whole_spec (&small, MOE_NULL_DISPATCH_COMPACT);
  spec.capacity_policy = MOE_CAPACITY_DROP;
  spec.capacity = 1;
  MoeDispatch d = pack (&small, &spec);
  g_assert_cmpuint (d.rows, ==, 2);
  g_assert_cmpmem (d.slot_row, 8 * sizeof (uint32_t), row, sizeof row);
  dispatch_clear (&d);
}

static void
test_block_spec (void)
{
  MoeBlock block = {
    .shape = { .tokens = 7, .hidden = 2, .mlp_dim = 3, .experts = 5 },
    .topk = 2,
    .choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY,
    .choice[MOE_CHOICE_PACK_STRATEGY] = MOE_PACK_TUPLE_SORT,
    .choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_DROP,
    .capacity = 4,
  };
  MoeDispatchSpec spec = moe_dispatch_spec (&block);
  g_assert_true (spec.carries_nulls);
  g_assert_cmpint (spec.strategy, ==, MOE_PACK_TUPLE_SORT);
  g_assert_cmpint (spec.capacity_policy, ==, MOE_CAPACITY_DROP);
  g_assert_cmpuint (spec.capacity, ==, 4);
  g_assert_cmpuint (spec.first_expert, ==, 0);
  g_assert_cmpuint (spec.end_expert, ==, 5);
  g_assert_cmpuint (spec.first_token, ==, 0);
  g_assert_cmpuint (spec.end_token, ==, 7);
}

/* A slot and all that its place depends on. */
typedef struct Claim
{
  size_t bucket; /* expert counted from the first here; behind the last one: null */
  float score;
  size_t slot;
} Claim;

static int
compare_claims (const void *a, const void *b)
{
  const Claim *x = a, *y = b;
  if (x->bucket != y->bucket)
    return x->bucket < y->bucket ? -1 : 1;
  if (x->score < y->score || x->score > y->score)
    return x->score > y->score ? -1 : 1;
  return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static bool
claim_of (const MoeRouting *routing, const MoeDispatchSpec *spec, size_t slot, Claim *claim)
{
  size_t id = (size_t)routing->topk_idx[slot], token = slot / routing->topk;
  bool null = id >= routing->experts;
  bool remapped = null && spec->remaps_nulls;
  if (remapped && (spec->first_expert > 0 || spec->end_expert == 0))
    return false;
  if (null && !remapped
      && (!spec->carries_nulls || token < spec->first_token || token >= spec->end_token))
    return false;
  if (!null && (id < spec->first_expert || id >= spec->end_expert))
    return false;
  claim->bucket = remapped ? 0 : (null ? spec->end_expert : id) - spec->first_expert;
  claim->score = spec->strategy == MOE_PACK_EXPERT_SCORE_SORT
                     ? routing->topk_weights[token * routing->topk]
                     : 0.0f;
  claim->slot = slot;
  return true;
}

/* The row of every slot as the C library's sort has it; returns the number of rows. */
static size_t
expect_rows (const MoeRouting *routing, const MoeDispatchSpec *spec, uint32_t *slot_row)
{
  const size_t slots = routing->tokens * routing->topk;
  const size_t experts = spec->end_expert - spec->first_expert;
  g_autofree Claim *claims = g_new (Claim, slots);
  size_t n = 0, row = 0, at = 0;
  for (size_t slot = 0; slot < slots; slot++)
    {
      slot_row[slot] = NONE;
      n += claim_of (routing, spec, slot, &claims[n]);
    }
  qsort (claims, n, sizeof *claims, compare_claims);
  for (size_t bucket = 0; bucket <= experts; bucket++)
    {
      size_t rank = 0;
      size_t limit = spec->capacity_policy != MOE_CAPACITY_NONE && bucket < experts ? spec->capacity
                                                                                    : SIZE_MAX;
      for (; at < n && claims[at].bucket == bucket; at++, rank++)
        if (rank < limit)
          slot_row[claims[at].slot] = (uint32_t)(row + rank);
      row +=
          spec->capacity_policy == MOE_CAPACITY_PAD && bucket < experts ? limit : MIN (rank, limit);
    }
  return row;
}

static void
check_row (const MoeRouting *routing, const MoeDispatchSpec *spec, const MoeDispatch *d, size_t row)
{
  uint32_t slot = d->row_slot[row];
  if (slot == NONE)
    {
      g_assert_cmpint (spec->capacity_policy, ==, MOE_CAPACITY_PAD);
      g_assert_cmphex (d->row_token[row], ==, NONE);
      g_assert_cmpfloat (d->row_weight[row], ==, 0);
      return;
    }
  g_assert_cmpuint (d->slot_row[slot], ==, row);
  g_assert_cmpuint (d->row_token[row], ==, slot / routing->topk);
  g_assert_cmpfloat (d->row_weight[row], ==, routing->topk_weights[slot]);
  size_t id = (size_t)routing->topk_idx[slot];
  if (id >= routing->experts && spec->remaps_nulls)
    id = 0;
  g_assert_cmpint (id < routing->experts, ==, row < d->real_rows);
  if (row < d->real_rows)
    {
      g_assert_cmpuint (row, >=, d->expert_offset[id - spec->first_expert]);
      g_assert_cmpuint (row, <, d->expert_offset[id - spec->first_expert + 1]);
    }
}

static void
check_spec (const MoeRouting *routing, const MoeDispatchSpec *spec)
{
  const size_t slots = routing->tokens * routing->topk;
  const size_t experts = spec->end_expert - spec->first_expert;
  g_autofree uint32_t *expected = g_new (uint32_t, slots);
  MoeDispatch d = pack (routing, spec);
  g_assert_cmpuint (d.rows, ==, expect_rows (routing, spec, expected));
  g_assert_cmpmem (d.slot_row, slots * sizeof (uint32_t), expected, slots * sizeof (uint32_t));
  g_assert_cmpuint (d.expert_offset[0], ==, 0);
  g_assert_cmpuint (d.expert_offset[experts], ==, d.real_rows);
  for (size_t e = 0; spec->capacity_policy == MOE_CAPACITY_PAD && e < experts; e++)
    g_assert_cmpuint (d.expert_offset[e + 1], ==, (e + 1) * spec->capacity);
  for (size_t row = 0; row < d.rows; row++)
    check_row (routing, spec, &d, row);
  dispatch_clear (&d);
}

/* Every strategy, both ways with nulls, every policy with capacities from far too little to more
 * than anyone needs; all experts, a part of them, none. */
static void
check_routing (const MoeRouting *routing)
{
  const size_t E = routing->experts, T = routing->tokens;
  const size_t capacities[] = { 1, 2, T * routing->topk / E + 1, T + 1 };
  const size_t ranges[][2] = { { 0, E }, { E / 3, E - E / 4 }, { E - 1, E }, { E / 2, E / 2 } };
  for (int strategy = 0; strategy < 3; strategy++)
    for (int dispatch = 0; dispatch <= MOE_NULL_DISPATCH_REMAP; dispatch++)
      for (int policy = 0; policy < 3; policy++)
        for (size_t c = 0; c < (policy == MOE_CAPACITY_NONE ? 1 : G_N_ELEMENTS (capacities)); c++)
          for (size_t r = 0; r < G_N_ELEMENTS (ranges); r++)
            {
              MoeDispatchSpec spec = {
                .carries_nulls = dispatch == MOE_NULL_DISPATCH_CARRY,
                .remaps_nulls = dispatch == MOE_NULL_DISPATCH_REMAP,
                .strategy = (MoePackStrategy)strategy,
                .capacity_policy = (MoeCapacityPolicy)policy,
                .capacity = policy == MOE_CAPACITY_NONE ? 0 : capacities[c],
                .first_expert = ranges[r][0],
                .end_expert = ranges[r][1],
                .first_token = r == 0 ? 0 : T / 3,
                .end_token = r == 0 ? T : T / 2 + 1,
              };
              check_spec (routing, &spec);
            }
}

static void
test_sampled (void)
{
  for (int null_mode = 0; null_mode < 3; null_mode++)
    for (int tenths = 0; tenths <= 9; tenths += 3)
      {
        MoeRoutingSpec spec = {
          .tokens = 301,
          .experts = 37,
          .topk = 5,
          .null_mode = (MoeNullMode)null_mode,
          .null_target = tenths / 10.0,
        };
        MoeRouting routing = { 0 };
        g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
        check_routing (&routing);
        moe_routing_clear (&routing);
      }
}

static void
check_shape (size_t tokens, size_t experts, size_t topk, double null_target, uint64_t seed)
{
  MoeRoutingSpec spec = {
    .tokens = tokens,
    .experts = experts,
    .topk = topk,
    .null_target = null_target,
    .seed = seed,
    .null_seed = seed,
  };
  MoeRouting routing = { 0 };
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  check_routing (&routing);
  moe_routing_clear (&routing);
}

/* Fewer slots than experts (most are empty, the first and the last among them or not), more experts
 * than a byte counts and than are counted at a time, one token, one expert, every expert chosen. */
static void
test_edges (void)
{
  for (uint64_t seed = 0; seed < 10; seed++)
    check_shape (3, 200, 2, 0.5, seed);
  check_shape (50, 1100, 2, 0.3, 0);
  check_shape (1, 1, 1, 0, 0);
  check_shape (1, 9, 9, 0, 0);
  check_shape (1, 9, 9, 0.7, 1);
  check_shape (40, 6, 6, 0.4, 0);
  check_shape (40, 1, 1, 0, 0);
  check_shape (300, 3, 1, 0.99, 0);
}

/* Weights that agree in most of their bytes, or in all: ties go by position. */
static void
test_ties (void)
{
  enum
  {
    TOKENS = 200,
    TOPK = 3
  };
  const float weight[] = { 0.5f, 0.25f, 0.0f, 1.0f, 0x1.000002p-1f };
  int32_t idx[TOKENS * TOPK];
  float weights[TOKENS * TOPK];
  for (size_t i = 0; i < TOKENS * TOPK; i++)
    {
      idx[i] = (int32_t)((i * 7 + i / 5) % 4);
      weights[i] = weight[(i * 3 + i / 11) % G_N_ELEMENTS (weight)];
    }
  MoeRouting routing = {
    .tokens = TOKENS,
    .experts = 4,
    .topk = TOPK,
    .topk_idx = idx,
    .topk_weights = weights,
    .real_assignments = TOKENS * TOPK,
  };
  check_routing (&routing);
}

/* What has a row is what moe_capacity_apply () keeps, with drop and with pad. */
static void
test_capacity_agrees (void)
{
  MoeRoutingSpec sample = { .tokens = 211, .experts = 13, .topk = 4, .seed = 5 };
  MoeRouting routing = { 0 };
  g_assert_cmpint (moe_routing_sample (&sample, &routing, NULL), ==, MOE_OK);
  for (int strategy = 0; strategy < 3; strategy++)
    for (int policy = MOE_CAPACITY_DROP; policy <= MOE_CAPACITY_PAD; policy++)
      for (size_t capacity = 1; capacity < 120; capacity += 23)
        {
          MoeRouting kept = { 0 };
          size_t dropped;
          MoeDispatchSpec spec = whole_spec (&routing, MOE_NULL_DISPATCH_COMPACT);
          spec.strategy = (MoePackStrategy)strategy;
          spec.capacity_policy = (MoeCapacityPolicy)policy;
          spec.capacity = capacity;
          g_assert_cmpint (
              moe_capacity_apply (&routing, spec.strategy, capacity, &kept, &dropped, NULL), ==,
              MOE_OK);
          MoeDispatch d = pack (&routing, &spec);
          for (size_t slot = 0; slot < 211 * 4; slot++)
            g_assert_cmpint (d.slot_row[slot] != NONE, ==,
                             (size_t)kept.topk_idx[slot] < kept.experts);
          if (policy == MOE_CAPACITY_DROP)
            g_assert_cmpuint (d.rows, ==, 211 * 4 - dropped);
          else
            g_assert_cmpuint (d.rows, ==, 13 * capacity);
          dispatch_clear (&d);
          moe_routing_clear (&kept);
        }
  moe_routing_clear (&routing);
}

/* Shards with ranges of experts and of tokens: together they have every row once, real and null. */
static void
test_shards (void)
{
  enum
  {
    TOKENS = 60,
    TOPK = 4,
    SHARDS = 3
  };
  MoeRoutingSpec sample = { .tokens = TOKENS, .experts = 12, .topk = TOPK, .null_target = 0.4 };
  MoeRouting routing = { 0 };
  g_assert_cmpint (moe_routing_sample (&sample, &routing, NULL), ==, MOE_OK);
  for (int strategy = 0; strategy < 3; strategy++)
    for (int dispatch = 0; dispatch <= MOE_NULL_DISPATCH_REMAP; dispatch++)
      {
        size_t seen[TOKENS * TOPK] = { 0 }, real = 0;
        for (size_t shard = 0; shard < SHARDS; shard++)
          {
            MoeDispatchSpec spec = {
              .carries_nulls = dispatch == MOE_NULL_DISPATCH_CARRY,
              .remaps_nulls = dispatch == MOE_NULL_DISPATCH_REMAP,
              .strategy = (MoePackStrategy)strategy,
              .first_expert = shard * 4,
              .end_expert = shard * 4 + 4,
              .first_token = shard * TOKENS / SHARDS,
              .end_token = (shard + 1) * TOKENS / SHARDS,
            };
            MoeDispatch d = pack (&routing, &spec);
            real += d.real_rows;
            for (size_t row = 0; row < d.rows; row++)
              seen[d.row_slot[row]]++;
            dispatch_clear (&d);
          }
        g_assert_cmpuint (real, ==,
                          dispatch == MOE_NULL_DISPATCH_REMAP ? (size_t)TOKENS * TOPK
                                                              : routing.real_assignments);
        for (size_t slot = 0; slot < TOKENS * TOPK; slot++)
          g_assert_cmpuint (seen[slot], ==,
                            dispatch != MOE_NULL_DISPATCH_COMPACT
                                || (size_t)routing.topk_idx[slot] < routing.experts);
      }
  moe_routing_clear (&routing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moe/dispatch/compact", test_compact);
  g_test_add_func ("/moe/dispatch/carry", test_carry);
  g_test_add_func ("/moe/dispatch/remap", test_remap);
  g_test_add_func ("/moe/dispatch/zero-expert", test_zero_expert);
  g_test_add_func ("/moe/dispatch/strategies", test_strategies);
  g_test_add_func ("/moe/dispatch/pad", test_pad);
  g_test_add_func ("/moe/dispatch/drop", test_drop);
  g_test_add_func ("/moe/dispatch/block-spec", test_block_spec);
  g_test_add_func ("/moe/dispatch/sampled", test_sampled);
  g_test_add_func ("/moe/dispatch/edges", test_edges);
  g_test_add_func ("/moe/dispatch/ties", test_ties);
  g_test_add_func ("/moe/dispatch/capacity-agrees", test_capacity_agrees);
  g_test_add_func ("/moe/dispatch/shards", test_shards);
  return g_test_run ();
}

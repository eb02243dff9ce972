/* SPDX-License-Identifier: Apache-2.0 */
/* The order of rows, and the way from slots to rows and back. */
#include <glib.h>
#include <string.h>

#include "engine/moe/dispatch.h"

/* Arrays full of rubbish, so that an entry that is not written shows. */
static MoeDispatch
pack (const MoeRouting *routing, MoeNullDispatch mode)
{
  size_t rows = moe_dispatch_rows (routing, mode);
  size_t slots = routing->tokens * routing->topk;
  MoeDispatch dispatch = {
    .expert_offset = g_new (size_t, routing->experts + 1),
    .row_token = g_new (uint32_t, rows + 1),
    .row_weight = g_new (float, rows + 1),
    .slot_row = g_new (uint32_t, slots),
  };
  memset (dispatch.expert_offset, 0xab, (routing->experts + 1) * sizeof (size_t));
  memset (dispatch.row_token, 0xab, (rows + 1) * sizeof (uint32_t));
  memset (dispatch.row_weight, 0xab, (rows + 1) * sizeof (float));
  memset (dispatch.slot_row, 0xab, slots * sizeof (uint32_t));
  moe_dispatch_pack (routing, mode, &dispatch);
  g_assert_cmphex (dispatch.row_token[rows], ==, 0xababababu);
  return dispatch;
}

static void
dispatch_clear (MoeDispatch *dispatch)
{
  g_free (dispatch->expert_offset);
  g_free (dispatch->row_token);
  g_free (dispatch->row_weight);
  g_free (dispatch->slot_row);
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

static void
test_compact (void)
{
  const uint32_t token[] = { 0, 2, 0, 1 };
  const float weight[] = { 0.3f, 0.6f, 0.7f, 0.4f };
  const uint32_t none = MOE_DISPATCH_NO_ROW;
  const uint32_t row[] = { 2, 0, none, 3, 1, none, none, none };
  MoeDispatch d = pack (&small, MOE_NULL_DISPATCH_COMPACT);
  g_assert_cmpuint (d.rows, ==, 4);
  g_assert_cmpuint (d.real_rows, ==, 4);
  g_assert_cmpmem (d.expert_offset, 5 * sizeof (size_t), small_offset, sizeof small_offset);
  g_assert_cmpmem (d.row_token, 4 * sizeof (uint32_t), token, sizeof token);
  g_assert_cmpmem (d.row_weight, 4 * sizeof (float), weight, sizeof weight);
  g_assert_cmpmem (d.slot_row, 8 * sizeof (uint32_t), row, sizeof row);
  dispatch_clear (&d);
}

static void
test_carry (void)
{
  const uint32_t token[] = { 0, 2, 0, 1, 1, 2, 3, 3 };
  const float weight[] = { 0.3f, 0.6f, 0.7f, 0.4f, 0, 0, 0, 0 };
  const uint32_t row[] = { 2, 0, 4, 3, 1, 5, 6, 7 };
  MoeDispatch d = pack (&small, MOE_NULL_DISPATCH_CARRY);
  g_assert_cmpuint (d.rows, ==, 8);
  g_assert_cmpuint (d.real_rows, ==, 4);
  g_assert_cmpmem (d.expert_offset, 5 * sizeof (size_t), small_offset, sizeof small_offset);
  g_assert_cmpmem (d.row_token, 8 * sizeof (uint32_t), token, sizeof token);
  g_assert_cmpmem (d.row_weight, 8 * sizeof (float), weight, sizeof weight);
  g_assert_cmpmem (d.slot_row, 8 * sizeof (uint32_t), row, sizeof row);
  dispatch_clear (&d);
}

static void
test_one_token (void)
{
  int32_t idx[] = { 0 };
  float weights[] = { 1.0f };
  MoeRouting routing = {
    .tokens = 1,
    .experts = 1,
    .topk = 1,
    .topk_idx = idx,
    .topk_weights = weights,
    .real_assignments = 1,
  };
  for (int mode = 0; mode < 2; mode++)
    {
      MoeDispatch d = pack (&routing, (MoeNullDispatch)mode);
      g_assert_cmpuint (d.rows, ==, 1);
      g_assert_cmpuint (d.expert_offset[0], ==, 0);
      g_assert_cmpuint (d.expert_offset[1], ==, 1);
      g_assert_cmpuint (d.slot_row[0], ==, 0);
      dispatch_clear (&d);
    }
}

/* Every row belongs to the expert of its slot, rows of an expert are in slot order, and every row
 * is reached by exactly one slot. */
static void
check_invariants (const MoeRouting *routing, MoeNullDispatch mode)
{
  const size_t slots = routing->tokens * routing->topk;
  MoeDispatch d = pack (routing, mode);
  g_autofree size_t *counts = g_new (size_t, routing->experts);
  g_autofree size_t *next = g_new (size_t, routing->experts + 1);
  moe_routing_expert_counts (routing, counts);
  g_assert_cmpuint (d.expert_offset[0], ==, 0);
  g_assert_cmpuint (d.real_rows, ==, routing->real_assignments);
  for (size_t e = 0; e < routing->experts; e++)
    g_assert_cmpuint (d.expert_offset[e + 1] - d.expert_offset[e], ==, counts[e]);
  memcpy (next, d.expert_offset, (routing->experts + 1) * sizeof *next);

  for (size_t slot = 0; slot < slots; slot++)
    {
      size_t expert = MIN ((size_t)routing->topk_idx[slot], routing->experts);
      if (expert == routing->experts && mode == MOE_NULL_DISPATCH_COMPACT)
        {
          g_assert_cmphex (d.slot_row[slot], ==, MOE_DISPATCH_NO_ROW);
          continue;
        }
      size_t row = next[expert]++;
      g_assert_cmpuint (d.slot_row[slot], ==, row);
      g_assert_cmpuint (d.row_token[row], ==, slot / routing->topk);
      g_assert_cmpfloat (d.row_weight[row], ==, routing->topk_weights[slot]);
    }
  g_assert_cmpuint (next[routing->experts], ==, d.rows);
  dispatch_clear (&d);
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
        check_invariants (&routing, MOE_NULL_DISPATCH_COMPACT);
        check_invariants (&routing, MOE_NULL_DISPATCH_CARRY);
        moe_routing_clear (&routing);
      }
}

/* More experts than slots: most are empty, the first and the last among them or not. */
static void
test_empty_experts (void)
{
  MoeRoutingSpec spec = { .tokens = 3, .experts = 200, .topk = 2, .null_target = 0.5 };
  for (spec.seed = 0; spec.seed < 20; spec.seed++)
    {
      MoeRouting routing = { 0 };
      g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
      check_invariants (&routing, MOE_NULL_DISPATCH_COMPACT);
      check_invariants (&routing, MOE_NULL_DISPATCH_CARRY);
      moe_routing_clear (&routing);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moe/dispatch/compact", test_compact);
  g_test_add_func ("/moe/dispatch/carry", test_carry);
  g_test_add_func ("/moe/dispatch/one-token", test_one_token);
  g_test_add_func ("/moe/dispatch/sampled", test_sampled);
  g_test_add_func ("/moe/dispatch/empty-experts", test_empty_experts);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Capacity policies: how much an expert takes, and which assignments it keeps. */
#include <glib.h>

#include "engine/moe/capacity.h"

static void
test_rows (void)
{
  /* max (1, ceil (factor T k / E)), at most T */
  g_assert_cmpuint (moe_capacity_rows (1, 100, 4, 8), ==, 50);
  g_assert_cmpuint (moe_capacity_rows (1.25, 100, 4, 8), ==, 63); /* 62.5 */
  g_assert_cmpuint (moe_capacity_rows (1, 10, 1, 3), ==, 4);
  g_assert_cmpuint (moe_capacity_rows (1e-6, 100, 4, 8), ==, 1);
  g_assert_cmpuint (moe_capacity_rows (1e6, 100, 4, 8), ==, 100);
  g_assert_cmpuint (moe_capacity_rows (2, 100, 4, 8), ==, 100);
  g_assert_cmpuint (moe_capacity_rows (1, 1, 1, 60), ==, 1);
}

/* 5 tokens, 3 experts, top-2; expert 0 is asked for by tokens 0, 1, 2 and 4, expert 1 by tokens 0,
 * 2, 3 and 4, expert 2 by 1 and 3. */
static int32_t idx[] = { 0, 1, 0, 2, 1, 0, 2, 1, 0, 1 };
static float weights[] = { 0.6f, 0.4f, 0.9f, 0.1f, 0.7f, 0.3f, 0.8f, 0.2f, 0.9f, 0.1f };
static const MoeRouting five = {
  .tokens = 5,
  .experts = 3,
  .topk = 2,
  .topk_idx = idx,
  .topk_weights = weights,
  .real_assignments = 10,
  .run_lengths = { .runs = 4, .mean = 1.25, .p95 = 1.85, .max = 2 },
};

static void
check_kept (MoePackStrategy strategy, size_t capacity, const char *kept_slots, size_t lost)
{
  MoeRouting kept = { 0 };
  size_t dropped = 77;
  g_assert_cmpint (moe_capacity_apply (&five, strategy, capacity, &kept, &dropped, NULL), ==,
                   MOE_OK);
  for (size_t slot = 0; slot < 10; slot++)
    if (kept_slots[slot] == '+')
      {
        g_assert_cmpint (kept.topk_idx[slot], ==, idx[slot]);
        g_assert_cmpfloat (kept.topk_weights[slot], ==, weights[slot]);
      }
    else
      {
        g_assert_cmpint (kept.topk_idx[slot], ==, 3);
        g_assert_cmpfloat (kept.topk_weights[slot], ==, 0);
      }
  g_assert_cmpuint (dropped, ==, lost);
  g_assert_cmpuint (kept.real_assignments, ==, 10 - lost);
  g_assert_cmpuint (kept.null_assignments, ==, 0);
  g_assert_cmpuint (kept.run_lengths.runs, ==, 4);
  moe_routing_clear (&kept);
  g_assert_cmpint (idx[9], ==, 1); /* the routing itself is as it was */
}

static void
test_by_position (void)
{
  check_kept (MOE_PACK_ARGSORT, 4, "++++++++++", 0);
  check_kept (MOE_PACK_ARGSORT, 3, "++++++++--", 2);
  check_kept (MOE_PACK_ARGSORT, 2, "+++++-+---", 4);
  check_kept (MOE_PACK_ARGSORT, 1, "++-+------", 7);
  check_kept (MOE_PACK_TUPLE_SORT, 2, "+++++-+---", 4);
}

/* The tokens' first weights are 0.6, 0.9, 0.7, 0.8, 0.9. */
static void
test_by_score (void)
{
  check_kept (MOE_PACK_EXPERT_SCORE_SORT, 4, "++++++++++", 0);
  check_kept (MOE_PACK_EXPERT_SCORE_SORT, 3, "--++++++++", 2);
  check_kept (MOE_PACK_EXPERT_SCORE_SORT, 2, "--++--++++", 4);
  check_kept (MOE_PACK_EXPERT_SCORE_SORT, 1, "--++-----+", 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moe/capacity/rows", test_rows);
  g_test_add_func ("/moe/capacity/by-position", test_by_position);
  g_test_add_func ("/moe/capacity/by-score", test_by_score);
  return g_test_run ();
}

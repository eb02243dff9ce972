/* SPDX-License-Identifier: Apache-2.0 */
/* What a step is expected to move and to compute, variant by variant. */
#include <glib.h>
#include <math.h>

#include "engine/machine/cost.h"
#include "engine/machine/forecast.h"

enum
{
  T = 100,
  H = 20,
  M = 30,
  E = 4,
  S = 7,
  K = 2,
  ROWS = T * K
};

static MoeBlock
plain (MoePass pass)
{
  return (MoeBlock){
    .shape = { T, H, M, E, 0 }, .topk = K, .choice[MOE_CHOICE_PASS] = pass, .ep_size = 1
  };
}

static double
bytes_of (const MoeBlock *block)
{
  return moe_cost_bytes (block, E, ROWS, 0);
}

/* With so many rows every expert has some. */
static void
test_plain (void)
{
  MoeBlock block = plain (MOE_PASS_FORWARD);
  double weights = 3.0 * E * H * M;
  double forward = 4 * (weights + 2.0 * ROWS * (2 * H + 3 * M) + 2.0 * T * H);
  g_assert_cmpfloat_with_epsilon (bytes_of (&block), forward, 1e-6);
  block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  double backward = 4 * (2 * weights + 2.0 * ROWS * (3 * H + 4 * M) + 2.0 * T * H);
  g_assert_cmpfloat_with_epsilon (bytes_of (&block), forward + backward, 1e-6);
  block.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16;
  g_assert_cmpfloat_with_epsilon (bytes_of (&block), (forward + backward) / 2, 1e-6);
  /* One w13 or two matrices: the same weights. */
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    {
      block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
      g_assert_cmpfloat_with_epsilon (bytes_of (&block), (forward + backward) / 2, 1e-6);
    }
}

static void
test_shared (void)
{
  MoeBlock block = plain (MOE_PASS_FORWARD);
  double before = bytes_of (&block), weights = 3.0 * H * S;
  double forward = 4 * (weights + 2.0 * T * (H + 3 * S));
  block.shape.shared_dim = S;
  g_assert_cmpfloat_with_epsilon (bytes_of (&block) - before, forward, 1e-6);
  block = plain (MOE_PASS_FORWARD_BACKWARD);
  before = bytes_of (&block);
  block.shape.shared_dim = S;
  g_assert_cmpfloat_with_epsilon (bytes_of (&block) - before,
                                  forward + 4 * (2 * weights + 2.0 * T * (H + 4 * S)), 1e-6);
}

/* repeat_sort copies x once for every slot; prequeue leaves the gather out. */
static void
test_gather (void)
{
  MoeBlock block = plain (MOE_PASS_FORWARD);
  double before = bytes_of (&block);
  block.choice[MOE_CHOICE_PERMUTE_MODE] = MOE_PERMUTE_REPEAT_SORT;
  g_assert_cmpfloat_with_epsilon (bytes_of (&block) - before, 4 * 2.0 * T * K * H, 1e-6);
  block.choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
  g_assert_cmpfloat_with_epsilon (before - bytes_of (&block), 4.0 * H * (ROWS + T), 1e-6);
  block.choice[MOE_CHOICE_PERMUTE_MODE] = MOE_PERMUTE_DIRECT_TAKE;
  g_assert_cmpfloat_with_epsilon (before - bytes_of (&block), 4.0 * H * (ROWS + T), 1e-6);
}

/* All-gather and reduce-scatter, or an all-reduce: 2 (N - 1) T H elements, written and read. */
static void
test_exchange (void)
{
  for (int path = 0; path < 2; path++)
    for (int pass = 0; pass < 2; pass++)
      {
        MoeBlock block = plain ((MoePass)pass);
        double before = bytes_of (&block);
        block.choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
        block.choice[MOE_CHOICE_EP_COMM_PATH] = (MoeEpCommPath)path;
        g_assert_cmpfloat (bytes_of (&block), ==, before);
        block.ep_size = 4;
        g_assert_cmpfloat_with_epsilon (bytes_of (&block) - before,
                                        (pass + 1) * 2 * 2 * 3 * T * H * 4.0, 1e-6);
      }
}

static MoePoint
point_of (MoePass pass)
{
  return (MoePoint){ .block = plain (pass), .routing = { .tokens = T, .experts = E, .topk = K } };
}

static void
test_expected_rows (void)
{
  MoePoint point = point_of (MOE_PASS_FORWARD);
  point.routing.null_target = 0.25;
  g_assert_cmpfloat (moe_point_expected_rows (&point), ==, 150);
  point.routing.null_target = 0;
  point.block.capacity = 40;
  point.block.choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_DROP;
  g_assert_cmpfloat (moe_point_expected_rows (&point), ==, 160);
  point.block.capacity = 60;
  g_assert_cmpfloat (moe_point_expected_rows (&point), ==, 200);
  point.block.choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_PAD;
  g_assert_cmpfloat (moe_point_expected_rows (&point), ==, 240);
  g_assert_cmpfloat (moe_point_expected_flops (&point), ==, 6.0 * H * M * 240);
  point.block.shape.shared_dim = S;
  g_assert_cmpfloat (moe_point_expected_flops (&point), ==, 6.0 * H * M * 240 + 6.0 * T * H * S);
}

/* The time of a step: its FLOPs and its bytes, one rate at a time. */
static void
test_step_time (void)
{
  const MoeCalibration computing = { 1, INFINITY, 1 }, moving = { INFINITY, 1, 1 };
  MoePoint point = point_of (MOE_PASS_FORWARD_BACKWARD);
  double flops = 18.0 * H * M * ROWS;
  g_assert_cmpfloat_with_epsilon (moe_forecast_step_s (&point, &computing), flops, 1e-6);
  g_assert_cmpfloat_with_epsilon (moe_forecast_step_s (&point, &moving), bytes_of (&point.block),
                                  1e-6);

  /* Recomputation takes time though it is not counted as work. */
  point.block.choice[MOE_CHOICE_REMAT_MODE] = MOE_REMAT_EXPERT_MLP;
  g_assert_cmpfloat_with_epsilon (moe_forecast_step_s (&point, &computing),
                                  flops + 4.0 * H * M * ROWS, 1e-6);
  g_assert_cmpfloat (moe_point_expected_flops (&point), ==, flops);
  point.block.choice[MOE_CHOICE_REMAT_MODE] = MOE_REMAT_COMBINE;
  g_assert_cmpfloat_with_epsilon (moe_forecast_step_s (&point, &computing), flops, 1e-6);

  point.block.choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_PAD;
  point.block.capacity = 60;
  g_assert_cmpfloat_with_epsilon (moe_forecast_step_s (&point, &computing), 18.0 * H * M * 240,
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (moe_forecast_step_s (&point, &moving),
                                  moe_cost_bytes (&point.block, E, 240, 0), 1e-6);

  /* Null rows that ride along are moved and not computed. */
  point = point_of (MOE_PASS_FORWARD_BACKWARD);
  point.routing.null_target = 0.5;
  point.block.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY;
  g_assert_cmpfloat_with_epsilon (moe_forecast_step_s (&point, &computing), flops / 2, 1e-6);
  g_assert_cmpfloat_with_epsilon (moe_forecast_step_s (&point, &moving),
                                  moe_cost_bytes (&point.block, E, ROWS, 0), 1e-6);
}

/* What null slots add: x once more for tokens that have such slots, y in the backward; or vectors.
 */
static void
test_null_kinds (void)
{
  const double row = 4.0 * H;
  MoeBlock block = { .shape = { .tokens = T, .hidden = H, .mlp_dim = M, .experts = E },
                     .topk = 2,
                     .ep_size = 1 };
  double plain[2], kinds[2][MOE_NULL_KIND_CONSTANT + 1];
  for (int pass = 0; pass < 2; pass++)
    for (int kind = 0; kind <= MOE_NULL_KIND_CONSTANT; kind++)
      {
        block.choice[MOE_CHOICE_PASS] = (uint8_t)pass;
        block.choice[MOE_CHOICE_NULL_KIND] = (uint8_t)kind;
        block.shape.null_vectors = kind == MOE_NULL_KIND_CONSTANT ? 5 : 0;
        kinds[pass][kind] = moe_cost_bytes (&block, E, ROWS, 7);
        if (kind == 0)
          plain[pass] = moe_cost_bytes (&block, E, ROWS, 0);
      }
  g_assert_cmpfloat (kinds[0][MOE_NULL_KIND_ZERO], ==, plain[0]);
  g_assert_cmpfloat (kinds[1][MOE_NULL_KIND_ZERO], ==, plain[1]);
  g_assert_cmpfloat_with_epsilon (kinds[0][MOE_NULL_KIND_COPY] - plain[0], 7 * row, 1e-6);
  g_assert_cmpfloat_with_epsilon (kinds[1][MOE_NULL_KIND_COPY] - plain[1], 14 * row, 1e-6);
  g_assert_cmpfloat_with_epsilon (kinds[0][MOE_NULL_KIND_CONSTANT] - plain[0], 5 * row, 1e-6);
  g_assert_cmpfloat_with_epsilon (kinds[1][MOE_NULL_KIND_CONSTANT] - plain[1], 17 * row, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cost/plain", test_plain);
  g_test_add_func ("/cost/shared", test_shared);
  g_test_add_func ("/cost/gather", test_gather);
  g_test_add_func ("/cost/exchange", test_exchange);
  g_test_add_func ("/cost/expected-rows", test_expected_rows);
  g_test_add_func ("/cost/step-time", test_step_time);
  g_test_add_func ("/cost/null-kinds", test_null_kinds);
  return g_test_run ();
}

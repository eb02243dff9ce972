/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "engine/base/team.h"
#include "engine/bench/plan.h"
#include "engine/moe/flops.h"

static MoeOptions
small (void)
{
  MoeOptions options;
  moe_options_init_single (&options);
  options.shape = (MoeShape){ 4096, 32, 16, 60, 0 };
  return options;
}

static void
plan_ok (const MoeOptions *options, MoePlan *plan)
{
  MoeError error = { 0 };
  if (moe_plan_new (options, plan, &error) != MOE_OK)
    g_error ("%s", error.message);
}

static void
set_ok (MoeOptions *options, const char *name, const char *value)
{
  MoeError error = { 0 };
  if (moe_options_set (options, name, value, &error) != MOE_OK)
    g_error ("%s", error.message);
}

static void
test_single_point (void)
{
  MoeOptions options = small ();
  MoePlan plan;
  options.seed = 7;
  options.null_route_seed = 9;
  options.null_route_frac = 0.25;
  options.null_experts = 3;
  options.renormalize_real_after_null = true;
  options.null_routing_mode = MOE_NULL_MODE_TAKE_UNTIL_NULL;
  options.null_dispatch = MOE_NULL_DISPATCH_CARRY;
  options.pass = MOE_PASS_FORWARD_BACKWARD;
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.n_points, ==, 1);
  g_assert_cmpuint (plan.n_groups, ==, 1);
  const MoePoint *point = plan.points;
  g_assert_cmpuint (point->index, ==, 0);
  g_assert_cmpuint (point->group, ==, 0);
  g_assert_true (moe_shape_equal (&point->block.shape, &options.shape));
  g_assert_cmpuint (point->block.topk, ==, 4);
  g_assert_cmpint (point->block.pass, ==, MOE_PASS_FORWARD_BACKWARD);
  g_assert_cmpint (point->block.impl, ==, MOE_IMPL_FUSED_W13);
  g_assert_cmpint (point->block.null_dispatch, ==, MOE_NULL_DISPATCH_CARRY);
  g_assert_cmpint (point->block.queue_mode, ==, MOE_QUEUE_MODE_FULL);
  g_assert_cmpuint (point->routing.tokens, ==, 4096);
  g_assert_cmpuint (point->routing.experts, ==, 60);
  g_assert_cmpuint (point->routing.topk, ==, 4);
  g_assert_cmpint (point->routing.null_mode, ==, MOE_NULL_MODE_TAKE_UNTIL_NULL);
  g_assert_cmpfloat (point->routing.null_target, ==, 0.25);
  g_assert_cmpuint (point->routing.null_experts, ==, 3);
  g_assert_true (point->routing.renormalize);
  g_assert_cmpuint (point->routing.seed, ==, 7);
  g_assert_cmpuint (point->routing.null_seed, ==, 9);
  moe_plan_clear (&plan);
  g_assert_null (plan.points);
}

/* topk in the order given, each its own group; fractions ascending, each once, 0 first. */
static void
test_order (void)
{
  const size_t topks[] = { 8, 2 };
  const double fractions[] = { 0.0, 0.1, 0.5 };
  MoeOptions options = small ();
  MoePlan plan;
  set_ok (&options, "topk-list", "8,2,8");
  set_ok (&options, "null-route-frac-list", "0.5,0.1,0.5");
  set_ok (&options, "baseline", NULL);
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.n_points, ==, 6);
  g_assert_cmpuint (plan.n_groups, ==, 2);
  for (size_t i = 0; i < plan.n_points; i++)
    {
      g_assert_cmpuint (plan.points[i].index, ==, i);
      g_assert_cmpuint (plan.points[i].group, ==, i / 3);
      g_assert_cmpuint (plan.points[i].block.topk, ==, topks[i / 3]);
      g_assert_cmpuint (plan.points[i].routing.topk, ==, topks[i / 3]);
      g_assert_cmpfloat (plan.points[i].routing.null_target, ==, fractions[i % 3]);
    }
  moe_plan_clear (&plan);
}

static void
test_threads (void)
{
  MoeOptions options = small ();
  MoePlan plan;
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.threads, ==, MIN (moe_team_default_size (), 1024));
  moe_plan_clear (&plan);
  options.threads = 3;
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.threads, ==, 3);
  moe_plan_clear (&plan);
}

static void
test_refused (void)
{
  MoeOptions options = small ();
  MoePlan plan;
  MoeError error = { 0 };
  options.topk = 61;
  g_assert_cmpint (moe_plan_new (&options, &plan, &error), ==, MOE_ERROR_INVALID);
  g_assert_cmpstr (error.option, ==, "topk");
  g_assert_null (plan.points);
  moe_plan_clear (&plan);
}

static void
test_copy (void)
{
  MoeOptions options = small ();
  MoePlan plan, copy;
  set_ok (&options, "null-route-sweep", NULL);
  plan_ok (&options, &plan);
  g_assert_cmpint (moe_plan_copy (&plan, &copy, NULL), ==, MOE_OK);
  g_assert_true (copy.points != plan.points);
  g_assert_cmpmem (copy.points, copy.n_points * sizeof *copy.points, plan.points,
                   plan.n_points * sizeof *plan.points);
  moe_plan_clear (&plan);
  g_assert_cmpuint (copy.n_points, ==, 9);
  g_assert_cmpfloat (copy.points[8].routing.null_target, ==, 0.9);
  moe_plan_clear (&copy);
}

static size_t
rows_of (const MoeOptions *options)
{
  MoePlan plan;
  MoeProblem problem;
  plan_ok (options, &plan);
  moe_plan_problem (&plan, &problem);
  g_assert_true (moe_shape_equal (&problem.shape, &options->shape));
  g_assert_cmpuint (problem.threads, ==, plan.threads);
  g_assert_cmpint (problem.pass, ==, options->pass);
  g_assert_cmpuint (problem.seed, ==, options->seed);
  moe_plan_clear (&plan);
  return problem.max_rows;
}

static void
test_rows (void)
{
  MoeOptions options = small ();
  options.seed = 5;
  g_assert_cmpuint (rows_of (&options), ==, 4096 * 4);
  options.null_route_frac = 0.5;
  size_t rows = rows_of (&options);
  /* 8192 + 6 sqrt (16384 / 4) + 64 */
  g_assert_cmpuint (rows, ==, 8192 + 384 + 64);
  options.null_dispatch = MOE_NULL_DISPATCH_CARRY;
  g_assert_cmpuint (rows_of (&options), ==, 4096 * 4);
  options.null_dispatch = MOE_NULL_DISPATCH_COMPACT;
  options.baseline = true;
  g_assert_cmpuint (rows_of (&options), ==, 4096 * 4);
  options.baseline = false;
  set_ok (&options, "topk-list", "2,8");
  MoePlan plan;
  MoeProblem problem;
  plan_ok (&options, &plan);
  moe_plan_problem (&plan, &problem);
  g_assert_cmpuint (problem.max_topk, ==, 8);
  moe_plan_clear (&plan);
}

/* The bound holds for what is really sampled, in every mode, also with few slots. */
static void
test_rows_bound_holds (void)
{
  const size_t tokens[] = { 1, 7, 300, 4096 };
  const double fractions[] = { 0.01, 0.1, 0.5, 0.9, 0.99 };
  for (size_t t = 0; t < G_N_ELEMENTS (tokens); t++)
    for (size_t f = 0; f < G_N_ELEMENTS (fractions); f++)
      for (unsigned mode = 0; mode < moe_null_mode_names.n; mode++)
        {
          MoeOptions options = small ();
          MoeRouting routing = { 0 };
          MoePlan plan;
          options.shape.tokens = tokens[t];
          options.null_route_frac = fractions[f];
          options.null_routing_mode = (MoeNullMode)mode;
          plan_ok (&options, &plan);
          g_assert_cmpint (moe_routing_sample (&plan.points[0].routing, &routing, NULL), ==,
                           MOE_OK);
          g_assert_cmpuint (rows_of (&options), >=, routing.real_assignments);
          g_assert_cmpuint (rows_of (&options), <=, tokens[t] * 4);
          moe_routing_clear (&routing);
          moe_plan_clear (&plan);
        }
}

static void
test_flops (void)
{
  MoeOptions options = small ();
  MoePlan plan;
  options.null_route_frac = 0.75;
  plan_ok (&options, &plan);
  g_assert_cmpfloat_with_epsilon (moe_point_expected_flops (plan.points),
                                  6.0 * 32 * 16 * 4096 * 4 * 0.25, 1e-6);
  moe_plan_clear (&plan);
  options.pass = MOE_PASS_FORWARD_BACKWARD;
  plan_ok (&options, &plan);
  g_assert_cmpfloat_with_epsilon (moe_point_expected_flops (plan.points),
                                  18.0 * 32 * 16 * 4096 * 4 * 0.25, 1e-6);
  moe_plan_clear (&plan);
}

/* How many steps a sample needs, and how that is found out. */
static void
test_steps (void)
{
  MoeOptions options = small ();
  MoePlan plan;
  options.min_sample_time_s = 0.02;
  options.warmup = 0;
  plan_ok (&options, &plan);
  g_assert_cmpuint (moe_plan_warmup (&plan), ==, 1);
  g_assert_cmpuint (moe_plan_steps (&plan, 0.02), ==, 1);
  g_assert_cmpuint (moe_plan_steps (&plan, 5.0), ==, 1);
  g_assert_cmpuint (moe_plan_steps (&plan, 0.0199), ==, 2);
  g_assert_cmpuint (moe_plan_steps (&plan, 0.002), ==, 10);
  g_assert_cmpuint (moe_plan_steps (&plan, 0.003), ==, 7);
  g_assert_cmpuint (moe_plan_steps (&plan, 0), ==, MOE_PLAN_MAX_STEPS);
  g_assert_cmpuint (moe_plan_steps (&plan, NAN), ==, 1);
  plan.options.warmup = 3;
  g_assert_cmpuint (moe_plan_warmup (&plan), ==, 3);
  plan.options.warmup = 0;
  plan.options.min_sample_time_s = 0;
  g_assert_cmpuint (moe_plan_warmup (&plan), ==, 0);
  g_assert_cmpuint (moe_plan_steps (&plan, 0), ==, 1);
  moe_plan_clear (&plan);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/plan/single-point", test_single_point);
  g_test_add_func ("/bench/plan/order", test_order);
  g_test_add_func ("/bench/plan/threads", test_threads);
  g_test_add_func ("/bench/plan/steps", test_steps);
  g_test_add_func ("/bench/plan/refused", test_refused);
  g_test_add_func ("/bench/plan/copy", test_copy);
  g_test_add_func ("/bench/plan/rows", test_rows);
  g_test_add_func ("/bench/plan/rows-bound-holds", test_rows_bound_holds);
  g_test_add_func ("/bench/plan/flops", test_flops);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/draw/sampling.h"
#include "engine/moe/flops.h"
#include "engine/options/plan.h"
#include "engine/threads/team.h"

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
  options.choice[MOE_CHOICE_NULL_MODE] = MOE_NULL_MODE_TAKE_UNTIL_NULL;
  options.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY;
  options.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.n_points, ==, 1);
  g_assert_cmpuint (plan.n_groups, ==, 1);
  const MoePoint *point = plan.points;
  g_assert_cmpuint (point->index, ==, 0);
  g_assert_cmpuint (point->group, ==, 0);
  g_assert_true (moe_shape_equal (&point->block.shape, &options.shape));
  g_assert_cmpuint (point->block.topk, ==, 4);
  g_assert_cmpint (point->block.choice[MOE_CHOICE_PASS], ==, MOE_PASS_FORWARD_BACKWARD);
  g_assert_cmpint (point->block.choice[MOE_CHOICE_IMPL], ==, MOE_IMPL_FUSED_W13);
  g_assert_cmpint (point->block.choice[MOE_CHOICE_NULL_DISPATCH], ==, MOE_NULL_DISPATCH_CARRY);
  g_assert_cmpint (point->block.choice[MOE_CHOICE_QUEUE_MODE], ==, MOE_QUEUE_MODE_FULL);
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

/* Every layer of a recording has groups of its own, drawn routing has one. */
static void
test_layers (void)
{
  g_autofree char *folder = g_dir_make_tmp ("plan-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "trace.csv", NULL);
  MoeOptions options = small ();
  MoePlan plan, copy;
  g_assert_true (g_file_set_contents (
      path, "token,layer,slot,expert\n0,0,0,1\n1,0,0,2\n0,2,0,3\n1,2,0,3\n", -1, NULL));
  set_ok (&options, "distribution", "random,trace");
  set_ok (&options, "routing-file", path);
  set_ok (&options, "trace-layer", "all");
  set_ok (&options, "null-route-frac", "0.5");
  set_ok (&options, "baseline", "true");
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.n_groups, ==, 3);
  g_assert_cmpuint (plan.n_points, ==, 6);
  g_assert_cmpint (plan.points[0].routing.distribution, ==, MOE_DISTRIBUTION_RANDOM);
  g_assert_cmpstr (plan.points[2].routing.given->name, ==, "trace.csv, layer 0");
  g_assert_cmpstr (plan.points[4].routing.given->name, ==, "trace.csv, layer 2");
  g_assert_cmpuint (plan.points[4].group, ==, 2);
  g_assert_cmpuint (plan.points[5].block.shape.tokens, ==, 2);
  g_assert_cmpuint (plan.points[5].block.shape.experts, ==, 4);
  g_assert_cmpint (moe_plan_copy (&plan, &copy, NULL), ==, MOE_OK);
  moe_plan_clear (&plan);
  g_assert_cmpint (copy.points[4].routing.given->id[1], ==, 3);
  moe_plan_clear (&copy);
  set_ok (&options, "trace-layer", "2");
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.n_groups, ==, 2);
  moe_plan_clear (&plan);
  g_unlink (path);
  g_rmdir (folder);
}

/* Numbers of tokens in the order given, each once, before all else; each is opened by itself, with
 * no more memory than it takes. */
static void
test_batches (void)
{
  const size_t tokens[] = { 16, 1, 256 };
  MoeOptions options = small ();
  MoePlan plan;
  size_t first = 0;
  set_ok (&options, "tokens-list", "16,1,256,16");
  set_ok (&options, "topk-list", "8,2");
  set_ok (&options, "null-route-frac-list", "0,0.5");
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.n_points, ==, 3 * 4);
  g_assert_cmpuint (plan.n_groups, ==, 3 * 2);
  for (size_t b = 0; b < G_N_ELEMENTS (tokens); b++)
    {
      MoeProblem problem;
      size_t n = moe_plan_opening (&plan, first);
      g_assert_cmpuint (n, ==, 4);
      moe_plan_problem (&plan, first, n, &problem);
      g_assert_cmpuint (problem.shape.tokens, ==, tokens[b]);
      g_assert_cmpuint (problem.max_rows, ==, tokens[b] * 8);
      for (size_t i = first; i < first + n; i++)
        {
          g_assert_cmpuint (plan.points[i].block.shape.tokens, ==, tokens[b]);
          g_assert_cmpuint (plan.points[i].routing.tokens, ==, tokens[b]);
        }
      first += n;
    }
  g_assert_cmpuint (first, ==, plan.n_points);
  moe_plan_clear (&plan);
}

/* So are numbers of experts. */
static void
test_expert_counts (void)
{
  const size_t experts[] = { 16, 8, 64 };
  MoeOptions options = small ();
  MoePlan plan;
  size_t first = 0;
  set_ok (&options, "experts-list", "16,8,64,8");
  set_ok (&options, "topk-list", "8,2");
  set_ok (&options, "null-route-frac-list", "0,0.5");
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.n_points, ==, 3 * 4);
  for (size_t e = 0; e < G_N_ELEMENTS (experts); e++)
    {
      MoeProblem problem;
      size_t n = moe_plan_opening (&plan, first);
      g_assert_cmpuint (n, ==, 4);
      moe_plan_problem (&plan, first, n, &problem);
      g_assert_cmpuint (problem.shape.experts, ==, experts[e]);
      for (size_t i = first; i < first + n; i++)
        {
          g_assert_cmpuint (plan.points[i].block.shape.experts, ==, experts[e]);
          g_assert_cmpuint (plan.points[i].block.shape.tokens, ==, options.shape.tokens);
          g_assert_cmpuint (plan.points[i].routing.experts, ==, experts[e]);
        }
      first += n;
    }
  g_assert_cmpuint (first, ==, plan.n_points);
  moe_plan_clear (&plan);
}

/* Two modes share the rounds of a group, and one point at f = 0. */
static void
test_modes_together (void)
{
  MoeOptions options = small ();
  MoePlan plan;
  set_ok (&options, "null-routing-mode", "take_until_null");
  set_ok (&options, "null-route-frac-list", "0,0.5,0.9");
  options.beside_independent = true;
  plan_ok (&options, &plan);
  g_assert_cmpuint (plan.n_points, ==, 5);
  g_assert_cmpuint (plan.n_groups, ==, 1);
  for (size_t i = 0; i < plan.n_points; i++)
    {
      g_assert_cmpuint (plan.points[i].group, ==, 0);
      g_assert_cmpint (plan.points[i].routing.null_mode, ==,
                       i == 2 || i == 4 ? MOE_NULL_MODE_TAKE_UNTIL_NULL
                                        : MOE_NULL_MODE_INDEPENDENT);
      g_assert_cmpfloat (plan.points[i].routing.null_target, ==, i == 0 ? 0 : i < 3 ? 0.5 : 0.9);
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
  moe_plan_problem (&plan, 0, plan.n_points, &problem);
  g_assert_true (moe_shape_equal (&problem.shape, &options->shape));
  g_assert_cmpuint (problem.threads, ==, plan.threads);
  g_assert_cmpint (problem.choice[MOE_CHOICE_PASS], ==, options->choice[MOE_CHOICE_PASS]);
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
  options.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY;
  g_assert_cmpuint (rows_of (&options), ==, 4096 * 4);
  options.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_COMPACT;
  options.baseline = true;
  g_assert_cmpuint (rows_of (&options), ==, 4096 * 4);
  options.baseline = false;
  set_ok (&options, "topk-list", "2,8");
  MoePlan plan;
  MoeProblem problem;
  plan_ok (&options, &plan);
  moe_plan_problem (&plan, 0, plan.n_points, &problem);
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
      for (unsigned mode = 0; mode <= moe_choices[MOE_CHOICE_NULL_MODE].names.n; mode++)
        {
          MoeOptions options = small ();
          MoeRouting routing = { 0 };
          MoePlan plan;
          options.shape.tokens = tokens[t];
          options.null_route_frac = fractions[f];
          if (mode < moe_choices[MOE_CHOICE_NULL_MODE].names.n)
            options.choice[MOE_CHOICE_NULL_MODE] = (MoeNullMode)mode;
          else
            options.choice[MOE_CHOICE_NULL_GRANULARITY] = MOE_NULL_GRANULARITY_TOKEN;
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
  options.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  plan_ok (&options, &plan);
  g_assert_cmpfloat_with_epsilon (moe_point_expected_flops (plan.points),
                                  18.0 * 32 * 16 * 4096 * 4 * 0.25, 1e-6);
  moe_plan_clear (&plan);
}

/* "name=value name=value flag" */
static void
set_all (MoeOptions *options, const char *settings)
{
  g_auto (GStrv) words = g_strsplit (settings, " ", -1);
  for (size_t i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      set_ok (options, pair[0], pair[1]);
    }
}

#define POINT(member)   offsetof (MoePoint, member), sizeof ((MoePoint *)NULL)->member
#define PROBLEM(member) offsetof (MoeProblem, member), sizeof ((MoeProblem *)NULL)->member

/* What an option makes of a field of the last point, or of what the backend is asked to hold. */
static const struct
{
  const char *settings;
  size_t offset;
  size_t size;
  uint64_t value;
} point_fields[] = {
  { "hidden=48", POINT (block.shape.hidden), 48 },
  { "mlp-dim=48", POINT (block.shape.mlp_dim), 48 },
  { "tokens=48", POINT (routing.tokens), 48 },
  { "experts=48", POINT (routing.experts), 48 },
  { "topk=2", POINT (block.topk), 2 },
  { "topk=2", POINT (routing.topk), 2 },
  { "topk-list=2,8", POINT (block.topk), 8 },
  { "tokens-list=2,48", POINT (routing.tokens), 48 },
  { "tokens-list=2,48", POINT (block.shape.tokens), 48 },
  { "experts-list=8,48", POINT (routing.experts), 48 },
  { "experts-list=8,48", POINT (block.shape.experts), 48 },
  { "shared-expert-dim=24", POINT (block.shape.shared_dim), 24 },
  { "shared-fused", POINT (block.choice[MOE_CHOICE_SHARED_FUSED]), true },
  { "dtype=bfloat16", POINT (block.choice[MOE_CHOICE_DTYPE]), MOE_DTYPE_BFLOAT16 },
  { "bench-pass=forward_backward", POINT (block.choice[MOE_CHOICE_PASS]), MOE_PASS_FORWARD_BACKWARD },
  { "backend=ragged_dot", POINT (block.choice[MOE_CHOICE_GROUPING]), MOE_GROUPING_RAGGED_DOT },
  { "impl=fast", POINT (block.choice[MOE_CHOICE_IMPL]), MOE_IMPL_FAST },
  { "queue-mode=prequeue", POINT (block.choice[MOE_CHOICE_QUEUE_MODE]), MOE_QUEUE_MODE_PREQUEUE },
  { "routing-pack-strategy=tuple_sort", POINT (block.choice[MOE_CHOICE_PACK_STRATEGY]), MOE_PACK_TUPLE_SORT },
  { "dispatch-permute-mode=repeat_sort", POINT (block.choice[MOE_CHOICE_PERMUTE_MODE]), MOE_PERMUTE_REPEAT_SORT },
  { "prepack", POINT (block.choice[MOE_CHOICE_PREPACK]), true },
  { "remat-mode=combine", POINT (block.choice[MOE_CHOICE_REMAT_MODE]), MOE_REMAT_COMBINE },
  { "capacity-policy=drop capacity-factor=1", POINT (block.choice[MOE_CHOICE_CAPACITY_POLICY]), MOE_CAPACITY_DROP },
  /* ceil (1.1 4096 4 / 60) and so on */
  { "capacity-policy=drop capacity-factor=1.1", POINT (block.capacity), 301 },
  { "capacity-policy=pad capacity-factor=2", POINT (block.capacity), 547 },
  { "capacity-policy=pad capacity-factor=2 topk-list=4,2", POINT (block.capacity), 274 },
  { "distribution=runs", POINT (routing.distribution), MOE_DISTRIBUTION_RUNS },
  { "distribution=zipf", POINT (routing.distribution), MOE_DISTRIBUTION_ZIPF },
  { "distribution=hot hot-experts=9", POINT (routing.hot_experts), 9 },
  { "k-rule=min_p", POINT (routing.k_rule), MOE_K_RULE_MIN_P },
  { "k-rule=token_rounding tile=9", POINT (routing.tile), 9 },
  { "seed=9", POINT (routing.seed), 9 },
  { "null-route-frac=0.5 null-routing-mode=router", POINT (routing.null_mode),
    MOE_NULL_MODE_ROUTER },
  { "null-route-frac=0.5 null-dispatch=zero_expert", POINT (block.shape.zero_experts), 60 },
  { "null-kind=copy", POINT (block.choice[MOE_CHOICE_NULL_KIND]), MOE_NULL_KIND_COPY },
  { "null-kind=copy", POINT (routing.keeps_null_weights), true },
  { "null-route-frac=0.5 null-kind=constant", POINT (block.shape.null_vectors), 60 },
  { "null-route-frac=0.5 null-kind=constant null-experts=9", POINT (block.shape.null_vectors), 9 },
  { "null-route-frac=0.5 null-granularity=token", POINT (routing.null_granularity),
    MOE_NULL_GRANULARITY_TOKEN },
  { "null-route-frac=0.5 null-granularity=token null-tokens=tail", POINT (routing.null_tokens),
    MOE_NULL_TOKENS_TAIL },
  { "null-experts=9", POINT (routing.null_experts), 9 },
  { "null-route-seed=9", POINT (routing.null_seed), 9 },
  { "renormalize-real-after-null", POINT (routing.renormalize), true },
  { "null-dispatch=carry", POINT (block.choice[MOE_CHOICE_NULL_DISPATCH]), MOE_NULL_DISPATCH_CARRY },
  { "parallel-mode=ep", POINT (block.choice[MOE_CHOICE_PARALLEL_MODE]), MOE_PARALLEL_EP },
  { "parallel-mode=ep ep-comm-path=ring_ag_rs tokens=60", POINT (block.choice[MOE_CHOICE_EP_COMM_PATH]),
    MOE_EP_RING_AG_RS },
  { "parallel-mode=ep ep-size=6", POINT (block.ep_size), 6 },
}, problem_fields[] = {
  { "seed=9", PROBLEM (seed), 9 },
  { "threads=3", PROBLEM (threads), 3 },
  { "dtype=bfloat16", PROBLEM (choice[MOE_CHOICE_DTYPE]), MOE_DTYPE_BFLOAT16 },
  { "bench-pass=forward_backward", PROBLEM (choice[MOE_CHOICE_PASS]), MOE_PASS_FORWARD_BACKWARD },
  { "topk-list=2,8,4", PROBLEM (max_topk), 8 },
  { "k-rule=top_p", PROBLEM (max_topk), 60 },
  { "k-rule=expert_choice experts=100", PROBLEM (max_topk), 64 },
  { "k-rule=entropy null-route-frac=0.25", PROBLEM (max_rows), 12288 },
  { "k-rule=expert_choice", PROBLEM (max_expert_rows), 274 },
  { "remat-mode=combine", PROBLEM (choice[MOE_CHOICE_REMAT_MODE]), MOE_REMAT_COMBINE },
  { "null-dispatch=carry", PROBLEM (choice[MOE_CHOICE_NULL_DISPATCH]), MOE_NULL_DISPATCH_CARRY },
  { "null-route-frac-list=0.75,0.5 null-dispatch=zero_expert null-experts=7",
    PROBLEM (shape.zero_experts), 7 },
  { "null-kind=copy", PROBLEM (choice[MOE_CHOICE_NULL_KIND]), MOE_NULL_KIND_COPY },
  { "null-route-frac-list=0.75,0.5 null-kind=constant", PROBLEM (shape.null_vectors), 180 },
  { "impl=fast", PROBLEM (choice[MOE_CHOICE_IMPL]), 1 << MOE_IMPL_FAST },
  { "impl=both", PROBLEM (choice[MOE_CHOICE_IMPL]), (1 << 6) - 1 },
  { "queue-mode=both", PROBLEM (choice[MOE_CHOICE_QUEUE_MODE]), MOE_QUEUE_MODE_PREQUEUE },
  { "shared-expert-dim=24", PROBLEM (shape.shared_dim), 24 },
  { "prepack", PROBLEM (choice[MOE_CHOICE_PREPACK]), true },
  { "shared-fused", PROBLEM (choice[MOE_CHOICE_SHARED_FUSED]), true },
  { "routing-pack-strategy=tuple_sort", PROBLEM (choice[MOE_CHOICE_PACK_STRATEGY]), MOE_PACK_TUPLE_SORT },
  { "dispatch-permute-mode=repeat_sort", PROBLEM (choice[MOE_CHOICE_PERMUTE_MODE]), MOE_PERMUTE_REPEAT_SORT },
  { "parallel-mode=ep", PROBLEM (choice[MOE_CHOICE_PARALLEL_MODE]), MOE_PARALLEL_EP },
  { "parallel-mode=ep ep-comm-path=ring_ag_rs tokens=60", PROBLEM (choice[MOE_CHOICE_EP_COMM_PATH]),
    MOE_EP_RING_AG_RS },
  { "parallel-mode=ep ep-size=6", PROBLEM (ep_size), 6 },
  { "capacity-policy=pad capacity-factor=2", PROBLEM (max_rows), 60 * 547 },
  { "capacity-policy=pad capacity-factor=2", PROBLEM (max_expert_rows), 547 },
  { "capacity-policy=drop capacity-factor=0.1", PROBLEM (max_rows), 60 * 28 },
  { "capacity-policy=drop capacity-factor=0.1", PROBLEM (max_expert_rows), 28 },
};

static uint64_t
field_at (const void *object, size_t offset, size_t size)
{
  uint64_t value = 0; /* little-endian, as all machines that this runs on */
  memcpy (&value, (const char *)object + offset, size);
  return value;
}

static void
plan_of_settings (const char *settings, MoePlan *plan, MoeProblem *problem)
{
  MoeOptions options = small ();
  options.threads = 2;
  if (settings != NULL)
    set_all (&options, settings);
  plan_ok (&options, plan);
  moe_plan_problem (plan, 0, moe_plan_opening (plan, 0), problem);
}

/* Every option that says how a block is computed or routed does something. */
static void
test_options_reach (void)
{
  MoePlan usual, plan;
  MoeProblem usual_problem, problem;
  plan_of_settings (NULL, &usual, &usual_problem);
  for (size_t i = 0; i < G_N_ELEMENTS (point_fields); i++)
    {
      size_t offset = point_fields[i].offset, size = point_fields[i].size;
      plan_of_settings (point_fields[i].settings, &plan, &problem);
      g_assert_cmpuint (field_at (&plan.points[plan.n_points - 1], offset, size), ==,
                        point_fields[i].value);
      g_assert_cmpuint (field_at (usual.points, offset, size), !=, point_fields[i].value);
      moe_plan_clear (&plan);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (problem_fields); i++)
    {
      size_t offset = problem_fields[i].offset, size = problem_fields[i].size;
      plan_of_settings (problem_fields[i].settings, &plan, &problem);
      g_assert_cmpuint (field_at (&problem, offset, size), ==, problem_fields[i].value);
      g_assert_cmpuint (field_at (&usual_problem, offset, size), !=, problem_fields[i].value);
      moe_plan_clear (&plan);
    }
  moe_plan_clear (&usual);
}

static void
test_real_options_reach (void)
{
  MoePlan plan;
  MoeProblem problem;
  plan_of_settings (
      "zipf-exponent=1.5 hot-share=0.625 run-alpha=0.25 run-noise-scale=0.75 null-route-frac=0.125",
      &plan, &problem);
  g_assert_cmpfloat (plan.points[0].routing.run_alpha, ==, 0.25);
  g_assert_cmpfloat (plan.points[0].routing.zipf_exponent, ==, 1.5);
  g_assert_cmpfloat (plan.points[0].routing.hot_share, ==, 0.625);
  g_assert_cmpfloat (plan.points[0].routing.run_noise_scale, ==, 0.75);
  g_assert_cmpfloat (plan.points[0].routing.null_target, ==, 0.125);
  moe_plan_clear (&plan);
}

/* Groups: distribution, then implementation, then queue mode, then top-k. */
static void
test_groups (void)
{
  MoePlan plan;
  MoeProblem problem;
  plan_of_settings (
      "distribution=both impl=scatter,baseline queue-mode=both topk-list=8,2 null-route-sweep",
      &plan, &problem);
  g_assert_cmpuint (plan.n_groups, ==, 16);
  g_assert_cmpuint (plan.n_points, ==, 16 * 9);
  for (size_t i = 0; i < plan.n_points; i++)
    {
      const MoePoint *point = &plan.points[i];
      size_t g = i / 9;
      g_assert_cmpuint (point->group, ==, g);
      g_assert_cmpint (point->routing.distribution, ==, g / 8);
      g_assert_cmpint (point->block.choice[MOE_CHOICE_IMPL], ==,
                       g / 4 % 2 == 0 ? MOE_IMPL_BASELINE : MOE_IMPL_SCATTER);
      g_assert_cmpint (point->block.choice[MOE_CHOICE_QUEUE_MODE], ==, g / 2 % 2);
      g_assert_cmpuint (point->block.topk, ==, g % 2 == 0 ? 8 : 2);
    }
  moe_plan_clear (&plan);
}

/* With a backward there is nothing but full, asked for or not. */
static void
test_prequeue (void)
{
  static const char *const modes[] = { "full", "prequeue", "both" };
  for (size_t i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      MoePlan plan;
      MoeProblem problem;
      g_autofree char *forward = g_strconcat ("queue-mode=", modes[i], NULL);
      g_autofree char *both = g_strconcat (forward, " bench-pass=forward_backward", NULL);
      plan_of_settings (forward, &plan, &problem);
      g_assert_cmpuint (plan.n_points, ==, i == 2 ? 2 : 1);
      g_assert_cmpint (plan.points[0].block.choice[MOE_CHOICE_QUEUE_MODE], ==, i % 2);
      g_assert_cmpint (problem.choice[MOE_CHOICE_QUEUE_MODE], ==, i > 0);
      moe_plan_clear (&plan);

      plan_of_settings (both, &plan, &problem);
      g_assert_cmpuint (plan.n_points, ==, 1);
      g_assert_cmpint (plan.points[0].block.choice[MOE_CHOICE_QUEUE_MODE], ==, MOE_QUEUE_MODE_FULL);
      g_assert_false (problem.choice[MOE_CHOICE_QUEUE_MODE]);
      moe_plan_clear (&plan);
    }
}

/* A shard has at least a thread; without --ep-size there are no more shards than threads. */
static void
test_shards (void)
{
  static const struct
  {
    const char *settings;
    size_t shards;
    size_t threads;
  } cases[] = {
    { "threads=4 ep-size=6", 1, 4 },
    { "threads=4 parallel-mode=ep ep-size=6", 6, 6 },
    { "threads=8 parallel-mode=ep ep-size=6", 6, 8 },
    { "threads=8 parallel-mode=ep", 6, 8 }, /* the largest divisor of 60 that is not above 8 */
    { "threads=8 parallel-mode=ep ep-comm-path=ring_ag_rs", 4, 8 }, /* and of 4096 */
    { "threads=1 parallel-mode=ep", 1, 1 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoePlan plan;
      MoeProblem problem;
      plan_of_settings (cases[i].settings, &plan, &problem);
      g_assert_cmpuint (plan.shards, ==, cases[i].shards);
      g_assert_cmpuint (plan.threads, ==, cases[i].threads);
      g_assert_cmpuint (problem.ep_size, ==, cases[i].shards);
      g_assert_cmpuint (problem.threads, ==, cases[i].threads);
      g_assert_cmpuint (plan.points[0].block.ep_size, ==, cases[i].shards);
      moe_plan_clear (&plan);
    }
}

/* What one expert may get holds for what is sampled, also where runs are given away whole. */
static void
test_expert_rows_bound_holds (void)
{
  static const char *const cases[] = {
    "distribution=random",
    "distribution=random topk=1 tokens=50",
    "distribution=runs",
    "distribution=runs topk=1 run-alpha=0.999",
    "distribution=runs topk=1 run-alpha=0.999 tokens=300",
    "distribution=runs topk=2 run-alpha=0 null-route-frac=0.9",
    "distribution=runs run-noise-scale=0",
    "distribution=balanced topk=1 tokens=50",
    "distribution=zipf",
    "distribution=zipf topk=1",
    "null-dispatch=remap null-route-frac=0.5",
    "distribution=zipf zipf-exponent=3 topk=8",
    "distribution=zipf null-route-frac=0.7 null-routing-mode=take_until_null",
    "distribution=zipf null-route-frac=0.7 null-routing-mode=router topk=8",
    "distribution=hot",
    "distribution=hot topk=1 hot-experts=1",
    "distribution=hot topk=2 hot-experts=55 hot-share=0.1",
    "distribution=hot null-route-frac=0.9",
    "distribution=runs run-noise-scale=5 null-route-frac=0.5 null-routing-mode=take_until_null",
    "k-rule=top_p",
    "k-rule=min_p distribution=runs run-noise-scale=3",
    "k-rule=entropy distribution=zipf null-route-frac=0.5",
    "k-rule=expert_choice distribution=runs null-route-frac=0.3",
    "k-rule=token_rounding tile=64 distribution=zipf null-route-frac=0.5",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    for (uint64_t seed = 0; seed < 10; seed++)
      {
        MoePlan plan;
        MoeProblem problem;
        MoeRouting routing = { 0 };
        size_t counts[60];
        plan_of_settings (cases[i], &plan, &problem);
        plan.points[0].routing.seed = seed;
        g_assert_cmpint (moe_routing_sample (&plan.points[0].routing, &routing, NULL), ==, MOE_OK);
        moe_routing_expert_counts (&routing, counts);
        bool remaps = moe_remaps_nulls (plan.points[0].block.choice);
        counts[0] += remaps ? routing.null_assignments : 0;
        for (size_t e = 0; e < 60; e++)
          g_assert_cmpuint (counts[e], <=, problem.max_expert_rows);
        g_assert_cmpuint (problem.max_expert_rows, <=,
                          remaps ? routing.tokens * routing.topk : routing.tokens);
        moe_routing_clear (&routing);
        moe_plan_clear (&plan);
      }
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

/* Starts are one unless it is asked for more, and until settled enough to tell what they differ
 * by. */
static void
test_starts (void)
{
  MoeOptions options = small ();
  MoePlan plan;
  plan_ok (&options, &plan);
  g_assert_cmpuint (moe_plan_starts (&plan), ==, 1);
  plan.options.until_settled = true;
  g_assert_cmpuint (moe_plan_starts (&plan), >=, 2);
  plan.options.starts = 2;
  g_assert_cmpuint (moe_plan_starts (&plan), ==, 2);
  plan.options.until_settled = false;
  g_assert_cmpuint (moe_plan_starts (&plan), ==, 2);
  moe_plan_clear (&plan);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/layers", test_layers);
  g_test_add_func ("/bench/plan/single-point", test_single_point);
  g_test_add_func ("/bench/plan/order", test_order);
  g_test_add_func ("/bench/plan/batches", test_batches);
  g_test_add_func ("/bench/plan/expert-counts", test_expert_counts);

  g_test_add_func ("/bench/plan/modes-together", test_modes_together);
  g_test_add_func ("/bench/plan/threads", test_threads);
  g_test_add_func ("/bench/plan/steps", test_steps);
  g_test_add_func ("/bench/plan/refused", test_refused);
  g_test_add_func ("/bench/plan/copy", test_copy);
  g_test_add_func ("/bench/plan/rows", test_rows);
  g_test_add_func ("/bench/plan/rows-bound-holds", test_rows_bound_holds);
  g_test_add_func ("/bench/plan/flops", test_flops);
  g_test_add_func ("/bench/plan/options-reach", test_options_reach);
  g_test_add_func ("/bench/plan/options-reach/real", test_real_options_reach);
  g_test_add_func ("/bench/plan/groups", test_groups);
  g_test_add_func ("/bench/plan/prequeue", test_prequeue);
  g_test_add_func ("/bench/plan/shards", test_shards);
  g_test_add_func ("/bench/plan/expert-rows-bound-holds", test_expert_rows_bound_holds);
  g_test_add_func ("/bench/plan/starts", test_starts);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a record takes from its point, and what of it tells curves apart. */
#include "engine/records/axes.h"
#include "engine/records/curves.h"
#include "engine/records/rates.h"
#include "engine/text/intern.h"
#include "tests/records/support.h"

/* Every axis tells curves apart, with words of its own, unless there is nothing to choose. */
static void
test_axes (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord a = *moe_run_get_record (run, 0), b;
  const struct
  {
    gsize offset;
    const char *value;
    MoeAxis axis;
  } texts[] = {
    { G_STRUCT_OFFSET (MoeRecord, choice[MOE_CHOICE_PACK_STRATEGY]), "tuple_sort",
      MOE_CHOICE_PACK_STRATEGY },
    { G_STRUCT_OFFSET (MoeRecord, choice[MOE_CHOICE_PERMUTE_MODE]), "repeat_sort",
      MOE_CHOICE_PERMUTE_MODE },
    { G_STRUCT_OFFSET (MoeRecord, choice[MOE_CHOICE_REMAT_MODE]), "combine",
      MOE_CHOICE_REMAT_MODE },
    { G_STRUCT_OFFSET (MoeRecord, choice[MOE_CHOICE_CAPACITY_POLICY]), "pad",
      MOE_CHOICE_CAPACITY_POLICY },
    { G_STRUCT_OFFSET (MoeRecord, choice[MOE_CHOICE_PARALLEL_MODE]), "ep",
      MOE_CHOICE_PARALLEL_MODE },
    { G_STRUCT_OFFSET (MoeRecord, choice[MOE_CHOICE_IMPL]), "scatter", MOE_CHOICE_IMPL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      b = a;
      *(const char **)((char *)&b + texts[i].offset) = moe_text_intern (texts[i].value);
      g_assert_false (moe_record_same_curve (&a, &b));
      g_assert_cmpstr (moe_record_axis (&b, texts[i].axis), ==, texts[i].value);
    }
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    g_assert_cmpstr (moe_axis_title (axis), !=, NULL);

  /* An older file does not tell them. */
  b = a;
  b.choice[MOE_CHOICE_PACK_STRATEGY] = moe_text_intern ("argsort");
  b.choice[MOE_CHOICE_PERMUTE_MODE] = moe_text_intern ("direct_take");
  b.choice[MOE_CHOICE_CAPACITY_POLICY] = b.choice[MOE_CHOICE_PARALLEL_MODE] =
      moe_text_intern ("none");
  g_assert_null (moe_record_axis (&a, MOE_CHOICE_PACK_STRATEGY));
  g_assert_true (moe_record_same_curve (&a, &b));
  g_assert_cmpuint (moe_record_curve_hash (&a), ==, moe_record_curve_hash (&b));

  /* Of no effect. */
  b.choice[MOE_CHOICE_EP_COMM_PATH] = moe_text_intern ("ring_ag_rs");
  b.choice[MOE_CHOICE_SHARED_FUSED] = moe_text_intern ("true");
  b.comm_bytes = 5;
  b.load_max = 7;
  g_assert_true (moe_record_same_curve (&a, &b));
  a.shape.shared_dim = b.shape.shared_dim = 8;
  g_assert_false (moe_record_same_curve (&a, &b));
}

static void
test_axes_in_words (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord a = *moe_run_get_record (run, 0), b;
  a.choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern ("drop");
  a.capacity_factor = 1.25;
  a.capacity = 342;
  a.choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern ("ep");
  a.choice[MOE_CHOICE_EP_COMM_PATH] = moe_text_intern ("ring_ag_rs");
  a.ep_size = 4;
  a.run_alpha = 0.98;
  a.run_noise_scale = 0.35;
  g_assert_cmpstr (moe_record_axis (&a, MOE_CHOICE_CAPACITY_POLICY), ==, "drop 1.25");
  g_assert_cmpstr (moe_record_axis (&a, MOE_CHOICE_PARALLEL_MODE), ==, "ep ring_ag_rs, 4 shards");
  g_assert_cmpstr (moe_record_axis (&a, MOE_AXIS_DRAW), ==, "alpha 0.98, noise 0.35");

  /* Another top-k has other rows at the same factor. */
  b = a;
  b.capacity = 684;
  g_assert_true (moe_record_same_curve (&a, &b));
  b.capacity_factor = 2;
  g_assert_false (moe_record_same_curve (&a, &b));
  b = a;
  b.ep_size = 2;
  g_assert_false (moe_record_same_curve (&a, &b));
  b = a;
  b.run_noise_scale = 0.5;
  g_assert_false (moe_record_same_curve (&a, &b));
  a.run_alpha = a.run_noise_scale = NAN;
  b = a;
  b.skew.zipf_exponent = 1.25;
  g_assert_cmpstr (moe_record_axis (&b, MOE_AXIS_DRAW), ==, "exponent 1.25");
  g_assert_false (moe_record_same_curve (&a, &b));
  b = a;
  b.skew.hot_experts = 16;
  b.skew.hot_share = 0.8;
  g_assert_cmpstr (moe_record_axis (&b, MOE_AXIS_DRAW), ==, "16 experts, share 0.8");
  g_assert_false (moe_record_same_curve (&a, &b));
  b = a;
  a.choice[MOE_CHOICE_K_RULE] = b.choice[MOE_CHOICE_K_RULE] = moe_text_intern ("token_rounding");
  a.skew.tile = 128;
  b.skew.tile = 16;
  g_assert_cmpstr (moe_record_axis (&b, MOE_CHOICE_K_RULE), ==, "token_rounding, tile 16");
  g_assert_false (moe_record_same_curve (&a, &b));
  a.capacity_factor = NAN;
  g_assert_cmpstr (moe_record_axis (&a, MOE_CHOICE_CAPACITY_POLICY), ==, "drop to 342 rows");
}

static void
test_same_curve (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  const MoeRecord *a = moe_run_get_record (run, 0);
  MoeRecord b = *moe_run_get_record (run, 1);
  g_assert_true (moe_record_same_curve (a, &b));
  g_assert_cmpuint (moe_record_curve_hash (a), ==, moe_record_curve_hash (&b));
  b.topk = 5;
  g_assert_false (moe_record_same_curve (a, &b));
  b = *a;
  b.shape.shared_dim = 1;
  g_assert_false (moe_record_same_curve (a, &b));
  b = *a;
  b.has_shape = FALSE;
  g_assert_false (moe_record_same_curve (a, &b));
  const char **const fields[] = {
    &b.choice[MOE_CHOICE_NULL_MODE],     &b.choice[MOE_CHOICE_PASS],
    &b.choice[MOE_CHOICE_IMPL],          &b.choice[MOE_CHOICE_GROUPING],
    &b.choice[MOE_CHOICE_NULL_DISPATCH], &b.choice[MOE_CHOICE_QUEUE_MODE],
    &b.choice[MOE_CHOICE_DTYPE],         &b.choice[MOE_CHOICE_DISTRIBUTION],
    &b.choice[MOE_CHOICE_ACCELERATOR]
  };
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      b = *a;
      *fields[i] = moe_text_intern ("other");
      g_assert_false (moe_record_same_curve (a, &b));
    }
}

static void
test_from_point (void)
{
  MoePoint point = {
    .block = { .shape = { 4096, 512, 352, 60, 8 },
               .topk = 4,
               .choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16,
               .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD,
               .choice[MOE_CHOICE_GROUPING] = MOE_GROUPING_RAGGED_DOT,
               .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FAST,
               .choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY,
               .choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE },
    .routing = { .null_mode = MOE_NULL_MODE_ROUTER,
                 .null_target = 0.25,
                 .distribution = MOE_DISTRIBUTION_RUNS },
  };
  MoePointFacts facts = { .null_assignments = 4096,
                          .real_assignments = 12288,
                          .null_realized = 0.25 };
  MoeRecord record;
  moe_record_from_point (&record, &point, &facts, "openblas");
  g_assert_true (record.has_shape && moe_shape_equal (&record.shape, &point.block.shape));
  g_assert_cmpint (record.topk, ==, 4);
  g_assert_cmpfloat (record.null_target, ==, 0.25);
  g_assert_cmpint (record.null_assignments, ==, 4096);
  g_assert_cmpint (record.real_assignments, ==, 12288);
  g_assert_true (record.choice[MOE_CHOICE_NULL_MODE] == moe_text_intern ("router"));
  g_assert_true (record.choice[MOE_CHOICE_DISTRIBUTION] == moe_text_intern ("runs"));
  g_assert_true (record.choice[MOE_CHOICE_QUEUE_MODE] == moe_text_intern ("prequeue"));
  g_assert_true (record.choice[MOE_CHOICE_PASS] == moe_text_intern ("forward"));
  g_assert_true (record.choice[MOE_CHOICE_IMPL] == moe_text_intern ("fast"));
  g_assert_true (record.choice[MOE_CHOICE_GROUPING] == moe_text_intern ("ragged_dot"));
  g_assert_true (record.choice[MOE_CHOICE_ACCELERATOR] == moe_text_intern ("openblas"));
  g_assert_true (record.choice[MOE_CHOICE_DTYPE] == moe_text_intern ("bfloat16"));
  g_assert_true (record.choice[MOE_CHOICE_NULL_DISPATCH] == moe_text_intern ("carry"));
  g_assert_true (isnan (record.tokens_per_s) && record.samples_s == NULL);
  g_assert_true (record.choice[MOE_CHOICE_SHARED_FUSED] == moe_text_intern ("false"));
  g_assert_true (record.choice[MOE_CHOICE_CAPACITY_POLICY] == moe_text_intern ("none"));
  g_assert_true (record.choice[MOE_CHOICE_PARALLEL_MODE] == moe_text_intern ("none"));
  g_assert_cmpint (record.capacity, ==, -1);
  g_assert_cmpint (record.dropped_assignments, ==, -1);
  g_assert_cmpint (record.ep_size, ==, -1);
}

/* Of each distribution the numbers that it is drawn with, and no others. */
static void
test_from_point_of_a_law (void)
{
  MoePoint point = {
    .block = { .shape = { 4096, 512, 352, 60, 0 }, .topk = 4, .ep_size = 1 },
    .routing = { .distribution = MOE_DISTRIBUTION_ZIPF,
                 .zipf_exponent = 1.5,
                 .hot_experts = 12,
                 .hot_share = 0.75 },
  };
  MoePointFacts facts = { .real_assignments = 16384 };
  MoeRecord record;
  moe_record_from_point (&record, &point, &facts, "native");
  g_assert_cmpstr (record.choice[MOE_CHOICE_DISTRIBUTION], ==, "zipf");
  g_assert_cmpfloat (record.skew.zipf_exponent, ==, 1.5);
  g_assert_true (record.skew.hot_experts == -1 && isnan (record.skew.hot_share));
  g_assert_true (isnan (record.run_alpha));
  point.routing.distribution = MOE_DISTRIBUTION_HOT;
  moe_record_from_point (&record, &point, &facts, "native");
  g_assert_true (isnan (record.skew.zipf_exponent));
  g_assert_cmpint (record.skew.hot_experts, ==, 12);
  g_assert_cmpfloat (record.skew.hot_share, ==, 0.75);
}

static void
test_from_point_of_all_axes (void)
{
  MoePoint point = {
    .block = { .shape = { 4096, 512, 352, 60, 0 },
               .topk = 4,
               .choice[MOE_CHOICE_PACK_STRATEGY] = MOE_PACK_EXPERT_SCORE_SORT,
               .choice[MOE_CHOICE_PERMUTE_MODE] = MOE_PERMUTE_REPEAT_SORT,
               .choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_DROP,
               .capacity = 342,
               .choice[MOE_CHOICE_SHARED_FUSED] = true,
               .choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP,
               .choice[MOE_CHOICE_EP_COMM_PATH] = MOE_EP_RING_AG_RS,
               .ep_size = 4 },
    .routing = { .distribution = MOE_DISTRIBUTION_RUNS, .run_alpha = 0.9, .run_noise_scale = 0.2 },
  };
  MoePointFacts facts = { .real_assignments = 16300,
                          .dropped_assignments = 84,
                          .capacity = 342,
                          .capacity_factor = 1.25,
                          .run_lengths = { 81, 50.5, 149.25, 211 },
                          .active_experts = 59,
                          .expert_load_min = 10,
                          .expert_load_max = 700,
                          .expert_load_std = 27.3,
                          .expert_load_p25 = 240,
                          .expert_load_p50 = 271.5,
                          .expert_load_p75 = 300,
                          .tile_share = { 0.9, 0.8, 0.7 },
                          .shard_load_max = 5000,
                          .n_kept = 3,
                          .kept = { 1, 2, 3 } };
  MoeRecord record;
  moe_record_from_point (&record, &point, &facts, "native");
  g_assert_cmpstr (record.choice[MOE_CHOICE_PACK_STRATEGY], ==, "expert_score_sort");
  g_assert_cmpstr (record.choice[MOE_CHOICE_PERMUTE_MODE], ==, "repeat_sort");
  g_assert_cmpstr (record.choice[MOE_CHOICE_CAPACITY_POLICY], ==, "drop");
  g_assert_cmpfloat (record.capacity_factor, ==, 1.25);
  g_assert_cmpint (record.capacity, ==, 342);
  g_assert_cmpint (record.dropped_assignments, ==, 84);
  g_assert_null (record.choice[MOE_CHOICE_SHARED_FUSED]); /* there is no shared expert */
  g_assert_cmpstr (record.choice[MOE_CHOICE_PARALLEL_MODE], ==, "ep");
  g_assert_cmpstr (record.choice[MOE_CHOICE_EP_COMM_PATH], ==, "ring_ag_rs");
  g_assert_cmpint (record.ep_size, ==, 4);
  g_assert_cmpfloat (record.run_alpha, ==, 0.9);
  g_assert_cmpfloat (record.run_noise_scale, ==, 0.2);
  g_assert_true (isnan (record.skew.zipf_exponent) && isnan (record.skew.hot_share));
  g_assert_cmpint (record.active_experts, ==, 59);
  g_assert_cmpint (record.runs, ==, 81);
  g_assert_cmpfloat (record.run_mean, ==, 50.5);
  g_assert_cmpfloat (record.run_p95, ==, 149.25);
  g_assert_cmpint (record.run_max, ==, 211);
  g_assert_cmpint (record.load_min, ==, 10);
  g_assert_cmpint (record.load_max, ==, 700);
  g_assert_cmpfloat (record.load_std, ==, 27.3);
  g_assert_cmpfloat (record.balance.p25, ==, 240);
  g_assert_cmpfloat (record.balance.p50, ==, 271.5);
  g_assert_cmpfloat (record.balance.p75, ==, 300);
  g_assert_cmpfloat (record.balance.tile_share[MOE_TILES_64], ==, 0.8);
  g_assert_cmpint (record.balance.shard_load_max, ==, 5000);
  /* 16,300 that stay and 84 that are dropped, over the experts; over four shards. */
  const double mean = 16384.0 / (double)record.shape.experts;
  g_assert_cmpfloat (moe_record_mean_load (&record), ==, mean);
  g_assert_cmpfloat (moe_record_imbalance (&record), ==, 700 / mean);
  g_assert_cmpfloat_with_epsilon (moe_record_shard_imbalance (&record), 5000.0 / 4096, 1e-9);
  g_assert_cmpuint (record.n_kept, ==, 3);
  g_assert_cmpint (record.kept[2], ==, 3);

  /* Before the routing is sampled. */
  facts.real_assignments = SIZE_MAX;
  moe_record_from_point (&record, &point, &facts, "native");
  g_assert_cmpint (record.real_assignments, ==, -1);
  g_assert_cmpint (record.runs, ==, -1);
  g_assert_cmpint (record.load_max, ==, -1);
  g_assert_true (isnan (moe_record_imbalance (&record)));
  g_assert_true (isnan (moe_record_shard_imbalance (&record)));
  g_assert_cmpint (record.dropped_assignments, ==, -1);
  g_assert_cmpint (record.capacity, ==, 342);
}

/* Fractions are written with three decimals (SPEC 5): what reads the same is the same. */
static void
test_equal_fractions (void)
{
  static const struct
  {
    double a, b;
    gboolean equal;
  } cases[] = {
    { 0.1, 0.1 + 1e-12, TRUE }, { 0.0004, 0, TRUE },      { 0.0006, 0, FALSE },
    { 0.1, 0.101, FALSE },      { 0.1004, 0.0996, TRUE }, { 0.1004, 0.1006, FALSE },
    { NAN, NAN, FALSE },        { NAN, 0, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (moe_fraction_equal (cases[i].a, cases[i].b), ==, cases[i].equal);
      g_assert_cmpint (moe_fraction_equal (cases[i].b, cases[i].a), ==, cases[i].equal);
      if (cases[i].equal)
        g_assert_cmpint (moe_fraction_thousandths (cases[i].a), ==,
                         moe_fraction_thousandths (cases[i].b));
    }
}

/* A curve of 0.0004 and one of 0 have the same f = 0, wherever that is asked. */
static void
test_points_of_a_curve (void)
{
  static const double fractions[] = { 0.5, 0.0004, 0.5002, 0.9, NAN };
  g_autoptr (MoeRun) from = test_run_new ();
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  for (gsize i = 0; i < G_N_ELEMENTS (fractions); i++)
    {
      MoeRecord record = *moe_run_get_record (from, 0);
      record.null_target = fractions[i];
      moe_run_append (run, &record);
    }
  g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);
  g_assert_cmpuint (curves->len, ==, 1);
  const MoeCurve *curve = g_ptr_array_index (curves, 0);
  g_autoptr (GPtrArray) points = moe_curve_points (curve);
  g_assert_cmpuint (points->len, ==, 3);
  g_assert_true (g_ptr_array_index (points, 0) == moe_run_get_record (run, 1));
  g_assert_true (g_ptr_array_index (points, 1) == moe_run_get_record (run, 0));
  g_assert_true (g_ptr_array_index (points, 2) == moe_run_get_record (run, 3));
  g_assert_true (moe_curve_at (curve, 0, TRUE) == moe_run_get_record (run, 1));
  g_assert_true (moe_run_find_baseline (run, moe_run_get_record (run, 3))
                 == moe_run_get_record (run, 1));
}

/* SPEC 3: the shared expert counts; padding and what was dropped do not. */
static void
test_flops_of_policies (void)
{
  const struct
  {
    const char *policy;
    gsize shared_dim;
    gint64 capacity;
    double forward;
    double padding;
  } cases[] = {
    { "none", 0, -1, 6.0 * 512 * 352 * 16000, NAN },
    { "drop", 0, 300, 6.0 * 512 * 352 * 16000, NAN },
    { "pad", 0, 300, 6.0 * 512 * 352 * 16000, 1 - 16000.0 / (60 * 300) },
    { "none", 16, -1, 6.0 * 512 * 352 * 16000 + 6.0 * 4096 * 512 * 16, NAN },
    { "pad", 16, 300, 6.0 * 512 * 352 * 16000 + 6.0 * 4096 * 512 * 16, 1 - 16000.0 / (60 * 300) },
    { "pad", 0, -1, 6.0 * 512 * 352 * 16000, NAN }, /* padded to what? */
    { "novelty", 0, 300, 6.0 * 512 * 352 * 16000, NAN },
  };
  g_autoptr (MoeRun) from = test_run_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
      MoeRecord record = *moe_run_get_record (from, 0);
      record.n_samples = 0;
      record.tflops = NAN;
      record.real_assignments = 16000;
      record.choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern (cases[i].policy);
      record.capacity = cases[i].capacity;
      record.shape.shared_dim = cases[i].shared_dim;
      moe_run_append (run, &record);
      moe_run_add_sample (run, 0, 0.5, NULL, NULL);
      const MoeRecord *measured = moe_run_get_record (run, 0);
      g_assert_cmpfloat_with_epsilon (measured->tflops, 3 * cases[i].forward / 0.5 / 1e12, 1e-12);
      if (isnan (cases[i].padding))
        g_assert_true (isnan (moe_record_padding (measured)));
      else
        g_assert_cmpfloat_with_epsilon (moe_record_padding (measured), cases[i].padding, 1e-12);
      g_assert_cmpfloat (moe_run_get_record (run, 0)->tokens_per_s, ==, 8192);
    }
}

static void
test_comm_bytes (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeStageTimes stages = { .comm_bytes = 4e6 };
  MoeRecord record = *moe_run_get_record (run, 0);
  moe_run_add_sample (run, 1, 0.1, &stages, NULL);
  g_assert_true (isnan (moe_run_get_record (run, 1)->comm_bytes)); /* no shards, no exchange */

  record.choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern ("ep");
  record.n_samples = 0;
  moe_run_replace (run, 0, &record);
  for (int i = 0; i < 3; i++)
    {
      stages.comm_bytes = 4e6 + i;
      moe_run_add_sample (run, 0, 0.1, &stages, NULL);
    }
  g_assert_cmpfloat (moe_run_get_record (run, 0)->comm_bytes, ==, 4e6 + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axes/axes", test_axes);
  g_test_add_func ("/axes/axes-in-words", test_axes_in_words);
  g_test_add_func ("/axes/same-curve", test_same_curve);
  g_test_add_func ("/axes/from-point", test_from_point);
  g_test_add_func ("/axes/from-point-of-a-law", test_from_point_of_a_law);
  g_test_add_func ("/axes/from-point-of-all-axes", test_from_point_of_all_axes);
  g_test_add_func ("/axes/flops-of-policies", test_flops_of_policies);
  g_test_add_func ("/axes/comm-bytes", test_comm_bytes);
  g_test_add_func ("/axes/equal-fractions", test_equal_fractions);
  g_test_add_func ("/axes/points-of-a-curve", test_points_of_a_curve);
  return g_test_run ();
}

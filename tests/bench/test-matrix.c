/* SPDX-License-Identifier: Apache-2.0 */
/* The logbook's experiment as sweeps. */
#include <glib.h>
#include <string.h>

#include "engine/options/matrix.h"

static const MoeShape shapes[] = {
  { 32768, 2048, 1408, 60, 0 },
  { 32768, 2048, 2048, 64, 0 },
  { 65536, 3072, 3072, 128, 0 },
};

/* Every job has top-k 2, 4, 8 and fractions 0.0 .. 0.9, and what is common stays. */
static void
check_job (const MoeOptions *job, const MoeShape *shape, MoeMatrixScale scale)
{
  size_t topks[MOE_OPTIONS_MAX_LIST];
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  g_assert_cmpuint (job->shape.tokens, ==, shape->tokens / scale.tokens);
  g_assert_cmpuint (job->shape.hidden, ==, shape->hidden / scale.widths);
  g_assert_cmpuint (job->shape.mlp_dim, ==, shape->mlp_dim / scale.widths);
  g_assert_cmpuint (job->shape.experts, ==, shape->experts);
  g_assert_cmpuint (job->shape.shared_dim, ==, 40);
  g_assert_cmpuint (moe_options_topks (job, topks), ==, 3);
  for (size_t i = 0; i < 3; i++)
    g_assert_cmpuint (topks[i], ==, (size_t)2 << i);
  g_assert_cmpuint (moe_options_fractions (job, fractions), ==, 10);
  for (int i = 0; i < 10; i++)
    g_assert_cmpfloat (fractions[i], ==, i / 10.0);
  g_assert_cmpuint (job->iters, ==, 3);
  g_assert_cmpuint (job->warmup, ==, 1);
  g_assert_cmpint (job->choice[MOE_CHOICE_DTYPE], ==, MOE_DTYPE_FLOAT32);
  g_assert_cmpint (job->choice[MOE_CHOICE_PASS], ==, MOE_PASS_FORWARD_BACKWARD);
}

static const MoeMatrixScale whole = { .tokens = 1, .widths = 1 };
static const MoeMatrixScale sixteenth = { .tokens = 16, .widths = 1 };

static MoeOptions
common_options (void)
{
  MoeOptions common;
  moe_matrix_init_options (MOE_MATRIX_LOGBOOK, &common);
  common.shape.shared_dim = 40;
  common.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_FLOAT32;
  /* Of the matrix's own axes nothing is left over from before. */
  common.topk = 7;
  common.null_route_frac_list = (MoeFractionList){ { 0.33 }, 1 };
  return common;
}

static void
test_logbook (void)
{
  static const MoeMatrixScale scales[] = { { 1, 1 }, { 8, 1 }, { 7, 16 }, { 32768, 1408 } };
  MoeOptions common = common_options (), jobs[MOE_MATRIX_MAX_JOBS];
  common.choice[MOE_CHOICE_NULL_MODE] = MOE_NULL_MODE_ROUTER;
  for (size_t i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      size_t n = 0;
      MoeError error = { 0 };
      moe_matrix_jobs (MOE_MATRIX_LOGBOOK, &common, scales[i], jobs, &n, &error);
      g_assert_cmpstr (error.message, ==, "");
      g_assert_cmpuint (n, ==, 3);
      for (size_t j = 0; j < n; j++)
        {
          check_job (&jobs[j], &shapes[j], scales[i]);
          g_assert_cmpint (jobs[j].choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_ROUTER);
        }
    }
}

static void
test_modes (void)
{
  MoeOptions common = common_options (), jobs[MOE_MATRIX_MAX_JOBS];
  size_t n = 0;
  g_assert_cmpint (moe_matrix_jobs (MOE_MATRIX_MODES, &common, sixteenth, jobs, &n, NULL), ==,
                   MOE_OK);
  g_assert_cmpuint (n, ==, 3);
  for (size_t j = 0; j < n; j++)
    {
      check_job (&jobs[j], &shapes[j], sixteenth);
      g_assert_cmpint (jobs[j].choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_TAKE_UNTIL_NULL);
      g_assert_true (jobs[j].beside_independent);
    }
}

/* What the published runs had in common. */
static void
test_init_options (void)
{
  static const char *const expected[][2] = {
    { "bench-pass", "forward_backward" },
    { "backend", "gmm" },
    { "impl", "fused_w13" },
    { "distribution", "random" },
    { "dtype", "bfloat16" },
    { "iters", "3" },
    { "warmup", "1" },
    { "parallel-mode", "none" },
    { "queue-mode", "full" },
    { "null-routing-mode", "independent" },
  };
  MoeOptions options;
  moe_matrix_init_options (MOE_MATRIX_LOGBOOK, &options);
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      char text[64];
      moe_options_format (&options, moe_option_spec_find (expected[i][0]), text, sizeof text);
      g_assert_cmpstr (text, ==, expected[i][1]);
    }
}

/* Modes are compared, which takes several starts and rounds in each. */
static void
test_modes_can_be_told_apart (void)
{
  MoeOptions options;
  moe_matrix_init_options (MOE_MATRIX_MODES, &options);
  g_assert_cmpuint (options.starts, >=, 3);
  g_assert_cmpuint (options.iters, >=, 3 * options.starts);
}

/* A job changes exactly the options that the matrix says are its own. */
static void
test_sets (void)
{
  size_t n_specs, n_jobs, n_set = 0;
  const MoeOptionSpec *specs = moe_option_specs (&n_specs);
  MoeOptions common = common_options (), jobs[MOE_MATRIX_MAX_JOBS];
  common.shape.hidden = 5;
  g_assert_cmpint (moe_matrix_jobs (MOE_MATRIX_MODES, &common, sixteenth, jobs, &n_jobs, NULL), ==,
                   MOE_OK);
  for (size_t i = 0; i < n_specs; i++)
    {
      char before[256], after[256];
      moe_options_format (&common, &specs[i], before, sizeof before);
      moe_options_format (&jobs[1], &specs[i], after, sizeof after);
      if (!moe_matrix_sets (MOE_MATRIX_MODES, &specs[i]))
        g_assert_cmpstr (before, ==, after);
      n_set += moe_matrix_sets (MOE_MATRIX_MODES, &specs[i]);
    }
  g_assert_cmpuint (n_set, ==, 13);
  const MoeOptionSpec *mode = moe_option_spec_find ("null-routing-mode");
  g_assert_true (moe_matrix_sets (MOE_MATRIX_MODES, mode));
  g_assert_false (moe_matrix_sets (MOE_MATRIX_LOGBOOK, mode));
  g_assert_true (moe_matrix_sets (MOE_MATRIX_LOGBOOK, moe_option_spec_find ("tokens")));
  g_assert_false (moe_matrix_sets (MOE_MATRIX_LOGBOOK, moe_option_spec_find ("dtype")));
  g_assert_cmpstr (moe_name_of (&moe_matrix_names, MOE_MATRIX_LOGBOOK), ==, "logbook");
  g_assert_cmpstr (moe_name_of (&moe_matrix_names, MOE_MATRIX_MODES), ==, "modes");
}

static void
check_refused (const MoeOptions *common,
               MoeMatrixScale scale,
               const char *option,
               const char *piece)
{
  MoeOptions jobs[MOE_MATRIX_MAX_JOBS];
  size_t n;
  MoeError error = { 0 };
  g_assert_cmpint (moe_matrix_jobs (MOE_MATRIX_LOGBOOK, common, scale, jobs, &n, &error), ==,
                   MOE_ERROR_INVALID);
  g_assert_cmpstr (error.option, ==, option);
  g_assert_nonnull (strstr (error.message, piece));
}

static void
test_refused (void)
{
  MoeOptions common = common_options ();
  check_refused (&common, (MoeMatrixScale){ 0, 1 }, "scale",
                 "--scale 0 is out of range: allowed is 1 to 32768");
  check_refused (&common, (MoeMatrixScale){ 32769, 1 }, "scale", "--scale 32769");
  check_refused (&common, (MoeMatrixScale){ 1, 0 }, "scale-widths",
                 "--scale-widths 0 is out of range: allowed is 1 to 1408");
  check_refused (&common, (MoeMatrixScale){ 1, 1409 }, "scale-widths", "--scale-widths 1409");
  /* What a job makes of the common options is validated like any other request. */
  common.choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
  common.ep_size = 7;
  check_refused (&common, whole, "ep-size", "60 experts");
  common.ep_size = 64; /* good for the second shape only */
  check_refused (&common, whole, "ep-size", "60 experts");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/matrix/logbook", test_logbook);
  g_test_add_func ("/bench/matrix/modes", test_modes);
  g_test_add_func ("/bench/matrix/init-options", test_init_options);
  g_test_add_func ("/bench/matrix/modes-can-be-told-apart", test_modes_can_be_told_apart);
  g_test_add_func ("/bench/matrix/sets", test_sets);
  g_test_add_func ("/bench/matrix/refused", test_refused);
  return g_test_run ();
}

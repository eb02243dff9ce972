/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of sweeps: what fits, what is left out, how far all of them are, what resuming leaves to
 * do.  A backend that only counts bytes stands in, so that nothing large is taken. */
#include <math.h>
#include <string.h>

#include "app/bench/fit.h"
#include "app/command-line/error.h"
#include "engine/sweep/resume.h"

#define GIB ((gsize)1 << 30)

static MoeStatus
supports (const MoeBlock *block, MoeError *error)
{
  return MOE_OK;
}

/* Weights and gradients, and the rows of one matrix. */
static MoeStatus
memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  const MoeShape *shape = &problem->shape;
  gsize bytes = moe_dtype_bytes (problem->choice[MOE_CHOICE_DTYPE]);
  gsize weights = 3 * shape->experts * shape->hidden * shape->mlp_dim * bytes;
  *need = (MoeMemoryNeed){
    .weights_bytes = weights,
    .gradients_bytes = problem->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD ? weights : 0,
    .activations_bytes = problem->max_rows * shape->hidden * bytes
  };
  need->total_bytes = need->weights_bytes + need->gradients_bytes + need->activations_bytes;
  return MOE_OK;
}

static const MoeBackend counting = {
  .abi_version = MOE_BACKEND_ABI, .name = "counting", .supports = supports, .memory = memory
};

static const MoeCalibration calibration = { .flops_per_s = 1e12,
                                            .bytes_per_s = 1e11,
                                            .touch_bytes_per_s = 1e10 };

static MoeSweep *
parse (NullcurveBenchArgs *args, const char *const *arguments)
{
  static char program[] = "nullcurve-bench";
  char *argv[16] = { program };
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  g_autoptr (GError) error = NULL;
  gsize n;
  int argc = 1;
  for (; arguments[argc - 1] != NULL; argc++)
    argv[argc] = (char *)arguments[argc - 1];
  nullcurve_bench_args_parse (argv, args, &error);
  g_assert_no_error (error);
  nullcurve_bench_args_sweeps (args, sweeps, &n, &error);
  g_assert_no_error (error);
  MoeSweep *sweep = moe_sweep_new ();
  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (moe_sweep_add_leg (sweep, 0, &sweeps[i], NULL), ==, MOE_OK);
  return sweep;
}

#define PARSE(args, ...) parse (args, (const char *const[]){ __VA_ARGS__, NULL })

static MoeSweepLeg *
leg_at (MoeSweep *sweep, guint index)
{
  g_assert_cmpuint (index, <, moe_sweep_n_legs (sweep));
  return moe_sweep_get_leg (sweep, 0, index);
}

static gboolean
forecast (MoeSweep *sweep,
          const NullcurveBenchArgs *args,
          const MoeCalibration *rates,
          gsize available,
          GError **error)
{
  moe_sweep_set_backend (sweep, 0, &counting, rates);
  return nullcurve_bench_fit_side (sweep, 0, args, available, error);
}

/* The largest shape alone does not fit: it is named with what would fit, the others run. */
static void
test_left_out (void)
{
  NullcurveBenchArgs args;
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeSweep) sweep = PARSE (&args, "--matrix", "logbook");
  g_assert_true (forecast (sweep, &args, &calibration, 16 * GIB, &error));
  g_assert_no_error (error);
  g_assert_null (leg_at (sweep, 0)->left_out);
  g_assert_null (leg_at (sweep, 1)->left_out);
  g_assert_nonnull (leg_at (sweep, 2)->left_out);
  g_assert_nonnull (strstr (leg_at (sweep, 2)->left_out, "16.0 GiB are available"));
  g_assert_nonnull (strstr (leg_at (sweep, 2)->left_out, "--scale "));
  g_assert_nonnull (strstr (leg_at (sweep, 2)->left_out, " would fit"));
  g_autofree char *name = nullcurve_bench_leg_name (leg_at (sweep, 2));
  g_assert_cmpstr (name, ==, "65536x3072x3072x128, top-2, 4, 8, independent");

  MoeSweepTotal total = moe_sweep_total (sweep);
  g_assert_cmpuint (total.legs, ==, 2);
  g_assert_cmpuint (total.points, ==, 60);
  g_assert_cmpuint (total.memory_bytes, ==, leg_at (sweep, 1)->forecast.memory.total_bytes);
  g_assert_cmpfloat_with_epsilon (
      total.time_s,
      leg_at (sweep, 0)->forecast.time_total_s + leg_at (sweep, 1)->forecast.time_total_s, 1e-9);
  nullcurve_bench_args_clear (&args);
}

/* The scale that the advice names fits, and half of it does not. */
static void
test_advised_scale (void)
{
  NullcurveBenchArgs args, again;
  g_autoptr (MoeSweep) sweep = PARSE (&args, "--matrix", "logbook", "--bench-pass", "forward");
  gsize available = 9 * GIB;
  g_assert_true (forecast (sweep, &args, NULL, available, NULL));
  const char *advice = strstr (leg_at (sweep, 2)->left_out, "--scale ");
  g_assert_nonnull (advice);
  guint64 scale = g_ascii_strtoull (advice + strlen ("--scale "), NULL, 10);
  g_assert_cmpuint (scale, >, 1);
  for (int fits = 0; fits < 2; fits++)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, scale - 1 + (guint)fits);
      g_autoptr (MoeSweep) scaled =
          PARSE (&again, "--matrix", "logbook", "--bench-pass", "forward", "--scale", text);
      moe_sweep_set_backend (scaled, 0, &counting, NULL);
      g_assert_true (nullcurve_bench_fit_leg (scaled, 0, 2, &again, available, NULL));
      g_assert_cmpint (leg_at (scaled, 2)->left_out == NULL, ==, fits);
      nullcurve_bench_args_clear (&again);
    }
  nullcurve_bench_args_clear (&args);
}

static void
test_nothing_fits (void)
{
  NullcurveBenchArgs args;
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeSweep) sweep = PARSE (&args, "--matrix", "logbook");
  g_assert_false (forecast (sweep, &args, NULL, GIB / 4, &error));
  g_assert_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "None of the 3 sweeps fits"));
  g_clear_error (&error);
  nullcurve_bench_args_clear (&args);

  g_autoptr (MoeSweep) one = PARSE (&args, "--tokens", "32768");
  g_assert_false (forecast (one, &args, NULL, GIB / 4, &error));
  g_assert_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED);
  nullcurve_bench_args_clear (&args);
}

/* Shares are weighted by forecast time, samples are those of all sweeps. */
static void
test_progress (void)
{
  NullcurveBenchArgs args;
  MoeProgress overall;
  const MoeProgress begun = { .fraction = 0.0, .remaining_s = NAN, .samples_total = 90 };
  const MoeProgress half = {
    .fraction = 0.5, .remaining_s = 10.0, .samples_done = 45, .samples_total = 90
  };
  const MoeProgress done = {
    .fraction = 1.0, .remaining_s = 0.0, .samples_done = 90, .samples_total = 90
  };
  g_autoptr (MoeSweep) sweep = PARSE (&args, "--matrix", "logbook", "--scale", "64");
  g_assert_true (forecast (sweep, &args, &calibration, 64 * GIB, NULL));
  double times[3], total = moe_sweep_total (sweep).time_s;
  for (guint i = 0; i < 3; i++)
    times[i] = leg_at (sweep, i)->forecast.time_total_s;

  moe_sweep_progress (sweep, 0, &begun, 0.0, &overall);
  g_assert_cmpfloat (overall.fraction, ==, 0.0);
  g_assert_cmpuint (overall.samples_total, ==, 270);
  /* Work took twice as long as forecast: so will what is left. */
  double work = times[0] + 0.5 * times[1];
  moe_sweep_progress (sweep, 1, &half, 2.0 * work, &overall);
  g_assert_cmpfloat_with_epsilon (overall.fraction, work / total, 1e-9);
  g_assert_cmpuint (overall.samples_done, ==, 90 + 45);
  g_assert_cmpfloat_with_epsilon (overall.remaining_s, 10.0 + 2.0 * times[2], 1e-6);
  moe_sweep_progress (sweep, 2, &done, total, &overall);
  g_assert_cmpfloat_with_epsilon (overall.fraction, 1.0, 1e-9);
  g_assert_cmpuint (overall.samples_done, ==, 270);
  nullcurve_bench_args_clear (&args);
}

/* A group of which one point is missing is to do as a whole; the plan that is left is in order. */
static void
test_narrow (void)
{
  NullcurveBenchArgs args;
  g_autoptr (MoeSweep) sweep = PARSE (&args, "--impl", "fused_w13", "--distribution", "random",
                                      "--topk-list", "1,2,4", "--null-route-frac-list", "0,0.5");
  MoeSweepLeg *leg = leg_at (sweep, 0);
  gboolean carried[6] = { TRUE, FALSE, TRUE, TRUE }; /* of the first two one: measured again */
  g_assert_cmpuint (leg->plan.n_points, ==, 6);
  g_assert_cmpuint (moe_resume_group_size (&leg->plan, 2), ==, 2);
  moe_resume_narrow (&leg->plan, carried, &leg->todo, leg->origin);
  g_assert_false (carried[0]);
  g_assert_true (carried[2]);
  g_assert_cmpuint (leg->todo.n_points, ==, 4);
  g_assert_cmpuint (leg->todo.n_groups, ==, 2);
  static const gsize origin[] = { 0, 1, 4, 5 };
  for (gsize i = 0; i < 4; i++)
    {
      g_assert_cmpuint (leg->origin[i], ==, origin[i]);
      g_assert_cmpuint (leg->todo.points[i].index, ==, i);
      g_assert_cmpuint (leg->todo.points[i].group, ==, i / 2);
      g_assert_cmpuint (leg->todo.points[i].block.topk, ==, leg->plan.points[origin[i]].block.topk);
    }
  g_assert_cmpuint (moe_sweep_count_carried (sweep), ==, 2);
  nullcurve_bench_args_clear (&args);
}

/* What an earlier run has of a sweep of the matrix is found by its shape too. */
static void
test_resumed_matrix (void)
{
  NullcurveBenchArgs args;
  g_autoptr (MoeSweep) sweep = PARSE (&args, "--matrix", "logbook", "--scale", "64");
  g_autoptr (MoeRun) before = moe_run_new (MOE_RUN_FORMAT_MEASURED, "before");
  const MoeSweepLeg *second = leg_at (sweep, 1);
  for (gsize i = 0; i < 20; i++)
    {
      MoeRecord record;
      const MoePointFacts facts = { .real_assignments = 1 };
      moe_record_from_point (&record, &second->plan.points[i], &facts, "counting");
      gsize at = moe_run_append (before, &record);
      /* The last point of the second top-k lacks a sample. */
      for (gsize s = 0; s < (i == 19 ? 2 : 3); s++)
        moe_run_add_sample (before, at, 0.001 * (double)(s + 1), NULL, NULL);
    }
  moe_sweep_set_backend (sweep, 0, &counting, NULL);
  moe_sweep_resume (sweep, before, FALSE);
  g_assert_cmpuint (leg_at (sweep, 0)->todo.n_points, ==, 30);
  g_assert_cmpuint (leg_at (sweep, 1)->todo.n_points, ==, 20);
  g_assert_cmpuint (leg_at (sweep, 1)->origin[0], ==, 10);
  g_assert_cmpuint (leg_at (sweep, 2)->todo.n_points, ==, 30);
  nullcurve_bench_args_clear (&args);

  MoeBackend another = counting;
  another.name = "another";
  g_autoptr (MoeSweep) other = PARSE (&args, "--matrix", "logbook", "--scale", "64");
  moe_sweep_set_backend (other, 0, &another, NULL);
  moe_sweep_resume (other, before, FALSE);
  g_assert_cmpuint (moe_sweep_count_carried (other), ==, 0);
  nullcurve_bench_args_clear (&args);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/fit/left-out", test_left_out);
  g_test_add_func ("/app/bench/fit/advised-scale", test_advised_scale);
  g_test_add_func ("/app/bench/fit/nothing-fits", test_nothing_fits);
  g_test_add_func ("/app/bench/fit/progress", test_progress);
  g_test_add_func ("/app/bench/fit/narrow", test_narrow);
  g_test_add_func ("/app/bench/fit/resumed-matrix", test_resumed_matrix);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* --until-settled and disturbed samples: what is said meanwhile and at the end, and what resuming
 * takes for whole. */
#include <math.h>
#include <string.h>

#include "app/bench/closing.h"
#include "app/bench/progress.h"
#include "engine/sweep/resume.h"
#include "tests/app/bench-fixture.h"

#define SWEEP "--null-route-frac-list", "0,0.5"

static void
test_progress (void)
{
  MoeProgress state = { .phase = MOE_RUN_PHASE_MEASURE,
                        .settled = 7,
                        .to_settle = 10,
                        .fraction = 0.42,
                        .remaining_s = 20 };
  g_autofree char *settling = nullcurve_bench_progress_describe (&state, NULL);
  g_assert_cmpstr (settling, ==, " 42 %  measuring, 7 of 10 points settled, 20 s left");
  state = (MoeProgress){ .phase = MOE_RUN_PHASE_QUIET, .samples_total = 50, .remaining_s = NAN };
  g_autofree char *waiting = nullcurve_bench_progress_describe (&state, NULL);
  g_assert_cmpstr (waiting, ==, "  0 %  waiting for a quiet machine, 0 of 50 samples");
}

/* A run that came to its end is whole, settled or not; with less time or a wider interval it was
 * not asked for as much. */
static void
test_resume (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_auto (BenchResult) first = BENCH (TINY, SWEEP, "--until-settled", "--budget", "0.1",
                                      "--precision", "0.0001", "--csv", csv);
  assert_status (&first, 0);
  assert_contains (first.err, "not known to ±0.01 % after a budget of 0.1 s for each group");
  g_autoptr (MoeRun) run = read_run (csv);
  assert_contains (moe_run_get_fact (run, "warning 1"), "not known to ±0.01 %");

  g_auto (BenchResult) again = BENCH (TINY, SWEEP, "--until-settled", "--budget", "0.1",
                                      "--precision", "0.0001", "--resume", csv);
  assert_status (&again, 0);
  assert_contains (again.err, "Nothing is left to measure.");
  g_auto (BenchResult) longer = BENCH (TINY, SWEEP, "--until-settled", "--budget", "0.2",
                                       "--precision", "0.0001", "--resume", csv);
  assert_status (&longer, 0);
  assert_contains (longer.err, "Forecast: 2 points");
  remove_tree (folder);
}

/* --- what resuming takes for whole, on samples made up --- */

static MoePlan
make_plan (const char *iters, const char *starts, gboolean until_settled)
{
  MoeOptions options;
  MoePlan plan;
  moe_options_init_single (&options);
  options.null_route_frac = 0.5;
  options.baseline = true;
  options.until_settled = until_settled;
  g_assert_cmpint (moe_options_set (&options, "iters", iters, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_options_set (&options, "starts", starts, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  g_assert_cmpuint (plan.n_points, ==, 2);
  return plan;
}

static void
add_sample (MoeRun *run, gsize index, double time_s, guint start, guint round, double share)
{
  MoeTaken taken = moe_taken_unknown ();
  taken.start = start;
  taken.round = round;
  taken.share = share;
  moe_run_add_sample (run, index, time_s, NULL, &taken);
}

static MoeRun *
make_run (const MoePlan *plan)
{
  const MoePointFacts facts = { .real_assignments = 1 };
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "before");
  for (gsize i = 0; i < plan->n_points; i++)
    {
      MoeRecord record;
      moe_record_from_point (&record, &plan->points[i], &facts, "native");
      moe_run_append (run, &record);
    }
  return run;
}

static void
assert_carried (const MoeRun *run, const MoePlan *plan, gboolean first, gboolean second)
{
  const MoeRecord *records[] = { moe_run_get_record (run, 0), moe_run_get_record (run, 1) };
  gboolean carried[2];
  moe_resume_find_carried (run, plan, records, carried);
  g_assert_cmpint (carried[0], ==, first);
  g_assert_cmpint (carried[1], ==, second);
}

/* Three samples in two starts: two in the first and one in the second, that nobody disturbed, or
 * twice as many. */
static void
test_disturbed (void)
{
  MoePlan plan = make_plan ("3", "2", FALSE);
  g_autoptr (MoeRun) run = make_run (&plan);
  for (gsize i = 0; i < 2; i++)
    {
      add_sample (run, i, 1, 0, 0, 1);
      add_sample (run, i, 1, 0, 1, 0.5);
    }
  add_sample (run, 0, 1, 0, 2, 1);
  add_sample (run, 0, 1, 1, 3, 1);
  add_sample (run, 1, 1, 1, 3, 1);
  assert_carried (run, &plan, TRUE, FALSE);
  add_sample (run, 1, 1, 0, 4, 0.5);
  assert_carried (run, &plan, TRUE, FALSE);
  add_sample (run, 1, 1, 0, 5, 0.5); /* given up after four */
  assert_carried (run, &plan, TRUE, TRUE);
  moe_plan_clear (&plan);
}

/* A group counts as a whole, from as many starts as there are to be. */
static void
test_settled (void)
{
  MoePlan plan = make_plan ("5", "0", TRUE);
  g_autoptr (MoeRun) run = make_run (&plan);
  for (guint round = 0; round < 24; round++)
    {
      if (round <= 16)
        assert_carried (run, &plan, FALSE, FALSE);
      for (gsize i = 0; i < 2; i++)
        {
          double wobble = 1e-4 * (double)((round * 7 + 3 * i) % 5);
          add_sample (run, i, (i == 0 ? 2 : 1) + wobble, round / 8, round, 1);
        }
    }
  assert_carried (run, &plan, TRUE, TRUE);
  plan.options.precision = 1e-6;
  assert_carried (run, &plan, FALSE, FALSE);
  moe_plan_clear (&plan);
}

/* Which figures are not of wall time, and why. */
static void
test_processor_time (void)
{
  MoePlan plan = make_plan ("4", "1", FALSE);
  g_autoptr (MoeRun) run = make_run (&plan);
  for (guint round = 0; round < 4; round++)
    for (gsize i = 0; i < 2; i++)
      {
        MoeTaken taken = moe_taken_unknown ();
        taken.round = round;
        taken.share = i == 0 ? 1 : 0.6;
        taken.cpu_s = 1;
        moe_run_add_sample (run, i, 1 / taken.share, NULL, &taken);
      }
  g_autoptr (GPtrArray) sentences = nullcurve_bench_closing (run);
  g_assert_cmpuint (sentences->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (sentences, 0), ==,
                   "1 of 2 points is made of processor time (f = 0.5), since the machine did not "
                   "get quiet: other work took 40 % of the time of the samples.");
  moe_plan_clear (&plan);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/settled/progress", test_progress);
  g_test_add_func ("/app/bench/settled/resume", test_resume);
  g_test_add_func ("/app/bench/settled/what-is-disturbed", test_disturbed);
  g_test_add_func ("/app/bench/settled/what-is-settled", test_settled);
  g_test_add_func ("/app/bench/settled/processor-time", test_processor_time);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Several sweeps in one go, as --matrix makes them, but tiny: one run, one file of each kind, and a
 * sweep that does not fit keeps no other from being measured. */
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "app/bench/run.h"
#include "engine/formats/formats.h"
#include "tests/app/bench-fixture.h"

/* Two shapes that are nothing and, with "large", between them one that no machine holds. */
static gsize
make_sweeps (const MoeOptions *common, gboolean large, MoeOptions sweeps[3])
{
  gsize n = 0;
  for (gsize i = 0; i < 3; i++)
    {
      if (i == 1 && !large)
        continue;
      sweeps[n] = *common;
      sweeps[n].shape = (MoeShape){ i == 0 ? 64 : 32, 32, 16, 4, 0 };
      if (i == 1)
        sweeps[n].shape = (MoeShape){ 1000000000, 8192, 8192, 4, 0 };
      n++;
    }
  return n;
}

/* This program as nullcurve-bench: ARGUMENT... with the sweeps above. */
static int
measure (gboolean large, int argc, char *argv[])
{
  NullcurveBenchArgs args;
  MoeOptions sweeps[3];
  g_autoptr (GError) error = NULL;
  int status = 0;
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!nullcurve_bench_args_parse (argv, &args, &error)
      || !nullcurve_bench_run_sweeps (&args, sweeps, make_sweeps (&args.options, large, sweeps),
                                      &status, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return error->code;
    }
  nullcurve_bench_args_clear (&args);
  return status;
}

static BenchResult
run_sweeps (const char *which, const char *csv, const char *resume)
{
  BenchResult result;
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *const argv[] = { self,
                               which,
                               "--impl",
                               "fused_w13",
                               "--distribution",
                               "random",
                               "--topk",
                               "2",
                               "--threads",
                               "2",
                               "--baseline",
                               "--iters",
                               "2",
                               "--warmup",
                               "1",
                               "--null-route-frac",
                               "0.5",
                               "--csv",
                               csv,
                               "--logbook",
                               resume != NULL ? "--resume" : NULL,
                               resume,
                               NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result.out, &result.err, &error);
  g_assert_no_error (error);
  result.status = g_subprocess_get_exit_status (process);
  return result;
}

static void
assert_records (const MoeRun *run)
{
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 4);
  for (gsize i = 0; i < 4; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_true (record->has_shape);
      g_assert_cmpuint (record->shape.tokens, ==, i < 2 ? 64 : 32);
      g_assert_cmpfloat (record->null_target, ==, i % 2 == 0 ? 0.0 : 0.5);
    }
}

/* The log reads back with the right shape on every row, and the summary is not counted again. */
static void
test_one_after_the_other (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (BenchResult) result = run_sweeps ("--fitting", csv, NULL);
  assert_status (&result, 0);
  assert_contains (result.err, "Forecast: 2 sweeps, 4 points, ");
  g_assert_cmpuint (count_lines (result.out, "devices="), ==, 1);
  g_assert_cmpuint (count_lines (result.out, "RESULT "), ==, 8);
  g_assert_cmpuint (count_lines (result.out, "RESULT_SUMMARY"), ==, 1);
  const char *first = strstr (result.out, "\nshape tokens=64 ");
  const char *second = strstr (result.out, "\nshape tokens=32 ");
  const char *row = strstr (result.out, "\nRESULT ");
  g_assert_true (first != NULL && second != NULL && first < row && row < second);

  g_autoptr (MoeRun) saved = read_run (csv);
  assert_records (saved);
  g_autoptr (MoeRun) log =
      moe_formats_read_data (result.out, strlen (result.out), "output", &error);
  g_assert_no_error (error);
  assert_records (log);
  g_assert_cmpuint (moe_run_get_summary (log)->rows_repeated, ==, 4);
  remove_tree (folder);
}

static void
test_left_out (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_auto (BenchResult) result = run_sweeps ("--large", csv, NULL);
  assert_status (&result, 1);
  assert_contains (result.err,
                   "the sweep 1000000000x8192x8192x4, top-2, independent is left out: ");
  assert_contains (result.err, "Forecast: 2 sweeps, 4 points, ");
  g_assert_null (strstr (result.out, "tokens=1000000000"));
  g_autoptr (MoeRun) saved = read_run (csv);
  assert_records (saved);

  /* What is there is carried over; what did not fit is named again. */
  g_auto (BenchResult) again = run_sweeps ("--fitting", csv, csv);
  assert_status (&again, 0);
  assert_contains (again.err, "Nothing is left to measure.");
  g_auto (BenchResult) still = run_sweeps ("--large", csv, csv);
  assert_status (&still, 1);
  assert_contains (still.err, "1000000000x8192x8192x4");
  g_assert_null (strstr (still.err, "Forecast"));
  g_assert_cmpuint (count_lines (still.out, "RESULT "), ==, 8);
  g_autoptr (MoeRun) kept = read_run (csv);
  assert_records (kept);
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  if (argc > 1 && (strcmp (argv[1], "--fitting") == 0 || strcmp (argv[1], "--large") == 0))
    return measure (strcmp (argv[1], "--large") == 0, argc - 1, argv + 1);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/sweeps/one-after-the-other", test_one_after_the_other);
  g_test_add_func ("/app/bench/sweeps/left-out", test_left_out);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* --versus: two setups in the same rounds, two runs that know of each other, one comparison. */
#include <string.h>

#include "engine/formats/formats.h"
#include "engine/judge/compare.h"
#include "tests/app/bench-fixture.h"

#define SWEEP "--null-route-frac-list", "0,0.5"

static gsize
highest_start (const MoeRecord *record)
{
  gsize highest = 0;
  g_assert_nonnull (record->taken);
  for (gsize i = 0; i < record->n_samples; i++)
    highest = MAX (highest, record->taken[i].start);
  return highest;
}

/* Both files have the points of their own setup, and are compared round by round. */
static void
test_files (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *other = g_build_filename (folder, "points.versus.csv", NULL);
  g_auto (BenchResult) result = BENCH (TINY, SWEEP, "--iters", "6", "--min-sample-time", "0",
                                       "--versus", "--mlp-dim 32", "--csv", csv);
  assert_status (&result, 0);
  assert_contains (result.err, "Forecast: two setups, 4 points");
  assert_contains (result.err, other);
  g_autoptr (MoeRun) a = read_run (csv);
  g_autoptr (MoeRun) b = read_run (other);
  MoeRun *const runs[] = { a, b };
  g_autofree char *title = g_strconcat (moe_run_get_title (a), ", --mlp-dim 32", NULL);
  g_assert_cmpstr (moe_run_get_title (b), ==, title);
  g_assert_nonnull (moe_run_get_fact (a, "rounds"));
  g_assert_cmpstr (moe_run_get_fact (a, "rounds"), ==, moe_run_get_fact (b, "rounds"));
  assert_contains (moe_run_get_fact (a, "options"), " mlp_dim=16 ");
  assert_contains (moe_run_get_fact (b, "options"), " mlp_dim=32 ");
  g_autoptr (MoeComparison) comparison = moe_compare (runs, 1, runs + 1, 1);
  g_assert_cmpuint (comparison->pairs->len, ==, 2);
  for (gsize i = 0; i < 2; i++)
    {
      const MoePair *pair = moe_comparison_get_pair (comparison, i);
      g_assert_cmpint (pair->judged.method, ==, MOE_METHOD_ROUNDS);
      g_assert_cmpuint (pair->a->shape.mlp_dim, ==, 16);
      g_assert_cmpuint (pair->b->shape.mlp_dim, ==, 32);
      g_assert_cmpuint (highest_start (pair->a), ==, 2);
    }
  g_auto (BenchResult) compared = BENCH ("--compare", csv, other);
  assert_status (&compared, 0);
  assert_contains (compared.out, "measured in the same rounds");
  remove_tree (folder);
}

/* What is printed is read again: each setup under its own shape line, repeats at the end. */
static void
test_lines (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (BenchResult) result =
      BENCH (TINY, SWEEP, "--iters", "4", "--min-sample-time", "0", "--versus",
             "--null-routing-mode take_until_null --hidden=64");
  assert_status (&result, 0);
  assert_contains (
      result.out,
      "[note] versus: --null-routing-mode take_until_null --hidden=64\nshape tokens=64 hidden=64 ");
  assert_contains (result.out, "starts=3 ");
  assert_contains (result.out, "Both were measured in the same rounds");
  g_autoptr (MoeRun) log =
      moe_formats_read_data (result.out, strlen (result.out), "output", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moe_run_get_n_records (log), ==, 4);
  for (gsize i = 0; i < 4; i++)
    g_assert_cmpuint (moe_run_get_record (log, i)->shape.hidden, ==, i < 2 ? 32 : 64);
}

/* Tables, chart and report have both. */
static void
test_outputs (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *report = g_build_filename (folder, "r.md", NULL);
  g_autofree char *chart = g_build_filename (folder, "c.svg", NULL);
  g_auto (BenchResult) result =
      BENCH (TINY, "--iters", "2", "--starts", "1", "--versus", "--seed '7'", "--table", "--report",
             report, "--chart", chart);
  assert_status (&result, 0);
  g_assert_cmpuint (count_lines (result.out, "Null mode "), ==, 2);
  g_autofree char *text = read_text (report);
  g_autofree char *drawn = read_text (chart);
  assert_contains (text, ", --seed '7'");
  assert_contains (drawn, "seed: 7");
  remove_tree (folder);
}

/* Only the ratio of the two is to settle. */
static void
test_until_settled (void)
{
  g_auto (BenchResult) result = BENCH (TINY, SWEEP, "--until-settled", "--budget", "0.2",
                                       "--precision", "0.0001", "--versus", "--seed 3");
  assert_status (&result, 0);
  assert_contains (result.err, "2 of 2 points are not known to ±0.01 % after a budget of 0.2 s");
  assert_contains (result.out, "Both were measured in the same rounds");
}

static void
test_refused (void)
{
  static const char *const changes[][3] = {
    { "--csv x", "--versus \"--csv x\": --csv ", "beside --versus" },
    { "--preset Quick", "--preset ", "beside --versus" },
    { "--iters 9", "--iters ", "the same for both" },
    { "--until-settled", "--until-settled ", "the same for both" },
    { "x.csv", "\"x.csv\" is no option", "allowed" },
    { "--tokns 3", "\"--tokns\"", "--tokens" },
    { "--tokens 'a", "quote", "--versus" },
    { "--tokens", "--tokens needs a value", "--versus" },
    { "--tokens 0", "--tokens \"0\"", "--versus" },
    { "--topk 9", "--versus \"--topk 9\": ", "9" },
    { "--topk-list 1,2", "number of curves", "second 2" },
    { "--null-route-frac-list 0,0.1", "number of null fractions", "has 1" },
    { "--accelerator abacus", "abacus", "--versus" },
  };
  static const char *const clashes[][2] = {
    { "--matrix", "modes" },
    { "--resume", "x.csv" },
    { "--dump-tensors", "/tmp" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_auto (BenchResult) result = BENCH (TINY, "--versus", changes[i][0]);
      assert_refused (&result, changes[i][1], changes[i][2]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (clashes); i++)
    {
      g_auto (BenchResult) result = BENCH ("--versus", "--tokens 8", clashes[i][0], clashes[i][1]);
      assert_refused (&result, "--versus", clashes[i][0]);
    }
  g_auto (BenchResult) files = BENCH ("--compare", "a.csv", "b.csv", "--versus", "--tokens 8");
  assert_refused (&files, "--versus", "nothing is");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/versus/files", test_files);
  g_test_add_func ("/app/bench/versus/lines", test_lines);
  g_test_add_func ("/app/bench/versus/outputs", test_outputs);
  g_test_add_func ("/app/bench/versus/until-settled", test_until_settled);
  g_test_add_func ("/app/bench/versus/refused", test_refused);
  return g_test_run ();
}

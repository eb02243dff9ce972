/* SPDX-License-Identifier: Apache-2.0 */
/* Files instead of measuring, and the report: --logbook, --report, --compare. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/app/bench-fixture.h"

static char *
shipped (const char *name)
{
  const char *data = g_getenv ("NULLCURVE_DATA_DIR");
  g_assert_nonnull (data);
  return g_build_filename (data, "reference", name, NULL);
}

static void
test_logbook_of_shipped_rows (void)
{
  const char *data = g_getenv ("NULLCURVE_DATA_DIR");
  g_assert_nonnull (data);
  g_autofree char *deltas = g_build_filename (data, "reference", "logbook-v5p-deltas.csv", NULL);
  g_autofree char *modes = g_build_filename (data, "reference", "logbook-v5p-modes.csv", NULL);
  static const char *const figures[] = {
    "+7.23 %", "+7.31 %", "+8.15 %", "+7.57 %", "+7.56 %", "| "
  };
  g_auto (BenchResult) result = BENCH ("--logbook", deltas, modes);
  assert_status (&result, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (figures); i++)
    assert_contains (result.out, figures[i]);
  g_assert_cmpuint (count_lines (result.out, "RESULT"), ==, 0);

  /* Table (b) at another top-k, at which these rows have nothing at f = 0. */
  g_auto (BenchResult) chosen = BENCH ("--logbook", "--topk", "2", deltas);
  assert_status (&chosen, 0);
  assert_contains (chosen.out, "## (b) tokens/s gain, null fraction 0.0 to 0.1, at top-2");
  g_assert_null (strstr (chosen.out, "+7.23 %"));
  g_auto (BenchResult) unused = BENCH ("--compare", "--topk", "2", deltas, deltas);
  assert_refused (&unused, "--topk", "nothing is");

  g_auto (BenchResult) missing = BENCH ("--logbook", "/no/such/file.csv");
  assert_status (&missing, 1);
  assert_contains (missing.err, "/no/such/file.csv");
  g_auto (BenchResult) needless = BENCH ("--logbook", deltas, "--csv", "x.csv");
  assert_status (&needless, 2);
  assert_contains (needless.err, "--csv");
}

static void
test_report_of_files (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *html = g_build_filename (folder, "report.html", NULL);
  g_autofree char *markdown = g_build_filename (folder, "report.md", NULL);
  g_autofree char *deltas = shipped ("logbook-v5p-deltas.csv");
  g_autofree char *modes = shipped ("logbook-v5p-modes.csv");
  g_auto (BenchResult) page = BENCH ("--report", html, deltas, modes);
  assert_status (&page, 0);
  g_assert_cmpstr (page.out, ==, "");
  assert_contains (page.err, html);
  g_autofree char *page_text = read_text (html);
  assert_contains (page_text, "<html");
  assert_contains (page_text, "logbook-v5p-modes.csv");
  g_auto (BenchResult) tables = BENCH ("--report", markdown, "--logbook", deltas);
  assert_status (&tables, 0);
  assert_contains (tables.out, "+7.23 %");
  g_autofree char *tables_text = read_text (markdown);
  g_assert_true (g_str_has_prefix (tables_text, "# "));

  g_auto (BenchResult) missing = BENCH ("--report", html, "/no/such/file.csv");
  assert_status (&missing, 1);
  assert_contains (missing.err, "/no/such/file.csv");
  remove_tree (folder);
}

static void
test_report_of_a_run (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *html = g_build_filename (folder, "report.html", NULL);
  g_auto (BenchResult) result = BENCH (TINY, "--iters", "1", "--report", html);
  assert_status (&result, 0);
  g_assert_cmpuint (count_lines (result.out, "RESULT "), ==, 1);
  assert_contains (result.err, html);
  g_autofree char *text = read_text (html);
  assert_contains (text, "Null-routed MoE block 64×32×16×");
  remove_tree (folder);
}

/* A file that cannot be written keeps the others from nothing. */
static void
test_all_that_can_be_written (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *markdown = g_build_filename (folder, "report.md", NULL);
  g_auto (BenchResult) result =
      BENCH (TINY, "--iters", "1", "--csv", "/dev/full", "--report", markdown, "--table");
  assert_status (&result, 1);
  assert_contains (result.err, "/dev/full could not be written: ");
  assert_contains (result.err, "No space left on device.");
  assert_contains (result.out, "tokens/s");
  g_autofree char *text = read_text (markdown);
  g_assert_true (g_str_has_prefix (text, "# "));
  remove_tree (folder);
}

/* A stream takes one table, not one behind the other for every point. */
static void
test_csv_to_a_stream (void)
{
  g_auto (BenchResult) result =
      BENCH (TINY, "--iters", "1", "--null-route-frac-list", "0,0.5", "--csv", "/dev/stdout");
  assert_status (&result, 0);
  g_assert_cmpuint (count_lines (result.out, "# nullcurve-csv"), ==, 1);
  g_assert_cmpuint (count_lines (result.out, "shape,topk"), ==, 1);
}

/* Two outputs of one name are one file: refused before anything is measured or replaced. */
static void
test_outputs_apart (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *chart = g_build_filename (folder, "same.png", NULL);
  g_autofree char *round = g_build_filename (folder, ".", "same.png", NULL);
  g_autofree char *input = g_build_filename (folder, "run.md", NULL);
  g_auto (BenchResult) two = BENCH (TINY, "--iters", "1", "--csv", round, "--chart", chart);
  assert_refused (&two, "--chart", "would replace");
  g_auto (BenchResult) journal = BENCH (TINY, "--iters", "1", "--csv", round, "--journal", chart);
  assert_refused (&journal, "--journal", "would replace");
  g_assert_false (g_file_test (chart, G_FILE_TEST_EXISTS));
  static const char log[] = "shape tokens=4 hidden=2 mlp_dim=3 experts=4\n"
                            "RESULT topk=2 null_target=0.000 tokens_per_s=5.0 tflops=1.0\n";
  g_assert_true (g_file_set_contents (input, log, -1, NULL));
  g_auto (BenchResult) report = BENCH ("--report", input, input);
  assert_refused (&report, "--report", "would replace");
  g_autofree char *kept = read_text (input);
  g_assert_cmpstr (kept, ==, log);
  remove_tree (folder);
}

/* What looks like an address is read all the same. */
static void
test_name_with_colons (void)
{
  static const char log[] = "shape tokens=4 hidden=2 mlp_dim=3 experts=4\n"
                            "RESULT topk=2 null_target=0.000 tokens_per_s=5.0 tflops=1.0\n";
  g_autofree char *folder = temporary_folder ();
  g_autofree char *path = g_build_filename (folder, "run-16:43:19.log", NULL);
  g_autofree char *here = g_get_current_dir ();
  g_assert_true (g_file_set_contents (path, log, -1, NULL));
  g_assert_cmpint (g_chdir (folder), ==, 0);
  g_auto (BenchResult) result = BENCH ("--logbook", "run-16:43:19.log");
  g_assert_cmpint (g_chdir (here), ==, 0);
  assert_status (&result, 0);
  remove_tree (folder);
}

static void
test_compare (void)
{
  g_autofree char *deltas = shipped ("logbook-v5p-deltas.csv");
  g_auto (BenchResult) same = BENCH ("--compare", deltas, deltas);
  assert_status (&same, 0);
  assert_contains (same.out, "A and B are equally fast");
  g_autofree char *a = g_strdup_printf ("A: logbook-v5p-deltas.csv (%s)\n", deltas);
  assert_contains (same.out, a); /* titles that are equal are told apart by their files */
  g_auto (BenchResult) three = BENCH ("--compare", deltas, deltas, deltas);
  assert_refused (&three, "--compare", "3 were named");
  g_auto (BenchResult) none = BENCH ("--compare");
  assert_refused (&none, "--compare", "0 were named");
}

/* What a file gave is told: rows read, repeated, skipped, and why. */
static void
test_load_is_told (void)
{
  static const char log[] =
      "shape tokens=4 hidden=2 mlp_dim=3 experts=4\n"
      "RESULT topk=2 null_target=0.000 tokens_per_s=5.000000 tflops=1.000000\n"
      "RESULT topk=2 null_target=x tokens_per_s=5.000000 tflops=1.000000\n"
      "RESULT_SUMMARY\n"
      "RESULT topk=2 null_target=0.000 tokens_per_s=5.000000 tflops=1.000000\n"
      "RESULT topk=2 null_tar";
  g_autofree char *folder = temporary_folder ();
  g_autofree char *path = g_build_filename (folder, "x.log", NULL);
  g_assert_true (g_file_set_contents (path, log, -1, NULL));
  g_auto (BenchResult) result = BENCH ("--logbook", path);
  assert_status (&result, 0);
  assert_contains (result.err,
                   "x.log: 1 row read; 1 repeat after RESULT_SUMMARY is left out. 2 rows "
                   "are skipped, the first for line 3: null_target");
  assert_contains (result.err, "x.log: Line 6: the last line is cut off; the row is skipped.");
  remove_tree (folder);
}

/* What only a measurement would heed is refused beside files. */
static void
test_needless (void)
{
  static const char *const cases[][2] = {
    { "--csv", "x.csv" },       { "--journal", "x" },    { "--dump-tensors", "x" },
    { "--trace-dir", "x" },     { "--resume", "x.csv" }, { "--matrix", "logbook" },
    { "--preset", "Quick" },    { "--tokens", "4" },     { "--versus", "--topk 8" },
    { "--stage-timing", NULL },
  };
  g_autofree char *deltas = shipped ("logbook-v5p-deltas.csv");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (BenchResult) result = BENCH ("--logbook", deltas, cases[i][0], cases[i][1]);
      assert_refused (&result, cases[i][0], "nothing is");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/files/logbook", test_logbook_of_shipped_rows);
  g_test_add_func ("/app/bench/files/report", test_report_of_files);
  g_test_add_func ("/app/bench/files/report-of-a-run", test_report_of_a_run);
  g_test_add_func ("/app/bench/files/all-that-can-be-written", test_all_that_can_be_written);
  g_test_add_func ("/app/bench/files/compare", test_compare);
  g_test_add_func ("/app/bench/files/name-with-colons", test_name_with_colons);
  g_test_add_func ("/app/bench/files/outputs-apart", test_outputs_apart);
  g_test_add_func ("/app/bench/files/csv-to-a-stream", test_csv_to_a_stream);
  g_test_add_func ("/app/bench/files/load-is-told", test_load_is_told);
  g_test_add_func ("/app/bench/files/needless", test_needless);
  return g_test_run ();
}

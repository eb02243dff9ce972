/* SPDX-License-Identifier: Apache-2.0 */
/* --convert: what is read, as Nullcurve CSV; nothing is lost or made up on the way. */
#include <glib/gstdio.h>
#include <string.h>

#include "engine/formats/csv.h"
#include "tests/app/bench-fixture.h"

static char *folder;
static char *csv;     /* what a run wrote at its end */
static char *journal; /* and as it went on */
static char *log_;    /* and printed */

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
measure (void)
{
  csv = in_folder ("run.csv");
  journal = in_folder ("run.journal");
  log_ = in_folder ("run.log");
  g_auto (BenchResult) result = BENCH (TINY_BLOCK, "--topk-list", "2,4", "--iters", "4", "--starts",
                                       "2", "--null-route-frac-list", "0,0.25,0.5",
                                       "--stage-timing", "--csv", csv, "--journal", journal);
  assert_status (&result, 0);
  g_assert_true (g_file_set_contents (log_, result.out, -1, NULL));
}

/* The converted file as text. */
static char *
convert (const char *file)
{
  g_auto (BenchResult) result = BENCH ("--convert", file);
  assert_status (&result, 0);
  return g_steal_pointer (&result.out);
}

/* To the byte: the journal of a run is its CSV, and a CSV is itself. */
static void
test_journal_is_csv (void)
{
  g_autofree char *written = read_text (csv);
  g_autofree char *from_journal = convert (journal);
  g_autofree char *from_csv = convert (csv);
  assert_contains (written, "\n# state: complete\n");
  g_assert_cmpstr (from_journal, ==, written);
  g_assert_cmpstr (from_csv, ==, written);
}

/* What was stopped says so, in both. */
static void
test_cut_journal (void)
{
  g_autofree char *text = read_text (journal);
  g_autofree char *cut = in_folder ("cut.journal");
  char *end = strstr (text, "\nend ");
  g_assert_nonnull (end);
  end[1] = '\0';
  g_assert_true (g_file_set_contents (cut, text, -1, NULL));
  g_autofree char *converted = convert (cut);
  assert_contains (converted, "\n# state: interrupted\n");
  g_autofree char *target = in_folder ("cut.csv");
  g_assert_true (g_file_set_contents (target, converted, -1, NULL));
  g_autofree char *again = convert (target);
  g_assert_cmpstr (again, ==, converted);
}

static char *
compare (const char *a, const char *b)
{
  g_auto (BenchResult) result = BENCH ("--compare", a, b);
  assert_status (&result, 0);
  return g_steal_pointer (&result.out);
}

/* Whatever a file is compared with, its CSV says the same. */
static void
test_compares_the_same (void)
{
  g_autofree char *published = g_build_filename (g_getenv ("NULLCURVE_DATA_DIR"), "reference",
                                                 "logbook-v5p-modes.csv", NULL);
  const char *const files[] = { log_, journal, published };
  g_autofree char *target = in_folder ("converted.csv");
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (files); k++)
      {
        g_auto (BenchResult) result = BENCH ("--convert", files[i], "--csv", target);
        assert_status (&result, 0);
        g_assert_cmpstr (result.out, ==, "");
        assert_contains (result.err, target);
        if (i == k)
          continue;
        g_autofree char *before = compare (files[i], files[k]);
        g_autofree char *after = compare (target, files[k]);
        g_assert_cmpstr (after, ==, before);
      }
}

/* Every record of a log, to the last bit. */
static void
test_log_keeps_all (void)
{
  g_autofree char *text = convert (log_);
  g_autofree char *target = in_folder ("from-log.csv");
  g_assert_true (g_file_set_contents (target, text, -1, NULL));
  g_autoptr (MoeRun) before = read_run (log_);
  g_autoptr (MoeRun) after = read_run (target);
  g_autoptr (GString) a = moe_formats_to_csv (before);
  g_autoptr (GString) b = moe_formats_to_csv (after);
  g_assert_cmpuint (moe_run_get_n_records (after), ==, 6);
  g_assert_cmpstr (a->str, ==, b->str);
}

/* What a file does not tell stays empty, and is named. */
static void
test_says_what_is_missing (void)
{
  static const char old[] = "shape,topk,null_target,tokens_per_s,tflops,colour\n"
                            "64x32x16x4,2,0,1000.5,1.25,red\n"
                            "64x32x16x4,2,0.5,1500,,red\n";
  static const char broken[] = "shape tokens=4 hidden=2 mlp_dim=3 experts=4\n"
                               "RESULT topk=2 null_target=0.000 tokens_per_s=5.0 tflops=1.0\n"
                               "RESULT topk=2 null_target=x tokens_per_s=5.0 tflops=1.0\n";
  g_autofree char *table = in_folder ("old.csv");
  g_autofree char *damaged = in_folder ("damaged.log");
  g_assert_true (g_file_set_contents (table, old, -1, NULL));
  g_assert_true (g_file_set_contents (damaged, broken, -1, NULL));
  g_auto (BenchResult) result = BENCH ("--convert", table);
  assert_status (&result, 0);
  g_assert_cmpuint (count_lines (result.out, "64x32x16x4,2,independent,0"), ==, 2);
  g_assert_cmpuint (count_lines (result.out, "# "), ==, 2); /* version and title, and no fact */
  assert_contains (result.err, "not known are left out: “colour”.");
  assert_contains (result.err, "not told of the points: samples, null_realized, ");
  assert_contains (result.err, "stage times, tflops in 1 of 2 rows.");
  assert_contains (result.err, "not told of the run: date, host, cpu,");
  g_auto (BenchResult) skips = BENCH ("--convert", damaged);
  assert_status (&skips, 0);
  assert_contains (skips.err, "1 row is skipped");
  g_auto (BenchResult) stages = BENCH ("--convert", journal);
  assert_contains (stages.err, "left out: the stage times of each sample");
  g_assert_null (strstr (stages.err, "not told of the run"));
}

/* Several at once: each its own file. */
static void
test_folder (void)
{
  g_autofree char *target = in_folder ("out");
  g_autofree char *slash = g_strconcat (target, "/", NULL);
  g_autofree char *other = in_folder ("other.log");
  g_autofree char *text = read_text (log_);
  g_assert_true (g_file_set_contents (other, text, -1, NULL));
  g_auto (BenchResult) none = BENCH ("--convert", journal, other, "--csv", slash);
  assert_refused (&none, "run.csv", "No such file or directory");
  g_assert_cmpint (g_mkdir (target, 0777), ==, 0);
  g_auto (BenchResult) result = BENCH ("--convert", "--csv", target, "--of", journal, other);
  assert_status (&result, 0);
  g_assert_cmpstr (result.out, ==, "");
  g_autofree char *first = g_build_filename (target, "run.csv", NULL);
  g_autofree char *second = g_build_filename (target, "other.csv", NULL);
  g_autofree char *written = read_text (csv);
  g_autofree char *first_text = read_text (first);
  g_autofree char *second_text = read_text (second);
  g_assert_cmpstr (first_text, ==, written);
  g_assert_cmpuint (count_lines (second_text, "64x32x16x4,"), ==, 6);

  g_auto (BenchResult) same = BENCH ("--convert", journal, log_, "--csv", target);
  assert_refused (&same, "run.log would become", "run.csv");
  g_auto (BenchResult) itself = BENCH ("--convert", csv, "--csv", folder);
  assert_refused (&itself, "run.csv", "would be replaced");
  g_auto (BenchResult) plain = BENCH ("--convert", csv, "--csv", csv);
  assert_refused (&plain, "run.csv", "would be replaced");
  g_auto (BenchResult) several = BENCH ("--convert", journal, other);
  assert_refused (&several, "2 files", "folder");
  g_auto (BenchResult) one = BENCH ("--convert", journal, other, "--csv", first);
  assert_refused (&one, "2 files", "folder");
}

static void
test_refused (void)
{
  g_auto (BenchResult) none = BENCH ("--convert");
  assert_refused (&none, "--convert needs a file", "--convert FILE");
  g_auto (BenchResult) table = BENCH ("--convert", "--table", csv);
  assert_refused (&table, "--table", "--csv");
  g_auto (BenchResult) missing = BENCH ("--convert", "/no/such.log");
  assert_status (&missing, 1);
  assert_contains (missing.err, "such.log");
  g_auto (BenchResult) measured = BENCH ("--convert", csv, "--tokens", "4");
  assert_refused (&measured, "--tokens", "nothing is");
  g_autofree char *target = in_folder ("beside.csv");
  g_auto (BenchResult) beside = BENCH ("--convert", log_, "--csv", target, "--table");
  assert_status (&beside, 0);
  g_assert_true (g_str_has_prefix (beside.out, "Null mode"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  folder = temporary_folder ();
  measure ();
  g_test_add_func ("/app/bench/convert/journal-is-csv", test_journal_is_csv);
  g_test_add_func ("/app/bench/convert/cut-journal", test_cut_journal);
  g_test_add_func ("/app/bench/convert/compares-the-same", test_compares_the_same);
  g_test_add_func ("/app/bench/convert/log-keeps-all", test_log_keeps_all);
  g_test_add_func ("/app/bench/convert/says-what-is-missing", test_says_what_is_missing);
  g_test_add_func ("/app/bench/convert/folder", test_folder);
  g_test_add_func ("/app/bench/convert/refused", test_refused);
  int status = g_test_run ();
  remove_tree (folder);
  return status;
}

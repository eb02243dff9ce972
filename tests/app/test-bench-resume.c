/* SPDX-License-Identifier: Apache-2.0 */
/* --resume: what is there is carried over with its samples, what is missing is measured. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/formats/formats.h"
#include "engine/formats/journal.h"
#include "engine/host/environment.h"
#include "tests/app/bench-fixture.h"

#define SWEEP "--null-route-frac-list", "0,0.5"

/* Two points of top-2 in `path`, three samples each. */
static void
measure_two (const char *path)
{
  g_auto (BenchResult) result = BENCH (TINY, SWEEP, "--iters", "3", "--csv", path);
  assert_status (&result, 0);
}

static const MoeRecord *
find (const MoeRun *run, gint64 topk, double fraction)
{
  const MoeRecord *found = NULL;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (record->topk == topk && record->null_target == fraction)
        {
          g_assert_null (found);
          found = record;
        }
    }
  g_assert_nonnull (found);
  return found;
}

static gboolean
same_samples (const MoeRecord *a, const MoeRecord *b)
{
  return a->n_samples == b->n_samples
         && memcmp (a->samples_s, b->samples_s, a->n_samples * sizeof (double)) == 0;
}

/* The natural use: the same file is read and written, and need not be there at first. */
static void
test_same_file (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_auto (BenchResult) first = BENCH (TINY, SWEEP, "--iters", "3", "--csv", csv, "--resume", csv);
  assert_status (&first, 0);
  g_autoptr (MoeRun) before = read_run (csv);
  g_assert_null (moe_run_get_fact (before, "resumed"));

  g_auto (BenchResult) second = BENCH (TINY_BLOCK, "--topk-list", "2,4", SWEEP, "--iters", "3",
                                       "--csv", csv, "--resume", csv);
  assert_status (&second, 0);
  assert_contains (second.out, "[note] 2 of 4 points are carried over from ");
  assert_contains (second.err, "Forecast: 2 points");
  g_autoptr (MoeRun) after = read_run (csv);
  g_assert_cmpuint (moe_run_get_n_records (after), ==, 4);
  assert_contains (moe_run_get_fact (after, "resumed"), "2 of 4 points were carried over from ");
  for (gsize i = 0; i < 2; i++)
    {
      double fraction = i == 0 ? 0.0 : 0.5;
      g_assert_true (same_samples (find (before, 2, fraction), find (after, 2, fraction)));
      g_assert_cmpuint (find (after, 4, fraction)->n_samples, >=, 3);
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) log =
      moe_formats_read_data (second.out, strlen (second.out), "output", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moe_run_get_n_records (log), ==, 4);

  /* And once more there is nothing left to do, and the file stays as it is. */
  g_autofree char *text = read_text (csv);
  g_auto (BenchResult) third = BENCH (TINY_BLOCK, "--topk-list", "2,4", SWEEP, "--iters", "3",
                                      "--csv", csv, "--resume", csv);
  assert_status (&third, 0);
  assert_contains (third.err, "Nothing is left to measure.");
  g_autofree char *again = read_text (csv);
  g_assert_cmpstr (text, ==, again);
  remove_tree (folder);
}

/* Sizes that were not there are measured, the others are kept; a RESULT line, which tells none, has
 * the right ones of the shape line above it. */
static void
resume_along (const char *list, const char *before, const char *now, const MoeShape shapes[3])
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (BenchResult) first =
      BENCH (TINY_BLOCK, list, before, SWEEP, "--iters", "3", "--csv", csv);
  assert_status (&first, 0);
  g_auto (BenchResult) second =
      BENCH (TINY_BLOCK, list, now, SWEEP, "--iters", "3", "--csv", csv, "--resume", csv);
  assert_status (&second, 0);
  assert_contains (second.out, "[note] 4 of 6 points are carried over from ");
  assert_contains (second.err, "Forecast: 2 points");
  g_autoptr (MoeRun) all = read_run (csv);
  g_autoptr (MoeRun) log =
      moe_formats_read_data (second.out, strlen (second.out), "output", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moe_run_get_n_records (all), ==, 6);
  g_assert_cmpuint (moe_run_get_n_records (log), ==, 6);
  for (gsize i = 0; i < 6; i++)
    {
      const MoeRecord *record = moe_run_get_record (all, i), *told = moe_run_get_record (log, i);
      g_assert_cmpuint (record->shape.tokens, ==, shapes[i / 2].tokens);
      g_assert_cmpuint (record->shape.experts, ==, shapes[i / 2].experts);
      g_assert_true (moe_shape_equal (&record->shape, &told->shape));
      g_assert_cmpfloat (record->null_target, ==, told->null_target);
    }
  remove_tree (folder);
}

static void
test_batches (void)
{
  const MoeShape shapes[] = { { .tokens = 1, .experts = 4 },
                              { .tokens = 8, .experts = 4 },
                              { .tokens = 2, .experts = 4 } };
  resume_along ("--tokens-list", "1,8", "1,8,2", shapes);
}

static void
test_expert_counts (void)
{
  const MoeShape shapes[] = { { .tokens = 64, .experts = 4 },
                              { .tokens = 64, .experts = 16 },
                              { .tokens = 64, .experts = 8 } };
  resume_along ("--experts-list", "4,16", "4,16,8", shapes);
}

/* A group with a point that lacks samples is measured again, the others are not. */
static void
test_whole_groups (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *out = g_build_filename (folder, "out.csv", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (BenchResult) first =
      BENCH (TINY_BLOCK, "--topk-list", "2,4", SWEEP, "--iters", "3", "--csv", csv);
  assert_status (&first, 0);
  g_autoptr (MoeRun) before = read_run (csv);
  for (gsize i = 0; i < 4; i++)
    {
      MoeRecord record = *moe_run_get_record (before, i);
      if (record.topk != 4 || record.null_target != 0.5)
        continue;
      record.n_samples = 2;
      moe_run_replace (before, i, &record);
    }
  g_autoptr (GFile) file = g_file_new_for_path (csv);
  g_assert_true (moe_formats_write_csv (before, file, &error));

  g_auto (BenchResult) second = BENCH (TINY_BLOCK, "--topk-list", "2,4", SWEEP, "--iters", "3",
                                       "--resume", csv, "--csv", out);
  assert_status (&second, 0);
  assert_contains (second.out, "[note] 2 of 4 points are carried over");
  g_autoptr (MoeRun) after = read_run (out);
  g_assert_cmpuint (moe_run_get_n_records (after), ==, 4);
  g_assert_true (same_samples (find (before, 2, 0.5), find (after, 2, 0.5)));
  g_assert_false (same_samples (find (before, 4, 0.0), find (after, 4, 0.0)));
  g_assert_cmpuint (find (after, 4, 0.5)->n_samples, >=, 3);
  remove_tree (folder);
}

/* Points that the command does not ask for are not thrown away. */
static void
test_others_stay (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  measure_two (csv);
  g_autoptr (MoeRun) before = read_run (csv);
  g_auto (BenchResult) other =
      BENCH (TINY_BLOCK, "--topk", "4", "--iters", "3", "--csv", csv, "--resume", csv);
  assert_status (&other, 0);
  assert_contains (other.err, "belong to no sweep of this command; they are kept");
  g_autoptr (MoeRun) after = read_run (csv);
  g_assert_cmpuint (moe_run_get_n_records (after), ==, 3);
  g_assert_true (same_samples (find (before, 2, 0.5), find (after, 2, 0.5)));
  g_assert_cmpuint (find (after, 4, 0.0)->n_samples, >=, 3);
  remove_tree (folder);
}

static void
set_fact_in (const char *path, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MoeRun) run = read_run (path);
  moe_run_set_fact (run, key, value);
  g_assert_true (moe_formats_write_csv (run, file, &error));
}

static void
test_refused (void)
{
  static const char *const options[][3] = {
    { "--seed", "7", "--seed 0, and now it is 7" },
    { "--warmup", "2", "--warmup 1, and now it is 2" },
    { "--threads", "1", "with threads 2, and this is 1" },
    { "--null-experts", "3", "--null-experts 0, and now it is 3" },
    { "--accelerator", "openblas", "with accelerator abacus, and this is openblas" },
  };
  static const char *const facts[][2] = { { "cpu", "Z80" }, { "dtype", "float16" } };
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *skewed = g_build_filename (folder, "skewed.csv", NULL);
  g_autofree char *log = g_build_filename (folder, "x.log", NULL);
  measure_two (csv);
  g_auto (BenchResult) zipf =
      BENCH (TINY, "--distribution", "zipf", "--iters", "2", "--csv", skewed);
  assert_status (&zipf, 0);
  g_auto (BenchResult) steeper = BENCH (TINY, "--distribution", "zipf", "--iters", "2", "--resume",
                                        skewed, "--zipf-exponent", "1.5");
  assert_refused (&steeper, skewed, "--zipf-exponent 1, and now it is 1.5");
  g_auto (BenchResult) idle = BENCH (TINY, "--distribution", "zipf", "--iters", "2", "--resume",
                                     skewed, "--hot-experts", "3");
  assert_contains (idle.out, "1 of 1 points are carried over");
  set_fact_in (csv, "accelerator", "abacus");
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_auto (BenchResult) result = BENCH (TINY, "--resume", csv, options[i][0], options[i][1]);
      assert_refused (&result, csv, options[i][2]);
    }
  g_auto (BenchResult) unknown = BENCH (TINY, "--resume", csv);
  assert_contains (unknown.err, "abacus");
  g_assert_cmpint (unknown.status, !=, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      set_fact_in (csv, facts[i][0], facts[i][1]);
      g_auto (BenchResult) result = BENCH (TINY, "--resume", csv);
      assert_refused (&result, facts[i][0], facts[i][1]);
      set_fact_in (csv, facts[i][0], i == 0 ? moe_environment_cpu () : "float32");
    }
  set_fact_in (csv, "ranks", "4");
  g_auto (BenchResult) ranked = BENCH (TINY, "--resume", csv);
  assert_refused (&ranked, "on 4 ranks", "here is 1");

  g_auto (BenchResult) absent = BENCH (TINY, "--resume", "/no/such.csv", "--csv", csv);
  assert_refused (&absent, "--resume /no/such.csv", "could not be read");
  g_auto (BenchResult) printed = BENCH (TINY, "--iters", "1");
  g_assert_true (g_file_set_contents (log, printed.out, -1, NULL));
  g_auto (BenchResult) no_samples = BENCH (TINY, "--resume", log);
  assert_refused (&no_samples, log, "no samples");
  remove_tree (folder);
}

/* The journal of a window's run is taken as well as a CSV. */
static void
test_journal (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *path = g_build_filename (folder, "points.run", NULL);
  g_autoptr (GError) error = NULL;
  measure_two (csv);
  g_autoptr (MoeRun) run = read_run (csv);
  MoeJournal *journal = moe_journal_create (path, run, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_true (moe_journal_add_point (journal, i, record, &error));
      for (gsize s = 0; s < record->n_samples; s++)
        g_assert_true (
            moe_journal_add_sample (journal, i, record->samples_s[s], 1, NULL, NULL, &error));
    }
  moe_journal_close (journal, "stopped");
  g_auto (BenchResult) result = BENCH (TINY, SWEEP, "--iters", "3", "--resume", path);
  assert_status (&result, 0);
  assert_contains (result.err, "Nothing is left to measure.");
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/resume/same-file", test_same_file);
  g_test_add_func ("/app/bench/resume/batches", test_batches);
  g_test_add_func ("/app/bench/resume/expert-counts", test_expert_counts);
  g_test_add_func ("/app/bench/resume/whole-groups", test_whole_groups);
  g_test_add_func ("/app/bench/resume/others-stay", test_others_stay);
  g_test_add_func ("/app/bench/resume/refused", test_refused);
  g_test_add_func ("/app/bench/resume/journal", test_journal);
  return g_test_run ();
}

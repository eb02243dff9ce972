/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>

#include "engine/formats/formats.h"
#include "engine/formats/journal-head.h"
#include "engine/formats/journal.h"
#include "engine/records/axes.h"
#include "engine/records/record.h"
#include "engine/records/run-noise.h"
#include "engine/records/run.h"
#include "engine/text/intern.h"
#include "tests/records/support.h"

/* Write the test run's points and samples as they would come; NULL leaves the journal without an
 * end.  Returns its text. */
static char *
write_journal (const char *state, gboolean stages)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) run = test_run_new ();
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  MoeJournal *journal = moe_journal_create (path, run, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < 2; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      MoeStageTimes times;
      memcpy (times.time_s, record->stage_s, sizeof times.time_s);
      times.time_s[MOE_STAGE_WAIT] = NAN; /* not measured */
      g_assert_true (moe_journal_add_point (journal, i, record, &error));
      for (gsize j = 0; j < record->n_samples; j++)
        g_assert_true (moe_journal_add_sample (journal, i, record->samples_s[j], i == 1 ? 7 : 0,
                                               stages ? &times : NULL, NULL, &error));
      g_assert_no_error (error);

      /* Every event is in the file as soon as it was told. */
      g_autofree char *so_far = NULL;
      g_assert_true (g_file_get_contents (path, &so_far, NULL, NULL));
      g_assert_true (g_str_has_suffix (so_far, "\n"));
      g_autofree char *point = g_strdup_printf ("\npoint %" G_GSIZE_FORMAT " 4096x512", i);
      g_assert_nonnull (strstr (so_far, point));
    }
  moe_journal_close (journal, state);
  char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_no_error (error);
  test_folder_remove (folder);
  return text;
}

static void
assert_same_records (const MoeRun *a, const MoeRun *b)
{
  g_assert_cmpuint (moe_run_get_n_records (a), ==, moe_run_get_n_records (b));
  for (gsize i = 0; i < moe_run_get_n_records (a); i++)
    {
      const MoeRecord *x = moe_run_get_record (a, i), *y = moe_run_get_record (b, i);
      g_assert_true (moe_record_same_curve (x, y));
      g_assert_cmpmem (x->samples_s, x->n_samples * sizeof (double), y->samples_s,
                       y->n_samples * sizeof (double));
      g_assert_cmpfloat (x->tokens_per_s, ==, y->tokens_per_s);
      g_assert_cmpfloat (x->tflops, ==, y->tflops);
      g_assert_cmpint (y->steps, ==, i == 1 ? 7 : -1);
    }
}

static void
test_complete (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  g_autofree char *text = write_journal ("complete", TRUE);
  g_autoptr (MoeRun) back = test_read (text, "run.journal");
  assert_same_records (run, back);
  g_assert_cmpint (moe_run_get_format (back), ==, MOE_RUN_FORMAT_JOURNAL);
  g_assert_cmpstr (moe_run_get_title (back), ==, "A measured run");
  g_assert_cmpstr (moe_run_get_fact (back, "host"), ==, "bench-1");
  g_assert_cmpstr (moe_run_get_fact (back, "state"), ==, "complete");
  g_assert_null (moe_run_get_summary (back)->notes);
  const MoeRecord *record = moe_run_get_record (back, 1);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_UP], ==, 0.003);
  g_assert_cmpfloat (record->max_relative_error, ==, 3.1e-7);
}

static void
test_stopped_without_stages (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  g_autofree char *text = write_journal ("stopped", FALSE);
  g_autoptr (MoeRun) back = test_read (text, "run.journal");
  assert_same_records (run, back);
  g_assert_cmpstr (moe_run_get_fact (back, "state"), ==, "stopped");
}

static void
test_interrupted (void)
{
  g_autofree char *text = write_journal (NULL, TRUE);
  g_autoptr (MoeRun) back = test_read (text, "run.journal");
  g_assert_cmpstr (moe_run_get_fact (back, "state"), ==, "interrupted");
  g_assert_cmpstr (moe_run_get_summary (back)->notes, ==,
                   "The run was interrupted; the samples up to then are complete.");
  g_assert_cmpuint (moe_run_get_record (back, 1)->n_samples, ==, 3);
}

static gsize
count_samples (const MoeRun *run)
{
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

/* Complete lines "sample ..." in the first bytes of a journal. */
static gsize
count_sample_lines (const char *text, gsize length)
{
  gsize n = 0;
  for (const char *line = text, *end; (end = memchr (line, '\n', length - (gsize)(line - text)));
       line = end + 1)
    n += g_str_has_prefix (line, "sample ");
  return n;
}

/* A crash after every single byte loses at most the line in progress. */
static void
test_cut_anywhere (void)
{
  g_autofree char *text = write_journal ("complete", TRUE);
  gsize first = (gsize)(strstr (text, "point 1") - text), whole = strlen (text);
  for (gsize length = first; length < whole; length++)
    {
      g_autoptr (MoeRun) run = test_read_n (text, length, "run.journal");
      g_assert_cmpuint (count_samples (run), ==, count_sample_lines (text, length));
      g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "interrupted");
      gboolean torn = text[length - 1] != '\n';
      g_assert_cmpuint (moe_run_get_summary (run)->rows_skipped, ==, torn ? 1 : 0);
      g_assert_cmpint (strstr (moe_run_get_summary (run)->notes, "cut off in this line") != NULL,
                       ==, torn);
    }
}

static void
test_torn_ends (void)
{
  g_autofree char *text = write_journal (NULL, TRUE);
  g_autoptr (GString) zeros = g_string_new (text);
  g_string_append_len (zeros, "\0\0\0\0\0\0\0\0", 8);
  g_autoptr (MoeRun) run = test_read_n (zeros->str, zeros->len, "run.journal");
  g_assert_cmpuint (count_samples (run), ==, 6);

  g_autofree char *half = g_strconcat (text, "sample 0 \xe2\x80", NULL);
  g_autoptr (MoeRun) other = test_read (half, "run.journal");
  g_assert_cmpuint (count_samples (other), ==, 6);
}

static void
test_faulty_lines_are_skipped (void)
{
  static const char *const lines[] = {
    "sample 7 0.1",
    "sample 0 nan",
    "sample 0 0",
    "sample x 0.1",
    "sample 0 0.1 1;2x",
    "sample 0",
    "sample 0 0.1 -1",
    "nonsense",
    "sample 0 0.1  0",
    "sample 0 0.1  x",
    "sample 0 0.1  2 3",
    "sample 0 0.1 1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;-1",
    "point 0 1x2x3x4",
    "point 9 1x2x3x4",
    "point 18446744073709551615 ",
    "check 0 x 1",
    "check 7 1 1",
    "check 0 1 -1",
    "check 0 1 1 1",
    "sample 0 0.1  2 0;0;;;;",
    "sample 0 0.1  2 0;0;;;;;;;",
    "sample 0 0.1  2 0;-1;;;;;",
    "sample 0 0.1  2 ;0;;;;;",
    "sample 0 0.1  2 0;0;-1;;;;",
    "sample 0 0.1  2 0;0;;;;1.5;"
  };
  g_autofree char *text = write_journal (NULL, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *more = g_strconcat (text, lines[i], "\nsample 0 0.25\nend complete\n", NULL);
      g_autoptr (MoeRun) run = test_read (more, "run.journal");
      g_test_message ("%s", lines[i]);
      g_assert_cmpuint (count_samples (run), ==, 7);
      g_assert_cmpuint (moe_run_get_summary (run)->rows_skipped, ==, 1);
      g_assert_nonnull (moe_run_get_summary (run)->notes);
    }
}

static void
test_hostile_texts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "a\nsample 0 1\n");
  g_autoptr (MoeRun) measured = test_run_new ();
  MoeRecord record = *moe_run_get_record (measured, 0);
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  moe_run_set_fact (run, "com\nmand:", "x\r\ny");
  record.samples_s = NULL;
  record.n_samples = 0;
  record.choice[MOE_CHOICE_IMPL] = moe_text_intern ("a\nb,\"c\\n\r");
  MoeJournal *journal = moe_journal_create (path, run, &error);
  g_assert_no_error (error);
  g_assert_true (moe_journal_add_point (journal, 5, &record, &error));
  g_assert_true (moe_journal_add_sample (journal, 5, 0.5, 1, NULL, NULL, &error));
  moe_journal_close (journal, "complete");

  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MoeRun) back = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (moe_run_get_title (back), ==, "a sample 0 1 ");
  g_assert_cmpstr (moe_run_get_fact (back, "com mand:"), ==, "x  y");
  g_assert_cmpstr (moe_run_get_record (back, 0)->choice[MOE_CHOICE_IMPL], ==, "a b,\"c\\n ");
  g_assert_cmpuint (moe_run_get_record (back, 0)->n_samples, ==, 1);
  test_folder_remove (folder);
}

static MoeRun *
read_back (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MoeRun *run = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  return run;
}

/* The first files that told how samples were taken did not tell how busy others were. */
static void
test_taken_without_others (void)
{
  g_autofree char *text = write_journal (NULL, TRUE);
  g_autofree char *more =
      g_strconcat (text, "sample 0 0.1  2 2;9;0.09;0.5;0;3;0.01\nend complete\n", NULL);
  g_autoptr (MoeRun) run = test_read (more, "run.journal");
  const MoeRecord *point = moe_run_get_record (run, 0);
  const MoeTaken *taken = &point->taken[point->n_samples - 1];
  g_assert_null (moe_run_get_summary (run)->notes);
  g_assert_cmpuint (taken->start, ==, 2);
  g_assert_cmpfloat (taken->anchor_s, ==, 0.01);
  g_assert_true (isnan (taken->others));
}

/* What a sample tells of how it was taken, what is missing of it, and the checks of its point. */
static void
test_taken_and_checks (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) run = test_run_new ();
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  MoeJournal *journal = moe_journal_create (path, run, &error);
  const MoeTaken told = { 1, 4294967295, 0.25, 0.5, 0.001, 12, 0.0101, 1.5 };
  const MoeTaken unknown = moe_taken_unknown ();
  MoeRecord record = *moe_run_get_record (run, 0);
  record.loss = NAN;
  g_assert_true (moe_journal_add_point (journal, 3, &record, NULL));
  g_assert_true (moe_journal_add_check (journal, 3, NAN, 2e-6, NULL));
  g_assert_true (moe_journal_add_sample (journal, 3, 0.5, 7, NULL, &told, NULL));
  g_assert_true (moe_journal_add_check (journal, 3, -1.25, NAN, NULL));
  g_assert_true (moe_journal_add_sample (journal, 3, 0.5, 0, NULL, &unknown, NULL));
  moe_journal_close (journal, "complete");

  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\ncheck 3  2e-06\n"
                                  "sample 3 0.5  7 1;4294967295;0.25;0.5;0.001;12;0.0101;1.5\n"
                                  "check 3 -1.25 \nsample 3 0.5   0;0;;;;;;\n"));
  g_autoptr (MoeRun) back = read_back (path);
  const MoeRecord *point = moe_run_get_record (back, 0);
  g_assert_null (moe_run_get_summary (back)->notes);
  g_assert_cmpmem (&point->taken[0], sizeof told, &told, sizeof told);
  g_assert_true (isnan (point->taken[1].share) && point->taken[1].switches == -1);
  g_assert_cmpfloat (point->loss, ==, -1.25);
  g_assert_cmpfloat (point->max_relative_error, ==, 2e-6);
  g_assert_cmpint (point->steps, ==, 7);

  /* Begun again: what was found out of the old samples goes with them. */
  journal = moe_journal_reopen (path, &error);
  g_assert_true (moe_journal_add_point (journal, 3, &record, NULL));
  g_assert_true (moe_journal_add_sample (journal, 3, 0.75, 7, NULL, NULL, NULL));
  moe_journal_close (journal, "complete");
  g_autoptr (MoeRun) again = read_back (path);
  point = moe_run_get_record (again, 0);
  g_assert_null (point->taken);
  g_assert_true (isnan (point->loss) && isnan (point->max_relative_error));
  test_folder_remove (folder);
}

/* What disturbed the run and what was said of it come after its end. */
static void
test_noise (void)
{
  const char *const sentences[] = { "One: a.", "Two\nb." };
  g_autoptr (MoeRun) run = test_run_new ();
  g_autofree char *text = write_journal ("complete", TRUE);
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  MoeNoise noise = { .others_busy = 1.5, .others_waiting = NAN, .stolen = NAN, .throttlings = 2 };
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  moe_run_set_noise (run, &noise);
  moe_run_set_warnings (run, sentences, 2);
  MoeJournal *journal = moe_journal_reopen (path, NULL);
  g_assert_true (moe_journal_add_noise (journal, run, NULL));
  moe_journal_close (journal, NULL);

  g_autoptr (MoeRun) back = read_back (path);
  g_assert_true (moe_run_get_noise (back, &noise));
  g_assert_cmpfloat (noise.others_busy, ==, 1.5);
  g_assert_cmpint (noise.throttlings, ==, 2);
  g_assert_cmpstr (moe_run_get_fact (back, "warning 2"), ==, "Two b.");
  g_assert_cmpstr (moe_run_get_fact (back, "state"), ==, "complete");
  test_folder_remove (folder);
}

/* Two points of three samples, whose stages take 1 ms, 2 ms, ... in the order of their columns. */
static void
check_released (const MoeRun *run, gsize n_records)
{
  g_assert_null (moe_run_get_summary (run)->notes);
  g_assert_cmpuint (moe_run_get_summary (run)->rows_skipped, ==, 0);
  g_assert_cmpuint (moe_run_get_n_records (run), ==, n_records);
  for (gsize i = 0; i < 2; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_cmpuint (record->n_samples, ==, 3);
      g_assert_cmpfloat (record->null_target, ==, 0.5 * (double)i);
      g_assert_cmpfloat (record->tokens_per_s, ==, 4096 / (i == 0 ? 0.125 : 0.0625));
      g_assert_cmpstr (record->choice[MOE_CHOICE_DISTRIBUTION], ==, "random");
      g_assert_cmpstr (record->choice[MOE_CHOICE_NULL_DISPATCH], ==, "compact");
      g_assert_cmpfloat (record->stage_s[MOE_STAGE_GATHER], ==, 0.002);
      g_assert_cmpfloat (record->stage_s[MOE_STAGE_GATHER_BWD], ==, 0.013);
      g_assert_true (isnan (record->stage_s[MOE_STAGE_WAIT]));
    }
}

/* What this version appends has its own columns, stages and words, and comes back as it was. */
static void
go_on (const char *path, const MoeRun *before)
{
  const MoeTaken taken = { .cpu_s = 0.125, .share = 1, .anchor_s = 0.01, .others = 0.5 };
  MoeStageTimes stages = { .time_s = { [MOE_STAGE_COMM] = 0.25, [MOE_STAGE_WAIT] = 0.003 } };
  MoeRecord record = *moe_run_get_record (before, 1);
  MoeJournal *journal = moe_journal_reopen (path, NULL);
  record.choice[MOE_CHOICE_IMPL] = moe_text_intern ("scatter");
  record.balance.p50 = 273.5;
  g_assert_true (moe_journal_add_point (journal, 2, &record, NULL));
  g_assert_true (moe_journal_add_sample (journal, 2, 0.125, 1, &stages, &taken, NULL));
  moe_journal_close (journal, "complete");

  g_autoptr (MoeRun) after = read_back (path);
  const MoeRecord *added = moe_run_get_record (after, 2);
  check_released (after, 3);
  g_assert_cmpstr (moe_run_get_fact (after, "state"), ==, "complete");
  g_assert_cmpstr (added->choice[MOE_CHOICE_IMPL], ==, "scatter");
  g_assert_cmpfloat (added->balance.p50, ==, 273.5);
  g_assert_cmpuint (added->n_samples, ==, 1);
  g_assert_cmpfloat (added->taken[0].others, ==, 0.5);
  g_assert_cmpfloat (added->stage_s[MOE_STAGE_COMM], ==, 0.25);
  g_assert_cmpfloat (added->stage_s[MOE_STAGE_WAIT], ==, 0.003);
}

/* A point of the file begins again: what it had does not count, whatever columns it had. */
static void
begin_again (const char *path, const MoeRun *before)
{
  MoeStageTimes stages = { .time_s = { [MOE_STAGE_COMM] = 0.5 } };
  MoeJournal *journal = moe_journal_reopen (path, NULL);
  g_assert_true (moe_journal_add_point (journal, 1, moe_run_get_record (before, 1), NULL));
  g_assert_true (moe_journal_add_sample (journal, 1, 0.25, 1, &stages, NULL, NULL));
  moe_journal_close (journal, "complete");
  g_autoptr (MoeRun) after = read_back (path);
  const MoeRecord *record = moe_run_get_record (after, 1);
  g_assert_cmpuint (record->n_samples, ==, 1);
  g_assert_cmpfloat (record->tokens_per_s, ==, 4096 / 0.25);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_COMM], ==, 0.5);
}

static void
check_head (const char *path, gsize n_points, gsize n_samples, const char *state)
{
  MoeJournalHead head;
  g_assert_true (moe_journal_read_head (path, &head, NULL));
  g_assert_cmpuint (head.n_points, ==, n_points);
  g_assert_cmpuint (head.n_complete, ==, 2);
  g_assert_cmpuint (head.n_samples, ==, n_samples);
  g_assert_cmpstr (moe_run_get_fact (head.run, "state"), ==, state);
  moe_journal_head_clear (&head);
}

static void
check_format (const char *released)
{
  g_autofree char *text = NULL;
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  g_test_message ("%s", released);
  g_assert_true (g_file_get_contents (released, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_autoptr (MoeRun) run = read_back (path);
  check_released (run, 2);
  check_head (path, 2, 6, "stopped");

  MoeJournal *journal = moe_journal_reopen (path, NULL);
  g_assert_true (moe_journal_set_fact (journal, "title", "Renamed", NULL));
  moe_journal_close (journal, NULL);
  g_autoptr (MoeRun) renamed = read_back (path);
  check_released (renamed, 2);
  g_assert_cmpstr (moe_run_get_title (renamed), ==, "Renamed");
  g_assert_cmpstr (moe_run_get_fact (renamed, "state"), ==, "stopped");

  go_on (path, run);
  check_head (path, 3, 7, "complete");
  begin_again (path, run);
  test_folder_remove (folder);
}

/* Files of every format that there was are read, renamed, and gone on with. */
static void
test_released_formats (void)
{
  g_autofree char *fixtures = g_test_build_filename (G_TEST_DIST, "fixtures", NULL);
  g_autoptr (GDir) dir = g_dir_open (fixtures, 0, NULL);
  const char *name;
  gsize n = 0;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "run-of-"))
      {
        g_autofree char *path = g_build_filename (fixtures, name, NULL);
        check_format (path);
        n++;
      }
  g_assert_cmpuint (n, >=, 8);
}

/* What follows new columns has them; what came before keeps its own. */
static void
test_other_columns (void)
{
  g_autoptr (MoeRun) run = test_read ("# nullcurve-journal: 1\n"
                                      "columns shape,topk,null_target,stage_pack_s,stage_comm_s\n"
                                      "point 0 1x2x3x4,5,0,,\n"
                                      "sample 0 0.5 0.1;0.2\n"
                                      "columns topk,shape,stage_comm_s,null_target,novelty\n"
                                      "point 1 5,1x2x3x4,,0.5,?\n"
                                      "sample 1 0.25 0.3\n"
                                      "point 2 1x2x3x4,5,0,,\n"
                                      "end complete\n",
                                      "other.journal");
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 2);
  g_assert_cmpuint (moe_run_get_summary (run)->rows_skipped, ==, 1);
  g_assert_cmpfloat (moe_run_get_record (run, 0)->stage_s[MOE_STAGE_COMM], ==, 0.2);
  g_assert_cmpfloat (moe_run_get_record (run, 1)->stage_s[MOE_STAGE_COMM], ==, 0.3);
  g_assert_true (isnan (moe_run_get_record (run, 1)->stage_s[MOE_STAGE_PACK]));
}

/* Written before there were stages of shared experts and of communication. */
static void
test_older_stages (void)
{
  g_autoptr (MoeRun) run = test_read (
      "# nullcurve-journal: 1\n"
      "columns shape,topk,null_target,pass,stage_pack_s,stage_novelty_s,stage_wait_s,stage_comm_s\n"
      "point 0 1x2x3x4,5,0,forward,,,,\n"
      "sample 0 0.5 0.1;0.2;0.3;0.4\n"
      "sample 0 0.5 0.1;0.2;0.3;x\n",
      "x");
  const MoeRecord *record = moe_run_get_record (run, 0);
  test_assert_summary (run, 1, 0, 1);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_PACK], ==, 0.1);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_WAIT], ==, 0.3);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_COMM], ==, 0.4);
  g_assert_true (isnan (record->stage_s[MOE_STAGE_GATHER]));
  g_autofree char *told = moe_run_describe_load (run);
  g_assert_cmpstr (told, ==,
                   "1 point read. 1 line is skipped: line 5: the sample's stage times "
                   "cannot be read.");
}

static void
test_comm_bytes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 0);
  MoeStageTimes stages = { .time_s = { 0.25 }, .comm_bytes = 4.5e6 };
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  record.choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern ("ep");
  record.ep_size = 4;
  MoeJournal *journal = moe_journal_create (path, run, &error);
  g_assert_true (moe_journal_add_point (journal, 0, &record, &error));
  g_assert_true (moe_journal_add_sample (journal, 0, 0.5, 2, &stages, NULL, &error));
  moe_journal_close (journal, "complete");
  g_autoptr (MoeRun) back = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (moe_run_get_record (back, 0)->comm_bytes, ==, 4.5e6);
  g_assert_cmpint (moe_run_get_record (back, 0)->ep_size, ==, 4);
  g_assert_cmpint (moe_run_get_record (back, 0)->steps, ==, 2);
  g_assert_cmpfloat (moe_run_get_record (back, 0)->stage_s[0], ==, 0.25);
  test_folder_remove (folder);
}

static void
test_create_fails (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) run = test_run_new ();
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  g_autofree char *deep = g_build_filename (folder, "no", "run.journal", NULL);
  MoeJournal *journal = moe_journal_create (path, run, &error);
  g_assert_nonnull (journal);
  moe_journal_close (journal, "complete");
  g_assert_null (moe_journal_create (path, run, &error)); /* nothing is overwritten */
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_clear_error (&error);
  g_assert_null (moe_journal_create (deep, run, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "could not be created"));
  moe_journal_close (NULL, "complete");
  test_folder_remove (folder);
}

static void
test_before_the_first_point (void)
{
  g_autofree char *text = write_journal (NULL, TRUE);
  *strstr (text, "point 0") = '\0';
  g_autofree char *message = test_read_error (text, "run.journal", MOE_FORMATS_ERROR_EMPTY);
  g_assert_cmpstr (message, ==, "run.journal, line 5: the run file ends before its first point.");
}

/* A journal of two points in a folder of its own: one with both samples, one with none, cut off. */
static char *
write_torn (char **folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) run = test_run_new ();
  *folder = test_folder_new ();
  char *path = g_build_filename (*folder, "torn.journal", NULL);
  MoeJournal *journal = moe_journal_create (path, run, &error);
  g_assert_no_error (error);
  g_assert_true (moe_journal_is_busy (path));
  for (gsize i = 0; i < 2; i++)
    g_assert_true (moe_journal_add_point (journal, i, moe_run_get_record (run, i), NULL));
  g_assert_true (moe_journal_add_sample (journal, 0, 0.25, 1, NULL, NULL, NULL));
  g_assert_true (moe_journal_add_sample (journal, 1, 0.5, 1, NULL, NULL, NULL));
  g_assert_null (moe_journal_reopen (path, NULL)); /* somebody writes it */
  moe_journal_close (journal, NULL);
  g_assert_false (moe_journal_is_busy (path));
  FILE *file = fopen (path, "a");
  fputs ("sample 1 0.1", file);
  fclose (file);
  return path;
}

/* What is missing is measured into the same file: a point that has samples begins again. */
static void
test_reopen (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = NULL;
  g_autofree char *path = write_torn (&folder);
  g_autoptr (MoeRun) expected = test_run_new ();
  MoeJournal *journal = moe_journal_reopen (path, &error);
  g_assert_no_error (error);
  g_assert_true (moe_journal_add_point (journal, 1, moe_run_get_record (expected, 1), NULL));
  g_assert_true (moe_journal_add_point (journal, 2, moe_run_get_record (expected, 1), NULL));
  g_assert_true (moe_journal_add_sample (journal, 1, 0.75, 3, NULL, NULL, NULL));
  g_assert_true (moe_journal_add_sample (journal, 2, 1.5, 1, NULL, NULL, NULL));
  g_autoptr (MoeRun) so_far = read_back (path);
  g_assert_cmpstr (moe_run_get_fact (so_far, "state"), ==, "interrupted");
  moe_journal_close (journal, "complete");

  g_autoptr (MoeRun) run = read_back (path);
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 3);
  g_assert_cmpuint (moe_run_get_record (run, 0)->n_samples, ==, 1);
  g_assert_cmpuint (moe_run_get_record (run, 1)->n_samples, ==, 1);
  g_assert_cmpfloat (moe_run_get_record (run, 1)->samples_s[0], ==, 0.75);
  g_assert_cmpint (moe_run_get_record (run, 1)->steps, ==, 3);
  g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "complete");
  g_assert_null (moe_run_get_summary (run)->notes);
  test_folder_remove (folder);
}

static void
test_reopen_refuses (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "table.csv", NULL);
  g_assert_null (moe_journal_reopen (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "a,b\n1,2", -1, NULL));
  g_assert_null (moe_journal_reopen (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
  g_autofree char *text = NULL;
  g_file_get_contents (path, &text, NULL, NULL);
  g_assert_cmpstr (text, ==, "a,b\n1,2");
  test_folder_remove (folder);
}

static void
test_title (void)
{
  char *folder = NULL;
  g_autofree char *path = write_torn (&folder);
  MoeJournalHead head;
  MoeJournal *journal = moe_journal_reopen (path, NULL);
  g_assert_true (moe_journal_set_fact (journal, "title", "Another: name", NULL));
  moe_journal_close (journal, NULL);
  g_autoptr (MoeRun) run = read_back (path);
  g_assert_cmpstr (moe_run_get_title (run), ==, "Another: name");
  g_assert_true (moe_journal_read_head (path, &head, NULL));
  g_assert_cmpstr (moe_run_get_title (head.run), ==, "Another: name");
  moe_journal_head_clear (&head);
  test_folder_remove (folder);
}

static void
test_head (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = NULL;
  g_autofree char *path = write_torn (&folder);
  MoeJournalHead head;
  g_assert_true (moe_journal_read_head (path, &head, &error));
  g_assert_cmpstr (moe_run_get_title (head.run), ==, "A measured run");
  g_assert_cmpstr (moe_run_get_fact (head.run, "host"), ==, "bench-1");
  g_assert_cmpuint (head.n_points, ==, 2);
  g_assert_cmpuint (head.n_complete, ==, 2);
  g_assert_cmpuint (head.n_samples, ==, 2);
  g_assert_false (head.ended);
  moe_journal_head_clear (&head);

  /* Longer than what is read of it: the end is looked at all the same. */
  MoeJournal *journal = moe_journal_reopen (path, NULL);
  for (int i = 0; i < 20000; i++)
    g_assert_true (moe_journal_add_sample (journal, i == 10000 ? 7 : 1, 0.5, 1, NULL, NULL, NULL));
  moe_journal_close (journal, NULL);
  g_assert_true (moe_journal_read_head (path, &head, &error));
  g_assert_cmpuint (head.n_points, ==, 3);
  g_assert_cmpuint (head.n_complete, ==, 3);
  moe_journal_head_clear (&head);
  journal = moe_journal_reopen (path, NULL);
  moe_journal_close (journal, "stopped");
  g_assert_true (moe_journal_read_head (path, &head, &error));
  g_assert_cmpuint (head.n_points, ==, 2);
  g_assert_true (head.ended);
  g_assert_cmpstr (moe_run_get_fact (head.run, "state"), ==, "stopped");
  moe_journal_head_clear (&head);

  g_assert_true (g_file_set_contents (path, "\0\xff# nothing", 11, NULL));
  g_assert_false (moe_journal_read_head (path, &head, &error));
  g_assert_error (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_UNKNOWN);
  test_folder_remove (folder);
}

/* Samples of point 0: some that nobody disturbed, some of which others took half. */
static void
add_samples (MoeJournal *journal, guint good, guint disturbed, guint start)
{
  MoeTaken taken = moe_taken_unknown ();
  taken.start = start;
  for (guint i = 0; i < good + disturbed; i++)
    {
      taken.round = i;
      taken.share = i < good ? 0.99 : 0.5;
      g_assert_true (moe_journal_add_sample (journal, 0, 0.5, 1, NULL, &taken, NULL));
    }
}

static gsize
complete_with (const char *options, guint good, guint disturbed, guint last_start)
{
  MoeRecord record;
  MoeJournalHead head;
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "x.run", NULL);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "x");
  moe_record_init (&record);
  moe_run_set_fact (run, "options", options);
  MoeJournal *journal = moe_journal_create (path, run, NULL);
  g_assert_true (moe_journal_add_point (journal, 0, &record, NULL));
  for (guint start = 0; start <= last_start; start++)
    add_samples (journal, good, disturbed, start);
  moe_journal_close (journal, NULL);
  g_assert_true (moe_journal_read_head (path, &head, NULL));
  gsize n = head.n_complete;
  g_assert_cmpuint (head.n_points, ==, 1);
  moe_journal_head_clear (&head);
  test_folder_remove (folder);
  return n;
}

/* Disturbed samples do not count, but twice as many as were asked for must do. */
static void
test_head_counts (void)
{
  const char *given = "tokens=1 iters=3 until_settled=false";
  const char *settles = "tokens=1 iters=3 until_settled=true";
  g_assert_cmpuint (complete_with (given, 3, 0, 0), ==, 1);
  g_assert_cmpuint (complete_with (given, 2, 1, 0), ==, 0);
  g_assert_cmpuint (complete_with (given, 2, 4, 0), ==, 1);
  g_assert_cmpuint (complete_with (settles, 9, 0, 1), ==, 0);
  g_assert_cmpuint (complete_with (settles, 4, 0, 2), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/complete", test_complete);
  g_test_add_func ("/journal/stopped-without-stages", test_stopped_without_stages);
  g_test_add_func ("/journal/interrupted", test_interrupted);
  g_test_add_func ("/journal/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/journal/torn-ends", test_torn_ends);
  g_test_add_func ("/journal/faulty-lines-are-skipped", test_faulty_lines_are_skipped);
  g_test_add_func ("/journal/hostile-texts", test_hostile_texts);
  g_test_add_func ("/journal/taken-and-checks", test_taken_and_checks);
  g_test_add_func ("/journal/taken-and-checks-without-others", test_taken_without_others);
  g_test_add_func ("/journal/noise", test_noise);
  g_test_add_func ("/journal/released-formats", test_released_formats);
  g_test_add_func ("/journal/other-columns", test_other_columns);
  g_test_add_func ("/journal/older-stages", test_older_stages);
  g_test_add_func ("/journal/comm-bytes", test_comm_bytes);
  g_test_add_func ("/journal/create-fails", test_create_fails);
  g_test_add_func ("/journal/before-the-first-point", test_before_the_first_point);
  g_test_add_func ("/journal/reopen", test_reopen);
  g_test_add_func ("/journal/reopen/refuses", test_reopen_refuses);
  g_test_add_func ("/journal/title", test_title);
  g_test_add_func ("/journal/head", test_head);
  g_test_add_func ("/journal/head/counts", test_head_counts);
  return g_test_run ();
}

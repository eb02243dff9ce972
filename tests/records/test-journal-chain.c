/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that broke off, were gone on with and broke off again: a chain of any length keeps every
 * sample, until the points that began again are done. */
#include <glib/gstdio.h>
#include <math.h>

#include "engine/formats/formats.h"
#include "engine/formats/journal-head.h"
#include "engine/formats/journal.h"
#include "tests/records/support.h"

enum
{
  N_POINTS = 2
};

typedef struct Fixture
{
  char *folder, *path;
  MoeRun *points;
} Fixture;

static void
set_up (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  f->folder = test_folder_new ();
  f->path = g_build_filename (f->folder, "run.journal", NULL);
  f->points = test_run_new ();
  g_assert_cmpuint (moe_run_get_n_records (f->points), >=, N_POINTS);
  moe_journal_close (moe_journal_create (f->path, f->points, &error), NULL);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f)
{
  moe_run_unref (f->points);
  g_free (f->path);
  test_folder_remove (f->folder);
}

static MoeRun *
read_back (const Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (f->path);
  MoeRun *run = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moe_run_get_summary (run)->rows_skipped, ==, 0);
  return run;
}

static void
add_sample (MoeJournal *journal, gsize point, gsize round, double time_s)
{
  MoeTaken taken = moe_taken_unknown ();
  MoeStageTimes stages = { .time_s = { [MOE_STAGE_GATHER] = time_s / 2 } };
  taken.round = (guint32)round;
  g_assert_true (moe_journal_add_sample (journal, point, time_s, 1, &stages, &taken, NULL));
}

/* A process that measures `n` samples, round by round over both points, and is killed; `done`: it
 * came to the end of the group, and was killed after that. */
static void
go_on (Fixture *f, gsize n, double time_s, gboolean done)
{
  g_autoptr (GError) error = NULL;
  MoeJournal *journal = moe_journal_reopen (f->path, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < N_POINTS; i++)
    g_assert_true (moe_journal_add_point (journal, i, moe_run_get_record (f->points, i), NULL));
  for (gsize i = 0; i < n; i++)
    add_sample (journal, i % N_POINTS, i / N_POINTS, time_s);
  for (gsize i = 0; done && i < N_POINTS; i++)
    g_assert_true (moe_journal_add_done (journal, i, NULL));
  moe_journal_close (journal, NULL);
}

static gsize
count_samples (const MoeRun *run)
{
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

static void
assert_head (const Fixture *f, gsize n_samples)
{
  MoeJournalHead head;
  g_assert_true (moe_journal_read_head (f->path, &head, NULL));
  g_assert_cmpuint (head.n_samples, ==, n_samples);
  g_assert_cmpuint (head.n_points, ==, n_samples == 0 ? 0 : N_POINTS);
  moe_journal_head_clear (&head);
}

/* No two samples of a point share a start and a round: of those that do not belong together no
 * pairs are made, and those that do have the same ones at both points. */
static void
assert_turns (const MoeRun *run)
{
  const MoeRecord *a = moe_run_get_record (run, 0), *b = moe_run_get_record (run, 1);
  for (gsize i = 1; i < a->n_samples; i++)
    g_assert_cmpuint (a->taken[i].round, >, a->taken[i - 1].round);
  for (gsize i = 0; i < b->n_samples; i++)
    {
      gsize same = 0;
      for (gsize k = 0; k < a->n_samples; k++)
        if (a->taken[k].round == b->taken[i].round)
          {
            same++;
            g_assert_cmpuint (a->taken[k].start, ==, b->taken[i].start);
            g_assert_cmpfloat (a->samples_s[k], ==, b->samples_s[i]);
          }
      g_assert_cmpuint (same, ==, 1);
    }
}

/* 69 samples, then 7, then others: all are there. */
static void
test_chain (void)
{
  static const gsize lengths[] = { 69, 7, 1, 24, 2, 2, 40 };
  Fixture f;
  gsize sum = 0;
  set_up (&f);
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      sum += lengths[i];
      go_on (&f, lengths[i], 0.25 + (double)i, FALSE);
      g_autoptr (MoeRun) run = read_back (&f);
      g_assert_cmpuint (count_samples (run), ==, sum);
      assert_turns (run);
      assert_head (&f, sum);
      g_assert_cmpuint (moe_run_get_record (run, 0)->taken[0].start, ==, 0);
      g_assert_false (isnan (moe_run_get_record (run, 0)->stage_s[MOE_STAGE_GATHER]));
    }
  tear_down (&f);
}

/* Once the group is done its new samples stand alone, as if it had never broken off. */
static void
test_done (void)
{
  Fixture f;
  set_up (&f);
  go_on (&f, 9, 0.25, FALSE);
  go_on (&f, 3, 0.5, FALSE);
  go_on (&f, 6, 1, TRUE);
  g_autoptr (MoeRun) run = read_back (&f);
  assert_head (&f, 6);
  for (gsize i = 0; i < N_POINTS; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_cmpuint (record->n_samples, ==, 3);
      for (gsize k = 0; k < 3; k++)
        {
          g_assert_cmpfloat (record->samples_s[k], ==, 1);
          g_assert_cmpuint (record->taken[k].start, ==, 0);
          g_assert_cmpuint (record->taken[k].round, ==, k);
        }
      g_assert_cmpfloat (record->stage_s[MOE_STAGE_GATHER], ==, 0.5);
    }
  /* Measured once more, with more samples asked for, and broken off. */
  go_on (&f, 1, 2, FALSE);
  g_autoptr (MoeRun) more = read_back (&f);
  g_assert_cmpuint (count_samples (more), ==, 7);
  tear_down (&f);
}

/* Killed after one point was said to be done, and before the other was. */
static void
test_half_done (void)
{
  Fixture f;
  set_up (&f);
  go_on (&f, 4, 0.25, FALSE);
  go_on (&f, 6, 0.5, FALSE);
  MoeJournal *journal = moe_journal_reopen (f.path, NULL);
  moe_journal_add_done (journal, 0, NULL);
  moe_journal_close (journal, NULL);
  g_autoptr (MoeRun) run = read_back (&f);
  g_assert_cmpuint (count_samples (run), ==, 10);
  tear_down (&f);
}

/* Two groups whose starts take turns: each is done on its own. */
static void
test_groups_take_turns (void)
{
  Fixture f;
  set_up (&f);
  go_on (&f, 8, 0.25, FALSE);
  MoeJournal *journal = moe_journal_reopen (f.path, NULL);
  for (gsize start = 0; start < 2; start++)
    for (gsize i = 0; i < N_POINTS; i++)
      {
        if (start == 0)
          moe_journal_add_point (journal, i, moe_run_get_record (f.points, i), NULL);
        add_sample (journal, i, start, 1);
      }
  moe_journal_add_done (journal, 0, NULL);
  moe_journal_close (journal, NULL);
  g_autoptr (MoeRun) run = read_back (&f);
  g_assert_cmpuint (moe_run_get_record (run, 0)->n_samples, ==, 2);
  g_assert_cmpuint (moe_run_get_record (run, 1)->n_samples, ==, 6);
  tear_down (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-chain/chain", test_chain);
  g_test_add_func ("/journal-chain/done", test_done);
  g_test_add_func ("/journal-chain/half-done", test_half_done);
  g_test_add_func ("/journal-chain/groups-take-turns", test_groups_take_turns);
  return g_test_run ();
}

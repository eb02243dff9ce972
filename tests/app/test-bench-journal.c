/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of nullcurve-bench: every sample is in it before anyone hears of it, so that a
 * process that is killed loses none but the one in progress; and --resume goes on with it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/sweep/library.h"
#include "tests/app/bench-fixture.h"

#define SWEEP TINY_BLOCK, "--topk-list", "2,4", "--null-route-frac-list", "0,0.25,0.5"
/* Samples that last long enough to be killed among, of three points in each of two groups. */
#define LONG SWEEP, "--min-sample-time", "0.01", "--iters", "20"

/* Of the points from `first` on. */
static gsize
count_samples (const MoeRun *run, gsize first)
{
  gsize n = 0;
  for (gsize i = first; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

/* Lines that tell of a sample of the points from `first` on and were written whole. */
static gsize
count_written (const char *path, gsize first)
{
  g_autofree char *text = NULL;
  gsize n = 0;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  for (const char *at = strstr (text, "\nsample "); at != NULL; at = strstr (at + 1, "\nsample "))
    n += strchr (at + 1, '\n') != NULL
         && g_ascii_strtoull (at + strlen ("\nsample "), NULL, 10) >= first;
  return n;
}

/* --- killed --- */

/* A process on a terminal, to which it reports how many samples there are. */
typedef struct Victim
{
  pid_t pid;
  int terminal;
  GString *said;
} Victim;

static Victim
start (const char *const *arguments)
{
  g_autoptr (GPtrArray) line = bench_command (arguments);
  Victim victim = { .terminal = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK),
                    .said = g_string_new (NULL) };
  g_assert_cmpint (victim.terminal, >=, 0);
  g_assert_cmpint (grantpt (victim.terminal), ==, 0);
  g_assert_cmpint (unlockpt (victim.terminal), ==, 0);
  g_autofree char *name = g_strdup (ptsname (victim.terminal));
  int errors = open (name, O_RDWR | O_NOCTTY);
  g_assert_cmpint (errors, >=, 0);
  g_setenv ("TERM", "xterm", TRUE);
  victim.pid = fork ();
  if (victim.pid == 0)
    {
      int nothing = open ("/dev/null", O_WRONLY);
      dup2 (nothing, STDOUT_FILENO);
      dup2 (errors, STDERR_FILENO);
      execv (line->pdata[0], (char *const *)line->pdata);
      _exit (127);
    }
  g_assert_cmpint (victim.pid, >, 0);
  close (errors);
  return victim;
}

static void
hear (Victim *victim)
{
  char piece[4096];
  for (gssize n; (n = read (victim->terminal, piece, sizeof piece)) > 0;)
    g_string_append_len (victim->said, piece, n);
}

/* Samples by the last line of progress: ", 12 of 120 samples". */
static gsize
reported (const Victim *victim)
{
  const char *end = g_strrstr (victim->said->str, " samples");
  const char *at = end;
  while (at != NULL && at > victim->said->str && *at != ',')
    at--;
  return at != NULL ? (gsize)g_ascii_strtoull (at + 1, NULL, 10) : 0;
}

/* How many samples it had reported before it was killed, which happens once it wrote `moment`
 * lines of those of the points from `first` on. */
static gsize
kill_at (const char *journal, gsize first, gsize moment, const char *const *arguments)
{
  Victim victim = start (arguments);
  int status;
  gboolean over = FALSE;
  while (!over && count_written (journal, first) < moment)
    {
      hear (&victim);
      g_usleep (500);
      over = waitpid (victim.pid, &status, WNOHANG) == victim.pid;
    }
  if (!over)
    {
      kill (victim.pid, SIGKILL);
      waitpid (victim.pid, &status, 0);
    }
  hear (&victim);
  gsize n = reported (&victim);
  if (over)
    g_error ("it ended before it had %zu samples:\n%s", moment, victim.said->str);
  if (first > 0 || moment >= 40)
    assert_contains (victim.said->str, " samples");
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  g_string_free (victim.said, TRUE);
  close (victim.terminal);
  return n;
}

#define KILL_AT(journal, first, moment, ...)                                                       \
  kill_at (journal, first, moment, (const char *const[]){ __VA_ARGS__, NULL })

/* What the journal has of the points from `first` on is no less than what was told of them, but for
 * the sample in progress. */
static MoeRun *
assert_kept (const char *journal, gsize first, gsize told)
{
  MoeRun *run = read_run (journal);
  g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "interrupted");
  g_assert_cmpuint (count_samples (run, first) + 1, >=, told);
  return run;
}

static void
test_killed (void)
{
  static const gsize moments[] = { 1, 7, 40, 75 };
  for (gsize i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *folder = temporary_folder ();
      g_autofree char *journal = g_build_filename (folder, "points.journal", NULL);
      gsize told = KILL_AT (journal, 0, moments[i], LONG, "--journal", journal);
      g_autoptr (MoeRun) run = assert_kept (journal, 0, told);
      g_assert_cmpuint (count_samples (run, 0), >=, moments[i]);
      g_assert_cmpuint (count_samples (run, 0), ==, count_written (journal, 0));
      g_assert_cmpstr (moe_run_get_record (run, 0)->choice[MOE_CHOICE_IMPL], ==, "fused_w13");
      remove_tree (folder);
    }
}

static gboolean
same_samples (const MoeRecord *a, const MoeRecord *b)
{
  return a->n_samples == b->n_samples
         && memcmp (a->samples_s, b->samples_s, a->n_samples * sizeof (double)) == 0;
}

/* Killed in the second group, gone on with in the same file, killed again, and measured to its end:
 * the first group is never measured again. */
static void
test_killed_again (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *journal = g_build_filename (folder, "points.journal", NULL);
  KILL_AT (journal, 3, 2, LONG, "--journal", journal);
  g_autoptr (MoeRun) before = read_run (journal);
  gsize written = count_written (journal, 3);

  gsize told = KILL_AT (journal, 3, written + 4, LONG, "--journal", journal, "--resume", journal);
  g_autoptr (MoeRun) between = assert_kept (journal, 3, told);
  g_assert_cmpuint (count_samples (between, 3), >=, 4);
  g_assert_cmpuint (moe_run_get_n_records (between), ==, 6);
  for (gsize i = 0; i < 3; i++)
    g_assert_true (same_samples (moe_run_get_record (before, i), moe_run_get_record (between, i)));

  g_auto (BenchResult) last = BENCH (LONG, "--journal", journal, "--resume", journal);
  assert_status (&last, 0);
  assert_contains (last.out, "[note] 3 of 6 points are carried over");
  g_autoptr (MoeRun) whole = read_run (journal);
  g_assert_cmpstr (moe_run_get_fact (whole, "state"), ==, "complete");
  for (gsize i = 0; i < 6; i++)
    {
      const MoeRecord *record = moe_run_get_record (whole, i);
      g_assert_cmpuint (record->n_samples, >=, 20);
      g_assert_true (same_samples (moe_run_get_record (before, i), record) == (i < 3));
    }
  remove_tree (folder);
}

/* --- where it is kept --- */

/* In the run library where nothing else is said, as the window's. */
static void
test_library (void)
{
  g_autofree char *dir = moe_library_dup_dir ();
  remove_tree (dir);
  g_auto (BenchResult) result = BENCH (SWEEP, "--iters", "2");
  assert_status (&result, 0);
  assert_contains (result.err, "Journal is in ");
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  g_assert_nonnull (folder);
  g_autofree char *path = g_build_filename (dir, g_dir_read_name (folder), NULL);
  g_assert_null (g_dir_read_name (folder));
  g_assert_true (moe_library_owns (path));
  g_autoptr (MoeRun) run = read_run (path);
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 6);
  g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "complete");
  g_assert_nonnull (moe_run_get_fact (run, "command"));

  /* Gone on with, it lacks nothing, and no other file is begun. */
  g_auto (BenchResult) again = BENCH (SWEEP, "--iters", "2", "--resume", path);
  assert_status (&again, 0);
  assert_contains (again.err, "Nothing is left to measure.");
  g_autoptr (MoeLibraryEntry) broken = moe_library_find_interrupted (dir, NULL);
  g_assert_null (broken);
  remove_tree (dir);
}

/* No folder for it: a warning, and the run goes on. */
static void
test_unwritable (void)
{
  g_autofree char *dir = moe_library_dup_dir ();
  g_autofree char *parent = g_path_get_dirname (dir);
  remove_tree (dir);
  g_mkdir_with_parents (parent, 0755);
  g_assert_true (g_file_set_contents (dir, "in the way", -1, NULL));
  g_auto (BenchResult) result = BENCH (TINY, "--iters", "1");
  assert_status (&result, 0);
  assert_contains (result.err, "Warning: The run file ");
  assert_contains (result.err, "could not be created");
  g_assert_cmpuint (count_lines (result.out, "RESULT "), ==, 1);
  g_assert_cmpint (g_unlink (dir), ==, 0);
}

/* Each of two setups has a file of its own; a disk that is full is told, and measuring goes on. */
static void
test_versus (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *journal = g_build_filename (folder, "a.journal", NULL);
  g_autofree char *versus = g_build_filename (folder, "a.versus.journal", NULL);
  g_auto (BenchResult) result =
      BENCH (TINY, "--iters", "3", "--versus", "--null-dispatch carry", "--journal", journal);
  assert_status (&result, 0);
  g_autoptr (MoeRun) a = read_run (journal);
  g_autoptr (MoeRun) b = read_run (versus);
  g_assert_cmpstr (moe_run_get_record (a, 0)->choice[MOE_CHOICE_NULL_DISPATCH], ==, "compact");
  g_assert_cmpstr (moe_run_get_record (b, 0)->choice[MOE_CHOICE_NULL_DISPATCH], ==, "carry");
  g_assert_cmpstr (moe_run_get_fact (a, "rounds"), ==, moe_run_get_fact (b, "rounds"));
  remove_tree (folder);
}

static void
test_refused (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *there = g_build_filename (folder, "there.csv", NULL);
  g_assert_true (g_file_set_contents (there, "mine", -1, NULL));
  g_auto (BenchResult) taken = BENCH (TINY, "--journal", there);
  assert_refused (&taken, there, "exists already");
  g_auto (BenchResult) nowhere = BENCH (TINY, "--journal", "/no/such/folder/x.journal");
  assert_refused (&nowhere, "--journal /no/such/folder/x.journal", "cannot be written");
  g_auto (BenchResult) needless = BENCH ("--logbook", "--journal", "x", there);
  assert_refused (&needless, "--journal", "with files named nothing is");

  /* What is gone on with is a journal, or it is not written over. */
  g_auto (BenchResult) first = BENCH (TINY, "--iters", "1", "--csv", there);
  assert_status (&first, 0);
  g_auto (BenchResult) other = BENCH (TINY, "--iters", "2", "--resume", there, "--journal", there);
  assert_refused (&other, there, "exists already");
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  g_autofree char *data_home = temporary_folder ();
  g_test_init (&argc, &argv, NULL);
  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  g_test_add_func ("/app/bench/journal/killed", test_killed);
  g_test_add_func ("/app/bench/journal/killed-again", test_killed_again);
  g_test_add_func ("/app/bench/journal/library", test_library);
  g_test_add_func ("/app/bench/journal/unwritable", test_unwritable);
  g_test_add_func ("/app/bench/journal/versus", test_versus);
  g_test_add_func ("/app/bench/journal/refused", test_refused);
  int failed = g_test_run ();
  remove_tree (data_home);
  return failed;
}

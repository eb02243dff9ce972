/* SPDX-License-Identifier: Apache-2.0 */
/* Measured at another place and kept here: through a command that stands in for srun, and through
 * ssh to a server of the test's own. */
#define _GNU_SOURCE
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/formats/formats.h"
#include "engine/formats/journal.h"
#include "engine/remote/relay.h"
#include "tests/app/bench-fixture.h"

#define SWEEP      TINY_BLOCK, "--topk-list", "2,4", "--null-route-frac-list", "0,0.5"
#define SWEEP_LONG SWEEP, "--min-sample-time", "0.01", "--iters", "20"

static char *folder;
static char *fake_srun; /* takes -p and -G as srun does */

static char *
write_script (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  return path;
}

static const char *
bench_path (void)
{
  return g_getenv ("NULLCURVE_BENCH");
}

static char *
through (const char *rest)
{
  return g_strdup_printf ("%s %s", fake_srun, rest);
}

/* --- quoting --- */

/* Whatever an argument has in it arrives as it is, through a shell and past one. */
static void
test_arguments (void)
{
  static const char *const odd[] = { "a b", "",  "it's", "\"",      "$(touch x)", "`id`",  "a\nb",
                                     "\\",  "*", "~",    "--x=y z", "ü",          ";&|<>", NULL };
  const MoePlace ssh = { .host = "user@host", .program = "my bench" };
  const MoePlace command = { .through = "env 'A=b c'", .program = "my bench" };
  g_auto (GStrv) argv = moe_place_command (&ssh, odd, NULL);
  g_auto (GStrv) direct = moe_place_command (&command, odd, NULL);
  g_auto (GStrv) back = NULL;
  gsize n = g_strv_length (argv);
  g_assert_cmpstr (argv[0], ==, "ssh");
  g_assert_true (g_strv_contains ((const char *const *)argv, "BatchMode=yes"));
  g_assert_cmpstr (argv[n - 3], ==, "--");
  g_assert_cmpstr (argv[n - 2], ==, "user@host");
  g_assert_true (g_shell_parse_argv (argv[n - 1], NULL, &back, NULL));
  g_assert_cmpstr (back[0], ==, "exec");
  g_assert_cmpstr (back[1], ==, "my bench");
  g_assert_true (g_strv_equal ((const char *const *)back + 2, odd));
  g_assert_cmpstr (direct[1], ==, "A=b c");
  g_assert_true (g_strv_equal ((const char *const *)direct + 3, odd));
}

/* What is set there is set for the program alone, through a shell and past one. */
static void
test_environment (void)
{
  static const char *const settings[] = { "OMP_NUM_THREADS=8", "A_1=b c='$(x)'", NULL };
  static const char *const refused[] = { "A", "=b", "1A=b", "a b=c", "$(x)=y" };
  const char *const none[] = { NULL };
  const MoePlace ssh = { .host = "host", .environment = settings };
  const MoePlace command = { .through = "srun", .environment = settings };
  const char *expected[] = { "env", settings[0], settings[1], "nullcurve-bench", NULL };
  g_auto (GStrv) argv = moe_place_command (&ssh, none, NULL);
  g_auto (GStrv) direct = moe_place_command (&command, none, NULL);
  g_auto (GStrv) back = NULL;
  g_assert_true (g_shell_parse_argv (argv[g_strv_length (argv) - 1], NULL, &back, NULL));
  g_assert_true (g_strv_equal ((const char *const *)back + 1, expected));
  g_assert_true (g_strv_equal ((const char *const *)direct + 1, expected));
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      const char *const one[] = { refused[i], NULL };
      const MoePlace place = { .host = "host", .environment = one };
      g_autoptr (GError) error = NULL;
      g_assert_null (moe_place_command (&place, none, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "NAME=VALUE"));
    }
}

static void
test_no_place (void)
{
  static const char *const hosts[] = { "", "-oProxyCommand=x", "a b", "a;b", "$(x)", "a\nb" };
  const char *const none[] = { NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      const MoePlace place = { .host = hosts[i] };
      g_autoptr (GError) error = NULL;
      g_assert_null (moe_place_command (&place, none, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  const MoePlace open = { .through = "srun 'x" };
  g_assert_null (moe_place_command (&open, none, NULL));
}

/* --- whole runs --- */

/* What two runs of one sweep on one machine may differ in: when, where and how fast. */
static gboolean
is_of_its_time (const char *column)
{
  static const char *const others[] = { "tflops", "tokens_per_s", "coverage",        "time_source",
                                        "n",      "n_used",       "steps_per_sample" };
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_equal (column, others[i]))
      return TRUE;
  return g_str_has_suffix (column, "_s") || g_str_has_prefix (column, "sample_");
}

static gboolean
is_fact_of_its_time (const char *line)
{
  static const char *const keys[] = {
    "place",          "date",        "command",      "warning",          "peak flop/s",
    "dense flop/s",   "memory read", "memory write", "limits",           "others busy",
    "others waiting", "stolen",      "throttlings",  "starts differ by",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_has_prefix (line + strlen ("# "), keys[i]))
      return TRUE;
  return FALSE;
}

static void
blank_row (GString *text, const char *line, char **columns)
{
  g_auto (GStrv) cells = g_strsplit (line, ",", -1);
  g_assert_cmpuint (g_strv_length (cells), ==, g_strv_length (columns));
  for (gsize i = 0; cells[i] != NULL; i++)
    g_string_append_printf (text, "%s,", is_of_its_time (columns[i]) ? "" : cells[i]);
  g_string_append_c (text, '\n');
}

/* A Nullcurve CSV without what differs from run to run, byte for byte otherwise. */
static char *
read_blanked (const char *path)
{
  g_autofree char *whole = read_text (path);
  g_auto (GStrv) lines = g_strsplit (whole, "\n", -1);
  g_auto (GStrv) columns = NULL;
  GString *text = g_string_new (NULL);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      gboolean is_fact = g_str_has_prefix (lines[i], "# ");
      if (columns != NULL && lines[i][0] != '\0')
        blank_row (text, lines[i], columns);
      else if (!is_fact || !is_fact_of_its_time (lines[i]))
        g_string_append_printf (text, "%s\n", lines[i]);
      if (columns == NULL && !is_fact)
        columns = g_strsplit (lines[i], ",", -1);
    }
  return g_string_free (text, FALSE);
}

static void
assert_same_csv (const char *here, const char *there)
{
  g_autofree char *a = read_blanked (here);
  g_autofree char *b = read_blanked (there);
  g_assert_nonnull (strstr (a, "\nshape,topk,"));
  g_assert_cmpuint (count_lines (a, "64x32x16x4,"), ==, 4);
  g_assert_cmpstr (a, ==, b);
}

/* Rows of a run: what was measured differs from run to run, what was asked for does not. */
static void
assert_alike (const MoeRun *a, const MoeRun *b)
{
  g_assert_cmpuint (moe_run_get_n_records (a), ==, moe_run_get_n_records (b));
  for (gsize i = 0; i < moe_run_get_n_records (a); i++)
    {
      const MoeRecord *x = moe_run_get_record (a, i), *y = moe_run_get_record (b, i);
      g_assert_cmpfloat (x->null_target, ==, y->null_target);
      g_assert_cmpint (x->topk, ==, y->topk);
      g_assert_cmpint (x->real_assignments, ==, y->real_assignments);
      g_assert_cmpfloat (x->loss, ==, y->loss);
      g_assert_cmpfloat (x->max_relative_error, ==, y->max_relative_error);
      /* Those that others disturb are taken again. */
      g_assert_cmpuint (x->n_samples, >=, 3);
      g_assert_cmpuint (y->n_samples, >=, 3);
    }
}

static void
test_whole (void)
{
  g_autofree char *place = through ("-p gpu -G 1");
  g_autofree char *here = g_build_filename (folder, "here.csv", NULL);
  g_autofree char *there = g_build_filename (folder, "there.csv", NULL);
  g_autofree char *journal = g_build_filename (folder, "there.journal", NULL);
  g_auto (BenchResult) local = BENCH (SWEEP, "--accelerator", "native", "--csv", here);
  g_auto (BenchResult) remote =
      BENCH (SWEEP, "--accelerator", "native", "--csv", there, "--journal", journal, "--through",
             place, "--there", bench_path (), "--table");
  assert_status (&local, 0);
  assert_status (&remote, 0);
  g_assert_cmpuint (count_lines (remote.out, "RESULT "), ==, count_lines (local.out, "RESULT "));
  g_assert_null (strstr (remote.err, "progress "));
  assert_contains (remote.out, "speed-up");
  g_autoptr (MoeRun) a = read_run (here);
  g_autoptr (MoeRun) b = read_run (there);
  assert_same_csv (here, there);
  assert_alike (a, b);
  g_assert_cmpstr (moe_run_get_fact (b, "place"), ==, place);
  g_assert_null (moe_run_get_fact (a, "place"));
  g_autoptr (MoeRun) kept = read_run (journal);
  assert_alike (a, kept);
  g_assert_cmpstr (moe_run_get_fact (kept, "state"), ==, "complete");
}

/* What only asks is asked there, and refusals of there are told as those of here. */
static void
test_asked (void)
{
  g_autofree char *place = through ("");
  g_auto (BenchResult) facts = BENCH ("--facts", "--through", place, "--there", bench_path ());
  assert_status (&facts, 0);
  g_assert_true (g_str_has_prefix (facts.out, "nullcurve-interface=1\n"));
  g_auto (BenchResult) large = BENCH ("--tokens", "100000000", "--accelerator", "native",
                                      "--through", place, "--there", bench_path ());
  assert_refused (&large, "GiB", "fit");
  g_auto (BenchResult) forecast =
      BENCH ("--tokens", "100000000", "--accelerator", "native", "--forecast", "--through", place,
             "--there", bench_path ());
  assert_refused (&forecast, "GiB", "fit");
  g_auto (BenchResult) missing = BENCH (TINY, "--through", place, "--there", "/no/such/bench");
  assert_status (&missing, 1);
  assert_contains (missing.err, "was not found at");
  g_auto (BenchResult) nothing = BENCH (TINY, "--through", "/no/such/srun");
  assert_status (&nothing, 2);
  assert_contains (nothing.err, "/no/such/srun could not be started");
}

/* An answer is printed whole, alone on standard output, or not at all. */
static void
test_answers (void)
{
  static const struct
  {
    const char *asked, *script;
    int status;
    const char *out, *err;
  } peers[] = {
    { "--facts", "echo motd=x >&2; echo nullcurve-interface=1; echo cpu=A B; echo note >&2", 0,
      "nullcurve-interface=1\ncpu=A B\n", "motd=x\n" },
    { "--facts", "echo hello; echo cpu=x", 1, "", "is no answer of nullcurve-bench" },
    { "--facts", "echo nullcurve-interface=2", 1, "", "interface 2" },
    { "--facts", "yes a=b", 1, "", "is no answer of nullcurve-bench" },
    { "--facts", "tr '\\0' x </dev/zero", 1, "", "a line of more than 64 KiB" },
    { "--facts", "exec /no/such/bench", 1, "", "was not found at" },
    { "--facts", "kill -9 $$", 1, "", "ended without a word" },
    { "--facts", "echo 'nullcurve-bench: No.' >&2; exit 2", 2, "", "nullcurve-bench: No.\n" },
    { "--facts", "exit 3", 3, "", "exit status 3" },
    { "--forecast", "echo nullcurve-interface=1; echo threads=2", 0,
      "nullcurve-interface=1\nthreads=2\n", "Asked at" },
    { "--calibrate", "echo 'backend   dense = matmul'; echo 'Native  1 GF/s'; echo A note >&2", 0,
      "backend   dense = matmul\nNative  1 GF/s\n", "A note\n" },
    { "--calibrate", "exec /no/such/bench", 1, "", "was not found at" },
    { "--calibrate", "printf '\\033[2J\\n'", 1, "", "is no answer of nullcurve-bench" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autofree char *text = g_strdup_printf ("#!/bin/sh\n%s\n", peers[i].script);
      g_autofree char *peer = write_script ("peer", text);
      g_auto (BenchResult) result = BENCH (peers[i].asked, "--through", peer);
      g_test_message ("%s: %s", peers[i].asked, peers[i].script);
      assert_status (&result, peers[i].status);
      g_assert_cmpstr (result.out, ==, peers[i].out);
      assert_contains (result.err, peers[i].err);
    }
}

/* Which of this version's options another one there lacks is told. */
static void
test_lacking (void)
{
  static const struct
  {
    const char *change, *told;
  } versions[] = {
    { "", NULL },
    { "s/^version=.*/version=0.0.9/",
      "Its version is 0.0.9, this one's " NULLCURVE_VERSION ": it has all options of this one." },
    { "/^option.tile=/d; /^option.distribution=/s/|zipf//",
      "it does not have --distribution zipf, --tile." },
    { "s/^version=.*/version=0.0.9/; /^option/d", "what that one does not know it will refuse" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("#!/bin/sh\n\"$@\" | sed '%s'\n", versions[i].change);
      g_autofree char *peer = write_script ("peer", text);
      g_auto (BenchResult) result = BENCH ("--facts", "--through", peer, "--there", bench_path ());
      assert_status (&result, 0);
      if (versions[i].told != NULL)
        assert_contains (result.err, versions[i].told);
      else
        g_assert_null (strstr (result.err, "Its version"));
    }
}

/* A question that nobody answers is given up when the person at the terminal says so. */
static void
test_given_up (void)
{
  g_autofree char *mark = g_build_filename (folder, "asked", NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\n: >'%s'\nexec sleep 1000\n", mark);
  g_autofree char *peer = write_script ("peer", text);
  const char *const arguments[] = { "--facts", "--through", peer, NULL };
  g_autoptr (GPtrArray) line = bench_command (arguments);
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *)line->pdata, G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  while (!g_file_test (mark, G_FILE_TEST_EXISTS))
    g_usleep (10000);
  g_subprocess_send_signal (process, SIGINT);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 128 + SIGINT);
}

/* --- peers with bad intentions --- */

static void
test_hostile (void)
{
  static const struct
  {
    const char *script, *told;
  } peers[] = {
    { "yes", "is no run of Nullcurve" },
    { "head -c 300000 /dev/zero", "is no run of Nullcurve" },
    { "printf '# nullcurve-journal: 1\\n'; yes x | tr -d '\\n'", "a line of more than 64 KiB" },
    { "printf '# nullcurve-journal: 1\\n\\033]0;x\\007\\n'", "is no run of Nullcurve" },
    { "printf '# nullcurve-journal: 1\\n'", "broke off after 0 samples" },
    { "exit 0", "ended without a word" },
    { "kill -9 $$", "ended without a word" },
    { "yes 'a sentence' >&2 & sleep 0.2; kill $!; exit 3", NULL },
    { "printf '\\033[2J\\033]0;x\\007 \\342\\200\\256 evil\\n' >&2; exit 1", NULL },
    { "printf '# nullcurve-journal: 1\\n# title: ../../x\\nend complete\\n'; cat /dev/zero >&2 & "
      "sleep 0.2; kill $!",
      NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autofree char *text = g_strdup_printf ("#!/bin/sh\n%s\n", peers[i].script);
      g_autofree char *peer = write_script ("peer", text);
      g_autofree char *journal = g_strdup_printf ("%s/hostile-%d.journal", folder, (int)i);
      g_auto (BenchResult) result = BENCH (TINY, "--through", peer, "--journal", journal);
      g_test_message ("%s", peers[i].script);
      if (peers[i].told != NULL)
        {
          g_assert_cmpint (result.status, ==, 1);
          assert_contains (result.err, peers[i].told);
        }
      g_assert_null (strchr (result.err, '\033'));
      g_assert_null (strstr (result.err, "\342\200\256"));
      g_assert_cmpuint (count_lines (result.err, ""), <, 3000);
    }
}

/* --- a question --- */

typedef struct Question
{
  GMainLoop *loop;
  MoeRelayEnd end;
  char *problem;
  GHashTable *facts;
} Question;

static void
answered_cb (gpointer data, const MoeRelayResult *result)
{
  Question *question = data;
  question->end = result->end;
  question->problem = g_strdup (result->problem);
  question->facts = g_hash_table_ref (result->facts);
  g_main_loop_quit (question->loop);
}

static Question
ask (const char *through_what, const char *program, guint patience_s)
{
  Question question = { .loop = g_main_loop_new (NULL, FALSE) };
  const MoePlace place = { .through = through_what, .program = program };
  const MoeRelayHooks hooks = { .data = &question, .done = answered_cb };
  const char *const options[] = { "--facts", NULL };
  g_autoptr (GError) error = NULL;
  MoeRelay *relay = moe_relay_ask (&place, options, patience_s, &hooks, &error);
  g_assert_no_error (error);
  g_main_loop_run (question.loop);
  moe_relay_free (relay);
  g_clear_pointer (&question.loop, g_main_loop_unref);
  return question;
}

static void
question_clear (Question *question)
{
  g_free (question->problem);
  g_hash_table_unref (question->facts);
}

static void
test_question (void)
{
  Question question = ask (fake_srun, bench_path (), 60);
  g_assert_cmpint (question.end, ==, MOE_RELAY_ENDED);
  g_assert_null (question.problem);
  g_assert_nonnull (g_hash_table_lookup (question.facts, "accelerators"));
  question_clear (&question);
}

/* No answer, or none of nullcurve-bench, is told in a sentence, within bounded memory. */
static void
test_no_answer (void)
{
  static const struct
  {
    const char *script, *told;
    MoeRelayEnd end;
    guint patience_s;
  } peers[] = {
    { "exec sleep 1000", "did not answer within 1 s", MOE_RELAY_LATE, 1 },
    { "trap '' TERM; while :; do sleep 0.1; done", "did not answer", MOE_RELAY_LATE, 1 },
    { "yes", "is no answer", MOE_RELAY_FORGED, 60 },
    { "yes a=b", "is no answer", MOE_RELAY_FORGED, 60 },
    { "tr '\\0' x </dev/zero", "is no run", MOE_RELAY_FORGED, 60 },
    { "printf 'a=\\033[2J\\n'", "is no answer", MOE_RELAY_FORGED, 60 },
    { "echo hello", "is no answer", MOE_RELAY_FORGED, 60 },
    { "echo nullcurve-interface=2", "interface 2", MOE_RELAY_FORGED, 60 },
    { "exec /no/such/bench", "was not found", MOE_RELAY_UNFOUND, 60 },
    { "echo 'There is no option' >&2; exit 2", "There is no option", MOE_RELAY_ENDED, 60 },
    { "exit 3", "exit status 3", MOE_RELAY_ENDED, 60 },
    { "kill -9 $$", "ended without a word", MOE_RELAY_BROKEN, 60 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autofree char *text = g_strdup_printf ("#!/bin/sh\n%s\n", peers[i].script);
      g_autofree char *peer = write_script ("peer", text);
      g_test_message ("%s", peers[i].script);
      Question question = ask (peer, NULL, peers[i].patience_s);
      g_assert_cmpint (question.end, ==, peers[i].end);
      assert_contains (question.problem, peers[i].told);
      g_assert_null (strchr (question.problem, '\033'));
      question_clear (&question);
    }
}

/* --- pausing --- */

typedef struct Paused
{
  GMainLoop *loop;
  MoeRelay *relay;
  int changes; /* from going to standing still, and back */
  MoeRelayResult result;
} Paused;

/* Once it measures it is paused, then let go on, then paused, then stopped. */
static void
paused_progress_cb (gpointer data, const MoeRelayProgress *progress)
{
  Paused *paused = data;
  if (progress->paused != (paused->changes % 2 == 1)
      || (!progress->paused && progress->state.phase != MOE_RUN_PHASE_MEASURE))
    return;
  paused->changes++;
  if (paused->changes == 4)
    moe_relay_stop (paused->relay);
  else
    moe_relay_pause (paused->relay, paused->changes % 2 == 1);
}

static void
paused_done_cb (gpointer data, const MoeRelayResult *result)
{
  Paused *paused = data;
  paused->result = *result;
  g_main_loop_quit (paused->loop);
}

/* It stands still when it was asked to, goes on when it is told so, and can be stopped while it
 * stands still. */
static void
test_paused (void)
{
  static const char *const options[] = { "--tokens=64",
                                         "--hidden=32",
                                         "--mlp-dim=16",
                                         "--experts=4",
                                         "--topk=2",
                                         "--impl=fused_w13",
                                         "--distribution=random",
                                         "--accelerator=native",
                                         "--wait-quiet=0",
                                         "--min-sample-time=0.05",
                                         "--iters=2000",
                                         NULL };
  const MoePlace place = { .through = fake_srun, .program = bench_path () };
  g_autofree char *path = g_build_filename (folder, "paused.journal", NULL);
  Paused paused = { .loop = g_main_loop_new (NULL, FALSE) };
  const MoeRelayHooks hooks = { .data = &paused,
                                .progress = paused_progress_cb,
                                .done = paused_done_cb };
  paused.relay = moe_relay_start (&place, options, path, NULL, &hooks, NULL);
  g_main_loop_run (paused.loop);
  g_assert_cmpint (paused.result.end, ==, MOE_RELAY_ENDED);
  g_assert_cmpint (paused.changes, ==, 4);
  g_assert_cmpuint (paused.result.samples, <, 2000);
  moe_relay_free (paused.relay);
  g_main_loop_unref (paused.loop);
  g_autoptr (MoeRun) run = read_run (path);
  g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "stopped");
}

/* --- broken off --- */

typedef struct Broken
{
  GMainLoop *loop;
  MoeRelayEnd end;
  int status;
  gsize samples;
} Broken;

static void
done_cb (gpointer data, const MoeRelayResult *result)
{
  Broken *broken = data;
  broken->end = result->end;
  broken->status = result->status;
  broken->samples = result->samples;
  g_main_loop_quit (broken->loop);
}

static gboolean
is_alive (const char *piece)
{
  g_autofree char *command = g_strdup_printf ("pgrep -f -- '%s'", piece);
  int status;
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, NULL));
  return status == 0;
}

static gboolean
kill_cb (gpointer piece)
{
  g_autofree char *command = g_strdup_printf ("pkill -KILL -f -- '%s'", (const char *)piece);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
stop_cb (gpointer relay)
{
  moe_relay_stop (relay);
  return G_SOURCE_REMOVE;
}

/* Killed there at a random moment and gone on with from here, until it is whole: every sample that
 * had arrived is in it once. */
static void
test_broken (void)
{
  g_autofree char *mark = g_strdup_printf ("--seed=%u", g_test_rand_int_range (1, G_MAXINT));
  const char *const options[] = { "--tokens=64",
                                  "--hidden=32",
                                  "--mlp-dim=16",
                                  "--experts=4",
                                  "--topk-list=2,4",
                                  "--null-route-frac-list=0,0.5",
                                  "--impl=fused_w13",
                                  "--distribution=random",
                                  "--accelerator=native",
                                  "--wait-quiet=0",
                                  "--min-sample-time=0.01",
                                  "--iters=20",
                                  mark,
                                  NULL };
  const MoePlace place = { .through = fake_srun, .program = bench_path () };
  const int rounds = g_test_slow () ? 60 : 3;
  for (int round = 0; round < rounds; round++)
    {
      g_autofree char *path = g_strdup_printf ("%s/broken-%d.journal", folder, round);
      g_autofree char *whole = g_strdup_printf ("%s/whole-%d.csv", folder, round);
      Broken broken = { .loop = g_main_loop_new (NULL, FALSE) };
      const MoeRelayHooks hooks = { .data = &broken, .done = done_cb };
      MoeRelay *relay = moe_relay_start (&place, options, path, NULL, &hooks, NULL);
      gboolean asked = round % 3 == 2;
      g_timeout_add ((guint)g_test_rand_int_range (100, 1500), asked ? stop_cb : kill_cb,
                     asked ? (gpointer)relay : mark);
      g_main_loop_run (broken.loop);
      moe_relay_free (relay);
      g_main_loop_unref (broken.loop);
      g_assert_false (is_alive (mark));
      if (broken.samples == 0)
        continue;
      g_assert_true (broken.end == MOE_RELAY_BROKEN || broken.end == MOE_RELAY_ENDED);
      g_autoptr (MoeRun) kept = read_run (path);
      gsize arrived = 0;
      for (gsize i = 0; i < moe_run_get_n_records (kept); i++)
        arrived += moe_run_get_record (kept, i)->n_samples;
      g_assert_cmpuint (arrived, ==, broken.samples);
      g_autoptr (GStrvBuilder) again = g_strv_builder_new ();
      g_strv_builder_addv (again, (const char **)options);
      g_strv_builder_add_many (again, "--through", fake_srun, "--there", bench_path (), "--resume",
                               path, "--csv", whole, NULL);
      g_auto (GStrv) arguments = g_strv_builder_end (again);
      g_auto (BenchResult) rest = bench_run ((const char *const *)arguments);
      assert_status (&rest, 0);
      g_autoptr (MoeRun) run = read_run (whole);
      g_assert_cmpuint (moe_run_get_n_records (run), ==, 4);
      for (gsize i = 0; i < 4; i++)
        g_assert_cmpuint (moe_run_get_record (run, i)->n_samples, >=, 20);
    }
}

/* --- ssh --- */

static gboolean
run_quietly (const char *command)
{
  int status;
  return g_spawn_command_line_sync (command, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

/* A server on 127.0.0.1 with keys of its own, for the user who runs the test; NULL and why. */
static GSubprocess *
start_sshd (guint port, const char **why)
{
  static const char server[] = "/usr/sbin/sshd";
  const struct passwd *user = getpwuid (getuid ());
  if (!g_file_test (server, G_FILE_TEST_IS_EXECUTABLE))
    *why = "there is no sshd (openssh-server)";
  else if (user == NULL || strstr (user->pw_shell, "nologin") != NULL
           || strstr (user->pw_shell, "false") != NULL)
    *why = "this user may not log in";
  else
    *why = NULL;
  if (*why != NULL)
    return NULL;
  g_autofree char *make_keys = g_strdup_printf (
      "sh -c \"cd '%s' && ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' "
      "-f user && cp user.pub allowed && mkdir -p /run/sshd\"",
      folder);
  g_assert_true (run_quietly (make_keys));
  g_autofree char *settings = g_strdup_printf (
      "Port %u\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s/allowed\n"
      "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n",
      port, folder, folder);
  g_autofree char *config = g_build_filename (folder, "sshd_config", NULL);
  g_assert_true (g_file_set_contents (config, settings, -1, NULL));
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, server, "-D",
                                           "-e", "-f", config, NULL);
  g_assert_nonnull (process);
  return process;
}

/* ssh as a person has it, but that it reads no settings of theirs: put first in the path. */
static void
wrap_ssh (guint port, gboolean with_host)
{
  g_autofree char *known = with_host ? g_strdup ("-o StrictHostKeyChecking=no")
                                     : g_strdup ("-o StrictHostKeyChecking=yes");
  g_autofree char *text = g_strdup_printf (
      "#!/bin/sh\nexec /usr/bin/ssh -F none -p %u -i '%s/user' -o IdentitiesOnly=yes -o "
      "UserKnownHostsFile='%s/known' %s \"$@\"\n",
      port, folder, folder, known);
  g_free (write_script ("ssh", text));
  g_autofree char *path = g_strdup_printf ("%s:%s", folder, g_getenv ("PATH"));
  if (!g_str_has_prefix (g_getenv ("PATH"), folder))
    g_setenv ("PATH", path, TRUE);
}

static void
test_ssh (void)
{
  const char *why = NULL;
  guint port = (guint)g_test_rand_int_range (20000, 60000);
  g_autoptr (GSubprocess) server = start_sshd (port, &why);
  if (server == NULL && g_getenv ("NULLCURVE_NEEDS_SSHD") != NULL)
    g_error ("%s", why);
  if (server == NULL)
    {
      g_test_skip (why);
      return;
    }
  wrap_ssh (port, FALSE);
  /* Until it listens. */
  g_auto (BenchResult) unknown = { 0 };
  for (int i = 0; i < 100 && (unknown.err == NULL || strstr (unknown.err, "refused") != NULL); i++)
    {
      bench_result_clear (&unknown);
      unknown = BENCH (TINY, "--on", "127.0.0.1", "--there", bench_path ());
      g_usleep (100000);
    }
  assert_status (&unknown, 1);
  assert_contains (unknown.err, "ssh did not reach 127.0.0.1: Host key verification failed.  Its");
  assert_contains (unknown.err, "run \"ssh 127.0.0.1\" once in a terminal");
  wrap_ssh (port, TRUE);
  g_autofree char *csv = g_build_filename (folder, "ssh.csv", NULL);
  g_autofree char *here = g_build_filename (folder, "beside-ssh.csv", NULL);
  g_auto (BenchResult) local = BENCH (SWEEP, "--accelerator", "native", "--csv", here);
  assert_status (&local, 0);
  /* An environment does not go along: modules and data are found as seen from the program. */
  g_auto (BenchResult) result = BENCH (SWEEP, "--accelerator", "native", "--on", "127.0.0.1",
                                       "--there", bench_path (), "--csv", csv);
  assert_status (&result, 0);
  assert_same_csv (here, csv);
  g_autoptr (MoeRun) run = read_run (csv);
  g_assert_cmpstr (moe_run_get_fact (run, "place"), ==, "127.0.0.1");
  g_auto (BenchResult) missing = BENCH (TINY, "--on", "127.0.0.1", "--there", "/no/such bench");
  assert_status (&missing, 1);
  assert_contains (missing.err, "was not found at 127.0.0.1");
  g_auto (BenchResult) asked = BENCH ("--facts", "--on", "127.0.0.1", "--there", bench_path ());
  assert_status (&asked, 0);
  g_assert_true (g_str_has_prefix (asked.out, "nullcurve-interface=1\n"));
  g_subprocess_force_exit (server);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  folder = temporary_folder ();
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  fake_srun = write_script ("srun", "#!/bin/sh\n"
                                    "while [ \"$1\" = -p ] || [ \"$1\" = -G ]; do shift 2; done\n"
                                    "exec \"$@\"\n");
  g_test_add_func ("/remote/arguments", test_arguments);
  g_test_add_func ("/remote/environment", test_environment);
  g_test_add_func ("/remote/no-place", test_no_place);
  g_test_add_func ("/remote/whole", test_whole);
  g_test_add_func ("/remote/asked", test_asked);
  g_test_add_func ("/remote/answers", test_answers);
  g_test_add_func ("/remote/lacking", test_lacking);
  g_test_add_func ("/remote/given-up", test_given_up);
  g_test_add_func ("/remote/hostile", test_hostile);
  g_test_add_func ("/remote/question", test_question);
  g_test_add_func ("/remote/no-answer", test_no_answer);
  g_test_add_func ("/remote/paused", test_paused);
  g_test_add_func ("/remote/broken", test_broken);
  g_test_add_func ("/remote/ssh", test_ssh);
  int status = g_test_run ();
  remove_tree (folder);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* nullcurve-bench for a program at the other end of a pipe: the run on standard output as it grows,
 * how far it is on standard error, and an end when that program is gone. */
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "engine/formats/formats.h"
#include "tests/app/bench-fixture.h"

#define SWEEP TINY_BLOCK, "--topk-list", "2,4", "--null-route-frac-list", "0,0.5"
/* Long enough to be left in the middle. */
#define LONG SWEEP, "--min-sample-time", "0.05", "--iters", "500"

typedef struct Peer
{
  GSubprocess *process;
  GInputStream *out;
} Peer;

static Peer
start (const char *const *arguments)
{
  g_autoptr (GPtrArray) line = bench_command (arguments);
  g_autoptr (GError) error = NULL;
  GSubprocess *process =
      g_subprocess_newv ((const char *const *)line->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                             | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                         &error);
  g_assert_no_error (error);
  return (Peer){ process, g_subprocess_get_stdout_pipe (process) };
}

/* Until there is a sample, or the end. */
static GString *
read_first_sample (Peer *peer)
{
  GString *text = g_string_new (NULL);
  char piece[4096];
  gssize n;
  while (strstr (text->str, "\nsample ") == NULL
         && (n = g_input_stream_read (peer->out, piece, sizeof piece, NULL, NULL)) > 0)
    g_string_append_len (text, piece, n);
  return text;
}

static char *
read_rest (GInputStream *stream)
{
  g_autoptr (GOutputStream) all = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  g_output_stream_splice (all, stream, G_OUTPUT_STREAM_SPLICE_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_write_all (all, "", 1, NULL, NULL, NULL));
  g_output_stream_close (all, NULL, NULL);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (all));
}

static int
wait_for (Peer *peer)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (g_subprocess_wait (peer->process, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (peer->process));
  int status = g_subprocess_get_exit_status (peer->process);
  g_clear_object (&peer->process);
  return status;
}

static MoeRun *
run_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  MoeRun *run = moe_formats_read_data (text, strlen (text), "stream", &error);
  g_assert_no_error (error);
  return run;
}

/* What arrives is a run file with all that a CSV of the same run has, and alone on its stream. */
static void
test_whole (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "run.csv", NULL);
  g_auto (BenchResult) result = BENCH (SWEEP, "--journal", "-", "--csv", csv, "--table");
  assert_status (&result, 0);
  g_assert_true (g_str_has_prefix (result.out, "# nullcurve-journal:"));
  g_assert_null (strstr (result.out, "RESULT"));
  assert_contains (result.err, "RESULT ");
  assert_contains (result.err, "speed-up");
  g_autoptr (MoeRun) streamed = run_of (result.out);
  g_autoptr (MoeRun) written = read_run (csv);
  g_assert_cmpstr (moe_run_get_fact (streamed, "state"), ==, "complete");
  g_assert_cmpuint (moe_run_get_n_records (streamed), ==, 4);
  for (gsize i = 0; i < 4; i++)
    {
      const MoeRecord *a = moe_run_get_record (streamed, i), *b = moe_run_get_record (written, i);
      g_assert_cmpuint (a->n_samples, ==, b->n_samples);
      g_assert_cmpfloat (a->tokens_per_s, ==, b->tokens_per_s);
      g_assert_cmpfloat (a->max_relative_error, ==, b->max_relative_error);
    }
  g_assert_cmpstr (moe_run_get_fact (streamed, "others busy"), ==,
                   moe_run_get_fact (written, "others busy"));
  remove_tree (folder);
}

/* Whoever asked for it is gone: from standard input, or from standard output. */
static void
test_left (void)
{
  static const char *const arguments[] = { LONG, "--journal", "-", NULL };
  for (int side = 0; side < 2; side++)
    {
      Peer peer = start (arguments);
      g_autoptr (GString) begun = read_first_sample (&peer);
      g_autofree char *rest = NULL;
      assert_contains (begun->str, "\nsample ");
      if (side == 0)
        {
          g_output_stream_close (g_subprocess_get_stdin_pipe (peer.process), NULL, NULL);
          rest = read_rest (peer.out);
          g_string_append (begun, rest);
          g_autoptr (MoeRun) run = run_of (begun->str);
          g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "stopped");
        }
      else
        g_input_stream_close (peer.out, NULL, NULL);
      g_autofree char *said = read_rest (g_subprocess_get_stderr_pipe (peer.process));
      assert_contains (said, side == 0 ? "Standard input was closed" : "Nobody reads");
      g_assert_cmpint (wait_for (&peer), ==, 128 + SIGHUP);
    }
}

/* An input that tells nothing of anybody ends nothing: bench_run () gives it none. */
static void
test_no_input (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *script = g_strdup_printf ("\"$@\" </dev/null >%s/run.journal", folder);
  static const char *const arguments[] = { SWEEP, "--journal", "-", NULL };
  g_autoptr (GPtrArray) line = bench_command (arguments);
  const char *shell[] = { "/bin/sh", "-c", script, "sh" };
  for (gsize i = 0; i < G_N_ELEMENTS (shell); i++)
    g_ptr_array_insert (line, (gint)i, (gpointer)shell[i]);
  int status;
  g_autoptr (GError) error = NULL;
  g_assert_true (g_spawn_sync (NULL, (char **)line->pdata, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                               NULL, NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  g_autoptr (MoeRun) run = read_run (path);
  g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "complete");
  remove_tree (folder);
}

/* Every line is "progress" and key=value; shares grow to the end. */
static void
test_progress (void)
{
  g_auto (BenchResult) result = BENCH (SWEEP, "--progress", "lines");
  assert_status (&result, 0);
  g_auto (GStrv) lines = g_strsplit (result.err, "\n", -1);
  double share = 0;
  gsize n = 0;
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      if (g_strcmp0 (words[0], "progress") != 0)
        continue;
      for (gsize w = 1; words[w] != NULL; w++)
        {
          g_auto (GStrv) pair = g_strsplit (words[w], "=", -1);
          g_assert_cmpuint (g_strv_length (pair), ==, 2);
          if (!g_str_equal (pair[0], "share"))
            continue;
          g_assert_cmpfloat (g_ascii_strtod (pair[1], NULL), >=, share);
          share = g_ascii_strtod (pair[1], NULL);
        }
      n++;
    }
  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpfloat (share, ==, 1);
  g_assert_nonnull (strstr (result.err, "progress phase=done share=1"));
}

static void
test_refused (void)
{
  g_auto (BenchResult) two = BENCH (SWEEP, "--journal", "-", "--versus", "--null-dispatch carry");
  assert_refused (&two, "--journal -", "--versus");
  g_auto (BenchResult) form = BENCH (SWEEP, "--progress", "bars");
  assert_refused (&form, "--progress", "lines");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/whole", test_whole);
  g_test_add_func ("/stream/left", test_left);
  g_test_add_func ("/stream/no-input", test_no_input);
  g_test_add_func ("/stream/progress", test_progress);
  g_test_add_func ("/stream/refused", test_refused);
  return g_test_run ();
}

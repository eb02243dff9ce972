/* SPDX-License-Identifier: Apache-2.0 */
/* The real program in a process of its own: what it prints, writes, refuses and how it ends. */
#include <gio/gio.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "engine/formats/formats.h"
#include "engine/options/options.h"
#include "engine/threads/team.h"
#include "tests/app/bench-fixture.h"
#include "tests/records/other-measuring.h"

static void
test_refused_values (void)
{
  static const char *const cases[][4] = {
    { "--tokens", "12abc", "--tokens \"12abc\"", "1 to 4294967293" },
    { "--tokens", "", "--tokens \"\"", "1 to 4294967293" },
    { "--tokens", "-3", "--tokens \"-3\"", "1 to 4294967293" },
    { "--tokens=0", NULL, "--tokens \"0\"", "1 to 4294967293" },
    { "--tokens", "99999999999999999999", "--tokens", "1 to 4294967293" },
    { "--topk", "9", "--topk 9", "1 to 8" },
    { "--topk-list", "2,9", "--topk-list 9", "1 to 8" },
    { "--null-route-frac", "1", "--null-route-frac \"1\"", "0 up to, but not including, 1" },
    { "--null_route_frac=1.5", NULL, "--null-route-frac \"1.5\"", "not including, 1" },
    { "--iters", "0", "--iters \"0\"", "1 to" },
    { "--threads", "5000", "--threads \"5000\"", "0 to 1024" },
    { "--dtype", "float16", "--dtype \"float16\"", "float32|bfloat16" },
    { "--dtype", NULL, "--dtype needs a value", "float32|bfloat16" },
    { "--baseline=maybe", NULL, "--baseline \"maybe\"", "true|false" },
    { "--csv", NULL, "--csv needs a value", "FILE" },
    { "--csv", "/no/such/folder/x.csv", "--csv /no/such/folder/x.csv", "existing folder" },
    { "--chart", "chart.bmp", "--chart chart.bmp", ".png, .svg or .pdf" },
    { "--preset", "no such", "--preset \"no such\"", "Quick, Logbook S" },
    { "--report", "report.txt", "--report report.txt", ".md or .html" },
    { "--report", "/no/such/folder/x.md", "--report /no/such/folder/x.md", "existing folder" },
    { "--matrix", "everything", "--matrix \"everything\"", "logbook|modes" },
    { "--matrix", NULL, "--matrix needs a value", "logbook|modes" },
    { "--scale", "4", "--scale 4", "--matrix" },
    { "--resume", "/no/such.csv", "--resume /no/such.csv", "could not be read" },
    { "--compare", "one.csv", "--compare needs two files", "--compare A B" },
    { "--seed", "-1", "--seed \"-1\"", "0 to" },
    { "--capacity-factor", "nan", "--capacity-factor \"nan\"", "0 to" },
    { "--ep-size", "1e3", "--ep-size \"1e3\"", "0 to" },
    { "--impl", "slow", "--impl \"slow\"", "baseline|fused_w13" },
    { "--accelerator", "abacus", "--accelerator \"abacus\"", "openblas" },
    { "--table=1", NULL, "--table takes no value", "1" },
    { "some.csv", NULL, "some.csv", "--logbook" },
    { "--tokn", "5", "--tokn", "--tokens" },
    { "--null-rout-frac", "0.5", "--null-rout-frac", "--null-route-frac?" },
    { "--zzzzzz", NULL, "--zzzzzz", "--help" },
    { "-x", NULL, "\"-x\"", "--help" },
    { "--", "some.csv", "some.csv", "--logbook" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (BenchResult) result = BENCH (cases[i][0], cases[i][1]);
      assert_refused (&result, cases[i][2], cases[i][3]);
    }
}

/* These are looked at once the plan is known to be possible. */
static void
test_refused_folders (void)
{
  g_auto (BenchResult) trace = BENCH (TINY, "--trace-dir", "/proc/nullcurve/x");
  assert_refused (&trace, "--trace-dir /proc/nullcurve/x", "Allowed is a folder");
  g_auto (BenchResult) file = BENCH (TINY, "--trace-dir", "/proc/version");
  assert_refused (&file, "--trace-dir /proc/version", "Allowed is a folder");
}

/* More than any machine has: refused by the forecast, with what it needs, before it is taken. */
static void
test_does_not_fit (void)
{
  g_auto (BenchResult) result = BENCH ("--impl", "fused_w13", "--distribution", "random",
                                       "--tokens", "2000000000", "--hidden", "8192", "--topk", "2");
  assert_status (&result, 2);
  g_assert_cmpstr (result.out, ==, "");
  assert_contains (result.err, "tokens");
}

/* A real run: its lines are read back by the reader of logs, and so is its CSV. */
static void
test_tiny_run (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *chart = g_build_filename (folder, "chart.svg", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (BenchResult) result =
      BENCH (TINY, "--null-route-frac-list", "0.5,0.0", "--iters", "2", "--bench-pass",
             "forward_backward", "--use-custom-sort-vjp", "--capacity-factor", "1.5",
             "--stage-timing", "--table", "--csv", csv, "--chart", chart);
  assert_status (&result, 0);
  g_assert_true (g_str_has_prefix (result.out, "devices="));
  g_assert_cmpuint (count_lines (result.out, "shape tokens=64 hidden=32 mlp_dim=16 experts=4"), ==,
                    1);
  g_assert_cmpuint (count_lines (result.out, "RESULT "), ==, 4);
  g_assert_cmpuint (count_lines (result.out, "RESULT_SUMMARY"), ==, 1);
  assert_contains (result.out, "pack_s=");
  assert_contains (result.out, "[note] --use-custom-sort-vjp changes nothing: ");
  assert_contains (result.out, "[note] --capacity-factor 1.5 changes nothing: ");
  g_assert_cmpuint (count_lines (result.out, "[note]"), ==, 2);
  assert_contains (result.err, csv);
  assert_contains (result.err, chart);
  g_assert_null (strchr (result.err, '\033'));

  g_autoptr (MoeRun) log =
      moe_formats_read_data (result.out, strlen (result.out), "output", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moe_run_get_n_records (log), ==, 2);
  g_assert_cmpuint (moe_run_get_summary (log)->rows_repeated, ==, 2);
  g_assert_cmpuint (moe_run_get_summary (log)->rows_skipped, ==, 0);
  g_autoptr (MoeRun) saved = read_run (csv);
  g_assert_cmpint (moe_run_get_format (saved), ==, MOE_RUN_FORMAT_NULLCURVE_CSV);
  assert_contains (moe_run_get_fact (saved, "command"), "--null-route-frac-list 0.5,0.0");
  g_assert_cmpuint (moe_run_get_n_records (saved), ==, 2);
  for (gsize i = 0; i < 2; i++)
    {
      const MoeRecord *line = moe_run_get_record (log, i);
      const MoeRecord *row = moe_run_get_record (saved, i);
      g_assert_true (line->has_shape && row->has_shape);
      g_assert_true (moe_shape_equal (&line->shape, &row->shape));
      g_assert_cmpuint (row->shape.tokens, ==, 64);
      g_assert_cmpint (row->topk, ==, 2);
      g_assert_cmpfloat (row->null_target, ==, i == 0 ? 0.0 : 0.5);
      g_assert_cmpfloat (line->null_target, ==, row->null_target);
      g_assert_cmpint (row->null_assignments + row->real_assignments, ==, 128);
      g_assert_cmpint (line->real_assignments, ==, row->real_assignments);
      g_assert_cmpstr (row->choice[MOE_CHOICE_PASS], ==, "forward_backward");
      g_assert_cmpstr (row->choice[MOE_CHOICE_IMPL], ==, "fused_w13");
      g_assert_cmpuint (row->n_samples, >=, 2); /* more where others disturb them */
      g_assert_cmpuint (row->taken[1].round, >=, 1);
      g_assert_cmpfloat (row->tokens_per_s, >, 0.0);
      g_assert_cmpfloat_with_epsilon (line->tokens_per_s, row->tokens_per_s, 1e-5);
      g_assert_cmpfloat (row->loss, >, 0.0);
      g_assert_cmpfloat (row->max_relative_error, <, 1e-5);
    }
  assert_file_starts (chart, "<?xml", 5);
  remove_tree (folder);
}

static void
test_preset_and_charts (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *png = g_build_filename (folder, "chart.png", NULL);
  g_autofree char *pdf = g_build_filename (folder, "chart.pdf", NULL);
  g_auto (BenchResult) quick =
      BENCH ("--tokens", "64", "--preset", "QUICK", "--hidden=32", "--mlp_dim=16", "--iters", "1",
             "--warmup", "0", "--chart", png);
  assert_status (&quick, 0);
  /* A preset starts from one implementation and one distribution, not from all. */
  assert_contains (quick.out, " impl=fused_w13 ");
  assert_contains (quick.out, " distribution=random ");
  g_assert_cmpuint (count_lines (quick.out, "RESULT"), ==, 1);
  g_assert_cmpuint (
      count_lines (quick.out, "shape tokens=64 hidden=32 mlp_dim=16 experts=60 topk=4"), ==, 1);
  assert_file_starts (png, "\x89PNG", 4);
  g_auto (BenchResult) shipped =
      BENCH ("--preset", "OLMoE-1B-7B", "--tokens", "8", "--hidden", "32", "--mlp-dim", "16",
             "--iters", "1", "--warmup", "0", "--chart", pdf, "--logbook");
  assert_status (&shipped, 0);
  g_assert_cmpuint (
      count_lines (shipped.out, "shape tokens=8 hidden=32 mlp_dim=16 experts=64 topk=8"), ==, 1);
  assert_file_starts (pdf, "%PDF", 4);
  g_assert_cmpuint (count_lines (shipped.out, "#"), >, 0);
  /* A workload's table is found by its name, wherever the program is asked from. */
  g_auto (BenchResult) workload = BENCH ("--preset", "gpt-oss-20b decode 8 c", "--hidden", "32",
                                         "--mlp-dim", "16", "--iters", "1", "--warmup", "0");
  assert_status (&workload, 0);
  assert_contains (workload.out, " distribution=loads ");
  assert_contains (workload.out, " load_stats min=0 max=8 ");
  g_assert_cmpuint (
      count_lines (workload.out, "shape tokens=8 hidden=32 mlp_dim=16 experts=32 topk=4"), ==, 1);
  remove_tree (folder);
}

/* As nohup starts a program. */
static void
let_outlive (GPtrArray *line)
{
  static const char *const words[] = { "/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh" };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_ptr_array_insert (line, (int)i, (char *)words[i]);
}

/* Two groups of points, of which the first is done quickly. */
static GSubprocess *
start_two_groups (gboolean outlives, const char *iters, const char *csv, const char *chart)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) line = bench_command ((const char *const[]){
      "--impl",      "fused_w13", "--distribution", "random", "--tokens",          "512",
      "--hidden",    "64",        "--mlp-dim",      "64",     "--experts",         "64",
      "--topk-list", "1,64",      "--iters",        iters,    "--min-sample-time", "0",
      "--warmup",    "0",         "--csv",          csv,      "--chart",           chart,
      NULL });
  if (outlives)
    let_outlive (line);
  GSubprocess *process = g_subprocess_newv (
      (const char *const *)line->pdata,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  return process;
}

/* The signal comes between the groups. */
static void
test_interrupt (gconstpointer data)
{
  int number = GPOINTER_TO_INT (data);
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *chart = g_build_filename (folder, "chart.svg", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = start_two_groups (FALSE, "3000", csv, chart);
  g_autoptr (GDataInputStream) out =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  gsize results = 0;
  gboolean in_summary = FALSE;
  char *text;
  while ((text = g_data_input_stream_read_line (out, NULL, NULL, &error)) != NULL)
    {
      in_summary |= g_str_has_prefix (text, "RESULT_SUMMARY");
      if (g_str_has_prefix (text, "RESULT ") && !in_summary && results++ == 0)
        g_subprocess_send_signal (process, number);
      g_free (text);
    }
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 128 + number);

  g_autoptr (MoeRun) saved = read_run (csv);
  g_assert_cmpuint (moe_run_get_n_records (saved), ==, results);
  g_assert_cmpuint (moe_run_get_record (saved, 0)->n_samples, >=, 3000);
  if (results == 2)
    g_assert_cmpuint (moe_run_get_record (saved, 1)->n_samples, <, 3000);
  assert_file_starts (chart, "<?xml", 5);
  remove_tree (folder);
}

/* One that was told to outlive its terminal (nohup) measures to the end. */
static void
test_outlives (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *chart = g_build_filename (folder, "chart.svg", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = start_two_groups (TRUE, "100", csv, chart);
  g_autoptr (GDataInputStream) out =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  gboolean sent = FALSE;
  char *text;
  while ((text = g_data_input_stream_read_line (out, NULL, NULL, &error)) != NULL)
    {
      if (g_str_has_prefix (text, "RESULT ") && !sent)
        g_subprocess_send_signal (process, SIGHUP);
      sent = sent || g_str_has_prefix (text, "RESULT ");
      g_free (text);
    }
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  g_autoptr (MoeRun) saved = read_run (csv);
  g_assert_cmpstr (moe_run_get_fact (saved, "state"), ==, "complete");
  g_assert_cmpuint (moe_run_get_n_records (saved), ==, 2);
  g_assert_cmpuint (moe_run_get_record (saved, 1)->n_samples, >=, 100);
  remove_tree (folder);
}

/* More threads than could do anything but wait are refused at once; as many as are allowed
 * measure. */
static void
test_many_threads (void)
{
  g_autofree char *most = g_strdup_printf ("%zu", moe_team_most ());
  g_autofree char *more = g_strdup_printf ("%zu", moe_team_most () + 1);
  g_autofree char *allowed = g_strdup_printf ("allowed are 1 to %s", most);
  g_auto (BenchResult) measured =
      BENCH (TINY_BLOCK, "--topk", "2", "--threads", most, "--iters", "2");
  assert_status (&measured, 0);
  g_assert_cmpuint (count_lines (measured.out, "RESULT "), >=, 1);
  if (moe_team_most () >= 1024)
    return; /* no option asks for more */
  g_auto (BenchResult) refused = BENCH (TINY_BLOCK, "--topk", "2", "--threads", more);
  assert_refused (&refused, "threads are too many", allowed);
}

/* Nobody reads what is printed any more: all is measured and kept nevertheless. */
static void
test_closed_pipe (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *chart = g_build_filename (folder, "chart.svg", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = start_two_groups (FALSE, "20", csv, chart);
  g_assert_true (g_input_stream_close (g_subprocess_get_stdout_pipe (process), NULL, &error));
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_autoptr (MoeRun) saved = read_run (csv);
  g_assert_cmpuint (moe_run_get_n_records (saved), ==, 2);
  g_assert_cmpuint (moe_run_get_record (saved, 1)->n_samples, >=, 20);
  assert_file_starts (chart, "<?xml", 5);
  remove_tree (folder);
}

/* Another that measures is told, whatever it calls itself, and nobody waits for it. */
static void
test_another_measures (void)
{
  pid_t other = other_measuring_start ("The \033[31mother");
  g_auto (BenchResult) beside = BENCH (TINY, "--iters", "1");
  other_measuring_end (other);
  g_auto (BenchResult) alone = BENCH (TINY, "--iters", "1");
  assert_status (&beside, 0);
  assert_status (&alone, 0);
  g_assert_cmpuint (count_words (beside.err, "another Nullcurve measures"), ==, 1);
  assert_contains (beside.err, "[31mother.  Two at a time");
  g_assert_null (strchr (beside.err, '\033'));
  g_assert_null (strstr (beside.out, "other"));
  g_assert_null (strstr (alone.err, "another Nullcurve"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGHUP, SIG_DFL); /* whoever runs the tests may have been told to outlive a terminal */
  g_test_add_func ("/app/bench/refused-values", test_refused_values);
  g_test_add_func ("/app/bench/refused-folders", test_refused_folders);
  g_test_add_func ("/app/bench/does-not-fit", test_does_not_fit);
  g_test_add_func ("/app/bench/tiny-run", test_tiny_run);
  g_test_add_func ("/app/bench/preset-and-charts", test_preset_and_charts);
  g_test_add_data_func ("/app/bench/interrupt", GINT_TO_POINTER (SIGINT), test_interrupt);
  g_test_add_data_func ("/app/bench/hang-up", GINT_TO_POINTER (SIGHUP), test_interrupt);
  g_test_add_func ("/app/bench/outlives", test_outlives);
  g_test_add_func ("/app/bench/many-threads", test_many_threads);
  g_test_add_func ("/app/bench/closed-pipe", test_closed_pipe);
  g_test_add_func ("/app/bench/another-measures", test_another_measures);
  return g_test_run ();
}

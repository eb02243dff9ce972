/* SPDX-License-Identifier: Apache-2.0 */
/* The real program in a process of its own: what it prints, writes, refuses and how it ends. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "engine/bench/options.h"
#include "engine/records/formats.h"

#define TINY                                                                                       \
  "--tokens", "64", "--hidden", "32", "--mlp-dim", "16", "--experts", "4", "--topk", "2",          \
      "--threads", "2", "--warmup", "1"

typedef struct Result
{
  int status;
  char *out;
  char *err;
} Result;

static void
result_clear (Result *result)
{
  g_free (result->out);
  g_free (result->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static GPtrArray *
command (const char *const *arguments)
{
  GPtrArray *line = g_ptr_array_new ();
  const char *program = g_getenv ("NULLCURVE_BENCH");
  g_assert_nonnull (program);
  g_ptr_array_add (line, (char *)program);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (line, (char *)*arguments);
  g_ptr_array_add (line, NULL);
  return line;
}

static Result
bench (const char *const *arguments)
{
  Result result;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) line = command (arguments);
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *)line->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result.out, &result.err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  result.status = g_subprocess_get_exit_status (process);
  return result;
}

#define BENCH(...) bench ((const char *const[]){ __VA_ARGS__, NULL })

static void
assert_status (const Result *result, int status)
{
  if (result->status != status)
    g_error ("exit status %d instead of %d\n%s%s", result->status, status, result->out,
             result->err);
}

static void
assert_contains (const char *text, const char *piece)
{
  if (strstr (text, piece) == NULL)
    g_error ("this does not say \"%s\":\n%s", piece, text);
}

static gsize
count_lines (const char *text, const char *prefix)
{
  gsize n = 0;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    n += g_str_has_prefix (*line, prefix);
  return n;
}

static char *
temporary_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("nullcurve-cli-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

static MoeRun *
read_csv (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MoeRun *run = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  return run;
}

static void
assert_file_starts (const char *path, const char *magic, gsize length)
{
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpuint (size, >, 500);
  g_assert_cmpmem (data, length, magic, length);
}

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
    { "--table=1", NULL, "--table takes no value", "1" },
    { "some.csv", NULL, "some.csv", "--logbook" },
    { "--tokn", "5", "--tokn", "--tokens" },
    { "--null-rout-frac", "0.5", "--null-rout-frac", "--null-route-frac?" },
    { "--zzzzzz", NULL, "--zzzzzz", "--help" },
    { "-x", NULL, "\"--x\"", "--help" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Result) result = BENCH (cases[i][0], cases[i][1]);
      assert_status (&result, 2);
      g_assert_cmpstr (result.out, ==, "");
      assert_contains (result.err, cases[i][2]);
      assert_contains (result.err, cases[i][3]);
    }
}

static void
test_later_values (void)
{
  static const char *const cases[][2] = {
    { "--impl", "both" },
    { "--impl", "scatter" },
    { "--distribution", "runs" },
    { "--backend", "ragged_dot" },
    { "--queue-mode", "prequeue" },
    { "--routing-pack-strategy", "tuple_sort" },
    { "--dispatch-permute-mode", "repeat_sort" },
    { "--capacity-policy", "pad" },
    { "--parallel-mode", "ep" },
    { "--shared-expert-dim", "128" },
    { "--accelerator", "cuda:0" },
    { "--report", "x.md" },
    { "--matrix", "logbook" },
    { "--scale", "4" },
    { "--resume", "x.csv" },
    { "--trace-dir", "x" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Result) result = BENCH (cases[i][0], cases[i][1]);
      assert_status (&result, 2);
      g_assert_cmpstr (result.out, ==, "");
      assert_contains (result.err, cases[i][0]);
      assert_contains (result.err, "later version");
    }
}

/* More than any machine has: refused by the forecast, with what it needs, before it is taken. */
static void
test_does_not_fit (void)
{
  g_auto (Result) result = BENCH ("--tokens", "2000000000", "--hidden", "8192", "--topk", "2");
  assert_status (&result, 2);
  g_assert_cmpstr (result.out, ==, "");
  assert_contains (result.err, "tokens");
}

static void
test_help (void)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  static const char *const own[] = { "--csv FILE", "--chart FILE",  "--dump-tensors DIR",
                                     "--logbook",  "--preset NAME", "--table",
                                     "--report",   "Exit status",   "(default 32768)" };
  g_auto (Result) result = BENCH ("--help");
  assert_status (&result, 0);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *option = g_strdup_printf ("\n  --%s", specs[i].name);
      g_autofree char *heading = g_strdup_printf ("\n%s\n", specs[i].group);
      assert_contains (result.out, option);
      assert_contains (result.out, heading);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    assert_contains (result.out, own[i]);
  g_auto (GStrv) lines = g_strsplit (result.out, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_assert_cmpuint (g_utf8_strlen (*line, -1), <=, 80);
      g_assert_false (g_str_has_suffix (*line, " "));
    }

  g_auto (Result) version = BENCH ("--version");
  assert_status (&version, 0);
  assert_contains (version.out, NULLCURVE_VERSION);
}

/* A real run: its lines are read back by the reader of logs, and so is its CSV. */
static void
test_tiny_run (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *chart = g_build_filename (folder, "chart.svg", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (Result) result = BENCH (TINY, "--null-route-frac-list", "0.5,0.0", "--iters", "2",
                                  "--bench-pass", "forward_backward", "--use-custom-sort-vjp",
                                  "--stage-timing", "--table", "--csv", csv, "--chart", chart);
  assert_status (&result, 0);
  g_assert_true (g_str_has_prefix (result.out, "devices="));
  g_assert_cmpuint (count_lines (result.out, "shape tokens=64 hidden=32 mlp_dim=16 experts=4"), ==,
                    1);
  g_assert_cmpuint (count_lines (result.out, "RESULT "), ==, 2);
  assert_contains (result.out, "pack_s=");
  assert_contains (result.out, "autodiff");
  assert_contains (result.err, csv);
  assert_contains (result.err, chart);
  g_assert_null (strchr (result.err, '\033'));

  g_autoptr (MoeRun) log =
      moe_formats_read_data (result.out, strlen (result.out), "output", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moe_run_get_n_records (log), ==, 2);
  g_autoptr (MoeRun) saved = read_csv (csv);
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
      g_assert_cmpstr (row->pass, ==, "forward_backward");
      g_assert_cmpstr (row->impl, ==, "fused_w13");
      g_assert_cmpuint (row->n_samples, ==, 2);
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
  g_auto (Result) quick = BENCH ("--tokens", "64", "--preset", "QUICK", "--hidden=32",
                                 "--mlp_dim=16", "--iters", "1", "--warmup", "0", "--chart", png);
  assert_status (&quick, 0);
  g_assert_cmpuint (
      count_lines (quick.out, "shape tokens=64 hidden=32 mlp_dim=16 experts=60 topk=4"), ==, 1);
  assert_file_starts (png, "\x89PNG", 4);
  g_auto (Result) shipped =
      BENCH ("--preset", "OLMoE-1B-7B", "--tokens", "8", "--hidden", "32", "--mlp-dim", "16",
             "--iters", "1", "--warmup", "0", "--chart", pdf, "--logbook");
  assert_status (&shipped, 0);
  g_assert_cmpuint (
      count_lines (shipped.out, "shape tokens=8 hidden=32 mlp_dim=16 experts=64 topk=8"), ==, 1);
  assert_file_starts (pdf, "%PDF", 4);
  g_assert_cmpuint (count_lines (shipped.out, "#"), >, 0);
  remove_tree (folder);
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
  g_auto (Result) result = BENCH ("--logbook", deltas, modes);
  assert_status (&result, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (figures); i++)
    assert_contains (result.out, figures[i]);
  g_assert_cmpuint (count_lines (result.out, "RESULT"), ==, 0);

  g_auto (Result) missing = BENCH ("--logbook", "/no/such/file.csv");
  assert_status (&missing, 1);
  assert_contains (missing.err, "/no/such/file.csv");
  g_auto (Result) needless = BENCH ("--logbook", deltas, "--csv", "x.csv");
  assert_status (&needless, 2);
  assert_contains (needless.err, "--csv");
}

/* The first top-k is done quickly, the second would take long; the signal comes in between. */
static void
test_interrupt (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *csv = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *chart = g_build_filename (folder, "chart.svg", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) line = command (
      (const char *const[]){ "--tokens",          "512", "--hidden",    "64",   "--mlp-dim", "64",
                             "--experts",         "64",  "--topk-list", "1,64", "--iters",   "3000",
                             "--min-sample-time", "0",   "--warmup",    "0",    "--csv",     csv,
                             "--chart",           chart, NULL });
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      (const char *const *)line->pdata,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) out =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  gsize results = 0;
  char *text;
  while ((text = g_data_input_stream_read_line (out, NULL, NULL, &error)) != NULL)
    {
      if (g_str_has_prefix (text, "RESULT ") && results++ == 0)
        g_subprocess_send_signal (process, SIGINT);
      g_free (text);
    }
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);

  g_autoptr (MoeRun) saved = read_csv (csv);
  g_assert_cmpuint (moe_run_get_n_records (saved), ==, results);
  g_assert_cmpuint (moe_run_get_record (saved, 0)->n_samples, ==, 3000);
  if (results == 2)
    g_assert_cmpuint (moe_run_get_record (saved, 1)->n_samples, <, 3000);
  assert_file_starts (chart, "<?xml", 5);
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/refused-values", test_refused_values);
  g_test_add_func ("/app/bench/later-values", test_later_values);
  g_test_add_func ("/app/bench/does-not-fit", test_does_not_fit);
  g_test_add_func ("/app/bench/help", test_help);
  g_test_add_func ("/app/bench/tiny-run", test_tiny_run);
  g_test_add_func ("/app/bench/preset-and-charts", test_preset_and_charts);
  g_test_add_func ("/app/bench/logbook-of-shipped-rows", test_logbook_of_shipped_rows);
  g_test_add_func ("/app/bench/interrupt", test_interrupt);
  return g_test_run ();
}

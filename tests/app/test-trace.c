/* SPDX-License-Identifier: Apache-2.0 */
/* --trace-dir: the file is JSON, tells every event, and is there as a whole or not at all. */
#include <glib/gstdio.h>
#include <string.h>

#include "app/results/output.h"
#include "engine/sweep/trace-file.h"
#include "tests/app/bench-fixture.h"

/* The one file in a folder, or NULL. */
static char *
only_file (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  const char *name = g_dir_read_name (dir);
  char *path = name != NULL ? g_build_filename (folder, name, NULL) : NULL;
  g_assert_null (g_dir_read_name (dir));
  return path;
}

static void
test_is_json (void)
{
  static const char *const good[] = { "{}",
                                      "[1, 2.5e-3, \"a\\u00e9\\\"\", null, {\"b\": [true]}]" };
  static const char *const bad[] = {
    "", "{\"a\":1,}", "[1 2]", "{a:1}", "01", "\"a\nb\"", "[] []"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (is_json (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (is_json (bad[i]));
}

static void
test_writer (void)
{
  MoeTraceEvent events[] = {
    { .begin_ns = 5000001000,
      .end_ns = 5000003500,
      .stage = MOE_STAGE_UP,
      .shard = 1,
      .thread = 2,
      .expert = 7,
      .rows = 64 },
    { .begin_ns = 5000000000, .end_ns = 5000000007, .stage = MOE_STAGE_PACK, .expert = -1 },
    { .begin_ns = 5000004000,
      .end_ns = 5000004000,
      .stage = MOE_STAGE_WAIT,
      .expert = -1,
      .rows = 3 },
  };
  MoeTrace step = { .events = events, .capacity = G_N_ELEMENTS (events) };
  g_autofree char *parent = temporary_folder ();
  g_autofree char *folder = g_build_filename (parent, "a", "b", NULL);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "A \"run\"");
  gsize lost;
  moe_run_set_fact (run, "command", "x \\ y\nz");
  g_assert_true (nullcurve_bench_output_check_trace (folder, &error));
  g_autoptr (MoeTraceFile) trace = moe_trace_file_new (folder, &error);
  g_assert_no_error (error);

  atomic_store (&step.n, 3);
  g_assert_true (moe_trace_file_add (trace, "top-4 null 0.5", &step, &lost, &error));
  g_assert_cmpuint (lost, ==, 0);
  atomic_store (&step.n, 10);
  g_assert_true (moe_trace_file_add (trace, "top-8 null 0.5", &step, &lost, &error));
  g_assert_cmpuint (lost, ==, 7);
  atomic_store (&step.n, 0);
  g_assert_true (moe_trace_file_add (trace, "nothing", &step, &lost, &error));
  g_assert_true (moe_trace_file_finish (trace, run, &path, &error));
  g_assert_no_error (error);

  g_autofree char *there = only_file (folder);
  g_assert_cmpstr (there, ==, path);
  g_autofree char *text = read_text (path);
  g_assert_true (is_json (text));
  g_assert_true (g_str_has_prefix (text, "{\"traceEvents\":["));
  g_assert_cmpuint (count_words (text, "\"ph\":\"X\""), ==, 6);
  g_assert_cmpuint (count_words (text, "\"name\":\"process_name\""), ==, 3);
  g_assert_cmpuint (count_words (text, "\"name\":\"thread_name\""), ==, 4);
  assert_contains (text, "\"args\":{\"name\":\"top-4 null 0.5\"}");
  assert_contains (text, "\"args\":{\"name\":\"shard 1 thread 2\"}");
  assert_contains (text, "\"args\":{\"name\":\"shard 0 thread 0\"}");
  assert_contains (text, "\"args\":{\"labels\":\"7 events lost\"}");
  assert_contains (text, "{\"name\":\"up\",\"ph\":\"X\",\"pid\":1,");
  assert_contains (text, "\"ts\":1.000,\"dur\":2.500,\"args\":{\"expert\":7,\"rows\":64}}");
  assert_contains (text, "\"ts\":0.000,\"dur\":0.007,\"args\":{}}");
  assert_contains (text, "\"ts\":4.000,\"dur\":0.000,\"args\":{\"rows\":3}}");
  assert_contains (text, "\"otherData\":{\n\"title\":\"A \\\"run\\\"\"");
  assert_contains (text, "\"lost events\":\"7\"");
  assert_contains (text, "\"command\":\"x \\\\ y z\"");
  remove_tree (parent);
}

/* A second trace within the same second takes another name; one that is given up leaves nothing. */
static void
test_names (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "");
  MoeTraceFile *given_up = moe_trace_file_new (folder, NULL);
  g_assert_nonnull (given_up);
  moe_trace_file_free (given_up);
  g_autofree char *nothing = only_file (folder);
  g_assert_null (nothing);

  char *paths[3] = { NULL };
  for (gsize i = 0; i < 3; i++)
    {
      g_autoptr (MoeTraceFile) trace = moe_trace_file_new (folder, NULL);
      g_assert_true (moe_trace_file_finish (trace, run, &paths[i], NULL));
      g_autofree char *text = read_text (paths[i]);
      g_assert_true (is_json (text));
      for (gsize j = 0; j < i; j++)
        g_assert_cmpstr (paths[i], !=, paths[j]);
    }
  for (gsize i = 0; i < 3; i++)
    g_free (paths[i]);
  remove_tree (folder);
}

/* The program: a backend that tells what its threads do gets a file, another is refused. */
static void
test_program (void)
{
  MoeError engine_error;
  g_autofree char *folder = temporary_folder ();
  g_autofree char *traces = g_build_filename (folder, "traces", NULL);
  const MoeBackend *backend = moe_backend_find ("native", MOE_DTYPE_FLOAT32, &engine_error);
  g_assert_nonnull (backend);
  g_auto (BenchResult) result = BENCH (TINY, "--null-route-frac-list", "0,0.5", "--iters", "1",
                                       "--accelerator", "native", "--trace-dir", traces);
  if (backend->trace == NULL)
    assert_refused (&result, "--trace-dir", "cannot tell what its threads do");
  else
    {
      assert_status (&result, 0);
      assert_contains (result.err, "Trace is in ");
      g_autofree char *path = only_file (traces);
      g_assert_nonnull (path);
      g_autofree char *text = read_text (path);
      g_assert_true (is_json (text));
      assert_contains (text, "{\"name\":\"top-2 null 0 independent fused_w13\"}");
      assert_contains (text, "{\"name\":\"top-2 null 0.5 independent fused_w13\"}");
      assert_contains (text, "{\"name\":\"shard 0 thread 1\"}");
      assert_contains (text, "{\"name\":\"down\",\"ph\":\"X\"");
    }
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/trace/is-json", test_is_json);
  g_test_add_func ("/app/bench/trace/writer", test_writer);
  g_test_add_func ("/app/bench/trace/names", test_names);
  g_test_add_func ("/app/bench/trace/program", test_program);
  return g_test_run ();
}

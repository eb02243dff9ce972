/* SPDX-License-Identifier: Apache-2.0 */
/* The whole story as a person lives it, driven from outside the process: set up, run, stop, open
 * a log, pin it as the baseline, export. */
#include "tests/outside/outside.h"

#include <string.h>

static void
set_up_small (Outside *outside)
{
  outside_set (outside, "Tokens", 256);
  outside_set (outside, "Hidden", 64);
  outside_set (outside, "MLP dim", 32);
  outside_set (outside, "Experts", 8);
}

/* A small run may be over before anybody sees it going on: it has rows, and another can begin. */
static void
await_run (Outside *outside)
{
  outside_await_action (outside->frame, "win.export-csv");
  outside_await_action (outside->frame, "win.run");
}

/* Give the file chooser with this title a path. */
static void
choose (const char *title, const char *path)
{
  outside_press (title, "ctrl+a");
  outside_type (title, path);
  outside_press (title, "Return");
}

static char *
write_log (const Outside *outside)
{
  static const char text[] =
      "shape tokens=64 hidden=32 mlp_dim=16 experts=8 topk=2\n"
      "RESULT distribution=random mode=full pass=forward impl=fused_w13 backend=gmm topk=2 "
      "null_mode=independent null_target=0.000 null_realized=0.000 null_assignments=0 "
      "real_assignments=128 tflops=0.100000 tokens_per_s=1000.000000\n"
      "RESULT distribution=random mode=full pass=forward impl=fused_w13 backend=gmm topk=2 "
      "null_mode=independent null_target=0.500 null_realized=0.500 null_assignments=64 "
      "real_assignments=64 tflops=0.080000 tokens_per_s=1600.000000\n";
  char *path = g_build_filename (outside->folder, "other.log", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
assert_starts_with (const char *path, const char *start)
{
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (length, >, strlen (start));
  g_assert_cmpmem (bytes, strlen (start), start, strlen (start));
}

/* What was measured is kept in files, but for a run that was stopped at once. */
static guint
count_run_files (const Outside *outside)
{
  g_autofree char *path =
      g_build_filename (outside->folder, "XDG_DATA_HOME", "nullcurve", "runs", NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    n += g_str_has_suffix (name, ".journal");
  return n;
}

static void
test_story (void)
{
  Outside outside = { 0 };
  outside_start (&outside);
  g_autofree char *log = write_log (&outside);
  g_autofree char *pdf = g_build_filename (outside.folder, "chart.pdf", NULL);
  g_autofree char *csv = g_build_filename (outside.folder, "run.csv", NULL);

  set_up_small (&outside);
  outside_act (outside.frame, "win.run");
  await_run (&outside);

  outside_set (&outside, "Tokens", 65536);
  outside_act (outside.frame, "win.run");
  outside_act (outside.frame, "win.stop");
  outside_await_action (outside.frame, "win.run");
  outside_await (outside.frame, ATSPI_ROLE_PUSH_BUTTON, "Run");
  outside_await_gone (outside.frame, ATSPI_ROLE_PUSH_BUTTON, "Stop");

  outside_act (outside.frame, "win.open");
  choose ("Open Results", log);
  outside_await (outside.frame, ATSPI_ROLE_LABEL, "other.log");
  g_assert_cmpuint (count_run_files (&outside), >=, 1);

  outside_act (outside.frame, "win.pin-baseline");
  outside_await (outside.frame, ATSPI_ROLE_LIST_ITEM, "other.log, baseline");

  outside_act (outside.frame, "win.export-chart");
  outside_press ("Export Chart", "Return");
  choose ("Save Chart", pdf);
  outside_await_file (pdf);
  assert_starts_with (pdf, "%PDF-");

  outside_act (outside.frame, "win.export-csv");
  choose ("Export Run as CSV", csv);
  outside_await_file (csv);
  assert_starts_with (csv, "# ");

  outside_finish (&outside);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* The accessibility library warns of programs that come and go while it looks at them. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/outside/story", test_story);
  atspi_init ();
  /* A busy machine answers late. */
  atspi_set_timeout (20000, 30000);
  return g_test_run ();
}

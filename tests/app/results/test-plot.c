/* SPDX-License-Identifier: Apache-2.0 */
/* --plot: the chart as text, as the terminal and its user want it. */
#define _GNU_SOURCE /* posix_openpt () */
#include <fcntl.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/app/bench-fixture.h"
#include "ui/plot/letters.h"

static char *csv; /* a run at top-2 and top-4 */

/* What the program prints of the file into a pipe, in an environment with these changes. */
static char *
plot_with (const char *const *changes, const char *const *words)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  g_ptr_array_add (arguments, (char *)"--plot");
  for (; words != NULL && *words != NULL; words++)
    g_ptr_array_add (arguments, (char *)*words);
  g_ptr_array_add (arguments, csv);
  g_ptr_array_add (arguments, NULL);
  g_autoptr (GPtrArray) line = bench_command ((const char *const *)arguments->pdata);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_unsetenv (launcher, "COLUMNS");
  g_subprocess_launcher_unsetenv (launcher, "NO_COLOR");
  g_subprocess_launcher_unsetenv (launcher, "LANGUAGE");
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  for (; changes != NULL && *changes != NULL; changes += 2)
    g_subprocess_launcher_setenv (launcher, changes[0], changes[1], TRUE);
  g_autoptr (GSubprocess) process =
      g_subprocess_launcher_spawnv (launcher, (const char *const *)line->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return out;
}

static gsize
widest (const char *text)
{
  gsize most = 0;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    most = MAX (most, nullcurve_letters_width (*line));
  return most;
}

/* After the table, of a run as of its file. */
static void
test_beside_the_table (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *other = g_build_filename (folder, "run.csv", NULL);
  g_auto (BenchResult) run = BENCH (TINY, "--iters", "1", "--null-route-frac-list", "0,0.5",
                                    "--csv", other, "--table", "--plot");
  assert_status (&run, 0);
  g_auto (BenchResult) result = BENCH ("--table", "--plot", "--of", other);
  assert_status (&result, 0);
  const char *table = strstr (result.out, "Null mode");
  const char *plot = strstr (result.out, "Tokens/s  tokens per second");
  g_assert_nonnull (table);
  g_assert_nonnull (plot);
  g_assert_true (table < plot);
  g_assert_nonnull (strstr (run.out, plot));
  assert_contains (plot, "null fraction\n");
  remove_tree (folder);
}

static void
test_width (void)
{
  g_autofree char *plain = plot_with (NULL, NULL);
  g_autofree char *wide = plot_with ((const char *const[]){ "COLUMNS", "120", NULL }, NULL);
  g_autofree char *narrow = plot_with ((const char *const[]){ "COLUMNS", "3", NULL }, NULL);
  g_autofree char *nonsense = plot_with ((const char *const[]){ "COLUMNS", "wide", NULL }, NULL);
  g_autofree char *huge =
      plot_with ((const char *const[]){ "COLUMNS", "99999999999999999999", NULL }, NULL);
  g_assert_cmpuint (widest (plain), ==, 80);
  g_assert_cmpuint (widest (wide), ==, 120);
  g_assert_cmpuint (widest (narrow), ==, 32);
  g_assert_cmpuint (widest (huge), <=, 400);
  g_assert_cmpstr (nonsense, ==, plain);
  g_assert_null (strchr (plain, '\033'));
}

static void
test_ascii (void)
{
  g_autofree char *text = plot_with ((const char *const[]){ "LC_ALL", "C", NULL }, NULL);
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true (*at == '\n' || (*at >= ' ' && *at <= '~'));
  assert_contains (text, "Tokens/s");
  assert_contains (text, "+-");
  g_assert_cmpuint (widest (text), ==, 80);
}

/* Choices of charts are those of plots; what only a file has is refused. */
static void
test_choices (void)
{
  g_autofree char *gain =
      plot_with (NULL, (const char *const[]){ "--chart-view", "efficiency", NULL });
  assert_contains (gain, "Speed-up");
  assert_contains (gain, "Null efficiency");
  g_autofree char *load = plot_with (
      NULL, (const char *const[]){ "--chart-view", "load", "--chart-curve", "top-4", NULL });
  assert_contains (load, "Tokens per expert");
  g_autofree char *split =
      plot_with (NULL, (const char *const[]){ "--chart-facets", "topk", NULL });
  assert_contains (split, "\ntop-4\n");
  g_autofree char *log_scale = plot_with (NULL, (const char *const[]){ "--chart-log-y", NULL });
  g_autofree char *linear = plot_with (NULL, NULL);
  g_assert_cmpstr (log_scale, !=, linear);
  g_auto (BenchResult) look = BENCH ("--plot", "--chart-look", "dark", csv);
  assert_refused (&look, "--chart-look", "--chart");
  g_auto (BenchResult) curve = BENCH ("--plot", "--chart-view", "load", "--chart-curve", "9", csv);
  assert_status (&curve, 2);
  assert_contains (curve.err, "2 (top-4)");
  g_auto (BenchResult) mixed = BENCH ("--plot", "--convert", csv);
  assert_refused (&mixed, "--plot", "--csv");
}

/* --- on a terminal --- */

/* A terminal of this size; its other end is the program's. */
static int
open_terminal (int columns, int rows, int *other)
{
  const struct winsize size = { .ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows };
  int terminal = posix_openpt (O_RDWR | O_NOCTTY);
  g_assert_cmpint (terminal, >=, 0);
  g_assert_cmpint (grantpt (terminal), ==, 0);
  g_assert_cmpint (unlockpt (terminal), ==, 0);
  *other = open (ptsname (terminal), O_RDWR | O_NOCTTY);
  g_assert_cmpint (*other, >=, 0);
  g_assert_cmpint (ioctl (*other, TIOCSWINSZ, &size), ==, 0);
  return terminal;
}

/* What the program prints there, line ends as they were. */
static char *
plot_on_terminal (int columns, int rows, const char *no_colour)
{
  int other;
  int terminal = open_terminal (columns, rows, &other);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) line = bench_command ((const char *const[]){ "--plot", csv, NULL });
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  char part[4096];
  gssize n;
  g_subprocess_launcher_unsetenv (launcher, "COLUMNS");
  g_subprocess_launcher_unsetenv (launcher, "NO_COLOR");
  g_subprocess_launcher_unsetenv (launcher, "LANGUAGE");
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_setenv (launcher, "TERM", "xterm", TRUE);
  if (no_colour != NULL)
    g_subprocess_launcher_setenv (launcher, "NO_COLOR", no_colour, TRUE);
  g_subprocess_launcher_take_stdout_fd (launcher, other);
  g_autoptr (GSubprocess) process =
      g_subprocess_launcher_spawnv (launcher, (const char *const *)line->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_launcher_close (launcher);
  /* The end of a terminal is an error. */
  while ((n = read (terminal, part, sizeof part)) > 0)
    g_string_append_len (text, part, n);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
  close (terminal);
  g_string_replace (text, "\r\n", "\n", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
without_escapes (const char *text)
{
  g_autoptr (GRegex) escape = g_regex_new ("\033\\[[0-9]*m", 0, 0, NULL);
  return g_regex_replace_literal (escape, text, -1, 0, "", 0, NULL);
}

static void
test_terminal (void)
{
  g_autofree char *coloured = plot_on_terminal (100, 60, NULL);
  g_autofree char *empty = plot_on_terminal (100, 60, "");
  g_autofree char *plain = plot_on_terminal (100, 60, "1");
  g_autofree char *low = plot_on_terminal (80, 24, "1");
  g_autofree char *stripped = without_escapes (coloured);
  g_assert_nonnull (strchr (coloured, '\033'));
  g_assert_cmpstr (empty, ==, coloured);
  g_assert_cmpstr (plain, ==, stripped);
  g_assert_cmpuint (widest (plain), ==, 100);
  g_assert_cmpuint (widest (low), ==, 80);
  /* As many rows as can be seen at once. */
  g_assert_cmpuint (count_words (plain, "\n"), >, count_words (low, "\n"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  csv = g_test_build_filename (G_TEST_DIST, "fixtures", "two-topk.csv", NULL);
  g_test_add_func ("/app/bench/plot/beside-the-table", test_beside_the_table);
  g_test_add_func ("/app/bench/plot/width", test_width);
  g_test_add_func ("/app/bench/plot/ascii", test_ascii);
  g_test_add_func ("/app/bench/plot/choices", test_choices);
  g_test_add_func ("/app/bench/plot/terminal", test_terminal);
  int status = g_test_run ();
  g_free (csv);
  return status;
}

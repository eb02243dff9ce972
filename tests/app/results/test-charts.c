/* SPDX-License-Identifier: Apache-2.0 */
/* Charts of files: every view in every format, and what the options say. */
#include <string.h>

#include "tests/app/bench-fixture.h"
#include "ui/export/export-choice.h"
#include "ui/views/choice.h"

static char *folder;  /* of this test program */
static char *csv;     /* a run with stages and loads, at top-2 and top-4 */
static char *log_;    /* the same as the published harness prints it */
static char *journal; /* another, at top-4 */

static char *
shipped (const char *name)
{
  return g_build_filename (g_getenv ("NULLCURVE_DATA_DIR"), "reference", name, NULL);
}

static void
find_files (void)
{
  folder = temporary_folder ();
  csv = g_test_build_filename (G_TEST_DIST, "fixtures", "two-topk.csv", NULL);
  log_ = g_test_build_filename (G_TEST_DIST, "fixtures", "two-topk.txt", NULL);
  journal = g_test_build_filename (G_TEST_DIST, "fixtures", "run-of-82-columns.journal", NULL);
}

static char *
chart_in (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* The bytes of a chart of these words, which is a whole document of its format. */
static GBytes *
draw (const char *name, const char *const *words)
{
  static const struct
  {
    const char *ending, *magic;
  } formats[] = { { ".png", "\x89PNG\r\n" }, { ".svg", "<?xml" }, { ".pdf", "%PDF-" } };
  g_autofree char *path = chart_in (name);
  g_autoptr (GPtrArray) line = g_ptr_array_new ();
  char *bytes;
  gsize n;
  g_ptr_array_add (line, (char *)"--chart");
  g_ptr_array_add (line, path);
  for (; *words != NULL; words++)
    g_ptr_array_add (line, (char *)*words);
  g_ptr_array_add (line, NULL);
  g_auto (BenchResult) result = bench_run ((const char *const *)line->pdata);
  assert_status (&result, 0);
  g_assert_cmpstr (result.out, ==, "");
  assert_contains (result.err, path);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_has_suffix (name, formats[i].ending))
      {
        g_assert_cmpuint (n, >, 500);
        g_assert_cmpmem (bytes, strlen (formats[i].magic), formats[i].magic,
                         strlen (formats[i].magic));
      }
  return g_bytes_new_take (bytes, n);
}
#define DRAW(name, ...) draw (name, (const char *const[]){ __VA_ARGS__, NULL })

static gboolean
says (GBytes *svg, const char *piece)
{
  gsize n;
  const char *text = g_bytes_get_data (svg, &n);
  return g_strstr_len (text, (gssize)n, piece) != NULL;
}

/* Every view in every format, no two of them alike; and of everything that can be read. */
static void
test_views_and_formats (void)
{
  g_autofree char *published = shipped ("logbook-v5p-modes.csv");
  const char *const files[] = { csv, journal, log_, published };
  for (int format = 0; format < NULLCURVE_N_EXPORT_FORMATS; format++)
    {
      GBytes *views[NULLCURVE_VIEW_TABLE];
      for (int view = 0; view < NULLCURVE_VIEW_TABLE; view++)
        for (gsize i = 0; i < (format == NULLCURVE_EXPORT_SVG ? G_N_ELEMENTS (files) : 1); i++)
          {
            g_autofree char *name = g_strdup_printf (
                "%d-%zu.%s", view, i, nullcurve_export_format_name ((NullcurveExportFormat)format));
            g_autoptr (GBytes) bytes = DRAW (
                name, "--chart-view", moe_name_of (&nullcurve_view_names, view), "--of", files[i]);
            if (i == 0)
              views[view] = g_steal_pointer (&bytes);
          }
      for (int a = 0; a < NULLCURVE_VIEW_TABLE; a++)
        for (int b = a + 1; b < NULLCURVE_VIEW_TABLE; b++)
          g_assert_false (g_bytes_equal (views[a], views[b]));
      for (int view = 0; view < NULLCURVE_VIEW_TABLE; view++)
        g_clear_pointer (&views[view], g_bytes_unref);
    }
}

/* What the options say is in the drawing. */
static void
test_options (void)
{
  g_autoptr (GBytes) plain = DRAW ("plain.svg", csv);
  g_assert_true (says (plain, "width=\"672"));
  g_assert_true (says (plain, "height=\"432"));
  static const char *const cases[][6] = {
    { "--chart-scale", "relative" },
    { "--chart-facets", "topk" },
    { "--chart-along", "topk" },
    { "--chart-x-ideal" },
    { "--chart-x-experts" },
    { "--chart-what-if", "fixed-halved" },
    { "--chart-log-y" },
    { "--chart-limits" },
    { "--chart-size", "slide" },
    { "--chart-size", "7x4.6" },
    { "--chart-letters", "9" },
    { "--chart-look", "light" },
    { "--chart-look", "dark" },
    { "--chart-caption", "machine" },
    { "--chart-caption", "Measured on a Sunday" },
    { "--chart-no-title" },
    { "--chart-no-legend" },
    { "--chart-view", "stages", "--chart-phase", "forward" },
    { "--chart-view", "stages", "--chart-phase", "backward" },
    { "--chart-view", "stages", "--chart-curve", "2" },
    { "--chart-view", "load", "--chart-curve", "top-4" },
    { "--chart-view", "stages", "--chart-stage-scale", "token" },
    { "--chart-view", "stages", "--chart-stage-scale", "excess" },
    { "--chart-view", "load", "--chart-load-scale", "cost" },
    { "--chart-view", "load", "--chart-load-scale", "throughput" },
    { "--chart-view", "load", "--chart-load-scale", "throughput", "--chart-log-y" },
    { "--chart-view", "where", "--chart-curve", "2" },
    { "--chart-view", "where", "--chart-at", "0.2" },
  };
  GBytes *charts[G_N_ELEMENTS (cases)];
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) words = g_ptr_array_new ();
      for (gsize k = 0; cases[i][k] != NULL; k++)
        g_ptr_array_add (words, (char *)cases[i][k]);
      g_ptr_array_add (words, csv);
      g_ptr_array_add (words, NULL);
      charts[i] = draw ("option.svg", (const char *const *)words->pdata);
      g_assert_false (g_bytes_equal (plain, charts[i]));
      for (gsize k = 0; k < i; k++)
        g_assert_false (g_bytes_equal (charts[i], charts[k]));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_bytes_unref (charts[i]);
  /* What is the default may be said. */
  g_autoptr (GBytes) same =
      DRAW ("same.svg", "--chart-view", "throughput", "--chart-scale", "absolute", "--chart-facets",
            "none", "--chart-along", "fraction", "--chart-size", "columns", "--chart-look", "print",
            "--chart-run", "1", csv);
  g_assert_true (g_bytes_equal (plain, same));
}

/* The run in hand is the last unless another is named; the first is the baseline. */
static void
test_several_runs (void)
{
  g_autofree char *published = shipped ("logbook-v5p-deltas.csv");
  g_autoptr (GBytes) last = DRAW ("a.svg", "--chart-view", "load", "--of", published, csv);
  g_autoptr (GBytes) first =
      DRAW ("b.svg", "--chart-view", "load", "--chart-run", "2", "--of", published, csv);
  g_autoptr (GBytes) other =
      DRAW ("c.svg", "--chart-view", "load", "--chart-run", "1", published, csv);
  g_assert_true (g_bytes_equal (last, first));
  g_assert_false (g_bytes_equal (last, other));
  g_autoptr (GBytes) against =
      DRAW ("d.svg", "--chart-scale", "baseline", "--of", csv, "--of", log_, journal);
  g_assert_true (says (against, "<title>Against the baseline</title>"));
}

/* The chart of a run is the chart of its file. */
static void
test_of_a_run (void)
{
  g_autofree char *chart = chart_in ("run.svg");
  g_autofree char *other = chart_in ("other.csv");
  char *bytes;
  gsize n;
  g_auto (BenchResult) result = BENCH (
      TINY, "--iters", "2", "--null-route-frac-list", "0,0.5", "--chart", chart, "--chart-view",
      "efficiency", "--chart-look", "dark", "--chart-caption", "machine", "--csv", other);
  assert_status (&result, 0);
  g_assert_true (g_file_get_contents (chart, &bytes, &n, NULL));
  g_autoptr (GBytes) measured = g_bytes_new_take (bytes, n);
  g_autoptr (GBytes) drawn = DRAW ("again.svg", "--chart-view", "efficiency", "--chart-look",
                                   "dark", "--chart-caption", "machine", "--of", other);
  g_assert_true (g_bytes_equal (measured, drawn));
}

/* Several things at once of the same files, one behind the other. */
static void
test_beside_others (void)
{
  g_autofree char *chart = chart_in ("beside.png");
  g_autofree char *report = chart_in ("beside.md");
  g_auto (BenchResult) result =
      BENCH ("--chart", chart, "--report", report, "--table", "--logbook", "--of", csv);
  assert_status (&result, 0);
  g_assert_true (g_file_test (chart, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (report, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_lines (result.out, "RESULT"), ==, 0);
  g_assert_true (g_str_has_prefix (result.out, "Null mode"));
  assert_contains (result.out, "\n\n## ");

  g_auto (BenchResult) tables = BENCH ("--table", "--of", csv, log_);
  assert_status (&tables, 0);
  g_assert_cmpuint (count_lines (tables.out, "Null mode"), ==, 2);
  g_assert_cmpuint (count_lines (tables.out, "two-topk.txt"), ==, 1);
}

/* Sentences that name the option, its value and what is allowed; nothing is drawn. */
static void
test_refused (void)
{
  g_autofree char *chart = chart_in ("no.png");
  g_autofree char *drawing = chart_in ("no.svg");
  const struct
  {
    const char *words[8];
    const char *pieces[2];
  } cases[] = {
    { { chart, "--chart-view", "table" }, { "--chart-view \"table\"", "load." } },
    { { chart, "--chart-scale", "log" }, { "--chart-scale \"log\"", "baseline." } },
    { { chart, "--chart-facets", "k" }, { "--chart-facets \"k\"", "topk." } },
    { { chart, "--chart-phase", "x" }, { "--chart-phase \"x\"", "backward." } },
    { { chart, "--chart-look", "x" }, { "--chart-look \"x\"", "dark." } },
    { { chart, "--chart-size", "8x" }, { "--chart-size \"8x\"", "7x4.5" } },
    { { chart, "--chart-size", "1x105" }, { "--chart-size \"1x105\"", "104" } },
    { { chart, "--chart-size", "custom" }, { "--chart-size \"custom\"", "slide" } },
    { { chart, "--chart-letters", "2" }, { "--chart-letters \"2\"", "3 to 75" } },
    { { chart, "--chart-dpi", "-5" }, { "--chart-dpi \"-5\"", "24 to 1200" } },
    { { drawing, "--chart-dpi", "90" }, { "--chart-dpi", "PNG" } },
    { { chart, "--chart-size", "100x100", "--chart-dpi", "1200" }, { "120000", "32767" } },
    { { chart, "--chart-run", "2" }, { "--chart-run \"2\"", "the only run" } },
    { { chart, "--chart-run", "0", log_ }, { "--chart-run \"0\"", "1 to 2" } },
    { { chart, "--chart-view", "load", "--chart-curve", "3" }, { "\"3\"", "2 (top-4)" } },
    { { chart, "--chart-view", "load", "--chart-curve", "x" }, { "\"x\"", "1 (top-2)" } },
    { { chart, "--chart-view", "where", "--chart-at", "0" }, { "--chart-at \"0\"", "below 1" } },
    { { chart, "--chart-view", "where", "--chart-at", "x" }, { "--chart-at \"x\"", "above 0" } },
    { { chart, "--chart-view", "stages", "--chart-stage-scale", "x" }, { "\"x\"", "excess." } },
    { { chart, "--chart-stage-scale", "token" }, { "--chart-stage-scale", "view throughput" } },
    { { chart, "--chart-load-scale", "cost" }, { "--chart-load-scale", "view throughput" } },
    { { chart, "--chart-view", "load", "--chart-load-scale", "throughput", "--chart-curve", "2" },
      { "--chart-curve", "view load" } },
    { { chart, "--chart-view", "load", "--chart-x-experts" },
      { "--chart-x-experts", "view load" } },
    { { chart, "--chart-x-ideal", "--chart-x-experts" }, { "two x axes", "one." } },
    { { chart, "--chart-view", "load", "--chart-what-if", "fixed-halved" },
      { "--chart-what-if", "view load" } },
    { { chart, "--chart-at", "0.5" }, { "--chart-at", "the view throughput" } },
    { { chart, "--chart-curve", "2" }, { "--chart-curve", "the view throughput" } },
    { { chart, "--chart-phase", "forward" }, { "--chart-phase", "the view throughput" } },
    { { chart, "--chart-view", "load", "--chart-limits" }, { "--chart-limits", "view load" } },
    { { chart, "--chart-view", "stages", "--chart-log-y" }, { "--chart-log-y", "view stages" } },
    { { chart, "--chart-scale", "baseline" }, { "baseline", "--versus" } },
    { { chart, "--chart-scale", "baseline", "--chart-log-y", log_ }, { "--chart-log-y", "scale" } },
    { { chart, "--chart-view", "efficiency", "--chart-scale", "relative" },
      { "--chart-scale", "view efficiency" } },
    { { chart, "--tokens", "4" }, { "--tokens", "nothing is" } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const *words = cases[i].words;
      g_auto (BenchResult) result = BENCH ("--of", csv, "--chart", words[0], words[1], words[2],
                                           words[3], words[4], words[5], words[6]);
      assert_refused (&result, cases[i].pieces[0], cases[i].pieces[1]);
    }
  g_assert_false (g_file_test (chart, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (drawing, G_FILE_TEST_EXISTS));

  g_auto (BenchResult) homeless = BENCH (TINY, "--chart-look", "dark");
  assert_refused (&homeless, "--chart-look", "--chart");
  g_auto (BenchResult) nothing = BENCH ("--of", csv);
  assert_refused (&nothing, "two-topk.csv", "--chart");
  g_auto (BenchResult) no_file = BENCH ("--chart", chart, "--of");
  assert_refused (&no_file, "--of needs a value", "FILE");
  g_auto (BenchResult) itself = BENCH ("--chart", drawing, "--of", drawing);
  assert_refused (&itself, "--chart", "would replace");
  g_auto (BenchResult) missing = BENCH ("--chart", chart, "--of", "/no/such/run.csv");
  assert_status (&missing, 1);
  assert_contains (missing.err, "/no/such/run.csv");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  find_files ();
  g_test_add_func ("/app/bench/charts/views-and-formats", test_views_and_formats);
  g_test_add_func ("/app/bench/charts/options", test_options);
  g_test_add_func ("/app/bench/charts/several-runs", test_several_runs);
  g_test_add_func ("/app/bench/charts/of-a-run", test_of_a_run);
  g_test_add_func ("/app/bench/charts/beside-others", test_beside_others);
  g_test_add_func ("/app/bench/charts/refused", test_refused);
  int status = g_test_run ();
  remove_tree (folder);
  return status;
}

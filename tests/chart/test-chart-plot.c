/* SPDX-License-Identifier: Apache-2.0 */
/* Figures as text: what a small one looks like to the letter, and what holds for all of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/figure/facets.h"
#include "ui/figure/figure-axes.h"
#include "ui/figure/keys.h"
#include "ui/plot/letters.h"
#include "ui/plot/plot.h"

static NullcurveFigure *
new_figure (NullcurveUnit unit)
{
  NullcurveFigure *figure = nullcurve_figure_new ();

  nullcurve_figure_set_text (&figure->title, "A run");
  nullcurve_figure_set_text (&figure->x_label, "null fraction");
  nullcurve_figure_add_panel (figure, "Tokens/s", "tokens per second", unit);
  return figure;
}

static NullcurveSeries *
add_series (NullcurveFigure *figure, const char *label, const double *y, gsize n)
{
  NullcurveSeries *series = nullcurve_figure_add_series (figure, label, figure->series->len);

  for (gsize i = 0; i < n; i++)
    nullcurve_series_add_point (series, 0, 0.9 * (double)i / (double)MAX (n - 1, 1), y[i]);
  return series;
}

static NullcurveFigure *
new_small (void)
{
  static const double a[] = { 1000.0, 1200.0, 2000.0, 4000.0 };
  static const double b[] = { 500.0, 700.0, NAN, 1500.0 };
  NullcurveFigure *figure = new_figure (NULLCURVE_UNIT_RATE);
  NullcurveSeries *series = add_series (figure, "top-2", a, 4);

  nullcurve_point_set_interval (&g_array_index (series->points[0], NullcurvePoint, 3), 3000.0,
                                4000.0);
  g_array_index (series->points[0], NullcurvePoint, 1).processor = TRUE;
  add_series (figure, "top-4", b, 4);
  nullcurve_panel_add_line (&figure->panels[0], "the same", 3000.0);
  return figure;
}

static char *
plot (const NullcurveFigure *figure, gsize width, gsize rows, gboolean ascii)
{
  const NullcurvePlotOptions options = { width, rows, ascii, FALSE };

  return g_string_free (nullcurve_plot_figure (figure, &options), FALSE);
}

static void
assert_text (const char *text, const char *wanted)
{
  if (strcmp (text, wanted) != 0)
    {
      fprintf (stderr, "this is\n%s\ninstead of\n%s", text, wanted);
      g_test_fail ();
    }
}

/* To the letter: curves and where they lack a point, an interval, a mark of processor time, a line
 * to compare with, axes, labels, legend. */
static void
test_golden (void)
{
  g_autoptr (NullcurveFigure) figure = new_small ();
  g_autofree char *text = plot (figure, 48, 8, FALSE);
  g_autofree char *ascii = plot (figure, 48, 8, TRUE);

  assert_text (text, "A run\n"
                     "● top-2   ■ top-4   ·· the same\n"
                     "\n"
                     "Tokens/s  tokens per second\n"
                     "4 k ┤                                       ⢀⡠⠔●\n"
                     "    │                                   ⢀⡠⠔⠊⠁  ⢸\n"
                     "3 k ┤⠁⠈ ⠁⠈ ⠁⠈ ⠁⠈ ⠁⠈ ⠁⠈ ⠁⠈ ⠁⠁⠈ ⠁⠈ ⠁⠈ ⠁⣈⠤⠓⠉ ⠁⠈ ⠁⠈⠈\n"
                     "    │                             ⡠⠔⠊⠁\n"
                     "2 k ┤                   ⢀⣀⡠⠤⠤⠒⠒⠊⠉●             ■\n"
                     "1 k ┤●⣀⣀⣀⣀⣀⣀⡠⠤⠤⠤⠤⠤⠤○⠒⠒⠉⠉⠁\n"
                     "    │■⣀⣀⣀⣀⣀⠤⠤⠤⠤⠤⠤⠤⠤■\n"
                     "  0 ┤\n"
                     "    └┬────────┬─────────┬────────┬─────────┬────\n"
                     "     0.0     0.2       0.4      0.6       0.8\n"
                     "                    null fraction\n");
  assert_text (ascii, "A run\n"
                      "@ top-2   # top-4   .. the same\n"
                      "\n"
                      "Tokens/s  tokens per second\n"
                      "4 k +                                       ..'@\n"
                      "    |                                    ..'   :\n"
                      "3 k +'  '  '  '  '  '  '  ' '  '  '  '..'  '  ''\n"
                      "    |                             ..''\n"
                      "2 k +                    ....''''@             #\n"
                      "1 k +@.............o'''''\n"
                      "    |#...........''#\n"
                      "  0 +\n"
                      "    ++--------+---------+--------+--------+-----\n"
                      "     0.0     0.2       0.4      0.6      0.8\n"
                      "                    null fraction\n");
}

/* --- what holds for all --- */

/* The lines of a plot, and where in them the first chart is. */
typedef struct Page
{
  char **lines;
  gsize top;  /* its first row */
  gsize left; /* its first column, in cells */
  gsize columns;
} Page;

static gunichar
cell_of (const Page *page, gsize column, gsize row)
{
  const char *line = page->lines[page->top + row];
  const glong at = (glong)(page->left + column);

  return g_utf8_strlen (line, -1) > at ? g_utf8_get_char (g_utf8_offset_to_pointer (line, at))
                                       : ' ';
}

static gboolean
is_row (const char *line, glong *axis)
{
  for (const char *at = line; *at != '\0'; at = g_utf8_next_char (at))
    if (g_utf8_get_char (at) == 0x2502 || g_utf8_get_char (at) == 0x2524)
      {
        *axis = g_utf8_pointer_to_offset (line, at);
        return TRUE;
      }
  return FALSE;
}

static void
page_init (Page *page, const char *text, gsize width)
{
  glong axis = 0;

  *page = (Page){ .lines = g_strsplit (text, "\n", -1) };
  while (!is_row (page->lines[page->top], &axis))
    {
      page->top++;
      g_assert_nonnull (page->lines[page->top]);
    }
  page->left = (gsize)axis + 1;
  page->columns = width - page->left;
}

/* Nothing is wider than it may be, ends in blanks, or has escapes. */
static void
assert_tidy (const char *text, gsize width)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_true (g_str_has_suffix (text, "\n"));
  for (char **line = lines; *line != NULL; line++)
    {
      g_assert_cmpuint (nullcurve_letters_width (*line), <=, width);
      g_assert_false (g_str_has_suffix (*line, " "));
      g_assert_null (strchr (*line, '\033'));
    }
}

static void
assert_ascii (const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true (*at == '\n' || (*at >= ' ' && *at <= '~'));
}

/* The cell of a place on an axis of so many cells of `dots` each: the nearest dot's. */
static gsize
nearest_cell (double place, gsize cells, gsize dots)
{
  return (gsize)floor (floor (place * (double)(cells * dots - 1) + 0.5) / (double)dots);
}

/* Every point has its mark in its cell, but where a curve that is named before has one there. */
static void
assert_marks (const NullcurveFigure *figure, gsize width, gsize rows)
{
  static const gunichar letters[] = { 0x25cf, 0x25a0, 0x25b2, 0x25c6 };
  g_autofree char *text = plot (figure, width, rows, FALSE);
  NullcurveAxis x;
  NullcurveAxis y;
  NullcurveSpan full;
  Page page;
  gsize n_seen = 0;

  assert_tidy (text, width);
  page_init (&page, text, width);
  nullcurve_figure_init_x_axis (figure, (double)page.columns, 6.0, &x, &full);
  nullcurve_figure_init_y_axis (figure, 0, (double)rows, 2.0, &y, &full);
  for (gsize s = 0; s < figure->series->len; s++)
    for (gsize i = 0; i < nullcurve_series_n_points (nullcurve_figure_get_series (figure, s), 0);
         i++)
      {
        const NullcurvePoint *point =
            nullcurve_series_get_point (nullcurve_figure_get_series (figure, s), 0, i);
        gunichar found;
        gboolean known = FALSE;

        if (!isfinite (point->y))
          continue;
        found = cell_of (&page, nearest_cell (nullcurve_axis_map (&x, point->x), page.columns, 2),
                         nearest_cell (1.0 - nullcurve_axis_map (&y, point->y), rows, 4));
        for (gsize k = 0; k <= s; k++)
          known = known || found == letters[k];
        g_assert_true (known);
        n_seen += found == letters[s];
      }
  g_assert_cmpuint (n_seen, >, 0);
  g_strfreev (page.lines);
}

static void
test_marks (void)
{
  for (int round = 0; round < 200; round++)
    {
      g_autoptr (NullcurveFigure) figure = new_figure (NULLCURVE_UNIT_RATE);
      const gsize n_series = (gsize)g_test_rand_int_range (1, 5);
      const gsize n = (gsize)g_test_rand_int_range (1, 12);
      const double scale = pow (10.0, g_test_rand_double_range (-3.0, 9.0));

      for (gsize s = 0; s < n_series; s++)
        {
          g_autofree double *values = g_new (double, n);

          for (gsize i = 0; i < n; i++)
            values[i] = i > 0 && g_test_rand_int_range (0, 5) == 0
                            ? NAN
                            : scale * g_test_rand_double_range (0.01, 1.0);
          add_series (figure, "curve", values, n);
        }
      if (g_test_rand_bit ())
        figure->panels[0].scale = NULLCURVE_SCALE_LOG;
      if (g_test_rand_bit ())
        figure->x_scale = NULLCURVE_SCALE_SPEEDUP;
      assert_marks (figure, (gsize)g_test_rand_int_range (40, 160),
                    (gsize)g_test_rand_int_range (6, 30));
    }
}

/* What lies on a tick stands in its row, and above it. */
static void
test_on_ticks (void)
{
  static const double y[] = { 0.0, 1.0, 2.0, 3.0, 4.0 };
  g_autoptr (NullcurveFigure) figure = new_figure (NULLCURVE_UNIT_PLAIN);
  NullcurveSeries *series = nullcurve_figure_add_series (figure, "one", 0);
  g_autofree char *text = NULL;
  Page page;
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (y); i++)
    nullcurve_series_add_point (series, 0, 0.2 * (double)i, y[i]);
  text = plot (figure, 80, 10, FALSE);
  page_init (&page, text, 80);
  for (gsize row = 0; row < 10; row++)
    for (gsize column = 0; column < page.columns; column++)
      if (cell_of (&page, column, row) == 0x25cf)
        {
          const char *label = page.lines[page.top + row];

          g_assert_cmpfloat_with_epsilon (g_ascii_strtod (label, NULL), y[4 - n], 1e-9);
          g_assert_cmpuint (cell_of (&page, column, 10), ==, 0x252c);
          n++;
        }
  g_assert_cmpuint (n, ==, 5);
  g_strfreev (page.lines);
}

/* Ten curves, and 55: no two have the same mark, as far as there are letters. */
static void
test_many_curves (void)
{
  for (int ascii = 0; ascii < 2; ascii++)
    for (gsize n = 10; n <= 55; n += 45)
      {
        g_autoptr (NullcurveFigure) figure = new_figure (NULLCURVE_UNIT_RATE);
        g_autoptr (GHashTable) marks = g_hash_table_new (NULL, NULL);
        g_autofree char *text = NULL;
        g_auto (GStrv) lines = NULL;
        gsize n_entries = 0;

        for (gsize i = 0; i < n; i++)
          {
            const double y[] = { 10.0 + (double)i, 100.0 + (double)(i * i) };

            add_series (figure, "c", y, 2);
          }
        text = plot (figure, 100, 20, ascii);
        assert_tidy (text, 100);
        lines = g_strsplit (text, "\n", -1);
        for (gsize i = 1; *lines[i] != '\0'; i++)
          {
            g_auto (GStrv) entries = g_strsplit (lines[i], "   ", -1);

            for (char **entry = entries; *entry != NULL; entry++, n_entries++)
              g_hash_table_add (marks, GUINT_TO_POINTER (g_utf8_get_char (*entry)));
          }
        g_assert_cmpuint (n_entries, ==, n);
        g_assert_cmpuint (g_hash_table_size (marks), ==, n);
      }
}

static NullcurveFigure *
new_extreme (int kind)
{
  static const double one[] = { 5.0 };
  static const double equal[] = { 7.0, 7.0, 7.0 };
  static const double nothing[] = { NAN, NAN };
  static const double zero[] = { 0.0, 0.0 };
  static const double huge[] = { 1e-300, 1.0, 1e300, INFINITY, -1e300 };
  static const double below[] = { -5.0, 3.0, -1.0 };
  const struct
  {
    const double *y;
    gsize n;
  } values[] = { { one, 1 },  { equal, 3 }, { nothing, 2 }, { zero, 2 },
                 { huge, 5 }, { below, 3 }, { one, 0 } };
  NullcurveFigure *figure = new_figure ((NullcurveUnit)(kind % 4));
  NullcurveSeries *series = add_series (figure, "x", values[kind % 7].y, values[kind % 7].n);

  for (gsize i = 0; i < nullcurve_series_n_points (series, 0); i++)
    nullcurve_point_set_interval (&g_array_index (series->points[0], NullcurvePoint, i), -1e308,
                                  INFINITY);
  figure->panels[0].scale = kind % 2 ? NULLCURVE_SCALE_LOG : NULLCURVE_SCALE_LINEAR;
  figure->panels[0].stacked = kind % 5 == 4;
  series->band = kind % 11 == 10;
  nullcurve_panel_add_line (&figure->panels[0], "far away", 1e18);
  nullcurve_reference_add (nullcurve_panel_add_curve (&figure->panels[0], "curve"), 0.0, -INFINITY);
  return figure;
}

static void
test_extremes (void)
{
  for (int kind = 0; kind < 7 * 11 * 5 * 4; kind++)
    for (int ascii = 0; ascii < 2; ascii++)
      {
        g_autoptr (NullcurveFigure) figure = new_extreme (kind);
        g_autofree char *text = plot (figure, kind % 3 ? 80 : 0, kind % 3 ? 12 : 0, ascii);

        assert_tidy (text, 80);
        if (ascii)
          assert_ascii (text);
      }
}

/* Words of strangers: long, wide, combining; the lines stay within the width. */
static void
test_words (void)
{
  static const char *const words[] = {
    "", "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字", "é́́́ combining",
    "−×·±µ… “quoted” ≥ 5 %", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (int ascii = 0; ascii < 2; ascii++)
      {
        static const double y[] = { 1.0, 2.0 };
        g_autoptr (NullcurveFigure) figure = new_figure (NULLCURVE_UNIT_RATIO);
        g_autofree char *text = NULL;

        add_series (figure, words[i], y, 2);
        nullcurve_figure_set_text (&figure->title, words[i]);
        nullcurve_figure_set_text (&figure->subtitle, words[i]);
        nullcurve_figure_set_text (&figure->x_label, words[i]);
        nullcurve_figure_set_text (&figure->panels[0].title, words[i]);
        nullcurve_figure_set_text (&figure->panels[0].subtitle, words[i]);
        text = plot (figure, 40, 8, ascii);
        if (*words[i] != '\0')
          assert_tidy (text, 40);
        if (ascii)
          assert_ascii (text);
      }
  g_autofree char *plain = nullcurve_letters_plain ("−1 ×\302\2402 ±3 µs…\033[31m", TRUE);
  g_assert_cmpstr (plain, ==, "-1 x 2 +-3 us... [31m");
}

/* Colour adds escapes and nothing else, and every line ends without one. */
static void
test_colour (void)
{
  g_autoptr (NullcurveFigure) figure = new_small ();
  const NullcurvePlotOptions options = { 60, 10, FALSE, TRUE };
  g_autoptr (GString) coloured = nullcurve_plot_figure (figure, &options);
  g_autofree char *bare = plot (figure, 60, 10, FALSE);
  g_autoptr (GRegex) escape = g_regex_new ("\033\\[[0-9]*m", 0, 0, NULL);
  g_autofree char *stripped = g_regex_replace_literal (escape, coloured->str, -1, 0, "", 0, NULL);

  g_assert_cmpstr (stripped, ==, bare);
  g_assert_nonnull (strstr (coloured->str, "\033[94m●\033[0m top-2"));
  g_assert_nonnull (strstr (coloured->str, "\033[31m■\033[0m top-4"));
}

/* A chart for each value, with its title; panels without values say so. */
static void
test_facets (void)
{
  g_autoptr (NullcurveFigure) figure = new_small ();
  g_autofree char *text = NULL;

  nullcurve_figure_add_panel (figure, "TF/s", NULL, NULLCURVE_UNIT_PLAIN);
  nullcurve_figure_set_text (&figure->panels[1].empty_text, "nobody told.");
  for (gsize i = 0; i < 2; i++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      nullcurve_figure_set_text (&series->facet_titles[NULLCURVE_FACETS_TOPK], series->label);
      nullcurve_figure_set_text (&series->facet_labels[NULLCURVE_FACETS_TOPK], "all");
    }
  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  g_assert_cmpuint (nullcurve_plot_n_charts (figure), ==, 2);
  text = plot (figure, 60, 8, FALSE);
  assert_tidy (text, 60);
  g_assert_nonnull (strstr (text, "● all   ·· the same\n"));
  g_assert_nonnull (strstr (text, "\ntop-2\n"));
  g_assert_nonnull (strstr (text, "\ntop-4\n"));
  g_assert_nonnull (strstr (text, "\nTF/s: nobody told.\n"));
}

/* In colours the legend has runs and what differs inside them, once each; a letter of black and
 * white tells every curve by itself. */
static void
test_legend_in_parts (void)
{
  static const double y[] = { 1000.0, 2000.0 };
  static const char *const runs[] = { "A", "B" }, *const values[] = { "top-2", "top-4" };
  g_autoptr (NullcurveFigure) figure = new_figure (NULLCURVE_UNIT_RATE);
  const NullcurvePlotOptions options = { 60, 8, FALSE, TRUE };

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *label = g_strdup_printf ("%s, %s", runs[i / 2], values[i % 2]);
      NullcurveSeries *series = add_series (figure, label, y, 2);

      series->palette = i / 2;
      nullcurve_series_set_part (series, NULLCURVE_PART_RUN, runs[i / 2], 0, NULLCURVE_FACETS_NONE);
      nullcurve_series_set_part (series, NULLCURVE_PART_VALUE, values[i % 2], i % 2,
                                 NULLCURVE_FACETS_NONE);
    }
  nullcurve_figure_dress (figure, NULLCURVE_FACETS_NONE);
  g_autoptr (GString) coloured = nullcurve_plot_figure (figure, &options);
  g_autofree char *plain = plot (figure, 60, 8, FALSE);
  g_assert_nonnull (
      strstr (coloured->str, "█\033[0m A   \033[31m█\033[0m B   ● top-2   ■ top-4\n"));
  g_assert_null (strstr (coloured->str, "A, top-2"));
  g_assert_nonnull (strstr (plain, "A, top-2"));
  g_assert_nonnull (strstr (plain, "B, top-4"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-plot/golden", test_golden);
  g_test_add_func ("/chart-plot/marks", test_marks);
  g_test_add_func ("/chart-plot/on-ticks", test_on_ticks);
  g_test_add_func ("/chart-plot/many-curves", test_many_curves);
  g_test_add_func ("/chart-plot/extremes", test_extremes);
  g_test_add_func ("/chart-plot/words", test_words);
  g_test_add_func ("/chart-plot/colour", test_colour);
  g_test_add_func ("/chart-plot/facets", test_facets);
  g_test_add_func ("/chart-plot/legend-in-parts", test_legend_in_parts);
  return g_test_run ();
}

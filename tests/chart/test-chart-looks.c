/* SPDX-License-Identifier: Apache-2.0 */
/* Hue is the run, marker and dash what differs inside it, and the legend says so in parts. */
#include <math.h>
#include <string.h>

#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-picture.h"
#include "ui/figure/facets.h"
#include "ui/figure/palettes.h"
#include "ui/figure/style.h"
#include "ui/hands/legend.h"
#include "ui/views/choice.h"

/* --- colours --- */

/* What people who lack the cones for red, green or blue see of a colour (linear light): Machado,
 * Oliveira and Fernandes 2009, severity 1; the first is everybody else. */
static const double eyes[4][3][3] = {
  { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
  { { 0.152286, 1.052583, -0.204868 },
    { 0.114503, 0.786281, 0.099216 },
    { -0.003882, -0.048116, 1.051998 } },
  { { 0.367322, 0.860646, -0.227968 },
    { 0.280085, 0.672501, 0.047413 },
    { -0.011820, 0.042940, 0.968881 } },
  { { 1.255528, -0.076749, -0.178779 },
    { -0.078411, 0.930809, 0.147602 },
    { 0.004733, 0.691367, 0.303900 } },
};

static double
linear_of (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static void
multiply (const double matrix[3][3], const double in[3], double out[3])
{
  for (int i = 0; i < 3; i++)
    out[i] = matrix[i][0] * in[0] + matrix[i][1] * in[1] + matrix[i][2] * in[2];
}

/* CIELAB (D65) of a colour as an eye sees it. */
static void
lab_of (const NullcurveColour *colour, int eye, double lab[3])
{
  static const double xyz_of_rgb[3][3] = { { 0.4124, 0.3576, 0.1805 },
                                           { 0.2126, 0.7152, 0.0722 },
                                           { 0.0193, 0.1192, 0.9505 } };
  static const double white[3] = { 0.9505, 1.0, 1.089 };
  const double light[3] = { linear_of (colour->red), linear_of (colour->green),
                            linear_of (colour->blue) };
  double seen[3];
  double xyz[3];

  multiply (eyes[eye], light, seen);
  for (int i = 0; i < 3; i++)
    seen[i] = CLAMP (seen[i], 0.0, 1.0);
  multiply (xyz_of_rgb, seen, xyz);
  for (int i = 0; i < 3; i++)
    {
      xyz[i] /= white[i];
      xyz[i] = xyz[i] > 0.008856 ? cbrt (xyz[i]) : 7.787 * xyz[i] + 16.0 / 116.0;
    }
  lab[0] = 116.0 * xyz[1] - 16.0;
  lab[1] = 500.0 * (xyz[0] - xyz[1]);
  lab[2] = 200.0 * (xyz[1] - xyz[2]);
}

static double
difference (const NullcurveColour *a, const NullcurveColour *b, int eye)
{
  double x[3];
  double y[3];

  lab_of (a, eye, x);
  lab_of (b, eye, y);
  return sqrt ((x[0] - y[0]) * (x[0] - y[0]) + (x[1] - y[1]) * (x[1] - y[1])
               + (x[2] - y[2]) * (x[2] - y[2]));
}

/* The eight hues differ by far more than can just be seen (about 2), whoever looks. */
static void
test_hues_differ (void)
{
  for (int kind = NULLCURVE_STYLE_LIGHT; kind <= NULLCURVE_STYLE_PRINT; kind++)
    {
      NullcurveChartStyle style;

      nullcurve_chart_style_init (&style, (NullcurveStyleKind)kind);
      for (int eye = 0; eye < (int)G_N_ELEMENTS (eyes); eye++)
        for (guint a = 0; a < NULLCURVE_STYLE_N_COLOURS; a++)
          for (guint b = 0; b < a; b++)
            g_assert_cmpfloat (difference (&style.series[a], &style.series[b], eye), >=, 16.5);
    }
}

static gboolean
looks_equal (const NullcurveSeriesStyle *a, const NullcurveSeriesStyle *b)
{
  return memcmp (&a->colour, &b->colour, sizeof a->colour) == 0 && a->marker == b->marker
         && a->n_dash == b->n_dash && memcmp (a->dash, b->dash, sizeof a->dash) == 0;
}

/* Forty runs of one curve each: no two look alike, and every shade stands out. */
static void
test_forty_runs (void)
{
  for (int kind = NULLCURVE_STYLE_LIGHT; kind <= NULLCURVE_STYLE_PRINT; kind++)
    {
      NullcurveChartStyle style;
      NullcurveSeriesStyle looks[40];
      guint worn[40];

      nullcurve_chart_style_init (&style, (NullcurveStyleKind)kind);
      for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
        {
          worn[i] = nullcurve_palettes_choose (worn, i, -1);
          nullcurve_chart_style_series (&style, worn[i], &looks[i]);
          g_assert_cmpfloat (fixture_contrast (&looks[i].colour, &style.background), >=, 3.0);
          for (guint k = 0; k < i; k++)
            g_assert_false (looks_equal (&looks[i], &looks[k]));
        }
    }
}

/* --- curves --- */

static MoeRun *
new_run (const char *title, const gint64 *topks, gsize n)
{
  MoeRun *run = fixture_run_new (title);

  for (gsize i = 0; i < n; i++)
    fixture_run_add_curve (run, topks[i], "compact", 1e5 / (double)topks[i]);
  return run;
}

static const gint64 first_topks[] = { 8, 2 };
static const gint64 second_topks[] = { 2, 16, 4 };

static NullcurveSeriesStyle
look_of (const NullcurveFigure *figure, const char *label)
{
  NullcurveChartStyle style;
  NullcurveSeriesStyle look = { 0 };

  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_LIGHT);
  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (g_str_equal (series->label, label))
        {
          nullcurve_chart_style_series (&style, series->palette, &look);
          return look;
        }
    }
  g_error ("no %s", label);
}

static const char *const labels[] = { "A, top-8", "A, top-2", "B, top-2", "B, top-16", "B, top-4" };

static NullcurveFigure *
make_figure (NullcurveViewChoice choice,
             MoeRun *const *runs,
             NullcurveThroughputOptions *state,
             const guint *palettes)
{
  state->run_palettes = palettes;
  return nullcurve_view_figure (&choice, runs, 2, state);
}

/* The hue of the run; one marker and one dash for a top-k, in every run. */
static void
test_run_and_value (void)
{
  g_autoptr (MoeRun) a = new_run ("A", first_topks, G_N_ELEMENTS (first_topks));
  g_autoptr (MoeRun) b = new_run ("B", second_topks, G_N_ELEMENTS (second_topks));
  MoeRun *const runs[2] = { a, b };
  const guint palettes[2] = { 4, 1 };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) figure = NULL;
  NullcurveChartStyle style;
  NullcurveSeriesStyle looks[G_N_ELEMENTS (labels)];

  nullcurve_throughput_options_init (&state);
  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_LIGHT);
  figure = make_figure ((NullcurveViewChoice){ 0 }, runs, &state, palettes);
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      looks[i] = look_of (figure, labels[i]);
      g_assert_cmpmem (&looks[i].colour, sizeof looks[i].colour, &style.series[i < 2 ? 4 : 1],
                       sizeof (NullcurveColour));
    }
  g_assert_cmpint (looks[1].marker, ==, looks[2].marker);
  g_assert_cmpint (looks[1].n_dash, ==, looks[2].n_dash);
  /* By their numbers: 2, 4, 8, 16. */
  g_assert_cmpint (looks[1].marker, ==, NULLCURVE_MARKER_CIRCLE);
  g_assert_cmpint (looks[4].marker, ==, NULLCURVE_MARKER_SQUARE);
  g_assert_cmpint (looks[0].marker, ==, NULLCURVE_MARKER_TRIANGLE);
  g_assert_cmpint (looks[3].marker, ==, NULLCURVE_MARKER_DIAMOND);
}

/* What is first, in hand, hidden or looked at changes no curve's look. */
static void
test_looks_stay (void)
{
  g_autoptr (MoeRun) a = new_run ("A", first_topks, G_N_ELEMENTS (first_topks));
  g_autoptr (MoeRun) b = new_run ("B", second_topks, G_N_ELEMENTS (second_topks));
  MoeRun *const runs[2] = { a, b };
  MoeRun *const turned[2] = { b, a };
  const guint palettes[2] = { 4, 1 };
  const guint turned_palettes[2] = { 1, 4 };
  const gboolean hidden[2] = { TRUE, FALSE };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) figure = NULL;

  nullcurve_throughput_options_init (&state);
  figure = make_figure ((NullcurveViewChoice){ 0 }, runs, &state, palettes);
  for (int turn = 0; turn < 4; turn++)
    {
      const NullcurveViewChoice choice = { .view = turn == 3 ? NULLCURVE_VIEW_EFFICIENCY
                                                             : NULLCURVE_VIEW_THROUGHPUT };
      g_autoptr (NullcurveFigure) other = NULL;

      state.current_run = turn == 1 ? 1 : 0;
      state.run_hidden = turn == 2 ? hidden : NULL;
      other = turn == 0 ? make_figure (choice, turned, &state, turned_palettes)
                        : make_figure (choice, runs, &state, palettes);
      for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
        {
          const NullcurveSeriesStyle was = look_of (figure, labels[i]);
          const NullcurveSeriesStyle is = look_of (other, labels[i]);

          g_assert_true (looks_equal (&was, &is));
        }
    }
}

/* --- the legend --- */

static void
assert_legend (const NullcurveFigure *figure, const char *expected)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GString) words = g_string_new (NULL);

  nullcurve_legend_append_entries (figure, entries);
  for (guint i = 0; i < entries->len; i++)
    g_string_append_printf (words, "%s%s", i > 0 ? " | " : "",
                            nullcurve_legend_label (figure, g_array_index (entries, gsize, i)));
  g_assert_cmpstr (words->str, ==, expected);
}

/* Runs and values where there are several of both; else each curve. */
static void
test_legend_in_parts (void)
{
  g_autoptr (MoeRun) a = new_run ("A", first_topks, G_N_ELEMENTS (first_topks));
  g_autoptr (MoeRun) b = new_run ("B", second_topks, G_N_ELEMENTS (second_topks));
  g_autoptr (MoeRun) one = new_run ("One", first_topks, 1);
  g_autoptr (MoeRun) two = new_run ("Two", first_topks, 1);
  MoeRun *const runs[2] = { a, b };
  MoeRun *const single[2] = { one, two };
  const gboolean hidden[2] = { TRUE, FALSE };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) both = NULL;
  g_autoptr (NullcurveFigure) only = NULL;
  g_autoptr (NullcurveFigure) simple = NULL;
  g_autoptr (NullcurveFigure) split = NULL;

  nullcurve_throughput_options_init (&state);
  both = make_figure ((NullcurveViewChoice){ 0 }, runs, &state, NULL);
  assert_legend (both, "A | B | top-2 | top-4 | top-8 | top-16");
  state.run_hidden = hidden;
  only = make_figure ((NullcurveViewChoice){ 0 }, runs, &state, NULL);
  assert_legend (only, "B, top-2 | B, top-16 | B, top-4");
  state.run_hidden = NULL;
  simple = make_figure ((NullcurveViewChoice){ 0 }, single, &state, NULL);
  assert_legend (simple, "One | Two");
  /* Facets say the rest. */
  split =
      make_figure ((NullcurveViewChoice){ .facets = NULLCURVE_FACETS_TOPK }, runs, &state, NULL);
  assert_legend (split, "A | B");
}

/* Two values: one is the marker, the other the dash. */
static void
test_two_values (void)
{
  g_autoptr (MoeRun) a = new_run ("A", first_topks, G_N_ELEMENTS (first_topks));
  g_autoptr (MoeRun) b = new_run ("B", first_topks, G_N_ELEMENTS (first_topks));
  MoeRun *const runs[2] = { a, b };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) figure = NULL;

  fixture_run_add_curve (a, 2, "carry", 1e4);
  fixture_run_add_curve (a, 8, "carry", 1e4);
  nullcurve_throughput_options_init (&state);
  figure = make_figure ((NullcurveViewChoice){ 0 }, runs, &state, NULL);
  assert_legend (figure, "A | B | top-2 | top-8 | carry | compact");
  const NullcurveSeriesStyle small = look_of (figure, "A, top-2, carry");
  const NullcurveSeriesStyle large = look_of (figure, "A, top-8, carry");
  const NullcurveSeriesStyle other = look_of (figure, "A, top-2, compact");
  g_assert_cmpint (small.marker, !=, large.marker);
  g_assert_cmpint (small.n_dash, ==, large.n_dash);
  g_assert_cmpint (small.marker, ==, other.marker);
  g_assert_cmpint (small.n_dash, !=, other.n_dash);
}

/* Runs of one title are told apart. */
static void
test_same_titles (void)
{
  g_autoptr (MoeRun) a = new_run ("Same", first_topks, G_N_ELEMENTS (first_topks));
  g_autoptr (MoeRun) b = new_run ("Same", first_topks, G_N_ELEMENTS (first_topks));
  MoeRun *const runs[2] = { a, b };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) figure = NULL;

  nullcurve_throughput_options_init (&state);
  figure = make_figure ((NullcurveViewChoice){ 0 }, runs, &state, NULL);
  assert_legend (figure, "Same | Same (2) | top-2 | top-8");
}

/* A name that another one begins with is its own; one that a number would make equal is not. */
static void
test_alike_titles (void)
{
  static const struct
  {
    const char *titles[3], *legend;
  } cases[] = {
    { { "Sweep 12", "Sweep 1", "Sweep" }, "Sweep 12 | Sweep 1 | Sweep | top-2 | top-8" },
    { { "Same (2)", "Same", "Same" }, "Same (2) | Same | Same (3) | top-2 | top-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeRun *runs[3];
      NullcurveThroughputOptions state;
      g_autoptr (NullcurveFigure) figure = NULL;

      for (gsize r = 0; r < 3; r++)
        runs[r] = new_run (cases[i].titles[r], first_topks, G_N_ELEMENTS (first_topks));
      nullcurve_throughput_options_init (&state);
      figure = nullcurve_view_figure (&(NullcurveViewChoice){ 0 }, runs, 3, &state);
      assert_legend (figure, cases[i].legend);
      for (gsize r = 0; r < 3; r++)
        moe_run_unref (runs[r]);
    }
}

/* The same sweep on two machines: the machine is what tells them. */
static void
test_two_machines (void)
{
  g_autoptr (MoeRun) a = new_run ("Same", first_topks, G_N_ELEMENTS (first_topks));
  g_autoptr (MoeRun) b = new_run ("Same", first_topks, G_N_ELEMENTS (first_topks));
  g_autoptr (MoeRun) one = new_run ("Same", first_topks, 1);
  g_autoptr (MoeRun) two = new_run ("Same", first_topks, 1);
  MoeRun *const runs[2] = { a, b };
  MoeRun *const single[2] = { one, two };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) both = NULL;
  g_autoptr (NullcurveFigure) simple = NULL;

  moe_run_set_fact (a, "host", "lab");
  moe_run_set_fact (b, "host", "rack");
  moe_run_set_fact (one, "host", "lab");
  moe_run_set_fact (two, "host", "rack");
  nullcurve_throughput_options_init (&state);
  both = make_figure ((NullcurveViewChoice){ 0 }, runs, &state, NULL);
  assert_legend (both, "Same, lab | Same, rack | top-2 | top-8");
  simple = make_figure ((NullcurveViewChoice){ 0 }, single, &state, NULL);
  assert_legend (simple, "Same, lab | Same, rack");
}

static guint
count_shown (const NullcurveFigure *figure)
{
  guint n = 0;

  for (gsize i = 0; i < figure->series->len; i++)
    n += nullcurve_series_is_shown (nullcurve_figure_get_series (figure, i));
  return n;
}

/* An entry of a run or of a value hides all of its curves, and brings them back. */
static void
test_keys_hide (void)
{
  g_autoptr (MoeRun) a = new_run ("A", first_topks, G_N_ELEMENTS (first_topks));
  g_autoptr (MoeRun) b = new_run ("B", second_topks, G_N_ELEMENTS (second_topks));
  MoeRun *const runs[2] = { a, b };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) figure = NULL;
  NullcurveLegend legend;
  const gsize run_b = NULLCURVE_LEGEND_KEY (1);
  const gsize top_2 = NULLCURVE_LEGEND_KEY (2);

  nullcurve_throughput_options_init (&state);
  figure = make_figure ((NullcurveViewChoice){ 0 }, runs, &state, NULL);
  nullcurve_legend_init (&legend);
  nullcurve_legend_toggle (&legend, figure, run_b, FALSE);
  nullcurve_legend_apply (&legend, figure);
  g_assert_cmpuint (count_shown (figure), ==, 2);
  g_assert_true (nullcurve_legend_is_hidden (figure, run_b));
  g_assert_false (nullcurve_legend_is_hidden (figure, top_2));
  assert_legend (figure, "A | B | top-2 | top-4 | top-8 | top-16");
  nullcurve_legend_toggle (&legend, figure, run_b, FALSE);
  nullcurve_legend_apply (&legend, figure);
  g_assert_cmpuint (count_shown (figure), ==, 5);
  /* Only this, and all again. */
  nullcurve_legend_toggle (&legend, figure, top_2, TRUE);
  nullcurve_legend_apply (&legend, figure);
  g_assert_cmpuint (count_shown (figure), ==, 2);
  nullcurve_legend_toggle (&legend, figure, top_2, TRUE);
  nullcurve_legend_apply (&legend, figure);
  g_assert_cmpuint (count_shown (figure), ==, 5);
  nullcurve_legend_clear (&legend);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/looks/hues-differ", test_hues_differ);
  g_test_add_func ("/chart/looks/forty-runs", test_forty_runs);
  g_test_add_func ("/chart/looks/run-and-value", test_run_and_value);
  g_test_add_func ("/chart/looks/stay", test_looks_stay);
  g_test_add_func ("/chart/looks/legend-in-parts", test_legend_in_parts);
  g_test_add_func ("/chart/looks/two-values", test_two_values);
  g_test_add_func ("/chart/looks/same-titles", test_same_titles);
  g_test_add_func ("/chart/looks/alike-titles", test_alike_titles);
  g_test_add_func ("/chart/looks/two-machines", test_two_machines);
  g_test_add_func ("/chart/looks/keys-hide", test_keys_hide);
  return g_test_run ();
}

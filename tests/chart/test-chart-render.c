/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels: what is drawn is where the layout says, in the colours the style says. */
#include <math.h>

#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-picture.h"

enum
{
  WIDTH = 800,
  HEIGHT = 600
};

static void
test_points_and_gap (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  NullcurveSeriesStyle look;
  FixturePicture picture;

  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, WIDTH, HEIGHT);
  nullcurve_chart_style_series (&picture.style, series->palette, &look);
  for (gsize i = 0; i < 10; i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series, 0, i);
      const double x = nullcurve_layout_x (picture.layout, 0, point->x);

      if (isfinite (point->y))
        g_assert_cmpint (fixture_count_near (&picture, &look.colour, x,
                                             nullcurve_layout_y (picture.layout, 0, point->y), 4),
                         >, 30);
      else
        for (double y = 5.0; y <= 7.0; y += 0.1)
          g_assert_cmpint (fixture_count_near (&picture, &look.colour, x,
                                               nullcurve_layout_y (picture.layout, 0, y), 4),
                           ==, 0);
    }
  /* The line runs between neighbours, not across the gap. */
  g_assert_cmpint (fixture_count_near (&picture, &look.colour,
                                       nullcurve_layout_x (picture.layout, 0, 0.25),
                                       nullcurve_layout_y (picture.layout, 0, 3.5), 2),
                   >, 0);
  g_assert_cmpint (fixture_count_near (&picture, &look.colour,
                                       nullcurve_layout_x (picture.layout, 0, 0.45),
                                       nullcurve_layout_y (picture.layout, 0, 5.5), 3),
                   ==, 0);
  fixture_picture_clear (&picture);
}

/* Grid lines are one whole pixel: the rows above and below are clean. */
static void
test_crisp_grid (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
  FixturePicture picture;

  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, WIDTH, HEIGHT);
  for (gsize i = 1; i < picture.layout->panels[0].y.n_ticks; i++)
    {
      const int x = (int)nullcurve_layout_x (picture.layout, 0, 0.02);
      const double y =
          nullcurve_layout_y (picture.layout, 0, picture.layout->panels[0].y.ticks[i].value);
      int lines = 0;

      if (picture.layout->panels[0].y.ticks[i].value < 2.0)
        continue; /* the curve is near */
      for (int row = (int)y - 3; row <= (int)y + 3; row++)
        lines +=
            fixture_colour_distance (fixture_pixel_at (&picture, x, row), &picture.style.background)
                    > 3
                ? 1
                : 0;
      g_assert_cmpint (lines, ==, 1);
    }
  fixture_picture_clear (&picture);
}

static void
test_hidden_series (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
  NullcurveSeriesStyle look;
  FixturePicture picture;

  nullcurve_figure_get_series (figure, 0)->visible = FALSE;
  nullcurve_figure_set_text (&figure->empty_text, "Nothing");
  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, WIDTH, HEIGHT);
  nullcurve_chart_style_series (&picture.style, 0, &look);
  g_assert_cmpint (fixture_count_near (&picture, &look.colour, WIDTH / 2.0, HEIGHT / 2.0, 250), ==,
                   0);
  g_assert_false (picture.layout->has_data);
  fixture_picture_clear (&picture);
}

/* A sample beyond the axis leaves a wedge at its edge, and its interval ends there. */
static void
test_outlier_is_cut (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
  NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  NullcurvePoint *point = &g_array_index (series->points[0], NullcurvePoint, 3);
  const double samples[] = { 4.0, 4e6 };
  const NullcurveRect *plot;
  NullcurveSeriesStyle look;
  FixturePicture picture;
  double x;
  int edge = 0;

  nullcurve_point_set_samples (point, samples, 2, 0);
  nullcurve_point_set_interval (point, 4.0, 4e6);
  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, WIDTH, HEIGHT);
  plot = &picture.layout->panels[0].plot;
  nullcurve_chart_style_series (&picture.style, series->palette, &look);
  x = nullcurve_layout_x (picture.layout, 0, point->x);
  g_assert_cmpfloat (picture.layout->panels[0].y.max, <, 15.0);
  for (int dx = -1; dx <= 1; dx++)
    edge = MAX (edge,
                fixture_colour_distance (fixture_pixel_at (&picture, (int)x + dx, (int)plot->y + 2),
                                         &picture.style.background));
  g_assert_cmpint (edge, >, 40);
  for (int y = (int)plot->y - 10; y < (int)plot->y - 4; y++)
    g_assert_cmpint (
        fixture_colour_distance (fixture_pixel_at (&picture, (int)x, y), &picture.style.background),
        <, 10);
  fixture_picture_clear (&picture);
}

/* A disturbed sample is fainter than its neighbour, and a point of processor time is hollow. */
static void
test_taken (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
  NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  NullcurvePoint *sampled = &g_array_index (series->points[0], NullcurvePoint, 2);
  NullcurvePoint *hollow = &g_array_index (series->points[0], NullcurvePoint, 7);
  const double samples[] = { 8.0, 6.0 };
  const NullcurveColour *background;
  FixturePicture picture;
  double x;
  int good, disturbed, whole, emptied;

  nullcurve_point_set_samples (sampled, samples, 2, 1);
  hollow->processor = TRUE;
  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, WIDTH, HEIGHT);
  background = &picture.style.background;
  x = nullcurve_layout_x (picture.layout, 0, sampled->x);
  good = fixture_colour_distance (
      fixture_pixel_at (&picture, (int)x, (int)nullcurve_layout_y (picture.layout, 0, 8.0)),
      background);
  disturbed = fixture_colour_distance (
      fixture_pixel_at (&picture, (int)x, (int)nullcurve_layout_y (picture.layout, 0, 6.0)),
      background);
  g_assert_cmpint (disturbed, >, 10);
  g_assert_cmpint (2 * disturbed, <, good + 20);
  whole = fixture_colour_distance (
      fixture_pixel_at (&picture, (int)x, (int)nullcurve_layout_y (picture.layout, 0, sampled->y)),
      background);
  emptied = fixture_colour_distance (
      fixture_pixel_at (&picture, (int)nullcurve_layout_x (picture.layout, 0, hollow->x),
                        (int)nullcurve_layout_y (picture.layout, 0, hollow->y)),
      background);
  g_assert_cmpint (whole, >, 100);
  g_assert_cmpint (emptied, <, 20);
  fixture_picture_clear (&picture);
}

static double
random_double (GRand *rand)
{
  return ldexp (g_rand_double_range (rand, -1.0, 1.0), g_rand_int_range (rand, -1074, 1024));
}

/* What a reader accepts is drawn, in a time that does not depend on it: values of any magnitude as
 * medians, intervals, samples, forecasts, bounds and lines. */
static void
test_extremes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int round = 0; round < 40; round++)
    {
      g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
      NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
      FixturePicture picture;

      figure->panels[0].scale = round % 2 == 0 ? NULLCURVE_SCALE_LINEAR : NULLCURVE_SCALE_LOG;
      for (guint i = 0; i < series->points[0]->len; i++)
        {
          NullcurvePoint *point = &g_array_index (series->points[0], NullcurvePoint, i);
          const double samples[] = { random_double (rand), random_double (rand) };

          point->y = round == 0 ? 5e-324 : random_double (rand);
          nullcurve_point_set_samples (point, samples, round == 0 ? 0 : 2, 0);
          nullcurve_point_set_interval (point, random_double (rand), random_double (rand));
          nullcurve_series_add_forecast (series, 0, point->x, random_double (rand));
          nullcurve_series_add_bound (series, 0, point->x, random_double (rand));
        }
      nullcurve_panel_add_line (&figure->panels[0], "line", random_double (rand));
      fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, WIDTH, HEIGHT);
      g_assert_cmpint (cairo_surface_status (picture.surface), ==, CAIRO_STATUS_SUCCESS);
      fixture_picture_clear (&picture);
    }
}

/* The ring around the point in work stands off its marker. */
static void
test_measuring_ring (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
  NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  FixturePicture plain;
  FixturePicture ringed;
  double x;
  double y;
  double radius;

  fixture_picture_init (&plain, figure, NULLCURVE_STYLE_DARK, WIDTH, HEIGHT);
  g_array_index (series->points[0], NullcurvePoint, 9).measuring = TRUE;
  fixture_picture_init (&ringed, figure, NULLCURVE_STYLE_DARK, WIDTH, HEIGHT);
  x = nullcurve_layout_x (ringed.layout, 0, 0.9);
  y = nullcurve_layout_y (ringed.layout, 0, 10.0);
  radius = 2.25 * ringed.style.marker_radius;
  g_assert_cmpint (fixture_colour_distance (fixture_pixel_at (&plain, (int)x, (int)(y + radius)),
                                            &plain.style.background),
                   <, 40);
  g_assert_cmpint (fixture_colour_distance (fixture_pixel_at (&ringed, (int)x, (int)(y + radius)),
                                            &ringed.style.background),
                   >, 60);
  fixture_picture_clear (&plain);
  fixture_picture_clear (&ringed);
}

/* How far the picture is from its background half-way between two tenths at height y. */
static int
ink_between (NullcurveFigure *figure, double y)
{
  FixturePicture picture;
  int ink = 0;
  int x;
  int centre;

  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, WIDTH, HEIGHT);
  x = (int)nullcurve_layout_x (picture.layout, 0, 0.35);
  centre = (int)nullcurve_layout_y (picture.layout, 0, y);
  for (int dx = -3; dx <= 3; dx++)
    for (int dy = -2; dy <= 2; dy++)
      ink = MAX (ink, fixture_colour_distance (fixture_pixel_at (&picture, x + dx, centre + dy),
                                               &picture.style.background));
  fixture_picture_clear (&picture);
  return ink;
}

/* A line leads to points to come; to one that is measured again it would lie. */
static void
test_forecast_line (void)
{
  g_autoptr (NullcurveFigure) again = nullcurve_figure_new ();
  g_autoptr (NullcurveFigure) to_come = nullcurve_figure_new ();
  NullcurveFigure *figures[] = { again, to_come };

  for (gsize i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      NullcurveSeries *series;

      nullcurve_figure_add_panel (figures[i], "Value", NULL, NULLCURVE_UNIT_PLAIN);
      series = nullcurve_figure_add_series (figures[i], "line", 0);
      nullcurve_series_add_point (series, 0, 0.3, 1.0);
      nullcurve_series_add_point (series, 0, 0.4, i == 0 ? 1.0 : NAN);
      nullcurve_series_add_forecast (series, 0, 0.4, 10.0);
    }
  g_assert_cmpint (ink_between (again, 5.5), <, 40);
  g_assert_cmpint (ink_between (to_come, 5.5), >, 60);
}

static void
test_contrast (void)
{
  for (int kind = NULLCURVE_STYLE_LIGHT; kind <= NULLCURVE_STYLE_PRINT; kind++)
    {
      const gboolean high =
          kind == NULLCURVE_STYLE_HIGH_CONTRAST || kind == NULLCURVE_STYLE_HIGH_CONTRAST_DARK;
      NullcurveChartStyle style;

      nullcurve_chart_style_init (&style, (NullcurveStyleKind)kind);
      g_assert_cmpfloat (fixture_contrast (&style.text, &style.background), >=, high ? 7.0 : 4.5);
      g_assert_cmpfloat (fixture_contrast (&style.text_dim, &style.background), >=,
                         high ? 7.0 : 4.5);
      for (gsize i = 0; i < NULLCURVE_STYLE_N_COLOURS; i++)
        g_assert_cmpfloat (fixture_contrast (&style.series[i], &style.background), >=,
                           high ? 4.5 : 3.0);
    }
}

static void
test_series_styles_differ (void)
{
  NullcurveSeriesStyle looks[64];
  NullcurveChartStyle style;

  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_LIGHT);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      nullcurve_chart_style_series (&style, i, &looks[i]);
      for (guint k = 0; k < i; k++)
        g_assert_false (memcmp (&looks[i].colour, &looks[k].colour, sizeof looks[i].colour) == 0
                        && looks[i].marker == looks[k].marker);
    }
}

/* Has a row of pixels from y0 to y1 any ink? */
static gboolean
has_ink (cairo_surface_t *surface, double y0, double y1)
{
  const FixturePicture picture = { .surface = surface };

  for (int y = (int)floor (y0); y < (int)ceil (y1); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      if (fixture_pixel_at (&picture, x, y) != 0)
        return TRUE;
  return FALSE;
}

/* In the height that a block says it has, its last line is there: in letters of any size, scaled
 * as documents are, where lines are a little higher. */
static void
test_blocks_are_whole (void)
{
  const char *words = "independent compact";

  for (double size = 6.0; size < 30.0; size += 0.37)
    {
      NullcurveChartStyle style;
      g_autoptr (NullcurveChartText) text = NULL;
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 120);
      cairo_t *cr = cairo_create (surface);
      double width, height, line;

      nullcurve_chart_style_init (&style, NULLCURVE_STYLE_PRINT);
      style.font_size = size;
      text = nullcurve_chart_text_new (&style);
      line = nullcurve_chart_text_height (text, NULLCURVE_FONT_TICK);
      width = nullcurve_chart_text_width (text, NULLCURVE_FONT_TICK, "independent") + 2.0;
      height = nullcurve_chart_text_block_height (text, NULLCURVE_FONT_TICK, words, width, 1000.0);
      g_assert_cmpfloat (height, >, 1.5 * line);
      cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
      cairo_scale (cr, 0.75, 0.75);
      nullcurve_chart_text_draw_block (text, cr, NULLCURVE_FONT_TICK, words, 0.0, 0.0, width,
                                       height);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
      g_assert_true (has_ink (surface, 0.75 * 0.6 * height, 0.75 * height));
      cairo_surface_destroy (surface);
    }
}

/* A title that one line of a file would cut is on two, and the rest below it. */
static void
test_long_title (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (2);
  NullcurveChartStyle style;
  g_autoptr (NullcurveChartText) text = NULL;

  nullcurve_figure_set_text (&figure->title, "T4096 H512 M352 E60, forward_backward, float32");
  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_PRINT);
  text = nullcurve_chart_text_new (&style);
  for (int whole = 0; whole < 2; whole++)
    {
      g_autoptr (NullcurveLayout) layout = NULL;
      const double line = nullcurve_chart_text_height (text, NULLCURVE_FONT_TITLE);

      style.whole_legend = whole;
      layout = nullcurve_layout_new (figure, &style, text, 322.0, 400.0);
      if (whole)
        g_assert_cmpfloat (layout->title.height, >, 1.5 * line);
      else
        g_assert_cmpfloat (layout->title.height, ==, line);
      g_assert_cmpfloat (layout->subtitle.y, >=, layout->title.y + layout->title.height);
    }
}

/* All styles, scales and sizes draw without an error of cairo's. */
static void
test_every_style (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (12);
  g_autoptr (NullcurveFigure) empty = nullcurve_figure_new ();
  FixturePicture picture;

  nullcurve_panel_add_line (&figure->panels[1], "a line", 0.21);
  nullcurve_panel_add_line (&figure->panels[1], "far above", 2100.0);
  for (int kind = NULLCURVE_STYLE_LIGHT; kind <= NULLCURVE_STYLE_PRINT; kind++)
    {
      figure->panels[0].scale = kind % 2 == 0 ? NULLCURVE_SCALE_LOG : NULLCURVE_SCALE_LINEAR;
      fixture_picture_init (&picture, figure, (NullcurveStyleKind)kind, 400, 300);
      fixture_picture_clear (&picture);
      fixture_picture_init (&picture, empty, (NullcurveStyleKind)kind, 400, 300);
      fixture_picture_clear (&picture);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/render/points-and-gap", test_points_and_gap);
  g_test_add_func ("/chart/render/crisp-grid", test_crisp_grid);
  g_test_add_func ("/chart/render/hidden-series", test_hidden_series);
  g_test_add_func ("/chart/render/outlier-is-cut", test_outlier_is_cut);
  g_test_add_func ("/chart/render/taken", test_taken);
  g_test_add_func ("/chart/render/extremes", test_extremes);
  g_test_add_func ("/chart/render/measuring-ring", test_measuring_ring);
  g_test_add_func ("/chart/render/forecast-line", test_forecast_line);
  g_test_add_func ("/chart/render/blocks-are-whole", test_blocks_are_whole);
  g_test_add_func ("/chart/render/long-title", test_long_title);
  g_test_add_func ("/chart/render/every-style", test_every_style);
  g_test_add_func ("/chart/style/contrast", test_contrast);
  g_test_add_func ("/chart/style/series-styles-differ", test_series_styles_differ);
  return g_test_run ();
}

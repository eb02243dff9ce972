/* SPDX-License-Identifier: Apache-2.0 */
/* A chart in two: the back is drawn anew when it is another, and not while it is the same. */
#include <string.h>

#include "tests/chart/chart-fixtures.h"
#include "ui/chart/render.h"

enum
{
  SIZE = 500
};

/* What is done with a figure of three series, of which the last is of the run in hand. */
typedef struct Change
{
  const char *name;
  void (*make) (NullcurveFigure *figure);
  double width; /* of the chart */
  gboolean same;
} Change;

static NullcurvePoint *
point_of (NullcurveFigure *figure, gsize series, gsize index)
{
  return &g_array_index (nullcurve_figure_get_series (figure, series)->points[0], NullcurvePoint,
                         index);
}

static NullcurveSeries *
series_of (NullcurveFigure *figure, gsize series)
{
  return (NullcurveSeries *)nullcurve_figure_get_series (figure, series);
}

static void
nothing (NullcurveFigure *figure)
{
}

static void
move_front (NullcurveFigure *figure)
{
  point_of (figure, 2, 3)->y *= 0.999;
}

static void
measure_front (NullcurveFigure *figure)
{
  point_of (figure, 2, 3)->measuring = TRUE;
}

static void
mark (NullcurveFigure *figure)
{
  figure->marker = 0.5;
}

static void
move_back (NullcurveFigure *figure)
{
  point_of (figure, 1, 3)->y *= 0.9;
}

static void
widen_back (NullcurveFigure *figure)
{
  point_of (figure, 1, 3)->upper *= 1.02;
}

static void
move_sample (NullcurveFigure *figure)
{
  point_of (figure, 1, 3)->samples[0] *= 0.9;
}

static void
hollow_back (NullcurveFigure *figure)
{
  point_of (figure, 1, 3)->processor = TRUE;
}

static void
hide_back (NullcurveFigure *figure)
{
  series_of (figure, 1)->hidden = TRUE;
}

static void
dye_back (NullcurveFigure *figure)
{
  series_of (figure, 1)->palette = 5;
}

static void
swap_hands (NullcurveFigure *figure)
{
  series_of (figure, 2)->current = FALSE;
  series_of (figure, 1)->current = TRUE;
}

static void
forecast_back (NullcurveFigure *figure)
{
  nullcurve_series_add_forecast (series_of (figure, 1), 0, 0.85, point_of (figure, 1, 3)->y);
}

static void
refer (NullcurveFigure *figure)
{
  nullcurve_panel_add_line (&figure->panels[0], "dense", point_of (figure, 1, 3)->y);
}

static void
zoom (NullcurveFigure *figure)
{
  figure->viewport.x = (NullcurveSpan){ 0.2, 0.6 };
}

static void
rename_back (NullcurveFigure *figure)
{
  nullcurve_figure_set_text (&series_of (figure, 1)->label, "another name");
}

static const Change changes[] = {
  { "nothing", nothing, SIZE, TRUE },
  { "a point of the run in hand", move_front, SIZE, TRUE },
  { "the ring", measure_front, SIZE, TRUE },
  { "the marker", mark, SIZE, TRUE },
  { "a point", move_back, SIZE, FALSE },
  { "an interval", widen_back, SIZE, FALSE },
  { "a sample", move_sample, SIZE, FALSE },
  { "processor time", hollow_back, SIZE, FALSE },
  { "hidden", hide_back, SIZE, FALSE },
  { "a palette", dye_back, SIZE, FALSE },
  { "another run in hand", swap_hands, SIZE, FALSE },
  { "a forecast", forecast_back, SIZE, FALSE },
  { "a reference", refer, SIZE, FALSE },
  { "a zoom", zoom, SIZE, FALSE },
  { "a name", rename_back, SIZE, FALSE },
  { "the width", nothing, SIZE + 20, FALSE },
};

/* The back of the figure, and what the digest says of it. */
static cairo_surface_t *
draw (const Change *change, guint64 *digest)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (3);
  NullcurveChartStyle style;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIZE + 20, SIZE);
  cairo_t *cr = cairo_create (surface);

  for (gsize i = 0; i < 3; i++)
    series_of (figure, i)->current = i == 2;
  change->make (figure);
  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_LIGHT);
  g_autoptr (NullcurveChartText) text = nullcurve_chart_text_new (&style);
  g_autoptr (NullcurveLayout) layout =
      nullcurve_layout_new (figure, &style, text, change->width, SIZE);
  *digest = nullcurve_chart_digest_back (layout);
  nullcurve_chart_render_back (cr, layout);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static gboolean
is_same (cairo_surface_t *a, cairo_surface_t *b)
{
  const size_t bytes =
      (size_t)cairo_image_surface_get_stride (a) * (size_t)cairo_image_surface_get_height (a);

  return memcmp (cairo_image_surface_get_data (a), cairo_image_surface_get_data (b), bytes) == 0;
}

/* The digest tells another picture, and none of the same. */
static void
test_digest (void)
{
  guint64 before, after;
  cairo_surface_t *plain = draw (&changes[0], &before);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      cairo_surface_t *changed = draw (&changes[i], &after);

      g_test_message ("%s", changes[i].name);
      g_assert_true (is_same (plain, changed) == changes[i].same);
      g_assert_true ((before == after) == changes[i].same);
      cairo_surface_destroy (changed);
    }
  cairo_surface_destroy (plain);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/back/digest", test_digest);
  return g_test_run ();
}

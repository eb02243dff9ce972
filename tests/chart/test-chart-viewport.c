/* SPDX-License-Identifier: Apache-2.0 */
/* Zoom and pan as geometry, and what a zoomed figure looks like. */
#include <math.h>

#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-picture.h"
#include "ui/chart/hit.h"
#include "ui/views/throughput.h"

static const NullcurveSpan tenths = { 0.0, 0.9 };

static void
check_span (NullcurveSpan span, double lo, double hi)
{
  g_assert_cmpfloat_with_epsilon (span.lo, lo, 1e-9 * fabs (hi));
  g_assert_cmpfloat_with_epsilon (span.hi, hi, 1e-9 * fabs (hi));
}

static void
test_scales (void)
{
  static const double values[] = { 0.001, 0.25, 0.5, 0.9 };

  for (int scale = NULLCURVE_SCALE_LINEAR; scale <= NULLCURVE_SCALE_SPEEDUP; scale++)
    for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
      g_assert_cmpfloat_with_epsilon (
          nullcurve_scale_backward ((NullcurveScale)scale,
                                    nullcurve_scale_forward ((NullcurveScale)scale, values[i])),
          values[i], 1e-12);
  g_assert_true (isnan (nullcurve_scale_forward (NULLCURVE_SCALE_LOG, 0.0)));
  g_assert_true (isnan (nullcurve_scale_forward (NULLCURVE_SCALE_SPEEDUP, 1.0)));
  /* Twice the ideal speed-up is twice as far. */
  g_assert_cmpfloat_with_epsilon (nullcurve_scale_forward (NULLCURVE_SCALE_SPEEDUP, 0.75),
                                  2.0 * nullcurve_scale_forward (NULLCURVE_SCALE_SPEEDUP, 0.5),
                                  1e-12);
}

static void
test_zoom (void)
{
  const NullcurveSpan full = { 1.0, 10000.0 };
  NullcurveSpan span = nullcurve_span_zoom (NULLCURVE_SCALE_LINEAR, tenths, tenths, 0.5, 0.5);

  check_span (span, 0.225, 0.675);
  /* The value below the pointer stays there. */
  span = nullcurve_span_zoom (NULLCURVE_SCALE_LINEAR, span, tenths, 0.2, 0.5);
  g_assert_cmpfloat_with_epsilon (span.lo + 0.2 * (span.hi - span.lo), 0.225 + 0.2 * 0.45, 1e-12);
  /* Log axes zoom by decades. */
  span = nullcurve_span_zoom (NULLCURVE_SCALE_LOG, full, full, 0.5, 0.5);
  check_span (span, 10.0, 1000.0);
  /* Out again: everything is automatic. */
  span = nullcurve_span_zoom (NULLCURVE_SCALE_LOG, span, full, 0.3, 4.0);
  g_assert_false (nullcurve_span_is_set (&span));
  /* There is an end to it. */
  span = tenths;
  for (int i = 0; i < 100; i++)
    span = nullcurve_span_zoom (NULLCURVE_SCALE_LINEAR, span, tenths, 1.0, 0.5);
  g_assert_cmpfloat_with_epsilon (span.hi - span.lo, 0.9e-3, 1e-9);
  g_assert_cmpfloat_with_epsilon (span.hi, 0.9, 1e-9);
}

static void
test_pan (void)
{
  const NullcurveSpan shown = { 0.2, 0.5 };

  check_span (nullcurve_span_pan (NULLCURVE_SCALE_LINEAR, shown, tenths, 0.5), 0.35, 0.65);
  check_span (nullcurve_span_pan (NULLCURVE_SCALE_LINEAR, shown, tenths, 100.0), 0.6, 0.9);
  check_span (nullcurve_span_pan (NULLCURVE_SCALE_LINEAR, shown, tenths, -100.0), 0.0, 0.3);
  check_span (nullcurve_span_pan (NULLCURVE_SCALE_LOG, (NullcurveSpan){ 10.0, 100.0 },
                                  (NullcurveSpan){ 1.0, 10000.0 }, 1.0),
              100.0, 1000.0);
}

static void
test_rectangle (void)
{
  check_span (nullcurve_span_between (NULLCURVE_SCALE_LINEAR, tenths, 2.0 / 3.0, 1.0 / 3.0), 0.3,
              0.6);
  check_span (
      nullcurve_span_between (NULLCURVE_SCALE_LOG, (NullcurveSpan){ 1.0, 10000.0 }, 0.25, 0.75),
      10.0, 1000.0);
  /* A stray pixel is no rectangle. */
  check_span (nullcurve_span_fit (NULLCURVE_SCALE_LINEAR, (NullcurveSpan){ 0.5, 0.5 }, tenths),
              0.49955, 0.50045);
}

static NullcurveViewport
viewport_of_x (double lo, double hi)
{
  return (NullcurveViewport){ .x = { lo, hi } };
}

static void
test_steps (void)
{
  NullcurveViewport first = viewport_of_x (0.1, 0.8);
  NullcurveViewport second = viewport_of_x (0.2, 0.6);
  NullcurveViewport third = viewport_of_x (0.3, 0.5);
  NullcurveZoom zoom;

  nullcurve_zoom_init (&zoom);
  g_assert_false (nullcurve_zoom_undo (&zoom));
  g_assert_false (nullcurve_zoom_reset (&zoom));
  g_assert_true (nullcurve_zoom_step (&zoom, &first, FALSE));
  g_assert_false (nullcurve_zoom_step (&zoom, &first, FALSE));
  g_assert_true (nullcurve_zoom_step (&zoom, &second, FALSE));
  /* Turns of the wheel are one step. */
  g_assert_true (nullcurve_zoom_step (&zoom, &third, TRUE));
  g_assert_true (nullcurve_zoom_reset (&zoom));
  g_assert_false (nullcurve_viewport_is_zoomed (&zoom.now));
  g_assert_true (nullcurve_zoom_undo (&zoom));
  g_assert_true (nullcurve_viewport_equal (&zoom.now, &third));
  g_assert_true (nullcurve_zoom_undo (&zoom));
  g_assert_true (nullcurve_viewport_equal (&zoom.now, &first));
  g_assert_true (nullcurve_zoom_undo (&zoom));
  g_assert_false (nullcurve_viewport_is_zoomed (&zoom.now));
  g_assert_false (nullcurve_zoom_undo (&zoom));
  nullcurve_zoom_clear (&zoom);
}

static void
test_forget_y (void)
{
  NullcurveViewport of_x = viewport_of_x (0.1, 0.8);
  NullcurveViewport both = of_x;
  NullcurveZoom zoom;

  both.y[1] = (NullcurveSpan){ 1.0, 2.0 };
  nullcurve_zoom_init (&zoom);
  nullcurve_zoom_step (&zoom, &of_x, FALSE);
  nullcurve_zoom_step (&zoom, &both, FALSE);
  nullcurve_zoom_forget_y (&zoom);
  g_assert_true (nullcurve_viewport_equal (&zoom.now, &of_x));
  /* The step that changed y alone is gone. */
  g_assert_true (nullcurve_zoom_undo (&zoom));
  g_assert_false (nullcurve_viewport_is_zoomed (&zoom.now));
  nullcurve_zoom_clear (&zoom);
}

/* Ticks stand within the axis, in order, apart from one another, each with words of its own. */
static void
check_ticks (const NullcurveAxis *axis)
{
  g_assert_cmpuint (axis->n_ticks, >=, 2);
  for (gsize i = 0; i < axis->n_ticks; i++)
    {
      g_assert_cmpfloat (axis->ticks[i].value, >=, axis->min);
      g_assert_cmpfloat (axis->ticks[i].value, <=, axis->max);
      if (i == 0)
        continue;
      g_assert_cmpfloat (axis->ticks[i].value, >, axis->ticks[i - 1].value);
      g_assert_cmpstr (axis->ticks[i].label, !=, axis->ticks[i - 1].label);
    }
}

static void
test_ticks (void)
{
  static const double factors[] = { 0.5, 0.1, 0.01, 0.001 };

  for (int log_y = 0; log_y < 2; log_y++)
    for (int speedup = 0; speedup < 2; speedup++)
      for (gsize i = 0; i < G_N_ELEMENTS (factors); i++)
        {
          g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (3);
          const NullcurveScale y_scale = log_y ? NULLCURVE_SCALE_LOG : NULLCURVE_SCALE_LINEAR;
          FixturePicture picture;
          NullcurveSpan y;

          figure->x_scale = speedup ? NULLCURVE_SCALE_SPEEDUP : NULLCURVE_SCALE_LINEAR;
          figure->panels[0].scale = figure->panels[1].scale = y_scale;
          y = nullcurve_span_zoom (y_scale, (NullcurveSpan){ 1e5, 1e6 },
                                   (NullcurveSpan){ 1e5, 1e6 }, 0.7, factors[i]);
          figure->viewport.y[0] = y;
          figure->viewport.x =
              nullcurve_span_zoom (figure->x_scale, tenths, tenths, 0.61, factors[i]);
          fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, 640, 480);
          g_assert_cmpfloat (picture.layout->panels[0].y.min, ==, y.lo);
          g_assert_cmpfloat (picture.layout->panels[0].y.max, ==, y.hi);
          g_assert_cmpfloat (picture.layout->panels[1].x.min, ==, figure->viewport.x.lo);
          check_ticks (&picture.layout->panels[0].x);
          check_ticks (&picture.layout->panels[0].y);
          fixture_picture_clear (&picture);
        }
}

/* Nothing of the data is drawn, or found, outside of the plot. */
static void
test_clipped (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
  NullcurveSeriesStyle look;
  FixturePicture picture;
  const NullcurveRect *plot;
  NullcurveHit hit;
  double x;

  figure->viewport.x = (NullcurveSpan){ 0.15, 0.35 };
  figure->viewport.y[0] = (NullcurveSpan){ 2.75, 3.25 };
  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, 800, 600);
  plot = &picture.layout->panels[0].plot;
  nullcurve_chart_style_series (&picture.style, 0, &look);
  g_assert_cmpint (fixture_count_near (&picture, &look.colour, plot->x + 0.25 * plot->width,
                                       plot->y + 0.5 * plot->height, 4),
                   >, 30);
  for (int y = (int)plot->y; y < 560; y++)
    for (int px = 0; px < 800; px++)
      if (px < plot->x - 2.0 || px > plot->x + plot->width + 2.0
          || y > plot->y + plot->height + 2.0)
        g_assert_cmpint (fixture_colour_distance (fixture_pixel_at (&picture, px, y), &look.colour),
                         >, 24);
  /* The pointer finds what is in sight: of three columns near one. */
  g_assert_true (nullcurve_hit_nearest_x (picture.layout, 790.0, &x));
  g_assert_cmpfloat (x, ==, 0.2);
  g_assert_false (nullcurve_hit_nearest_point (picture.layout, plot->x, plot->y, 20.0, &hit));
  fixture_picture_clear (&picture);
}

/* Against the ideal speed-up on two log axes the ideal is a straight line, to the far corner. */
static void
test_straight_ideal (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  const NullcurveReference *ideal;
  NullcurveThroughputOptions options;
  FixturePicture picture;
  double slope = NAN;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  nullcurve_throughput_options_init (&options);
  options.relative = TRUE;
  options.log_y = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  figure->x_scale = NULLCURVE_SCALE_SPEEDUP;
  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, 800, 600);
  ideal = g_ptr_array_index (figure->panels[0].references, 0);
  for (guint i = 1; i < ideal->curve->len; i++)
    {
      const NullcurveXY *a = &g_array_index (ideal->curve, NullcurveXY, i - 1);
      const NullcurveXY *b = &g_array_index (ideal->curve, NullcurveXY, i);
      const double here = (nullcurve_layout_y (picture.layout, 0, b->y)
                           - nullcurve_layout_y (picture.layout, 0, a->y))
                          / (nullcurve_layout_x (picture.layout, 0, b->x)
                             - nullcurve_layout_x (picture.layout, 0, a->x));

      if (isfinite (slope))
        g_assert_cmpfloat_with_epsilon (here, slope, 1e-6);
      slope = here;
    }
  g_assert_cmpfloat (slope, <, -0.1);
  g_assert_cmpstr (picture.layout->panels[0].x.ticks[0].label, ==, "1×");
  fixture_picture_clear (&picture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/viewport/scales", test_scales);
  g_test_add_func ("/chart/viewport/zoom", test_zoom);
  g_test_add_func ("/chart/viewport/pan", test_pan);
  g_test_add_func ("/chart/viewport/rectangle", test_rectangle);
  g_test_add_func ("/chart/viewport/steps", test_steps);
  g_test_add_func ("/chart/viewport/forget-y", test_forget_y);
  g_test_add_func ("/chart/viewport/ticks", test_ticks);
  g_test_add_func ("/chart/viewport/clipped", test_clipped);
  g_test_add_func ("/chart/viewport/straight-ideal", test_straight_ideal);
  return g_test_run ();
}

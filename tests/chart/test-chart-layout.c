/* SPDX-License-Identifier: Apache-2.0 */
/* Rectangles at many sizes, and finding points in them. */
#include <math.h>

#include "tests/chart/chart-fixtures.h"
#include "ui/chart/hit.h"
#include "ui/chart/layout.h"

typedef struct Scene
{
  NullcurveFigure *figure;
  NullcurveChartStyle style;
  NullcurveChartText *text;
  NullcurveLayout *layout;
} Scene;

static void
scene_init (
    Scene *scene, NullcurveFigure *figure, NullcurveStyleKind kind, double width, double height)
{
  scene->figure = figure;
  nullcurve_chart_style_init (&scene->style, kind);
  scene->text = nullcurve_chart_text_new (&scene->style);
  scene->layout = nullcurve_layout_new (figure, &scene->style, scene->text, width, height);
}

static void
scene_clear (Scene *scene)
{
  nullcurve_layout_free (scene->layout);
  nullcurve_chart_text_free (scene->text);
  nullcurve_figure_free (scene->figure);
}

static gboolean
is_empty (const NullcurveRect *rect)
{
  return rect->width <= 0.0 || rect->height <= 0.0;
}

static gboolean
overlap (const NullcurveRect *a, const NullcurveRect *b)
{
  const double slack = 0.01;

  return !is_empty (a) && !is_empty (b) && a->x + slack < b->x + b->width
         && b->x + slack < a->x + a->width && a->y + slack < b->y + b->height
         && b->y + slack < a->y + a->height;
}

/* All rectangles of a layout. */
static GArray *
collect (const NullcurveLayout *layout)
{
  GArray *rects = g_array_new (FALSE, FALSE, sizeof (NullcurveRect));

  g_array_append_val (rects, layout->title);
  g_array_append_val (rects, layout->subtitle);
  g_array_append_val (rects, layout->x_label);
  g_array_append_val (rects, layout->legend_more);
  for (gsize i = 0; i < layout->n_panels; i++)
    {
      g_array_append_val (rects, layout->panels[i].title);
      g_array_append_val (rects, layout->panels[i].subtitle);
      g_array_append_val (rects, layout->panels[i].plot);
      g_array_append_val (rects, layout->panels[i].x_labels);
      g_array_append_val (rects, layout->panels[i].y_labels);
    }
  for (guint i = 0; i < layout->legend->len; i++)
    g_array_append_val (rects, g_array_index (layout->legend, NullcurveLegendItem, i).rect);
  return rects;
}

static void
check_layout (const NullcurveLayout *layout, gboolean inside)
{
  g_autoptr (GArray) rects = collect (layout);

  for (guint i = 0; i < rects->len; i++)
    {
      const NullcurveRect *rect = &g_array_index (rects, NullcurveRect, i);

      g_assert_cmpfloat (rect->width, >=, 0.0);
      g_assert_cmpfloat (rect->height, >=, 0.0);
      if (!inside || is_empty (rect))
        continue;
      g_assert_cmpfloat (rect->x, >=, 0.0);
      g_assert_cmpfloat (rect->y, >=, 0.0);
      g_assert_cmpfloat (rect->x + rect->width, <=, layout->width + 0.01);
      g_assert_cmpfloat (rect->y + rect->height, <=, layout->height + 0.01);
      for (guint k = 0; k < i; k++)
        g_assert_false (overlap (rect, &g_array_index (rects, NullcurveRect, k)));
    }
}

static void
test_sizes (void)
{
  static const double widths[] = { 320, 361, 480, 640, 1000, 1920, 3840 };
  static const double heights[] = { 240, 288, 360, 480, 700, 1080, 2160 };
  static const guint counts[] = { 1, 2, 6, 18 };

  for (gsize w = 0; w < G_N_ELEMENTS (widths); w++)
    for (gsize h = 0; h < G_N_ELEMENTS (heights); h++)
      for (gsize n = 0; n < G_N_ELEMENTS (counts); n++)
        for (int print = 0; print < 2; print++)
          {
            Scene scene;

            scene_init (&scene, fixture_figure_crowded (counts[n]),
                        print ? NULLCURVE_STYLE_PRINT : NULLCURVE_STYLE_LIGHT, widths[w],
                        heights[h]);
            check_layout (scene.layout, TRUE);
            for (gsize p = 0; p < scene.layout->n_panels; p++)
              {
                g_assert_cmpfloat (scene.layout->panels[p].plot.height, >=, 25.0);
                g_assert_cmpfloat (scene.layout->panels[p].plot.width, >=, 200.0);
                g_assert_cmpuint (scene.layout->panels[p].y.n_ticks, >=, 2);
              }
            g_assert_cmpuint (scene.layout->legend->len + scene.layout->legend_left_off, ==,
                              counts[n]);
            scene_clear (&scene);
          }
}

/* Below what is promised nothing need fit, but nothing may break either. */
static void
test_absurd_sizes (void)
{
  static const double sizes[] = { -5.0, 0.0, 1.0, 17.0, 60.0, 130.0 };

  for (gsize w = 0; w < G_N_ELEMENTS (sizes); w++)
    for (gsize h = 0; h < G_N_ELEMENTS (sizes); h++)
      {
        Scene scene;

        scene_init (&scene, fixture_figure_crowded (3), NULLCURVE_STYLE_PRINT, sizes[w], sizes[h]);
        check_layout (scene.layout, FALSE);
        scene_clear (&scene);
      }
}

/* Tick labels fit the gutter that was made for them. */
static void
test_gutter (void)
{
  Scene scene;

  scene_init (&scene, fixture_figure_crowded (4), NULLCURVE_STYLE_LIGHT, 800.0, 600.0);
  for (gsize p = 0; p < scene.layout->n_panels; p++)
    for (gsize i = 0; i < scene.layout->panels[p].y.n_ticks; i++)
      g_assert_cmpfloat (nullcurve_chart_text_width (scene.text, NULLCURVE_FONT_TICK,
                                                     scene.layout->panels[p].y.ticks[i].label),
                         <=, scene.layout->panels[p].y_labels.width + 0.01);
  scene_clear (&scene);
}

static void
test_hidden_series_leave_legend (void)
{
  NullcurveFigure *figure = fixture_figure_crowded (3);
  Scene scene;

  nullcurve_figure_get_series (figure, 1)->visible = FALSE;
  scene_init (&scene, figure, NULLCURVE_STYLE_LIGHT, 1000.0, 700.0);
  g_assert_cmpuint (scene.layout->legend->len, ==, 2);
  g_assert_cmpuint (g_array_index (scene.layout->legend, NullcurveLegendItem, 1).series, ==, 2);
  scene_clear (&scene);
}

/* One entry stands for all bounds, after the series. */
static void
test_bound_in_legend (void)
{
  NullcurveFigure *figure = fixture_figure_crowded (3);
  Scene scene;

  for (gsize i = 0; i < 3; i++)
    nullcurve_series_add_bound (nullcurve_figure_get_series (figure, i), 0, 0.5, 2e5);
  nullcurve_figure_set_text (&figure->bound_label, "roofline bound");
  scene_init (&scene, figure, NULLCURVE_STYLE_LIGHT, 1400.0, 700.0);
  g_assert_cmpuint (scene.layout->legend->len, ==, 4);
  g_assert_cmpuint (g_array_index (scene.layout->legend, NullcurveLegendItem, 3).series, ==,
                    NULLCURVE_LEGEND_BOUND);
  scene_clear (&scene);
}

/* Long names are narrowed before entries are left out. */
static void
test_legend_narrows (void)
{
  NullcurveFigure *figure = fixture_figure_crowded (8);
  Scene scene;

  for (gsize i = 0; i < 8; i++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, i);
      g_autofree char *label =
          g_strdup_printf ("a name that goes on for longer than half a chart is wide, %s, %d",
                           series->label, (int)i);

      nullcurve_figure_set_text (&series->label, label);
    }
  scene_init (&scene, figure, NULLCURVE_STYLE_LIGHT, 800.0, 600.0);
  g_assert_cmpuint (scene.layout->legend_left_off, ==, 0);
  g_assert_cmpuint (scene.layout->legend->len, ==, 8);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpfloat (g_array_index (scene.layout->legend, NullcurveLegendItem, i).rect.width, <,
                       400.0);
  scene_clear (&scene);
}

/* In a file there is no pointer to ask for the rest: all are listed, long names wrapped. */
static void
test_whole_legend (void)
{
  static const double widths[] = { 321, 480, 672, 1280 };
  static const guint counts[] = { 2, 7, 10, 18 };

  for (gsize w = 0; w < G_N_ELEMENTS (widths); w++)
    for (gsize n = 0; n < G_N_ELEMENTS (counts); n++)
      {
        Scene scene = { .figure = fixture_figure_crowded (counts[n]) };
        NullcurveSeries *first = nullcurve_figure_get_series (scene.figure, 0);

        nullcurve_figure_set_text (&first->label, "a name that goes on for longer than a column of "
                                                  "a paper is wide, and then some");
        nullcurve_chart_style_init (&scene.style, NULLCURVE_STYLE_PRINT);
        scene.style.font_size = 10.0;
        scene.style.whole_legend = TRUE;
        scene.text = nullcurve_chart_text_new (&scene.style);
        scene.layout =
            nullcurve_layout_new (scene.figure, &scene.style, scene.text, widths[w], 900.0);
        check_layout (scene.layout, TRUE);
        g_assert_cmpuint (scene.layout->legend_left_off, ==, 0);
        g_assert_cmpuint (scene.layout->legend->len, ==, counts[n]);
        scene_clear (&scene);
      }
}

/* A curve that has nothing to draw, be it hidden or not, is not in the legend. */
static void
test_undrawn_leave_legend (void)
{
  NullcurveFigure *figure = fixture_figure_crowded (3);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (gsize));

  nullcurve_figure_add_series (figure, "no match", 4);
  nullcurve_series_add_point (nullcurve_figure_add_series (figure, "no value", 5), 0, 0.5, NAN);
  nullcurve_figure_hide (figure, 1, TRUE);
  nullcurve_figure_get_entries (figure, entries);
  g_assert_cmpuint (entries->len, ==, 3);
  nullcurve_figure_free (figure);
}

static void
test_nearest (void)
{
  NullcurveHit hit;
  Scene scene;
  double x;
  double px;
  double py;

  scene_init (&scene, fixture_figure_with_gap (), NULLCURVE_STYLE_LIGHT, 800.0, 600.0);
  px = nullcurve_layout_x (scene.layout, 0, 0.3);
  py = nullcurve_layout_y (scene.layout, 0, 4.0);
  g_assert_true (nullcurve_hit_nearest_x (scene.layout, px + 20.0, &x));
  g_assert_cmpfloat_with_epsilon (x, 0.3, 1e-12);
  g_assert_true (nullcurve_hit_nearest_x (scene.layout, -1e6, &x));
  g_assert_cmpfloat (x, ==, 0.0);
  /* The point without a value is not there to be found. */
  g_assert_true (
      nullcurve_hit_nearest_x (scene.layout, nullcurve_layout_x (scene.layout, 0, 0.51), &x));
  g_assert_cmpfloat_with_epsilon (x, 0.6, 1e-12);
  g_assert_true (nullcurve_hit_nearest_point (scene.layout, px + 3.0, py - 4.0, 5.1, &hit));
  g_assert_cmpuint (hit.index, ==, 3);
  g_assert_false (nullcurve_hit_nearest_point (scene.layout, px + 3.0, py - 4.0, 4.9, &hit));
  nullcurve_figure_get_series (scene.figure, 0)->visible = FALSE;
  g_assert_false (nullcurve_hit_nearest_x (scene.layout, px, &x));
  scene_clear (&scene);
}

static void
test_walk_along (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_with_gap ();
  NullcurveHit hit;
  gsize steps = 0;

  g_assert_true (nullcurve_hit_first (figure, &hit));
  g_assert_cmpuint (hit.index, ==, 0);
  g_assert_false (nullcurve_hit_step_point (figure, &hit, -1));
  g_assert_cmpuint (hit.index, ==, 0);
  while (nullcurve_hit_step_point (figure, &hit, 1))
    {
      g_assert_cmpuint (hit.index, !=, 5);
      steps++;
    }
  g_assert_cmpuint (steps, ==, 8);
  g_assert_cmpuint (hit.index, ==, 9);
  g_assert_true (nullcurve_hit_end_point (figure, &hit, -1));
  g_assert_cmpuint (hit.index, ==, 0);
  g_assert_true (nullcurve_hit_end_point (figure, &hit, 1));
  g_assert_cmpuint (hit.index, ==, 9);
  g_assert_false (nullcurve_hit_step_series (figure, &hit, 1));
}

static void
test_walk_across (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (4);
  NullcurveHit hit = { 0, 1, 6 };

  nullcurve_figure_get_series (figure, 1)->visible = FALSE;
  g_assert_true (nullcurve_hit_step_series (figure, &hit, 1));
  g_assert_cmpuint (hit.series, ==, 2);
  g_assert_cmpuint (hit.panel, ==, 1);
  g_assert_cmpuint (hit.index, ==, 6);
  g_assert_true (nullcurve_hit_step_series (figure, &hit, 1));
  g_assert_true (nullcurve_hit_step_series (figure, &hit, 1));
  g_assert_cmpuint (hit.series, ==, 0);
  g_assert_true (nullcurve_hit_step_series (figure, &hit, -1));
  g_assert_cmpuint (hit.series, ==, 3);
}

/* The walk begins on the run in hand, wherever it stands in the list. */
static void
test_first_is_current (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (3);
  NullcurveHit hit;

  nullcurve_figure_get_series (figure, 0)->current = FALSE;
  nullcurve_figure_get_series (figure, 2)->current = TRUE;
  g_assert_true (nullcurve_hit_first (figure, &hit));
  g_assert_cmpuint (hit.series, ==, 2);
  hit.series = 99;
  g_assert_false (nullcurve_hit_is_valid (figure, &hit));
  g_assert_null (nullcurve_hit_point (figure, &hit));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/layout/sizes", test_sizes);
  g_test_add_func ("/chart/layout/absurd-sizes", test_absurd_sizes);
  g_test_add_func ("/chart/layout/gutter", test_gutter);
  g_test_add_func ("/chart/layout/hidden-series-leave-legend", test_hidden_series_leave_legend);
  g_test_add_func ("/chart/layout/bound-in-legend", test_bound_in_legend);
  g_test_add_func ("/chart/layout/legend-narrows", test_legend_narrows);
  g_test_add_func ("/chart/layout/whole-legend", test_whole_legend);
  g_test_add_func ("/chart/layout/undrawn-leave-legend", test_undrawn_leave_legend);
  g_test_add_func ("/chart/hit/nearest", test_nearest);
  g_test_add_func ("/chart/hit/walk-along", test_walk_along);
  g_test_add_func ("/chart/hit/walk-across", test_walk_across);
  g_test_add_func ("/chart/hit/first-is-current", test_first_is_current);
  return g_test_run ();
}

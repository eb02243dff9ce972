/* SPDX-License-Identifier: Apache-2.0 */
/* What hands do to a chart, without a display: the walk of its crosshair, zooming, the legend. */
#include <math.h>

#include "tests/chart/chart-fixtures.h"
#include "ui/hands/legend.h"
#include "ui/hands/walk.h"
#include "ui/hands/zooming.h"

typedef struct Scene
{
  NullcurveFigure *figure;
  NullcurveChartStyle style;
  NullcurveChartText *text;
  NullcurveLayout *layout;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  scene->figure = fixture_figure_crowded (3);
  nullcurve_chart_style_init (&scene->style, NULLCURVE_STYLE_LIGHT);
  scene->text = nullcurve_chart_text_new (&scene->style);
  scene->layout = nullcurve_layout_new (scene->figure, &scene->style, scene->text, 800.0, 600.0);
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  nullcurve_layout_free (scene->layout);
  nullcurve_chart_text_free (scene->text);
  nullcurve_figure_free (scene->figure);
}

static void
test_walk (Scene *scene, gconstpointer data)
{
  NullcurveWalk walk = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *read = NULL;

  g_assert_null (nullcurve_walk_read (&walk, scene->figure));
  g_assert_true (nullcurve_walk_step (&walk, scene->figure, NULLCURVE_STEP_NEXT_POINT));
  first = nullcurve_walk_read (&walk, scene->figure);
  g_assert_nonnull (first);
  g_assert_true (nullcurve_walk_step (&walk, scene->figure, NULLCURVE_STEP_NEXT_POINT));
  read = nullcurve_walk_read (&walk, scene->figure);
  g_assert_cmpstr (read, !=, first);
  g_assert_true (nullcurve_walk_next_series (&walk, scene->figure, 1));
  g_assert_cmpuint (walk.crosshair.selected.series, ==, 1);
  /* The chosen curve is found by its key, wherever it stands. */
  walk.crosshair.selected.series = 0;
  nullcurve_walk_find_again (&walk, scene->figure);
  g_assert_true (walk.crosshair.has_selected);
  g_assert_cmpuint (walk.crosshair.selected.series, ==, 1);
  nullcurve_walk_clear (&walk);
}

static void
test_point (Scene *scene, gconstpointer data)
{
  const NullcurveRect *plot = &scene->layout->panels[0].plot;
  NullcurveWalk walk = { 0 };
  gsize cell;
  double x, y;

  nullcurve_walk_locate (&walk, scene->layout, &cell, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, plot->x + 0.5 * plot->width, 1e-9);
  nullcurve_walk_point_at (&walk, scene->layout, plot->x, plot->y + 5.0);
  g_assert_true (walk.shown && walk.by_pointer);
  nullcurve_walk_locate (&walk, scene->layout, &cell, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, plot->x, 1.0);
  for (gsize i = 0; i < scene->figure->series->len; i++)
    nullcurve_figure_hide (scene->figure, i, TRUE);
  nullcurve_walk_point_at (&walk, scene->layout, plot->x, plot->y + 5.0);
  g_assert_false (walk.shown);
  nullcurve_walk_clear (&walk);
}

static void
test_zooming (Scene *scene, gconstpointer data)
{
  const NullcurveRect *plot = &scene->layout->panels[0].plot;
  const double x = plot->x + 0.5 * plot->width;
  const double y = plot->y + 0.5 * plot->height;
  NullcurveZooming zooming;

  nullcurve_zooming_init (&zooming);
  g_assert_false (nullcurve_zooming_turn (&zooming, NULL, x, y, 0.5, FALSE, 0));
  g_assert_true (nullcurve_zooming_turn (&zooming, scene->layout, x, y, 0.5, FALSE, 10000000));
  g_assert_true (nullcurve_zooming_turn (&zooming, scene->layout, x, y, 0.4, FALSE, 10500000));
  g_assert_cmpuint (zooming.zoom.before->len, ==, 1);
  g_assert_true (nullcurve_zooming_turn (&zooming, scene->layout, x, y, 0.3, FALSE, 19000000));
  g_assert_cmpuint (zooming.zoom.before->len, ==, 2);
  /* A drag that is broken off means nothing. */
  nullcurve_zooming_drag_begin (&zooming, scene->layout, plot->x, y, NULLCURVE_DRAG_BAND);
  g_assert_false (nullcurve_zooming_drag_update (&zooming, scene->layout, x, y));
  g_assert_true (zooming.has_band);
  nullcurve_zooming_drag_cancel (&zooming);
  g_assert_false (nullcurve_zooming_drag_end (&zooming, scene->layout));
  g_assert_cmpuint (zooming.zoom.before->len, ==, 2);
  nullcurve_zooming_drag_begin (&zooming, scene->layout, plot->x, y, NULLCURVE_DRAG_BAND);
  nullcurve_zooming_drag_update (&zooming, scene->layout, x, y);
  g_assert_true (nullcurve_zooming_drag_end (&zooming, scene->layout));
  nullcurve_zooming_clear (&zooming);
}

static gsize
count_hidden (Scene *scene)
{
  gsize n = 0;

  for (gsize i = 0; i < scene->figure->series->len; i++)
    n += nullcurve_figure_get_series (scene->figure, i)->hidden;
  return n;
}

static void
test_legend (Scene *scene, gconstpointer data)
{
  const NullcurveLegendItem *item = &g_array_index (scene->layout->legend, NullcurveLegendItem, 1);
  g_autoptr (NullcurveFigure) anew = fixture_figure_crowded (3);
  NullcurveLegend legend;

  nullcurve_legend_init (&legend);
  g_assert_false (nullcurve_legend_hover (&legend, NULL, 0.0, 0.0));
  g_assert_true (
      nullcurve_legend_hover (&legend, scene->layout, item->rect.x + 1.0, item->rect.y + 1.0));
  g_assert_cmpint (legend.hovered, ==, NULLCURVE_LEGEND_ENTRY);
  g_assert_true (nullcurve_legend_hovered_rect (&legend, scene->layout) == &item->rect);
  nullcurve_legend_toggle (&legend, scene->figure, item->series, FALSE);
  nullcurve_legend_apply (&legend, scene->figure);
  g_assert_cmpuint (count_hidden (scene), ==, 1);
  nullcurve_legend_apply (&legend, anew);
  g_assert_true (nullcurve_figure_get_series (anew, item->series)->hidden);
  nullcurve_legend_toggle (&legend, scene->figure, item->series, TRUE);
  nullcurve_legend_apply (&legend, scene->figure);
  g_assert_cmpuint (count_hidden (scene), ==, 2);
  g_assert_false (nullcurve_figure_get_series (scene->figure, item->series)->hidden);
  nullcurve_legend_toggle (&legend, scene->figure, item->series, TRUE);
  nullcurve_legend_apply (&legend, scene->figure);
  g_assert_cmpuint (count_hidden (scene), ==, 0);
  nullcurve_legend_clear (&legend);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/chart/hands/walk", Scene, NULL, set_up, test_walk, tear_down);
  g_test_add ("/chart/hands/point", Scene, NULL, set_up, test_point, tear_down);
  g_test_add ("/chart/hands/zooming", Scene, NULL, set_up, test_zooming, tear_down);
  g_test_add ("/chart/hands/legend", Scene, NULL, set_up, test_legend, tear_down);
  return g_test_run ();
}

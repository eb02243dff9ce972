/* SPDX-License-Identifier: Apache-2.0 */
/* Small multiples: what goes where, one legend, one range, one walk; and hidden curves. */
#include <math.h>

#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-picture.h"
#include "ui/chart/hit.h"
#include "ui/export/export.h"
#include "ui/figure/facets.h"
#include "ui/figure/readout.h"
#include "ui/views/throughput.h"

/* Two runs of several top-k each. */
static NullcurveFigure *
two_runs (const int *topks, gsize n_topks)
{
  g_autoptr (MoeRun) first = fixture_run_new ("first");
  g_autoptr (MoeRun) second = fixture_run_new ("second");
  MoeRun *runs[] = { first, second };

  for (gsize i = 0; i < n_topks; i++)
    {
      fixture_run_add_curve (first, topks[i], "compact", 8000.0 / topks[i]);
      fixture_run_add_curve (second, topks[i], "compact", 3000.0 / topks[i]);
    }
  return nullcurve_figure_throughput (runs, 2, NULL);
}

static const int usual[] = { 8, 1, 4, 2 };

static void
test_split (void)
{
  g_autoptr (NullcurveFigure) figure = two_runs (usual, G_N_ELEMENTS (usual));
  static const char *const titles[] = { "top-1", "top-2", "top-4", "top-8" };
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (gsize));

  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  g_assert_cmpuint (nullcurve_figure_n_facets (figure), ==, 4);
  for (gsize i = 0; i < 4; i++)
    g_assert_cmpstr (g_ptr_array_index (figure->facets, i), ==, titles[i]);
  /* One entry and one colour a run, and no word of what the facets say. */
  nullcurve_figure_get_entries (figure, entries);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpstr (nullcurve_figure_get_series (figure, 0)->label, ==, "first");
  g_assert_cmpuint (nullcurve_figure_get_series (figure, 0)->facet, ==, 3);
  g_assert_cmpuint (nullcurve_figure_get_series (figure, 1)->palette, ==, 0);
  g_assert_cmpuint (nullcurve_figure_get_series (figure, 5)->palette, ==, 1);
  g_assert_cmpuint (nullcurve_figure_get_series (figure, 5)->entry, ==, 4);
}

/* What an export will lack is known before it is made; a caption takes its share of the height. */
static void
test_export_fit (void)
{
  g_autoptr (NullcurveFigure) figure = two_runs (usual, G_N_ELEMENTS (usual));
  NullcurveExportOptions options;
  NullcurveExportFit fit;

  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  nullcurve_export_options_init (&options);
  nullcurve_chart_export_fit (figure, &options, &fit);
  g_assert_cmpuint (fit.n_panels, ==, 2);
  g_assert_cmpuint (fit.n_wanted, ==, 2);
  options.height = 200.0;
  nullcurve_chart_export_fit (figure, &options, &fit);
  g_assert_cmpuint (fit.n_panels, ==, 1);
  g_assert_cmpuint (fit.n_wanted, ==, 2);
  options.height = 440.0;
  nullcurve_chart_export_fit (figure, &options, &fit);
  g_assert_cmpuint (fit.n_panels, ==, 2);
  options.caption = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve";
  nullcurve_chart_export_fit (figure, &options, &fit);
  g_assert_cmpuint (fit.n_panels, ==, 1);
  g_assert_cmpfloat (fit.height, ==, 440.0);
  options.may_grow = TRUE;
  nullcurve_chart_export_fit (figure, &options, &fit);
  g_assert_cmpuint (fit.n_panels, ==, 2);
  g_assert_cmpfloat (fit.height, >, 440.0);
}

/* One value is no reason to split. */
static void
test_single (void)
{
  g_autoptr (NullcurveFigure) figure = two_runs (usual, G_N_ELEMENTS (usual));

  nullcurve_figure_split (figure, NULLCURVE_FACETS_SHAPE);
  g_assert_cmpuint (nullcurve_figure_n_facets (figure), ==, 1);
  g_assert_cmpuint (figure->facets->len, ==, 0);
  g_assert_cmpuint (nullcurve_figure_get_series (figure, 3)->facet, ==, 0);
}

static void
test_too_many (void)
{
  int topks[15];
  g_autoptr (NullcurveFigure) figure = NULL;

  for (int i = 0; i < 15; i++)
    topks[i] = i + 1;
  figure = two_runs (topks, 15);
  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  g_assert_cmpuint (figure->facets->len, ==, NULLCURVE_FIGURE_MAX_FACETS);
  g_assert_cmpstr (g_ptr_array_index (figure->facets, 11), ==, "others");
  g_assert_cmpuint (nullcurve_figure_get_series (figure, 14)->facet, ==, 11);
  /* In there labels say which is which. */
  g_assert_cmpstr (nullcurve_figure_get_series (figure, 14)->label, ==, "first, top-15");
}

static gboolean
overlap (const NullcurveRect *a, const NullcurveRect *b)
{
  return a->width > 0.0 && b->width > 0.0 && a->height > 0.0 && b->height > 0.0
         && a->x + 0.01 < b->x + b->width && b->x + 0.01 < a->x + a->width
         && a->y + 0.01 < b->y + b->height && b->y + 0.01 < a->y + a->height;
}

/* Nothing lies on anything else, and all is inside; scales are the same all over. */
static void
check_cells (const NullcurveLayout *layout)
{
  const gsize n = layout->n_facets * layout->n_panels;

  for (gsize i = 0; i < n; i++)
    {
      const NullcurvePanelLayout *place = &layout->panels[i];
      const NullcurvePanelLayout *first = &layout->panels[i % layout->n_panels];

      g_assert_cmpfloat (place->plot.x, >=, 0.0);
      g_assert_cmpfloat (place->plot.x + place->plot.width, <=, layout->width);
      g_assert_cmpfloat (place->x_labels.y + place->x_labels.height, <=, layout->height);
      g_assert_cmpfloat (place->y.min, ==, first->y.min);
      g_assert_cmpfloat (place->y.max, ==, first->y.max);
      g_assert_false (overlap (&place->plot, &place->facet));
      for (gsize k = 0; k < i; k++)
        {
          const NullcurvePanelLayout *other = &layout->panels[k];

          g_assert_false (overlap (&place->plot, &other->plot));
          g_assert_false (overlap (&place->plot, &other->facet));
          g_assert_false (overlap (&place->facet, &other->plot));
          g_assert_false (overlap (&place->facet, &other->x_labels));
          g_assert_false (overlap (&place->plot, &other->x_labels));
        }
      for (gsize k = 0; k < layout->n_panels; k++)
        g_assert_false (overlap (&place->plot, &layout->panels[k].title));
    }
}

static void
test_grid (void)
{
  static const int sizes[][2] = { { 500, 330 }, { 560, 420 }, { 1000, 700 }, { 3000, 1900 } };
  int topks[12];

  for (int i = 0; i < 12; i++)
    topks[i] = i + 1;
  for (gsize n = 2; n <= 12; n++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autoptr (NullcurveFigure) figure = two_runs (topks, n);
        FixturePicture picture;

        nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
        fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, sizes[i][0], sizes[i][1]);
        g_assert_cmpuint (picture.layout->n_facets, ==, n);
        check_cells (picture.layout);
        g_assert_cmpfloat (picture.layout->panels[0].plot.width, >=, 60.0);
        g_assert_cmpfloat (picture.layout->panels[0].plot.height, >=, 36.0);
        fixture_picture_clear (&picture);
      }
}

/* Markers are in the plots of their facets, and found there. */
static void
test_points (void)
{
  g_autoptr (NullcurveFigure) figure = two_runs (usual, G_N_ELEMENTS (usual));
  FixturePicture picture;

  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, 1000, 700);
  for (gsize s = 0; s < figure->series->len; s++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);
      const gsize cell = nullcurve_layout_cell (picture.layout, series->facet, 0);
      const NullcurvePoint *point = nullcurve_series_get_point (series, 0, 9);
      const double x = nullcurve_layout_x (picture.layout, cell, point->x);
      const double y = nullcurve_layout_y (picture.layout, cell, point->y);
      NullcurveSeriesStyle look;
      NullcurveHit hit;

      nullcurve_chart_style_series (&picture.style, series->palette, &look);
      g_assert_cmpint (fixture_count_near (&picture, &look.colour, x, y, 3), >, 10);
      g_assert_true (nullcurve_hit_nearest_point (picture.layout, x, y, 5.0, &hit));
      g_assert_cmpuint (hit.series, ==, s);
      g_assert_cmpuint (nullcurve_layout_cell_at (picture.layout, x, y), ==, cell);
    }
  fixture_picture_clear (&picture);
}

/* Facet by facet, run by run, and no further. */
static void
test_walk (void)
{
  g_autoptr (NullcurveFigure) figure = two_runs (usual, G_N_ELEMENTS (usual));
  gsize facet = 0;
  gsize n = 1;
  NullcurveHit hit;

  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  g_assert_true (nullcurve_hit_first (figure, &hit));
  g_assert_cmpuint (hit.series, ==, 1);
  for (; nullcurve_hit_next_series (figure, &hit, 1); n++)
    {
      g_assert_cmpuint (nullcurve_figure_get_series (figure, hit.series)->facet, >=, facet);
      facet = nullcurve_figure_get_series (figure, hit.series)->facet;
    }
  g_assert_cmpuint (n, ==, 8);
  while (nullcurve_hit_next_series (figure, &hit, -1))
    n--;
  g_assert_cmpuint (n, ==, 1);
  /* The ends are joined for those who step by arrows. */
  g_assert_true (nullcurve_hit_step_series (figure, &hit, -1));
  g_assert_cmpuint (hit.series, ==, 4);
  g_assert_true (nullcurve_hit_step_series (figure, &hit, 1));
  g_assert_cmpuint (hit.series, ==, 1);
}

static void
test_readout (void)
{
  g_autoptr (NullcurveFigure) figure = two_runs (usual, G_N_ELEMENTS (usual));
  g_autoptr (NullcurveReadout) readout = NULL;

  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  readout = nullcurve_readout_new_in (figure, 0.5, 2);
  g_assert_cmpstr (readout->title, ==, "top-4, null fraction 0.50 (realised 0.500)");
  g_assert_cmpuint (readout->rows->len, ==, 2);
}

static void
test_hide (void)
{
  g_autoptr (NullcurveFigure) figure = two_runs (usual, G_N_ELEMENTS (usual));
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gsize));

  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  nullcurve_figure_hide (figure, 5, TRUE);
  for (gsize s = 0; s < 8; s++)
    g_assert_cmpint (nullcurve_series_is_shown (nullcurve_figure_get_series (figure, s)), ==,
                     s < 4);
  /* In the legend it stays. */
  nullcurve_figure_get_entries (figure, entries);
  nullcurve_figure_get_order (figure, order);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpuint (order->len, ==, 4);
  nullcurve_figure_hide (figure, 4, FALSE);
  g_assert_true (nullcurve_series_is_shown (nullcurve_figure_get_series (figure, 7)));
}

/* Its entry is faint, its curve is gone. */
static void
test_dimmed (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (2);
  const NullcurvePoint *point =
      nullcurve_series_get_point (nullcurve_figure_get_series (figure, 0), 0, 9);
  NullcurveSeriesStyle look;
  FixturePicture before;
  FixturePicture after;
  NullcurveRect entry;
  double x, y;

  fixture_picture_init (&before, figure, NULLCURVE_STYLE_LIGHT, 800, 600);
  nullcurve_figure_hide (figure, 0, TRUE);
  fixture_picture_init (&after, figure, NULLCURVE_STYLE_LIGHT, 800, 600);
  nullcurve_chart_style_series (&before.style, 0, &look);
  entry = g_array_index (before.layout->legend, NullcurveLegendItem, 0).rect;
  x = entry.x + 0.5 * nullcurve_legend_swatch_width (&before.style);
  y = entry.y + 0.5 * entry.height;
  g_assert_cmpint (fixture_count_near (&before, &look.colour, x, y, 6), >, 30);
  g_assert_cmpuint (after.layout->legend->len, ==, 2);
  g_assert_cmpint (fixture_count_near (&after, &look.colour, x, y, 6), ==, 0);
  g_assert_cmpint (
      fixture_colour_distance (fixture_pixel_at (&after, (int)x, (int)y), &after.style.background),
      >, 40);
  x = nullcurve_layout_x (before.layout, 0, point->x);
  y = nullcurve_layout_y (before.layout, 0, point->y);
  g_assert_cmpint (fixture_count_near (&before, &look.colour, x, y, 4), >, 30);
  g_assert_cmpint (fixture_count_near (&after, &look.colour, x, y, 4), ==, 0);
  /* The axis is for those that are left. */
  g_assert_cmpfloat (after.layout->panels[0].y.max, <, before.layout->panels[0].y.max);
  fixture_picture_clear (&before);
  fixture_picture_clear (&after);
}

/* Hidden areas leave no hole in a stack. */
static void
test_hide_stacked (void)
{
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_new ();
  NullcurvePanel *panel = nullcurve_figure_add_panel (figure, "Time", NULL, NULLCURVE_UNIT_PLAIN);

  panel->stacked = TRUE;
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *label = g_strdup_printf ("stage %u", i);

      nullcurve_series_add_point (nullcurve_figure_add_series (figure, label, i), 0, 0.0, i + 1.0);
    }
  nullcurve_figure_stack (figure, 0);
  nullcurve_figure_hide (figure, 1, TRUE);
  g_assert_cmpfloat (
      nullcurve_series_get_point (nullcurve_figure_get_series (figure, 2), 0, 0)->base, ==, 1.0);
  nullcurve_figure_hide (figure, 1, FALSE);
  g_assert_cmpfloat (
      nullcurve_series_get_point (nullcurve_figure_get_series (figure, 2), 0, 0)->base, ==, 3.0);
}

/* Keys tell all curves apart and stay when the figure is made anew. */
static void
test_keys (void)
{
  g_autoptr (MoeRun) first = fixture_run_new ("Quick");
  g_autoptr (MoeRun) second = fixture_run_new ("Quick");
  MoeRun *runs[] = { first, second };
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveFigure) again = NULL;

  for (int topk = 1; topk <= 12; topk++)
    {
      fixture_run_add_curve (first, topk, "compact", 1000.0);
      fixture_run_add_curve (second, topk, "compact", 900.0);
    }
  figure = nullcurve_figure_throughput (runs, 2, NULL);
  again = nullcurve_figure_throughput (runs, 2, NULL);
  g_assert_cmpuint (figure->series->len, ==, 24);
  for (gsize i = 0; i < 24; i++)
    {
      g_assert_cmpstr (nullcurve_figure_get_series (figure, i)->key, ==,
                       nullcurve_figure_get_series (again, i)->key);
      for (gsize k = 0; k < i; k++)
        g_assert_cmpstr (nullcurve_figure_get_series (figure, i)->key, !=,
                         nullcurve_figure_get_series (figure, k)->key);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/facets/split", test_split);
  g_test_add_func ("/chart/facets/export-fit", test_export_fit);
  g_test_add_func ("/chart/facets/single", test_single);
  g_test_add_func ("/chart/facets/too-many", test_too_many);
  g_test_add_func ("/chart/facets/grid", test_grid);
  g_test_add_func ("/chart/facets/points", test_points);
  g_test_add_func ("/chart/facets/walk", test_walk);
  g_test_add_func ("/chart/facets/readout", test_readout);
  g_test_add_func ("/chart/facets/hide", test_hide);
  g_test_add_func ("/chart/facets/dimmed", test_dimmed);
  g_test_add_func ("/chart/facets/hide-stacked", test_hide_stacked);
  g_test_add_func ("/chart/facets/keys", test_keys);
  return g_test_run ();
}

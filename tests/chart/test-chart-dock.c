/* SPDX-License-Identifier: Apache-2.0 */
/* The docked readout: it keeps off the data at every size, nothing moves for it, and what is
 * pointed at is in it. */
#include <math.h>

#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-picture.h"
#include "ui/figure/facets.h"

/* Of a chart in windows of 800x600, 1000x700, 1920x1080, and the least one. */
static const int sizes[][2] = {
  { 500, 300 }, { 640, 400 }, { 780, 400 }, { 980, 500 }, { 1350, 820 }
};
static const guint counts[] = { 1, 2, 4, 10, 40 };

/* A chart as the window lays it out. */
typedef struct Screen
{
  NullcurveChartStyle style;
  NullcurveChartText *text;
  NullcurveLayout *layout;
} Screen;

static void
screen_init (Screen *screen, const NullcurveFigure *figure, int width, int height)
{
  nullcurve_chart_style_init (&screen->style, NULLCURVE_STYLE_LIGHT);
  screen->style.dock_readout = TRUE;
  screen->text = nullcurve_chart_text_new (&screen->style);
  screen->layout = nullcurve_layout_new (figure, &screen->style, screen->text, width, height);
}

static void
screen_clear (Screen *screen)
{
  nullcurve_layout_free (screen->layout);
  nullcurve_chart_text_free (screen->text);
}

static gboolean
overlap (const NullcurveRect *a, const NullcurveRect *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height
         && b->y < a->y + a->height;
}

static void
check_free (const NullcurveLayout *layout)
{
  const NullcurveRect *dock = &layout->dock.rect;
  const double radius = layout->style->marker_radius;

  g_assert_cmpfloat (dock->width, >, 100.0);
  g_assert_cmpfloat (dock->height, >, 20.0);
  g_assert_cmpfloat (dock->x, >=, 0.0);
  g_assert_cmpfloat (dock->x + dock->width, <=, layout->width);
  g_assert_cmpfloat (dock->y + dock->height, <=, layout->height);
  g_assert_false (overlap (dock, &layout->x_label));
  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      NullcurveRect plot = layout->panels[cell].plot;

      /* Markers on its edge belong to it. */
      plot.width += radius;
      plot.height += radius;
      g_assert_false (overlap (dock, &plot));
      g_assert_false (overlap (dock, &layout->panels[cell].x_labels));
    }
  for (guint i = 0; i < layout->legend->len; i++)
    g_assert_false (overlap (dock, &g_array_index (layout->legend, NullcurveLegendItem, i).rect));
}

static void
test_keeps_off_the_data (void)
{
  for (gsize c = 0; c < G_N_ELEMENTS (counts); c++)
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (counts[c]);
        Screen screen;

        screen_init (&screen, figure, sizes[s][0], sizes[s][1]);
        check_free (screen.layout);
        screen_clear (&screen);
      }
}

/* The plots pay for the dock, but curves can still be read in them. */
static void
test_leaves_plots_readable (void)
{
  for (gsize c = 0; c < G_N_ELEMENTS (counts); c++)
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (counts[c]);
        Screen screen;
        double without;

        screen_init (&screen, figure, sizes[s][0], sizes[s][1]);
        screen.style.dock_readout = FALSE;
        g_autoptr (NullcurveLayout) bare =
            nullcurve_layout_new (figure, &screen.style, screen.text, sizes[s][0], sizes[s][1]);
        without = bare->panels[0].plot.width * bare->panels[0].plot.height;
        g_assert_cmpfloat (screen.layout->panels[0].plot.width
                               * screen.layout->panels[0].plot.height,
                           >=, (sizes[s][0] < 600 ? 0.3 : 0.5) * without);
        screen_clear (&screen);
      }
}

/* A file answers no question. */
static void
test_none_in_files (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (4);
  FixturePicture picture;

  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_PRINT, 980, 500);
  g_assert_cmpfloat (picture.layout->dock.rect.height, ==, 0.0);
  fixture_picture_clear (&picture);
}

/* Hiding curves, as one does to read the others, moves nothing. */
static void
test_nothing_moves (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (10);
      Screen before, after;

      screen_init (&before, figure, sizes[s][0], sizes[s][1]);
      nullcurve_figure_hide (figure, 9, TRUE);
      nullcurve_figure_hide (figure, 8, TRUE);
      screen_init (&after, figure, sizes[s][0], sizes[s][1]);
      g_assert_cmpmem (&before.layout->dock.rect, sizeof (NullcurveRect), &after.layout->dock.rect,
                       sizeof (NullcurveRect));
      g_assert_cmpmem (&before.layout->panels[0].plot, sizeof (NullcurveRect),
                       &after.layout->panels[0].plot, sizeof (NullcurveRect));
      screen_clear (&before);
      screen_clear (&after);
    }
}

static gboolean
has_series (const NullcurveReadout *readout, const GArray *rows, gsize series)
{
  for (guint i = 0; i < rows->len; i++)
    if (nullcurve_readout_get_row (readout, g_array_index (rows, gsize, i))->series == series)
      return TRUE;
  return FALSE;
}

static void
check_rows (const NullcurveFigure *figure, const NullcurveHit *hit, int width, int height)
{
  const NullcurveCrosshair crosshair = { .x = nullcurve_hit_point (figure, hit)->x,
                                         .has_selected = TRUE,
                                         .selected = *hit };
  g_autoptr (NullcurveReadout) readout = nullcurve_readout_new (figure, crosshair.x);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gsize));
  Screen screen;
  gsize left_off;

  screen_init (&screen, figure, width, height);
  left_off = nullcurve_chart_choose_rows (screen.layout, &crosshair, readout, rows);
  g_assert_cmpuint (rows->len + left_off, ==, readout->rows->len);
  g_assert_cmpuint (rows->len + (left_off > 0 ? 1 : 0), <=,
                    nullcurve_dock_n_slots (&screen.layout->dock));
  g_assert_true (has_series (readout, rows, hit->series));
  /* The run in hand, where there is room for more than what is pointed at. */
  g_assert_true (rows->len == 1 || has_series (readout, rows, 0));
  for (guint i = 1; i < rows->len; i++)
    g_assert_cmpuint (g_array_index (rows, gsize, i - 1), <, g_array_index (rows, gsize, i));
  screen_clear (&screen);
}

static void
test_most_wanted_stay (void)
{
  for (gsize c = 0; c < G_N_ELEMENTS (counts); c++)
    {
      g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (counts[c]);
      NullcurveHit hit = { 0 };

      for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
        for (hit.series = 0; hit.series < figure->series->len; hit.series += 3)
          for (hit.panel = 0; hit.panel < 2; hit.panel++)
            {
              hit.index = hit.series % 9;
              if (nullcurve_hit_is_valid (figure, &hit))
                check_rows (figure, &hit, sizes[s][0], sizes[s][1]);
            }
    }
}

/* Ten curves are all there in windows of the usual sizes. */
static void
test_ten_are_there (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (10);

  for (gsize s = 1; s < G_N_ELEMENTS (sizes); s++)
    {
      Screen screen;

      screen_init (&screen, figure, sizes[s][0], sizes[s][1]);
      g_assert_cmpuint (nullcurve_dock_n_slots (&screen.layout->dock), >=, 10);
      screen_clear (&screen);
    }
}

/* Is a pixel where the overlay may draw: in the dock, or on a plot with the rings on its edge? */
static gboolean
is_allowed (const NullcurveLayout *layout, int px, int py)
{
  const double em = layout->style->font_size;
  const double ring = 2.1 * layout->style->marker_radius + 2.0;
  const NullcurveRect pixel = { px, py, 1.0, 1.0 };
  NullcurveRect place = layout->dock.rect;

  place.x -= 2.0 * em;
  place.width += 4.0 * em;
  if (overlap (&place, &pixel))
    return TRUE;
  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      place = layout->panels[cell].plot;
      place = (NullcurveRect){ place.x - ring, place.y - ring, place.width + 2.0 * ring,
                               place.height + 2.0 * ring };
      if (overlap (&place, &pixel))
        return TRUE;
    }
  return FALSE;
}

/* Ink of the overlay alone: of words there is none outside the dock. */
static void
check_ink (const NullcurveFigure *figure, int width, int height, double x)
{
  const NullcurveCrosshair crosshair = { .x = x };
  FixturePicture picture;
  Screen screen;
  cairo_t *cr;
  int in_dock = 0;
  int on_plot = 0;

  screen_init (&screen, figure, width, height);
  picture.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cr = cairo_create (picture.surface);
  nullcurve_chart_render_crosshair (cr, screen.layout, &crosshair);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (picture.surface);
  for (int py = 0; py < height; py++)
    for (int px = 0; px < width; px++)
      if (fixture_pixel_at (&picture, px, py) != 0)
        {
          const NullcurveRect pixel = { px, py, 1.0, 1.0 };

          g_assert_true (is_allowed (screen.layout, px, py));
          if (overlap (&screen.layout->dock.rect, &pixel))
            in_dock++;
          else
            on_plot++;
        }
  g_assert_cmpint (in_dock, >, 400);
  g_assert_cmpint (on_plot, >, 40);
  /* A line and rings: an area over the data would be far more. */
  g_assert_cmpint (on_plot, <, width * height / 20);
  cairo_surface_destroy (picture.surface);
  screen_clear (&screen);
}

static void
test_ink (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int tenth = 0; tenth < 10; tenth += 3)
      {
        g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (10);

        check_ink (figure, sizes[s][0], sizes[s][1], tenth / 10.0);
      }
}

/* Each part draws within the bounds that are told of it: nothing of it is cut on screen. */
static void
test_extents (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int part = 0; part < 2; part++)
      {
        g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (10);
        const NullcurveCrosshair crosshair = { .x = 0.9 };
        FixturePicture picture;
        NullcurveRect extents;
        Screen screen;
        cairo_t *cr;
        int ink = 0;

        screen_init (&screen, figure, sizes[s][0], sizes[s][1]);
        picture.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, sizes[s][0], sizes[s][1]);
        cr = cairo_create (picture.surface);
        if (part == 0)
          nullcurve_chart_render_line (cr, screen.layout, &crosshair);
        else
          nullcurve_chart_render_readout (cr, screen.layout, &crosshair);
        cairo_destroy (cr);
        cairo_surface_flush (picture.surface);
        extents = part == 0 ? nullcurve_chart_crosshair_extents (screen.layout, &crosshair)
                            : nullcurve_chart_dock_extents (screen.layout);
        for (int py = 0; py < sizes[s][1]; py++)
          for (int px = 0; px < sizes[s][0]; px++)
            if (fixture_pixel_at (&picture, px, py) != 0)
              {
                const NullcurveRect pixel = { px, py, 1.0, 1.0 };

                g_assert_true (overlap (&extents, &pixel));
                ink++;
              }
        g_assert_cmpint (ink, >, 40);
        /* And no more than it must: most of the chart is not drawn again. */
        g_assert_cmpfloat (extents.width * extents.height, <, 0.45 * sizes[s][0] * sizes[s][1]);
        cairo_surface_destroy (picture.surface);
        screen_clear (&screen);
      }
}

/* The name of the only column is whole, however narrow its values are. */
static void
test_column_is_named (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (10);
  const char *name = "Share of the whole step, in all";
  const NullcurveCrosshair crosshair = { .x = 0.5 };
  FixturePicture picture;
  const NullcurveDock *dock;
  Screen screen;
  cairo_t *cr;
  double edge, width;
  int ink = 0;

  nullcurve_figure_set_text (&figure->panels[0].brief, name);
  screen_init (&screen, figure, 640, 400);
  dock = &screen.layout->dock;
  g_assert_true (dock->beside && dock->named);
  g_assert_cmpuint (dock->n_panels, ==, 1);
  width = nullcurve_chart_text_width (screen.text, NULLCURVE_FONT_TICK, name);
  edge =
      dock->rect.x + dock->block - (dock->spread > 0.0 ? 0.5 * dock->column + dock->spread : 0.0);
  g_assert_cmpfloat (width, >, dock->values[0] + 20.0);
  picture.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 640, 400);
  cr = cairo_create (picture.surface);
  nullcurve_chart_render_readout (cr, screen.layout, &crosshair);
  cairo_destroy (cr);
  cairo_surface_flush (picture.surface);
  for (int py = 0; py < (int)dock->row; py++)
    for (int px = (int)(edge - width); px < (int)(edge - dock->values[0] - 6.0); px++)
      ink += fixture_pixel_at (
                 &picture, px,
                 (int)(dock->rect.y + dock->pad + (double)(dock->heads - 1) * dock->row) + py)
             != 0;
  g_assert_cmpint (ink, >, 20);
  cairo_surface_destroy (picture.surface);
  screen_clear (&screen);
}

/* While nothing is read, it says how to; where there is nothing to read, nothing. */
static void
test_idle (void)
{
  for (int empty = 0; empty < 2; empty++)
    {
      g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (empty ? 0 : 3);
      FixturePicture picture;
      Screen screen;
      cairo_t *cr;
      int ink = 0;

      screen_init (&screen, figure, 780, 400);
      picture.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 780, 400);
      cr = cairo_create (picture.surface);
      nullcurve_chart_render_idle (cr, screen.layout);
      cairo_destroy (cr);
      cairo_surface_flush (picture.surface);
      for (int i = 0; i < 780 * 400; i++)
        ink += fixture_pixel_at (&picture, i % 780, i / 780) != 0;
      if (empty)
        g_assert_cmpint (ink, ==, 0);
      else
        g_assert_cmpint (ink, >, 100);
      cairo_surface_destroy (picture.surface);
      screen_clear (&screen);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/dock/keeps-off-the-data", test_keeps_off_the_data);
  g_test_add_func ("/chart/dock/leaves-plots-readable", test_leaves_plots_readable);
  g_test_add_func ("/chart/dock/none-in-files", test_none_in_files);
  g_test_add_func ("/chart/dock/nothing-moves", test_nothing_moves);
  g_test_add_func ("/chart/dock/most-wanted-stay", test_most_wanted_stay);
  g_test_add_func ("/chart/dock/ten-are-there", test_ten_are_there);
  g_test_add_func ("/chart/dock/ink", test_ink);
  g_test_add_func ("/chart/dock/extents", test_extents);
  g_test_add_func ("/chart/dock/column-is-named", test_column_is_named);
  g_test_add_func ("/chart/dock/idle", test_idle);
  return g_test_run ();
}

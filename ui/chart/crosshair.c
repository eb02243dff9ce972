/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/chart/draw.h"
#include "ui/chart/render.h"
#include "ui/figure/readout.h"

typedef struct Overlay
{
  cairo_t *cr;
  const NullcurveLayout *layout;
  const NullcurveFigure *figure;
  const NullcurveChartStyle *style;
  const NullcurveCrosshair *crosshair;
} Overlay;

/* Through every panel, leaving the words between them alone. */
static void
draw_line (const Overlay *overlay)
{
  const NullcurveLayout *layout = overlay->layout;
  const double dash[2] = { 3.0, 3.0 };

  nullcurve_draw_set_colour (overlay->cr, &overlay->style->crosshair, 1.0);
  cairo_set_line_cap (overlay->cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_dash (overlay->cr, dash, 2, 0.0);
  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      const NullcurveRect *plot = &layout->panels[cell].plot;
      const double x = nullcurve_layout_x (layout, cell, overlay->crosshair->x);

      /* The point may be out of sight. */
      if (x >= plot->x - 1.0 && x <= plot->x + plot->width + 1.0)
        nullcurve_draw_vline (overlay->cr, x, plot->y, plot->y + plot->height, 1.0);
    }
  nullcurve_draw_set_solid (overlay->cr);
}

static gboolean
is_selected (const Overlay *overlay, gsize series, gsize panel, gsize index)
{
  const NullcurveHit *hit = &overlay->crosshair->selected;

  return overlay->crosshair->has_selected && hit->series == series && hit->panel == panel
         && hit->index == index;
}

static void
ring_point (const Overlay *overlay, const NullcurveReadoutRow *row, gsize panel)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (overlay->figure, row->series);
  const gsize cell = nullcurve_layout_cell (overlay->layout, series->facet, panel);
  const gsize index = (gsize)row->points[panel];
  const NullcurvePoint *point = nullcurve_series_get_point (series, panel, index);
  const gboolean selected = is_selected (overlay, row->series, panel, index);
  const double x = nullcurve_layout_x (overlay->layout, cell, point->x);
  const double y = nullcurve_layout_y (overlay->layout, cell, nullcurve_point_top (point));
  NullcurveSeriesStyle look;

  if (!nullcurve_layout_shows (overlay->layout, cell, x, y))
    return;
  nullcurve_chart_style_series (overlay->style, series->palette, &look);
  cairo_new_path (overlay->cr);
  cairo_arc (overlay->cr, x, y, overlay->style->marker_radius * (selected ? 2.1 : 1.6), 0.0,
             2.0 * G_PI);
  nullcurve_draw_set_colour (overlay->cr, &look.colour, selected ? 0.25 : 0.12);
  cairo_fill_preserve (overlay->cr);
  nullcurve_draw_set_colour (overlay->cr, selected ? &overlay->style->text : &look.colour, 1.0);
  cairo_set_line_width (overlay->cr, selected ? 2.0 : 1.2);
  cairo_stroke (overlay->cr);
}

/* In every facet, whichever is read. */
static void
draw_rings (const Overlay *overlay)
{
  g_autoptr (NullcurveReadout) all = nullcurve_readout_new (overlay->figure, overlay->crosshair->x);

  for (gsize i = 0; i < all->rows->len; i++)
    {
      const NullcurveReadoutRow *row = nullcurve_readout_get_row (all, i);

      for (gsize p = 0; p < overlay->layout->n_panels; p++)
        if (row->points[p] >= 0)
          ring_point (overlay, row, p);
    }
}

void
nullcurve_chart_render_line (cairo_t *cr,
                             const NullcurveLayout *layout,
                             const NullcurveCrosshair *crosshair)
{
  const Overlay overlay = { cr, layout, layout->figure, layout->style, crosshair };

  if (layout->n_panels == 0 || !isfinite (crosshair->x))
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  draw_line (&overlay);
  draw_rings (&overlay);
  cairo_restore (cr);
}

/* All lines, with the rings on them. */
NullcurveRect
nullcurve_chart_crosshair_extents (const NullcurveLayout *layout,
                                   const NullcurveCrosshair *crosshair)
{
  const double ring = ceil (2.1 * layout->style->marker_radius + 2.0);
  double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;

  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      const NullcurveRect *plot = &layout->panels[cell].plot;
      const double x = nullcurve_layout_x (layout, cell, crosshair->x);

      if (!(x >= plot->x - 1.0 && x <= plot->x + plot->width + 1.0))
        continue;
      left = fmin (left, floor (x) - ring);
      right = fmax (right, ceil (x) + ring);
      top = fmin (top, plot->y - ring);
      bottom = fmax (bottom, plot->y + plot->height + ring);
    }
  return right > left ? (NullcurveRect){ left, top, right - left, bottom - top }
                      : (NullcurveRect){ 0.0, 0.0, 0.0, 0.0 };
}

void
nullcurve_chart_render_readout (cairo_t *cr,
                                const NullcurveLayout *layout,
                                const NullcurveCrosshair *crosshair)
{
  g_autoptr (NullcurveReadout) readout = NULL;

  if (layout->dock.rect.height <= 0.0 || !isfinite (crosshair->x))
    return;
  readout = nullcurve_readout_new_in (layout->figure, crosshair->x, crosshair->facet);
  nullcurve_draw_dock (cr, layout, crosshair, readout);
}

void
nullcurve_chart_render_crosshair (cairo_t *cr,
                                  const NullcurveLayout *layout,
                                  const NullcurveCrosshair *crosshair)
{
  nullcurve_chart_render_line (cr, layout, crosshair);
  nullcurve_chart_render_readout (cr, layout, crosshair);
}

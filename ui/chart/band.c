/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/band.h"

#include <math.h>

/* Below this a drag is a click, and its lesser side a trembling hand. */
static const double least_px = 8.0;
static const double steep = 0.25;

static gsize
panel_of (const NullcurveLayout *layout, gsize cell)
{
  return layout->n_panels > 0 ? cell % layout->n_panels : 0;
}

static NullcurveSpan
shown_of (const NullcurveAxis *axis)
{
  return (NullcurveSpan){ axis->min, axis->max };
}

gboolean
nullcurve_band_init (NullcurveBand *band,
                     const NullcurveLayout *layout,
                     double from_x,
                     double from_y,
                     double to_x,
                     double to_y)
{
  const double dx = fabs (to_x - from_x);
  const double dy = fabs (to_y - from_y);
  const NullcurveRect *plot;
  double left, right, top, bottom;

  if (layout->n_panels == 0)
    return FALSE;
  band->cell = nullcurve_layout_cell_at (layout, from_x, from_y);
  band->of_x = dx >= fmax (least_px, steep * dy);
  band->of_y = dy >= fmax (least_px, steep * dx);
  plot = &layout->panels[band->cell].plot;
  left = band->of_x ? fmax (fmin (from_x, to_x), plot->x) : plot->x;
  right = band->of_x ? fmin (fmax (from_x, to_x), plot->x + plot->width) : plot->x + plot->width;
  top = band->of_y ? fmax (fmin (from_y, to_y), plot->y) : plot->y;
  bottom = band->of_y ? fmin (fmax (from_y, to_y), plot->y + plot->height) : plot->y + plot->height;
  band->rect = (NullcurveRect){ left, top, right - left, bottom - top };
  return (band->of_x || band->of_y) && band->rect.width >= 1.0 && band->rect.height >= 1.0;
}

NullcurveViewport
nullcurve_band_zoom (const NullcurveBand *band,
                     const NullcurveLayout *layout,
                     const NullcurveViewport *viewport)
{
  const NullcurvePanelLayout *place = &layout->panels[band->cell];
  const NullcurveRect *plot = &place->plot;
  const double left = (band->rect.x - plot->x) / plot->width;
  const double top = 1.0 - (band->rect.y - plot->y) / plot->height;
  NullcurveViewport next = *viewport;
  NullcurveSpan span;

  if (band->of_x)
    {
      span = nullcurve_span_between (place->x.scale, shown_of (&place->x), left,
                                     left + band->rect.width / plot->width);
      next.x = nullcurve_span_fit (place->x.scale, span, place->x_full);
    }
  if (band->of_y)
    {
      span = nullcurve_span_between (place->y.scale, shown_of (&place->y), top,
                                     top - band->rect.height / plot->height);
      next.y[panel_of (layout, band->cell)] =
          nullcurve_span_fit (place->y.scale, span, place->y_full);
    }
  return next;
}

NullcurveViewport
nullcurve_pixels_zoom (const NullcurveLayout *layout,
                       const NullcurveViewport *viewport,
                       double px,
                       double py,
                       double factor,
                       gboolean of_y)
{
  NullcurveViewport next = *viewport;
  const gsize cell = nullcurve_layout_cell_at (layout, px, py);
  const NullcurvePanelLayout *place;

  if (layout->n_panels == 0)
    return next;
  place = &layout->panels[cell];
  if (of_y)
    next.y[panel_of (layout, cell)] = nullcurve_span_zoom (
        place->y.scale, shown_of (&place->y), place->y_full,
        CLAMP (1.0 - (py - place->plot.y) / fmax (place->plot.height, 1.0), 0.0, 1.0), factor);
  else
    next.x = nullcurve_span_zoom (
        place->x.scale, shown_of (&place->x), place->x_full,
        CLAMP ((px - place->plot.x) / fmax (place->plot.width, 1.0), 0.0, 1.0), factor);
  return next;
}

NullcurveViewport
nullcurve_pixels_pan (const NullcurveLayout *layout,
                      const NullcurveViewport *viewport,
                      gsize cell,
                      double dx,
                      double dy)
{
  NullcurveViewport next = *viewport;
  const gsize panel = panel_of (layout, cell);
  const NullcurvePanelLayout *place;

  if (layout->n_panels == 0)
    return next;
  place = &layout->panels[cell];
  if (nullcurve_span_is_set (&viewport->x))
    next.x = nullcurve_span_pan (place->x.scale, viewport->x, place->x_full,
                                 -dx / fmax (place->plot.width, 1.0));
  if (nullcurve_span_is_set (&viewport->y[panel]))
    next.y[panel] = nullcurve_span_pan (place->y.scale, viewport->y[panel], place->y_full,
                                        dy / fmax (place->plot.height, 1.0));
  return next;
}

/* How far a position must move to come into 0 .. 1, and a little further. */
static double
out_by (double position)
{
  const double margin = 0.05;

  if (!isfinite (position))
    return 0.0;
  return position < 0.0 ? position - margin : position > 1.0 ? position - 1.0 + margin : 0.0;
}

NullcurveViewport
nullcurve_pixels_reveal (const NullcurveLayout *layout,
                         const NullcurveViewport *viewport,
                         gsize cell,
                         double x,
                         double y)
{
  const NullcurvePanelLayout *place = &layout->panels[cell];

  return nullcurve_pixels_pan (layout, viewport, cell,
                               -out_by (nullcurve_axis_map (&place->x, x)) * place->plot.width,
                               out_by (nullcurve_axis_map (&place->y, y)) * place->plot.height);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/hands/zooming.h"

#include <math.h>

/* Turns that follow one another so soon are one step to undo. */
static const gint64 one_turn_us = 700000;

/* Below this a drag is a click, and its lesser side a trembling hand. */
static const double least_px = 8.0;
static const double steep = 0.25;

void
nullcurve_zooming_init (NullcurveZooming *self)
{
  *self = (NullcurveZooming){ 0 };
  nullcurve_zoom_init (&self->zoom);
}

void
nullcurve_zooming_clear (NullcurveZooming *self)
{
  nullcurve_zoom_clear (&self->zoom);
}

gboolean
nullcurve_zooming_is_possible (const NullcurveLayout *layout)
{
  return layout != NULL && layout->has_data && layout->n_panels > 0;
}

static NullcurveSpan
shown_of (const NullcurveAxis *axis)
{
  return (NullcurveSpan){ axis->min, axis->max };
}

/* The rectangle from where the drag began to a pixel; FALSE while it is too short to mean
 * anything. */
static gboolean
draw_band (NullcurveZooming *self, const NullcurveLayout *layout, double x, double y)
{
  NullcurveBand *band = &self->band;
  const double dx = fabs (x - self->from_x);
  const double dy = fabs (y - self->from_y);
  const NullcurveRect *plot;
  double left, right, top, bottom;

  band->cell = nullcurve_layout_cell_at (layout, self->from_x, self->from_y);
  band->of_x = dx >= fmax (least_px, steep * dy);
  band->of_y = dy >= fmax (least_px, steep * dx);
  plot = &layout->panels[band->cell].plot;
  left = band->of_x ? fmax (fmin (self->from_x, x), plot->x) : plot->x;
  right = plot->x + plot->width;
  right = band->of_x ? fmin (fmax (self->from_x, x), right) : right;
  top = band->of_y ? fmax (fmin (self->from_y, y), plot->y) : plot->y;
  bottom = plot->y + plot->height;
  bottom = band->of_y ? fmin (fmax (self->from_y, y), bottom) : bottom;
  band->rect = (NullcurveRect){ left, top, right - left, bottom - top };
  return (band->of_x || band->of_y) && band->rect.width >= 1.0 && band->rect.height >= 1.0;
}

/* What is shown when the band is let go. */
static NullcurveViewport
within_band (const NullcurveZooming *self, const NullcurveLayout *layout)
{
  const NullcurveBand *band = &self->band;
  const NullcurvePanelLayout *place = &layout->panels[band->cell];
  const NullcurveRect *plot = &place->plot;
  const double left = (band->rect.x - plot->x) / plot->width;
  const double top = 1.0 - (band->rect.y - plot->y) / plot->height;
  NullcurveViewport next = self->zoom.now;
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
      next.y[band->cell % layout->n_panels] =
          nullcurve_span_fit (place->y.scale, span, place->y_full);
    }
  return next;
}

/* `viewport` with the data moved by so many pixels, in x and in y of the panel of a cell. */
static NullcurveViewport
moved (const NullcurveViewport *viewport,
       const NullcurveLayout *layout,
       gsize cell,
       double dx,
       double dy)
{
  const NullcurvePanelLayout *place = &layout->panels[cell];
  const gsize panel = cell % layout->n_panels;
  NullcurveViewport next = *viewport;

  if (nullcurve_span_is_set (&viewport->x))
    next.x = nullcurve_span_pan (place->x.scale, viewport->x, place->x_full,
                                 -dx / fmax (place->plot.width, 1.0));
  if (nullcurve_span_is_set (&viewport->y[panel]))
    next.y[panel] = nullcurve_span_pan (place->y.scale, viewport->y[panel], place->y_full,
                                        dy / fmax (place->plot.height, 1.0));
  return next;
}

void
nullcurve_zooming_drag_begin (
    NullcurveZooming *self, const NullcurveLayout *layout, double x, double y, NullcurveDrag drag)
{
  self->drag = nullcurve_zooming_is_possible (layout) ? drag : NULLCURVE_DRAG_NONE;
  self->from_x = x;
  self->from_y = y;
  self->moved = FALSE;
  self->from = self->zoom.now;
  self->has_band = FALSE;
}

gboolean
nullcurve_zooming_drag_update (NullcurveZooming *self,
                               const NullcurveLayout *layout,
                               double x,
                               double y)
{
  const gboolean merge = self->moved;
  NullcurveViewport viewport;

  if (self->drag == NULLCURVE_DRAG_NONE || !nullcurve_zooming_is_possible (layout))
    return FALSE;
  if (self->drag == NULLCURVE_DRAG_BAND)
    {
      self->has_band = draw_band (self, layout, x, y);
      return FALSE;
    }
  viewport =
      moved (&self->from, layout, nullcurve_layout_cell_at (layout, self->from_x, self->from_y),
             x - self->from_x, y - self->from_y);
  self->moved = TRUE;
  return nullcurve_zoom_step (&self->zoom, &viewport, merge);
}

gboolean
nullcurve_zooming_drag_end (NullcurveZooming *self, const NullcurveLayout *layout)
{
  const gboolean has_band = self->has_band && nullcurve_zooming_is_possible (layout);
  NullcurveViewport viewport;

  nullcurve_zooming_drag_cancel (self);
  if (!has_band)
    return FALSE;
  viewport = within_band (self, layout);
  return nullcurve_zoom_step (&self->zoom, &viewport, FALSE);
}

void
nullcurve_zooming_drag_cancel (NullcurveZooming *self)
{
  self->drag = NULLCURVE_DRAG_NONE;
  self->has_band = FALSE;
}

static gboolean
turn_to (NullcurveZooming *self, const NullcurveViewport *viewport, gint64 now_us)
{
  const gboolean merge = now_us - self->turned_us < one_turn_us;

  self->turned_us = now_us;
  return nullcurve_zoom_step (&self->zoom, viewport, merge);
}

gboolean
nullcurve_zooming_turn (NullcurveZooming *self,
                        const NullcurveLayout *layout,
                        double x,
                        double y,
                        double factor,
                        gboolean of_y,
                        gint64 now_us)
{
  NullcurveViewport next = self->zoom.now;
  const NullcurvePanelLayout *place;
  gsize cell;

  if (!nullcurve_zooming_is_possible (layout))
    return FALSE;
  cell = nullcurve_layout_cell_at (layout, x, y);
  place = &layout->panels[cell];
  if (of_y)
    next.y[cell % layout->n_panels] = nullcurve_span_zoom (
        place->y.scale, shown_of (&place->y), place->y_full,
        CLAMP (1.0 - (y - place->plot.y) / fmax (place->plot.height, 1.0), 0.0, 1.0), factor);
  else
    next.x = nullcurve_span_zoom (
        place->x.scale, shown_of (&place->x), place->x_full,
        CLAMP ((x - place->plot.x) / fmax (place->plot.width, 1.0), 0.0, 1.0), factor);
  return turn_to (self, &next, now_us);
}

gboolean
nullcurve_zooming_pan (NullcurveZooming *self,
                       const NullcurveLayout *layout,
                       gsize cell,
                       double dx,
                       double dy,
                       gint64 now_us)
{
  const NullcurveViewport viewport = moved (&self->zoom.now, layout, cell, dx, dy);

  return turn_to (self, &viewport, now_us);
}

gboolean
nullcurve_zooming_nudge (
    NullcurveZooming *self, const NullcurveLayout *layout, gsize cell, int right, int up)
{
  const NullcurveRect *plot = &layout->panels[cell].plot;
  const NullcurveViewport viewport =
      moved (&self->zoom.now, layout, cell, -0.2 * right * plot->width, 0.2 * up * plot->height);

  return nullcurve_zoom_step (&self->zoom, &viewport, FALSE);
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

gboolean
nullcurve_zooming_reveal (
    NullcurveZooming *self, const NullcurveLayout *layout, gsize cell, double x, double y)
{
  const NullcurvePanelLayout *place = &layout->panels[cell];
  const NullcurveViewport viewport =
      moved (&self->zoom.now, layout, cell,
             -out_by (nullcurve_axis_map (&place->x, x)) * place->plot.width,
             out_by (nullcurve_axis_map (&place->y, y)) * place->plot.height);

  return nullcurve_zoom_step (&self->zoom, &viewport, TRUE);
}

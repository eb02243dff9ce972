/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/zooming.h"

/* Turns that follow one another so soon are one step to undo. */
static const gint64 one_turn_us = 700000;

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
  NullcurveViewport viewport;
  gboolean merge = self->moved;

  if (self->drag == NULLCURVE_DRAG_NONE || !nullcurve_zooming_is_possible (layout))
    return FALSE;
  if (self->drag == NULLCURVE_DRAG_BAND)
    {
      self->has_band = nullcurve_band_init (&self->band, layout, self->from_x, self->from_y, x, y);
      return FALSE;
    }
  viewport = nullcurve_pixels_pan (layout, &self->from,
                                   nullcurve_layout_cell_at (layout, self->from_x, self->from_y),
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
  viewport = nullcurve_band_zoom (&self->band, layout, &self->zoom.now);
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
  NullcurveViewport viewport;

  if (!nullcurve_zooming_is_possible (layout))
    return FALSE;
  viewport = nullcurve_pixels_zoom (layout, &self->zoom.now, x, y, factor, of_y);
  return turn_to (self, &viewport, now_us);
}

gboolean
nullcurve_zooming_pan (NullcurveZooming *self,
                       const NullcurveLayout *layout,
                       gsize cell,
                       double dx,
                       double dy,
                       gint64 now_us)
{
  NullcurveViewport viewport;

  if (!nullcurve_zooming_is_possible (layout))
    return FALSE;
  viewport = nullcurve_pixels_pan (layout, &self->zoom.now, cell, dx, dy);
  return turn_to (self, &viewport, now_us);
}

gboolean
nullcurve_zooming_nudge (
    NullcurveZooming *self, const NullcurveLayout *layout, gsize cell, int right, int up)
{
  const double step = 0.2;
  NullcurveViewport viewport;

  if (!nullcurve_zooming_is_possible (layout))
    return FALSE;
  viewport = nullcurve_pixels_pan (layout, &self->zoom.now, cell,
                                   -step * right * layout->panels[cell].plot.width,
                                   step * up * layout->panels[cell].plot.height);
  return nullcurve_zoom_step (&self->zoom, &viewport, FALSE);
}

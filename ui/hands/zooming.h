/* SPDX-License-Identifier: Apache-2.0 */
/* Zooming by hand: what drags, turns of the wheel, fingers and keys do to what is shown, and which
 * of them are one step to undo.  Plain data: no display.
 *
 * Functions take the layout of what is shown now; they return TRUE when something else is to be
 * shown, which is then in `zoom.now`.  Drags and turns do nothing while there is nothing to zoom;
 * for the others it must be possible. */
#pragma once

#include "ui/chart/layout.h"

G_BEGIN_DECLS

typedef enum NullcurveDrag
{
  NULLCURVE_DRAG_NONE,
  NULLCURVE_DRAG_BAND, /* a rectangle to zoom to */
  NULLCURVE_DRAG_PAN,
} NullcurveDrag;

/* From where a drag began to where it is, within the plot where it began.  One that is nearly
 * level zooms x alone, one that is nearly upright y alone. */
typedef struct NullcurveBand
{
  gsize cell;
  gboolean of_x;
  gboolean of_y;
  NullcurveRect rect; /* in the cell's plot; all its height where only x is meant, or its width */
} NullcurveBand;

typedef struct NullcurveZooming
{
  NullcurveZoom zoom;
  gint64 turned_us; /* when the wheel was turned last */
  NullcurveDrag drag;
  double from_x; /* where it began */
  double from_y;
  gboolean moved;
  NullcurveViewport from;
  gboolean has_band;
  NullcurveBand band;
} NullcurveZooming;

/* Is there anything in the layout (may be NULL) to zoom? */
gboolean nullcurve_zooming_is_possible (const NullcurveLayout *layout);

void nullcurve_zooming_init (NullcurveZooming *self);
void nullcurve_zooming_clear (NullcurveZooming *self);

void nullcurve_zooming_drag_begin (
    NullcurveZooming *self, const NullcurveLayout *layout, double x, double y, NullcurveDrag drag);
gboolean nullcurve_zooming_drag_update (NullcurveZooming *self,
                                        const NullcurveLayout *layout,
                                        double x,
                                        double y);
gboolean nullcurve_zooming_drag_end (NullcurveZooming *self, const NullcurveLayout *layout);
/* The drag means nothing. */
void nullcurve_zooming_drag_cancel (NullcurveZooming *self);

/* A turn of the wheel at a pixel, or a press of a key: lengths of x, or of y, times `factor`.
 * Turns that follow one another soon (`now_us`, of a monotonic clock) are one step. */
gboolean nullcurve_zooming_turn (NullcurveZooming *self,
                                 const NullcurveLayout *layout,
                                 double x,
                                 double y,
                                 double factor,
                                 gboolean of_y,
                                 gint64 now_us);

/* Two fingers move the data by so many pixels, in y those of the panel of a cell. */
gboolean nullcurve_zooming_pan (NullcurveZooming *self,
                                const NullcurveLayout *layout,
                                gsize cell,
                                double dx,
                                double dy,
                                gint64 now_us);

/* A fifth of what is shown, right and up being -1, 0 or 1: for those without a pointer.  A step of
 * its own. */
gboolean nullcurve_zooming_nudge (
    NullcurveZooming *self, const NullcurveLayout *layout, gsize cell, int right, int up);

/* No further than needed for a value in a cell to be in sight, as part of the step before. */
gboolean nullcurve_zooming_reveal (
    NullcurveZooming *self, const NullcurveLayout *layout, gsize cell, double x, double y);

G_END_DECLS

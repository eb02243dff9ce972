/* SPDX-License-Identifier: Apache-2.0 */
/* From pixels to points, and from point to point.  Pure functions: no display, no state.  Only
 * series that are shown and points with a value that has a place on the axis count; from pixels
 * only those within their plot are found. */
#pragma once

#include "ui/chart/layout.h"

G_BEGIN_DECLS

/* One point of a figure. */
typedef struct NullcurveHit
{
  gsize series;
  gsize panel;
  gsize index; /* in the series' points of that panel */
} NullcurveHit;

/* What a crosshair points at. */
typedef struct NullcurveCrosshair
{
  double x;              /* in the units of the x axis */
  double pointer_y;      /* pixels from the top; 0: the pointer did not put it there */
  gsize facet;           /* which of the small multiples is read */
  gboolean has_selected; /* a point chosen by keyboard or pointer is ringed more strongly */
  NullcurveHit selected;
} NullcurveCrosshair;

const NullcurvePoint *nullcurve_hit_point (const NullcurveFigure *figure, const NullcurveHit *hit);

/* The x of the points nearest to the pixel column `px`; FALSE when there is none. */
gboolean nullcurve_hit_nearest_x (const NullcurveLayout *layout, double px, double *x);

/* The point nearest to a pixel, no further than `radius` pixels. */
gboolean nullcurve_hit_nearest_point (
    const NullcurveLayout *layout, double px, double py, double radius, NullcurveHit *hit);

/* Where a walk by keyboard starts: the first point of the first series (a current one if there
 * is any), in the first panel that shows it. */
gboolean nullcurve_hit_first (const NullcurveFigure *figure, NullcurveHit *hit);

/* The next (direction > 0) or previous point of the same series and panel; FALSE, and *hit
 * unchanged, at the end. */
gboolean nullcurve_hit_step_point (const NullcurveFigure *figure, NullcurveHit *hit, int direction);

/* The first (direction < 0) or last point of the same series and panel. */
gboolean nullcurve_hit_end_point (const NullcurveFigure *figure, NullcurveHit *hit, int direction);

/* The point nearest in x on the next or previous series that has points, in the same panel if it
 * can be; the ends of the list are joined.  FALSE when there is no other series. */
gboolean
nullcurve_hit_step_series (const NullcurveFigure *figure, NullcurveHit *hit, int direction);

/* The same without joining the ends: FALSE after the last, and before the first. */
gboolean
nullcurve_hit_next_series (const NullcurveFigure *figure, NullcurveHit *hit, int direction);

/* Does the hit still name a point with a value (the figure may have changed)? */
gboolean nullcurve_hit_is_valid (const NullcurveFigure *figure, const NullcurveHit *hit);

/* The chosen x of a figure is something to be taken hold of: is a pixel on its line, or as good as?
 */
gboolean nullcurve_marker_is_at (const NullcurveLayout *layout, double px, double py);

/* The x that a pixel means in the plot that it is in or nearest to, within the ends of the axis. */
double nullcurve_marker_value (const NullcurveLayout *layout, double px, double py);

G_END_DECLS

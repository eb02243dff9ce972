/* SPDX-License-Identifier: Apache-2.0 */
/* Draw a figure.  One function serves the screen, PNG, SVG, PDF and the command line. */
#pragma once

#include <cairo.h>

#include "ui/chart/hit.h"
#include "ui/chart/layout.h"

G_BEGIN_DECLS

/* Draw the figure into the rectangle from the origin, width x height in user units (pixels at
 * 96 per inch).  Leaves the state of `cr` as it was. */
void nullcurve_chart_render (cairo_t *cr,
                             double width,
                             double height,
                             const NullcurveFigure *figure,
                             const NullcurveChartStyle *style);

/* The same for one who keeps the layout for hit-testing. */
void nullcurve_chart_render_laid_out (cairo_t *cr, const NullcurveLayout *layout);

/* The same in two: what lies behind the run in hand, and the legend, which is most of the work and
 * seldom another; and, drawn over it, all the rest. */
void nullcurve_chart_render_back (cairo_t *cr, const NullcurveLayout *layout);
void nullcurve_chart_render_front (cairo_t *cr, const NullcurveLayout *layout);

/* Of all that nullcurve_chart_render_back () draws, but for the style: two layouts of one style and
 * the same digest have the same back. */
guint64 nullcurve_chart_digest_back (const NullcurveLayout *layout);

/* What the overlay points at. */
typedef struct NullcurveCrosshair
{
  double x;              /* in the units of the x axis */
  double pointer_y;      /* pixels from the top; 0: the pointer did not put it there */
  gsize facet;           /* which of the small multiples is read */
  gboolean has_selected; /* a point chosen by keyboard or pointer is ringed more strongly */
  NullcurveHit selected;
} NullcurveCrosshair;

/* The overlay: a dashed line through all panels, rings around the points at x, and a box with one
 * row a series of the facet that is read.  It stays inside the chart, takes less than half of its
 * height, and lies beside the line, above or below where one looks.  Where it lacks room it leaves
 * out columns of later panels, then shortens labels, then leaves out rows and says how many: the
 * run in hand and what is nearest to the pointer stay. */
void nullcurve_chart_render_crosshair (cairo_t *cr,
                                       const NullcurveLayout *layout,
                                       const NullcurveCrosshair *crosshair);

/* Where its box goes. */
NullcurveRect nullcurve_chart_place_readout (const NullcurveLayout *layout,
                                             const NullcurveCrosshair *crosshair);

G_END_DECLS

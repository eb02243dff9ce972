/* SPDX-License-Identifier: Apache-2.0 */
/* Draw a figure.  One function serves the screen, PNG, SVG, PDF and the command line. */
#pragma once

#include <cairo.h>

#include "ui/chart/hit.h"
#include "ui/chart/layout.h"
#include "ui/figure/readout.h"

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

/* The overlay: a dashed line through all panels, rings around the points at x, and in the layout's
 * dock, if it has one, a row a series of the facet that is read.  Where room is short, rows are
 * left out and it says how many: the run in hand and what is nearest to the pointer stay. */
void nullcurve_chart_render_crosshair (cairo_t *cr,
                                       const NullcurveLayout *layout,
                                       const NullcurveCrosshair *crosshair);

/* The two parts of it by themselves, and where each draws. */
void nullcurve_chart_render_line (cairo_t *cr,
                                  const NullcurveLayout *layout,
                                  const NullcurveCrosshair *crosshair);
void nullcurve_chart_render_readout (cairo_t *cr,
                                     const NullcurveLayout *layout,
                                     const NullcurveCrosshair *crosshair);
NullcurveRect nullcurve_chart_crosshair_extents (const NullcurveLayout *layout,
                                                 const NullcurveCrosshair *crosshair);
NullcurveRect nullcurve_chart_dock_extents (const NullcurveLayout *layout);

/* While there is no crosshair: how to get one, in the dock. */
void nullcurve_chart_render_idle (cairo_t *cr, const NullcurveLayout *layout);

/* Append the rows of a readout (gsize, in its order) that the dock has room for; how many it has
 * not. */
gsize nullcurve_chart_choose_rows (const NullcurveLayout *layout,
                                   const NullcurveCrosshair *crosshair,
                                   const NullcurveReadout *readout,
                                   GArray *rows);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* The strokes that charts are made of; internal to the chart. */
#pragma once

#include <cairo.h>

#include "ui/chart/hit.h"
#include "ui/chart/layout.h"
#include "ui/figure/readout.h"

G_BEGIN_DECLS

void nullcurve_draw_set_colour (cairo_t *cr, const NullcurveColour *colour, double alpha);

/* Lines of whole device pixels on bitmaps; exact places on vector surfaces. */
void nullcurve_draw_hline (cairo_t *cr, double x0, double x1, double y, double width);
void nullcurve_draw_vline (cairo_t *cr, double x, double y0, double y1, double width);

/* Dash and width of a series; nullcurve_draw_set_solid () undoes the dash. */
void nullcurve_draw_set_dash (cairo_t *cr, const NullcurveSeriesStyle *look, double line_width);
void nullcurve_draw_set_solid (cairo_t *cr);

/* The dash of bounds, thin: of a series, and in the legend. */
void nullcurve_draw_set_bound_dash (cairo_t *cr, double line_width);

/* A marker with a halo in the background's colour that lifts it off the lines. */
void nullcurve_draw_marker (cairo_t *cr,
                            NullcurveMarker marker,
                            double x,
                            double y,
                            double radius,
                            const NullcurveColour *colour,
                            const NullcurveColour *halo);

/* Empty a marker that was drawn there, so that its outline is left. */
void nullcurve_draw_hollow (cairo_t *cr,
                            NullcurveMarker marker,
                            double x,
                            double y,
                            double radius,
                            const NullcurveColour *background);

/* Of which series: those of the run in hand lie over the others. */
typedef enum NullcurveDepth
{
  NULLCURVE_DEPTH_BACK,
  NULLCURVE_DEPTH_FRONT
} NullcurveDepth;

/* The data of one panel in one facet: bands, raw dots, lines, markers, the ring around what is
 * being measured. */
void nullcurve_draw_panel_data (
    cairo_t *cr, const NullcurveLayout *layout, gsize facet, gsize panel, NullcurveDepth depth);

/* What a crosshair reads, in the layout's dock. */
void nullcurve_draw_dock (cairo_t *cr,
                          const NullcurveLayout *layout,
                          const NullcurveCrosshair *crosshair,
                          const NullcurveReadout *readout);

/* The bars of the layout, which has some. */
void nullcurve_draw_bars (cairo_t *cr, const NullcurveLayout *layout);

G_END_DECLS

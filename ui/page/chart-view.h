/* SPDX-License-Identifier: Apache-2.0 */
/* A chart to look at and walk through.
 *
 * The pointer or the arrow keys (Left and Right along a curve, Up and Down or Tab from curve to
 * curve, Home and End) move one crosshair through all panels; what it reads stands beside the data,
 * not on them.  Ctrl+C copies it, Escape takes it away.  Tab leaves the chart at the last curve.
 * Dragging, the wheel, + and - zoom; a click in the legend hides a curve, H that of the crosshair.
 * The looks follow AdwStyleManager.
 *
 * What is zoomed and hidden belongs to the view, not to the figure: it stays when the same figure
 * is made anew.  Another figure over the same x axis keeps crosshair, range of x and hidden curves.
 *
 * Actions: chart.zoom-in, chart.zoom-out, chart.zoom-undo, chart.zoom-reset, chart.copy-readout,
 * chart.curves (lists them to be hidden or shown), chart.hide-curve, chart.show-curves.
 *
 * Signals "readout-changed" (const char *text): what the crosshair reads, one line a curve; NULL
 * when it is gone; and "zoomed": another part of the figure is shown.
 *
 * The marker of a figure is dragged, or stepped by Ctrl+Left and Ctrl+Right; rows of its bars are
 * pointed at, or walked through by Up and Down.  The view does not move them itself: signals
 * "marker-moved" (double x), "marker-stepped" (int direction) and "row-chosen" (int key) ask for
 * another figure.  Main thread only. */
#pragma once

#include <gtk/gtk.h>

#include "ui/figure/figure.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_CHART_VIEW (nullcurve_chart_view_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveChartView, nullcurve_chart_view, NULLCURVE, CHART_VIEW, GtkWidget)

GtkWidget *nullcurve_chart_view_new (void);

/* Show a figure, which the view takes over; NULL shows nothing.  A point chosen in the figure
 * before stays chosen when the new one has it too (same run, curve and x). */
void nullcurve_chart_view_set_figure (NullcurveChartView *self, NullcurveFigure *figure);

/* The figure shown, owned by the view; NULL when there is none. */
const NullcurveFigure *nullcurve_chart_view_get_figure (NullcurveChartView *self);

/* Zoom a figure and hide its curves as the view does with its own, for export. */
void nullcurve_chart_view_dress (NullcurveChartView *self, NullcurveFigure *figure);

/* What the crosshair reads now; NULL when there is none.  Owned by the view. */
const char *nullcurve_chart_view_get_readout (NullcurveChartView *self);

/* Put the crosshair on the points nearest to a place in the widget, as the pointer does, or take
 * it away. */
void nullcurve_chart_view_point_at (NullcurveChartView *self, double x, double y);
void nullcurve_chart_view_clear_readout (NullcurveChartView *self);

/* Drag from one place in the widget to another, as to zoom or (`pan`) to pan. */
void nullcurve_chart_view_drag (
    NullcurveChartView *self, double from_x, double from_y, double to_x, double to_y, gboolean pan);

/* A turn of the wheel at a place in the widget: lengths of x, or of y, times `factor`. */
void nullcurve_chart_view_turn (
    NullcurveChartView *self, double x, double y, double factor, gboolean of_y);

const NullcurveViewport *nullcurve_chart_view_get_viewport (NullcurveChartView *self);
/* Show just this; there is no step back from it. */
void nullcurve_chart_view_set_viewport (NullcurveChartView *self,
                                        const NullcurveViewport *viewport);

/* Hide or show the legend's entry of a series of the figure; `only`: it alone is shown, or all
 * when it already is. */
void nullcurve_chart_view_toggle (NullcurveChartView *self, gsize series, gboolean only);

/* Put the crosshair on the point of a curve, by its key in the figure, at x; FALSE where there is
 * none. */
gboolean nullcurve_chart_view_choose (NullcurveChartView *self, const char *key, double x);

G_END_DECLS

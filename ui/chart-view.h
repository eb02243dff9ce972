/* SPDX-License-Identifier: Apache-2.0 */
/* A chart to look at and walk through.
 *
 * The pointer or the arrow keys (Left and Right along a curve, Up and Down from curve to curve,
 * Home and End) move one crosshair through all panels; Ctrl+C copies what it reads, Escape takes
 * it away.  The looks follow AdwStyleManager.
 *
 * Signal "readout-changed" (const char *text): what the crosshair reads, one line a curve; NULL
 * when it is gone.  Main thread only. */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart/figure.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_CHART_VIEW (nullcurve_chart_view_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveChartView, nullcurve_chart_view, NULLCURVE, CHART_VIEW, GtkWidget)

GtkWidget *nullcurve_chart_view_new (void);

/* Show a figure, which the view takes over; NULL shows nothing.  A point chosen in the figure
 * before stays chosen when the new one has it too (same run, curve and x). */
void nullcurve_chart_view_set_figure (NullcurveChartView *self, NullcurveFigure *figure);

/* The figure shown, owned by the view; NULL when there is none. */
const NullcurveFigure *nullcurve_chart_view_get_figure (NullcurveChartView *self);

/* What the crosshair reads now; NULL when there is none.  Owned by the view. */
const char *nullcurve_chart_view_get_readout (NullcurveChartView *self);

/* Put the crosshair on the points nearest to a place in the widget, as the pointer does, or take
 * it away. */
void nullcurve_chart_view_point_at (NullcurveChartView *self, double x, double y);
void nullcurve_chart_view_clear_readout (NullcurveChartView *self);

G_END_DECLS

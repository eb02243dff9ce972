/* SPDX-License-Identifier: Apache-2.0 */
/* What a chart on screen needs beside the chart itself: the looks of the desktop, pixels that are
 * kept, and what lies over them.  Main thread only. */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart/hit.h"
#include "ui/hands/legend.h"
#include "ui/hands/zooming.h"

G_BEGIN_DECLS

/* The looks that AdwStyleManager asks for, in the font of the widget. */
void nullcurve_chart_follow_desktop (NullcurveChartStyle *style, GtkWidget *widget);

/* Device pixels to a pixel of the widget. */
double nullcurve_chart_device_scale (GtkWidget *widget);

/* What lies behind the run in hand, as it was drawn last, and pixels to draw the whole on: zeroed
 * at first.  Of one style: to be cleared when that is another. */
typedef struct NullcurveChartBack
{
  cairo_surface_t *surface;
  guint64 digest;
  double scale;
  cairo_surface_t *whole[2]; /* taken in turn */
  guint turn;
} NullcurveChartBack;

void nullcurve_chart_back_clear (NullcurveChartBack *back);

/* The chart without a crosshair, which can be shown again without drawing it; owned by the caller.
 * What of it is as it was is taken from `back`. */
GskRenderNode *nullcurve_chart_paint (const NullcurveLayout *layout,
                                      const graphene_rect_t *bounds,
                                      double scale,
                                      NullcurveChartBack *back);

/* Where the crosshair is, and what it reads; NULL: how to get one. */
void nullcurve_chart_paint_crosshair (GtkSnapshot *snapshot,
                                      const NullcurveLayout *layout,
                                      const NullcurveCrosshair *crosshair);

/* The part that will be shown; where only x is meant, in all plots that share it. */
void nullcurve_chart_paint_band (GtkSnapshot *snapshot,
                                 const NullcurveBand *band,
                                 const NullcurveLayout *layout);

/* What of the legend the pointer is on, if anything. */
void nullcurve_chart_paint_hovered (GtkSnapshot *snapshot,
                                    const NullcurveLegend *legend,
                                    const NullcurveLayout *layout);

/* The keys go here. */
void nullcurve_chart_paint_focus (GtkSnapshot *snapshot,
                                  const graphene_rect_t *bounds,
                                  const NullcurveChartStyle *style);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by layout.c, layout-panels.c and layout-legend.c. */
#pragma once

#include "ui/chart/layout.h"

/* What one pass of laying out works with. */
typedef struct NullcurveLayoutBuilder
{
  NullcurveLayout *layout;
  const NullcurveFigure *figure;
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
  GArray *order; /* of gsize: the series of the legend, and the entry for bounds */
  double pad;
  double row;    /* height of a line of tick text */
  double gutter; /* left of the plots: y labels */
  double right;  /* right edge of the plots */
  gboolean compact;
} NullcurveLayoutBuilder;

/* Left edge of the plots. */
double nullcurve_layout_left_edge (const NullcurveLayoutBuilder *builder);

/* The legend goes beside the first panel's title when it fits there, else in rows above; returns
 * the y below. */
double nullcurve_layout_place_legend (NullcurveLayoutBuilder *builder, double y);

/* Stack the panels from y down to bottom. */
void nullcurve_layout_place_panels (NullcurveLayoutBuilder *builder, double y, double bottom);

/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything in a chart goes at one size.  Holds from 320x240 to a wall: what does not fit
 * goes in the order of its worth (subtitles, inner tick labels, the tail of the legend). */
#pragma once

#include "ui/chart/axis.h"
#include "ui/chart/figure.h"
#include "ui/chart/style.h"
#include "ui/chart/text.h"

G_BEGIN_DECLS

typedef struct NullcurveRect
{
  double x;
  double y;
  double width;
  double height;
} NullcurveRect;

/* The one entry that stands for the bounds of all series. */
#define NULLCURVE_LEGEND_BOUND G_MAXSIZE

typedef struct NullcurveLegendItem
{
  gsize series;       /* index in the figure, or NULLCURVE_LEGEND_BOUND */
  NullcurveRect rect; /* swatch and label */
} NullcurveLegendItem;

typedef struct NullcurvePanelLayout
{
  NullcurveRect title;    /* empty when there is no room */
  NullcurveRect subtitle; /* to the right of the title; empty when there is no room */
  NullcurveRect plot;     /* the data area, at whole pixels */
  NullcurveRect y_labels; /* right-aligned in here */
  NullcurveRect x_labels; /* empty when an upper panel has to do without */
  NullcurveAxis x;
  NullcurveAxis y;
} NullcurvePanelLayout;

typedef struct NullcurveLayout
{
  double width;
  double height;
  gboolean has_data;
  NullcurveRect title;    /* of the figure; empty when not shown */
  NullcurveRect subtitle; /* below it */
  NullcurveRect x_label;
  gsize n_panels;
  NullcurvePanelLayout panels[NULLCURVE_FIGURE_MAX_PANELS];
  GArray *legend;            /* of NullcurveLegendItem */
  gsize legend_left_off;     /* visible series that the legend has no room for */
  NullcurveRect legend_more; /* where "+ 3 more" goes */
} NullcurveLayout;

/* Lay out a figure; free with nullcurve_layout_free ().  Any size is accepted; no rectangle is
 * ever negative. */
NullcurveLayout *nullcurve_layout_new (const NullcurveFigure *figure,
                                       const NullcurveChartStyle *style,
                                       NullcurveChartText *text,
                                       double width,
                                       double height);
void nullcurve_layout_free (NullcurveLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveLayout, nullcurve_layout_free)

/* Value to pixel in a panel; NaN where the value has no place (log of what is not positive). */
double nullcurve_layout_x (const NullcurveLayout *layout, gsize panel, double value);
double nullcurve_layout_y (const NullcurveLayout *layout, gsize panel, double value);

/* Width of the line and marker before a legend's label. */
double nullcurve_layout_swatch_width (const NullcurveChartStyle *style);

G_END_DECLS

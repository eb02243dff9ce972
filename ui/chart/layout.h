/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything in a chart goes at one size.  Holds from 320x240 to a wall: what does not fit
 * goes in the order of its worth (subtitles, inner tick labels, the tail of the legend). */
#pragma once

#include "ui/chart/bars-layout.h"
#include "ui/chart/dock-layout.h"
#include "ui/chart/legend-layout.h"
#include "ui/chart/rect.h"
#include "ui/chart/text.h"
#include "ui/figure/axis.h"
#include "ui/figure/figure.h"
#include "ui/figure/style.h"

G_BEGIN_DECLS

typedef struct NullcurvePanelLayout
{
  NullcurveRect title;    /* empty when there is no room */
  NullcurveRect subtitle; /* to the right of the title; empty when there is no room */
  NullcurveRect plot;     /* the data area, at whole pixels */
  NullcurveRect y_labels; /* right-aligned in here */
  NullcurveRect x_labels; /* empty when an upper panel has to do without */
  NullcurveRect facet;    /* title of the small multiple, above its plot; empty otherwise */
  NullcurveAxis x;
  NullcurveAxis y;
  NullcurveSpan x_full; /* what the axes would show without a viewport */
  NullcurveSpan y_full;
} NullcurvePanelLayout;

typedef struct NullcurveLayout
{
  const NullcurveFigure *figure; /* of what it is; all three borrowed */
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
  double width;
  double height;
  gboolean has_data;
  NullcurveRect title;    /* of the figure; empty when not shown */
  NullcurveRect subtitle; /* below it */
  NullcurveRect x_label;
  gsize n_facets;
  gsize n_panels;               /* there may be no room for the last of the figure's, or for any */
  NullcurvePanelLayout *panels; /* by nullcurve_layout_cell (); titles are with the first facet */
  GArray *legend;               /* of NullcurveLegendItem */
  NullcurveFont legend_font;    /* its letters: smaller ones where a file must name many */
  gsize legend_left_off;        /* visible series that the legend has no room for */
  NullcurveRect legend_more;    /* where "+ 3 more" goes */
  NullcurveBarsLayout *bars;    /* of the figure's, beside or above the panels; NULL: none */
  NullcurveDock dock;           /* where the readout goes, of which style->dock_readout asks */
} NullcurveLayout;

/* Lay out a figure, which must outlive the layout, as style and text must; `text` as made of this
 * style.  Free with nullcurve_layout_free ().  Any size is accepted; no rectangle is
 * ever negative. */
NullcurveLayout *nullcurve_layout_new (const NullcurveFigure *figure,
                                       const NullcurveChartStyle *style,
                                       NullcurveChartText *text,
                                       double width,
                                       double height);
void nullcurve_layout_free (NullcurveLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveLayout, nullcurve_layout_free)

/* The cell of a panel in a facet: the panel itself in a figure that is not split. */
gsize nullcurve_layout_cell (const NullcurveLayout *layout, gsize facet, gsize panel);

/* The cell whose plot is at a pixel, or nearest to it. */
gsize nullcurve_layout_cell_at (const NullcurveLayout *layout, double px, double py);

/* Is a pixel in the plot of a cell, or as good as? */
gboolean nullcurve_layout_shows (const NullcurveLayout *layout, gsize cell, double px, double py);

/* Value to pixel in a cell; NaN where the value has no place (log of what is not positive). */
double nullcurve_layout_x (const NullcurveLayout *layout, gsize cell, double value);
double nullcurve_layout_y (const NullcurveLayout *layout, gsize cell, double value);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Where the rows of a waterfall go: labels to the left, bars in the middle, what they are worth to
 * the right, a dim line below.  What does not fit goes in the order of its worth: the lines below
 * all rows but the chosen one, theirs too, the shares, the smallest parts. */
#pragma once

#include <glib.h>

#include "ui/chart/rect.h"
#include "ui/chart/text.h"
#include "ui/figure/bars.h"

G_BEGIN_DECLS

typedef struct NullcurveBarRowLayout
{
  gsize row;                                     /* in the figure's bars */
  NullcurveRect rect;                            /* all of it: where the pointer finds it */
  NullcurveRect label;                           /* on the first line */
  NullcurveRect note;                            /* empty where there is none, or no room */
  NullcurveRect bars[NULLCURVE_BARS_MOST_SIDES]; /* as wide as the axis; each side's height */
} NullcurveBarRowLayout;

typedef struct NullcurveBarsLayout
{
  NullcurveRect area; /* all of it */
  NullcurveRect title;
  NullcurveRect subtitle;                         /* empty when there is no room */
  NullcurveRect sides[NULLCURVE_BARS_MOST_SIDES]; /* square and name; empty where there is one */
  NullcurveRect plot;                             /* of the bars of all rows */
  double lo;                                      /* ends of their axis */
  double hi;
  NullcurveRect values; /* columns with the words, which end with them; the share's may be empty */
  NullcurveRect shares;
  NullcurveRect heads; /* the line over the columns; empty when there is no room */
  GArray *rows;        /* of NullcurveBarRowLayout, from the top */
} NullcurveBarsLayout;

/* Lay out bars in an area; free with nullcurve_bars_layout_free (). */
NullcurveBarsLayout *nullcurve_bars_layout_new (const NullcurveBars *bars,
                                                const NullcurveChartStyle *style,
                                                NullcurveChartText *text,
                                                const NullcurveRect *area);
void nullcurve_bars_layout_free (NullcurveBarsLayout *layout);

/* Value to pixel. */
double nullcurve_bars_layout_x (const NullcurveBarsLayout *layout, double value);

/* Is a pixel of the bars rather than of a panel? */
gboolean nullcurve_bars_layout_covers (const NullcurveBarsLayout *layout, double px, double py);

/* The row (in the figure's bars) at a pixel, -1: none. */
gssize nullcurve_bars_layout_find (const NullcurveBarsLayout *layout, double px, double py);

G_END_DECLS

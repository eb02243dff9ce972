/* SPDX-License-Identifier: Apache-2.0 */
/* Where the readout of the crosshair is docked: below the panels, or beside them where that costs
 * the plots less.  Its room is kept whether anything is read or not, and follows from the figure
 * and the size alone: nothing moves while the pointer does.  What does not fit goes in the order of
 * its worth: the share of the bound, later panels, what else is to be said, the spread; then
 * rows. */
#pragma once

#include "ui/chart/rect.h"
#include "ui/chart/text.h"
#include "ui/figure/figure.h"

G_BEGIN_DECLS

typedef struct NullcurveDock
{
  NullcurveRect rect; /* all of it; empty: there is none */
  gboolean beside;    /* the panels, not below them */
  double pad;
  double row;     /* pitch of lines */
  gsize heads;    /* lines above the rows */
  gboolean named; /* columns have names, on the last of these */
  gsize lines;    /* rows below each other */
  gsize blocks;   /* of rows, side by side */
  double block;   /* width of one */
  double gap;     /* between blocks */
  double swatch;  /* width of what stands before a label */
  double column;  /* gap before a column */
  gsize n_panels; /* columns of values, and whose of the figure's panels they are */
  gsize panels[NULLCURVE_FIGURE_MAX_PANELS];
  double values[NULLCURVE_FIGURE_MAX_PANELS]; /* widths of columns, which end the block */
  double spread;                              /* behind the first panel's values; 0: none */
  double bound;                               /* 0: none */
  double note;                                /* 0: none */
} NullcurveDock;

/* What the columns are called that are not of a panel, not translated yet. */
extern const char *const nullcurve_dock_bound_head;

/* What a chart of this size needs: sizes only, `rect` at the origin.  An empty one where there is
 * no room, and of a figure that has nothing to be read. */
void nullcurve_dock_plan (NullcurveDock *dock,
                          const NullcurveFigure *figure,
                          const NullcurveChartStyle *style,
                          NullcurveChartText *text,
                          double width,
                          double height);

/* Put one that is beside into the room that is left there: its rows follow. */
void nullcurve_dock_stand (NullcurveDock *dock, const NullcurveRect *room);

/* Rows that it has room for, the line that tells of more among them. */
gsize nullcurve_dock_n_slots (const NullcurveDock *dock);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* The figure of where the rest went: from the ideal step up to the measured one, a bar for each
 * kind of work that stands above the ideal (engine/judge/rest.h), and beside them how one of these
 * follows the null fraction. */
#pragma once

#include "ui/figure/figure.h"
#include "ui/views/deltas.h"

G_BEGIN_DECLS

/* Which row the panel beside the bars is of: one of these, or
 * NULLCURVE_WHERE_PART (kind). */
#define NULLCURVE_WHERE_LARGEST    0 /* what eats the most */
#define NULLCURVE_WHERE_STEP       1 /* the whole step */
#define NULLCURVE_WHERE_PART(kind) (2 + (int)(kind))

/* Plain data; the deltas are borrowed for the call. */
typedef struct NullcurveWhereOptions
{
  guint curve; /* index among the curves of the run */
  double at;   /* null fraction; the nearest measured one is taken; not above 0: the largest */
  int part;
  guint palette; /* of the run, where the baseline stands beside it */
  guint baseline_palette;
  const NullcurveDeltas *deltas; /* the matching point of the baseline stands beside; NULL: none */
} NullcurveWhereOptions;

/* Which curve of the run a record is of; -1: none. */
gssize nullcurve_where_find_curve (MoeRun *run, const MoeRecord *record);

/* The null fraction that is meant by `at`: the nearest measured one of the curve at which there is
 * something to tell; NaN where there is none. */
double nullcurve_where_snap (MoeRun *run, guint curve, double at);

/* The next measured fraction above (direction > 0) or below one that was snapped to; that one
 * itself at the end. */
double nullcurve_where_step (MoeRun *run, guint curve, double at, int direction);

/* Microseconds per token.  Without stage times the rest is one bar, without f = 0 there is none
 * and the figure says so.  Copies what it needs; free with nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_where (MoeRun *run, const NullcurveWhereOptions *options);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Records sorted into curves, and short words that tell the curves apart. */
#pragma once

#include "engine/records/curves.h"
#include "ui/figure/figure.h"

G_BEGIN_DECLS

enum
{
  NULLCURVE_CURVES_MOST = 200,         /* that are drawn: more can neither be told apart nor read */
  NULLCURVE_CURVES_MOST_POINTS = 10000 /* of all of them; each curve has its share */
};

typedef struct NullcurveCurve
{
  gsize run;              /* index in the list of runs */
  gsize n_of_list;        /* how many curves there were, and points of this one, before the */
  gsize n_of_curve;       /* list was cut to what is drawn */
  guint index;            /* among the curves of that run, in order of appearance */
  const MoeRecord *first; /* stands for the others where they agree; lives with the run */
  GPtrArray *records;     /* of MoeRecord, and in parallel their indices (gsize) in the run: as a */
  GArray *indices;        /* MoeCurve has them */
  char *label;            /* unique in the list */
  char *detail;           /* all that is known of it: title, top-k, shape, mode, .. */
  char *key;              /* the same when the list is made anew; unique too */
  /* By shape and by top-k: the value, NULL when it is not known, and a label without it, unique
   * among the curves of that value. */
  char *facet_titles[NULLCURVE_N_FACETINGS];
  char *facet_labels[NULLCURVE_N_FACETINGS];
  /* The run's name, unique among runs, and in what the curves of some run differ: the first such
   * property, and all others; what tells them when a figure is split. */
  char *parts[NULLCURVE_N_PARTS];
  guint part_ranks[NULLCURVE_N_PARTS]; /* among the values of all curves of the list */
  NullcurveFaceting part_facets[NULLCURVE_N_PARTS];
} NullcurveCurve;

/* The curves of all runs, run by run; free with g_ptr_array_unref ().  At most
 * NULLCURVE_CURVES_MOST, the first ones, with the first of their points where there are more than
 * NULLCURVE_CURVES_MOST_POINTS; nullcurve_curves_left_out () tells.  A label says what it takes
 * to tell the curve from the others and no more: the run's title when there are several runs, then
 * what differs within the run, top-k first.  What differs between runs only is said where their
 * titles do not tell them apart. */
GPtrArray *nullcurve_curves_new (MoeRun *const *runs, gsize n_runs);

/* Let a series be found again as this curve, and split off as it. */
void nullcurve_curve_name_series (const NullcurveCurve *curve, NullcurveSeries *series);

/* "200 of 10000 curves and 9950 of 64000 points are drawn", of the points of these curves; NULL
 * when all are.  Owned by the caller. */
char *nullcurve_curves_left_out (const GPtrArray *curves);

/* What all curves have in common, for a subtitle: "4096×2048×1408×60 · top-8 · forward +
 * backward", and what is left out of the chart; NULL when there is nothing. */
char *nullcurve_curves_common (const GPtrArray *curves);

/* Say in a figure of one of the curves of a run which it is, where there are several, and what it
 * is of. */
void nullcurve_curves_title_one (NullcurveFigure *figure,
                                 const GPtrArray *curves,
                                 const MoeRun *run,
                                 guint curve);

G_END_DECLS

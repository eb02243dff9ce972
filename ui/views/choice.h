/* SPDX-License-Identifier: Apache-2.0 */
/* What can be chosen of a chart of runs, and the figure that comes of it: one way from runs to a
 * figure, for the window and for the command line. */
#pragma once

#include "engine/moe/choices.h"
#include "ui/views/along.h"
#include "ui/views/load.h"
#include "ui/views/stages.h"
#include "ui/views/throughput.h"
#include "ui/views/what-if.h"
#include "ui/views/where.h"

G_BEGIN_DECLS

typedef enum NullcurveView
{
  NULLCURVE_VIEW_THROUGHPUT, /* tokens/s and TF/s */
  NULLCURVE_VIEW_WHERE,      /* what eats the rest of one step of one curve */
  NULLCURVE_VIEW_EFFICIENCY, /* speed-up, null efficiency, share of the roofline */
  NULLCURVE_VIEW_STAGES,     /* where the time of one curve goes */
  NULLCURVE_VIEW_LOAD,       /* what routing gives the experts of one curve, and what that costs */
  NULLCURVE_VIEW_TABLE,      /* every point of every run; the chart of throughput stands for it */
  NULLCURVE_N_VIEWS
} NullcurveView;

/* What throughput is divided by. */
typedef enum NullcurveViewScale
{
  NULLCURVE_VIEW_ABSOLUTE, /* nothing */
  NULLCURVE_VIEW_RELATIVE, /* each curve by its own f = 0 */
  NULLCURVE_VIEW_BASELINE, /* each point by that of the baseline */
  NULLCURVE_N_VIEW_SCALES
} NullcurveViewScale;

/* What they are called in settings and on the command line. */
extern const MoeNames nullcurve_view_names;        /* "throughput", ... "table" */
extern const MoeNames nullcurve_view_scale_names;  /* "absolute", "relative", "baseline" */
extern const MoeNames nullcurve_faceting_names;    /* "none", "shape", "topk" */
extern const MoeNames nullcurve_along_names;       /* "fraction", "tokens", ... "capacity" */
extern const MoeNames nullcurve_stage_phase_names; /* "all", "forward", "backward" */
extern const MoeNames nullcurve_what_if_names;     /* "nothing", "fixed-halved", ... */
extern const MoeNames nullcurve_stage_scale_names; /* "slot", "token", "excess" */
extern const MoeNames nullcurve_load_scale_names;  /* "experts", "cost", "throughput" */

/* Plain data; one of zeroes is the throughput of all runs, absolute, in one chart. */
typedef struct NullcurveViewChoice
{
  NullcurveView view;
  NullcurveViewScale scale;
  NullcurveFaceting facets;
  gboolean x_ideal; /* where x is the null fraction: by the speed-up that it would ideally give */
  NullcurveAlong along; /* of throughput: what x is; but of the fraction neither scale, facets,
                           x_ideal nor limits count */
  gboolean x_experts;   /* of throughput, efficiency and stages: by the experts that a token keeps;
                           comes before x_ideal */
  gboolean log_y;
  NullcurveWhatIf what_if;   /* of throughput, but against the baseline, and efficiency */
  gboolean limits;           /* of the throughput: draw the roofline bounds */
  guint curve;               /* of the run in hand; of where, stages and load */
  NullcurveStagePhase phase; /* of stages, */
  NullcurveStageScale stage_scale;
  NullcurveLoadScale load_scale; /* of load */
  double at;                     /* of where: null fraction; not above 0: the largest */
  int part;                      /* of where: see NullcurveWhereOptions */
} NullcurveViewChoice;

/* Is it a view of one curve of the run in hand? */
gboolean nullcurve_view_is_of_curve (const NullcurveViewChoice *choice);

/* Can its x axis be the experts that a token keeps? */
gboolean nullcurve_view_has_experts (NullcurveView view);

/* Can what would be be computed for what is chosen? */
gboolean nullcurve_view_has_what_if (const NullcurveViewChoice *choice);

/* The runs that a figure of these draws (borrowed, in their order): all that are not hidden, or the
 * run in hand and, where the view holds it against one, the baseline. */
GPtrArray *nullcurve_view_drawn_runs (const NullcurveViewChoice *choice,
                                      MoeRun *const *runs,
                                      gsize n_runs,
                                      const NullcurveThroughputOptions *state);

/* The figure of these runs, split as chosen; free with nullcurve_figure_free ().  Of `state` count
 * the run in hand, what is being measured, palettes, what is hidden, forecasts and deltas, whose
 * baseline that scale needs: without one the figure says so.  Views of one curve are of the run in
 * hand.  Copies what it needs; any thread. */
NullcurveFigure *nullcurve_view_figure (const NullcurveViewChoice *choice,
                                        MoeRun *const *runs,
                                        gsize n_runs,
                                        const NullcurveThroughputOptions *state);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* The stages figure: where the time of one curve goes, against the null fraction. */
#pragma once

#include "engine/records/run.h"
#include "ui/chart/figure.h"

G_BEGIN_DECLS

/* Kinds of work that a step consists of: the stages of SPEC 5 and their backward twins, put
 * together so that few enough are left to be told apart. */
typedef enum NullcurveStageKind
{
  NULLCURVE_STAGE_KIND_FORWARD,    /* up, down */
  NULLCURVE_STAGE_KIND_DGRAD,      /* gradients of rows */
  NULLCURVE_STAGE_KIND_WGRAD,      /* gradients of weights */
  NULLCURVE_STAGE_KIND_ACTIVATION, /* and its backward */
  NULLCURVE_STAGE_KIND_MOVE,       /* gather and combine, and their backward */
  NULLCURVE_STAGE_KIND_PACK,
  NULLCURVE_STAGE_KIND_SHARED,
  NULLCURVE_STAGE_KIND_EXCHANGE, /* between shards */
  NULLCURVE_STAGE_KIND_WAIT,
  NULLCURVE_N_STAGE_KINDS
} NullcurveStageKind;

const char *nullcurve_stage_kind_label (NullcurveStageKind kind);

/* Seconds of a record's step that a kind takes; NaN when the record tells no stage of it. */
double nullcurve_stage_kind_time_s (const MoeRecord *record, NullcurveStageKind kind);

/* Two panels of stacked areas, one for each kind of work: microseconds per token, with the line
 * that the step at f = 0 would follow if all of it shrank with the work, and shares of the step.
 * `curve` is the index among the curves of the run, as NullcurveSeries.curve.  Copies what it
 * needs; free with nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_stages (MoeRun *run, guint curve);

G_END_DECLS

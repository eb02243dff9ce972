/* SPDX-License-Identifier: Apache-2.0 */
/* The stages figure: where the time of one curve goes, against the null fraction. */
#pragma once

#include "ui/figure/figure.h"
#include "ui/views/deltas.h"

G_BEGIN_DECLS

/* Kinds of work that a step consists of: the stages of SPEC 5 and their backward twins, put
 * together so that few enough are left to be told apart.  Lowest first as they are stacked. */
typedef enum NullcurveStageKind
{
  NULLCURVE_STAGE_KIND_FORWARD, /* up, down */
  NULLCURVE_STAGE_KIND_ACTIVATION,
  NULLCURVE_STAGE_KIND_MOVE, /* gather and combine */
  NULLCURVE_STAGE_KIND_PACK,
  NULLCURVE_STAGE_KIND_SHARED,
  NULLCURVE_STAGE_KIND_EXCHANGE, /* between shards */
  NULLCURVE_STAGE_KIND_DGRAD,    /* gradients of rows; from here on backward */
  NULLCURVE_STAGE_KIND_WGRAD,    /* gradients of weights */
  NULLCURVE_STAGE_KIND_ACTIVATION_BWD,
  NULLCURVE_STAGE_KIND_MOVE_BWD,
  NULLCURVE_STAGE_KIND_SHARED_BWD,
  NULLCURVE_STAGE_KIND_EXCHANGE_BWD,
  NULLCURVE_STAGE_KIND_WAIT, /* of either */
  NULLCURVE_N_STAGE_KINDS
} NullcurveStageKind;

typedef enum NullcurveStagePhase
{
  NULLCURVE_STAGE_PHASE_ALL,
  NULLCURVE_STAGE_PHASE_FORWARD,
  NULLCURVE_STAGE_PHASE_BACKWARD,
  NULLCURVE_N_STAGE_PHASES
} NullcurveStagePhase;

/* Plain data; the deltas are borrowed for the call. */
typedef struct NullcurveStagesOptions
{
  guint curve; /* index among the curves of the run */
  NullcurveStagePhase phase;
  /* The readout tells the difference to the baseline, kind by kind, and a line its sum; NULL:
   * nothing. */
  const NullcurveDeltas *deltas;
} NullcurveStagesOptions;

/* Does a record of the run tell a backward stage? */
gboolean nullcurve_stages_has_backward (const MoeRun *run);

/* NULL options: the whole of the first curve.
 *
 * Two panels of stacked areas, one for each kind of work of the phase: microseconds per token, with
 * the line that the phase at f = 0 would follow if all of it shrank with the work, and shares of
 * the phase.  Copies what it needs; free with nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_stages (MoeRun *run, const NullcurveStagesOptions *options);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* The stages figure: where the time of one curve goes, against the null fraction. */
#pragma once

#include "engine/moe/types.h"
#include "ui/figure/figure.h"
#include "ui/views/deltas.h"

G_BEGIN_DECLS

typedef enum NullcurveStagePhase
{
  NULLCURVE_STAGE_PHASE_ALL,
  NULLCURVE_STAGE_PHASE_FORWARD,
  NULLCURVE_STAGE_PHASE_BACKWARD,
  NULLCURVE_N_STAGE_PHASES
} NullcurveStagePhase;

/* What the times are divided by, or held against. */
typedef enum NullcurveStageScale
{
  NULLCURVE_STAGE_PER_SLOT,  /* the slots that are kept: the ideal is level, what rises eats */
  NULLCURVE_STAGE_PER_TOKEN, /* all tokens */
  NULLCURVE_STAGE_EXCESS,    /* per token, above (1 - f) of the same kind at f = 0 */
  NULLCURVE_N_STAGE_SCALES
} NullcurveStageScale;

/* Plain data; the deltas are borrowed for the call. */
typedef struct NullcurveStagesOptions
{
  guint curve; /* index among the curves of the run */
  NullcurveStagePhase phase;
  NullcurveStageScale scale;
  /* The readout tells the difference to the baseline, kind by kind, and a line its sum; NULL:
   * nothing. */
  const NullcurveDeltas *deltas;
} NullcurveStagesOptions;

/* The colour of a kind of work, the same wherever it is drawn. */
guint nullcurve_stage_kind_palette (MoeStageKind kind);

/* Does a record of the run tell a backward stage? */
gboolean nullcurve_stages_has_backward (const MoeRun *run);

/* NULL options: the whole of the first curve.
 *
 * Two panels of stacked areas, one for each kind of work of the phase: microseconds in the scale,
 * with the line that the phase at f = 0 would follow if all of it shrank with the work - the excess
 * with the line of its sum, since kinds that shrank by more hang below zero -, and shares of the
 * phase.  Copies what it needs; free with nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_stages (MoeRun *run, const NullcurveStagesOptions *options);

G_END_DECLS

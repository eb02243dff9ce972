/* SPDX-License-Identifier: Apache-2.0 */
/* The cost model (SPEC 3): what of a step null slots can remove, and what they never can.
 *
 *     time = fixed + (k (1 - f)) per_expert
 *
 * is a straight line in the experts that a token is left with, for the fractions of one curve and
 * for several top-k of one shape alike.  Values; ui/words makes sentences. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* Points whose median error is at least this are no straight line. */
#define MOE_COST_MOST_ERROR 0.05

typedef enum MoeCostState
{
  MOE_COST_NONE,     /* fewer than two different fractions with a time */
  MOE_COST_TWO,      /* figures from two points of one curve: nothing tells whether it is a line */
  MOE_COST_STRAIGHT, /* three points or more lie on it */
  MOE_COST_BENT,     /* they do not: see `bend`; the figures are those of the best line */
} MoeCostState;

typedef struct MoeCostModel
{
  MoeCostState state;
  gsize n_points;       /* records it was made of */
  double fixed_s;       /* seconds of a step that no null slot removes */
  double fixed_lower_s; /* its 95 % interval by resampling rounds; NaN where none was asked for or
                           the records tell too few samples for one */
  double fixed_upper_s;
  double per_expert_s; /* seconds of a step for each expert that a token keeps */
  double per_expert_lower_s;
  double per_expert_upper_s;
  double
      error;   /* median over the points of |time - line through the others| / time; NaN with two */
  double bend; /* where two lines would fit best, in experts per token; NaN unless bent */
  /* The same line, stage by stage; NaN where a record does not tell a stage.  What the stages leave
   * over is `other`: together they are fixed_s and per_expert_s. */
  gboolean has_stages;
  double stage_fixed_s[MOE_N_STAGES];
  double stage_per_expert_s[MOE_N_STAGES];
  double other_fixed_s;
  double other_per_expert_s;
} MoeCostModel;

/* Experts that a token keeps on average: k (1 - f), with f as realised; 1 - f where the source does
 * not tell k. */
double moe_record_experts_per_token (const MoeRecord *record);

/* The time of a step by which the model is fitted, from the figure of the record: seconds; of one
 * token where it tells no shape.  NaN without a tokens/s. */
double moe_record_step_s (const MoeRecord *record);

/* Fit by least absolute deviations on the samples of the records, or on their figures where they
 * have none, weighted by the inverse of the time.  The records are those of one curve
 * (moe_curve_points ()), or of several that differ in the top-k only; those without a time are left
 * out.  Any thread; the same records give the same figures. */
MoeCostModel moe_cost_model_fit (const MoeRecord *const *records, gsize n);

/* The same with intervals, for which it is fitted some hundred times: milliseconds. */
MoeCostModel moe_cost_model_fit_with_intervals (const MoeRecord *const *records, gsize n);

/* Is there a part that no null slot removes, and do the points tell it? */
gboolean moe_cost_model_tells_fixed (const MoeCostModel *model);

/* What the model says of a step with this many experts per token: seconds. */
double moe_cost_model_step_s (const MoeCostModel *model, double experts);

/* The fixed part as a share of that. */
double moe_cost_model_fixed_share (const MoeCostModel *model, double experts);

G_END_DECLS

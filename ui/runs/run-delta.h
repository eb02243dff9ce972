/* SPDX-License-Identifier: Apache-2.0 */
/* A run against the baseline, in as few words as a list has room for. */
#pragma once

#include "engine/judge/compare.h"

G_BEGIN_DECLS

typedef struct NullcurveRunDelta
{
  gsize n_pairs;      /* points in common; 0: nothing can be said */
  double ratio;       /* tokens/s of the run over the baseline's, over all points */
  MoeVerdict verdict; /* the joint one */
  char *ratio_text;   /* "1.12× baseline", or why there is none */
  char *verdict_text; /* "faster", "the same within 1 %"; "" without pairs */
  char *guard;        /* "other machine, other dtype"; "" when nothing stands in the way */
} NullcurveRunDelta;

/* Free what it holds with nullcurve_run_delta_clear (). */
void nullcurve_run_delta_init (NullcurveRunDelta *delta,
                               const MoeComparison *comparison,
                               const MoeRun *baseline,
                               const MoeRun *run);
void nullcurve_run_delta_clear (NullcurveRunDelta *delta);

/* The data type that a run tells of itself, or else its first record; NULL: neither. */
const char *nullcurve_run_delta_dtype (const MoeRun *run);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* A run against the baseline, in as few words as a list has room for. */
#pragma once

#include "engine/judge/compare.h"

G_BEGIN_DECLS

typedef struct NullcurveRunDelta
{
  MoeVerdict verdict; /* the joint one; open where there is none */
  char *brief;        /* "1.12×", or "–" */
  char *ratio_text;   /* "1.12× baseline", or why there is none */
  char *verdict_text; /* "faster", "the same within 1 %"; "" without points in common */
  char *guard;        /* "other machine, other dtype"; "" when nothing stands in the way */
} NullcurveRunDelta;

/* What the comparison of the two says; free it with nullcurve_run_delta_free (). */
NullcurveRunDelta *nullcurve_run_delta_new (const MoeComparison *comparison,
                                            const MoeRun *baseline,
                                            const MoeRun *run);
void nullcurve_run_delta_free (NullcurveRunDelta *delta);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveRunDelta, nullcurve_run_delta_free)

/* The data type that a run tells of itself, or else its first record; NULL: neither. */
const char *nullcurve_run_delta_dtype (const MoeRun *run);

G_END_DECLS

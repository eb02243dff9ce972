/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison of two runs, or of two sets of runs, point by point and as a whole. */
#pragma once

#include "engine/judge/judge.h"
#include "engine/records/axes.h"

G_BEGIN_DECLS

/* Two matching points and the judge's word on b against a. */
typedef struct MoePair
{
  const MoeRun *run_a;
  const MoeRun *run_b;
  const MoeRecord *a;
  const MoeRecord *b;
  MoeJudged judged;
} MoePair;

/* What makes the sides hard to compare. */
typedef enum MoeGuardKind
{
  MOE_GUARD_HOST,
  MOE_GUARD_CPU,
  MOE_GUARD_DEVICE,
  MOE_GUARD_ACCELERATOR,
  MOE_GUARD_LIBRARY,
  MOE_GUARD_KERNELS,
  MOE_GUARD_CORETYPE,
  MOE_GUARD_DTYPE,
  MOE_GUARD_THREADS,
  MOE_GUARD_RANKS,
  MOE_GUARD_GOVERNOR,
  MOE_GUARD_VERSION,
  MOE_GUARD_TIMED, /* what was inside the timed region */
  MOE_N_GUARD_FACTS,
  MOE_GUARD_AXIS = MOE_N_GUARD_FACTS, /* see `axis` */
  MOE_GUARD_LOAD,                     /* see `busy_a`, `busy_b` */
} MoeGuardKind;

typedef struct MoeGuard
{
  MoeGuardKind kind;
  MoeAxis axis; /* of MOE_GUARD_AXIS */
  char **a;     /* the values of each side, NULL-terminated; one that does not tell has none */
  char **b;
  double
      busy_a; /* MOE_GUARD_LOAD: processors that others kept busy, most of any run; NaN unknown */
  double busy_b;
} MoeGuard;

/* Immutable; any thread. */
typedef struct MoeComparison MoeComparison;

/* Compare the rows of the runs in `b` with those in `a`.  Rows match in shape, top-k, null mode,
 * fraction and pass, and further in every axis (moe_record_axis ()) in which either side has
 * several values, so that nothing is mixed; a side that does not tell an axis at all matches all
 * values of the other.  Rows at f = 0 do without the null mode where they must.  If each side has
 * one null mode, and another than the other side, then it is the modes that are compared.  An axis
 * in which each side has one value does not hinder, but a guard says so when they differ; with the
 * shape it is the same where each side has one: then the shapes are compared.
 * Rows of one run, and of two runs that were measured side by side, are judged within their rounds.
 * The runs are kept alive.  Free with moe_comparison_free (). */
MoeComparison *moe_compare (MoeRun *const *a, gsize n_a, MoeRun *const *b, gsize n_b);
void moe_comparison_free (MoeComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MoeComparison, moe_comparison_free)

/* Titles of the runs of a side, joined. */
const char *moe_comparison_get_name_a (const MoeComparison *comparison);
const char *moe_comparison_get_name_b (const MoeComparison *comparison);

/* In the order of the rows of b. */
gsize moe_comparison_get_n_pairs (const MoeComparison *comparison);
const MoePair *moe_comparison_get_pair (const MoeComparison *comparison, gsize index);
gsize moe_comparison_count (const MoeComparison *comparison, MoeVerdict verdict);

/* The headline: one test of all points together (see moe_judge ()). */
const MoeJudged *moe_comparison_get_joint (const MoeComparison *comparison);

/* Rows with tokens/s that found no partner; repeats of a point, of which the first counts; and
 * pairs beyond the most that are kept, which are not looked at. */
gsize moe_comparison_get_n_unmatched_a (const MoeComparison *comparison);
gsize moe_comparison_get_n_unmatched_b (const MoeComparison *comparison);
const MoeRecord *moe_comparison_get_unmatched_a (const MoeComparison *comparison, gsize index);
const MoeRecord *moe_comparison_get_unmatched_b (const MoeComparison *comparison, gsize index);
gsize moe_comparison_get_n_repeats (const MoeComparison *comparison);
gboolean moe_comparison_is_cut (const MoeComparison *comparison);

gsize moe_comparison_get_n_guards (const MoeComparison *comparison);
const MoeGuard *moe_comparison_get_guard (const MoeComparison *comparison, gsize index);

/* Were the two measured in the same rounds?  They are the same run, or tell the same `rounds`. */
gboolean moe_runs_share_rounds (const MoeRun *a, const MoeRun *b);

/* On what terms points of these runs are judged: what starts of their machine differ by, as the
 * runs tell it of themselves (the fact "starts differ by").  df = 0 when one does not tell, or the
 * machines are not the same. */
MoeJudgeTerms moe_compare_terms (const MoeRun *a, const MoeRun *b);

G_END_DECLS

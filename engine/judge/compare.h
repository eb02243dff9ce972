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

/* What a comparison found.  Immutable; any thread. */
typedef struct MoeComparison
{
  GPtrArray *runs; /* MoeRun of both sides, kept alive */
  char *name_a;    /* titles of the runs of a side, joined */
  char *name_b;
  GArray *pairs;          /* MoePair, in the order of the rows of b */
  MoeJudged joint;        /* the headline: one test of all points together (see moe_judge ()) */
  GPtrArray *unmatched_a; /* const MoeRecord *: rows with tokens/s that found no partner */
  GPtrArray *unmatched_b;
  gsize n_repeats; /* of a point, of which the first counts */
  gboolean
      is_cut; /* there are more pairs than are kept; nobody has looked for the rest's partners */
  GArray *guards; /* MoeGuard */
} MoeComparison;

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

const MoePair *moe_comparison_get_pair (const MoeComparison *comparison, gsize index);
gsize moe_comparison_count (const MoeComparison *comparison, MoeVerdict verdict);

/* On what terms points of these runs are judged: what starts of their machine differ by, as the
 * runs tell it of themselves (the fact "starts differ by").  df = 0 when one does not tell, or the
 * machines are not the same. */
MoeJudgeTerms moe_compare_terms (const MoeRun *a, const MoeRun *b);

G_END_DECLS

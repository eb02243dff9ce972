/* SPDX-License-Identifier: Apache-2.0 */
/* What a set of runs shows: does tokens/s rise with the null fraction, how much of the ideal
 * 1 / (1 - f) is realised, and what eats the rest.  Values; ui/words makes sentences. */
#pragma once

#include "engine/bench/stats.h"
#include "engine/judge/cost-model.h"
#include "engine/judge/judge.h"
#include "engine/judge/rest.h"
#include "engine/records/speedup.h"

G_BEGIN_DECLS

/* From one null fraction of a curve to the next. */
typedef struct MoeStep
{
  const MoeRecord *from;
  const MoeRecord *to;
  MoeJudged judged; /* `to` against `from`, adjusted for all steps of the run */
} MoeStep;

/* One curve: the records of a run that differ in the null fraction only.  Pointers are borrowed
 * from the runs. */
typedef struct MoeFinding
{
  const MoeRun *run;
  /* What tells it apart besides shape and top-k, "router"; may be "". */
  char *words;            /* within its run */
  char *label;            /* among all runs; their titles aside */
  const MoeRecord *base;  /* at f = 0, of any null mode; NULL: there is none */
  const MoeRecord *first; /* of the lowest fraction that has tokens/s; never NULL */
  const MoeRecord *last;  /* of the highest */
  gsize n_points;         /* different fractions */
  GPtrArray *records;     /* const MoeRecord *: all of the curve, by fraction */
  GPtrArray *points; /* const MoeRecord *: those with tokens/s, each fraction once, and f = 0 */
  GArray *steps;     /* MoeStep */
  MoeJudged overall; /* last against first, adjusted for all curves of the run */
  /* From f = 0 to the last: moe_run_speedup (), with an interval that holds the judge's too; all
   * NaN without a base. */
  MoeSpeedup kind;
  MoeSpread speedup;
  double ideal;          /* 1 / (1 - f), of the realised f */
  double realised;       /* speedup / ideal: null efficiency */
  double realised_lower; /* equal to realised where there is no interval */
  double realised_upper;
  gboolean has_rest; /* the step at the last fraction held against the ideal one: */
  MoeRest rest;
} MoeFinding;

/* One for each curve with tokens/s at two fractions or more, in the order of the runs; free with
 * g_ptr_array_unref (). */
GPtrArray *moe_findings_new (MoeRun *const *runs, gsize n_runs);

/* How tokens/s follows the null fraction, over several curves of one run. */
typedef struct MoeTrend
{
  gsize curves, steps;
  gsize rises, falls, same, open; /* steps by the judge's word: they add up */
  gsize rising, falling;          /* curves from their first to their last fraction */
  gboolean sampled;               /* any step has samples: there are intervals */
  const MoeFinding *deepest;      /* the curve with the deepest fall that the judge calls one */
  const MoeStep *deepest_step;
  gsize more_starts, more_rounds; /* that would settle the step nearest to being settled; 0: none */
} MoeTrend;

MoeTrend moe_findings_trend (const GPtrArray *findings, guint from, guint to);

/* What several curves of runs gain at their highest null fraction, and what eats the rest. */
typedef struct MoeGains
{
  const MoeFinding *largest;      /* speed-up; NULL: no curve has a row at f = 0 */
  const MoeFinding *least, *most; /* realised of the ideal */
  gsize without_base;
  const MoeFinding *worst; /* the least realised of those with stages; NULL: there are none */
  gsize told;              /* curves with stages */
  gsize leads[MOE_N_STAGE_KINDS]; /* of these, those in which a kind of work leads */
  gsize undecided;                /* and those in which the samples do not tell which */
} MoeGains;

MoeGains moe_findings_gains (const GPtrArray *findings, guint from, guint to);

/* Findings of the same run as the one at `from` end here. */
guint moe_findings_end_of_run (const GPtrArray *findings, guint from);

/* The kind of work whose excess is the largest beyond doubt, or -1. */
int moe_finding_leading_kind (const MoeFinding *finding);

/* Is there a speed-up over f = 0 to tell? */
gboolean moe_finding_has_gain (const MoeFinding *finding);

/* The curve that speaks for all: of those that have a gain at the largest fraction the one that
 * realises least of the ideal, before all others one that tells its stages.  NULL: none has. */
const MoeFinding *moe_findings_foremost (const GPtrArray *findings, guint from, guint to);

/* The cost model of the curve, without intervals. */
MoeCostModel moe_finding_cost (const MoeFinding *finding);

/* The one, with intervals, of all curves of the run that differ from this in the top-k only. FALSE,
 * *model untouched, when there is no other, or one of them comes before this in the list. */
gboolean moe_findings_joint_cost (const GPtrArray *findings, guint index, MoeCostModel *model);

G_END_DECLS

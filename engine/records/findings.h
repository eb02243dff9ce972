/* SPDX-License-Identifier: Apache-2.0 */
/* What a set of runs shows: does tokens/s rise with the null fraction, how much of the ideal
 * 1 / (1 - f) is realised, and which stage eats the rest. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

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
  /* From each fraction to the next. */
  gsize n_steps;
  gsize n_falls;       /* of medians or figures */
  gsize n_clear_rises; /* by verdict: see moe_compare_records (); in pairs where there are six */
  gsize n_clear_falls;
  gsize n_hopeless;           /* steps with so few samples that none could be clear */
  const MoeRecord *fall_from; /* the deepest fall; NULL: none */
  const MoeRecord *fall_to;
  gboolean fall_is_clear;
  /* Kendall's rank correlation of all samples with f; NaN without samples. */
  double tau;
  double tau_p;
  /* From f = 0 to the last: quotient of the two tokens/s with the interval of the pairs where there
   * are any; all NaN without a base. */
  MoeSpeedup kind;
  MoeSpread speedup;
  double ideal;          /* 1 / (1 - f), of the realised f */
  double realised;       /* speedup / ideal: null efficiency */
  double realised_lower; /* equal to realised where there is no interval */
  double realised_upper;
  /* Time of a step at the last fraction: what ideal scaling of every stage would leave, and the
   * excess over it, all and by stage (seconds; the stage's NaN when not told). */
  gboolean has_stages;
  double ideal_s;
  double excess_s;
  double stage_excess_s[MOE_N_STAGES];
  double doubt_s; /* half widths of the intervals of both steps: smaller differences tell nothing */
} MoeFinding;

/* One for each curve with tokens/s at two fractions or more, in the order of the runs; free with
 * g_ptr_array_unref (). */
GPtrArray *moe_findings_new (MoeRun *const *runs, gsize n_runs);

/* Stages by excess, largest first; returns how many are told. */
gsize moe_finding_rank_stages (const MoeFinding *finding, int stages[MOE_N_STAGES]);

/* The stage whose excess is the largest beyond doubt, or -1. */
int moe_finding_leading_stage (const MoeFinding *finding);

/* The conclusion as Markdown: for each run a list of sentences, then a table of what is realised
 * and, where stage times are told, of what eats the rest.  Nothing is claimed that samples and
 * intervals do not support. */
GString *moe_findings_to_markdown (const GPtrArray *findings);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* The judge: the only place that says faster, slower, the same, or open (SPEC 7).
 *
 * It takes pairs of measured points and returns values, never sentences; whoever shows a verdict -
 * chart, list, table, report, terminal - asks here and nowhere else.  How large a ratio is and how
 * sure, engine/bench/contrast.h tells; here that becomes a word. */
#pragma once

#include "engine/bench/contrast.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* A difference smaller than this is never called faster or slower, however sure. */
#define MOE_JUDGE_LEAST_EFFECT 0.01
/* Figures without samples differ by less than this from one publication to the next (SPEC 6). */
#define MOE_JUDGE_FIGURES_TIE 0.02
/* Across runs on a machine of which nobody knows what starts differ by. */
#define MOE_JUDGE_UNKNOWN_STARTS_TIE 0.05
#define MOE_JUDGE_SIGNIFICANT        0.05

typedef enum MoeVerdict
{
  MOE_VERDICT_OPEN, /* neither of the others is supported: see `hindrance` and what would settle */
  MOE_VERDICT_FASTER, /* b has more tokens/s: adjusted p < 0.05 and at least 1 % */
  MOE_VERDICT_SLOWER,
  MOE_VERDICT_SAME, /* the interval lies within +-margin */
} MoeVerdict;

typedef enum MoeMethod
{
  MOE_METHOD_NONE,    /* a side has no tokens/s */
  MOE_METHOD_FIGURES, /* single figures: a tie below 2 %, no interval, no p */
  MOE_METHOD_ROUNDS,  /* quotients within the rounds that both share, by start */
  MOE_METHOD_STARTS,  /* samples of separate starts */
} MoeMethod;

/* What keeps a verdict open. */
typedef enum MoeHindrance
{
  MOE_HINDRANCE_NONE,
  MOE_HINDRANCE_NOISE,          /* the interval is too wide: more rounds or starts settle it */
  MOE_HINDRANCE_SMALL,          /* sure to differ, but by less than 1 % */
  MOE_HINDRANCE_UNKNOWN_STARTS, /* under 5 %, and what starts of this machine differ by is unknown
                                 */
  MOE_HINDRANCE_ANCHORS, /* with and without division by the anchors the verdicts are not the same
                          */
  MOE_HINDRANCE_SOURCES, /* one side is processor time, the other wall time */
  MOE_HINDRANCE_FEW,     /* too few undisturbed samples to say how sure anything is */
} MoeHindrance;

typedef struct MoeJudged
{
  MoeMethod method;
  MoeVerdict verdict;
  MoeHindrance hindrance;
  double ratio; /* tokens/s of b over that of a */
  double lower; /* its 95 % interval; NaN without samples */
  double upper;
  double p;        /* two-sided, that nothing differs; NaN without samples */
  double adjusted; /* p for being one of several points (Holm) */
  double margin;   /* what "the same" means here */
  double anchored; /* the ratio with both sides divided by their anchors; NaN where not told */
  gsize n_a;       /* samples that were used: with MOE_METHOD_ROUNDS rounds, equal on both sides */
  gsize n_b;
  gsize starts_a;
  gsize starts_b;
  gsize more_rounds; /* about so many more of each side would settle it; 0: that would not help */
  gsize more_starts; /* or so many more starts */
} MoeJudged;

/* A pair to be judged. */
typedef struct MoeJudgePair
{
  const MoeRecord *a;
  const MoeRecord *b;
  gboolean same_rounds; /* samples of equal start and round were taken one after the other */
  MoeJudged judged;     /* result */
} MoeJudgePair;

typedef struct MoeJudgeTerms
{
  double precision;      /* what "the same" means; 0: 1 % */
  MoeStartSpread starts; /* what starts of this machine differ by; df = 0: nobody knows */
} MoeJudgeTerms;

/* Judge pairs[n] as the points of one comparison: p values are adjusted together.  *joint (may be
 * NULL) receives one test of the mean over all pairs that have samples, or of all figures where
 * none has.  `terms` may be NULL: 1 %, and nothing known.  Any thread. */
void moe_judge (MoeJudgePair *pairs, gsize n, const MoeJudgeTerms *terms, MoeJudged *joint);

G_END_DECLS

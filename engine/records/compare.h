/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison of two runs, or of two sets of runs, point by point. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

typedef enum MoeVerdict
{
  MOE_VERDICT_UNCLEAR, /* no clear difference */
  MOE_VERDICT_FASTER,  /* b has more tokens/s */
  MOE_VERDICT_SLOWER,
} MoeVerdict;

/* Two records and what is to be said of their tokens/s. */
typedef struct MoePair
{
  const MoeRun *run_a;
  const MoeRun *run_b;
  const MoeRecord *a;
  const MoeRecord *b;
  double ratio; /* tokens/s of b over that of a, of the medians */
  double lower; /* interval of the ratio; NaN unless both have samples */
  double upper;
  double coverage; /* of that interval: 0.95 or more, or less when samples are few */
  double p;        /* two-sided, of the rank sums; NaN unless both have samples */
  gsize n_a;       /* samples; 0: a single figure */
  gsize n_b;
  gboolean too_few; /* so few samples that no difference could be clear (3 against 3) */
  MoeVerdict verdict;
} MoePair;

/* Compare one record with another.  With samples on both sides the verdict is that of Mann and
 * Whitney's test at p < 0.05, and the interval that of Hodges and Lehmann.  Without, there is no
 * interval: under 2 % is no clear difference (SPEC 6: repeats of the published rows moved by up to
 * 1 %), more is faster or slower.  FALSE, and the verdict unclear, when either has no tokens/s. */
gboolean moe_compare_records (const MoeRecord *a, const MoeRecord *b, MoePair *pair);

/* "faster", "slower (no interval)", "no clear difference", "no clear difference (too few
 * samples)".  Static. */
const char *moe_pair_verdict (const MoePair *pair);

/* Immutable; any thread. */
typedef struct MoeComparison MoeComparison;

/* Compare the rows of the runs in `b` with those in `a`.  Rows match in shape, top-k, null mode,
 * fraction and pass, and further in every axis (moe_record_axis ()) in which either side has
 * several values, so that nothing is mixed; a side that does not tell an axis at all matches all
 * values of the other.  Rows at f = 0 do without the null mode where they must.  If each side has
 * one null mode, and another than the other side, then it is the modes that are compared.  An axis
 * in which each side has one value does not hinder, but a warning says so when they differ.
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

/* Rows with tokens/s that found no partner, and repeats of a point, of which the first counts. */
gsize moe_comparison_get_n_unmatched_a (const MoeComparison *comparison);
gsize moe_comparison_get_n_unmatched_b (const MoeComparison *comparison);
gsize moe_comparison_get_n_repeats (const MoeComparison *comparison);

/* What makes the sides hard to compare: other machines, backends, dtypes, threads, versions...;
 * whole sentences, NULL-terminated. */
const char *const *moe_comparison_get_warnings (const MoeComparison *comparison);

/* "B is faster at 12 of 18 points (median +8.1 %), slower at 2, no clear difference at 4." */
const char *moe_comparison_get_headline (const MoeComparison *comparison);

/* Headline, warnings, a table of the pairs, the rows without partners. */
GString *moe_compare_to_markdown (const MoeComparison *comparison);
GString *moe_compare_to_text (const MoeComparison *comparison);

G_END_DECLS

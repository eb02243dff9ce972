/* SPDX-License-Identifier: Apache-2.0 */
/* How large is a ratio of times, and how sure is that?  The one estimate behind every verdict and
 * behind "settled" (SPEC 7).
 *
 * Samples of one start of a program are not independent of each other: memory lies elsewhere the
 * next time, and all of a start's samples are off together.  So the start is the unit: each start
 * gives one figure, the trimmed mean of its rounds, and what starts differ by is judged from these
 * figures, from what is known of the machine beforehand, and from what the rounds alone would make
 * of it.
 *
 * Values are natural logarithms: of a time, or of a quotient of two times of one round, from which
 * everything that hits both has gone.  Pure functions, any thread; no GLib. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOE_ESTIMATE_COVERAGE 0.95 /* of all intervals here */

typedef struct MoeTrial
{
  uint32_t start;
  uint32_t round;
  double value; /* finite */
} MoeTrial;

/* The trials of one point, by ascending start, and within it by ascending round. */
typedef struct MoeSeries
{
  const MoeTrial *trials;
  size_t n;
} MoeSeries;

/* What starts of one and the same thing differ by: standard deviation of their figures (natural
 * logarithms, so 0.01 is 1 %) beyond the noise of their rounds, and how well that is known, in
 * degrees of freedom. */
typedef struct MoeStartSpread
{
  double sd;
  double df;
} MoeStartSpread;

/* Of quotients within rounds, in which what a whole start has in common is gone. */
MoeStartSpread moe_start_spread_of_rounds (void);

/* Of times, on a machine of which nothing is known. */
MoeStartSpread moe_start_spread_unknown (void);

typedef struct MoeEstimate
{
  double mean; /* of the values; NaN without any */
  double se;   /* its standard error; NaN when nothing can be said of it (a single trial) */
  double df;   /* of se, in the sense of Student's t */
  size_t n;    /* trials */
  size_t starts;
} MoeEstimate;

/* The mean over all series, each weighing the same: of one point, or jointly of many.  Within a
 * start: 20 % trimmed means with the standard error of Yuen (1974); trials of the same round in
 * several series count as one observation of their sum, and neighbouring rounds that resemble each
 * other count for less (AR(1)).  Between starts: the variance of the starts' figures, moderated by
 * the one expected from `known` and the rounds (Smyth 2004).  Returns false, the estimate all
 * missing, without trials or without memory. */
bool moe_estimate_series (const MoeSeries *series,
                          size_t n_series,
                          const MoeStartSpread *known,
                          MoeEstimate *estimate);

/* b less a, which share no rounds (Welch 1947). */
MoeEstimate moe_estimate_difference (const MoeEstimate *a, const MoeEstimate *b);

/* Half the width of the 95 % interval of the mean; NaN when it is not known. */
double moe_estimate_half_width (const MoeEstimate *estimate);

/* Chance of a mean at least this far from 0, were it 0: two-sided; NaN when it is not known. */
double moe_estimate_p (const MoeEstimate *estimate);

/* Student's t with `df` > 0 degrees of freedom: chance of |t| or more, and the |t| of which the
 * chance is p (0 < p < 1). */
double moe_student_p (double t, double df);
double moe_student_quantile (double p, double df);

/* What starts differ by, as one run with several of them shows: the standard deviation of the
 * starts' figures less what the noise of their rounds alone makes, over all series, and its degrees
 * of freedom (starts - 1: all points of a start are off together).  df = 0 with one start. */
MoeStartSpread moe_start_spread_measure (const MoeSeries *series, size_t n_series);

/* Adjust p[n] for being the results of n tests of one question (Holm 1979); NaN stays NaN and does
 * not count.  `scratch` has room for n. */
void moe_holm (double *p, size_t n, size_t *scratch);

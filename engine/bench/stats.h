/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of repeated measurements.  Pure functions; n >= 1 unless said otherwise. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct MoeSpread
{
  size_t n;
  double min;
  double max;
  double mean;
  double median;
  /* Distribution-free confidence interval of the median from order statistics, the narrowest
   * with at least 95 % coverage; with too few samples (n < 6) min .. max, whose coverage
   * 1 - 2 (1/2)^n is then in `coverage`. */
  double lower;
  double upper;
  double coverage;
} MoeSpread;

/* values[n] in any order, which are left sorted: so it takes no memory and cannot fail.  n = 0
 * gives all NaN and n = 0. */
void moe_spread_of (double *values, size_t n, MoeSpread *spread);

/* The ratio of two medians that were not measured in pairs.  Its interval holds whenever both
 * others do: numerator.lower / denominator.upper .. numerator.upper / denominator.lower, with a
 * coverage of at least the two coverages less 1 (0 when that is negative).  n is the smaller of
 * both; the mean is NaN. */
void moe_spread_ratio (const MoeSpread *numerator, const MoeSpread *denominator, MoeSpread *ratio);

/* Of values[n], which are left sorted; NaN when n = 0. */
double moe_median (double *values, size_t n);

/* Relative width of the interval: (upper - lower) / (2 median). */
double moe_spread_relative (const MoeSpread *spread);

/* Is it wider than the median itself, +-100 %?  Then no percentage says anything: words tell of
 * "more than 2×", and nothing is derived from the median.  FALSE for fewer than two samples. */
bool moe_spread_is_wild (const MoeSpread *spread);

/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of repeated measurements.  Pure functions; n >= 1 unless said otherwise. */
#pragma once

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

/* values[n] in any order, unchanged.  n = 0 gives all NaN and n = 0. */
void moe_spread_of (const double *values, size_t n, MoeSpread *spread);

double moe_median (const double *values, size_t n); /* NaN when n = 0 */

/* Relative width of the interval: (upper - lower) / (2 median). */
double moe_spread_relative (const MoeSpread *spread);

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/stats.h"

#include <math.h>
#include <stdlib.h>

#define WANTED_COVERAGE 0.95

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static double
median_of_sorted (const double *sorted, size_t n)
{
  if (n % 2 == 1)
    return sorted[n / 2];
  return sorted[n / 2 - 1] + (sorted[n / 2] - sorted[n / 2 - 1]) / 2;
}

/* The narrowest interval between the r-th smallest and the r-th largest of n values that covers
 * the median with the wanted probability; it covers with 1 - 2 P (B < r), B ~ Bin (n, 1/2).
 * Returns r >= 1, the outermost when no interval covers enough. */
static size_t
interval_rank (size_t n, double *coverage)
{
  size_t rank = 1;
  double log_term = -(double)n * log (2.0); /* log P (B = i), i = 0 */
  double below = exp (log_term);            /* P (B < rank) */
  for (size_t i = 1; 2 * (i + 1) <= n; i++)
    {
      log_term += log ((double)(n - i + 1) / (double)i);
      double wider = below + exp (log_term);
      if (1.0 - 2.0 * wider < WANTED_COVERAGE)
        break;
      below = wider;
      rank = i + 1;
    }
  *coverage = 1.0 - 2.0 * below;
  return rank;
}

void
moe_spread_of (double *values, size_t n, MoeSpread *spread)
{
  *spread = (MoeSpread){ 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN };
  if (n == 0)
    return;
  double sum = 0;
  qsort (values, n, sizeof *values, compare_doubles);
  for (size_t i = 0; i < n; i++)
    sum += values[i];
  spread->n = n;
  spread->min = values[0];
  spread->max = values[n - 1];
  spread->mean = sum / (double)n;
  spread->median = median_of_sorted (values, n);
  size_t rank = interval_rank (n, &spread->coverage);
  spread->lower = values[rank - 1];
  spread->upper = values[n - rank];
}

void
moe_spread_ratio (const MoeSpread *numerator, const MoeSpread *denominator, MoeSpread *ratio)
{
  *ratio = (MoeSpread){
    .n = numerator->n < denominator->n ? numerator->n : denominator->n,
    .min = numerator->min / denominator->max,
    .max = numerator->max / denominator->min,
    .mean = NAN,
    .median = numerator->median / denominator->median,
    .lower = numerator->lower / denominator->upper,
    .upper = numerator->upper / denominator->lower,
    .coverage = fmax (0, numerator->coverage + denominator->coverage - 1),
  };
}

double
moe_median (double *values, size_t n)
{
  if (n == 0)
    return NAN;
  qsort (values, n, sizeof *values, compare_doubles);
  return median_of_sorted (values, n);
}

double
moe_spread_relative (const MoeSpread *spread)
{
  return (spread->upper - spread->lower) / (2.0 * spread->median);
}

bool
moe_spread_is_wild (const MoeSpread *spread)
{
  return spread->n > 1 && moe_spread_relative (spread) > 1.0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/ranksum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/bench/stats.h"

#define WANTED_COVERAGE 0.95
#define NORMAL_95       1.959963984540054

enum
{
  MAX_EXACT = 40,
  MAX_QUOTIENTS = 1000000
};

typedef struct Ranked
{
  double value;
  gboolean first; /* of the first sample */
  gsize twice;    /* twice its mid-rank, so that ties stay whole */
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
  const Ranked *x = a, *y = b;
  return (x->value > y->value) - (x->value < y->value);
}

/* Sorted and ranked; *tie_sum is the sum of t^3 - t over groups of t equal values. */
static Ranked *
rank_values (const double *a, gsize n_a, const double *b, gsize n_b, double *tie_sum)
{
  gsize n = n_a + n_b;
  Ranked *ranked = g_new (Ranked, n);
  for (gsize i = 0; i < n; i++)
    ranked[i] = (Ranked){ i < n_a ? a[i] : b[i - n_a], i < n_a, 0 };
  qsort (ranked, n, sizeof *ranked, compare_ranked);
  *tie_sum = 0;
  for (gsize start = 0, end; start < n; start = end)
    {
      for (end = start + 1; end < n && ranked[end].value == ranked[start].value;)
        end++;
      double ties = (double)(end - start);
      *tie_sum += ties * ties * ties - ties;
      for (gsize i = start; i < end; i++)
        ranked[i].twice = start + 1 + end; /* the mean of start + 1 .. end, twice */
    }
  return ranked;
}

/* Chance that n_a of these ranks, drawn blindly, have a sum at least as far from its mean: counts
 * of subsets by size and sum, built up rank by rank. */
static double
exact_p (const Ranked *ranked, gsize n, gsize n_a, gsize sum)
{
  gsize top = n * (n + 1), width = top + 1;
  g_autofree double *counts = g_new0 (double, (n_a + 1) * width);
  double total = 0, far = 0, mean = (double)n_a * (double)(n + 1);
  counts[0] = 1;
  for (gsize i = 0; i < n; i++)
    for (gsize size = MIN (i + 1, n_a); size > 0; size--)
      for (gsize s = top + 1; s-- > ranked[i].twice;)
        counts[size * width + s] += counts[(size - 1) * width + s - ranked[i].twice];
  for (gsize s = 0; s <= top; s++)
    {
      total += counts[n_a * width + s];
      if (fabs ((double)s - mean) >= fabs ((double)sum - mean))
        far += counts[n_a * width + s];
    }
  return far / total;
}

static double
normal_p (double n_a, double n_b, double sum, double tie_sum)
{
  double n = n_a + n_b;
  double variance = n_a * n_b / 12 * (n + 1 - tie_sum / (n * (n - 1)));
  double off = fabs (sum / 2 - n_a * (n + 1) / 2) - 0.5; /* continuity */
  if (!(variance > 0))
    return 1;
  return erfc (fmax (off, 0) / sqrt (variance) / sqrt (2));
}

static double
p_of_ranks (const Ranked *ranked, gsize n_a, gsize n_b, double tie_sum)
{
  gsize n = n_a + n_b, sum = 0;
  for (gsize i = 0; i < n; i++)
    if (ranked[i].first)
      sum += ranked[i].twice;
  return n <= MAX_EXACT ? exact_p (ranked, n, n_a, sum)
                        : normal_p ((double)n_a, (double)n_b, (double)sum, tie_sum);
}

/* How many of the n_a n_b quotients to leave out at either end.  U counts them below 1; without
 * ties its distribution follows from that of the sums of ranks 1 .. n. */
static gsize
rank_of_interval (gsize n_a, gsize n_b, double *coverage)
{
  gsize n = n_a + n_b, width = n_a * n_b + 1;
  if (n > MAX_EXACT)
    {
      double spread = sqrt ((double)n_a * (double)n_b * (double)(n + 1) / 12);
      double left_out = (double)(n_a * n_b) / 2 - NORMAL_95 * spread;
      *coverage = WANTED_COVERAGE;
      return left_out > 1 ? (gsize)left_out : 1;
    }
  /* counts[size, u]: subsets of the ranks so far; taking rank i + 1 as the size-th adds i + 1 -
   * size. */
  g_autofree double *counts = g_new0 (double, (n_a + 1) * width);
  double total = 0, below = 0;
  gsize rank = 1;
  counts[0] = 1;
  for (gsize i = 0; i < n; i++)
    for (gsize size = MIN (i + 1, n_a); size > 0; size--)
      for (gsize u = width; u-- > i + 1 - size;)
        counts[size * width + u] += counts[(size - 1) * width + u - (i + 1 - size)];
  for (gsize u = 0; u < width; u++)
    total += counts[n_a * width + u];
  below = counts[n_a * width] / total;
  for (gsize u = 1; u < width; u++)
    {
      double more = below + counts[n_a * width + u] / total;
      if (1 - 2 * more < WANTED_COVERAGE)
        break;
      below = more;
      rank = u + 1;
    }
  *coverage = fmax (0, 1 - 2 * below);
  return rank;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void
find_interval (const double *a, gsize n_a, const double *b, gsize n_b, MoeRankSum *result)
{
  gsize n = n_a * n_b;
  gsize rank = rank_of_interval (n_a, n_b, &result->coverage);
  g_autofree double *quotients = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    quotients[i] = a[i / n_b] / b[i % n_b];
  qsort (quotients, n, sizeof *quotients, compare_doubles);
  result->quotient = moe_median (quotients, n);
  result->lower = quotients[rank - 1];
  result->upper = quotients[n - rank];
}

static void
find_wide_interval (const double *a, gsize n_a, const double *b, gsize n_b, MoeRankSum *result)
{
  MoeSpread first, second, ratio;
  moe_spread_of (a, n_a, &first);
  moe_spread_of (b, n_b, &second);
  moe_spread_ratio (&first, &second, &ratio);
  result->quotient = ratio.median;
  result->lower = ratio.lower;
  result->upper = ratio.upper;
  result->coverage = ratio.coverage;
}

/* Of all ways to choose n_a among n, the two most uneven ones. */
static double
least_p (gsize n_a, gsize n_b)
{
  double ways = 1;
  for (gsize i = 1; i <= MIN (n_a, n_b) && ways < 1e12; i++)
    ways *= (double)(n_a + n_b - i + 1) / (double)i;
  return fmin (1, 2 / ways);
}

void
moe_rank_sum (const double *a, gsize n_a, const double *b, gsize n_b, MoeRankSum *result)
{
  double tie_sum;
  g_autofree Ranked *ranked = rank_values (a, n_a, b, n_b, &tie_sum);
  result->p = p_of_ranks (ranked, n_a, n_b, tie_sum);
  result->least_p = least_p (n_a, n_b);
  if (n_a <= MAX_QUOTIENTS / n_b)
    find_interval (a, n_a, b, n_b, result);
  else
    find_wide_interval (a, n_a, b, n_b, result);
}

/* Sums over groups of t equal values. */
typedef struct TieSums
{
  double pairs;  /* t (t - 1) / 2 */
  double second; /* t (t - 1) (t - 2) */
  double third;  /* t (t - 1) (2 t + 5) */
} TieSums;

static TieSums
sum_ties (const double *values, gsize n)
{
  TieSums sums = { 0 };
  g_autofree double *sorted = g_memdup2 (values, n * sizeof *values);
  qsort (sorted, n, sizeof *sorted, compare_doubles);
  for (gsize start = 0, end; start < n; start = end)
    {
      for (end = start + 1; end < n && sorted[end] == sorted[start];)
        end++;
      double t = (double)(end - start);
      sums.pairs += t * (t - 1) / 2;
      sums.second += t * (t - 1) * (t - 2);
      sums.third += t * (t - 1) * (2 * t + 5);
    }
  return sums;
}

static double
concordance (const double *x, const double *y, gsize n)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < i; j++)
      sum += (double)((x[i] > x[j]) - (x[i] < x[j])) * (double)((y[i] > y[j]) - (y[i] < y[j]));
  return sum;
}

double
moe_rank_trend (const double *x, const double *y, gsize n, double *p)
{
  double m = (double)n, all = m * (m - 1) / 2;
  *p = 1;
  if (n < 3)
    return NAN;
  TieSums in_x = sum_ties (x, n), in_y = sum_ties (y, n);
  double scale = sqrt ((all - in_x.pairs) * (all - in_y.pairs));
  if (!(scale > 0))
    return NAN;
  double sum = concordance (x, y, n);
  double variance = (m * (m - 1) * (2 * m + 5) - in_x.third - in_y.third) / 18
                    + in_x.second * in_y.second / (9 * m * (m - 1) * (m - 2))
                    + 2 * in_x.pairs * in_y.pairs / (m * (m - 1));
  *p = erfc (fmax (fabs (sum) - 1, 0) / sqrt (variance) / sqrt (2));
  return sum / scale;
}

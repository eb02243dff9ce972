/* SPDX-License-Identifier: Apache-2.0 */
/* Two samples that were not measured in pairs: do they differ, and by how much? */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Mann and Whitney's rank sum test, and the interval of Hodges and Lehmann that belongs to it. */
typedef struct MoeRankSum
{
  double p;        /* two-sided: chance of ranks as uneven as these if nothing differs */
  double least_p;  /* that so many values could reach; 0.1 for 3 against 3 */
  double quotient; /* median of all quotients a[i] / b[j] */
  double lower;    /* interval of the quotient; at least 95 %, else all quotients */
  double upper;
  double coverage; /* of the interval */
} MoeRankSum;

/* a[n_a] and b[n_b] in any order, all > 0, n_a and n_b >= 1.  Up to 40 values together the
 * distribution is exact, ties included (the mid-ranks are permuted); beyond that it is the normal
 * one with corrections for ties and continuity.  Where there are more than a million quotients, the
 * interval is the wider one of two medians (moe_spread_ratio ()). */
void moe_rank_sum (const double *a, gsize n_a, const double *b, gsize n_b, MoeRankSum *result);

/* Kendall's tau-b of x[n] and y[n], and its two-sided p by the normal distribution with corrections
 * for ties (Kendall 1970): do they rise together?  n (n - 1) / 2 pairs are looked at.  NaN, and p
 * 1, when all x or all y are equal or n < 3. */
double moe_rank_trend (const double *x, const double *y, gsize n, double *p);

G_END_DECLS

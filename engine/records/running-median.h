/* SPDX-License-Identifier: Apache-2.0 */
/* The median of numbers that come one by one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct MoeHeap
{
  double *values;
  gsize n;
  gsize capacity;
} MoeHeap;

/* All zero is empty; release with moe_running_median_clear (). */
typedef struct MoeRunningMedian
{
  MoeHeap low;  /* the smaller half, negated: its largest comes first */
  MoeHeap high; /* the larger half, at most as many */
} MoeRunningMedian;

void moe_running_median_clear (MoeRunningMedian *median);

/* O (log n).  A value that is not finite is left out. */
void moe_running_median_add (MoeRunningMedian *median, double value);

/* As moe_median () of all that were added; NaN when none were. */
double moe_running_median_get (const MoeRunningMedian *median);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/running-median.h"

#include <math.h>

static void
swap (double *a, double *b)
{
  double kept = *a;
  *a = *b;
  *b = kept;
}

static void
push (MoeHeap *heap, double value)
{
  if (heap->n == heap->capacity)
    {
      heap->capacity = MAX (8, 2 * heap->capacity);
      heap->values = g_renew (double, heap->values, heap->capacity);
    }
  gsize at = heap->n++;
  heap->values[at] = value;
  for (; at > 0 && heap->values[at] < heap->values[(at - 1) / 2]; at = (at - 1) / 2)
    swap (&heap->values[at], &heap->values[(at - 1) / 2]);
}

static double
pop (MoeHeap *heap)
{
  double *values = heap->values, least = values[0];
  values[0] = values[--heap->n];
  for (gsize at = 0, child; (child = 2 * at + 1) < heap->n; at = child)
    {
      if (child + 1 < heap->n && values[child + 1] < values[child])
        child++;
      if (!(values[child] < values[at]))
        break;
      swap (&values[at], &values[child]);
    }
  return least;
}

void
moe_running_median_clear (MoeRunningMedian *median)
{
  g_free (median->low.values);
  g_free (median->high.values);
  *median = (MoeRunningMedian){ 0 };
}

void
moe_running_median_add (MoeRunningMedian *median, double value)
{
  MoeHeap *low = &median->low, *high = &median->high;
  if (!isfinite (value))
    return;
  if (low->n == 0 || value <= -low->values[0])
    push (low, -value);
  else
    push (high, value);
  if (low->n > high->n + 1)
    push (high, -pop (low));
  else if (high->n > low->n)
    push (low, -pop (high));
}

double
moe_running_median_get (const MoeRunningMedian *median)
{
  const MoeHeap *low = &median->low, *high = &median->high;
  if (low->n == 0)
    return NAN;
  double below = -low->values[0];
  return low->n > high->n ? below : below + (high->values[0] - below) / 2;
}

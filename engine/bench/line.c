/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/line.h"

#include <math.h>

enum
{
  MOST_STEPS = 100 /* a handful is enough; this ends walks between lines that are equally good */
};

double
moe_line_at (const MoeLine *line, double x)
{
  return line->at_0 + line->slope * x;
}

double
moe_line_deviation (const MoeLine *line, const MoeLinePoint *points, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += points[i].weight * fabs (points[i].y - moe_line_at (line, points[i].x));
  return sum;
}

static void
swap (MoeLineSlope *a, MoeLineSlope *b)
{
  MoeLineSlope other = *a;
  *a = *b;
  *b = other;
}

/* The slope below and above which at most half of the weight lies; n >= 1.  Partitions the slopes
 * in three until the half is found (Hoare 1961). */
static MoeLineSlope
weighted_median (MoeLineSlope *slopes, size_t n)
{
  double before = 0, half = 0;
  for (size_t i = 0; i < n; i++)
    half += slopes[i].weight / 2;
  for (size_t from = 0, to = n;;)
    {
      double pivot = slopes[from + (to - from) / 2].slope, below = 0, equal = 0;
      size_t less = from, next = from, more = to;
      while (next < more)
        if (slopes[next].slope < pivot)
          {
            below += slopes[next].weight;
            swap (&slopes[less++], &slopes[next++]);
          }
        else if (slopes[next].slope > pivot)
          swap (&slopes[next], &slopes[--more]);
        else
          equal += slopes[next++].weight;
      if (before + below > half && less > from)
        to = less;
      else if (before + below + equal >= half || more == to)
        return slopes[less];
      else
        {
          before += below + equal;
          from = more;
        }
    }
}

/* The best of the lines through point `pivot`: sum w |dy - slope dx| = sum w |dx| |dy / dx - slope|
 * is least at a weighted median.  False when no other point that counts has another x. */
static bool
fit_through (
    const MoeLinePoint *points, size_t n, size_t pivot, MoeLineSlope *scratch, MoeLineSlope *best)
{
  const MoeLinePoint *from = &points[pivot];
  size_t slopes = 0;
  for (size_t i = 0; i < n; i++)
    {
      double dx = points[i].x - from->x;
      if (dx != 0 && points[i].weight > 0)
        scratch[slopes++] = (MoeLineSlope){ .slope = (points[i].y - from->y) / dx,
                                            .weight = points[i].weight * fabs (dx),
                                            .point = i };
    }
  if (slopes > 0)
    *best = weighted_median (scratch, slopes);
  return slopes > 0;
}

/* The walk from one point to where it ends, at a line no point of which offers a better one. */
static double
walk (const MoeLinePoint *points, size_t n, size_t pivot, MoeLineSlope *scratch, MoeLine *line)
{
  double least = INFINITY;
  MoeLineSlope best;
  for (int i = 0; i < MOST_STEPS && fit_through (points, n, pivot, scratch, &best); i++)
    {
      MoeLine next = { points[pivot].y - best.slope * points[pivot].x, best.slope };
      double deviation = moe_line_deviation (&next, points, n);
      if (!(deviation < least))
        break;
      least = deviation;
      *line = next;
      pivot = best.point;
    }
  return least;
}

/* Points in line with one another can end a walk early, so there is one from either end. */
bool
moe_line_fit (const MoeLinePoint *points, size_t n, MoeLineSlope *scratch, MoeLine *line)
{
  MoeLine first, second;
  size_t low = n, high = n;
  for (size_t i = 0; i < n; i++)
    if (points[i].weight > 0)
      {
        if (low == n || points[i].x < points[low].x)
          low = i;
        if (high == n || points[i].x > points[high].x)
          high = i;
      }
  if (low == n || !(points[low].x < points[high].x))
    return false;
  double from_low = walk (points, n, low, scratch, &first);
  double from_high = walk (points, n, high, scratch, &second);
  *line = from_low <= from_high ? first : second;
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A straight line through measured points by least absolute deviations, which a few samples that
 * were held up do not turn.  Pure functions, any thread; no GLib. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct MoeLinePoint
{
  double x;
  double y;
  double weight; /* > 0; a point of weight 2 counts as two of weight 1, one of weight 0 not at all
                  */
} MoeLinePoint;

typedef struct MoeLine
{
  double at_0;  /* y at x = 0 */
  double slope; /* of y by x */
} MoeLine;

/* One of the slopes of lines through a pivot, and how much it counts. */
typedef struct MoeLineSlope
{
  double slope;
  double weight;
  size_t point;
} MoeLineSlope;

/* The line that makes the sum of weight |y - line (x)| least (Bloomfield and Steiger 1983, chapter
 * 1: each step finds the best line through one point, which goes through a second, and takes that
 * for the next).  `scratch` has room for n.  False, the line untouched, when the points that count
 * have fewer than two different x. */
bool moe_line_fit (const MoeLinePoint *points, size_t n, MoeLineSlope *scratch, MoeLine *line);

double moe_line_at (const MoeLine *line, double x);

/* Sum of weight |y - line (x)|. */
double moe_line_deviation (const MoeLine *line, const MoeLinePoint *points, size_t n);

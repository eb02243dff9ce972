/* SPDX-License-Identifier: Apache-2.0 */
/* A place in a chart, in pixels. */
#pragma once

typedef struct NullcurveRect
{
  double x;
  double y;
  double width;
  double height;
} NullcurveRect;

/* The y of its middle. */
static inline double
nullcurve_rect_middle (const NullcurveRect *rect)
{
  return rect->y + 0.5 * rect->height;
}

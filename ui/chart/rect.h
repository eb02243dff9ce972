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

/* SPDX-License-Identifier: Apache-2.0 */
/* A figure drawn onto a bitmap, to look at its pixels.  No display needed. */
#pragma once

#include "ui/chart/render.h"

typedef struct FixturePicture
{
  NullcurveChartStyle style;
  NullcurveChartText *text;
  NullcurveLayout *layout;
  cairo_surface_t *surface;
} FixturePicture;

/* Draw it at this size; clear with fixture_picture_clear (). */
void fixture_picture_init (FixturePicture *picture,
                           const NullcurveFigure *figure,
                           NullcurveStyleKind kind,
                           int width,
                           int height);
void fixture_picture_clear (FixturePicture *picture);

/* 0xrrggbb */
guint32 fixture_pixel_at (const FixturePicture *picture, int x, int y);

/* Largest difference of a channel, 0 .. 255. */
int fixture_colour_distance (guint32 pixel, const NullcurveColour *colour);

/* Pixels of (nearly) this colour within `radius` of a place. */
int fixture_count_near (
    const FixturePicture *picture, const NullcurveColour *colour, double x, double y, int radius);

/* Contrast ratio of WCAG 2, 1 .. 21; alpha is ignored. */
double fixture_contrast (const NullcurveColour *a, const NullcurveColour *b);

/* SPDX-License-Identifier: Apache-2.0 */
/* An axis: maps values to 0 .. 1 along its length and carries ticks that fit the pixels there
 * are.  Pure functions, no allocation. */
#pragma once

#include "ui/figure/figure.h"

G_BEGIN_DECLS

enum
{
  NULLCURVE_AXIS_MAX_TICKS = 24,
  NULLCURVE_AXIS_LABEL_SIZE = 32
};

typedef struct NullcurveTick
{
  double value;
  char label[NULLCURVE_AXIS_LABEL_SIZE];
} NullcurveTick;

typedef struct NullcurveAxis
{
  NullcurveScale scale;
  double min; /* values at 0 and 1; both positive on a log axis, min < max */
  double max;
  gsize n_ticks;
  NullcurveTick ticks[NULLCURVE_AXIS_MAX_TICKS]; /* ascending, within min .. max */
} NullcurveAxis;

/* A value axis for data from lo to hi.  A linear one starts at 0 (below only for negative data)
 * and ends on a tick, or just above the data where the next tick is far; a log one leaves a
 * little air at both ends.  At least two ticks whatever
 * the length; more only as far as they keep `spacing_px` apart. */
void nullcurve_axis_init_y (NullcurveAxis *axis,
                            NullcurveScale scale,
                            NullcurveUnit unit,
                            double lo,
                            double hi,
                            double length_px,
                            double spacing_px);

/* A value axis that ends exactly at the ends of a span, as a zoomed one does. */
void nullcurve_axis_init_span (NullcurveAxis *axis,
                               NullcurveScale scale,
                               NullcurveUnit unit,
                               NullcurveSpan span,
                               double length_px,
                               double spacing_px);

/* A log axis of numbers that are doubled, as those of tokens are: ends exactly at the ends of a
 * span above 0, ticks at powers of two, every second or third where all would touch.  Where there
 * are not two, as nullcurve_axis_init_span (). */
void nullcurve_axis_init_octaves (NullcurveAxis *axis,
                                  NullcurveSpan span,
                                  double length_px,
                                  double spacing_px);

/* The x axis: ends exactly at lo and hi (lo < hi), ticks on round steps with labels of
 * `label_px`, thinned out so that they do not touch.  Over 0 .. 0.9 the finest step is 0.1. */
void nullcurve_axis_init_x (
    NullcurveAxis *axis, double lo, double hi, double length_px, double label_px);

/* The same from fraction lo to hi (below 1), by the speed-up that they would ideally give: a log
 * axis of 1/(1 - f), labelled "2Ã" at 0.5. */
void nullcurve_axis_init_x_speedup (
    NullcurveAxis *axis, double lo, double hi, double length_px, double label_px);

/* Value to position: 0 at min, 1 at max, beyond outside.  NaN where a value has no place: at or
 * below 0 on a log axis, at or above 1 on one of speed-ups. */
double nullcurve_axis_map (const NullcurveAxis *axis, double value);

/* A single value for people, to about four digits: "1.574 M", "0.204", "2.37×"; "—" for NaN. */
void
nullcurve_format_value (NullcurveUnit unit, double value, char text[NULLCURVE_AXIS_LABEL_SIZE]);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* What part of a chart is shown: a range of x, and one of y for each panel, and the way back to
 * what was shown before.  Pure functions: no pixels, no display.
 *
 * A viewport of zeroes shows everything.  Zooming and panning move along the axis as it is drawn,
 * so that a log axis zooms in log space, and never leave what is shown without a viewport. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  NULLCURVE_VIEWPORT_MAX_PANELS = 4
};

typedef enum NullcurveScale
{
  NULLCURVE_SCALE_LINEAR,
  NULLCURVE_SCALE_LOG,
  /* Of a fraction f: linear in log (1/(1 - f)), the speed-up that leaving f of the work out
   * would ideally give. */
  NULLCURVE_SCALE_SPEEDUP,
} NullcurveScale;

/* A part of an axis, by its values; automatic unless lo < hi. */
typedef struct NullcurveSpan
{
  double lo;
  double hi;
} NullcurveSpan;

/* Plain data, copy freely. */
typedef struct NullcurveViewport
{
  NullcurveSpan x;
  NullcurveSpan y[NULLCURVE_VIEWPORT_MAX_PANELS];
} NullcurveViewport;

/* Where a value stands on a scale: evenly spaced values of this are evenly spaced pixels.  NaN
 * where it has no place. */
double nullcurve_scale_forward (NullcurveScale scale, double value);
double nullcurve_scale_backward (NullcurveScale scale, double place);

gboolean nullcurve_span_is_set (const NullcurveSpan *span);

/* The part of `shown` between two positions on it, 0 .. 1 each, in any order. */
NullcurveSpan
nullcurve_span_between (NullcurveScale scale, NullcurveSpan shown, double from, double to);

/* `shown` with its length times `factor` and the value at position `at` kept in place.  Automatic
 * when that would be all of `full`; no shorter than a thousandth of it. */
NullcurveSpan nullcurve_span_zoom (
    NullcurveScale scale, NullcurveSpan shown, NullcurveSpan full, double at, double factor);

/* `shown` moved by `by` times its length, as far as `full` goes. */
NullcurveSpan
nullcurve_span_pan (NullcurveScale scale, NullcurveSpan shown, NullcurveSpan full, double by);

/* The nearest span to `wanted` within `full` that is not too short; automatic when it is all. */
NullcurveSpan nullcurve_span_fit (NullcurveScale scale, NullcurveSpan wanted, NullcurveSpan full);

gboolean nullcurve_viewport_is_zoomed (const NullcurveViewport *viewport);
gboolean nullcurve_viewport_equal (const NullcurveViewport *viewport,
                                   const NullcurveViewport *other);

/* What is shown now, and what was shown before each step. */
typedef struct NullcurveZoom
{
  NullcurveViewport now;
  GArray *before; /* of NullcurveViewport, the last step's last */
} NullcurveZoom;

void nullcurve_zoom_init (NullcurveZoom *zoom);
void nullcurve_zoom_clear (NullcurveZoom *zoom);

/* Show something else.  With `merge` it belongs to the step before, as one turn of a wheel to the
 * next.  FALSE when it is what is shown already. */
gboolean
nullcurve_zoom_step (NullcurveZoom *zoom, const NullcurveViewport *viewport, gboolean merge);

/* Back by one step; FALSE when there is none. */
gboolean nullcurve_zoom_undo (NullcurveZoom *zoom);

/* Show everything, as a step that can be undone; FALSE when nothing was zoomed. */
gboolean nullcurve_zoom_reset (NullcurveZoom *zoom);

/* Other values stand on the y axes from now on: keep the ranges of x, forget those of y. */
void nullcurve_zoom_forget_y (NullcurveZoom *zoom);
void nullcurve_zoom_forget (NullcurveZoom *zoom);

G_END_DECLS

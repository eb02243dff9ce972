/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/viewport.h"

#include <math.h>

enum
{
  MAX_STEPS = 100
};

/* Deeper zoom shows no more, and its pixels outgrow what cairo can count. */
static const double shortest = 1e-3;
static const double slack = 1e-9;

double
nullcurve_scale_forward (NullcurveScale scale, double value)
{
  switch (scale)
    {
    case NULLCURVE_SCALE_LOG:
      return value > 0.0 ? log (value) : NAN;
    case NULLCURVE_SCALE_SPEEDUP:
      return value < 1.0 ? -log1p (-value) : NAN;
    case NULLCURVE_SCALE_LINEAR:
    default:
      return value;
    }
}

double
nullcurve_scale_backward (NullcurveScale scale, double place)
{
  switch (scale)
    {
    case NULLCURVE_SCALE_LOG:
      return exp (place);
    case NULLCURVE_SCALE_SPEEDUP:
      return -expm1 (-place);
    case NULLCURVE_SCALE_LINEAR:
    default:
      return place;
    }
}

gboolean
nullcurve_span_is_set (const NullcurveSpan *span)
{
  return span->hi > span->lo;
}

static NullcurveSpan
forward (NullcurveScale scale, NullcurveSpan span)
{
  return (NullcurveSpan){ nullcurve_scale_forward (scale, span.lo),
                          nullcurve_scale_forward (scale, span.hi) };
}

static NullcurveSpan
backward (NullcurveScale scale, NullcurveSpan span)
{
  return (NullcurveSpan){ nullcurve_scale_backward (scale, span.lo),
                          nullcurve_scale_backward (scale, span.hi) };
}

/* Push `wanted` into `full`; both by their places, where lengths are pixels. */
static NullcurveSpan
fit_places (NullcurveSpan wanted, NullcurveSpan full)
{
  const double whole = full.hi - full.lo;
  const double length = fmin (fmax (wanted.hi - wanted.lo, shortest * whole), whole);
  const double middle = 0.5 * (wanted.lo + wanted.hi);
  const double lo = fmin (fmax (middle - 0.5 * length, full.lo), full.hi - length);

  if (!(length < whole * (1.0 - slack)))
    return (NullcurveSpan){ 0 };
  return (NullcurveSpan){ lo, lo + length };
}

static NullcurveSpan
fit (NullcurveScale scale, NullcurveSpan places, NullcurveSpan full)
{
  const NullcurveSpan span = fit_places (places, forward (scale, full));

  return nullcurve_span_is_set (&span) ? backward (scale, span) : span;
}

NullcurveSpan
nullcurve_span_fit (NullcurveScale scale, NullcurveSpan wanted, NullcurveSpan full)
{
  return fit (scale, forward (scale, wanted), full);
}

NullcurveSpan
nullcurve_span_between (NullcurveScale scale, NullcurveSpan shown, double from, double to)
{
  const NullcurveSpan places = forward (scale, shown);
  const double length = places.hi - places.lo;
  const NullcurveSpan part = { places.lo + length * fmin (from, to),
                               places.lo + length * fmax (from, to) };

  return backward (scale, part);
}

NullcurveSpan
nullcurve_span_zoom (
    NullcurveScale scale, NullcurveSpan shown, NullcurveSpan full, double at, double factor)
{
  const NullcurveSpan places = forward (scale, shown);
  const NullcurveSpan whole = forward (scale, full);
  const double before = places.hi - places.lo;
  const double length = fmax (before * factor, shortest * (whole.hi - whole.lo));
  const double lo = places.lo + before * at - length * at;

  return fit (scale, (NullcurveSpan){ lo, lo + length }, full);
}

NullcurveSpan
nullcurve_span_pan (NullcurveScale scale, NullcurveSpan shown, NullcurveSpan full, double by)
{
  const NullcurveSpan places = forward (scale, shown);
  const double move = by * (places.hi - places.lo);

  return fit (scale, (NullcurveSpan){ places.lo + move, places.hi + move }, full);
}

gboolean
nullcurve_viewport_is_zoomed (const NullcurveViewport *viewport)
{
  for (gsize i = 0; i < G_N_ELEMENTS (viewport->y); i++)
    if (nullcurve_span_is_set (&viewport->y[i]))
      return TRUE;
  return nullcurve_span_is_set (&viewport->x);
}

static gboolean
same_span (const NullcurveSpan *a, const NullcurveSpan *b)
{
  if (!nullcurve_span_is_set (a) || !nullcurve_span_is_set (b))
    return nullcurve_span_is_set (a) == nullcurve_span_is_set (b);
  return fabs (a->lo - b->lo) <= slack * (b->hi - b->lo)
         && fabs (a->hi - b->hi) <= slack * (b->hi - b->lo);
}

gboolean
nullcurve_viewport_equal (const NullcurveViewport *viewport, const NullcurveViewport *other)
{
  for (gsize i = 0; i < G_N_ELEMENTS (viewport->y); i++)
    if (!same_span (&viewport->y[i], &other->y[i]))
      return FALSE;
  return same_span (&viewport->x, &other->x);
}

void
nullcurve_zoom_init (NullcurveZoom *zoom)
{
  zoom->now = (NullcurveViewport){ 0 };
  zoom->before = g_array_new (FALSE, FALSE, sizeof (NullcurveViewport));
}

void
nullcurve_zoom_clear (NullcurveZoom *zoom)
{
  g_clear_pointer (&zoom->before, g_array_unref);
}

gboolean
nullcurve_zoom_step (NullcurveZoom *zoom, const NullcurveViewport *viewport, gboolean merge)
{
  if (nullcurve_viewport_equal (&zoom->now, viewport))
    return FALSE;
  if (!merge || zoom->before->len == 0)
    g_array_append_val (zoom->before, zoom->now);
  if (zoom->before->len > MAX_STEPS)
    g_array_remove_index (zoom->before, 0);
  zoom->now = *viewport;
  return TRUE;
}

gboolean
nullcurve_zoom_undo (NullcurveZoom *zoom)
{
  const guint n = zoom->before->len;

  if (n == 0)
    return FALSE;
  zoom->now = g_array_index (zoom->before, NullcurveViewport, n - 1);
  g_array_set_size (zoom->before, n - 1);
  return TRUE;
}

gboolean
nullcurve_zoom_reset (NullcurveZoom *zoom)
{
  const NullcurveViewport everything = { 0 };

  return nullcurve_zoom_step (zoom, &everything, FALSE);
}

static void
forget_y (NullcurveViewport *viewport)
{
  for (gsize i = 0; i < G_N_ELEMENTS (viewport->y); i++)
    viewport->y[i] = (NullcurveSpan){ 0 };
}

/* Steps that changed y alone are no steps any more. */
void
nullcurve_zoom_forget_y (NullcurveZoom *zoom)
{
  forget_y (&zoom->now);
  for (guint i = 0; i < zoom->before->len; i++)
    forget_y (&g_array_index (zoom->before, NullcurveViewport, i));
  for (guint i = zoom->before->len; i-- > 0;)
    {
      const NullcurveViewport *next = i + 1 < zoom->before->len
                                          ? &g_array_index (zoom->before, NullcurveViewport, i + 1)
                                          : &zoom->now;

      if (nullcurve_viewport_equal (&g_array_index (zoom->before, NullcurveViewport, i), next))
        g_array_remove_index (zoom->before, i);
    }
}

void
nullcurve_zoom_forget (NullcurveZoom *zoom)
{
  zoom->now = (NullcurveViewport){ 0 };
  g_array_set_size (zoom->before, 0);
}

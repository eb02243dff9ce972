/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/figure-axes.h"

#include <glib/gi18n.h>
#include <math.h>

/* Fractions at and above this one are off the end of an axis of speed-ups. */
static const double last_fraction = 0.99;

/* Zoomed, the axis ends where the viewport does. */
void
nullcurve_figure_init_y_axis (const NullcurveFigure *figure,
                              gsize panel,
                              double length,
                              double spacing,
                              NullcurveAxis *axis,
                              NullcurveSpan *full)
{
  const NullcurvePanel *source = &figure->panels[panel];
  NullcurveSpan span = figure->viewport.y[panel];
  double lo = 0.0;
  double hi = 0.0;

  if (!nullcurve_figure_y_range (figure, panel, &lo, &hi))
    lo = hi = 0.0;
  nullcurve_axis_init_y (axis, source->scale, source->unit, lo, hi, length, spacing);
  *full = (NullcurveSpan){ axis->min, axis->max };
  if (lo == 0.0 && hi == 0.0)
    axis->n_ticks = 0;
  else if (nullcurve_span_is_set (&span))
    {
      if (axis->scale == NULLCURVE_SCALE_LOG && span.lo <= 0.0)
        span.lo = fmin (axis->min, 0.5 * span.hi);
      nullcurve_axis_init_span (axis, axis->scale, source->unit, span, length, spacing);
    }
}

/* The least x above 0 that is shown: where a logarithmic axis begins. */
static double
least_x (const NullcurveFigure *figure, double hi)
{
  double least = hi;

  for (gsize s = 0; s < figure->series->len; s++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      for (gsize p = 0; nullcurve_series_is_shown (series) && p < figure->n_panels; p++)
        for (gsize i = 0; i < nullcurve_series_n_points (series, p); i++)
          {
            const double x = nullcurve_series_get_point (series, p, i)->x;

            if (x > 0.0)
              least = fmin (least, x);
          }
    }
  return least < hi ? least : 0.5 * hi;
}

/* Marks that stand for themselves stand off the ends. */
static void
add_air (NullcurveSpan *span)
{
  const double air = pow (span->hi / span->lo, 0.03);

  span->lo /= air;
  span->hi *= air;
}

void
nullcurve_figure_init_x_axis (const NullcurveFigure *figure,
                              double length,
                              double label,
                              NullcurveAxis *axis,
                              NullcurveSpan *full)
{
  const gboolean speedup = figure->x_scale == NULLCURVE_SCALE_SPEEDUP;
  NullcurveSpan span = figure->viewport.x;
  const gboolean automatic = !nullcurve_span_is_set (&span);

  nullcurve_figure_x_range (figure, &full->lo, &full->hi);
  if (speedup)
    full->hi = fmin (full->hi, last_fraction);
  if (automatic)
    span = *full;
  if (figure->x_scale == NULLCURVE_SCALE_LOG && !(full->lo > 0.0))
    full->lo = least_x (figure, full->hi);
  if (figure->x_scale == NULLCURVE_SCALE_LOG && figure->scattered && automatic)
    add_air (full);
  if (figure->x_scale == NULLCURVE_SCALE_LOG && (automatic || !(span.lo > 0.0)))
    span.lo = full->lo;
  if (figure->x_scale == NULLCURVE_SCALE_LOG && automatic)
    span.hi = full->hi;
  if (speedup)
    nullcurve_axis_init_x_speedup (axis, span.lo, span.hi, length, label);
  else if (figure->x_scale == NULLCURVE_SCALE_LOG && figure->octaves)
    nullcurve_axis_init_octaves (axis, span, length, label);
  else if (figure->x_scale == NULLCURVE_SCALE_LOG)
    nullcurve_axis_init_span (axis, NULLCURVE_SCALE_LOG, NULLCURVE_UNIT_PLAIN, span, length, label);
  else
    nullcurve_axis_init_x (axis, span.lo, span.hi, length, label);
}

const char *
nullcurve_figure_x_label (const NullcurveFigure *figure)
{
  return figure->x_scale == NULLCURVE_SCALE_SPEEDUP ? _ ("ideal speed-up 1/(1 − null fraction)")
                                                    : figure->x_label;
}

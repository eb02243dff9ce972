/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/axis.h"

#include <math.h>
#include <string.h>

#define NBSP    "\302\240"
#define TIMES   "\303\227"
#define EM_DASH "\342\200\224"
#define MINUS   "\342\210\222"

/* Rounding of multiples of a step must not lose a tick at the ends. */
static const double tick_slack = 1e-9;

/* Magnitudes that an axis can be made of: so far from the ends of a double's range that neither
 * steps nor ratios of its ends leave it.  What is smaller is 0 to it, or the lower end of a log
 * axis; what is larger lies beyond its end. */
static const double smallest = 1e-140;
static const double largest = 1e140;

/* Steps that are a smaller share of the values would be lost in their rounding. */
static const double finest = 1e-9;

enum
{
  MAX_DECIMALS = 9
};

static const double longest_number = 1e15; /* with more digits nobody reads it */

static double
drawable (double value)
{
  return fabs (value) < smallest ? 0.0 : CLAMP (value, -largest, largest);
}

static double
drawable_log (double value)
{
  return CLAMP (value, smallest, largest);
}

/* The span itself where it can be drawn; what is too short for that is made longer. */
static NullcurveSpan
drawable_span (NullcurveScale scale, NullcurveSpan span)
{
  const gboolean log = scale == NULLCURVE_SCALE_LOG;
  const double lo = log ? drawable_log (span.lo) : drawable (span.lo);
  const double hi = log ? drawable_log (span.hi) : drawable (span.hi);
  const double shortest = fmax (finest * fmax (fabs (lo), fabs (hi)), smallest);

  return (NullcurveSpan){ lo, fmax (hi, lo + shortest) };
}

/* The smallest 1, 2 or 5 times a power of ten that is >= value (> 0). */
static double
nice_step (double value)
{
  const double power = pow (10.0, floor (log10 (value)));
  const double mantissa = value / power;

  if (mantissa <= 1.0 + tick_slack)
    return power;
  if (mantissa <= 2.0 + tick_slack)
    return 2.0 * power;
  if (mantissa <= 5.0 + tick_slack)
    return 5.0 * power;
  return 10.0 * power;
}

typedef struct Prefix
{
  double factor;
  const char *letter;
} Prefix;

static Prefix
prefix_for (double magnitude)
{
  static const Prefix prefixes[] = {
    { 1e12, "T" }, { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" }, { 1.0, "" }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (magnitude >= prefixes[i].factor * (1.0 - tick_slack))
      return prefixes[i];
  return prefixes[G_N_ELEMENTS (prefixes) - 1];
}

/* How many decimals tell multiples of `step` apart; MAX_DECIMALS + 1: more than are written. */
static int
decimals_for (double step)
{
  int decimals = 0;

  while (decimals <= MAX_DECIMALS && fabs (step - round (step)) > 1e-6 * step)
    {
      step *= 10.0;
      decimals++;
    }
  return decimals;
}

/* printf in the C locale, whatever the program's: figures in charts are written with a point.
 * What decimals do not tell, or what is too long, gets a power of ten. */
static void
format_number (char *text, gsize size, int decimals, double value)
{
  const gboolean power = fabs (value) >= longest_number
                         || (decimals > MAX_DECIMALS && value != 0.0 && fabs (value) < 1e-3);
  char format[8];
  char number[64];

  if (power)
    g_strlcpy (format, "%.4g", sizeof format);
  else
    g_snprintf (format, sizeof format, "%%.%df", MIN (decimals, MAX_DECIMALS));
  g_ascii_formatd (number, sizeof number, format, fabs (value));
  g_snprintf (text, size, "%s%s", value < 0.0 ? MINUS : "", number);
}

static const char *
unit_sign (NullcurveUnit unit)
{
  switch (unit)
    {
    case NULLCURVE_UNIT_RATIO:
      return TIMES;
    case NULLCURVE_UNIT_SHARE:
      return NBSP "%";
    case NULLCURVE_UNIT_RATE:
    case NULLCURVE_UNIT_PLAIN:
      break;
    }
  return "";
}

/* Shares are written in hundredths. */
static double
unit_factor (NullcurveUnit unit)
{
  return unit == NULLCURVE_UNIT_SHARE ? 100.0 : 1.0;
}

static void
format_tick (char *text, NullcurveUnit unit, double value, double step, Prefix prefix)
{
  const gsize size = NULLCURVE_AXIS_LABEL_SIZE;
  char number[NULLCURVE_AXIS_LABEL_SIZE];

  if (value == 0.0 && unit == NULLCURVE_UNIT_RATE)
    {
      g_strlcpy (text, "0", size);
      return;
    }
  step *= unit_factor (unit);
  value *= unit_factor (unit);
  format_number (number, sizeof number, decimals_for (step / prefix.factor), value / prefix.factor);
  g_snprintf (text, size, "%s%s%s%s", number, prefix.letter[0] != '\0' ? NBSP : "", prefix.letter,
              unit_sign (unit));
}

void
nullcurve_format_value (NullcurveUnit unit, double value, char text[NULLCURVE_AXIS_LABEL_SIZE])
{
  const double magnitude = fabs (value) * unit_factor (unit);
  Prefix prefix = { 1.0, "" };
  char number[NULLCURVE_AXIS_LABEL_SIZE];
  int digits = unit == NULLCURVE_UNIT_RATE ? 4 : 3;
  double whole;

  if (!isfinite (magnitude)) /* or in percent beyond all numbers */
    {
      g_strlcpy (text, EM_DASH, NULLCURVE_AXIS_LABEL_SIZE);
      return;
    }
  if (unit == NULLCURVE_UNIT_RATE)
    prefix = prefix_for (magnitude);
  else if (magnitude >= 10.0 && unit != NULLCURVE_UNIT_SHARE)
    digits = 4;
  /* Minus infinity where the quotient is too small for a number. */
  whole = magnitude > 0.0 ? floor (log10 (magnitude / prefix.factor)) + 1.0 : 1.0;
  format_number (number, sizeof number, (int)CLAMP (digits - whole, 0.0, MAX_DECIMALS + 1.0),
                 value * unit_factor (unit) / prefix.factor);
  g_snprintf (text, NULLCURVE_AXIS_LABEL_SIZE, "%s%s%s%s", number,
              prefix.letter[0] != '\0' ? NBSP : "", prefix.letter, unit_sign (unit));
}

/* Ticks at multiples of `step` within min .. max. */
static void
fill_linear (NullcurveAxis *axis, NullcurveUnit unit, double step)
{
  const double first = ceil (axis->min / step - tick_slack);
  const double last = floor (axis->max / step + tick_slack);
  const Prefix none = { 1.0, "" };
  const Prefix shared = prefix_for (fmax (fabs (axis->min), fabs (axis->max)));
  const Prefix prefix = unit == NULLCURVE_UNIT_RATE ? shared : none;

  axis->n_ticks = 0;
  for (double i = first; i <= last && axis->n_ticks < NULLCURVE_AXIS_MAX_TICKS; i += 1.0)
    {
      NullcurveTick *tick = &axis->ticks[axis->n_ticks++];

      tick->value = i == 0.0 ? 0.0 : CLAMP (i * step, axis->min, axis->max);
      format_tick (tick->label, unit, tick->value, step, prefix);
    }
}

static gsize
max_ticks (double length_px, double spacing_px)
{
  const double n = floor (length_px / fmax (spacing_px, 1.0));

  return (gsize)CLAMP (n, 1.0, NULLCURVE_AXIS_MAX_TICKS - 2.0);
}

/* A single tick gives no scale: rather two that stand close. */
static void
ensure_two (NullcurveAxis *axis, NullcurveUnit unit, double step)
{
  if (axis->n_ticks >= 2)
    return;
  while (axis->n_ticks < 2)
    {
      step = nice_step (0.4 * step);
      fill_linear (axis, unit, step);
    }
  axis->ticks[1] = axis->ticks[axis->n_ticks - 1];
  axis->n_ticks = 2;
}

/* Ticks at even steps of about the wanted length, two at least. */
static void
fill_even (NullcurveAxis *axis, NullcurveUnit unit, double wanted)
{
  const double step = nice_step (wanted);

  fill_linear (axis, unit, step);
  ensure_two (axis, unit, step);
}

/* An end of a linear axis: on the next tick outwards, unless most of that step would be empty. */
static double
round_out (double end, double step)
{
  const double tick = copysign (ceil (fabs (end) / step - tick_slack) * step, end);

  return fabs (tick) <= 1.3 * fabs (end) ? tick : 1.05 * end;
}

static void
init_linear (NullcurveAxis *axis, NullcurveUnit unit, double lo, double hi, gsize intervals)
{
  const double bottom = fmin (lo, 0.0);
  const double top = fmax (hi, 0.0);
  double step = nice_step ((top - bottom) / (double)intervals);

  /* Rounding the ends outwards may add an interval too many. */
  while (ceil (top / step - tick_slack) - floor (bottom / step + tick_slack) > (double)intervals
         && intervals > 1)
    step = nice_step (step * 1.5);
  axis->min = round_out (bottom, step);
  axis->max = round_out (top, step);
  fill_linear (axis, unit, step);
  ensure_two (axis, unit, step);
}

/* Mantissas of the ticks of a decade, sparse to dense. */
static const double log_sets[][10] = {
  { 1.0, 0.0 },
  { 1.0, 3.0, 0.0 },
  { 1.0, 2.0, 5.0, 0.0 },
  { 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 0.0 },
};

static void
add_log_tick (NullcurveAxis *axis, NullcurveUnit unit, double value, double step)
{
  NullcurveTick *tick = &axis->ticks[axis->n_ticks];
  const Prefix none = { 1.0, "" };

  tick->value = value;
  format_tick (tick->label, unit, value, step,
               unit == NULLCURVE_UNIT_RATE ? prefix_for (value) : none);
  axis->n_ticks++;
}

/* FALSE when two ticks of the set come closer than `apart` or there are too many. */
static gboolean
fill_log (NullcurveAxis *axis, NullcurveUnit unit, const double *set, double apart)
{
  const double decade_end = ceil (log10 (axis->max));
  double before = -INFINITY;

  axis->n_ticks = 0;
  for (double decade = floor (log10 (axis->min)); decade <= decade_end; decade += 1.0)
    for (gsize i = 0; set[i] > 0.0; i++)
      {
        const double power = pow (10.0, decade);
        const double value = set[i] * power;
        const double at = nullcurve_axis_map (axis, value);

        if (at < -tick_slack || at > 1.0 + tick_slack)
          continue;
        if (at - before < apart || axis->n_ticks == NULLCURVE_AXIS_MAX_TICKS)
          return FALSE;
        before = at;
        add_log_tick (axis, unit, CLAMP (value, axis->min, axis->max),
                      set[i] == 1.5 ? 0.5 * power : power);
      }
  return TRUE;
}

/* Many decades in few pixels: every second, third, ... power of ten. */
static void
fill_decades (NullcurveAxis *axis, NullcurveUnit unit, gsize intervals)
{
  const double first = ceil (log10 (axis->min) - tick_slack);
  const double last = floor (log10 (axis->max) + tick_slack);
  const double stride = fmax (1.0, ceil ((last - first) / (double)intervals));

  axis->n_ticks = 0;
  for (double decade = first; decade <= last && axis->n_ticks < NULLCURVE_AXIS_MAX_TICKS;
       decade += stride)
    add_log_tick (axis, unit, pow (10.0, decade), pow (10.0, decade));
}

/* No room for a regular set: the first and the last tick of the sparsest that has two. */
static void
fill_log_ends (NullcurveAxis *axis, NullcurveUnit unit)
{
  for (gsize set = 0; set < G_N_ELEMENTS (log_sets); set++)
    if (fill_log (axis, unit, log_sets[set], 0.0) && axis->n_ticks >= 2)
      break;
  if (axis->n_ticks < 2)
    return;
  axis->ticks[1] = axis->ticks[axis->n_ticks - 1];
  axis->n_ticks = 2;
}

/* Ticks of a log axis whose ends are set. */
static void
fill_log_axis (NullcurveAxis *axis, NullcurveUnit unit, gsize intervals)
{
  gsize set = G_N_ELEMENTS (log_sets);

  while (set > 0 && !fill_log (axis, unit, log_sets[set - 1], 1.0 / (double)intervals))
    set--;
  if (set == 0)
    fill_decades (axis, unit, intervals);
  if (axis->n_ticks >= 3 || (axis->n_ticks == 2 && intervals < 4))
    return;
  /* So short a stretch holds too few round mantissas: even steps read better. */
  if (axis->max / axis->min < 4.0)
    fill_even (axis, unit, (axis->max - axis->min) / (double)MAX (intervals, 2));
  else if (axis->n_ticks < 2)
    fill_log_ends (axis, unit);
}

static void
init_log (NullcurveAxis *axis, NullcurveUnit unit, double lo, double hi, gsize intervals)
{
  const double air = fmax (0.06 * log10 (hi / lo), 0.04);

  axis->min = lo * pow (10.0, -air);
  axis->max = hi * pow (10.0, air);
  fill_log_axis (axis, unit, intervals);
}

void
nullcurve_axis_init_y (NullcurveAxis *axis,
                       NullcurveScale scale,
                       NullcurveUnit unit,
                       double lo,
                       double hi,
                       double length_px,
                       double spacing_px)
{
  const gsize intervals = max_ticks (length_px, spacing_px);
  const gboolean log_fits = isfinite (lo) && isfinite (hi) && lo > 0.0 && hi >= lo;

  memset (axis, 0, sizeof *axis);
  axis->scale = scale == NULLCURVE_SCALE_LOG && log_fits ? scale : NULLCURVE_SCALE_LINEAR;
  if (axis->scale == NULLCURVE_SCALE_LOG)
    {
      init_log (axis, unit, drawable_log (lo), drawable_log (hi), intervals);
      return;
    }
  if (!isfinite (lo) || !isfinite (hi) || hi < lo)
    lo = hi = 0.0;
  lo = drawable (lo);
  hi = drawable (hi);
  init_linear (axis, unit, lo, lo == 0.0 && hi == 0.0 ? 1.0 : hi, intervals);
}

void
nullcurve_axis_init_span (NullcurveAxis *axis,
                          NullcurveScale scale,
                          NullcurveUnit unit,
                          NullcurveSpan span,
                          double length_px,
                          double spacing_px)
{
  const gsize intervals = max_ticks (length_px, spacing_px);

  memset (axis, 0, sizeof *axis);
  axis->scale = scale == NULLCURVE_SCALE_LOG && span.lo > 0.0 ? scale : NULLCURVE_SCALE_LINEAR;
  span = drawable_span (axis->scale, span);
  axis->min = span.lo;
  axis->max = span.hi;
  if (axis->scale == NULLCURVE_SCALE_LOG)
    fill_log_axis (axis, unit, intervals);
  else
    fill_even (axis, unit, (span.hi - span.lo) / (double)intervals);
}

void
nullcurve_axis_init_octaves (NullcurveAxis *axis,
                             NullcurveSpan span,
                             double length_px,
                             double spacing_px)
{
  nullcurve_axis_init_span (axis, NULLCURVE_SCALE_LOG, NULLCURVE_UNIT_PLAIN, span, length_px,
                            spacing_px);
  if (axis->scale != NULLCURVE_SCALE_LOG)
    return;
  const double first = ceil (log2 (axis->min) - tick_slack);
  const double last = floor (log2 (axis->max) + tick_slack);
  const double intervals =
      (double)max_ticks (length_px, spacing_px) * (last - first) / log2 (axis->max / axis->min);
  const double stride = fmax (1.0, ceil ((last - first) / fmax (intervals, 1.0)));
  if (!(last > first) || last - first > 1000.0)
    return;
  axis->n_ticks = 0;
  for (double power = first; power <= last && axis->n_ticks < NULLCURVE_AXIS_MAX_TICKS;
       power += stride)
    add_log_tick (axis, NULLCURVE_UNIT_PLAIN, exp2 (power), exp2 (power));
}

void
nullcurve_axis_init_x_speedup (
    NullcurveAxis *axis, double lo, double hi, double length_px, double label_px)
{
  const NullcurveSpan span = drawable_span (NULLCURVE_SCALE_LINEAR, (NullcurveSpan){ lo, hi });
  const NullcurveSpan speedups = { 1.0 / (1.0 - span.lo), 1.0 / (1.0 - span.hi) };

  /* A log axis of the speed-ups, whose ticks are then told by their fractions. */
  nullcurve_axis_init_span (axis, NULLCURVE_SCALE_LOG, NULLCURVE_UNIT_RATIO, speedups, length_px,
                            label_px);
  for (gsize i = 0; i < axis->n_ticks; i++)
    axis->ticks[i].value = CLAMP (1.0 - 1.0 / axis->ticks[i].value, span.lo, span.hi);
  axis->scale = NULLCURVE_SCALE_SPEEDUP;
  axis->min = span.lo;
  axis->max = span.hi;
}

void
nullcurve_axis_init_x (NullcurveAxis *axis, double lo, double hi, double length_px, double label_px)
{
  const double intervals = (double)max_ticks (length_px, label_px);
  const NullcurveSpan span = drawable_span (NULLCURVE_SCALE_LINEAR, (NullcurveSpan){ lo, hi });
  const double length = span.hi - span.lo;
  double step = nice_step (fmax (length / intervals, length / 10.0));

  memset (axis, 0, sizeof *axis);
  axis->scale = NULLCURVE_SCALE_LINEAR;
  axis->min = span.lo;
  axis->max = span.hi;
  /* Too few pixels for three: the two ends of the longest stride that fits. */
  while (step > length && step > 0.0)
    step /= 2.0;
  fill_linear (axis, NULLCURVE_UNIT_PLAIN, step);
}

double
nullcurve_axis_map (const NullcurveAxis *axis, double value)
{
  const double lo = nullcurve_scale_forward (axis->scale, axis->min);
  const double hi = nullcurve_scale_forward (axis->scale, axis->max);

  return (nullcurve_scale_forward (axis->scale, value) - lo) / (hi - lo);
}

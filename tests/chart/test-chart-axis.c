/* SPDX-License-Identifier: Apache-2.0 */
/* Scales, ticks and the way values are written. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "ui/figure/axis.h"

static void
check_ticks (const NullcurveAxis *axis, double length_px, double spacing_px)
{
  g_assert_cmpfloat (axis->min, <, axis->max);
  g_assert_cmpuint (axis->n_ticks, >=, 2);
  for (gsize i = 0; i < axis->n_ticks; i++)
    {
      const double at = nullcurve_axis_map (axis, axis->ticks[i].value);

      g_assert_cmpfloat (at, >=, -1e-9);
      g_assert_cmpfloat (at, <=, 1.0 + 1e-9);
      g_assert_cmpuint (strlen (axis->ticks[i].label), >, 0);
      if (i == 0)
        continue;
      g_assert_cmpfloat (axis->ticks[i].value, >, axis->ticks[i - 1].value);
      g_assert_cmpstr (axis->ticks[i].label, !=, axis->ticks[i - 1].label);
      /* Two ticks are always given; three and more keep their distance. */
      if (axis->n_ticks > 2)
        g_assert_cmpfloat ((at - nullcurve_axis_map (axis, axis->ticks[i - 1].value)) * length_px,
                           >=, 0.6 * spacing_px);
    }
}

static const double lengths_px[] = { 40.0, 75.0, 150.0, 400.0, 1800.0 };

/* Many ranges over many decades, all lengths. */
static void
test_linear_ranges (void)
{
  for (int decade = -6; decade <= 9; decade++)
    for (double mantissa = 1.0; mantissa < 10.0; mantissa += 0.37)
      for (gsize i = 0; i < G_N_ELEMENTS (lengths_px); i++)
        {
          const double hi = mantissa * pow (10.0, decade);
          NullcurveAxis axis;

          nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LINEAR, NULLCURVE_UNIT_RATE, 0.3 * hi, hi,
                                 lengths_px[i], 30.0);
          check_ticks (&axis, lengths_px[i], 30.0);
          g_assert_cmpfloat (axis.min, ==, 0.0);
          g_assert_cmpfloat (axis.max, >=, hi * (1.0 - 1e-9));
          g_assert_cmpfloat (axis.max, <=, 1.3 * hi * (1.0 + 1e-9));
        }
}

static void
test_log_ranges (void)
{
  static const double ratios[] = { 1.0, 1.0001, 1.02, 1.4, 3.0, 12.0, 700.0, 1e6, 1e12 };

  for (int decade = -6; decade <= 7; decade++)
    for (double mantissa = 1.0; mantissa < 10.0; mantissa += 0.73)
      for (gsize r = 0; r < G_N_ELEMENTS (ratios); r++)
        for (gsize i = 0; i < G_N_ELEMENTS (lengths_px); i++)
          {
            const double lo = mantissa * pow (10.0, decade);
            NullcurveAxis axis;

            nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LOG, NULLCURVE_UNIT_RATE, lo,
                                   lo * ratios[r], lengths_px[i], 30.0);
            g_assert_cmpint (axis.scale, ==, NULLCURVE_SCALE_LOG);
            check_ticks (&axis, lengths_px[i], 30.0);
            g_assert_cmpfloat (axis.min, <, lo);
            g_assert_cmpfloat (axis.max, >, lo * ratios[r]);
          }
}

static void
test_log_needs_positive (void)
{
  NullcurveAxis axis;

  nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LOG, NULLCURVE_UNIT_PLAIN, 0.0, 10.0, 300.0, 30.0);
  g_assert_cmpint (axis.scale, ==, NULLCURVE_SCALE_LINEAR);
  nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LOG, NULLCURVE_UNIT_PLAIN, 1.0, 10.0, 300.0, 30.0);
  g_assert_true (isnan (nullcurve_axis_map (&axis, 0.0)));
  g_assert_true (isnan (nullcurve_axis_map (&axis, -3.0)));
}

static void
test_odd_ranges (void)
{
  NullcurveAxis axis;

  nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LINEAR, NULLCURVE_UNIT_RATE, NAN, NAN, 300.0, 30.0);
  check_ticks (&axis, 300.0, 30.0);
  nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LINEAR, NULLCURVE_UNIT_RATE, 0.0, 0.0, 0.0, 30.0);
  check_ticks (&axis, 300.0, 30.0);
  nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LINEAR, NULLCURVE_UNIT_PLAIN, -4.0, 7.0, 300.0,
                         30.0);
  check_ticks (&axis, 300.0, 30.0);
  g_assert_cmpfloat (axis.min, <=, -4.0);
  g_assert_cmpfloat (axis.max, >=, 7.0);
}

static void
check_value (NullcurveUnit unit, double value, const char *expected)
{
  char text[NULLCURVE_AXIS_LABEL_SIZE];

  nullcurve_format_value (unit, value, text);
  g_assert_cmpstr (text, ==, expected);
}

/* Any finite double, all orders of magnitude alike. */
static double
random_double (GRand *rand)
{
  const double mantissa = g_rand_double_range (rand, -1.0, 1.0);

  return ldexp (mantissa, g_rand_int_range (rand, -1080, 1024));
}

/* Bounded is all that is asked of extremes: ends in order, two ticks that are there, labels. */
static void
check_extremes (const NullcurveAxis *axis)
{
  g_assert_cmpfloat (axis->min, <, axis->max);
  g_assert_true (isfinite (axis->max - axis->min));
  g_assert_cmpuint (axis->n_ticks, <=, NULLCURVE_AXIS_MAX_TICKS);
  g_assert_cmpuint (axis->n_ticks, >=, 1);
  for (gsize i = 0; i < axis->n_ticks; i++)
    {
      const double at = nullcurve_axis_map (axis, axis->ticks[i].value);

      g_assert_cmpfloat (at, >=, -1e-6);
      g_assert_cmpfloat (at, <=, 1.0 + 1e-6);
      g_assert_cmpuint (strlen (axis->ticks[i].label), >, 0);
      g_assert_cmpuint (strlen (axis->ticks[i].label), <, NULLCURVE_AXIS_LABEL_SIZE - 1);
    }
}

static void
check_y_extremes (double lo, double hi, double length_px)
{
  for (int scale = NULLCURVE_SCALE_LINEAR; scale <= NULLCURVE_SCALE_LOG; scale++)
    for (int unit = NULLCURVE_UNIT_RATE; unit <= NULLCURVE_UNIT_SHARE; unit++)
      {
        NullcurveAxis axis;

        nullcurve_axis_init_y (&axis, (NullcurveScale)scale, (NullcurveUnit)unit, lo, hi, length_px,
                               30.0);
        check_extremes (&axis);
        nullcurve_axis_init_span (&axis, (NullcurveScale)scale, (NullcurveUnit)unit,
                                  (NullcurveSpan){ lo, hi }, length_px, 30.0);
        check_extremes (&axis);
      }
}

static void
check_x_extremes (double lo, double hi, double length_px)
{
  NullcurveAxis axis;

  nullcurve_axis_init_x (&axis, lo, hi, length_px, 30.0);
  check_extremes (&axis);
  if (hi >= 0.99)
    return;
  nullcurve_axis_init_x_speedup (&axis, lo, hi, length_px, 30.0);
  check_extremes (&axis);
}

/* Ends that come from a file: of any magnitude, or so close that hardly a double lies between. */
static void
test_extremes (void)
{
  static const double odd[] = { -G_MAXDOUBLE, -1.0,        -5e-324, 0.0,
                                5e-324,       G_MINDOUBLE, 1.0,     G_MAXDOUBLE };
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    for (gsize k = i + 1; k < G_N_ELEMENTS (odd); k++)
      {
        check_y_extremes (odd[i], odd[k], 300.0);
        check_x_extremes (odd[i], odd[k], 300.0);
      }
  for (int i = 0; i < 20000; i++)
    {
      const double length_px = lengths_px[i % G_N_ELEMENTS (lengths_px)];
      const double a = random_double (rand);
      const double b = i % 3 == 0 ? nextafter (a, INFINITY) : random_double (rand);

      if (a == b)
        continue;
      check_y_extremes (MIN (a, b), MAX (a, b), length_px);
      check_x_extremes (MIN (a, b), MAX (a, b), length_px);
    }
}

static void
test_extreme_values (void)
{
  check_value (NULLCURVE_UNIT_PLAIN, 1.234e-20, "1.234e-20");
  check_value (NULLCURVE_UNIT_RATE, 1e140, "1e+128\302\240T");
  check_value (NULLCURVE_UNIT_PLAIN, -2e300, "\342\210\2222e+300");
}

static void
test_map (void)
{
  for (int scale = NULLCURVE_SCALE_LINEAR; scale <= NULLCURVE_SCALE_LOG; scale++)
    {
      NullcurveAxis axis;

      nullcurve_axis_init_y (&axis, (NullcurveScale)scale, NULLCURVE_UNIT_RATE, 20.0, 70000.0,
                             300.0, 30.0);
      g_assert_cmpfloat_with_epsilon (nullcurve_axis_map (&axis, axis.min), 0.0, 1e-12);
      g_assert_cmpfloat_with_epsilon (nullcurve_axis_map (&axis, axis.max), 1.0, 1e-12);
      for (double value = 25.0; value < 70000.0; value *= 1.9)
        g_assert_cmpfloat (nullcurve_axis_map (&axis, 1.9 * value), >,
                           nullcurve_axis_map (&axis, value));
    }
}

static void
test_x_ticks_thin_out (void)
{
  NullcurveAxis axis;

  nullcurve_axis_init_x (&axis, 0.0, 0.9, 700.0, 34.0);
  g_assert_cmpuint (axis.n_ticks, ==, 10);
  for (gsize i = 0; i < axis.n_ticks; i++)
    {
      char expected[8];

      g_snprintf (expected, sizeof expected, "0.%" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (axis.ticks[i].label, ==, expected);
    }
  nullcurve_axis_init_x (&axis, 0.0, 0.9, 240.0, 34.0);
  g_assert_cmpuint (axis.n_ticks, ==, 5);
  g_assert_cmpstr (axis.ticks[4].label, ==, "0.8");
  nullcurve_axis_init_x (&axis, 0.0, 0.9, 30.0, 34.0);
  g_assert_cmpuint (axis.n_ticks, >=, 1);
  g_assert_cmpuint (axis.n_ticks, <=, 2);
}

static void
test_tick_labels (void)
{
  NullcurveAxis axis;

  nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LINEAR, NULLCURVE_UNIT_RATE, 0.0, 790e3, 200.0,
                         40.0);
  g_assert_cmpstr (axis.ticks[0].label, ==, "0");
  g_assert_cmpstr (axis.ticks[1].label, ==, "200\302\240k");
  nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LINEAR, NULLCURVE_UNIT_RATE, 0.0, 1.19e6, 300.0,
                         40.0);
  g_assert_cmpstr (axis.ticks[axis.n_ticks - 1].label, ==, "1.2\302\240M");
  nullcurve_axis_init_y (&axis, NULLCURVE_SCALE_LINEAR, NULLCURVE_UNIT_PLAIN, 0.0, 0.24, 260.0,
                         40.0);
  g_assert_cmpstr (axis.ticks[0].label, ==, "0.00");
  g_assert_cmpstr (axis.ticks[axis.n_ticks - 1].label, ==, "0.25");
}

static void
test_values (void)
{
  check_value (NULLCURVE_UNIT_RATE, 1833742.0, "1.834\302\240M");
  check_value (NULLCURVE_UNIT_RATE, 858766.0, "858.8\302\240k");
  check_value (NULLCURVE_UNIT_RATE, 12.0, "12.00");
  check_value (NULLCURVE_UNIT_RATE, NAN, "\342\200\224");
  check_value (NULLCURVE_UNIT_PLAIN, 0.20433, "0.204");
  check_value (NULLCURVE_UNIT_PLAIN, 146.826, "146.8");
  check_value (NULLCURVE_UNIT_RATIO, 2.3712, "2.37\303\227");
  check_value (NULLCURVE_UNIT_PLAIN, 0.0, "0.00");
}

/* Numbers of tokens stand at powers of two, however long the axis is. */
static void
test_octaves (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lengths_px); i++)
    {
      NullcurveAxis axis;

      nullcurve_axis_init_octaves (&axis, (NullcurveSpan){ 1, 256 }, lengths_px[i], 30.0);
      check_ticks (&axis, lengths_px[i], 30.0);
      g_assert_cmpint (axis.scale, ==, NULLCURVE_SCALE_LOG);
      g_assert_cmpfloat (axis.min, ==, 1);
      g_assert_cmpfloat (axis.max, ==, 256);
      for (gsize k = 0; k < axis.n_ticks; k++)
        g_assert_cmpfloat (log2 (axis.ticks[k].value), ==, floor (log2 (axis.ticks[k].value)));
    }
  NullcurveAxis narrow;
  nullcurve_axis_init_octaves (&narrow, (NullcurveSpan){ 1.1, 1.4 }, 400.0, 30.0);
  check_ticks (&narrow, 400.0, 30.0);
  NullcurveAxis wide;
  nullcurve_axis_init_octaves (&wide, (NullcurveSpan){ 1, 32768 }, 400.0, 40.0);
  g_assert_cmpstr (wide.ticks[1].label, ==, "4");
  nullcurve_axis_init_octaves (&wide, (NullcurveSpan){ 1, 256 }, 400.0, 40.0);
  g_assert_cmpuint (wide.n_ticks, ==, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/axis/linear-ranges", test_linear_ranges);
  g_test_add_func ("/chart/axis/log-ranges", test_log_ranges);
  g_test_add_func ("/chart/axis/log-needs-positive", test_log_needs_positive);
  g_test_add_func ("/chart/axis/odd-ranges", test_odd_ranges);
  g_test_add_func ("/chart/axis/extremes", test_extremes);
  g_test_add_func ("/chart/axis/extreme-values", test_extreme_values);
  g_test_add_func ("/chart/axis/map", test_map);
  g_test_add_func ("/chart/axis/x-ticks-thin-out", test_x_ticks_thin_out);
  g_test_add_func ("/chart/axis/tick-labels", test_tick_labels);
  g_test_add_func ("/chart/axis/values", test_values);
  g_test_add_func ("/chart/axis/octaves", test_octaves);
  return g_test_run ();
}

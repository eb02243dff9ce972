/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "engine/backends/cpu/elementwise.h"

#include <math.h>

static double
silu (double g)
{
  return g / (1 + exp (-g));
}

/* Gates from deep saturation to saturation, every side length up to two vectors. */
static void
test_swiglu (void)
{
  float h[2 * 70], act[70];
  for (size_t m = 1; m <= 70; m++)
    for (double span = 0.01; span < 200; span *= 3)
      {
        for (size_t i = 0; i < m; i++)
          {
            h[i] = (float)(span * ((double)i / (double)m - 0.5));
            h[m + i] = (float)(1.5 - 0.1 * (double)i);
          }
        moe_row_swiglu (act, h, m);
        for (size_t i = 0; i < m; i++)
          {
            double expected = silu ((double)h[i]) * (double)h[m + i];
            g_assert_cmpfloat_with_epsilon ((double)act[i], expected,
                                            1e-6 * fabs (expected) + 1e-35);
          }
      }
}

static void
test_swiglu_backward (void)
{
  const size_t m = 41;
  float h[2 * 41], dact[41];
  for (size_t i = 0; i < m; i++)
    {
      h[i] = 0.4f * (float)i - 8.0f;
      h[m + i] = 0.7f - 0.05f * (float)i;
      dact[i] = 0.3f + 0.01f * (float)i;
    }
  float gradient[2 * 41];
  moe_row_copy (gradient, h, 2 * m);
  moe_row_swiglu_backward (gradient, dact, m);
  for (size_t i = 0; i < m; i++)
    {
      double g = (double)h[i], u = (double)h[m + i], d = (double)dact[i], step = 1e-5;
      double dgate = d * u * (silu (g + step) - silu (g - step)) / (2 * step);
      g_assert_cmpfloat_with_epsilon ((double)gradient[i], dgate, 1e-6);
      g_assert_cmpfloat_with_epsilon ((double)gradient[m + i], d * silu (g), 1e-6);
    }
}

static void
test_rows (void)
{
  float a[37], b[37];
  double squares = 0;
  for (size_t i = 0; i < 37; i++)
    {
      a[i] = (float)i - 11.5f;
      squares += (double)a[i] * (double)a[i];
    }
  moe_row_scale (b, a, 2.0f, 37);
  moe_row_add_scaled (b, a, -0.5f, 37);
  for (size_t i = 0; i < 37; i++)
    g_assert_cmpfloat ((double)b[i], ==, 1.5 * (double)a[i]);
  g_assert_cmpfloat_with_epsilon (moe_row_sum_squares (a, 37), squares, 1e-9);
  g_assert_cmpfloat (moe_row_sum_squares (a, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elementwise/swiglu", test_swiglu);
  g_test_add_func ("/elementwise/swiglu-backward", test_swiglu_backward);
  g_test_add_func ("/elementwise/rows", test_rows);
  return g_test_run ();
}

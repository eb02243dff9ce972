/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "engine/backends/parts/elementwise.h"

#include <math.h>
#include <string.h>

static double
silu (double g)
{
  return g / (1 + exp (-g));
}

/* Gates from deep saturation to saturation, every side length up to two vectors. */
static void
test_swiglu (void)
{
  const MoeRowOps *ops = moe_row_ops (MOE_DTYPE_FLOAT32);
  float h[2 * 70], act[70];
  for (size_t m = 1; m <= 70; m++)
    for (double span = 0.01; span < 200; span *= 3)
      {
        for (size_t i = 0; i < m; i++)
          {
            h[i] = (float)(span * ((double)i / (double)m - 0.5));
            h[m + i] = (float)(1.5 - 0.1 * (double)i);
          }
        ops->swiglu (act, h, m);
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
  const MoeRowOps *ops = moe_row_ops (MOE_DTYPE_FLOAT32);
  const size_t m = 41;
  float h[2 * 41], dact[41];
  for (size_t i = 0; i < m; i++)
    {
      h[i] = 0.4f * (float)i - 8.0f;
      h[m + i] = 0.7f - 0.05f * (float)i;
      dact[i] = 0.3f + 0.01f * (float)i;
    }
  float gradient[2 * 41];
  memcpy (gradient, h, sizeof h);
  ops->swiglu_backward (gradient, dact, m);
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
  const MoeRowOps *ops = moe_row_ops (MOE_DTYPE_FLOAT32);
  float a[37], b[37], twice[37];
  double squares = 0;
  for (size_t i = 0; i < 37; i++)
    {
      a[i] = (float)i - 11.5f;
      squares += (double)a[i] * (double)a[i];
    }
  ops->scale (twice, a, 2.0f, 37);
  const void *rows[] = { a, twice, a };
  const float weights[] = { 1.0f, 0.5f, -0.5f };
  ops->combine (b, rows, weights, 3, 37);
  for (size_t i = 0; i < 37; i++)
    g_assert_cmpfloat ((double)b[i], ==, 1.5 * (double)a[i]);
  ops->combine (b, rows, weights, 0, 37);
  for (size_t i = 0; i < 37; i++)
    g_assert_cmpfloat ((double)b[i], ==, 0);
  g_assert_cmpfloat_with_epsilon (ops->sum_squares (a, 37), squares, 1e-9);
  g_assert_cmpfloat (ops->sum_squares (a, 0), ==, 0);
}

/* Round to nearest, ties to even; infinities and not-a-numbers stay what they are. */
static void
test_bfloat16_rounding (void)
{
  const MoeRowOps *ops = moe_row_ops (MOE_DTYPE_BFLOAT16);
  const struct
  {
    float in;
    uint16_t out;
  } cases[] = {
    { 0.0f, 0x0000 },        { -0.0f, 0x8000 },         { 1.0f, 0x3f80 },
    { 1.00390625f, 0x3f80 }, /* half way to 1.0078125: to even, down */
    { 1.01171875f, 0x3f82 }, /* half way above 1.0078125: to even, up */
    { 1.004f, 0x3f81 },      { 3.4e38f, 0x7f80 },       { INFINITY, 0x7f80 },
    { -INFINITY, 0xff80 },   { 3.3895314e38f, 0x7f7f },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint16_t out;
      ops->from_float (&out, &cases[i].in, 1);
      g_assert_cmphex (out, ==, cases[i].out);
    }
  float nan = NAN, back;
  uint16_t bits;
  ops->from_float (&bits, &nan, 1);
  ops->to_float (&back, &bits, 1);
  g_assert_true (isnan (back));
}

/* The bfloat16 kernels are the float32 ones on rounded inputs, with rounded results. */
static void
test_bfloat16_rows (void)
{
  enum
  {
    N = 300,
    HALF = N / 2
  };
  const MoeRowOps *wide = moe_row_ops (MOE_DTYPE_FLOAT32);
  const MoeRowOps *ops = moe_row_ops (MOE_DTYPE_BFLOAT16);
  float a[N], b[N], expected[N], got[N];
  MoeBf16 a16[N], b16[N], out16[N];
  for (size_t i = 0; i < N; i++)
    {
      a[i] = 4.0f * sinf ((float)i);
      b[i] = cosf (0.7f * (float)i);
    }
  ops->from_float (a16, a, N);
  ops->to_float (a, a16, N);
  ops->from_float (b16, b, N);
  ops->to_float (b, b16, N);

  const void *rows[] = { a, b }, *rows16[] = { a16, b16 };
  const float weights[] = { 0.3f, -1.7f };
  wide->combine (expected, rows, weights, 2, N);
  ops->combine (out16, rows16, weights, 2, N);
  ops->to_float (got, out16, N);
  for (size_t i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (got[i], expected[i], 0.004f * fabsf (expected[i]) + 1e-6f);

  wide->swiglu (expected, a, HALF);
  ops->swiglu (out16, a16, HALF);
  ops->to_float (got, out16, HALF);
  for (size_t i = 0; i < HALF; i++)
    g_assert_cmpfloat_with_epsilon (got[i], expected[i], 0.004f * fabsf (expected[i]) + 1e-6f);

  wide->swiglu_backward (a, b, HALF);
  ops->swiglu_backward (a16, b16, HALF);
  ops->to_float (got, a16, N);
  for (size_t i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (got[i], a[i], 0.004f * fabsf (a[i]) + 1e-6f);
  g_assert_cmpfloat_with_epsilon (ops->sum_squares (b16, N), wide->sum_squares (b, N), 1e-3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elementwise/swiglu", test_swiglu);
  g_test_add_func ("/elementwise/swiglu-backward", test_swiglu_backward);
  g_test_add_func ("/elementwise/rows", test_rows);
  g_test_add_func ("/elementwise/bfloat16/rounding", test_bfloat16_rounding);
  g_test_add_func ("/elementwise/bfloat16/rows", test_bfloat16_rows);
  return g_test_run ();
}

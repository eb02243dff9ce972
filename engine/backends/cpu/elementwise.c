/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/elementwise.h"

#include "engine/base/target.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* e^x in float32, relative error below 2e-7; Cephes' range reduction and polynomial, written
 * without branches so that loops over it vectorise. */
static inline __attribute__ ((always_inline)) float
exp_f32 (float x)
{
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float n = rintf (x * 1.44269504088896341f);
  float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  int32_t bits = ((int32_t)n + 127) << 23;
  float scale;
  memcpy (&scale, &bits, sizeof scale);
  return p * scale;
}

static inline __attribute__ ((always_inline)) float
sigmoid_f32 (float x)
{
  return 1.0f / (1.0f + exp_f32 (-x));
}

void
moe_row_copy (float *out, const float *in, size_t n)
{
  memcpy (out, in, n * sizeof *out);
}

MOE_TARGET_CLONES void
moe_row_scale (float *restrict out, const float *restrict in, float scale, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = scale * in[i];
}

MOE_TARGET_CLONES void
moe_row_add_scaled (float *restrict out, const float *restrict in, float scale, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] += scale * in[i];
}

MOE_TARGET_CLONES double
moe_row_sum_squares (const float *in, size_t n)
{
  double lanes[8] = { 0 };
  size_t whole = n - n % 8;
  for (size_t i = 0; i < whole; i += 8)
    for (size_t lane = 0; lane < 8; lane++)
      lanes[lane] += (double)in[i + lane] * (double)in[i + lane];
  double sum = 0;
  for (size_t lane = 0; lane < 8; lane++)
    sum += lanes[lane];
  for (size_t i = whole; i < n; i++)
    sum += (double)in[i] * (double)in[i];
  return sum;
}

MOE_TARGET_CLONES void
moe_row_swiglu (float *restrict act, const float *restrict h, size_t m)
{
  const float *gate = h, *up = h + m;
  for (size_t i = 0; i < m; i++)
    act[i] = gate[i] * sigmoid_f32 (gate[i]) * up[i];
}

MOE_TARGET_CLONES void
moe_row_swiglu_backward (float *restrict h, const float *restrict dact, size_t m)
{
  float *gate = h, *up = h + m;
  for (size_t i = 0; i < m; i++)
    {
      float g = gate[i];
      float s = sigmoid_f32 (g);
      float silu = g * s;
      gate[i] = dact[i] * up[i] * (s + silu * (1.0f - s));
      up[i] = dact[i] * silu;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* 1 / (1 + e^-x) in float32, written without branches so that loops over it vectorise. */
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Relative error below 2e-7 on [-87, 88], clamped outside; range reduction and polynomial of
 * Cephes' expf. */
static inline __attribute__ ((always_inline)) float
moe_exp (float x)
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
moe_sigmoid (float x)
{
  return 1.0f / (1.0f + moe_exp (-x));
}

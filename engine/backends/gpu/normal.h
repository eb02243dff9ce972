/* SPDX-License-Identifier: Apache-2.0 */
/* Normals of engine/moe/rng.c on a device: the same operations in the same order, each rounded by
 * itself, so that the same bits come out.  Files that include this must be compiled without
 * contraction to fused multiply-adds.  A test holds it against rng.c. */
#pragma once

#include "engine/backends/gpu/rows.h"

typedef struct MoeGpuBlock
{
  uint32_t word[4];
} MoeGpuBlock;

MOE_HD MoeGpuBlock
moe_gpu_philox (uint64_t seed, uint32_t stream, uint64_t block)
{
  uint32_t c0 = (uint32_t)block, c1 = (uint32_t)(block >> 32), c2 = stream, c3 = 0;
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < 10; round++)
    {
      uint64_t p0 = (uint64_t)0xd2511f53u * c0, p1 = (uint64_t)0xcd9e8d57u * c2;
      c0 = (uint32_t)(p1 >> 32) ^ c1 ^ key0;
      c1 = (uint32_t)p1;
      c2 = (uint32_t)(p0 >> 32) ^ c3 ^ key1;
      c3 = (uint32_t)p0;
      key0 += 0x9e3779b9u;
      key1 += 0xbb67ae85u;
    }
  MoeGpuBlock out = { { c0, c1, c2, c3 } };
  return out;
}

MOE_HD float
moe_gpu_float_of (uint32_t bits)
{
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

MOE_HD uint32_t
moe_gpu_bits_of (float value)
{
  uint32_t bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

MOE_HD float
moe_gpu_log (float x)
{
  int32_t bits = (int32_t)moe_gpu_bits_of (x), exponent = (bits - 0x3f3504f3) >> 23;
  float e = (float)exponent;
  float f = moe_gpu_float_of ((uint32_t)bits - ((uint32_t)exponent << 23)) - 1.0f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float f2 = f * f;
  float tail = f * f2 * p + e * -2.12194440e-4f - 0.5f * f2;
  return (f + tail) + e * 0.693359375f;
}

/* The one of the two normals of a pair of words that is wanted. */
MOE_HD float
moe_gpu_box_muller (uint32_t a, uint32_t b, float scale, int second)
{
  float u = (float)(int32_t)(a >> 1) * 0x1p-31f + 0x1p-32f;
  float radius = sqrtf (-2.0f * moe_gpu_log (u)) * scale;
  uint32_t quarter = b >> 30;
  float t = (float)(int32_t)(b << 2) * (0.785398163397448f * 0x1p-31f);
  float t2 = t * t;
  float sine = ((-1.9515295891e-4f * t2 + 8.3321608736e-3f) * t2 - 1.6666654611e-1f) * t2 * t + t;
  float cosine =
      ((2.443315711809948e-5f * t2 - 1.388731625493765e-3f) * t2 + 4.166664568298827e-2f) * t2 * t2
      - 0.5f * t2 + 1.0f;
  uint32_t swap = 0u - (quarter & 1u);
  uint32_t difference = (moe_gpu_bits_of (sine) ^ moe_gpu_bits_of (cosine)) & swap;
  uint32_t x = moe_gpu_bits_of (cosine) ^ difference ^ (((quarter + 1u) & 2u) << 30);
  uint32_t y = moe_gpu_bits_of (sine) ^ difference ^ ((quarter & 2u) << 30);
  return radius * moe_gpu_float_of (second ? y : x);
}

/* scale * N(0,1) number `index` of a stream. */
MOE_HD float
moe_gpu_normal (uint64_t seed, uint32_t stream, uint64_t index, float scale)
{
  MoeGpuBlock block = moe_gpu_philox (seed, stream, index / 4);
  int pair = (int)(index / 2 % 2);
  return moe_gpu_box_muller (block.word[2 * pair], block.word[2 * pair + 1], scale,
                             (int)(index % 2));
}

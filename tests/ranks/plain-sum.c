/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ranks/plain-sum.h"

#include <math.h>
#include <string.h>

static uint32_t
float_bits (float value)
{
  uint32_t bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

static float
bits_float (uint32_t bits)
{
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* The nearer of the two neighbours in bfloat16, by distance; the even one of two as near. */
static uint32_t
nearest_bf16 (float value)
{
  uint32_t below = float_bits (value) >> 16, above = below + 1;
  double under = fabs ((double)value - (double)bits_float (below << 16));
  double over = fabs ((double)bits_float (above << 16) - (double)value);
  if (under == over)
    return below % 2 == 0 ? below : above;
  return under < over ? below : above;
}

/* By turns a few multiples of a power of two, so that sums are often halfway between two bfloat16,
 * and 24 random bits at any of many powers, so that the order of the summands shows. */
static float
value_at (size_t shard, size_t index, size_t seed)
{
  uint64_t x = (index + 1) * 0x9e3779b97f4a7c15u + (shard + 1) * 0xbf58476d1ce4e5b9u + seed;
  x ^= x >> 29;
  x *= 0x94d049bb133111ebu;
  x ^= x >> 32;
  if (index % 2 == 1)
    return ldexpf ((float)(int)(x % (1 << 24)) - (float)(1 << 23), (int)(x >> 40) % 20 - 20);
  return ldexpf ((float)(int)(x % 511) - 255.0f, (int)(x >> 40) % 6 - 3);
}

uint32_t
plain_value (MoeDtype dtype, size_t shard, size_t index, size_t seed)
{
  float value = value_at (shard, index, seed);
  return dtype == MOE_DTYPE_FLOAT32 ? float_bits (value) : nearest_bf16 (value);
}

void
plain_fill (MoeDtype dtype, void *array, size_t n, size_t shard, size_t seed)
{
  for (size_t i = 0; i < n; i++)
    {
      uint32_t bits = plain_value (dtype, shard, i, seed);
      uint16_t half = (uint16_t)bits;
      if (dtype == MOE_DTYPE_FLOAT32)
        memcpy ((unsigned char *)array + i * sizeof bits, &bits, sizeof bits);
      else
        memcpy ((unsigned char *)array + i * sizeof half, &half, sizeof half);
    }
}

uint32_t
plain_sum (MoeDtype dtype, size_t shards, size_t index, size_t seed)
{
  float sum = 0;
  for (size_t s = 0; s < shards; s++)
    {
      uint32_t bits = plain_value (dtype, s, index, seed);
      float value = bits_float (dtype == MOE_DTYPE_FLOAT32 ? bits : bits << 16);
      sum = s == 0 ? value : sum + value;
    }
  return dtype == MOE_DTYPE_FLOAT32 ? float_bits (sum) : nearest_bf16 (sum);
}

uint32_t
plain_bits (MoeDtype dtype, const void *array, size_t index)
{
  uint32_t bits = 0;
  size_t bytes = moe_dtype_bytes (dtype);
  /* Little-endian or not, the two types read back as they were written. */
  uint16_t half;
  memcpy (dtype == MOE_DTYPE_FLOAT32 ? (void *)&bits : (void *)&half,
          (const unsigned char *)array + index * bytes, bytes);
  return dtype == MOE_DTYPE_FLOAT32 ? bits : half;
}

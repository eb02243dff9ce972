/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/rng.h"

#include <math.h>
#include <string.h>

#include "engine/base/size.h"
#include "engine/base/target.h"

/* Every float operation below is a single rounded IEEE operation: this file must be compiled
 * without contraction to FMA (see meson.build), or CPUs would disagree in the last bit. */
#ifdef __FAST_MATH__
#error "rng.c needs IEEE arithmetic"
#endif

enum
{
  BATCH_BLOCKS = 128, /* blocks made in one inner loop: the batch stays in the L1 cache */
  BLOCK_NUMBERS = 4
};

#define ALWAYS_INLINE static inline __attribute__ ((always_inline))

typedef struct Philox
{
  uint32_t c0, c1, c2, c3; /* counter */
} Philox;

ALWAYS_INLINE Philox
philox_round (Philox x, uint32_t key0, uint32_t key1)
{
  uint64_t p0 = (uint64_t)0xd2511f53u * x.c0;
  uint64_t p1 = (uint64_t)0xcd9e8d57u * x.c2;
  return (Philox){
    .c0 = (uint32_t)(p1 >> 32) ^ x.c1 ^ key0,
    .c1 = (uint32_t)p1,
    .c2 = (uint32_t)(p0 >> 32) ^ x.c3 ^ key1,
    .c3 = (uint32_t)p0,
  };
}

/* Written out round by round: a loop here would keep the loops over blocks from being
 * vectorised. */
ALWAYS_INLINE Philox
philox_10 (Philox x, uint32_t key0, uint32_t key1)
{
  const uint32_t step0 = 0x9e3779b9u, step1 = 0xbb67ae85u;
  x = philox_round (x, key0, key1);
  x = philox_round (x, key0 + 1 * step0, key1 + 1 * step1);
  x = philox_round (x, key0 + 2 * step0, key1 + 2 * step1);
  x = philox_round (x, key0 + 3 * step0, key1 + 3 * step1);
  x = philox_round (x, key0 + 4 * step0, key1 + 4 * step1);
  x = philox_round (x, key0 + 5 * step0, key1 + 5 * step1);
  x = philox_round (x, key0 + 6 * step0, key1 + 6 * step1);
  x = philox_round (x, key0 + 7 * step0, key1 + 7 * step1);
  x = philox_round (x, key0 + 8 * step0, key1 + 8 * step1);
  x = philox_round (x, key0 + 9 * step0, key1 + 9 * step1);
  return x;
}

void
moe_philox (const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
  Philox x = { counter[0], counter[1], counter[2], counter[3] };
  x = philox_10 (x, key[0], key[1]);
  out[0] = x.c0;
  out[1] = x.c1;
  out[2] = x.c2;
  out[3] = x.c3;
}

/* The block of four words at position `block` of a stream. */
ALWAYS_INLINE Philox
stream_block (uint64_t seed, uint32_t stream, uint64_t block)
{
  Philox x = { (uint32_t)block, (uint32_t)(block >> 32), stream, 0 };
  return philox_10 (x, (uint32_t)seed, (uint32_t)(seed >> 32));
}

ALWAYS_INLINE float
float_of_bits (uint32_t bits)
{
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

ALWAYS_INLINE uint32_t
bits_of_float (float value)
{
  uint32_t bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* Natural logarithm for 2^-126 <= x <= 1 (polynomial of Cephes' logf), exactly 0 at 1. */
ALWAYS_INLINE float
log_of (float x)
{
  const int32_t sqrt_half = 0x3f3504f3;
  int32_t bits = (int32_t)bits_of_float (x);
  int32_t exponent = (bits - sqrt_half) >> 23;
  float e = (float)exponent;
  /* 1 + f in [sqrt (1/2), sqrt (2)) */
  float f = float_of_bits ((uint32_t)bits - ((uint32_t)exponent << 23)) - 1.0f;
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

/* Two independent N(0,1) numbers from two words.  The first word gives u in [2^-32, 1], so the
 * radius is at most sqrt (64 ln 2) = 6.66 and never infinite; the top two bits of the second are a
 * quarter of the circle, the rest an angle within +-pi/4 of its middle. */
ALWAYS_INLINE void
box_muller (uint32_t a, uint32_t b, float scale, float *first, float *second)
{
  float u = (float)(int32_t)(a >> 1) * 0x1p-31f + 0x1p-32f;
  float radius = sqrtf (-2.0f * log_of (u)) * scale;

  uint32_t quarter = b >> 30;
  float t = (float)(int32_t)(b << 2) * (0.785398163397448f * 0x1p-31f);
  float t2 = t * t;
  float sine = ((-1.9515295891e-4f * t2 + 8.3321608736e-3f) * t2 - 1.6666654611e-1f) * t2 * t + t;
  float cosine =
      ((2.443315711809948e-5f * t2 - 1.388731625493765e-3f) * t2 + 4.166664568298827e-2f) * t2 * t2
      - 0.5f * t2 + 1.0f;

  uint32_t swap = 0u - (quarter & 1u);
  uint32_t difference = (bits_of_float (sine) ^ bits_of_float (cosine)) & swap;
  uint32_t x = bits_of_float (cosine) ^ difference ^ (((quarter + 1u) & 2u) << 30);
  uint32_t y = bits_of_float (sine) ^ difference ^ ((quarter & 2u) << 30);
  *first = radius * float_of_bits (x);
  *second = radius * float_of_bits (y);
}

/* out[4 n]: normals of blocks first .. first + n - 1. */
MOE_TARGET_CLONES static void
normal_blocks (uint64_t seed, uint32_t stream, uint64_t first, size_t n, float scale, float *out)
{
  for (size_t i = 0; i < n; i++)
    {
      Philox x = stream_block (seed, stream, first + i);
      box_muller (x.c0, x.c1, scale, &out[4 * i], &out[4 * i + 1]);
      box_muller (x.c2, x.c3, scale, &out[4 * i + 2], &out[4 * i + 3]);
    }
}

ALWAYS_INLINE float
uniform_of (uint32_t word)
{
  return (float)(int32_t)(word >> 8) * 0x1p-24f;
}

/* out[4 n]: uniforms of blocks first .. first + n - 1; `unused` gives it the same type as
 * normal_blocks (). */
MOE_TARGET_CLONES static void
uniform_blocks (uint64_t seed, uint32_t stream, uint64_t first, size_t n, float unused, float *out)
{
  (void)unused;
  for (size_t i = 0; i < n; i++)
    {
      Philox x = stream_block (seed, stream, first + i);
      out[4 * i] = uniform_of (x.c0);
      out[4 * i + 1] = uniform_of (x.c1);
      out[4 * i + 2] = uniform_of (x.c2);
      out[4 * i + 3] = uniform_of (x.c3);
    }
}

typedef void (*BlockMaker) (
    uint64_t seed, uint32_t stream, uint64_t first, size_t n, float scale, float *out);

/* Cuts a range of numbers into whole blocks, made in place, and the ragged ends. */
static void
make_range (BlockMaker make,
            uint64_t seed,
            uint32_t stream,
            uint64_t first,
            size_t count,
            float scale,
            float *out)
{
  float edge[BLOCK_NUMBERS];
  while (count > 0)
    {
      size_t skip = (size_t)(first % BLOCK_NUMBERS);
      size_t n;
      if (skip != 0 || count < BLOCK_NUMBERS)
        {
          n = moe_size_min (BLOCK_NUMBERS - skip, count);
          make (seed, stream, first / BLOCK_NUMBERS, 1, scale, edge);
          memcpy (out, edge + skip, n * sizeof *out);
        }
      else
        {
          size_t blocks = moe_size_min (count / BLOCK_NUMBERS, BATCH_BLOCKS);
          n = blocks * BLOCK_NUMBERS;
          make (seed, stream, first / BLOCK_NUMBERS, blocks, scale, out);
        }
      first += n;
      out += n;
      count -= n;
    }
}

void
moe_rng_normal (
    uint64_t seed, MoeStream stream, uint64_t first, size_t count, float scale, float *out)
{
  make_range (normal_blocks, seed, (uint32_t)stream, first, count, scale, out);
}

void
moe_rng_uniform (uint64_t seed, MoeStream stream, uint64_t first, size_t count, float *out)
{
  make_range (uniform_blocks, seed, (uint32_t)stream, first, count, 1.0f, out);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Packing for AVX2: panels of float32, see kernel.h; bfloat16 is widened on the way. */
#include "engine/backends/native/avx2.h"

#if defined(__x86_64__)

/* Eight elements as float32 bits. */
MOE_INLINE MOE_AVX2 __m256
load_8 (const char *source, const bool bf16)
{
  if (!bf16)
    return _mm256_loadu_ps ((const float *)(const void *)source);
  __m128i v = _mm_loadu_si128 ((const void *)source);
  return _mm256_castsi256_ps (_mm256_slli_epi32 (_mm256_cvtepu16_epi32 (v), 16));
}

MOE_INLINE uint32_t
load_1 (const char *source, const bool bf16)
{
  return bf16 ? (uint32_t) * (const uint16_t *)(const void *)source << 16
              : *(const uint32_t *)(const void *)source;
}

/* Turn 8 registers of 8 elements into their transpose. */
MOE_INLINE MOE_AVX2 void
transpose_8 (__m256 v[8])
{
  __m256 t[8];
  MOE_UNROLL
  for (int i = 0; i < 8; i += 2)
    {
      t[i] = _mm256_unpacklo_ps (v[i], v[i + 1]);
      t[i + 1] = _mm256_unpackhi_ps (v[i], v[i + 1]);
    }
  MOE_UNROLL
  for (int i = 0; i < 8; i += 4)
    {
      v[i] = _mm256_shuffle_ps (t[i], t[i + 2], 0x44);
      v[i + 1] = _mm256_shuffle_ps (t[i], t[i + 2], 0xee);
      v[i + 2] = _mm256_shuffle_ps (t[i + 1], t[i + 3], 0x44);
      v[i + 3] = _mm256_shuffle_ps (t[i + 1], t[i + 3], 0xee);
    }
  MOE_UNROLL
  for (int i = 0; i < 4; i++)
    {
      t[i] = _mm256_permute2f128_ps (v[i], v[i + 4], 0x20);
      t[i + 4] = _mm256_permute2f128_ps (v[i], v[i + 4], 0x31);
    }
  MOE_UNROLL
  for (int i = 0; i < 8; i++)
    v[i] = t[i];
}

/* Eight lanes of a panel from source[lanes][k]; lanes beyond the valid ones repeat the last. */
MOE_INLINE MOE_AVX2 void
pack_lanes (float *panel,
            size_t width,
            const char *source,
            size_t ld,
            size_t lanes,
            size_t k,
            const bool bf16)
{
  const size_t element = bf16 ? 2 : 4;
  const char *row[8];
  __m256 v[8];
  for (size_t i = 0; i < 8; i++)
    row[i] = source + (i < lanes ? i : lanes - 1) * ld * element;

  size_t p = 0;
  for (; p + 8 <= k; p += 8)
    {
      MOE_UNROLL
      for (int i = 0; i < 8; i++)
        v[i] = load_8 (row[i] + p * element, bf16);
      transpose_8 (v);
      MOE_UNROLL
      for (int i = 0; i < 8; i++)
        _mm256_storeu_ps (panel + (p + (size_t)i) * width, v[i]);
    }
  for (; p < k; p++)
    for (size_t i = 0; i < lanes; i++)
      ((uint32_t *)panel)[p * width + i] = load_1 (row[i] + p * element, bf16);
}

/* A width below 8 is written in ascending order of depth, so that what spills over a depth is
 * overwritten by the next. */
MOE_INLINE MOE_AVX2 void
pack_rows (float *panel,
           size_t width,
           const char *source,
           size_t ld,
           size_t lanes,
           size_t k,
           const bool bf16)
{
  for (size_t first = 0; first < lanes; first += 8)
    pack_lanes (panel + first, width, source + first * ld * (bf16 ? 2 : 4), ld,
                moe_native_min (lanes - first, 8), k, bf16);
}

MOE_INLINE MOE_AVX2 void
pack_columns (float *panel,
              size_t width,
              const char *source,
              size_t ld,
              size_t lanes,
              size_t k,
              const bool bf16)
{
  const size_t element = bf16 ? 2 : 4;
  for (size_t p = 0; p < k; p++, panel += width, source += ld * element)
    {
      size_t i = 0;
      for (; i + 8 <= lanes; i += 8)
        _mm256_storeu_ps (panel + i, load_8 (source + i * element, bf16));
      for (; i < lanes; i++)
        ((uint32_t *)panel)[i] = load_1 (source + i * element, bf16);
    }
}

MOE_AVX2 void
moe_avx2_pack_rows_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_rows ((float *)panel, width, source, ld, lanes, k, false);
}

MOE_AVX2 void
moe_avx2_pack_rows_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_rows ((float *)panel, width, source, ld, lanes, k, true);
}

MOE_AVX2 void
moe_avx2_pack_columns_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_columns ((float *)panel, width, source, ld, lanes, k, false);
}

MOE_AVX2 void
moe_avx2_pack_columns_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_columns ((float *)panel, width, source, ld, lanes, k, true);
}

MOE_AVX2 void
moe_avx2_zero (void *c, size_t bytes)
{
  char *at = c, *end = at + bytes;
  for (; at < end && (uintptr_t)at % 32 != 0; at += 2)
    *(uint16_t *)(void *)at = 0;
  for (; at + 32 <= end; at += 32)
    _mm256_stream_si256 ((void *)at, _mm256_setzero_si256 ());
  for (; at < end; at += 2)
    *(uint16_t *)(void *)at = 0;
}

MOE_AVX2 void
moe_avx2_fence (void)
{
  _mm_sfence ();
}
#endif

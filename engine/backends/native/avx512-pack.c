/* SPDX-License-Identifier: Apache-2.0 */
/* Packing for AVX-512: panels of 4-byte elements, see kernel.h. */
#include "engine/backends/native/avx512.h"

#if defined(__x86_64__)

/* Turn 16 registers of 16 elements into their transpose. */
MOE_INLINE MOE_AVX512 void
transpose_16 (__m512i v[16])
{
  __m512i t[16];
  MOE_UNROLL
  for (int i = 0; i < 16; i += 2)
    {
      t[i] = _mm512_unpacklo_epi32 (v[i], v[i + 1]);
      t[i + 1] = _mm512_unpackhi_epi32 (v[i], v[i + 1]);
    }
  MOE_UNROLL
  for (int i = 0; i < 16; i += 4)
    {
      v[i] = _mm512_unpacklo_epi64 (t[i], t[i + 2]);
      v[i + 1] = _mm512_unpackhi_epi64 (t[i], t[i + 2]);
      v[i + 2] = _mm512_unpacklo_epi64 (t[i + 1], t[i + 3]);
      v[i + 3] = _mm512_unpackhi_epi64 (t[i + 1], t[i + 3]);
    }
  MOE_UNROLL
  for (int i = 0; i < 4; i++)
    {
      t[i] = _mm512_shuffle_i32x4 (v[i], v[i + 4], 0x88);
      t[i + 4] = _mm512_shuffle_i32x4 (v[i], v[i + 4], 0xdd);
      t[i + 8] = _mm512_shuffle_i32x4 (v[i + 8], v[i + 12], 0x88);
      t[i + 12] = _mm512_shuffle_i32x4 (v[i + 8], v[i + 12], 0xdd);
    }
  MOE_UNROLL
  for (int i = 0; i < 8; i++)
    {
      v[i] = _mm512_shuffle_i32x4 (t[i], t[i + 8], 0x88);
      v[i + 8] = _mm512_shuffle_i32x4 (t[i], t[i + 8], 0xdd);
    }
}

/* 16 lanes of a panel from source[lanes][bytes] of row stride ld bytes.  Lanes beyond the valid ones
 * repeat the last: they cost nothing and are never used. */
MOE_INLINE MOE_AVX512 void
pack_lanes (
    uint32_t *panel, size_t width, const char *source, size_t ld, size_t lanes, size_t bytes)
{
  const char *row[16];
  __m512i v[16];
  for (size_t i = 0; i < 16; i++)
    row[i] = source + (i < lanes ? i : lanes - 1) * ld;

  size_t at = 0;
  for (; at + 64 <= bytes; at += 64)
    {
      MOE_UNROLL
      for (int i = 0; i < 16; i++)
        v[i] = _mm512_loadu_si512 (row[i] + at);
      transpose_16 (v);
      MOE_UNROLL
      for (int i = 0; i < 16; i++)
        _mm512_storeu_si512 (panel + (size_t)i * width, v[i]);
      panel += 16 * width;
    }
  if (at < bytes)
    {
      __mmask32 mask = moe_avx512_mask32 ((bytes - at) / 2);
      MOE_UNROLL
      for (int i = 0; i < 16; i++)
        v[i] = _mm512_maskz_loadu_epi16 (mask, row[i] + at);
      transpose_16 (v);
      size_t n = (bytes - at + 3) / 4;
      MOE_UNROLL
      for (int i = 0; i < 16; i++)
        if ((size_t)i < n)
          _mm512_storeu_si512 (panel + (size_t)i * width, v[i]);
    }
}

/* A width below 16 is written in ascending order of depth, so that what spills over a depth is
 * overwritten by the next. */
MOE_INLINE MOE_AVX512 void
pack_rows (
    uint32_t *panel, size_t width, const char *source, size_t ld, size_t lanes, size_t bytes)
{
  for (size_t first = 0; first < lanes; first += 16)
    pack_lanes (panel + first, width, source + first * ld, ld,
                moe_native_min (lanes - first, 16), bytes);
}

MOE_AVX512 void
moe_avx512_pack_rows_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_rows (panel, width, source, ld * 4, lanes, k * 4);
}

MOE_AVX512 void
moe_avx512_pack_rows_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_rows (panel, width, source, ld * 2, lanes, k * 2);
}

MOE_AVX512 void
moe_avx512_pack_columns_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  const float *row = source;
  __mmask16 low = moe_avx512_mask16 (lanes);
  __mmask16 high = moe_avx512_mask16 (lanes > 16 ? lanes - 16 : 0);
  for (size_t i = 0; i < k; i++, row += ld, panel += width)
    {
      _mm512_storeu_ps (panel, _mm512_maskz_loadu_ps (low, row));
      if (width > 16)
        _mm512_storeu_ps (panel + 16, _mm512_maskz_loadu_ps (high, row + 16));
    }
}

/* 16 pairs of one depth: the lanes of two rows side by side, low halves from the first. */
MOE_INLINE MOE_AVX512 __m512i
pairs (__mmask16 mask, const uint16_t *first, const uint16_t *second)
{
  __m512i a = _mm512_cvtepu16_epi32 (_mm256_maskz_loadu_epi16 (mask, first));
  __m512i b = _mm512_setzero_si512 ();
  if (second != NULL)
    b = _mm512_cvtepu16_epi32 (_mm256_maskz_loadu_epi16 (mask, second));
  return _mm512_or_si512 (a, _mm512_slli_epi32 (b, 16));
}

MOE_AVX512 void
moe_avx512_pack_columns_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  const uint16_t *row = source;
  __mmask16 low = moe_avx512_mask16 (lanes);
  __mmask16 high = moe_avx512_mask16 (lanes > 16 ? lanes - 16 : 0);
  for (size_t i = 0; i < k; i += 2, row += 2 * ld, panel += width)
    {
      const uint16_t *second = i + 1 < k ? row + ld : NULL;
      _mm512_storeu_si512 (panel, pairs (low, row, second));
      if (width > 16)
        _mm512_storeu_si512 (panel + 16,
                             pairs (high, row + 16, second != NULL ? second + 16 : NULL));
    }
}

MOE_AVX512 void
moe_avx512_zero (void *c, size_t bytes)
{
  char *at = c, *end = at + bytes;
  __m512i zero = _mm512_setzero_si512 ();
  for (; at < end && (uintptr_t)at % 64 != 0; at += 2)
    *(uint16_t *)(void *)at = 0;
  for (; at + 64 <= end; at += 64)
    _mm512_stream_si512 ((void *)at, zero);
  for (; at < end; at += 2)
    *(uint16_t *)(void *)at = 0;
}

MOE_AVX512 void
moe_avx512_fence (void)
{
  _mm_sfence ();
}
#endif

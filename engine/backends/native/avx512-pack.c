/* SPDX-License-Identifier: Apache-2.0 */
/* Packing for AVX-512: panels of 4-byte elements, see kernel.h. */
#include "engine/backends/native/avx512.h"

#if defined(__x86_64__)

/* Four 16-byte pieces side by side; loading into place spares shuffles, of which there is one a
 * cycle. */
MOE_INLINE MOE_AVX512 __m512
load_4 (const char *a, const char *b, const char *c, const char *d)
{
  __m512 v = _mm512_castps128_ps512 (_mm_loadu_ps ((const float *)(const void *)a));
  v = _mm512_mask_broadcast_f32x4 (v, 0x00f0, _mm_loadu_ps ((const float *)(const void *)b));
  v = _mm512_mask_broadcast_f32x4 (v, 0x0f00, _mm_loadu_ps ((const float *)(const void *)c));
  return _mm512_mask_broadcast_f32x4 (v, 0xf000, _mm_loadu_ps ((const float *)(const void *)d));
}

/* The first n of four depths of 16 lanes from 16 bytes of each row. */
MOE_INLINE MOE_AVX512 void
transpose_4 (float *panel, size_t width, const char *const row[16], size_t at, size_t n)
{
  __m512 v[4], t[4];
  MOE_UNROLL
  for (int i = 0; i < 4; i++)
    v[i] = load_4 (row[i] + at, row[4 + i] + at, row[8 + i] + at, row[12 + i] + at);
  t[0] = _mm512_unpacklo_ps (v[0], v[1]);
  t[1] = _mm512_unpackhi_ps (v[0], v[1]);
  t[2] = _mm512_unpacklo_ps (v[2], v[3]);
  t[3] = _mm512_unpackhi_ps (v[2], v[3]);
  _mm512_storeu_ps (panel, _mm512_shuffle_ps (t[0], t[2], 0x44));
  if (n > 1)
    _mm512_storeu_ps (panel + width, _mm512_shuffle_ps (t[0], t[2], 0xee));
  if (n > 2)
    _mm512_storeu_ps (panel + 2 * width, _mm512_shuffle_ps (t[1], t[3], 0x44));
  if (n > 3)
    _mm512_storeu_ps (panel + 3 * width, _mm512_shuffle_ps (t[1], t[3], 0xee));
}

/* 16 lanes of a panel from source[lanes][bytes] of row stride ld bytes.  Lanes beyond the valid
 * ones repeat the last: they cost nothing and are never used. */
MOE_INLINE MOE_AVX512 void
pack_lanes (
    uint32_t *panel, size_t width, const char *source, size_t ld, size_t lanes, size_t bytes)
{
  float *out = (float *)panel;
  const char *row[16];
  for (size_t i = 0; i < 16; i++)
    row[i] = source + (i < lanes ? i : lanes - 1) * ld;

  size_t at = 0;
  for (; at + 64 <= bytes; at += 64, out += 16 * width)
    {
      MOE_UNROLL
      for (size_t q = 0; q < 4; q++)
        transpose_4 (out + 4 * q * width, width, row, at + 16 * q, 4);
    }
  if (at < bytes)
    {
      char rest[16][64];
      __mmask32 mask = moe_avx512_mask32 ((bytes - at) / 2);
      for (size_t i = 0; i < 16; i++)
        {
          _mm512_storeu_si512 (rest[i], _mm512_maskz_loadu_epi16 (mask, row[i] + at));
          row[i] = rest[i];
        }
      size_t n = (bytes - at + 3) / 4;
      for (size_t q = 0; 4 * q < n; q++)
        transpose_4 (out + 4 * q * width, width, row, 16 * q, n - 4 * q);
    }
}

/* A width below 16 is written in ascending order of depth, so that what spills over a depth is
 * overwritten by the next. */
MOE_INLINE MOE_AVX512 void
pack_rows (uint32_t *panel, size_t width, const char *source, size_t ld, size_t lanes, size_t bytes)
{
  for (size_t first = 0; first < lanes; first += 16)
    pack_lanes (panel + first, width, source + first * ld, ld, moe_native_min (lanes - first, 16),
                bytes);
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

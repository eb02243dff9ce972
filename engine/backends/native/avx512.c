/* SPDX-License-Identifier: Apache-2.0 */
/* AVX-512: packing, and the tile C[rows,columns] = a[depth][14]^T b[depth][32], up to 14 x 32.
 *
 * The sums stay in 28 registers over the whole depth, float32.  A step of depth loads two registers
 * of b, broadcasts each lane of a to one register and does two multiply-adds with it: 16 loads
 * for 28 multiply-adds, below what two load ports deliver.  For bfloat16 a 4-byte element is a pair
 * along k and the multiply-add is the dot product of pairs. */
#include "engine/backends/native/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define MOE_AVX512 __attribute__ ((target ("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#define MOE_AVX512_BF16                                                                            \
  __attribute__ ((target ("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))

enum
{
  MOE_AVX512_MR = 14, /* 14 x 2 registers of sums, 2 of B, 1 of A */
  MOE_AVX512_NR = 32,
  MOE_AVX512_DOT_ROWS = 9, /* 9 x 3 or 6 x 4 registers of sums, 3 or 4 of B, 1 of A */
  MOE_AVX512_DOT_COLUMNS = 4,
};

/* The first n of 16 or 32 lanes. */
MOE_INLINE __mmask16
mask16 (size_t n)
{
  return (__mmask16)(n >= 16 ? 0xffffu : (1u << n) - 1);
}

MOE_INLINE __mmask32
mask32 (size_t n)
{
  return (__mmask32)(n >= 32 ? 0xffffffffu : (1u << n) - 1);
}

/* --- packing: panels of 4-byte elements, see kernel.h --- */

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
      __mmask32 mask = mask32 ((bytes - at) / 2);
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
    pack_lanes (panel + first, width, source + first * ld, ld, moe_size_min (lanes - first, 16),
                bytes);
}

MOE_AVX512 static void
pack_rows_f32 (uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_rows (panel, width, source, ld * 4, lanes, k * 4);
}

MOE_AVX512 static void
pack_rows_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_rows (panel, width, source, ld * 2, lanes, k * 2);
}

MOE_AVX512 static void
pack_columns_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  const float *row = source;
  __mmask16 low = mask16 (lanes);
  __mmask16 high = mask16 (lanes > 16 ? lanes - 16 : 0);
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

MOE_AVX512 static void
pack_columns_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  const uint16_t *row = source;
  __mmask16 low = mask16 (lanes);
  __mmask16 high = mask16 (lanes > 16 ? lanes - 16 : 0);
  for (size_t i = 0; i < k; i += 2, row += 2 * ld, panel += width)
    {
      const uint16_t *second = i + 1 < k ? row + ld : NULL;
      _mm512_storeu_si512 (panel, pairs (low, row, second));
      if (width > 16)
        _mm512_storeu_si512 (panel + 16,
                             pairs (high, row + 16, second != NULL ? second + 16 : NULL));
    }
}

MOE_AVX512 static void
zero (void *c, size_t bytes)
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

MOE_AVX512 static void
fence (void)
{
  _mm_sfence ();
}

/* --- the tile --- */

/* One piece of work for the next panels; registers of B are free between steps of depth. */
MOE_INLINE MOE_AVX512 void
prefetch_piece (MoeNativeAhead *ahead)
{
  _mm_prefetch (ahead->source, _MM_HINT_T1);
  _mm_prefetch (ahead->source + 64, _MM_HINT_T1);
  ahead->source += ahead->stride;
  if (++ahead->piece == ahead->pieces)
    {
      ahead->piece = 0;
      ahead->corner += ahead->step;
      ahead->source = ahead->corner;
    }
}

/* The pairs of 16 lanes of two rows along k: the first 16 of 32 or the others. */
MOE_INLINE MOE_AVX512 __m512i
interleave (__m512i first, __m512i second, const bool high)
{
  __m512i a = _mm512_cvtepu16_epi32 (high ? _mm512_extracti64x4_epi64 (first, 1)
                                          : _mm512_castsi512_si256 (first));
  __m512i b = _mm512_cvtepu16_epi32 (high ? _mm512_extracti64x4_epi64 (second, 1)
                                          : _mm512_castsi512_si256 (second));
  return _mm512_or_si512 (a, _mm512_slli_epi32 (b, 16));
}

MOE_INLINE MOE_AVX512 void
copy_piece (MoeNativeAhead *ahead, const bool bf16)
{
  const char *source = ahead->source;
  uint32_t *panel = ahead->panel + ahead->piece * ahead->panel_size;
  if (bf16)
    {
      __m512i a = _mm512_loadu_si512 (source);
      __m512i b = _mm512_loadu_si512 (source + ahead->second);
      _mm_prefetch (source + ahead->distance, _MM_HINT_T1);
      _mm_prefetch (source + ahead->second + ahead->distance, _MM_HINT_T1);
      __m512i low = interleave (a, b, false), high = interleave (a, b, true);
      _mm512_storeu_si512 (panel, low);
      _mm512_storeu_si512 (panel + 16, high);
    }
  else
    {
      __m512 low = _mm512_loadu_ps (source), high = _mm512_loadu_ps (source + 64);
      _mm_prefetch (source + ahead->distance, _MM_HINT_T1);
      _mm_prefetch (source + ahead->distance + 64, _MM_HINT_T1);
      _mm512_storeu_ps (panel, low);
      _mm512_storeu_ps (panel + 16, high);
    }
  ahead->source += bf16 ? 64 : 128;
  if (++ahead->piece == ahead->pieces)
    {
      ahead->piece = 0;
      ahead->corner += ahead->stride;
      ahead->source = ahead->corner;
      ahead->panel += MOE_AVX512_NR;
    }
}

/* Do a piece if there is one left, and return the depth up to which to go on without. */
MOE_INLINE MOE_AVX512 size_t
next_stop (const MoeNativeTile *t, size_t depth, const bool bf16)
{
  MoeNativeAhead *ahead = t->ahead;
  if (ahead == NULL || ahead->left == 0)
    return t->depth;
  if (ahead->kind == MOE_NATIVE_AHEAD_COPY)
    copy_piece (ahead, bf16);
  else
    prefetch_piece (ahead);
  ahead->left--;
  return moe_size_min (t->depth, depth + ahead->every);
}

MOE_INLINE MOE_AVX512 void
store_f32 (const MoeNativeTile *t, size_t row, __m512 low, __m512 high, bool stream)
{
  float *c = (float *)t->c + row * t->ldc;
  if (stream)
    {
      _mm512_stream_ps (c, low);
      _mm512_stream_ps (c + 16, high);
    }
  else if (t->columns == MOE_AVX512_NR)
    {
      _mm512_storeu_ps (c, low);
      _mm512_storeu_ps (c + 16, high);
    }
  else
    {
      _mm512_mask_storeu_ps (c, mask16 (t->columns), low);
      if (t->columns > 16)
        _mm512_mask_storeu_ps (c + 16, mask16 (t->columns - 16), high);
    }
}

MOE_INLINE MOE_AVX512_BF16 void
store_bf16 (const MoeNativeTile *t, size_t row, __m512 low, __m512 high, bool stream)
{
  uint16_t *c = (uint16_t *)t->c + row * t->ldc;
  __m512i v = (__m512i)_mm512_cvtne2ps_pbh (high, low);
  if (stream)
    _mm512_stream_si512 ((void *)c, v);
  else
    _mm512_mask_storeu_epi16 (c, mask32 (t->columns), v);
}

/* Streaming wants whole lines: full width, and every row on a line of its own. */
MOE_INLINE bool
can_stream (const MoeNativeTile *t, size_t element)
{
  return t->store == MOE_NATIVE_STORE_STREAM && t->columns == MOE_AVX512_NR
         && (uintptr_t)t->c % 64 == 0 && t->ldc * element % 64 == 0;
}

MOE_INLINE MOE_AVX512 void
add_sums (const MoeNativeTile *t, size_t row, __m512 *low, __m512 *high)
{
  const float *sums = t->sums + row * t->ld_sums;
  size_t more = t->columns > 16 ? t->columns - 16 : 0;
  *low = _mm512_add_ps (*low, _mm512_maskz_loadu_ps (mask16 (t->columns), sums));
  *high = _mm512_add_ps (*high, _mm512_maskz_loadu_ps (mask16 (more), sums + 16));
}

MOE_INLINE MOE_AVX512 void
prefetch_sums (const MoeNativeTile *t, const int rows)
{
  for (int i = 0; i < rows; i++)
    {
      _mm_prefetch (t->sums + (size_t)i * t->ld_sums, _MM_HINT_T0);
      _mm_prefetch (t->sums + (size_t)i * t->ld_sums + 16, _MM_HINT_T0);
    }
}

MOE_INLINE MOE_AVX512 void
tile_f32 (const MoeNativeTile *t, const int rows, const bool direct)
{
  __m512 low[MOE_AVX512_MR], high[MOE_AVX512_MR];
  const size_t stride = direct ? t->b_stride : MOE_AVX512_NR * sizeof (float);
  const float *a = (const float *)t->a;
  const char *b = t->b;
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    low[i] = high[i] = _mm512_setzero_ps ();
  if (t->sums != NULL)
    prefetch_sums (t, rows);

  for (size_t p = 0; p < t->depth;)
    for (size_t stop = next_stop (t, p, false); p < stop; p++)
      {
        __m512 b0 = _mm512_loadu_ps (b), b1 = _mm512_loadu_ps (b + 64);
        MOE_UNROLL
        for (int i = 0; i < rows; i++)
          {
            __m512 x = _mm512_set1_ps (a[i]);
            low[i] = _mm512_fmadd_ps (x, b0, low[i]);
            high[i] = _mm512_fmadd_ps (x, b1, high[i]);
          }
        a += MOE_AVX512_MR;
        b += stride;
      }

  bool stream = can_stream (t, sizeof (float));
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      if (t->sums != NULL)
        add_sums (t, (size_t)i, &low[i], &high[i]);
      store_f32 (t, (size_t)i, low[i], high[i], stream);
    }
}

MOE_INLINE MOE_AVX512_BF16 void
tile_bf16 (const MoeNativeTile *t, const int rows, const bool direct)
{
  __m512 low[MOE_AVX512_MR], high[MOE_AVX512_MR];
  const size_t stride = direct ? 2 * t->b_stride : MOE_AVX512_NR * sizeof (uint32_t);
  const uint32_t *a = t->a;
  const char *b = t->b;
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    low[i] = high[i] = _mm512_setzero_ps ();
  if (t->sums != NULL)
    prefetch_sums (t, rows);

  for (size_t p = 0; p < t->depth;)
    for (size_t stop = next_stop (t, p, true); p < stop; p++)
      {
        __m512i first = _mm512_loadu_si512 (b);
        __m512i second = _mm512_loadu_si512 (b + (direct ? t->b_stride : 64));
        __m512bh b0 = (__m512bh)(direct ? interleave (first, second, false) : first);
        __m512bh b1 = (__m512bh)(direct ? interleave (first, second, true) : second);
        MOE_UNROLL
        for (int i = 0; i < rows; i++)
          {
            __m512bh x = (__m512bh)_mm512_set1_epi32 ((int)a[i]);
            low[i] = _mm512_dpbf16_ps (low[i], x, b0);
            high[i] = _mm512_dpbf16_ps (high[i], x, b1);
          }
        a += MOE_AVX512_MR;
        b += stride;
      }

  bool stream = can_stream (t, sizeof (uint16_t));
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      if (t->sums != NULL)
        add_sums (t, (size_t)i, &low[i], &high[i]);
      if (t->store == MOE_NATIVE_STORE_SUMS)
        store_f32 (t, (size_t)i, low[i], high[i], false);
      else
        store_bf16 (t, (size_t)i, low[i], high[i], stream);
    }
}

/* One body for each number of rows, so that the sums of all of them live in registers. */
MOE_INLINE MOE_AVX512 void
any_f32 (const MoeNativeTile *t, const bool direct)
{
  switch (t->rows)
    {
    case 1:
      tile_f32 (t, 1, direct);
      break;
    case 2:
      tile_f32 (t, 2, direct);
      break;
    case 3:
      tile_f32 (t, 3, direct);
      break;
    case 4:
      tile_f32 (t, 4, direct);
      break;
    case 5:
      tile_f32 (t, 5, direct);
      break;
    case 6:
      tile_f32 (t, 6, direct);
      break;
    case 7:
      tile_f32 (t, 7, direct);
      break;
    case 8:
      tile_f32 (t, 8, direct);
      break;
    case 9:
      tile_f32 (t, 9, direct);
      break;
    case 10:
      tile_f32 (t, 10, direct);
      break;
    case 11:
      tile_f32 (t, 11, direct);
      break;
    case 12:
      tile_f32 (t, 12, direct);
      break;
    case 13:
      tile_f32 (t, 13, direct);
      break;
    default:
      tile_f32 (t, 14, direct);
      break;
    }
}

MOE_INLINE MOE_AVX512_BF16 void
any_bf16 (const MoeNativeTile *t, const bool direct)
{
  switch (t->rows)
    {
    case 1:
      tile_bf16 (t, 1, direct);
      break;
    case 2:
      tile_bf16 (t, 2, direct);
      break;
    case 3:
      tile_bf16 (t, 3, direct);
      break;
    case 4:
      tile_bf16 (t, 4, direct);
      break;
    case 5:
      tile_bf16 (t, 5, direct);
      break;
    case 6:
      tile_bf16 (t, 6, direct);
      break;
    case 7:
      tile_bf16 (t, 7, direct);
      break;
    case 8:
      tile_bf16 (t, 8, direct);
      break;
    case 9:
      tile_bf16 (t, 9, direct);
      break;
    case 10:
      tile_bf16 (t, 10, direct);
      break;
    case 11:
      tile_bf16 (t, 11, direct);
      break;
    case 12:
      tile_bf16 (t, 12, direct);
      break;
    case 13:
      tile_bf16 (t, 13, direct);
      break;
    default:
      tile_bf16 (t, 14, direct);
      break;
    }
}

MOE_AVX512 static void
packed_f32 (const MoeNativeTile *t)
{
  any_f32 (t, false);
}

MOE_AVX512 static void
direct_f32 (const MoeNativeTile *t)
{
  any_f32 (t, true);
}

MOE_AVX512_BF16 static void
packed_bf16 (const MoeNativeTile *t)
{
  any_bf16 (t, false);
}

MOE_AVX512_BF16 static void
direct_bf16 (const MoeNativeTile *t)
{
  any_bf16 (t, true);
}

/* --- dot products along k, nothing packed --- */

/* The sums of the 16 lanes of each of four registers, side by side. */
MOE_INLINE MOE_AVX512 __m128
sum_lanes (const __m512 v[4])
{
  __m256 half[4];
  MOE_UNROLL
  for (int i = 0; i < 4; i++)
    half[i] = _mm256_add_ps (_mm512_castps512_ps256 (v[i]), _mm512_extractf32x8_ps (v[i], 1));
  __m256 all =
      _mm256_hadd_ps (_mm256_hadd_ps (half[0], half[1]), _mm256_hadd_ps (half[2], half[3]));
  return _mm_add_ps (_mm256_castps256_ps128 (all), _mm256_extractf128_ps (all, 1));
}

/* Rows of B come into the second level cache a group of rows ahead; of that the processor sees as
 * many streams as there are rows, and with several of A besides needs help to follow them to the
 * first. */
MOE_INLINE MOE_AVX512 void
prefetch_dots (const char *b, size_t ahead, const int rows)
{
  _mm_prefetch (b + ahead, _MM_HINT_T1);
  if (rows > 2)
    _mm_prefetch (b + 256, _MM_HINT_T0);
}

/* 16 elements of k of every row, or the first n of them. */
MOE_INLINE MOE_AVX512 void
dot_step_f32 (const MoeNativeDots *d,
              __m512 (*sums)[4],
              size_t k,
              size_t n,
              const int rows,
              const int columns)
{
  const float *a = (const float *)d->a + k, *b = (const float *)d->b + k;
  __m512 y[4];
  MOE_UNROLL
  for (int c = 0; c < columns; c++, b += d->ldb)
    {
      y[c] = n < 16 ? _mm512_maskz_loadu_ps (mask16 (n), b) : _mm512_loadu_ps (b);
      prefetch_dots ((const char *)b, d->ahead, rows);
    }
  MOE_UNROLL
  for (int i = 0; i < rows; i++, a += d->lda)
    {
      __m512 x = n < 16 ? _mm512_maskz_loadu_ps (mask16 (n), a) : _mm512_loadu_ps (a);
      MOE_UNROLL
      for (int c = 0; c < columns; c++)
        sums[i][c] = _mm512_fmadd_ps (x, y[c], sums[i][c]);
    }
}

/* The same with 32. */
MOE_INLINE MOE_AVX512_BF16 void
dot_step_bf16 (const MoeNativeDots *d,
               __m512 (*sums)[4],
               size_t k,
               size_t n,
               const int rows,
               const int columns)
{
  const uint16_t *a = (const uint16_t *)d->a + k, *b = (const uint16_t *)d->b + k;
  __m512bh y[4];
  MOE_UNROLL
  for (int c = 0; c < columns; c++, b += d->ldb)
    {
      y[c] = (__m512bh)(n < 32 ? _mm512_maskz_loadu_epi16 (mask32 (n), b) : _mm512_loadu_si512 (b));
      prefetch_dots ((const char *)b, d->ahead, rows);
    }
  MOE_UNROLL
  for (int i = 0; i < rows; i++, a += d->lda)
    {
      MOE_HERE (); /* GCC would load all rows first, which no registers are left for */
      __m512bh x =
          (__m512bh)(n < 32 ? _mm512_maskz_loadu_epi16 (mask32 (n), a) : _mm512_loadu_si512 (a));
      MOE_UNROLL
      for (int c = 0; c < columns; c++)
        sums[i][c] = _mm512_dpbf16_ps (sums[i][c], x, y[c]);
    }
}

MOE_INLINE MOE_AVX512 void
clear_dots (__m512 (*sums)[4], const int rows)
{
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      MOE_UNROLL
      for (int c = 0; c < 4; c++)
        sums[i][c] = _mm512_setzero_ps ();
    }
}

MOE_INLINE MOE_AVX512 void
dots_of_f32 (const MoeNativeDots *d, const int rows, const int columns)
{
  __m512 sums[MOE_AVX512_DOT_ROWS][MOE_AVX512_DOT_COLUMNS];
  size_t k = 0;
  clear_dots (sums, rows);
  for (; k + 16 <= d->k; k += 16)
    dot_step_f32 (d, sums, k, 16, rows, columns);
  if (k < d->k)
    dot_step_f32 (d, sums, k, d->k - k, rows, columns);
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    _mm_mask_storeu_ps ((float *)d->c + (size_t)i * d->ldc, (__mmask8)((1 << columns) - 1),
                        sum_lanes (sums[i]));
}

MOE_INLINE MOE_AVX512_BF16 void
dots_of_bf16 (const MoeNativeDots *d, const int rows, const int columns)
{
  __m512 sums[MOE_AVX512_DOT_ROWS][MOE_AVX512_DOT_COLUMNS];
  size_t k = 0;
  clear_dots (sums, rows);
  for (; k + 32 <= d->k; k += 32)
    dot_step_bf16 (d, sums, k, 32, rows, columns);
  if (k < d->k)
    dot_step_bf16 (d, sums, k, d->k - k, rows, columns);
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    _mm_mask_storeu_epi16 ((uint16_t *)d->c + (size_t)i * d->ldc, (__mmask8)((1 << columns) - 1),
                           (__m128i)_mm_cvtneps_pbh (sum_lanes (sums[i])));
}

/* As many rows of B at once as registers hold the sums of. */
static size_t
dot_columns (size_t rows)
{
  return rows <= 6 ? 4 : 3;
}

MOE_AVX512 static void
dots_f32 (const MoeNativeDots *d)
{
  switch (d->rows)
    {
    case 1:
      d->columns == 1 ? dots_of_f32 (d, 1, 1) : dots_of_f32 (d, 1, 4);
      break;
    case 2:
      d->columns == 1 ? dots_of_f32 (d, 2, 1) : dots_of_f32 (d, 2, 4);
      break;
    case 3:
      d->columns == 1 ? dots_of_f32 (d, 3, 1) : dots_of_f32 (d, 3, 4);
      break;
    case 4:
      d->columns == 1 ? dots_of_f32 (d, 4, 1) : dots_of_f32 (d, 4, 4);
      break;
    case 5:
      d->columns == 1 ? dots_of_f32 (d, 5, 1) : dots_of_f32 (d, 5, 4);
      break;
    case 6:
      d->columns == 1 ? dots_of_f32 (d, 6, 1) : dots_of_f32 (d, 6, 4);
      break;
    case 7:
      d->columns == 1 ? dots_of_f32 (d, 7, 1) : dots_of_f32 (d, 7, 3);
      break;
    case 8:
      d->columns == 1 ? dots_of_f32 (d, 8, 1) : dots_of_f32 (d, 8, 3);
      break;
    default:
      d->columns == 1 ? dots_of_f32 (d, 9, 1) : dots_of_f32 (d, 9, 3);
      break;
    }
}

MOE_AVX512_BF16 static void
dots_bf16 (const MoeNativeDots *d)
{
  switch (d->rows)
    {
    case 1:
      d->columns == 1 ? dots_of_bf16 (d, 1, 1) : dots_of_bf16 (d, 1, 4);
      break;
    case 2:
      d->columns == 1 ? dots_of_bf16 (d, 2, 1) : dots_of_bf16 (d, 2, 4);
      break;
    case 3:
      d->columns == 1 ? dots_of_bf16 (d, 3, 1) : dots_of_bf16 (d, 3, 4);
      break;
    case 4:
      d->columns == 1 ? dots_of_bf16 (d, 4, 1) : dots_of_bf16 (d, 4, 4);
      break;
    case 5:
      d->columns == 1 ? dots_of_bf16 (d, 5, 1) : dots_of_bf16 (d, 5, 4);
      break;
    case 6:
      d->columns == 1 ? dots_of_bf16 (d, 6, 1) : dots_of_bf16 (d, 6, 4);
      break;
    case 7:
      d->columns == 1 ? dots_of_bf16 (d, 7, 1) : dots_of_bf16 (d, 7, 3);
      break;
    case 8:
      d->columns == 1 ? dots_of_bf16 (d, 8, 1) : dots_of_bf16 (d, 8, 3);
      break;
    default:
      d->columns == 1 ? dots_of_bf16 (d, 9, 1) : dots_of_bf16 (d, 9, 3);
      break;
    }
}

const MoeNativeOps moe_native_avx512_f32 = {
  .kernels = MOE_NATIVE_KERNELS (MOE_DTYPE_FLOAT32),
  .mr = MOE_AVX512_MR,
  .nr = MOE_AVX512_NR,
  .pair = 1,
  .pack_rows = pack_rows_f32,
  .pack_columns = pack_columns_f32,
  .tile = packed_f32,
  .tile_direct = direct_f32,
  .direct_rows = 2 * MOE_AVX512_MR,
  .direct_rows_aliased = 2 * MOE_AVX512_MR,
  .packed_from = 5,
  .dots = dots_f32,
  .dot_rows = MOE_AVX512_DOT_ROWS,
  .dot_columns = dot_columns,
  .copies_ahead = true,
  .zero = zero,
  .fence = fence,
};

const MoeNativeOps moe_native_avx512_bf16 = {
  .kernels = MOE_NATIVE_KERNELS (MOE_DTYPE_BFLOAT16),
  .mr = MOE_AVX512_MR,
  .nr = MOE_AVX512_NR,
  .pair = 2,
  .pack_rows = pack_rows_bf16,
  .pack_columns = pack_columns_bf16,
  .tile = packed_bf16,
  .tile_direct = direct_bf16,
  .direct_rows = 2 * MOE_AVX512_MR,
  .direct_rows_aliased = 2 * MOE_AVX512_MR,
  .packed_from = 5,
  .dots = dots_bf16,
  .dot_rows = MOE_AVX512_DOT_ROWS,
  .dot_columns = dot_columns,
  .copies_ahead = true,
  .zero = zero,
  .fence = fence,
};
#endif

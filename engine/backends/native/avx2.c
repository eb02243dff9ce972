/* SPDX-License-Identifier: Apache-2.0 */
/* AVX2: packing, and the tile C[rows,columns] = a[depth][6]^T b[depth][16], up to 6 x 16.
 *
 * The sums stay in 12 registers over the whole depth, float32.  Panels hold float32 for both
 * dtypes; bfloat16 is rounded on the way out. */
#include "engine/backends/native/kernel.h"
#include "engine/base/bfloat16.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define MOE_AVX2 __attribute__ ((target ("avx2,fma")))

enum
{
  MOE_AVX2_MR = 6, /* 6 x 2 registers of sums, 2 of B, 1 of A */
  MOE_AVX2_NR = 16,
  MOE_AVX2_NEAR = 256, /* bytes of B from the second level cache into the first */
};

/* --- packing: panels of float32; bfloat16 is widened on the way --- */

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
                moe_size_min (lanes - first, 8), k, bf16);
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

MOE_AVX2 static void
pack_rows_f32 (uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_rows ((float *)panel, width, source, ld, lanes, k, false);
}

MOE_AVX2 static void
pack_rows_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_rows ((float *)panel, width, source, ld, lanes, k, true);
}

MOE_AVX2 static void
pack_columns_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_columns ((float *)panel, width, source, ld, lanes, k, false);
}

MOE_AVX2 static void
pack_columns_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  pack_columns ((float *)panel, width, source, ld, lanes, k, true);
}

MOE_AVX2 static void
zero (void *c, size_t bytes)
{
  char *at = c, *end = at + bytes;
  for (; at < end && (uintptr_t)at % 32 != 0; at += 2)
    *(uint16_t *)(void *)at = 0;
  for (; at + 32 <= end; at += 32)
    _mm256_stream_si256 ((void *)at, _mm256_setzero_si256 ());
  for (; at < end; at += 2)
    *(uint16_t *)(void *)at = 0;
}

MOE_AVX2 static void
fence (void)
{
  _mm_sfence ();
}

/* --- the tile --- */

/* 128 bytes of the next panels into the second level cache; see MoeNativeAhead. */
MOE_INLINE MOE_AVX2 size_t
next_stop (const MoeNativeTile *t, size_t depth)
{
  MoeNativeAhead *ahead = t->ahead;
  if (ahead == NULL || ahead->left == 0)
    return t->depth;
  _mm_prefetch (ahead->source, _MM_HINT_T1);
  _mm_prefetch (ahead->source + 64, _MM_HINT_T1);
  ahead->source += ahead->stride;
  if (++ahead->piece == ahead->pieces)
    {
      ahead->piece = 0;
      ahead->corner += ahead->step;
      ahead->source = ahead->corner;
    }
  ahead->left--;
  return moe_size_min (t->depth, depth + ahead->every);
}

/* Eight sums as bfloat16: to nearest, ties to even; a NaN stays one. */
MOE_INLINE MOE_AVX2 __m128i
round_8 (__m256 v)
{
  __m256i bits = _mm256_castps_si256 (v);
  __m256i odd = _mm256_and_si256 (_mm256_srli_epi32 (bits, 16), _mm256_set1_epi32 (1));
  __m256i rounded = _mm256_add_epi32 (bits, _mm256_add_epi32 (odd, _mm256_set1_epi32 (0x7fff)));
  __m256i quiet = _mm256_or_si256 (bits, _mm256_set1_epi32 (0x400000));
  __m256i is_nan = _mm256_castps_si256 (_mm256_cmp_ps (v, v, _CMP_UNORD_Q));
  __m256i high = _mm256_srli_epi32 (_mm256_blendv_epi8 (rounded, quiet, is_nan), 16);
  return _mm_packus_epi32 (_mm256_castsi256_si128 (high), _mm256_extracti128_si256 (high, 1));
}

MOE_INLINE MOE_AVX2 void
store_f32 (float *c, __m256 low, __m256 high, bool stream)
{
  if (stream)
    {
      _mm256_stream_ps (c, low);
      _mm256_stream_ps (c + 8, high);
    }
  else
    {
      _mm256_storeu_ps (c, low);
      _mm256_storeu_ps (c + 8, high);
    }
}

/* Half a line, so that streaming it alone would have memory written in two pieces. */
MOE_INLINE MOE_AVX2 void
store_bf16 (const MoeNativeTile *t, size_t row, __m256 low, __m256 high, bool stream)
{
  uint16_t *c = (uint16_t *)t->c + row * t->ldc;
  __m256i v = _mm256_set_m128i (round_8 (high), round_8 (low));
  if (stream && t->left != NULL)
    {
      const uint16_t *left = (const uint16_t *)t->left + row * MOE_AVX2_NR;
      _mm256_stream_si256 ((void *)(c - MOE_AVX2_NR), _mm256_loadu_si256 ((const void *)left));
      _mm256_stream_si256 ((void *)c, v);
    }
  else if (stream)
    _mm256_stream_si256 ((void *)c, v);
  else
    _mm256_storeu_si256 ((void *)c, v);
}

/* A tile that ends inside its columns: sums[rows][nr] to their places, one by one. */
static void
store_part (const MoeNativeTile *t, const float *sums, bool to_bf16)
{
  for (size_t i = 0; i < t->rows; i++)
    for (size_t j = 0; j < t->columns; j++)
      {
        float sum = sums[i * MOE_AVX2_NR + j];
        if (t->sums != NULL)
          sum += t->sums[i * t->ld_sums + j];
        if (to_bf16)
          ((uint16_t *)t->c)[i * t->ldc + j] = moe_bf16_from_float (sum);
        else
          ((float *)t->c)[i * t->ldc + j] = sum;
      }
}

MOE_INLINE MOE_AVX2 void
store_rows (const MoeNativeTile *t,
            const __m256 low[MOE_AVX2_MR],
            const __m256 high[MOE_AVX2_MR],
            const int rows,
            const bool to_bf16,
            const bool stream)
{
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    if (to_bf16)
      store_bf16 (t, (size_t)i, low[i], high[i], stream);
    else
      store_f32 ((float *)t->c + (size_t)i * t->ldc, low[i], high[i], stream);
}

/* Streaming wants every row aligned. */
MOE_INLINE bool
can_stream (const MoeNativeTile *t, size_t element)
{
  return t->store == MOE_NATIVE_STORE_STREAM && (uintptr_t)t->c % 32 == 0
         && t->ldc * element % 32 == 0;
}

/* One step of depth. */
MOE_INLINE MOE_AVX2 void
multiply (__m256 low[MOE_AVX2_MR],
          __m256 high[MOE_AVX2_MR],
          const float *a,
          const char *b,
          const int rows,
          const bool widen)
{
  __m256 b0 = load_8 (b, widen), b1 = load_8 (b + (widen ? 16 : 32), widen);
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      __m256 x = _mm256_broadcast_ss (a + i);
      low[i] = _mm256_fmadd_ps (x, b0, low[i]);
      high[i] = _mm256_fmadd_ps (x, b1, high[i]);
    }
}

/* Where sums are taken up and laid down, so that it is near when the last of them is made. */
MOE_INLINE MOE_AVX2 void
fetch_rows (const void *base, size_t stride, const int rows)
{
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    _mm_prefetch ((const char *)base + (size_t)i * stride, _MM_HINT_T0);
}

MOE_INLINE MOE_AVX2 void
tile (const MoeNativeTile *t, const int rows, const bool bf16, const bool direct)
{
  __m256 low[MOE_AVX2_MR], high[MOE_AVX2_MR];
  const size_t stride = direct ? t->b_stride : MOE_AVX2_NR * sizeof (float);
  const float *a = (const float *)t->a;
  const char *b = t->b;
  const bool to_bf16 = bf16 && t->store != MOE_NATIVE_STORE_SUMS;
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    low[i] = high[i] = _mm256_setzero_ps ();
  if (t->sums != NULL)
    fetch_rows (t->sums, t->ld_sums * sizeof (float), rows);
  if (t->store != MOE_NATIVE_STORE_STREAM)
    fetch_rows (t->c, t->ldc * (to_bf16 ? sizeof (uint16_t) : sizeof (float)), rows);

  for (size_t p = 0; p < t->depth;)
    {
      size_t stop = next_stop (t, p);
      for (; p + 2 <= stop; p += 2, a += 2 * MOE_AVX2_MR, b += 2 * stride)
        {
          if (!direct)
            {
              _mm_prefetch (b + MOE_AVX2_NEAR, _MM_HINT_T0);
              _mm_prefetch (b + MOE_AVX2_NEAR + 64, _MM_HINT_T0);
            }
          multiply (low, high, a, b, rows, direct && bf16);
          multiply (low, high, a + MOE_AVX2_MR, b + stride, rows, direct && bf16);
        }
      for (; p < stop; p++, a += MOE_AVX2_MR, b += stride)
        multiply (low, high, a, b, rows, direct && bf16);
    }

  if (t->columns < MOE_AVX2_NR)
    {
      float sums[MOE_AVX2_MR * MOE_AVX2_NR];
      MOE_UNROLL
      for (int i = 0; i < rows; i++)
        store_f32 (sums + i * MOE_AVX2_NR, low[i], high[i], false);
      store_part (t, sums, to_bf16);
      return;
    }
  if (t->sums != NULL)
    {
      MOE_UNROLL
      for (int i = 0; i < rows; i++)
        {
          const float *sums = t->sums + (size_t)i * t->ld_sums;
          low[i] = _mm256_add_ps (low[i], _mm256_loadu_ps (sums));
          high[i] = _mm256_add_ps (high[i], _mm256_loadu_ps (sums + 8));
        }
    }
  if (can_stream (t, to_bf16 ? sizeof (uint16_t) : sizeof (float)))
    store_rows (t, low, high, rows, to_bf16, true);
  else
    store_rows (t, low, high, rows, to_bf16, false);
}

/* One body for each number of rows, so that the sums of all of them live in registers. */
MOE_INLINE MOE_AVX2 void
tile_any (const MoeNativeTile *t, const bool bf16, const bool direct)
{
  switch (t->rows)
    {
    case 1:
      tile (t, 1, bf16, direct);
      break;
    case 2:
      tile (t, 2, bf16, direct);
      break;
    case 3:
      tile (t, 3, bf16, direct);
      break;
    case 4:
      tile (t, 4, bf16, direct);
      break;
    case 5:
      tile (t, 5, bf16, direct);
      break;
    default:
      tile (t, 6, bf16, direct);
      break;
    }
}

MOE_AVX2 static void
packed_f32 (const MoeNativeTile *t)
{
  tile_any (t, false, false);
}

MOE_AVX2 static void
direct_f32 (const MoeNativeTile *t)
{
  tile_any (t, false, true);
}

MOE_AVX2 static void
packed_bf16 (const MoeNativeTile *t)
{
  tile_any (t, true, false);
}

MOE_AVX2 static void
direct_bf16 (const MoeNativeTile *t)
{
  tile_any (t, true, true);
}

/* --- few rows: along rows of B --- */

/* 16 elements: float32 as they lie, bfloat16 those at even places and those at odd ones. */
MOE_INLINE MOE_AVX2 void
load_16 (const char *b, __m256 v[2], const bool bf16)
{
  v[0] = _mm256_loadu_ps ((const float *)(const void *)b);
  if (bf16)
    {
      __m256i both = _mm256_castps_si256 (v[0]);
      v[0] = _mm256_castsi256_ps (_mm256_slli_epi32 (both, 16));
      v[1] = _mm256_castsi256_ps (_mm256_and_si256 (both, _mm256_set1_epi32 ((int)0xffff0000u)));
    }
  else
    v[1] = _mm256_loadu_ps ((const float *)(const void *)b + 8);
}

MOE_INLINE MOE_AVX2 void
store_16 (void *c, const __m256 v[2], const bool bf16)
{
  if (bf16)
    {
      __m256 low = _mm256_unpacklo_ps (v[0], v[1]), high = _mm256_unpackhi_ps (v[0], v[1]);
      __m128i first = round_8 (_mm256_permute2f128_ps (low, high, 0x20));
      __m128i second = round_8 (_mm256_permute2f128_ps (low, high, 0x31));
      _mm256_storeu_si256 (c, _mm256_set_m128i (second, first));
    }
  else
    store_f32 (c, v[0], v[1], false);
}

/* `pairs` times 16 columns from column j on.  Not a branch in it but the loop's, and what the loop
 * needs in locals: sums could otherwise lie where `w` does, and GCC would read it anew after each
 * store. */
MOE_INLINE MOE_AVX2 void
wide_of (const MoeNativeWide *w,
         size_t j,
         const int rows,
         const int pairs,
         const bool asks,
         const bool bf16)
{
  const size_t element = bf16 ? 2 : 4, step = MOE_AVX2_NR * element, ldb = w->ldb * element;
  const size_t depth = w->depth, ahead = w->ahead, ld_sums = w->ld_sums;
  const float *a = (const float *)w->a;
  const char *b = (const char *)w->b + j * element;
  float *sums = w->sums + j;
  __m256 s[MOE_AVX2_MR][2][2];
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      MOE_UNROLL
      for (int v = 0; v < 2 * pairs; v++)
        s[i][v / 2][v % 2] = _mm256_loadu_ps (sums + (size_t)i * ld_sums + 8 * v);
    }
  for (size_t k = 0; k < depth; k++, a += MOE_AVX2_MR, b += ldb)
    {
      MOE_UNROLL
      for (int v = 0; v < pairs; v++)
        {
          __m256 y[2];
          load_16 (b + (size_t)v * step, y, bf16);
          if (asks && (!bf16 || v % 2 == 0))
            _mm_prefetch (b + (size_t)v * step + ahead, _MM_HINT_T0);
          MOE_UNROLL
          for (int i = 0; i < rows; i++)
            {
              __m256 x = _mm256_broadcast_ss (a + i);
              s[i][v][0] = _mm256_fmadd_ps (x, y[0], s[i][v][0]);
              s[i][v][1] = _mm256_fmadd_ps (x, y[1], s[i][v][1]);
            }
        }
    }
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      MOE_UNROLL
      for (int v = 0; v < 2 * pairs; v++)
        _mm256_storeu_ps (sums + (size_t)i * ld_sums + 8 * v, s[i][v / 2][v % 2]);
    }
}

MOE_INLINE MOE_AVX2 void
wide_columns (
    const MoeNativeWide *w, const int rows, const int pairs, const bool asks, const bool bf16)
{
  const size_t step = MOE_AVX2_NR * (size_t)pairs;
  size_t j = 0;
  for (; j + step <= w->columns; j += step)
    wide_of (w, j, rows, pairs, asks, bf16);
  for (; j < w->columns; j += MOE_AVX2_NR)
    wide_of (w, j, rows, 1, asks, bf16);
}

MOE_INLINE MOE_AVX2 void
wide_rows (const MoeNativeWide *w, const int rows, const int pairs, const bool bf16)
{
  if (w->ahead > 0)
    wide_columns (w, rows, pairs, true, bf16);
  else
    wide_columns (w, rows, pairs, false, bf16);
}

MOE_INLINE MOE_AVX2 void
wide_store (const MoeNativeWide *w, const bool bf16)
{
  for (size_t i = 0; i < w->rows; i++)
    for (size_t j = 0; j < w->columns; j += MOE_AVX2_NR)
      {
        const float *sums = w->sums + i * w->ld_sums + j;
        const __m256 v[2] = { _mm256_loadu_ps (sums), _mm256_loadu_ps (sums + 8) };
        store_16 ((char *)w->c + (i * w->ldc + j) * (bf16 ? 2 : 4), v, bf16);
      }
}

MOE_INLINE MOE_AVX2 void
wide_any (const MoeNativeWide *w, const bool bf16)
{
  switch (w->rows)
    {
    case 1:
      wide_rows (w, 1, 2, bf16);
      break;
    case 2:
      wide_rows (w, 2, 2, bf16);
      break;
    case 3:
      wide_rows (w, 3, 1, bf16);
      break;
    case 4:
      wide_rows (w, 4, 1, bf16);
      break;
    case 5:
      wide_rows (w, 5, 1, bf16);
      break;
    default:
      wide_rows (w, 6, 1, bf16);
      break;
    }
  if (w->c != NULL)
    wide_store (w, bf16);
}

MOE_AVX2 static void
wide_f32 (const MoeNativeWide *w)
{
  wide_any (w, false);
}

MOE_AVX2 static void
wide_bf16 (const MoeNativeWide *w)
{
  wide_any (w, true);
}

/* --- dot products along k, nothing packed --- */

/* As many rows of B at once as registers hold the sums of: 6 x 2, 3 x 3, 2 x 4. */
static size_t
dot_columns (size_t rows)
{
  return rows <= 2 ? 4 : rows == 3 ? 3 : 2;
}

/* The sums of the 8 lanes of each of four registers, side by side. */
MOE_INLINE MOE_AVX2 __m128
sum_lanes (const __m256 v[4])
{
  __m256 all = _mm256_hadd_ps (_mm256_hadd_ps (v[0], v[1]), _mm256_hadd_ps (v[2], v[3]));
  return _mm_add_ps (_mm256_castps256_ps128 (all), _mm256_extractf128_ps (all, 1));
}

MOE_INLINE float
value_1 (const char *source, const bool bf16)
{
  union
  {
    uint32_t bits;
    float value;
  } of = { load_1 (source, bf16) };
  return of.value;
}

/* The rest of k for one sum, and its place in C. */
MOE_INLINE void
finish_dot (const MoeNativeDots *d, size_t row, size_t column, size_t k, float sum, const bool bf16)
{
  const size_t element = bf16 ? 2 : 4;
  const char *a = (const char *)d->a + row * d->lda * element;
  const char *b = (const char *)d->b + column * d->ldb * element;
  for (; k < d->k; k++)
    sum += value_1 (a + k * element, bf16) * value_1 (b + k * element, bf16);
  if (bf16)
    ((uint16_t *)d->c)[row * d->ldc + column] = moe_bf16_from_float (sum);
  else
    ((float *)d->c)[row * d->ldc + column] = sum;
}

MOE_INLINE MOE_AVX2 void
dots_of (const MoeNativeDots *d, const int rows, const int columns, const bool bf16)
{
  const size_t element = bf16 ? 2 : 4, lda = d->lda * element, ldb = d->ldb * element;
  __m256 sums[MOE_AVX2_MR][4], y[4];
  size_t k = 0;
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      MOE_UNROLL
      for (int c = 0; c < 4; c++)
        sums[i][c] = _mm256_setzero_ps ();
    }
  for (; k + 8 <= d->k; k += 8)
    {
      const char *a = (const char *)d->a + k * element, *b = (const char *)d->b + k * element;
      MOE_UNROLL
      for (int c = 0; c < columns; c++)
        {
          y[c] = load_8 (b + (size_t)c * ldb, bf16);
          _mm_prefetch (b + (size_t)c * ldb + d->ahead, _MM_HINT_T1);
        }
      MOE_UNROLL
      for (int i = 0; i < rows; i++)
        {
          __m256 x = load_8 (a + (size_t)i * lda, bf16);
          MOE_UNROLL
          for (int c = 0; c < columns; c++)
            sums[i][c] = _mm256_fmadd_ps (x, y[c], sums[i][c]);
        }
    }
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      float out[4];
      _mm_storeu_ps (out, sum_lanes (sums[i]));
      for (int c = 0; c < columns; c++)
        finish_dot (d, (size_t)i, (size_t)c, k, out[c], bf16);
    }
}

MOE_INLINE MOE_AVX2 void
dots_any (const MoeNativeDots *d, const bool bf16)
{
  switch (d->rows)
    {
    case 1:
      d->columns == 1 ? dots_of (d, 1, 1, bf16) : dots_of (d, 1, 4, bf16);
      break;
    case 2:
      d->columns == 1 ? dots_of (d, 2, 1, bf16) : dots_of (d, 2, 4, bf16);
      break;
    case 3:
      d->columns == 1 ? dots_of (d, 3, 1, bf16) : dots_of (d, 3, 3, bf16);
      break;
    case 4:
      d->columns == 1 ? dots_of (d, 4, 1, bf16) : dots_of (d, 4, 2, bf16);
      break;
    case 5:
      d->columns == 1 ? dots_of (d, 5, 1, bf16) : dots_of (d, 5, 2, bf16);
      break;
    default:
      d->columns == 1 ? dots_of (d, 6, 1, bf16) : dots_of (d, 6, 2, bf16);
      break;
    }
}

MOE_AVX2 static void
dots_f32 (const MoeNativeDots *d)
{
  dots_any (d, false);
}

MOE_AVX2 static void
dots_bf16 (const MoeNativeDots *d)
{
  dots_any (d, true);
}

const MoeNativeOps moe_native_avx2_f32 = {
  .kernels = MOE_NATIVE_KERNELS (MOE_DTYPE_FLOAT32),
  .mr = MOE_AVX2_MR,
  .nr = MOE_AVX2_NR,
  .pair = 1,
  .pack_rows = pack_rows_f32,
  .pack_columns = pack_columns_f32,
  .tile = packed_f32,
  .tile_direct = direct_f32,
  .direct_rows = 5 * MOE_AVX2_MR,
  .direct_rows_aliased = 2 * MOE_AVX2_MR,
  .packed_from = 4,
  .wide = wide_f32,
  .wide_rows = 2 * MOE_AVX2_MR,
  .dots = dots_f32,
  .dot_rows = MOE_AVX2_MR,
  .dot_columns = dot_columns,
  .zero = zero,
  .fence = fence,
};

const MoeNativeOps moe_native_avx2_bf16 = {
  .kernels = MOE_NATIVE_KERNELS (MOE_DTYPE_BFLOAT16),
  .mr = MOE_AVX2_MR,
  .nr = MOE_AVX2_NR,
  .pair = 1,
  .pack_rows = pack_rows_bf16,
  .pack_columns = pack_columns_bf16,
  .tile = packed_bf16,
  .tile_direct = direct_bf16,
  .direct_rows = 6 * MOE_AVX2_MR,
  .direct_rows_aliased = 2 * MOE_AVX2_MR,
  .packed_from = 7,
  .wide = wide_bf16,
  .wide_rows = 2 * MOE_AVX2_MR,
  .dots = dots_bf16,
  .dot_rows = MOE_AVX2_MR,
  .dot_columns = dot_columns,
  .joins_lines = true,
  .zero = zero,
  .fence = fence,
};
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The AVX2 tile: C[rows,columns] = a[depth][6]^T b[depth][16], up to 6 x 16.
 *
 * The sums stay in 12 registers over the whole depth, float32.  Panels hold float32 for both
 * dtypes; bfloat16 is rounded on the way out. */
#include "engine/backends/native/avx2.h"
#include "engine/backends/native/bfloat16.h"

#if defined(__x86_64__)

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
  return moe_native_min (t->depth, depth + ahead->every);
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

MOE_INLINE MOE_AVX2 void
store_bf16 (uint16_t *c, __m256 low, __m256 high, bool stream)
{
  __m128i l = round_8 (low), h = round_8 (high);
  if (stream)
    _mm256_stream_si256 ((void *)c, _mm256_set_m128i (h, l));
  else
    _mm256_storeu_si256 ((void *)c, _mm256_set_m128i (h, l));
}

/* Rows that end inside the tile. */
MOE_INLINE MOE_AVX2 void
store_part (const MoeNativeTile *t, size_t row, __m256 low, __m256 high, bool to_bf16)
{
  float sums[MOE_AVX2_NR];
  _mm256_storeu_ps (sums, low);
  _mm256_storeu_ps (sums + 8, high);
  for (size_t j = 0; j < t->columns; j++)
    if (to_bf16)
      ((uint16_t *)t->c)[row * t->ldc + j] = moe_native_bf16_from_f32 (sums[j]);
    else
      ((float *)t->c)[row * t->ldc + j] = sums[j];
}

MOE_INLINE MOE_AVX2 void
add_sums (const MoeNativeTile *t, size_t row, __m256 *low, __m256 *high)
{
  const float *sums = t->sums + row * t->ld_sums;
  float part[MOE_AVX2_NR] = { 0 };
  if (t->columns < MOE_AVX2_NR)
    {
      memcpy (part, sums, t->columns * sizeof (float));
      sums = part;
    }
  *low = _mm256_add_ps (*low, _mm256_loadu_ps (sums));
  *high = _mm256_add_ps (*high, _mm256_loadu_ps (sums + 8));
}

/* Streaming wants full width and every row aligned. */
MOE_INLINE bool
can_stream (const MoeNativeTile *t, size_t element)
{
  return t->store == MOE_NATIVE_STORE_STREAM && t->columns == MOE_AVX2_NR
         && (uintptr_t)t->c % 32 == 0 && t->ldc * element % 32 == 0;
}

MOE_INLINE MOE_AVX2 void
tile (const MoeNativeTile *t, const int rows, const bool bf16)
{
  __m256 low[MOE_AVX2_MR], high[MOE_AVX2_MR];
  const float *a = (const float *)t->a, *b = t->b;
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    low[i] = high[i] = _mm256_setzero_ps ();

  for (size_t p = 0; p < t->depth;)
    for (size_t stop = next_stop (t, p); p < stop; p++)
      {
        __m256 b0 = _mm256_load_ps (b), b1 = _mm256_load_ps (b + 8);
        MOE_UNROLL
        for (int i = 0; i < rows; i++)
          {
            __m256 x = _mm256_broadcast_ss (a + i);
            low[i] = _mm256_fmadd_ps (x, b0, low[i]);
            high[i] = _mm256_fmadd_ps (x, b1, high[i]);
          }
        a += MOE_AVX2_MR;
        b += MOE_AVX2_NR;
      }

  bool to_bf16 = bf16 && t->store != MOE_NATIVE_STORE_SUMS;
  bool stream = can_stream (t, to_bf16 ? sizeof (uint16_t) : sizeof (float));
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      size_t at = (size_t)i * t->ldc;
      if (t->sums != NULL)
        add_sums (t, (size_t)i, &low[i], &high[i]);
      if (t->columns < MOE_AVX2_NR)
        store_part (t, (size_t)i, low[i], high[i], to_bf16);
      else if (to_bf16)
        store_bf16 ((uint16_t *)t->c + at, low[i], high[i], stream);
      else
        store_f32 ((float *)t->c + at, low[i], high[i], stream);
    }
}

/* One body for each number of rows, so that the sums of all of them live in registers. */
MOE_INLINE MOE_AVX2 void
tile_any (const MoeNativeTile *t, const bool bf16)
{
  switch (t->rows)
    {
    case 1:
      tile (t, 1, bf16);
      break;
    case 2:
      tile (t, 2, bf16);
      break;
    case 3:
      tile (t, 3, bf16);
      break;
    case 4:
      tile (t, 4, bf16);
      break;
    case 5:
      tile (t, 5, bf16);
      break;
    default:
      tile (t, 6, bf16);
      break;
    }
}

MOE_AVX2 static void
tile_f32 (const MoeNativeTile *t)
{
  tile_any (t, false);
}

MOE_AVX2 static void
tile_bf16 (const MoeNativeTile *t)
{
  tile_any (t, true);
}

static const MoeNativeOps f32_ops = {
  .dtype = MOE_DTYPE_FLOAT32,
  .mr = MOE_AVX2_MR,
  .nr = MOE_AVX2_NR,
  .pair = 1,
  .pack_rows = moe_avx2_pack_rows_f32,
  .pack_columns = moe_avx2_pack_columns_f32,
  .tile = tile_f32,
  .zero = moe_avx2_zero,
  .fence = moe_avx2_fence,
};

static const MoeNativeOps bf16_ops = {
  .dtype = MOE_DTYPE_BFLOAT16,
  .mr = MOE_AVX2_MR,
  .nr = MOE_AVX2_NR,
  .pair = 1,
  .pack_rows = moe_avx2_pack_rows_bf16,
  .pack_columns = moe_avx2_pack_columns_bf16,
  .tile = tile_bf16,
  .zero = moe_avx2_zero,
  .fence = moe_avx2_fence,
};

static void
matmul_f32 (const MoeMatmul *product, void *scratch)
{
  moe_native_product (&f32_ops, product, scratch);
}

static void
matmul_bf16 (const MoeMatmul *product, void *scratch)
{
  moe_native_product (&bf16_ops, product, scratch);
}

const MoeCpuKernels moe_native_avx2_f32 = { .dtype = MOE_DTYPE_FLOAT32,
                                            .scratch_bytes = MOE_NATIVE_SCRATCH_BYTES,
                                            .matmul = matmul_f32 };
const MoeCpuKernels moe_native_avx2_bf16 = { .dtype = MOE_DTYPE_BFLOAT16,
                                             .scratch_bytes = MOE_NATIVE_SCRATCH_BYTES,
                                             .matmul = matmul_bf16 };
#endif

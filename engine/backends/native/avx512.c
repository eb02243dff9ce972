/* SPDX-License-Identifier: Apache-2.0 */
/* The AVX-512 tile: C[rows,columns] = a[depth][14]^T b[depth][32], up to 14 x 32.
 *
 * The sums stay in 28 registers over the whole depth, float32.  A step of depth loads two registers
 * of b, broadcasts each lane of a to one register and does two multiply-adds with it: 16 loads
 * for 28 multiply-adds, below what two load ports deliver.  For bfloat16 a 4-byte element is a pair
 * along k and the multiply-add is the dot product of pairs. */
#include "engine/backends/native/avx512.h"

#if defined(__x86_64__)

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
  return moe_native_min (t->depth, depth + ahead->every);
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
      _mm512_mask_storeu_ps (c, moe_avx512_mask16 (t->columns), low);
      if (t->columns > 16)
        _mm512_mask_storeu_ps (c + 16, moe_avx512_mask16 (t->columns - 16), high);
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
    _mm512_mask_storeu_epi16 (c, moe_avx512_mask32 (t->columns), v);
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
  *low = _mm512_add_ps (*low, _mm512_maskz_loadu_ps (moe_avx512_mask16 (t->columns), sums));
  *high = _mm512_add_ps (*high, _mm512_maskz_loadu_ps (moe_avx512_mask16 (more), sums + 16));
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

MOE_AVX512 void
moe_avx512_tile_f32 (const MoeNativeTile *t)
{
  any_f32 (t, false);
}

MOE_AVX512 void
moe_avx512_direct_f32 (const MoeNativeTile *t)
{
  any_f32 (t, true);
}

MOE_AVX512_BF16 void
moe_avx512_tile_bf16 (const MoeNativeTile *t)
{
  any_bf16 (t, false);
}

MOE_AVX512_BF16 void
moe_avx512_direct_bf16 (const MoeNativeTile *t)
{
  any_bf16 (t, true);
}

static const MoeNativeOps f32_ops = {
  .dtype = MOE_DTYPE_FLOAT32,
  .mr = MOE_AVX512_MR,
  .nr = MOE_AVX512_NR,
  .pair = 1,
  .pack_rows = moe_avx512_pack_rows_f32,
  .pack_columns = moe_avx512_pack_columns_f32,
  .tile = moe_avx512_tile_f32,
  .tile_direct = moe_avx512_direct_f32,
  .copies_ahead = true,
  .zero = moe_avx512_zero,
  .fence = moe_avx512_fence,
};

static const MoeNativeOps bf16_ops = {
  .dtype = MOE_DTYPE_BFLOAT16,
  .mr = MOE_AVX512_MR,
  .nr = MOE_AVX512_NR,
  .pair = 2,
  .pack_rows = moe_avx512_pack_rows_bf16,
  .pack_columns = moe_avx512_pack_columns_bf16,
  .tile = moe_avx512_tile_bf16,
  .tile_direct = moe_avx512_direct_bf16,
  .copies_ahead = true,
  .zero = moe_avx512_zero,
  .fence = moe_avx512_fence,
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

const MoeCpuKernels moe_native_avx512_f32 = { .dtype = MOE_DTYPE_FLOAT32,
                                              .scratch_bytes = MOE_NATIVE_SCRATCH_BYTES,
                                              .matmul = matmul_f32 };
const MoeCpuKernels moe_native_avx512_bf16 = { .dtype = MOE_DTYPE_BFLOAT16,
                                               .scratch_bytes = MOE_NATIVE_SCRATCH_BYTES,
                                               .matmul = matmul_bf16 };
#endif

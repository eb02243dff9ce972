/* SPDX-License-Identifier: Apache-2.0 */
/* C[m,n] = A[m,k] B[n,k]^T for few rows: dot products along k, nothing packed.
 *
 * Four rows of B stay in the first level cache while all rows of A pass, up to six at a time: 24
 * registers of sums, each 16 partial sums along k, float32, added up at the end.  The next
 * four rows of B are prefetched meanwhile. */
#include "engine/backends/native/avx512.h"

#if defined(__x86_64__)

enum
{
  DOT_MR = 6,
  DOT_NR = 4,
};

/* Up to DOT_MR rows of A by up to DOT_NR of B; pointers to absent rows repeat a present one. */
typedef struct Dot
{
  const char *a; /* row stride lda bytes */
  size_t lda;
  const char *b[DOT_NR];
  size_t bytes; /* of k */
  size_t columns;
  char *c; /* row stride ldc bytes */
  size_t ldc;
  const char *ahead; /* 64 bytes of each of DOT_NR rows, stride ldb, per step; NULL: none */
  size_t ldb;
  size_t ahead_first, ahead_end; /* lines of these rows to prefetch in this pass */
} Dot;

/* Sums over the 16 lanes of four registers. */
MOE_INLINE MOE_AVX512 __m128
reduce_4 (__m512 a, __m512 b, __m512 c, __m512 d)
{
  __m512 ab = _mm512_add_ps (_mm512_unpacklo_ps (a, b), _mm512_unpackhi_ps (a, b));
  __m512 cd = _mm512_add_ps (_mm512_unpacklo_ps (c, d), _mm512_unpackhi_ps (c, d));
  __m512 quads = _mm512_add_ps (_mm512_shuffle_ps (ab, cd, 0x44), _mm512_shuffle_ps (ab, cd, 0xee));
  __m256 half = _mm256_add_ps (_mm512_castps512_ps256 (quads), _mm512_extractf32x8_ps (quads, 1));
  return _mm_add_ps (_mm256_castps256_ps128 (half), _mm256_extractf128_ps (half, 1));
}

MOE_INLINE MOE_AVX512 void
prefetch_lines (const Dot *d, size_t step)
{
  size_t line = d->ahead_first + step;
  if (line < d->ahead_end)
    {
      MOE_UNROLL
      for (int j = 0; j < DOT_NR; j++)
        _mm_prefetch (d->ahead + (size_t)j * d->ldb + line * 64, _MM_HINT_T1);
    }
}

MOE_INLINE MOE_AVX512 void
dot_f32 (const Dot *d, const int rows)
{
  __m512 sum[DOT_MR][DOT_NR];
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    MOE_UNROLL
    for (int j = 0; j < DOT_NR; j++)
      sum[i][j] = _mm512_setzero_ps ();
  for (size_t at = 0; at < d->bytes; at += 64)
    {
      __mmask16 mask = moe_avx512_mask16 ((d->bytes - at) / 4);
      __m512 b[DOT_NR];
      prefetch_lines (d, at / 64);
      MOE_UNROLL
      for (int j = 0; j < DOT_NR; j++)
        b[j] = _mm512_maskz_loadu_ps (mask, d->b[j] + at);
      MOE_UNROLL
      for (int i = 0; i < rows; i++)
        {
          __m512 a = _mm512_maskz_loadu_ps (mask, d->a + (size_t)i * d->lda + at);
          MOE_UNROLL
          for (int j = 0; j < DOT_NR; j++)
            sum[i][j] = _mm512_fmadd_ps (a, b[j], sum[i][j]);
        }
    }
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    _mm_mask_storeu_ps (d->c + (size_t)i * d->ldc, (__mmask8)((1u << d->columns) - 1),
                        reduce_4 (sum[i][0], sum[i][1], sum[i][2], sum[i][3]));
}

MOE_INLINE MOE_AVX512_BF16 void
dot_bf16 (const Dot *d, const int rows)
{
  __m512 sum[DOT_MR][DOT_NR];
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    MOE_UNROLL
    for (int j = 0; j < DOT_NR; j++)
      sum[i][j] = _mm512_setzero_ps ();
  for (size_t at = 0; at < d->bytes; at += 64)
    {
      __mmask32 mask = moe_avx512_mask32 ((d->bytes - at) / 2);
      __m512bh b[DOT_NR];
      prefetch_lines (d, at / 64);
      MOE_UNROLL
      for (int j = 0; j < DOT_NR; j++)
        b[j] = (__m512bh)_mm512_maskz_loadu_epi16 (mask, d->b[j] + at);
      MOE_UNROLL
      for (int i = 0; i < rows; i++)
        {
          __m512bh a =
              (__m512bh)_mm512_maskz_loadu_epi16 (mask, d->a + (size_t)i * d->lda + at);
          MOE_UNROLL
          for (int j = 0; j < DOT_NR; j++)
            sum[i][j] = _mm512_dpbf16_ps (sum[i][j], a, b[j]);
        }
    }
  MOE_UNROLL
  for (int i = 0; i < rows; i++)
    {
      __m128 v = reduce_4 (sum[i][0], sum[i][1], sum[i][2], sum[i][3]);
      _mm_mask_storeu_epi16 (d->c + (size_t)i * d->ldc, (__mmask8)((1u << d->columns) - 1),
                             (__m128i)_mm_cvtneps_pbh (v));
    }
}

MOE_AVX512 static void
tile_f32 (const Dot *d, size_t rows)
{
  switch (rows)
    {
    case 1: dot_f32 (d, 1); break;
    case 2: dot_f32 (d, 2); break;
    case 3: dot_f32 (d, 3); break;
    case 4: dot_f32 (d, 4); break;
    case 5: dot_f32 (d, 5); break;
    default: dot_f32 (d, 6); break;
    }
}

MOE_AVX512_BF16 static void
tile_bf16 (const Dot *d, size_t rows)
{
  switch (rows)
    {
    case 1: dot_bf16 (d, 1); break;
    case 2: dot_bf16 (d, 2); break;
    case 3: dot_bf16 (d, 3); break;
    case 4: dot_bf16 (d, 4); break;
    case 5: dot_bf16 (d, 5); break;
    default: dot_bf16 (d, 6); break;
    }
}

static void
dot_product (const MoeMatmul *p, size_t element, void (*tile) (const Dot *dot, size_t rows))
{
  size_t panels = (p->m - 1) / DOT_MR + 1;
  Dot d = { .lda = p->lda * element,
            .bytes = p->k * element,
            .ldc = p->ldc * element,
            .ldb = p->ldb * element };
  size_t lines = (d.bytes + 63) / 64;
  for (size_t j = 0; j < p->n; j += DOT_NR)
    {
      d.columns = moe_native_min (DOT_NR, p->n - j);
      for (size_t i = 0; i < DOT_NR; i++)
        d.b[i] = (const char *)p->b + (j + moe_native_min (i, d.columns - 1)) * d.ldb;
      d.ahead = d.b[0] + DOT_NR * d.ldb;
      for (size_t g = 0; g < panels; g++)
        {
          size_t first = p->m * g / panels, end = p->m * (g + 1) / panels;
          d.a = (const char *)p->a + first * d.lda;
          d.c = (char *)p->c + first * d.ldc + j * element;
          d.ahead_first = lines * g / panels;
          d.ahead_end = j + 2 * DOT_NR <= p->n ? lines * (g + 1) / panels : 0;
          tile (&d, end - first);
        }
    }
}

void
moe_avx512_dot_f32 (const MoeMatmul *p)
{
  dot_product (p, sizeof (float), tile_f32);
}

void
moe_avx512_dot_bf16 (const MoeMatmul *p)
{
  dot_product (p, sizeof (uint16_t), tile_bf16);
}
#endif

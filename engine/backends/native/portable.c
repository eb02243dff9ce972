/* SPDX-License-Identifier: Apache-2.0 */
/* The tile in plain C, for any processor: C[rows,columns] = a[depth][4]^T b[depth][8].
 *
 * The sums are 4 x 2 vectors of four float32, which the compiler keeps in registers wherever there
 * are vectors, and in scalars elsewhere.  bfloat16 is widened to float32 in packing and rounded on
 * the way out. */
#include "engine/backends/native/kernel.h"
#include "engine/base/bfloat16.h"

enum
{
  PORTABLE_MR = 4,
  PORTABLE_NR = 8,
};

typedef float Four __attribute__ ((vector_size (16), may_alias));

static void
pack_rows_f32 (uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  const float *rows = source;
  float *out = (float *)panel;
  for (size_t i = 0; i < lanes; i++)
    for (size_t p = 0; p < k; p++)
      out[p * width + i] = rows[i * ld + p];
}

static void
pack_columns_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  const float *rows = source;
  for (size_t p = 0; p < k; p++)
    memcpy (panel + p * width, rows + p * ld, lanes * sizeof (float));
}

static void
pack_rows_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  const uint16_t *rows = source;
  for (size_t i = 0; i < lanes; i++)
    for (size_t p = 0; p < k; p++)
      panel[p * width + i] = (uint32_t)rows[i * ld + p] << 16;
}

static void
pack_columns_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k)
{
  const uint16_t *rows = source;
  for (size_t p = 0; p < k; p++)
    for (size_t i = 0; i < lanes; i++)
      panel[p * width + i] = (uint32_t)rows[p * ld + i] << 16;
}

/* Lanes of a beyond t->rows hold anything: their sums are computed and dropped. */
static void
tile_sums (const MoeNativeTile *t, float out[PORTABLE_MR][PORTABLE_NR])
{
  Four low[PORTABLE_MR], high[PORTABLE_MR];
  const float *a = (const float *)t->a;
  const Four *b = t->b;
  MOE_UNROLL
  for (int i = 0; i < PORTABLE_MR; i++)
    low[i] = high[i] = (Four){ 0 };
  for (size_t p = 0; p < t->depth; p++, a += PORTABLE_MR, b += 2)
    {
      Four b0 = b[0], b1 = b[1];
      MOE_UNROLL
      for (int i = 0; i < PORTABLE_MR; i++)
        {
          low[i] += a[i] * b0;
          high[i] += a[i] * b1;
        }
    }
  MOE_UNROLL
  for (int i = 0; i < PORTABLE_MR; i++)
    {
      memcpy (out[i], &low[i], sizeof low[i]);
      memcpy (out[i] + 4, &high[i], sizeof high[i]);
    }
  for (size_t i = 0; t->sums != NULL && i < t->rows; i++)
    for (size_t j = 0; j < t->columns; j++)
      out[i][j] += t->sums[i * t->ld_sums + j];
}

static void
store_f32 (const MoeNativeTile *t, float sums[PORTABLE_MR][PORTABLE_NR])
{
  for (size_t i = 0; i < t->rows; i++)
    memcpy ((float *)t->c + i * t->ldc, sums[i], t->columns * sizeof (float));
}

static void
tile_f32 (const MoeNativeTile *t)
{
  float sums[PORTABLE_MR][PORTABLE_NR];
  tile_sums (t, sums);
  store_f32 (t, sums);
}

static void
tile_bf16 (const MoeNativeTile *t)
{
  float sums[PORTABLE_MR][PORTABLE_NR];
  tile_sums (t, sums);
  if (t->store == MOE_NATIVE_STORE_SUMS)
    {
      store_f32 (t, sums);
      return;
    }
  for (size_t i = 0; i < t->rows; i++)
    for (size_t j = 0; j < t->columns; j++)
      ((uint16_t *)t->c)[i * t->ldc + j] = moe_bf16_from_float (sums[i][j]);
}

static void
zero (void *c, size_t bytes)
{
  memset (c, 0, bytes);
}

static void
fence (void)
{
}

const MoeNativeOps moe_native_portable_f32 = {
  .kernels = MOE_NATIVE_KERNELS (MOE_DTYPE_FLOAT32),
  .mr = PORTABLE_MR,
  .nr = PORTABLE_NR,
  .pair = 1,
  .pack_rows = pack_rows_f32,
  .pack_columns = pack_columns_f32,
  .tile = tile_f32,
  .zero = zero,
  .fence = fence,
};

const MoeNativeOps moe_native_portable_bf16 = {
  .kernels = MOE_NATIVE_KERNELS (MOE_DTYPE_BFLOAT16),
  .mr = PORTABLE_MR,
  .nr = PORTABLE_NR,
  .pair = 1,
  .pack_rows = pack_rows_bf16,
  .pack_columns = pack_columns_bf16,
  .tile = tile_bf16,
  .zero = zero,
  .fence = fence,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/products.h"

#include "engine/base/assert.h"
#include "engine/base/size.h"

enum
{
  ROW_UNIT = 16,                   /* rows of C that are not cut further */
  COLUMN_UNIT = MOE_PACKED_COLUMNS /* columns likewise: whole cache lines in every dtype */
};

/* Rows first .. first+count-1 of C. */
static MoeMatmul
take_rows (const MoeCpuShard *s, const MoeMatmul *p, size_t first, size_t count)
{
  MoeMatmul slice = *p;
  slice.m = count;
  slice.a = moe_state_element (s, (void *)p->a, p->transpose_a ? first : first * p->lda);
  slice.c = moe_state_element (s, p->c, first * p->ldc);
  return slice;
}

static MoeMatmul
take_columns (const MoeCpuShard *s, const MoeMatmul *p, size_t first, size_t count)
{
  MoeMatmul slice = *p;
  slice.n = count;
  slice.b = moe_state_element (s, (void *)p->b, p->transpose_b ? first * p->ldb : first);
  slice.c = moe_state_element (s, p->c, first);
  if (p->packed != NULL)
    slice.packed = s->kernels->packed_columns (s->kernels, p->packed, p->k, first);
  return slice;
}

/* Where slice number `slice` of `slices` of `total` begins, in whole units. */
static size_t
slice_begin (size_t total, size_t unit, size_t slice, size_t slices)
{
  size_t units = (total - 1) / unit + 1;
  return moe_size_min (total, moe_slice_first (units, slices, slice) * unit);
}

/* In steps, so that a stop is answered soon. */
static void
multiply_in_steps (const MoeCpuShard *s, const MoeLane *lane, const MoeMatmul *p)
{
  double row_flops = 2 * (double)p->n * (double)(p->k + 1);
  double most = MOE_TILE_MAX_FLOPS / row_flops;
  size_t step = most < (double)p->m ? moe_size_max (ROW_UNIT, (size_t)most) : p->m;
  for (size_t first = 0; first < p->m && !moe_cancel_requested (s->cancel); first += step)
    {
      MoeMatmul rows = take_rows (s, p, first, moe_size_min (step, p->m - first));
      s->kernels->matmul (s->kernels, &rows, lane->scratch);
    }
}

/* The side of C with more units is cut. */
static void
multiply_slice (const MoeCpuShard *s, const MoeLane *lane, const MoeMatmul *p)
{
  size_t slice = lane->thread, slices = lane->slices;
  bool by_rows = (p->m - 1) / ROW_UNIT >= (p->n - 1) / COLUMN_UNIT;
  size_t total = by_rows ? p->m : p->n, unit = by_rows ? ROW_UNIT : COLUMN_UNIT;
  size_t begin = slice_begin (total, unit, slice, slices);
  size_t end = slice_begin (total, unit, slice + 1, slices);
  if (begin == end)
    return;
  MoeMatmul product =
      by_rows ? take_rows (s, p, begin, end - begin) : take_columns (s, p, begin, end - begin);
  multiply_in_steps (s, lane, &product);
}

void
moe_multiply (const MoeCpuShard *s, const MoeLane *lane, MoeMatmul product)
{
  MOE_ASSERT (product.m >= 1 && product.n >= 1 && product.ldc >= product.n);
  MOE_ASSERT (product.lda >= (product.transpose_a ? product.m : product.k));
  MOE_ASSERT (product.ldb >= (product.transpose_b ? product.k : product.n));
  if (lane->slices == 0)
    s->kernels->matmul (s->kernels, &product, lane->scratch);
  else
    multiply_slice (s, lane, &product);
}

/* --- pairs of gate and up --- */

void *
moe_gated_row (const MoeCpuShard *s, const MoeGated *gated, size_t row, bool up)
{
  size_t pair = row / gated->inputs, within = row % gated->inputs, width = gated->width;
  size_t at = pair * gated->inputs * 2 * width;
  if (gated->fused)
    at += within * 2 * width + (up ? width : 0);
  else
    at += within * width + (up ? gated->inputs * width : 0);
  return moe_state_element (s, gated->data, at);
}

void *
moe_packed_at (const MoePacked *packed, size_t expert)
{
  return packed->data != NULL ? (unsigned char *)packed->data + expert * packed->stride : NULL;
}

void
moe_gated_up (const MoeCpuShard *s,
              const MoeLane *lane,
              const MoeGated *weights,
              size_t pair,
              size_t n,
              const void *x,
              void *h)
{
  size_t H = weights->inputs, W = weights->width;
  const void *gate = moe_gated_row (s, weights, pair * H, false);
  const void *up = moe_gated_row (s, weights, pair * H, true);
  void *h_up = moe_state_element (s, h, W);
  const unsigned char *packed = moe_packed_at (&weights->packed, pair);
  const void *packed_up = packed != NULL ? packed + weights->packed.stride / 2 : NULL;
  if (weights->fused)
    moe_multiply (s, lane,
                  (MoeMatmul){ false, false, n, 2 * W, H, x, H, gate, 2 * W, h, 2 * W, packed });
  else
    {
      moe_multiply (s, lane, (MoeMatmul){ false, false, n, W, H, x, H, gate, W, h, 2 * W, packed });
      moe_multiply (s, lane,
                    (MoeMatmul){ false, false, n, W, H, x, H, up, W, h_up, 2 * W, packed_up });
    }
}

void
moe_gated_up_dgrad (const MoeCpuShard *s,
                    const MoeLane *lane,
                    const MoeGated *weights,
                    size_t pair,
                    size_t n,
                    const void *dh,
                    void *dx,
                    void *dx_up)
{
  size_t H = weights->inputs, W = weights->width;
  const void *gate = moe_gated_row (s, weights, pair * H, false);
  const void *up = moe_gated_row (s, weights, pair * H, true);
  const void *dh_up = moe_state_element (s, (void *)dh, W);
  if (weights->fused)
    moe_multiply (s, lane, (MoeMatmul){ false, true, n, H, 2 * W, dh, 2 * W, gate, 2 * W, dx, H });
  else
    {
      moe_multiply (s, lane, (MoeMatmul){ false, true, n, H, W, dh, 2 * W, gate, W, dx, H });
      moe_multiply (s, lane, (MoeMatmul){ false, true, n, H, W, dh_up, 2 * W, up, W, dx_up, H });
    }
}

void
moe_gated_up_wgrad (const MoeCpuShard *s,
                    const MoeLane *lane,
                    const MoeGated *gradients,
                    size_t pair,
                    size_t first,
                    size_t end,
                    size_t n,
                    const void *x,
                    const void *dh)
{
  size_t H = gradients->inputs, W = gradients->width, rows = end - first;
  void *gate = moe_gated_row (s, gradients, pair * H + first, false);
  void *up = moe_gated_row (s, gradients, pair * H + first, true);
  const void *x_part = moe_state_element (s, (void *)x, first);
  const void *dh_up = moe_state_element (s, (void *)dh, W);
  if (gradients->fused)
    moe_multiply (s, lane,
                  (MoeMatmul){ true, false, rows, 2 * W, n, x_part, H, dh, 2 * W, gate, 2 * W });
  else
    {
      moe_multiply (s, lane, (MoeMatmul){ true, false, rows, W, n, x_part, H, dh, 2 * W, gate, W });
      moe_multiply (s, lane,
                    (MoeMatmul){ true, false, rows, W, n, x_part, H, dh_up, 2 * W, up, W });
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A product, whole or the part of it that a thread does where all share it. */
#include "engine/backends/cpu/step.h"
#include "engine/base/size.h"

enum
{
  ROW_UNIT = 16,   /* rows of C that are not cut further */
  COLUMN_UNIT = 64 /* columns likewise: whole cache lines in every dtype */
};

/* Rows first .. first+count-1 of C. */
static MoeMatmul
take_rows (const MoeCpuShard *s, const MoeMatmul *p, size_t first, size_t count)
{
  MoeMatmul part = *p;
  part.m = count;
  part.a = moe_state_element (s, (void *)p->a, p->transpose_a ? first : first * p->lda);
  part.c = moe_state_element (s, p->c, first * p->ldc);
  return part;
}

static MoeMatmul
take_columns (const MoeCpuShard *s, const MoeMatmul *p, size_t first, size_t count)
{
  MoeMatmul part = *p;
  part.n = count;
  part.b = moe_state_element (s, (void *)p->b, p->transpose_b ? first * p->ldb : first);
  part.c = moe_state_element (s, p->c, first);
  return part;
}

/* Where part number `part` of `parts` of `total` begins, in whole units. */
static size_t
part_begin (size_t total, size_t unit, size_t part, size_t parts)
{
  size_t units = (total - 1) / unit + 1;
  return moe_size_min (total, units * part / parts * unit);
}

/* In pieces, so that a stop is answered soon. */
static void
multiply_in_pieces (const MoeCpuShard *s, const MoeLane *lane, const MoeMatmul *p)
{
  double row_flops = 2 * (double)p->n * (double)(p->k + 1);
  double most = MOE_TILE_MAX_FLOPS / row_flops;
  size_t step = most < (double)p->m ? moe_size_max (ROW_UNIT, (size_t)most) : p->m;
  for (size_t first = 0; first < p->m && !moe_cancel_requested (s->cancel); first += step)
    {
      MoeMatmul piece = take_rows (s, p, first, moe_size_min (step, p->m - first));
      s->kernels->matmul (&piece, lane->scratch);
    }
}

/* The side of C with more units is cut. */
static void
multiply_share (const MoeCpuShard *s, const MoeLane *lane, const MoeMatmul *p)
{
  size_t part = lane->thread, parts = lane->sharers;
  bool by_rows = (p->m - 1) / ROW_UNIT >= (p->n - 1) / COLUMN_UNIT;
  size_t total = by_rows ? p->m : p->n, unit = by_rows ? ROW_UNIT : COLUMN_UNIT;
  size_t begin = part_begin (total, unit, part, parts);
  size_t end = part_begin (total, unit, part + 1, parts);
  if (begin == end)
    return;
  MoeMatmul share =
      by_rows ? take_rows (s, p, begin, end - begin) : take_columns (s, p, begin, end - begin);
  multiply_in_pieces (s, lane, &share);
}

void
moe_multiply (const MoeCpuShard *s, const MoeLane *lane, MoeMatmul product)
{
  if (lane->sharers == 0)
    s->kernels->matmul (&product, lane->scratch);
  else
    multiply_share (s, lane, &product);
}

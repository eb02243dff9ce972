/* SPDX-License-Identifier: Apache-2.0 */
/* C[m,n] = A[k,m]^T op(B)[k,n]: weight gradients, k being the rows of an expert.
 *
 * C is large, cold and only written, so its tiles leave past the caches once, complete.  Blocking,
 * outermost first:
 *
 *   rows     mc; A[k,mc] is packed as panels a[depth][mr], and kept for all blocks of columns
 *            unless k is so long that few rows of it have room
 *   columns  nc; B[kc,nc] is packed as panels b[depth][nr] that stay in the second level cache
 *   k        kc; all of k at once up to DEPTH_MOST, else sums stay in scratch[mc][nc], float32
 *   rows     a panel of A, in the first level cache
 *   columns  the panels of B: one tile each */
#include "engine/backends/native/kernel.h"
#include "engine/base/assert.h"

enum
{
  DEPTH_MOST = 768,
  KEPT_BYTES = 2560 << 10,   /* packed A */
  KEPT_ROWS = 160,           /* fewer at a time are not worth it */
  COLUMNS_BYTES = 320 << 10, /* packed B in the second level cache */
  ROWS_MOST = 336,           /* of C in one block with sums in scratch */
  SUMS_ROWS = 768,           /* the same where A is kept */
  TOGETHER = 8, /* panels of A that are packed together, so that lines are read whole */
};

typedef struct Outer
{
  const MoeNativeOps *ops;
  const MoeMatmul *p;
  size_t mc, nc, kc; /* largest block */
  size_t depth;      /* of kc */
  bool kept;         /* A is packed once, all of k, and not for each block of columns */
  bool joins;        /* C's rows begin alike within their lines, and tiles are half of one */
  size_t a_size;     /* elements from one panel of A to the next: what spills stays between */
  uint32_t *a;       /* TOGETHER panels [depth][mr]; if kept, all of mc, and all of k */
  uint32_t *b;       /* nc / nr panels [depth][nr] */
  void *left;        /* [mr][nr] of the dtype, where it joins */
  float *sums;       /* [mc][nc], or NULL: one block of k */
} Outer;

static void
outer_init (Outer *o, const MoeNativeOps *ops, const MoeMatmul *p, void *scratch)
{
  size_t kc = moe_native_even (p->k, DEPTH_MOST * ops->pair, ops->pair);
  size_t depth = moe_native_depth (ops, kc);
  size_t most = COLUMNS_BYTES / (sizeof (uint32_t) * depth) / ops->nr * ops->nr;
  size_t slack = MOE_NATIVE_SLACK / sizeof (uint32_t);
  size_t element = moe_dtype_bytes (ops->kernels.dtype);
  bool buffered = kc < p->k;
  size_t whole = ops->mr * moe_native_depth (ops, p->k) + slack; /* panel of A, all of k */
  size_t rows = KEPT_BYTES / (sizeof (uint32_t) * whole) * ops->mr;
  bool kept = p->n > most && rows >= KEPT_ROWS;
  if (kept && buffered)
    rows = moe_size_min (rows, SUMS_ROWS / ops->mr * ops->mr);
  else if (!kept)
    rows = buffered ? ROWS_MOST / ops->mr * ops->mr : p->m;

  *o = (Outer){ .ops = ops,
                .p = p,
                .mc = moe_native_even (p->m, rows, ops->mr),
                .nc = moe_native_even (p->n, most, ops->nr),
                .kc = kc,
                .depth = depth,
                .kept = kept,
                .joins = ops->joins_lines && p->ldc * element % MOE_NATIVE_LINE == 0,
                .a_size = kept ? whole : ops->mr * depth + slack,
                .left = scratch,
                .a = (uint32_t *)scratch + ops->mr * ops->nr };
  o->b = o->a + (kept ? o->mc / ops->mr : TOGETHER) * o->a_size;
  o->b += (16 - (size_t)(o->b - o->a) % 16) % 16;
  uint32_t *end = o->b + o->nc * depth + slack;
  o->sums = buffered ? (float *)end : NULL;
  MOE_ASSERT (moe_native_in_scratch (scratch, end + (buffered ? o->mc * o->nc : 0)));
}

static void
pack_b (const Outer *o, size_t j, size_t columns, size_t k, size_t ks)
{
  const MoeNativeOps *ops = o->ops;
  const MoeMatmul *p = o->p;
  size_t corner = p->transpose_b ? j * p->ldb + k : k * p->ldb + j;
  const char *source = moe_native_at (p->b, ops->kernels.dtype, corner);
  if (!p->transpose_b)
    moe_native_pack_panels (ops, o->b, ops->nr, ops->nr * o->depth, source, p->ldb, columns, ks);
  for (size_t first = 0; p->transpose_b && first < columns; first += ops->nr)
    ops->pack_rows (o->b + first * o->depth, ops->nr,
                    moe_native_at (source, ops->kernels.dtype, first * p->ldb), p->ldb,
                    moe_size_min (ops->nr, columns - first), ks);
}

/* Where two tiles are one line, the left one waits beside C for the other. */
static bool
waits (const Outer *o, const MoeNativeTile *tile, size_t columns)
{
  return o->joins && tile->store == MOE_NATIVE_STORE_STREAM && columns >= 2 * o->ops->nr
         && (uintptr_t)tile->c % MOE_NATIVE_LINE == 0;
}

static void
left_tile (const Outer *o, MoeNativeTile *tile)
{
  void *c = tile->c;
  size_t ldc = tile->ldc;
  tile->c = o->left;
  tile->ldc = o->ops->nr;
  tile->store = MOE_NATIVE_STORE_FINAL;
  o->ops->tile (tile);
  tile->c = c;
  tile->ldc = ldc;
  tile->store = MOE_NATIVE_STORE_STREAM;
  tile->left = o->left;
}

/* One panel of A by all panels of B; `tile` is made for the first of them.  Its fields are
 * updated in place: tiles are short, and making a new one takes a tenth of their time. */
static void
panel_tiles (const Outer *o, MoeNativeTile *tile, size_t columns)
{
  const MoeNativeOps *ops = o->ops;
  size_t element =
      tile->store == MOE_NATIVE_STORE_SUMS ? sizeof (float) : moe_dtype_bytes (ops->kernels.dtype);
  for (size_t j = 0; j < columns; j += ops->nr)
    {
      tile->columns = moe_size_min (ops->nr, columns - j);
      if (waits (o, tile, columns - j))
        left_tile (o, tile);
      else
        {
          ops->tile (tile);
          tile->left = NULL;
        }
      tile->b = (const uint32_t *)tile->b + ops->nr * o->depth;
      tile->c = (char *)tile->c + ops->nr * element;
      if (tile->sums != NULL)
        tile->sums += ops->nr;
    }
}

static void
block_product (const Outer *o, size_t i_first, size_t i_end, size_t j, size_t columns, size_t k)
{
  const MoeNativeOps *ops = o->ops;
  const MoeMatmul *p = o->p;
  size_t ks = moe_size_min (o->kc, p->k - k);
  bool last = k + ks == p->k;
  for (size_t i = i_first; i < i_end; i += ops->mr)
    {
      size_t panel = (i - i_first) / ops->mr;
      uint32_t *a = o->kept ? o->a + panel * o->a_size + k / ops->pair * ops->mr
                            : o->a + panel % TOGETHER * o->a_size;
      float *sums = o->sums != NULL ? o->sums + (i - i_first) * o->nc : NULL;
      if (panel % TOGETHER == 0 && (j == 0 || !o->kept))
        moe_native_pack_panels (ops, a, ops->mr, o->a_size,
                                moe_native_at (p->a, ops->kernels.dtype, k * p->lda + i), p->lda,
                                moe_size_min (TOGETHER * ops->mr, i_end - i), ks);
      MoeNativeTile tile = {
        .rows = moe_size_min (ops->mr, i_end - i),
        .depth = moe_native_depth (ops, ks),
        .a = a,
        .b = o->b,
        .sums = k > 0 ? sums : NULL,
        .ld_sums = o->nc,
        .c = last ? (void *)moe_native_at (p->c, ops->kernels.dtype, i * p->ldc + j) : sums,
        .ldc = last ? p->ldc : o->nc,
        .store = last ? MOE_NATIVE_STORE_STREAM : MOE_NATIVE_STORE_SUMS,
      };
      panel_tiles (o, &tile, columns);
    }
}

void
moe_native_outer (const MoeNativeOps *ops, const MoeMatmul *p, void *scratch)
{
  Outer o;
  outer_init (&o, ops, p, scratch);
  for (size_t i = 0; i < p->m; i += o.mc)
    for (size_t j = 0; j < p->n; j += o.nc)
      for (size_t k = 0; k < p->k; k += o.kc)
        {
          size_t columns = moe_size_min (o.nc, p->n - j);
          pack_b (&o, j, columns, k, moe_size_min (o.kc, p->k - k));
          block_product (&o, i, moe_size_min (i + o.mc, p->m), j, columns, k);
        }
  ops->fence ();
}

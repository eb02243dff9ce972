/* SPDX-License-Identifier: Apache-2.0 */
/* C[m,n] = A[k,m]^T op(B)[k,n]: weight gradients, k being the rows of an expert.
 *
 * C is large, cold and only written, so its tiles leave past the caches once, complete.  Blocking,
 * outermost first:
 *
 *   columns  nc; B[kc,nc] is packed as panels b[depth][nr] that stay in the second level cache
 *   rows     all of them, or mc where k comes in several blocks
 *   k        kc; all of k at once up to DEPTH_MOST, else sums stay in scratch[mc][nc], float32
 *   rows     a panel a[depth][mr], packed where it is needed, in the first level cache
 *   columns  the panels of B: one tile each */
#include "engine/backends/native/kernel.h"

enum
{
  DEPTH_MOST = 768,
  COLUMNS_BYTES = 640 << 10, /* packed B in the second level cache */
  ROWS_MOST = 336,           /* of C in one block where sums are buffered */
};

typedef struct Outer
{
  const MoeNativeOps *ops;
  const MoeMatmul *p;
  size_t mc, nc, kc; /* largest block */
  size_t depth;      /* of kc */
  uint32_t *a;       /* [depth][mr] */
  uint32_t *b;       /* nc / nr panels [depth][nr] */
  float *sums;       /* [mc][nc], or NULL: one block of k */
} Outer;

static void
outer_init (Outer *o, const MoeNativeOps *ops, const MoeMatmul *p, void *scratch)
{
  size_t kc = moe_native_even (p->k, DEPTH_MOST * ops->pair, ops->pair);
  size_t depth = (kc + ops->pair - 1) / ops->pair;
  size_t most = COLUMNS_BYTES / (sizeof (uint32_t) * depth) / ops->nr * ops->nr;
  size_t slack = MOE_NATIVE_SLACK / sizeof (uint32_t);
  bool buffered = kc < p->k;

  *o = (Outer){ .ops = ops,
                .p = p,
                .mc = buffered ? ROWS_MOST / ops->mr * ops->mr : p->m,
                .nc = moe_native_even (p->n, most, ops->nr),
                .kc = kc,
                .depth = depth,
                .a = scratch };
  o->b = o->a + ops->mr * depth + slack;
  o->b += (16 - (size_t)(o->b - o->a) % 16) % 16;
  o->sums = buffered ? (float *)(o->b + o->nc * depth + slack) : NULL;
}

static void
pack_b (const Outer *o, size_t j, size_t columns, size_t k, size_t ks)
{
  const MoeNativeOps *ops = o->ops;
  const MoeMatmul *p = o->p;
  for (size_t first = 0; first < columns; first += ops->nr)
    {
      size_t lanes = moe_native_min (ops->nr, columns - first);
      size_t corner =
          p->transpose_b ? (j + first) * p->ldb + k : k * p->ldb + j + first;
      (p->transpose_b ? ops->pack_rows : ops->pack_columns) (
          o->b + first * o->depth, ops->nr, moe_native_at (p->b, ops->dtype, corner), p->ldb,
          lanes, ks);
    }
}

/* One panel of A by all panels of B. */
static void
panel_tiles (const Outer *o, const MoeNativeTile *corner, size_t columns)
{
  const MoeNativeOps *ops = o->ops;
  for (size_t j = 0; j < columns; j += ops->nr)
    {
      MoeNativeTile tile = *corner;
      MoeDtype dtype =
          tile.store == MOE_NATIVE_STORE_SUMS ? MOE_DTYPE_FLOAT32 : ops->dtype;
      tile.columns = moe_native_min (ops->nr, columns - j);
      tile.b = o->b + j * o->depth;
      tile.c = (char *)moe_native_at (tile.c, dtype, j);
      if (tile.sums != NULL)
        tile.sums += j;
      ops->tile (&tile);
    }
}

static void
block_product (const Outer *o, size_t i_first, size_t i_end, size_t j, size_t columns, size_t k)
{
  const MoeNativeOps *ops = o->ops;
  const MoeMatmul *p = o->p;
  size_t ks = moe_native_min (o->kc, p->k - k);
  bool last = k + ks == p->k;
  for (size_t i = i_first; i < i_end; i += ops->mr)
    {
      float *sums = o->sums != NULL ? o->sums + (i - i_first) * o->nc : NULL;
      size_t rows = moe_native_min (ops->mr, i_end - i);
      ops->pack_columns (o->a, ops->mr, moe_native_at (p->a, ops->dtype, k * p->lda + i), p->lda,
                         rows, ks);
      MoeNativeTile tile = {
        .rows = rows,
        .depth = (ks + ops->pair - 1) / ops->pair,
        .a = o->a,
        .sums = k > 0 ? sums : NULL,
        .ld_sums = o->nc,
        .c = last ? (void *)moe_native_at (p->c, ops->dtype, i * p->ldc + j) : sums,
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
  for (size_t j = 0; j < p->n; j += o.nc)
    {
      size_t columns = moe_native_min (o.nc, p->n - j);
      for (size_t i = 0; i < p->m; i += o.mc)
        for (size_t k = 0; k < p->k; k += o.kc)
          {
            if (i == 0 || o.sums != NULL)
              pack_b (&o, j, columns, k, moe_native_min (o.kc, p->k - k));
            block_product (&o, i, moe_native_min (i + o.mc, p->m), j, columns, k);
          }
    }
  ops->fence ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* C[m,n] = A[m,k] op(B)[k,n]: rows of activations by the weights of an expert.
 *
 * B is large, cold and read once; A is small.  Blocking, outermost first:
 *
 *   rows     mc of A and C, so that a packed block of A stays in the second level cache
 *   columns  nc, only where sums need a buffer (bfloat16 with k in several blocks)
 *   k        kc; the block A[mc,kc] is packed as groups of panels a[depth][mr]
 *   columns  a group of 1 to 8 panels b[depth][nr], packed into one of two buffers
 *   rows     the panels of A: one tile each
 *
 * A B that was packed before (MoeMatmul.packed) is used where it lies, panel by panel.
 *
 * While the tiles of one group run, they copy the next group of a plain B into the other buffer,
 * or prefetch the rows of a transposed one: see MoeNativeAhead.  float32 sums between blocks of k
 * stay in C itself; bfloat16 keeps them in scratch, float32. */
#include "engine/backends/native/kernel.h"
#include "engine/base/assert.h"

enum
{
  ROWS_MOST = 280,           /* of A in one block */
  COLUMNS_MOST = 512,        /* of C in one block where sums are buffered */
  BLOCK_BYTES = 768 << 10,   /* packed A and B that the second level cache shall hold */
  PAIRED_BYTES = 1024 << 10, /* the same where ending k early costs a buffer of sums */
  GROUP_BYTES = 256 << 10,   /* the two groups of panels of B */
  PREFETCH_STEPS = 16,       /* of depth ahead, with one panel of A */
};

/* One block of the loops above: row, column and k offsets into the product and sizes. */
typedef struct Block
{
  size_t i, rows;
  size_t j, columns;
  size_t k, ks;
} Block;

typedef struct Rows
{
  const MoeNativeOps *ops;
  const MoeMatmul *p;
  size_t mc, nc, kc; /* largest block */
  size_t group;      /* columns of a group of panels */
  size_t depth;      /* of kc */
  uint32_t *a;
  uint32_t *b[2];
  float *sums; /* [mc][nc], or NULL: C holds them */
  bool ready;  /* b[0] holds the coming group */
} Rows;

static size_t
panels_of (const MoeNativeOps *ops, size_t rows)
{
  return (rows - 1) / ops->mr + 1;
}

/* Few panels of A leave little time per panel of B: longer runs of memory make up for it, the more
 * where a panel is a line or half of one and tiles pause to have it packed.  The rows of a
 * transposed B are long runs by themselves.  Measured: docs/performance.md. */
static size_t
group_panels (const MoeNativeOps *ops, const MoeMatmul *p, size_t panels)
{
  if (p->transpose_b || p->packed != NULL)
    return 1;
  if (!ops->copies_ahead)
    return panels <= 12 ? 8 : 1;
  return panels <= 2 ? 4 : panels <= 8 ? 2 : 1;
}

static void
rows_init (Rows *r, const MoeNativeOps *ops, const MoeMatmul *p, void *scratch)
{
  size_t mc = moe_native_even (p->m, ROWS_MOST / ops->mr * ops->mr, 1);
  size_t a_rows = panels_of (ops, mc) * ops->mr;
  size_t group = group_panels (ops, p, panels_of (ops, mc)) * ops->nr;
  size_t bytes = ops->kernels.dtype == MOE_DTYPE_BFLOAT16 ? PAIRED_BYTES : BLOCK_BYTES;
  size_t depth = bytes / (sizeof (uint32_t) * (a_rows + 2 * group));
  if (p->packed == NULL)
    depth = moe_size_min (depth, GROUP_BYTES / (sizeof (uint32_t) * 2 * group));
  size_t kc = moe_native_even (p->k, depth / 16 * 16 * ops->pair, 16 * ops->pair);
  bool buffered = ops->kernels.dtype == MOE_DTYPE_BFLOAT16 && kc < p->k;

  *r = (Rows){ .ops = ops,
               .p = p,
               .mc = mc,
               .nc = buffered ? moe_native_even (p->n, COLUMNS_MOST, group) : p->n,
               .kc = kc,
               .group = group,
               .depth = moe_native_depth (ops, kc),
               .a = scratch };
  size_t slack = MOE_NATIVE_SLACK / sizeof (uint32_t);
  uint32_t *end = r->a + a_rows * r->depth + slack;
  end += (16 - (size_t)(end - r->a) % 16) % 16;
  for (int i = 0; i < 2 && p->packed == NULL; i++, end += group * r->depth + slack)
    r->b[i] = end;
  r->sums = buffered ? (float *)end : NULL;
  MOE_ASSERT (moe_native_in_scratch (scratch, end + (buffered ? mc * r->nc : 0)));
}

static void
pack_a (const Rows *r, const Block *block)
{
  const MoeNativeOps *ops = r->ops;
  size_t panels = panels_of (ops, block->rows);
  for (size_t g = 0; g < panels; g++)
    {
      size_t first = block->rows * g / panels, end = block->rows * (g + 1) / panels;
      size_t corner = (block->i + first) * r->p->lda + block->k;
      ops->pack_rows (r->a + g * ops->mr * r->depth, ops->mr,
                      moe_native_at (r->p->a, ops->kernels.dtype, corner), r->p->lda, end - first,
                      block->ks);
    }
}

/* Where element (k, j) of op(B) is. */
static const char *
b_at (const Rows *r, size_t k, size_t j)
{
  size_t index = r->p->transpose_b ? j * r->p->ldb + k : k * r->p->ldb + j;
  return moe_native_at (r->p->b, r->ops->kernels.dtype, index);
}

/* Where depth k and column j, the first of a panel, of a packed B begin. */
static const uint32_t *
packed_at (const Rows *r, size_t k, size_t j)
{
  const MoeNativeOps *ops = r->ops;
  const uint32_t *panel =
      moe_native_packed_columns (&ops->kernels, r->p->packed, r->p->k, j / ops->nr * ops->nr);
  return panel + k / ops->pair * ops->nr;
}

/* Pack panel `panel` of a group from depth `done` on. */
static void
pack_panel (const Rows *r, uint32_t *b, const Block *group, size_t panel, size_t done)
{
  const MoeNativeOps *ops = r->ops;
  size_t j = panel * ops->nr, k = done * ops->pair;
  if (k >= group->ks)
    return;
  size_t lanes = moe_size_min (ops->nr, group->columns - j);
  (r->p->transpose_b ? ops->pack_rows : ops->pack_columns) (
      b + (panel * r->depth + done) * ops->nr, ops->nr, b_at (r, group->k + k, group->j + j),
      r->p->ldb, lanes, group->ks - k);
}

/* Let the tiles of a group read ahead for the next one: `steps` of depth are there to do it. */
static void
ahead_init (const Rows *r, MoeNativeAhead *ahead, const Block *next, size_t steps)
{
  const MoeNativeOps *ops = r->ops;
  const MoeMatmul *p = r->p;
  size_t row_bytes = p->ldb * moe_dtype_bytes (ops->kernels.dtype);
  const char *corner = b_at (r, next->k, next->j);
  *ahead = (MoeNativeAhead){ .source = corner, .corner = corner, .stride = row_bytes };
  if (p->packed != NULL)
    {
      size_t bytes = moe_native_depth (ops, next->ks) * ops->nr * sizeof (uint32_t);
      ahead->kind = MOE_NATIVE_AHEAD_PREFETCH;
      ahead->source = ahead->corner = (const char *)packed_at (r, next->k, next->j);
      ahead->stride = 128;
      ahead->pieces = ahead->left = (bytes + 127) / 128;
    }
  else if (!p->transpose_b && ops->copies_ahead)
    {
      size_t depths = next->ks / ops->pair;
      ahead->kind = MOE_NATIVE_AHEAD_COPY;
      ahead->pieces = next->columns / ops->nr;
      ahead->left = ahead->pieces * depths;
      ahead->stride = row_bytes * ops->pair;
      ahead->second = row_bytes;
      ahead->panel = r->b[1];
      ahead->panel_size = ops->nr * r->depth;
    }
  else
    {
      size_t span = p->transpose_b ? next->ks : next->columns;
      ahead->kind = MOE_NATIVE_AHEAD_PREFETCH;
      ahead->step = 128;
      ahead->pieces = p->transpose_b ? next->columns : next->ks;
      ahead->left = ahead->pieces * ((span * moe_dtype_bytes (ops->kernels.dtype) + 127) / 128);
    }
  ahead->every = ahead->left > 0 ? steps / ahead->left : 1;
  if (ahead->every == 0)
    ahead->every = 1;
  ahead->distance = (PREFETCH_STEPS / ahead->every + 8) * ahead->stride;
}

/* All panels of A by the panels of a group.  The tile is updated field by field: tiles can be
 * short, and copying a whole one stalls on the fields just written. */
static void
group_tiles (const Rows *r, const Block *group, MoeNativeAhead *ahead)
{
  const MoeNativeOps *ops = r->ops;
  const MoeMatmul *p = r->p;
  size_t panels = panels_of (ops, group->rows), a_size = ops->mr * r->depth;
  bool last = group->k + group->ks == p->k, buffered = r->sums != NULL;
  MoeNativeTile tile = { .depth = moe_native_depth (ops, group->ks),
                         .ld_sums = buffered ? r->nc : p->ldc,
                         .ldc = buffered && !last ? r->nc : p->ldc,
                         .store = last ? MOE_NATIVE_STORE_FINAL : MOE_NATIVE_STORE_SUMS,
                         .ahead = ahead };
  for (size_t j = 0; j < group->columns; j += ops->nr)
    {
      tile.columns = moe_size_min (ops->nr, group->columns - j);
      tile.b = p->packed != NULL ? packed_at (r, group->k, group->j + j) : r->b[0] + j * r->depth;
      for (size_t g = 0, first = 0; g < panels; g++, first += tile.rows)
        {
          size_t at = (group->i + first) * p->ldc + group->j + j;
          float *c = (float *)moe_native_at (p->c, ops->kernels.dtype, at);
          float *sums = buffered ? r->sums + first * r->nc + (group->j + j) % r->nc : c;
          tile.rows = group->rows * (g + 1) / panels - first;
          tile.a = r->a + g * a_size;
          tile.sums = group->k > 0 ? sums : NULL;
          tile.c = last ? c : sums;
          ops->tile (&tile);
        }
    }
}

/* Pack what the tiles did not copy of the group, and make its buffer the current one. */
static void
group_finish (Rows *r, const MoeNativeAhead *ahead, const Block *next)
{
  if (ahead->kind == MOE_NATIVE_AHEAD_COPY)
    {
      size_t done = (size_t)(ahead->panel - r->b[1]) / r->ops->nr;
      for (size_t panel = 0; panel * r->ops->nr < next->columns; panel++)
        pack_panel (r, r->b[1], next, panel,
                    panel >= ahead->pieces ? 0 : done + (panel < ahead->piece ? 1 : 0));
      uint32_t *b = r->b[0];
      r->b[0] = r->b[1];
      r->b[1] = b;
      r->ready = true;
    }
}

/* The group after `group` within the block of columns that ends at j_end, or the first one of the
 * next block of k; false when there is none. */
static bool
next_group (const Rows *r, const Block *group, size_t j_first, size_t j_end, Block *next)
{
  *next = *group;
  next->j = group->j + group->columns;
  if (next->j == j_end)
    {
      next->j = j_first;
      next->k = group->k + group->ks;
      if (next->k == r->p->k)
        return false;
      next->ks = moe_size_min (r->kc, r->p->k - next->k);
    }
  next->columns = moe_size_min (r->group, j_end - next->j);
  return true;
}

/* All of k for mc rows and nc columns. */
static void
block_product (Rows *r, size_t i, size_t rows, size_t j_first, size_t j_end)
{
  Block group = { i,       rows,
                  j_first, moe_size_min (r->group, j_end - j_first),
                  0,       moe_size_min (r->kc, r->p->k) };
  Block next;
  bool more = true;
  r->ready = false;
  while (more)
    {
      if (group.j == j_first)
        pack_a (r, &group);
      r->ready |= r->p->packed != NULL;
      for (size_t panel = 0; !r->ready && panel * r->ops->nr < group.columns; panel++)
        pack_panel (r, r->b[0], &group, panel, 0);
      r->ready = false;

      MoeNativeAhead ahead = { 0 };
      more = next_group (r, &group, j_first, j_end, &next);
      size_t panels = panels_of (r->ops, rows) * ((group.columns - 1) / r->ops->nr + 1);
      if (more)
        ahead_init (r, &ahead, &next, panels * moe_native_depth (r->ops, group.ks));
      group_tiles (r, &group, &ahead);
      if (more)
        group_finish (r, &ahead, &next);
      group = next;
    }
}

void
moe_native_rows (const MoeNativeOps *ops, const MoeMatmul *p, void *scratch)
{
  Rows r;
  rows_init (&r, ops, p, scratch);
  for (size_t i = 0; i < p->m; i += r.mc)
    for (size_t j = 0; j < p->n; j += r.nc)
      block_product (&r, i, moe_size_min (r.mc, p->m - i), j, moe_size_min (j + r.nc, p->n));
}

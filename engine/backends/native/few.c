/* SPDX-License-Identifier: Apache-2.0 */
/* C[m,n] = A[m,k] B[k,n] for few rows: B, cold and read once, is used in place.
 *
 * Copying B into panels halves the rate at which it can be read, which pays only from several
 * panels of A on.  Blocking, outermost first:
 *
 *   columns  of B and C: whole rows, or long runs of them
 *   k        of a block; C's sums between blocks stay in C (float32) or scratch (bfloat16)
 *   columns  nr
 *   rows     the panels of A, packed once for all of k: one tile each
 *
 * While the tiles of a block run, they prefetch the next block into the second level cache.  Where
 * the instruction set brings it, wide () takes the place of the tiles of one or two panels of A: it
 * walks along a few whole rows of B at once, each of them one run of memory.
 *
 * The wider and flatter a block is, the more B is read like one run of memory, and the more often
 * sums are taken up and laid down again, which costs the more the more rows there are: see
 * cut_blocks (). */
#include "engine/backends/native/kernel.h"
#include "engine/base/assert.h"

#include <string.h>

enum
{
  WHOLE_ROWS_MOST = 4, /* of A, up to which whole rows of B are worth their sums */
  WIDE_COLUMNS = 2816,
  WIDE_TILE = 512,     /* elements of B in a tile of such a block, depth times nr */
  WIDE_TILE_ONE = 256, /* with a single row of A */
  STRIP_COLUMNS = 256,
  STRIP_DEPTH = 128,
  STRIP_DEPTH_ALIASED = 64, /* where all rows of B fall into few sets of the cache */
  ALIAS_BYTES = 4096,
  WIDE_DEPTH = 8,    /* rows of B that wide () walks along at once: as many as are prefetched */
  DEPTH_MOST = 8192, /* of k in one packed block of A; what is longer is no matter of few rows */
};

typedef struct Few
{
  const MoeNativeOps *ops;
  const MoeMatmul *p;
  size_t panels;  /* of A */
  size_t columns; /* largest block */
  size_t kc;
  size_t a_size; /* elements from one panel of A to the next */
  uint32_t *a;   /* [panels][depth][mr] */
  uint32_t *b;   /* [kc][nr], for columns that end inside a tile */
  float *sums;   /* [m][ld_sums], or NULL: C holds them */
  size_t ld_sums;
  bool wide; /* all columns but the last few by ops->wide () */
  bool last; /* block of k */
} Few;

static bool
is_aliased (const MoeNativeOps *ops, const MoeMatmul *p)
{
  return p->ldb * moe_dtype_bytes (ops->kernels.dtype) % ALIAS_BYTES == 0;
}

bool
moe_native_is_few (const MoeNativeOps *ops, const MoeMatmul *p)
{
  size_t most = is_aliased (ops, p) ? ops->direct_rows_aliased : ops->direct_rows;
  return !p->transpose_a && !p->transpose_b && p->m <= most && p->k <= DEPTH_MOST;
}

static bool
is_wide (const MoeNativeOps *ops, const MoeMatmul *p)
{
  return ops->wide != NULL && p->m <= ops->wide_rows;
}

static bool
reads_whole_rows (const MoeNativeOps *ops, const MoeMatmul *p)
{
  return p->m <= WHOLE_ROWS_MOST || is_wide (ops, p);
}

bool
moe_native_is_best_packed (const MoeNativeOps *ops, const MoeMatmul *p)
{
  return p->m >= ops->packed_from || !moe_native_is_few (ops, p);
}

static size_t
row_of (const Few *f, size_t panel)
{
  return f->p->m * panel / f->panels;
}

/* Measured, not derived: docs/performance.md, "What each trick brought".  Nothing here may depend
 * on n, so that columns can be cut off without changing the sums of the others: kc does not. */
static void
cut_blocks (Few *f)
{
  const MoeMatmul *p = f->p;
  size_t depth = is_aliased (f->ops, p) ? STRIP_DEPTH_ALIASED : STRIP_DEPTH;
  f->columns = moe_size_min (STRIP_COLUMNS, p->n);
  if (reads_whole_rows (f->ops, p))
    f->columns = moe_native_even (p->n, WIDE_COLUMNS, f->ops->nr);
  if (f->wide)
    depth = WIDE_DEPTH;
  else if (p->m <= WHOLE_ROWS_MOST)
    depth = (p->m == 1 ? WIDE_TILE_ONE : WIDE_TILE) / f->ops->nr;
  f->kc = depth * f->ops->pair;
}

static void
few_init (Few *f, const MoeNativeOps *ops, const MoeMatmul *p, void *scratch)
{
  size_t slack = MOE_NATIVE_SLACK / sizeof (uint32_t);
  *f = (Few){ .ops = ops, .p = p, .panels = (p->m - 1) / ops->mr + 1, .b = scratch };
  f->wide = is_wide (ops, p);
  cut_blocks (f);
  f->a = f->b + STRIP_DEPTH * ops->nr + slack;
  f->a_size = moe_native_depth (ops, p->k) * ops->mr + slack;
  uint32_t *end = f->a + f->panels * f->a_size;
  if (f->wide || ops->kernels.dtype == MOE_DTYPE_BFLOAT16)
    f->sums = (float *)end;
  f->ld_sums = f->columns + slack; /* rows of sums shall not fall into the same sets of the cache */
  MOE_ASSERT (moe_native_in_scratch (scratch, end + (f->sums != NULL ? p->m * f->ld_sums : 0)));
  for (size_t g = 0; g < f->panels; g++)
    ops->pack_rows (f->a + g * f->a_size, ops->mr,
                    moe_native_at (p->a, ops->kernels.dtype, row_of (f, g) * p->lda), p->lda,
                    row_of (f, g + 1) - row_of (f, g), p->k);
}

static void
ahead_init (const Few *f, MoeNativeAhead *ahead, size_t j, size_t k, size_t steps)
{
  const MoeMatmul *p = f->p;
  size_t element = moe_dtype_bytes (f->ops->kernels.dtype);
  size_t columns = moe_size_min (f->columns, p->n - j), ks = moe_size_min (f->kc, p->k - k);
  const char *corner = moe_native_at (p->b, f->ops->kernels.dtype, k * p->ldb + j);
  size_t pieces = (columns * element + 127) / 128;
  *ahead = (MoeNativeAhead){ .kind = MOE_NATIVE_AHEAD_PREFETCH,
                             .left = ks * pieces,
                             .every = steps / (ks * pieces),
                             .source = corner,
                             .corner = corner,
                             .stride = 128,
                             .step = p->ldb * element,
                             .pieces = pieces };
  if (ahead->every == 0)
    ahead->every = 1;
}

/* nr or fewer columns of one block, from column j of B; the block's columns begin at j_first. */
static void
column_tiles (const Few *f, MoeNativeTile *tile, size_t j_first, size_t j, size_t k, size_t ks)
{
  const MoeNativeOps *ops = f->ops;
  const MoeMatmul *p = f->p;
  const char *b = moe_native_at (p->b, ops->kernels.dtype, k * p->ldb + j);
  bool direct = tile->columns == ops->nr && ks % ops->pair == 0;
  tile->b = b;
  if (!direct)
    {
      ops->pack_columns (f->b, ops->nr, b, p->ldb, tile->columns, ks);
      tile->b = f->b;
    }
  for (size_t g = 0, row = 0; g < f->panels; g++, row += tile->rows)
    {
      float *c = (float *)moe_native_at (p->c, ops->kernels.dtype, row * p->ldc + j);
      float *sums = f->sums != NULL ? f->sums + row * f->ld_sums + j - j_first : c;
      tile->rows = row_of (f, g + 1) - row;
      tile->a = f->a + g * f->a_size + k / ops->pair * ops->mr;
      tile->sums = k > 0 ? sums : NULL;
      tile->c = f->last ? c : sums;
      (direct ? ops->tile_direct : ops->tile) (tile);
    }
}

/* Is wide () to prefetch?  The processor does it better by itself where there is little work beside
 * it, and rows that fall into few sets of the cache would push one another out.  Measured. */
static bool
is_asked (const MoeNativeOps *ops, const MoeMatmul *p)
{
  if (ops->kernels.dtype == MOE_DTYPE_BFLOAT16)
    return p->m <= 2 || !is_aliased (ops, p);
  return p->m > 3 && !is_aliased (ops, p);
}

/* The first columns of a block, whole tiles, all at once. */
static void
wide_columns (const Few *f, size_t j, size_t columns, size_t k, size_t ks)
{
  const MoeNativeOps *ops = f->ops;
  const MoeMatmul *p = f->p;
  size_t row_bytes = p->ldb * moe_dtype_bytes (ops->kernels.dtype);
  for (size_t g = 0; g < f->panels; g++)
    {
      size_t row = row_of (f, g);
      void *c = (void *)moe_native_at (p->c, ops->kernels.dtype, row * p->ldc + j);
      MoeNativeWide wide = {
        .rows = row_of (f, g + 1) - row,
        .columns = columns,
        .depth = ks,
        .a = f->a + g * f->a_size + k * ops->mr,
        .b = moe_native_at (p->b, ops->kernels.dtype, k * p->ldb + j),
        .ldb = p->ldb,
        .sums = f->sums + row * f->ld_sums,
        .ld_sums = f->ld_sums,
        .c = f->last ? c : NULL,
        .ldc = p->ldc,
        .ahead = g == 0 && !f->last && is_asked (ops, p) ? ks * row_bytes : 0,
      };
      if (k == 0)
        memset (wide.sums, 0, ((wide.rows - 1) * wide.ld_sums + columns) * sizeof (float));
      ops->wide (&wide);
    }
}

static void
block_product (Few *f, size_t j_first, size_t k)
{
  const MoeNativeOps *ops = f->ops;
  const MoeMatmul *p = f->p;
  size_t j_end = moe_size_min (j_first + f->columns, p->n), ks = moe_size_min (f->kc, p->k - k);
  size_t depth = moe_native_depth (ops, ks);
  MoeNativeAhead ahead = { 0 };
  size_t steps = depth * f->panels * ((j_end - j_first - 1) / ops->nr + 1);

  f->last = k + ks == p->k;
  if (!f->last)
    ahead_init (f, &ahead, j_first, k + ks, steps);
  else if (j_end < p->n)
    ahead_init (f, &ahead, j_end, 0, steps);
  MoeNativeTile tile = { .depth = depth,
                         .b_stride = p->ldb * moe_dtype_bytes (ops->kernels.dtype),
                         .ld_sums = f->sums != NULL ? f->ld_sums : p->ldc,
                         .ldc = f->sums != NULL && !f->last ? f->ld_sums : p->ldc,
                         .store = f->last ? MOE_NATIVE_STORE_FINAL : MOE_NATIVE_STORE_SUMS,
                         .ahead = &ahead };
  size_t j = j_first;
  if (f->wide && j_end - j_first >= ops->nr)
    {
      size_t columns = (j_end - j_first) / ops->nr * ops->nr;
      wide_columns (f, j_first, columns, k, ks);
      j += columns;
    }
  for (; j < j_end; j += ops->nr)
    {
      tile.columns = moe_size_min (ops->nr, j_end - j);
      column_tiles (f, &tile, j_first, j, k, ks);
    }
}

void
moe_native_few (const MoeNativeOps *ops, const MoeMatmul *p, void *scratch)
{
  Few f;
  few_init (&f, ops, p, scratch);
  for (size_t j = 0; j < p->n; j += f.columns)
    for (size_t k = 0; k < p->k; k += f.kc)
      block_product (&f, j, k);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the native kernels: what an instruction set brings, and the loops around it.
 *
 * A product is cut into tiles of at most mr x nr of C, whose sums live in registers, float32.  The
 * operands of a tile are panels: a[depth][mr] and b[depth][nr] of 4-byte elements, each either one
 * float32 or a pair of bfloat16 that are neighbours along k (the first in the low half; an odd last
 * k is paired with 0).  depth is k / pair, rounded up.  Everything between a panel's valid lanes
 * and its width is unspecified and never reaches C. */
#pragma once

#include "engine/backends/parts/matmul.h"
#include "engine/base/size.h"

#define MOE_INLINE static inline __attribute__ ((always_inline))

/* Loops over registers must vanish before registers are chosen. */
#if !defined(__clang__)
#define MOE_UNROLL _Pragma ("GCC unroll 32")
#elif __has_feature(address_sanitizer)
/* With a check at every access an unrolled kernel takes Clang ten minutes and four gigabytes. */
#define MOE_UNROLL
#else
#define MOE_UNROLL _Pragma ("clang loop unroll(full)")
#endif

/* Loads stay on their side of it. */
#define MOE_HERE() __asm__ volatile("" ::: "memory")

enum
{
  MOE_NATIVE_SCRATCH_BYTES = 4 << 20,
  MOE_NATIVE_LINE = 64,  /* bytes that memory is written in */
  MOE_NATIVE_SLACK = 64, /* bytes a packing function may write past its panel */
};

typedef enum MoeNativeStore
{
  MOE_NATIVE_STORE_SUMS,   /* float32 sums, to be continued */
  MOE_NATIVE_STORE_FINAL,  /* the product's dtype */
  MOE_NATIVE_STORE_STREAM, /* the same past the caches, where lines are whole and aligned */
} MoeNativeStore;

typedef enum MoeNativeAheadKind
{
  MOE_NATIVE_AHEAD_PREFETCH, /* pieces of 128 bytes into the second level cache */
  MOE_NATIVE_AHEAD_COPY,     /* pieces of one depth and nr lanes into panels */
} MoeNativeAheadKind;

/* Work on the next panels of B that tiles do on the side, one piece every few steps of depth, so
 * that reading the cold weights overlaps the arithmetic.  All offsets in bytes. */
typedef struct MoeNativeAhead
{
  MoeNativeAheadKind kind;
  size_t every;       /* steps of depth between two pieces */
  size_t left;        /* pieces to go */
  const char *source; /* of the next piece */
  size_t stride;      /* prefetch: between pieces of a column; copy: between depths */
  size_t piece;       /* position within the column (prefetch) or the depth (copy) */
  size_t pieces;      /* prefetch: pieces of a column; copy: panels side by side */
  const char *corner; /* first piece of this column or depth */
  size_t step;        /* prefetch: between columns */
  size_t second;      /* copy, bfloat16: from the first row of a pair to the other */
  size_t distance;    /* copy: how far ahead of the piece to prefetch */
  uint32_t *panel;    /* copy: where this depth goes in the first panel */
  size_t panel_size;  /* copy: elements from one panel to the next */
} MoeNativeAhead;

typedef struct MoeNativeTile
{
  size_t rows;    /* 1 .. mr */
  size_t columns; /* 1 .. nr */
  size_t depth;
  const uint32_t *a; /* [depth][mr] */
  const void *b;     /* [depth][nr], or for tile_direct () op(B) [k][nr] in place */
  size_t b_stride;   /* tile_direct (): between rows of k, bytes */
  const float *sums; /* [rows][ld_sums] to add, or NULL */
  size_t ld_sums;
  void *c; /* [rows][ldc] float32 sums or dtype, by `store` */
  size_t ldc;
  MoeNativeStore store;
  const void *left;      /* [rows][nr] of the dtype to store before c, or NULL: see joins_lines */
  MoeNativeAhead *ahead; /* NULL: nothing to do on the side */
} MoeNativeTile;

/* C[rows,columns] = A[rows,k] B[columns,k]^T: dot products of rows that lie along k in memory,
 * neither side packed. */
typedef struct MoeNativeDots
{
  size_t rows;    /* 1 .. dot_rows */
  size_t columns; /* dot_columns (rows), or 1 */
  size_t k;       /* at least 1 */
  const void *a;  /* of the dtype, as b and c */
  size_t lda;     /* elements, likewise ldb and ldc */
  const void *b;
  size_t ldb;
  void *c;
  size_t ldc;
  size_t ahead; /* prefetch b so many bytes behind where it is read; 0: nothing to come */
} MoeNativeDots;

/* sums[rows,columns] += A[rows,depth] B[depth,columns], walking along rows of B. */
typedef struct MoeNativeWide
{
  size_t rows;       /* 1 .. mr */
  size_t columns;    /* a multiple of nr */
  size_t depth;      /* at least 1 */
  const uint32_t *a; /* [depth][mr] */
  const void *b;     /* [depth][ldb] of the dtype, in place */
  size_t ldb;        /* elements, as ldc */
  float *sums;       /* [rows][ld_sums] so far; within each nr columns, in an order of its own */
  size_t ld_sums;
  void *c; /* the last of k: the sums as [rows][ldc] of the dtype go here; else NULL */
  size_t ldc;
  size_t ahead; /* prefetch so many bytes behind where B is read; 0: do not */
} MoeNativeWide;

/* What an instruction set brings for a dtype.  All functions trust their arguments. */
typedef struct MoeNativeOps
{
  MoeCpuKernels kernels; /* of these */
  size_t mr;
  size_t nr;
  size_t pair; /* of k in one packed element: 1 or 2 */

  /* panel[depth][width] from source[lanes][k] of row stride ld (elements of the dtype): a
   * transpose. lanes <= width; may write up to MOE_NATIVE_SLACK bytes past the last depth. */
  void (*pack_rows) (
      uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
  /* The same from source[k][lanes]. */
  void (*pack_columns) (
      uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
  void (*tile) (const MoeNativeTile *tile);
  bool copies_ahead; /* tile () knows MOE_NATIVE_AHEAD_COPY */
  bool joins_lines;  /* tiles are half a line wide: tile () streams the one to its left along */

  /* The same with a plain B that is not packed: nr columns, k = depth * pair. */
  void (*tile_direct) (const MoeNativeTile *tile);
  size_t direct_rows;         /* the most of A that are better off so; 0: there is none */
  size_t direct_rows_aliased; /* where all rows of B fall into few sets of the cache */
  size_t packed_from; /* rows of A from which on a B that was packed before is better still */

  void (*wide) (const MoeNativeWide *wide); /* NULL: none; with pair == 1 only */
  size_t wide_rows;                         /* the most of A, panel after panel */

  void (*dots) (const MoeNativeDots *dots); /* NULL: none */
  size_t dot_rows;                          /* the most of A */
  size_t (*dot_columns) (size_t rows);      /* rows of B at once, with so many of A */

  /* Zero a run of bytes past the caches; fence orders all such stores before later ones. */
  void (*zero) (void *c, size_t bytes);
  void (*fence) (void);
} MoeNativeOps;

/* Any product; `kernels` are those of a MoeNativeOps. */
void moe_native_matmul (const MoeCpuKernels *kernels, const MoeMatmul *product, void *scratch);

/* B packed for good: panels b[depth][nr] of all of its columns, each of all of k. */
size_t moe_native_packed_bytes (const MoeCpuKernels *kernels, size_t k, size_t n);
void moe_native_pack (
    const MoeCpuKernels *kernels, const void *b, size_t ldb, size_t k, size_t n, void *packed);
const void *moe_native_packed_columns (const MoeCpuKernels *kernels,
                                       const void *packed,
                                       size_t k,
                                       size_t first);

#define MOE_NATIVE_KERNELS(dtype)                                                                  \
  {                                                                                                \
    dtype, MOE_NATIVE_SCRATCH_BYTES, moe_native_matmul, moe_native_packed_bytes, moe_native_pack,  \
        moe_native_packed_columns                                                                  \
  }

/* Products with op(A) = A (rows of activations by weights), and with A transposed (weight
 * gradients); both have k >= 1. */
void moe_native_rows (const MoeNativeOps *ops, const MoeMatmul *product, void *scratch);
void moe_native_outer (const MoeNativeOps *ops, const MoeMatmul *product, void *scratch);

/* Products of so few rows that B is best read in place, and whether a product is one. */
bool moe_native_is_few (const MoeNativeOps *ops, const MoeMatmul *product);

void moe_native_few (const MoeNativeOps *ops, const MoeMatmul *product, void *scratch);

/* Of a B that is there in both forms: is the packed one read faster? */
bool moe_native_is_best_packed (const MoeNativeOps *ops, const MoeMatmul *product);

/* Products of so few rows by a transposed B that packing it would cost more than it brings. */
bool moe_native_is_dots (const MoeNativeOps *ops, const MoeMatmul *product);
void moe_native_dots (const MoeNativeOps *ops, const MoeMatmul *product);

/* Panels [depth][width] of `lanes` columns, `size` elements apart, from source[k][lanes]. */
void moe_native_pack_panels (const MoeNativeOps *ops,
                             uint32_t *panels,
                             size_t width,
                             size_t size,
                             const char *source,
                             size_t ld,
                             size_t lanes,
                             size_t k);

/* Steps of depth that k takes. */
static inline size_t
moe_native_depth (const MoeNativeOps *ops, size_t k)
{
  return (k + ops->pair - 1) / ops->pair;
}

/* Split `total` into the fewest parts of at most `most` and make them equal, rounded up to a
 * multiple of `unit`: the size of a part. */
static inline size_t
moe_native_even (size_t total, size_t most, size_t unit)
{
  size_t parts = (total - 1) / most + 1;
  size_t size = (total - 1) / parts + 1;
  return (size + unit - 1) / unit * unit;
}

/* Is `end` still within a scratch that begins at `scratch`? */
static inline bool
moe_native_in_scratch (const void *scratch, const void *end)
{
  return (const char *)end <= (const char *)scratch + MOE_NATIVE_SCRATCH_BYTES;
}

/* Element `index` of an array of the dtype. */
static inline const char *
moe_native_at (const void *base, MoeDtype dtype, size_t index)
{
  return (const char *)base + index * (dtype == MOE_DTYPE_BFLOAT16 ? 2 : 4);
}

extern const MoeNativeOps moe_native_avx512_f32;
extern const MoeNativeOps moe_native_avx512_bf16;
extern const MoeNativeOps moe_native_avx2_f32;
extern const MoeNativeOps moe_native_avx2_bf16;
extern const MoeNativeOps moe_native_portable_f32;
extern const MoeNativeOps moe_native_portable_bf16;

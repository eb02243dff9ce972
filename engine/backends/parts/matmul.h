/* SPDX-License-Identifier: Apache-2.0 */
/* The one thing a CPU backend must bring: a single-threaded matrix product.  Everything
 * else of the block - dispatch, activation, combine, scheduling - is shared. */
#pragma once

#include "engine/moe/types.h"

/* C[m,n] = op(A)[m,k] op(B)[k,n], row-major, all of the kernels' dtype, sums in float32.
 * op(A) is A[m,k] with row stride lda (in elements), or, when transpose_a, A[k,m] read transposed;
 * the same for B ([k,n], or [n,k] when transpose_b).  C is overwritten and never read; k = 0
 * writes zeros.  m, n >= 1. */
typedef struct MoeMatmul
{
  bool transpose_a;
  bool transpose_b;
  size_t m;
  size_t n;
  size_t k;
  const void *a;
  size_t lda;
  const void *b;
  size_t ldb;
  void *c;
  size_t ldc;
  const void *packed; /* the same B as the kernels packed it; NULL: it is not, see below */
} MoeMatmul;

typedef struct MoeCpuKernels MoeCpuKernels;

struct MoeCpuKernels
{
  MoeDtype dtype;
  size_t scratch_bytes; /* of each thread, 64-byte aligned; 0: none */

  /* Called by many threads at once, each with a scratch of its own; uses one thread itself. */
  void (*matmul) (const MoeCpuKernels *kernels, const MoeMatmul *product, void *scratch);

  /* For a B[k,n] that is not transposed and many products have in common: how many bytes it takes
   * packed (SIZE_MAX on overflow), pack it into so many (64-byte aligned), and where column
   * `first`, a multiple of MOE_PACKED_COLUMNS, begins in them.  All NULL where kernels do not keep
   * operands packed.  k, n >= 1.  Any thread. */
  size_t (*packed_bytes) (const MoeCpuKernels *kernels, size_t k, size_t n);
  void (*pack) (
      const MoeCpuKernels *kernels, const void *b, size_t ldb, size_t k, size_t n, void *packed);
  const void *(*packed_columns) (const MoeCpuKernels *kernels,
                                 const void *packed,
                                 size_t k,
                                 size_t first);
};

enum
{
  MOE_PACKED_COLUMNS = 64
};

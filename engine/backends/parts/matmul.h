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
} MoeMatmul;

typedef struct MoeCpuKernels MoeCpuKernels;

struct MoeCpuKernels
{
  MoeDtype dtype;
  size_t scratch_bytes; /* of each thread, 64-byte aligned; 0: none */

  /* Called by many threads at once, each with a scratch of its own; uses one thread itself. */
  void (*matmul) (const MoeCpuKernels *kernels, const MoeMatmul *product, void *scratch);
};

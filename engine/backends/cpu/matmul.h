/* SPDX-License-Identifier: Apache-2.0 */
/* The one thing a CPU backend must bring: a single-threaded matrix product.  Everything
 * else of the block - dispatch, activation, combine, scheduling - is shared. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* C[m,n] = op(A)[m,k] op(B)[k,n], row-major, float32.  op(A) is A[m,k] with row stride lda, or,
 * when transpose_a, A[k,m] read transposed; the same for B ([k,n], or [n,k] when transpose_b).
 * C is overwritten and never read; k = 0 writes zeros.  m, n >= 1.  Called by many threads at once,
 * uses one thread itself. */
typedef void (*MoeMatmulF32) (bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k,
                              const float *a, size_t lda, const float *b, size_t ldb, float *c,
                              size_t ldc);

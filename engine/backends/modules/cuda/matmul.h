/* SPDX-License-Identifier: Apache-2.0 */
/* Products by cuBLASLt. */
#pragma once

#include "engine/backends/gpu/ops.h"
#include "engine/backends/modules/cuda/cuda.h"

/* Products on a device, with what was chosen for each kind of them. */
typedef struct MoeCudaMatmul MoeCudaMatmul;

/* Those of a device, made when first asked for and kept to the end of the process; any thread. */
MoeStatus moe_cuda_matmul_of (size_t device, MoeCudaMatmul **matmul, MoeError *error);

/* The product of one expert. */
typedef struct MoeCudaProduct
{
  MoeDtype dtype;
  bool transpose_a, transpose_b; /* c[m,n] = a[m,k] b[k,n], stored transposed or not, row-major */
  bool accumulate;
  const void *a, *b;
  void *c;
  size_t m, n, k;
  size_t lda, ldb, ldc;
} MoeCudaProduct;

/* The product of expert `expert`, whose rows are first .. first+count-1 of the dispatch. */
MoeCudaProduct moe_cuda_product_of (
    const MoeGpuMatmul *p, MoeDtype dtype, size_t expert, size_t first, size_t count);

/* A stream to try products on, and events to time them with. */
typedef struct MoeCudaTimer
{
  cudaStream_t stream;
  cudaEvent_t begin, end;
} MoeCudaTimer;

/* Choose how to compute such a product, by trying what may do, which also loads the kernels; c is
 * overwritten.  Does nothing for a kind that is known.  Not while a graph is captured. */
MoeStatus moe_cuda_matmul_choose (MoeCudaMatmul *matmul,
                                  const MoeCudaProduct *product,
                                  void *workspace,
                                  const MoeCudaTimer *timer,
                                  MoeError *error);

/* Put a product on a stream. */
MoeStatus moe_cuda_matmul_run (MoeCudaMatmul *matmul,
                               const MoeCudaProduct *product,
                               void *workspace,
                               cudaStream_t stream,
                               MoeError *error);

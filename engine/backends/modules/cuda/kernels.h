/* SPDX-License-Identifier: Apache-2.0 */
/* What is compiled for the device, as the host calls it: one function for each kind of operation.
 * Each puts its work on a stream and returns what the launch said; none waits or allocates, so that
 * all can be captured in a graph. */
#pragma once

#include "engine/backends/gpu/ops.h"

#include <cuda_runtime_api.h>

#ifdef __cplusplus
extern "C"
{
#endif

  cudaError_t moe_cuda_rows (const MoeGpuRows *p, MoeDtype dtype, cudaStream_t stream);
  cudaError_t moe_cuda_activate (const MoeGpuActivate *p, MoeDtype dtype, cudaStream_t stream);
  cudaError_t
  moe_cuda_activate_backward (const MoeGpuActivate *p, MoeDtype dtype, cudaStream_t stream);
  cudaError_t moe_cuda_combine (const MoeGpuCombine *p, MoeDtype dtype, cudaStream_t stream);
  cudaError_t moe_cuda_null_sums (const MoeGpuNullSums *p, MoeDtype dtype, cudaStream_t stream);
  cudaError_t moe_cuda_loss (const double *squares, double *sum, size_t n, cudaStream_t stream);
  cudaError_t moe_cuda_clear_empty (
      void *to, const uint32_t *offset, size_t bytes, size_t experts, cudaStream_t stream);
  cudaError_t moe_cuda_fill (const MoeGpuFill *fill, cudaStream_t stream);

  /* Scratch memory for packing; needs a device. */
  size_t moe_cuda_pack_scratch (size_t slots, size_t experts);
  cudaError_t moe_cuda_pack (const MoeGpuPack *p, cudaStream_t stream);

  /* The grouped kernel: bfloat16, sides and addresses in whole pieces of 16 bytes. */
  bool moe_cuda_grouped_fits (const MoeGpuMatmul *p);
  cudaError_t moe_cuda_grouped (const MoeGpuMatmul *p, int multiprocessors, cudaStream_t stream);

  enum
  {
    MOE_CUDA_MAX_TOPK = 4096 /* slots of a token whose rows one block of the combine keeps */
  };

#ifdef __cplusplus
}
#endif

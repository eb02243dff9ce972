// SPDX-License-Identifier: Apache-2.0
#include "engine/backends/modules/cuda/kernels.h"
bool
moe_cuda_grouped_fits (const MoeGpuMatmul *p)
{
  return false;
}

cudaError_t
moe_cuda_grouped (const MoeGpuMatmul *p, int multiprocessors, cudaStream_t stream)
{
  return cudaErrorNotSupported;
}

// SPDX-License-Identifier: Apache-2.0
// Initial values.  Compiled without fused multiply-adds: the numbers are those of the host.
#include "engine/backends/gpu/normal.h"
#include "engine/backends/modules/cuda/kernels.h"
#include "engine/backends/modules/cuda/vector.cuh"

namespace
{

constexpr int THREADS = 256;
constexpr size_t MAX_BLOCKS = 4096;

// to[i pitch + column + j], i < rows, j < width.
template <typename T>
__global__ void
fill_kernel (MoeGpuFill f)
{
  size_t n = f.rows * f.width, stride = (size_t)gridDim.x * blockDim.x;
  for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride)
    {
      size_t row = i / f.width, column = i - row * f.width;
      ((T *)f.to)[row * f.pitch + f.column + column] =
          moe_from_float<T> (moe_gpu_normal (f.seed, f.stream, i, f.scale));
    }
}

} // namespace

cudaError_t
moe_cuda_fill (const MoeGpuFill *fill, cudaStream_t stream)
{
  size_t whole = (fill->rows * fill->width + THREADS - 1) / THREADS;
  unsigned blocks = (unsigned)(whole < MAX_BLOCKS ? whole : MAX_BLOCKS);
  if (blocks == 0)
    return cudaSuccess;
  if (fill->dtype == MOE_DTYPE_FLOAT32)
    MOE_LAUNCH (fill_kernel<float>, blocks, THREADS, 0, stream, *fill);
  else
    MOE_LAUNCH (fill_kernel<__nv_bfloat16>, blocks, THREADS, 0, stream, *fill);
  return cudaGetLastError ();
}

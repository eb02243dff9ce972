// SPDX-License-Identifier: Apache-2.0
// Rows, activations and sums.  All of these are bound by memory: a block works on one row or one
// token, its threads on neighbouring vectors of 16 bytes.
#include "engine/backends/gpu/rows.h"
#include "engine/backends/modules/cuda/kernels.h"
#include "engine/backends/modules/cuda/vector.cuh"

namespace
{

constexpr int MAX_THREADS = 256;
constexpr int LOSS_THREADS = 1024; // of the only block there is
constexpr int AHEAD = 2;           // vectors of a row that a thread loads before it stores one
constexpr int ROWS_AHEAD = 4;      // rows of a token that a thread loads before it adds one

// Threads for `vectors` of a row: whole warps, no more than there is work for.
int
threads_for (size_t vectors)
{
  size_t whole = (vectors + 31) / 32 * 32;
  return whole < 32 ? 32 : whole > MAX_THREADS ? MAX_THREADS : (int)whole;
}

bool
is_aligned (const void *pointer)
{
  return ((uintptr_t)pointer & 15) == 0;
}

// to[i,:] = scale weight[first + i] from[index[first + i] / divide,:], zeros where there is none.
template <typename T, int V>
__global__ void
rows_kernel (MoeGpuRows p)
{
  using Vector = MoeVector<T, V>;
  size_t i = blockIdx.x, row = p.first + i, vectors = p.width / V;
  uint32_t from = p.index != nullptr ? p.index[row] : (uint32_t)row;
  float scale = p.scale * (p.weight != nullptr ? p.weight[row] : 1.0f);
  bool is_copy = p.weight == nullptr && p.scale == 1.0f;
  const Vector *in = (const Vector *)p.from;
  Vector *out = (Vector *)p.to + i * vectors;
  if (from != MOE_GPU_NO_ROW)
    in += (size_t)(from / (uint32_t)p.divide) * vectors;
  for (size_t j = threadIdx.x; j < vectors; j += AHEAD * blockDim.x)
    {
      Vector v[AHEAD] = {};
#pragma unroll
      for (int a = 0; a < AHEAD; a++)
        if (from != MOE_GPU_NO_ROW && j + a * blockDim.x < vectors)
          v[a] = in[j + a * blockDim.x];
#pragma unroll
      for (int a = 0; a < AHEAD; a++)
        {
          if (j + a * blockDim.x >= vectors)
            break;
          if (!is_copy && from != MOE_GPU_NO_ROW)
            for (int e = 0; e < V; e++)
              v[a].e[e] = moe_from_float<T> (scale * moe_to_float (v[a].e[e]));
          out[j + a * blockDim.x] = v[a];
        }
    }
}

// act[i,:] of h[i,:], gate and up beside each other.
template <typename T, int V>
__global__ void
activate_kernel (MoeGpuActivate p)
{
  using Vector = MoeVector<T, V>;
  size_t i = blockIdx.x, vectors = p.width / V;
  const Vector *gate = (const Vector *)p.h + i * 2 * vectors, *up = gate + vectors;
  Vector *act = (Vector *)p.act + i * vectors;
  float weight = p.weight != nullptr ? p.weight[i] : 1.0f;
  for (size_t j = threadIdx.x; j < vectors; j += blockDim.x)
    {
      Vector g = gate[j], u = up[j], out;
      for (int e = 0; e < V; e++)
        out.e[e] = moe_from_float<T> (
            moe_gpu_swiglu (moe_to_float (g.e[e]), moe_to_float (u.e[e]), weight));
      act[j] = out;
    }
}

// dh[i,:] and, once more, act[i,:].  dh may be h and act may be dact: each element is read before
// it is written, by the same thread.
template <typename T, int V>
__global__ void
activate_backward_kernel (MoeGpuActivate p)
{
  using Vector = MoeVector<T, V>;
  size_t i = blockIdx.x, vectors = p.width / V;
  const Vector *h = (const Vector *)p.h + i * 2 * vectors;
  const Vector *dact = (const Vector *)p.dact + i * vectors;
  Vector *dh = (Vector *)p.dh + i * 2 * vectors;
  Vector *act = (Vector *)p.act + i * vectors;
  float weight = p.weight != nullptr ? p.weight[i] : 1.0f;
  for (size_t j = threadIdx.x; j < vectors; j += blockDim.x)
    {
      Vector g = h[j], u = h[j + vectors], d = dact[j], a;
      for (int e = 0; e < V; e++)
        {
          MoeGpuGradient gradient = moe_gpu_swiglu_backward (
              moe_to_float (g.e[e]), moe_to_float (u.e[e]), weight, moe_to_float (d.e[e]));
          a.e[e] = moe_from_float<T> (gradient.act);
          g.e[e] = moe_from_float<T> (gradient.dgate);
          u.e[e] = moe_from_float<T> (gradient.dup);
        }
      act[j] = a;
      dh[j] = g;
      dh[j + vectors] = u;
    }
}

// The same result every time: lanes of a warp in a tree, then warps in order.  On thread 0.
__device__ double
block_sum (double value)
{
  __shared__ double warps[LOSS_THREADS / 32];
  for (int offset = 16; offset > 0; offset /= 2)
    value += __shfl_down_sync (0xffffffffu, value, offset);
  if (threadIdx.x % 32 == 0)
    warps[threadIdx.x / 32] = value;
  __syncthreads ();
  double sum = 0;
  if (threadIdx.x == 0)
    for (unsigned i = 0; i < blockDim.x / 32; i++)
      sum += warps[i];
  return sum;
}

// Stores the sums, rounded; returns the sum of the squares of what is stored.
template <typename T, int V>
__device__ __forceinline__ float
store_sums (const float (&sum)[V], MoeVector<T, V> *to)
{
  MoeVector<T, V> out;
  float squares = 0.0f;
  for (int e = 0; e < V; e++)
    {
      out.e[e] = moe_from_float<T> (sum[e]);
      float stored = moe_to_float (out.e[e]);
      squares += stored * stored;
    }
  *to = out;
  return squares;
}

// y[t,:] = sum over j of weight[t,j] rows[row[t,j],:], plus extra[t,:]; squares[t].
// Shared memory: [slots] rows, [slots] slots.
template <typename T, int V>
__global__ void
combine_kernel (MoeGpuCombine p)
{
  using Vector = MoeVector<T, V>;
  MOE_DYNAMIC_SHARED (uint32_t, shared);
  uint32_t *row = shared, *slot = shared + p.slots;
  size_t t = blockIdx.x, vectors = p.width / V;
  for (uint32_t j = threadIdx.x; j < p.slots; j += blockDim.x)
    {
      row[j] = p.row != nullptr ? p.row[t * p.slots + j] : MOE_GPU_NO_ROW;
      slot[j] = j;
    }
  __syncthreads ();
  if (p.row_order && threadIdx.x == 0)
    moe_gpu_sort_rows (row, slot, (uint32_t)p.slots);
  __syncthreads ();

  double squares = 0;
  for (size_t c = threadIdx.x; c < vectors; c += blockDim.x)
    {
      float sum[V];
      for (int e = 0; e < V; e++)
        sum[e] = 0.0f;
      for (uint32_t j = 0; j < p.slots; j += ROWS_AHEAD)
        {
          Vector v[ROWS_AHEAD] = {};
          float weight[ROWS_AHEAD] = {};
          bool there[ROWS_AHEAD];
#pragma unroll
          for (int a = 0; a < ROWS_AHEAD; a++)
            {
              there[a] = j + a < p.slots && row[j + a] != MOE_GPU_NO_ROW;
              if (!there[a])
                continue;
              size_t flat = t * p.slots + slot[j + a];
              weight[a] = p.weight != nullptr ? p.weight[flat] : 1.0f;
              v[a] = ((const Vector *)p.rows)[(p.by_slot ? flat : row[j + a]) * vectors + c];
            }
#pragma unroll
          for (int a = 0; a < ROWS_AHEAD; a++)
            for (int e = 0; there[a] && e < V; e++)
              sum[e] += weight[a] * moe_to_float (v[a].e[e]);
        }
      if (p.extra != nullptr)
        {
          Vector v = ((const Vector *)p.extra)[t * vectors + c];
          for (int e = 0; e < V; e++)
            sum[e] += moe_to_float (v.e[e]);
        }
      squares += store_sums<T, V> (sum, (Vector *)p.y + t * vectors + c);
    }
  if (p.squares == nullptr)
    return;
  squares = block_sum (squares);
  if (threadIdx.x == 0)
    p.squares[t] = squares;
}

// dv of null expert blockIdx.x, a column for each thread, its slots in their order.
template <typename T>
__global__ void
null_sums_kernel (MoeGpuNullSums p)
{
  size_t e = blockIdx.x, c = (size_t)blockIdx.y * blockDim.x + threadIdx.x;
  float sum = 0.0f;
  if (c >= p.width)
    return;
  for (size_t s = e; s < p.slots; s += p.experts)
    if (p.id[s] == p.first_id + (int32_t)e)
      sum += p.weight[s] * moe_to_float (((const T *)p.y)[s / p.topk * p.width + c]);
  ((T *)p.dv)[e * p.width + c] = moe_from_float<T> (p.scale * sum);
}

// sum[0] = squares[0] + ... + squares[n-1], in an order that is always the same.
__global__ void
loss_kernel (const double *squares, double *sum, size_t n)
{
  double value = 0;
  for (size_t i = threadIdx.x; i < n; i += blockDim.x)
    value += squares[i];
  value = block_sum (value);
  if (threadIdx.x == 0)
    *sum = value;
}

// Zeros for expert blockIdx.x when it has no rows.
__global__ void
clear_empty_kernel (unsigned char *to, const uint32_t *offset, size_t bytes)
{
  size_t expert = blockIdx.x;
  if (offset[expert] != offset[expert + 1])
    return;
  to += expert * bytes;
  size_t first = (size_t)blockIdx.y * blockDim.x + threadIdx.x;
  size_t stride = (size_t)gridDim.y * blockDim.x;
  if (bytes % 16 == 0)
    for (size_t i = first; i < bytes / 16; i += stride)
      ((uint4 *)to)[i] = make_uint4 (0, 0, 0, 0);
  else
    for (size_t i = first; i < bytes / 2; i += stride)
      ((uint16_t *)to)[i] = 0;
}

template <typename T, int V>
void
launch_rows (const MoeGpuRows &p, cudaStream_t stream)
{
  int threads = threads_for ((p.width / V + AHEAD - 1) / AHEAD);
  MOE_LAUNCH ((rows_kernel<T, V>), (unsigned)p.count, threads, 0, stream, p);
}

template <typename T, int V>
void
launch_activate (const MoeGpuActivate &p, bool backward, cudaStream_t stream)
{
  int threads = threads_for (p.width / V);
  if (backward)
    MOE_LAUNCH ((activate_backward_kernel<T, V>), (unsigned)p.count, threads, 0, stream, p);
  else
    MOE_LAUNCH ((activate_kernel<T, V>), (unsigned)p.count, threads, 0, stream, p);
}

template <typename T, int V>
void
launch_combine (const MoeGpuCombine &p, cudaStream_t stream)
{
  size_t shared = 2 * p.slots * sizeof (uint32_t);
  MOE_LAUNCH ((combine_kernel<T, V>), (unsigned)p.tokens, threads_for (p.width / V), shared, stream, p);
}

cudaError_t
activate (const MoeGpuActivate *p, MoeDtype dtype, bool backward, cudaStream_t stream)
{
  bool whole = is_aligned (p->h) && is_aligned (p->act)
               && (!backward || (is_aligned (p->dh) && is_aligned (p->dact)));
  if (p->count == 0)
    return cudaSuccess;
  if (dtype == MOE_DTYPE_FLOAT32 && whole && p->width % 4 == 0)
    launch_activate<float, 4> (*p, backward, stream);
  else if (dtype == MOE_DTYPE_FLOAT32)
    launch_activate<float, 1> (*p, backward, stream);
  else if (whole && p->width % 8 == 0)
    launch_activate<__nv_bfloat16, 8> (*p, backward, stream);
  else
    launch_activate<__nv_bfloat16, 1> (*p, backward, stream);
  return cudaGetLastError ();
}

} // namespace

cudaError_t
moe_cuda_rows (const MoeGpuRows *p, MoeDtype dtype, cudaStream_t stream)
{
  bool whole = is_aligned (p->from) && is_aligned (p->to);
  if (p->count == 0)
    return cudaSuccess;
  if (dtype == MOE_DTYPE_FLOAT32 && whole && p->width % 4 == 0)
    launch_rows<float, 4> (*p, stream);
  else if (dtype == MOE_DTYPE_FLOAT32)
    launch_rows<float, 1> (*p, stream);
  else if (whole && p->width % 8 == 0)
    launch_rows<__nv_bfloat16, 8> (*p, stream);
  else
    launch_rows<__nv_bfloat16, 1> (*p, stream);
  return cudaGetLastError ();
}

cudaError_t
moe_cuda_activate (const MoeGpuActivate *p, MoeDtype dtype, cudaStream_t stream)
{
  return activate (p, dtype, false, stream);
}

cudaError_t
moe_cuda_activate_backward (const MoeGpuActivate *p, MoeDtype dtype, cudaStream_t stream)
{
  return activate (p, dtype, true, stream);
}

cudaError_t
moe_cuda_combine (const MoeGpuCombine *p, MoeDtype dtype, cudaStream_t stream)
{
  bool whole =
      is_aligned (p->rows) && is_aligned (p->y) && (p->extra == nullptr || is_aligned (p->extra));
  if (dtype == MOE_DTYPE_FLOAT32 && whole && p->width % 4 == 0)
    launch_combine<float, 4> (*p, stream);
  else if (dtype == MOE_DTYPE_FLOAT32)
    launch_combine<float, 1> (*p, stream);
  else if (whole && p->width % 8 == 0)
    launch_combine<__nv_bfloat16, 8> (*p, stream);
  else
    launch_combine<__nv_bfloat16, 1> (*p, stream);
  return cudaGetLastError ();
}

cudaError_t
moe_cuda_null_sums (const MoeGpuNullSums *p, MoeDtype dtype, cudaStream_t stream)
{
  int threads = threads_for (p->width);
  dim3 grid ((unsigned)p->experts, (unsigned)((p->width + (size_t)threads - 1) / (size_t)threads));
  if (dtype == MOE_DTYPE_FLOAT32)
    MOE_LAUNCH ((null_sums_kernel<float>), grid, threads, 0, stream, *p);
  else
    MOE_LAUNCH ((null_sums_kernel<__nv_bfloat16>), grid, threads, 0, stream, *p);
  return cudaGetLastError ();
}

cudaError_t
moe_cuda_loss (const double *squares, double *sum, size_t n, cudaStream_t stream)
{
  MOE_LAUNCH (loss_kernel, 1, LOSS_THREADS, 0, stream, squares, sum, n);
  return cudaGetLastError ();
}

cudaError_t
moe_cuda_clear_empty (
    void *to, const uint32_t *offset, size_t bytes, size_t experts, cudaStream_t stream)
{
  size_t pieces = bytes / (16 * MAX_THREADS * 16) + 1;
  dim3 grid ((unsigned)experts, (unsigned)(pieces < 64 ? pieces : 64));
  MOE_LAUNCH (clear_empty_kernel, grid, MAX_THREADS, 0, stream, (unsigned char *)to, offset, bytes);
  return cudaGetLastError ();
}

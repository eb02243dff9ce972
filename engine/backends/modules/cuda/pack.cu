// SPDX-License-Identifier: Apache-2.0
// Assignments into expert order, as moe_dispatch_pack () has it: slots are sorted by their expert,
// stably, by a radix sort; the first slot of each expert is found by bisection; ranks become rows.
#include "engine/backends/gpu/rows.h"
#include "engine/backends/modules/cuda/kernels.h"
#include "engine/backends/modules/cuda/launch.cuh"

#ifndef MOE_EMULATED_CUDA
#include <cub/device/device_radix_sort.cuh>
#endif

namespace
{

constexpr int THREADS = 256;
constexpr int SCAN_THREADS = 1024;

struct Scratch
{
  uint32_t *keys[2];  // [slots]
  uint32_t *slots[2]; // [slots]
  uint32_t *start;    // [experts + 2] first position of each bucket among the sorted
  void *sort;         // of the radix sort
  size_t sort_bytes;
  size_t bytes; // in all
};

size_t
align (size_t bytes)
{
  return (bytes + 255) / 256 * 256;
}

size_t
sort_scratch (size_t n)
{
  cub::DoubleBuffer<uint32_t> keys (nullptr, nullptr), values (nullptr, nullptr);
  size_t bytes = 0;
  cub::DeviceRadixSort::SortPairs (nullptr, bytes, keys, values, (int)n, 0, 32);
  return bytes;
}

Scratch
lay_out (void *memory, size_t n, size_t experts)
{
  unsigned char *at = (unsigned char *)memory;
  Scratch s;
  for (int i = 0; i < 2; i++, at += align (n * sizeof (uint32_t)))
    s.keys[i] = (uint32_t *)at;
  for (int i = 0; i < 2; i++, at += align (n * sizeof (uint32_t)))
    s.slots[i] = (uint32_t *)at;
  s.start = (uint32_t *)at;
  at += align ((experts + 3) * sizeof (uint32_t));
  s.sort = at;
  s.sort_bytes = sort_scratch (n);
  s.bytes = (size_t)(at - (unsigned char *)memory) + align (s.sort_bytes);
  return s;
}

// What slots are sorted by first: nothing, their position, or the weight of their token's first.
__global__ void
begin_kernel (MoeGpuPack p, uint32_t *keys, uint32_t *slots)
{
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= p.tokens * p.topk)
    return;
  slots[i] = i;
  if (p.strategy == MOE_PACK_EXPERT_SCORE_SORT)
    keys[i] = moe_gpu_descending (p.topk_weights[i / p.topk * p.topk]);
  else
    keys[i] = i;
}

// Then by the expert, in the order that they have.
__global__ void
bucket_kernel (MoeGpuPack p, uint32_t *keys, const uint32_t *slots)
{
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < p.tokens * p.topk)
    keys[i] = moe_gpu_bucket (p.topk_idx[slots[i]], (uint32_t)p.experts,
                              p.carries_nulls, p.remaps_nulls);
}

// start[b] for the buckets of experts, of null rows, and of what has none.
__global__ void
start_kernel (MoeGpuPack p, const uint32_t *keys, uint32_t *start)
{
  uint32_t b = blockIdx.x * blockDim.x + threadIdx.x;
  if (b < p.experts + 2)
    start[b] = moe_gpu_lower_bound (keys, (uint32_t)(p.tokens * p.topk), b);
}

// offset[e]: rows of the experts before e.  One block; a running sum over pieces of experts.
__global__ void
offset_kernel (MoeGpuPack p, const uint32_t *start)
{
  __shared__ uint32_t part[SCAN_THREADS];
  uint32_t before = 0, experts = (uint32_t)p.experts;
  for (uint32_t first = 0; first < experts; first += SCAN_THREADS)
    {
      uint32_t e = first + threadIdx.x;
      uint32_t own = e < experts ? moe_gpu_rows_for (start[e + 1] - start[e], (uint32_t)p.capacity,
                                                     (int)p.capacity_policy)
                                 : 0;
      part[threadIdx.x] = own;
      __syncthreads ();
      for (uint32_t step = 1; step < SCAN_THREADS; step *= 2)
        {
          uint32_t left = threadIdx.x >= step ? part[threadIdx.x - step] : 0;
          __syncthreads ();
          part[threadIdx.x] += left;
          __syncthreads ();
        }
      if (e < experts)
        p.offset[e] = before + part[threadIdx.x] - own;
      before += part[SCAN_THREADS - 1];
      __syncthreads ();
    }
  if (threadIdx.x == 0)
    {
      p.offset[experts] = before;
      p.offset[experts + 1] = before + start[experts + 1] - start[experts];
    }
}

// Every row is padding until a slot takes it.
__global__ void
padding_kernel (MoeGpuPack p)
{
  uint32_t row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= p.rows)
    return;
  p.row_token[row] = MOE_GPU_NO_ROW;
  p.row_slot[row] = MOE_GPU_NO_ROW;
  p.row_weight[row] = 0.0f;
}

__global__ void
place_kernel (MoeGpuPack p, const uint32_t *keys, const uint32_t *slots, const uint32_t *start)
{
  uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= p.tokens * p.topk)
    return;
  uint32_t bucket = keys[i], slot = slots[i];
  bool none = bucket > p.experts
              || (bucket < p.experts && p.capacity_policy != MOE_CAPACITY_NONE
                  && i - start[bucket] >= p.capacity);
  if (none)
    {
      p.slot_row[slot] = MOE_GPU_NO_ROW;
      return;
    }
  uint32_t row = p.offset[bucket] + i - start[bucket];
  p.slot_row[slot] = row;
  p.row_slot[row] = slot;
  p.row_token[row] = slot / (uint32_t)p.topk;
  p.row_weight[row] = p.topk_weights[slot];
}

unsigned
blocks_for (size_t n)
{
  return (unsigned)((n + THREADS - 1) / THREADS);
}

// Bits in which keys below `limit` can differ.
int
bits_of (size_t limit)
{
  int bits = 1;
  while (bits < 32 && ((size_t)1 << bits) < limit)
    bits++;
  return bits;
}

} // namespace

size_t
moe_cuda_pack_scratch (size_t slots, size_t experts)
{
  return lay_out (nullptr, slots, experts).bytes;
}

cudaError_t
moe_cuda_pack (const MoeGpuPack *p, cudaStream_t stream)
{
  size_t n = p->tokens * p->topk;
  unsigned blocks = blocks_for (n);
  Scratch s = lay_out (p->scratch, n, p->experts);
  cub::DoubleBuffer<uint32_t> keys (s.keys[0], s.keys[1]), slots (s.slots[0], s.slots[1]);
  cudaError_t error = cudaSuccess;
  MOE_LAUNCH (begin_kernel, blocks, THREADS, 0, stream, *p, keys.Current (),
              slots.Current ());
  if (p->strategy != MOE_PACK_ARGSORT)
    error =
        cub::DeviceRadixSort::SortPairs (s.sort, s.sort_bytes, keys, slots, (int)n, 0, 32, stream);
  if (error != cudaSuccess)
    return error;
  MOE_LAUNCH (bucket_kernel, blocks, THREADS, 0, stream, *p, keys.Current (),
              slots.Current ());
  error = cub::DeviceRadixSort::SortPairs (s.sort, s.sort_bytes, keys, slots, (int)n, 0,
                                           bits_of (p->experts + 2), stream);
  if (error != cudaSuccess)
    return error;
  MOE_LAUNCH (start_kernel, blocks_for (p->experts + 2), THREADS, 0, stream, *p, keys.Current (),
              s.start);
  MOE_LAUNCH (offset_kernel, 1, SCAN_THREADS, 0, stream, *p, s.start);
  if (p->capacity_policy == MOE_CAPACITY_PAD)
    MOE_LAUNCH (padding_kernel, blocks_for (p->rows), THREADS, 0, stream, *p);
  MOE_LAUNCH (place_kernel, blocks, THREADS, 0, stream, *p, keys.Current (), slots.Current (),
              s.start);
  return cudaGetLastError ();
}

// SPDX-License-Identifier: Apache-2.0
// Kernels on the host: the threads of a block are fibers that take turns at barriers, blocks come
// one after the other.  Enough of CUDA for the kernels of the module but for its products; slow.
// To be included before a .cu file.
#pragma once

#define MOE_EMULATED_CUDA 1

#include <cuda_runtime_api.h>
#include <vector_functions.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <vector>

namespace emulated
{

constexpr size_t STACK_BYTES = 64 << 10;
constexpr size_t MAX_THREADS = 1024;
constexpr size_t SHARED_BYTES = 48 << 10;

struct Fiber
{
  ucontext_t context;
  bool done;
};

struct Block
{
  Fiber fibers[MAX_THREADS];
  std::vector<char> stacks = std::vector<char> (MAX_THREADS * STACK_BYTES);
  alignas (16) unsigned char shared[SHARED_BYTES];
  double exchanged[MAX_THREADS];
  ucontext_t host;
  size_t current;
  std::function<void ()> work;
};

inline Block block;
inline dim3 grid_size, block_size;
inline uint3 block_index, thread_index;

inline void
enter ()
{
  block.work ();
  block.fibers[block.current].done = true;
  swapcontext (&block.fibers[block.current].context, &block.host);
}

// To the other threads of the block; back when all have come here or are done.
inline void
yield ()
{
  uint3 mine = thread_index;
  swapcontext (&block.fibers[block.current].context, &block.host);
  thread_index = mine;
}

inline void
start_block (size_t threads)
{
  for (size_t t = 0; t < threads; t++)
    {
      Fiber &fiber = block.fibers[t];
      fiber.done = false;
      getcontext (&fiber.context);
      fiber.context.uc_stack.ss_sp = block.stacks.data () + t * STACK_BYTES;
      fiber.context.uc_stack.ss_size = STACK_BYTES;
      fiber.context.uc_link = &block.host;
      makecontext (&fiber.context, enter, 0);
    }
}

// Threads go from barrier to barrier, backwards in every other round: an order that no kernel may
// rely on.
inline void
run_block (size_t threads)
{
  start_block (threads);
  memset (block.shared, 0xff, sizeof block.shared);
  for (size_t left = threads, round = 0; left > 0; round++)
    {
      left = 0;
      for (size_t i = 0; i < threads; i++)
        {
          size_t t = round % 2 == 0 ? i : threads - 1 - i;
          if (block.fibers[t].done)
            continue;
          block.current = t;
          thread_index = make_uint3 ((unsigned)t, 0, 0);
          swapcontext (&block.host, &block.fibers[t].context);
          left += !block.fibers[t].done;
        }
    }
}

inline void
launch (dim3 grid, unsigned threads, size_t shared_bytes, std::function<void ()> work)
{
  if (threads > MAX_THREADS || shared_bytes > SHARED_BYTES || grid.x == 0)
    abort ();
  grid_size = grid;
  block_size = dim3 (threads);
  block.work = work;
  for (unsigned y = 0; y < grid.y; y++)
    for (unsigned x = 0; x < grid.x; x++)
      {
        block_index = make_uint3 (x, y, 0);
        run_block (threads);
      }
}

template <typename T>
T
shuffle_down (T value, int offset)
{
  size_t t = thread_index.x, other = t % 32 + (size_t)offset < 32 ? t + (size_t)offset : t;
  memcpy (&block.exchanged[t], &value, sizeof value);
  yield ();
  memcpy (&value, &block.exchanged[other], sizeof value);
  yield ();
  return value;
}

} // namespace emulated

#undef __shared__
#define __shared__ static
#define MOE_LAUNCH(kernel, grid, threads, shared_bytes, stream, ...)                               \
  emulated::launch (grid, (unsigned)(threads), shared_bytes,                                       \
                    [&] { (void)stream; kernel (__VA_ARGS__); })
#define MOE_DYNAMIC_SHARED(type, name) type *name = (type *)(void *)emulated::block.shared
#define blockIdx                       emulated::block_index
#define threadIdx                      emulated::thread_index
#define blockDim                       emulated::block_size
#define gridDim                        emulated::grid_size
#define __syncthreads()                emulated::yield ()
#define __shfl_down_sync(mask, value, offset) emulated::shuffle_down (value, offset)
#define cudaGetLastError()             cudaSuccess

// What is used of CUB: a stable sort of pairs by some bits of their keys.
namespace cub
{

template <typename T> struct DoubleBuffer
{
  T *buffers[2];
  int selector = 0;
  DoubleBuffer (T *current, T *alternate) : buffers{ current, alternate } {}
  T *
  Current ()
  {
    return buffers[selector];
  }
};

struct DeviceRadixSort
{
  static cudaError_t
  SortPairs (void *scratch,
             size_t &bytes,
             DoubleBuffer<uint32_t> &keys,
             DoubleBuffer<uint32_t> &values,
             int n,
             int first_bit,
             int end_bit,
             cudaStream_t stream = nullptr)
  {
    (void)stream;
    if (scratch == nullptr)
      {
        bytes = 1000;
        return cudaSuccess;
      }
    memset (scratch, 0xff, bytes); /* it may be used */
    uint64_t mask = ((uint64_t)1 << end_bit) - ((uint64_t)1 << first_bit);
    std::vector<uint32_t> order ((size_t)n);
    std::iota (order.begin (), order.end (), 0u);
    uint32_t *k = keys.Current (), *v = values.Current ();
    std::stable_sort (order.begin (), order.end (),
                      [=] (uint32_t a, uint32_t b) { return (k[a] & mask) < (k[b] & mask); });
    for (size_t i = 0; i < (size_t)n; i++)
      {
        keys.buffers[1 - keys.selector][i] = k[order[i]];
        values.buffers[1 - values.selector][i] = v[order[i]];
      }
    keys.selector = 1 - keys.selector;
    values.selector = 1 - values.selector;
    return cudaSuccess;
  }
};

} // namespace cub

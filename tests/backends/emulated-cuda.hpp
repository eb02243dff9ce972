// SPDX-License-Identifier: Apache-2.0
// Kernels on the host: the threads of a block are fibers that take turns at barriers, blocks come
// one after the other.  Enough of CUDA for the kernels of the module but for its products; slow.
// To be included before a .cu file.
#pragma once

#define MOE_EMULATED_CUDA 1

#include <cuda_runtime_api.h>
#include <vector_functions.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <numeric>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <vector>

namespace emulated
{

constexpr size_t STACK_BYTES = 64 << 10;
constexpr size_t MAX_THREADS = 1024;
constexpr size_t SHARED_BYTES = 96 << 10;

struct Fiber
{
  ucontext_t context; // to begin with
  jmp_buf at;         // where it yielded: quicker to go back to, since signals stay out of it
  bool begun;
  bool done;
};

// 16 bytes on their way.
struct Copy
{
  void *to;
  const void *from;
  bool valid;
};

struct Block
{
  Fiber fibers[MAX_THREADS];
  std::vector<char> stacks = std::vector<char> (MAX_THREADS * STACK_BYTES);
  alignas (16) unsigned char shared[SHARED_BYTES];
  double exchanged[MAX_THREADS];
  const void *rows[MAX_THREADS];
  uint32_t registers[MAX_THREADS][6];
  std::deque<std::vector<Copy>> copies[MAX_THREADS]; // groups that were committed
  std::vector<Copy> begun[MAX_THREADS];              // and what was not yet
  ucontext_t context; // of the host
  jmp_buf host;
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
  _longjmp (block.host, 1);
}

// To the other threads of the block; back when all have come here or are done.
inline void
yield ()
{
  if (_setjmp (block.fibers[block.current].at) == 0)
    _longjmp (block.host, 1);
}

inline void
start_block (size_t threads)
{
  for (size_t t = 0; t < threads; t++)
    {
      Fiber &fiber = block.fibers[t];
      fiber.done = fiber.begun = false;
      getcontext (&fiber.context);
      fiber.context.uc_stack.ss_sp = block.stacks.data () + t * STACK_BYTES;
      fiber.context.uc_stack.ss_size = STACK_BYTES;
      fiber.context.uc_link = &block.context;
      makecontext (&fiber.context, enter, 0);
    }
}

inline void
go_on (Fiber &fiber)
{
  if (_setjmp (block.host) != 0)
    return;
  if (fiber.begun)
    _longjmp (fiber.at, 1);
  fiber.begun = true;
  setcontext (&fiber.context);
}

// Threads go from barrier to barrier, backwards in every other round: an order that no kernel may
// rely on.
inline void
run_block (size_t threads, size_t shared_bytes)
{
  start_block (threads);
  memset (block.shared, 0xff, shared_bytes);
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
          go_on (block.fibers[t]);
          left += !block.fibers[t].done;
        }
    }
}

// What is captured into a graph instead of being done; NULL while nothing is.
inline std::vector<std::function<void ()>> *captured;

inline void
now_or_captured (std::function<void ()> work)
{
  if (captured != nullptr)
    captured->push_back (work);
  else
    work ();
}

inline void
run_grid (dim3 grid, unsigned threads, size_t shared_bytes, std::function<void ()> work)
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
        run_block (threads, shared_bytes);
      }
}

// Arguments are copied when the kernel is launched, whenever it runs.
template <typename... Parameters, typename... Arguments>
void
launch (dim3 grid,
        unsigned threads,
        size_t shared_bytes,
        void (*kernel) (Parameters...),
        Arguments... arguments)
{
  now_or_captured ([=] {
    run_grid (grid, threads, shared_bytes, [=] { kernel (arguments...); });
  });
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

// Copies arrive as late as they may.
inline void
wait_copies (size_t groups)
{
  auto &copies = block.copies[thread_index.x];
  for (; copies.size () > groups; copies.pop_front ())
    for (const Copy &copy : copies.front ())
      if (copy.valid)
        memcpy (copy.to, copy.from, 16);
      else
        memset (copy.to, 0, 16);
}

// Two neighbours of row `row`, columns 2 pair and 2 pair + 1, of an 8 x 8 matrix of halves of words.
inline uint32_t
pair_of (const void *const rows[8], size_t row, size_t pair, bool transposed)
{
  uint16_t halves[2];
  for (size_t i = 0; i < 2; i++)
    {
      size_t r = transposed ? 2 * pair + i : row, c = transposed ? row : 2 * pair + i;
      memcpy (&halves[i], (const unsigned char *)rows[r] + 2 * c, 2);
    }
  return (uint32_t)halves[0] | (uint32_t)halves[1] << 16;
}

inline void
load_matrices (uint32_t r[4], const void *row, bool transposed)
{
  size_t t = thread_index.x, lane = t % 32;
  block.rows[t] = row;
  yield ();
  for (size_t i = 0; i < 4; i++)
    r[i] = pair_of (block.rows + (t - lane) + 8 * i, lane / 4, lane % 4, transposed);
  yield ();
}

inline float
half_of (uint32_t word, size_t high)
{
  uint32_t bits = high ? word & 0xffff0000u : word << 16;
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

// a[row,k] of a 16 x 16 and b[k,column] of a 16 x 8 matrix whose pieces the lanes of a warp have.
inline float
a_at (const uint32_t (*warp)[6], size_t row, size_t k)
{
  return half_of (warp[row % 8 * 4 + k % 8 / 2][row / 8 + k / 8 * 2], k % 2);
}

inline float
b_at (const uint32_t (*warp)[6], size_t k, size_t column)
{
  return half_of (warp[column * 4 + k % 8 / 2][4 + k / 8], k % 2);
}

inline void
multiply_add (float d[4], const uint32_t a[4], const uint32_t b[2])
{
  size_t t = thread_index.x, lane = t % 32;
  const uint32_t (*warp)[6] = block.registers + (t - lane);
  memcpy (block.registers[t], a, 4 * sizeof *a);
  memcpy (block.registers[t] + 4, b, 2 * sizeof *b);
  yield ();
  for (size_t i = 0; i < 4; i++)
    for (size_t k = 0; k < 16; k++)
      d[i] += a_at (warp, lane / 4 + i / 2 * 8, k) * b_at (warp, k, lane % 4 * 2 + i % 2);
  yield ();
}

} // namespace emulated

inline void
moe_copy_async (void *shared, const void *from, bool valid)
{
  emulated::block.begun[emulated::thread_index.x].push_back ({ shared, from, valid });
}

inline void
moe_copy_commit ()
{
  auto &begun = emulated::block.begun[emulated::thread_index.x];
  emulated::block.copies[emulated::thread_index.x].push_back (begun);
  begun.clear ();
}

template <int N>
inline void
moe_copy_wait ()
{
  emulated::wait_copies (N);
}

inline void
moe_load_matrices (uint32_t r[4], const void *row)
{
  emulated::load_matrices (r, row, false);
}

inline void
moe_load_matrices_transposed (uint32_t r[4], const void *row)
{
  emulated::load_matrices (r, row, true);
}

inline void
moe_multiply_add (float d[4], const uint32_t a[4], const uint32_t b[2])
{
  emulated::multiply_add (d, a, b);
}

#undef __shared__
#undef __launch_bounds__
#define __launch_bounds__(...)
#define __shared__ static
#define MOE_LAUNCH(kernel, grid, threads, shared_bytes, stream, ...)                               \
  (void)stream, emulated::launch (dim3 (grid), (unsigned)(threads), shared_bytes, kernel, __VA_ARGS__)
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
    uint64_t mask = ((uint64_t)1 << end_bit) - ((uint64_t)1 << first_bit);
    uint32_t *k = keys.Current (), *v = values.Current ();
    keys.selector = 1 - keys.selector;
    values.selector = 1 - values.selector;
    uint32_t *to_k = keys.Current (), *to_v = values.Current ();
    size_t used = bytes;
    emulated::now_or_captured ([=] {
      memset (scratch, 0xff, used); /* it may be used */
      std::vector<uint32_t> order ((size_t)n);
      std::iota (order.begin (), order.end (), 0u);
      std::stable_sort (order.begin (), order.end (),
                        [=] (uint32_t a, uint32_t b) { return (k[a] & mask) < (k[b] & mask); });
      for (size_t i = 0; i < (size_t)n; i++)
        {
          to_k[i] = k[order[i]];
          to_v[i] = v[order[i]];
        }
    });
    return cudaSuccess;
  }
};

} // namespace cub

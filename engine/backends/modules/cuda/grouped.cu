// SPDX-License-Identifier: Apache-2.0
// One persistent kernel for the products of all experts, where each of them has so few rows that a
// product of its own would leave most of the card idle.  bfloat16, compute capability 8.0 or later.
//
// A block computes tiles of 128 x 128 of c, one after the other; its four warps 64 x 64 each.
// Slices of 32 of the common side pass through four stages of shared memory.  Tiles are numbered
// through the experts, rows first, so that blocks next to each other share a slice of the weights.
#ifndef MOE_EMULATED_CUDA
#include "engine/backends/modules/cuda/mma.cuh"
#endif
#include "engine/backends/modules/cuda/kernels.h"
#include "engine/backends/modules/cuda/vector.cuh"

namespace
{

constexpr int SIDE = 128;   // of a tile
constexpr int SLICE = 32;   // of the common side
constexpr int STAGES = 4;
constexpr int THREADS = 128;
constexpr int CHUNK = 8;    // elements of 16 bytes
constexpr int PART_BYTES = SIDE * SLICE * 2;
constexpr int SHARED_BYTES = STAGES * 2 * PART_BYTES;
constexpr int WARP_SIDE = 64;
constexpr int M_STEPS = WARP_SIDE / 16, N_STEPS = WARP_SIDE / 8;

typedef __nv_bfloat16 bf16;

// One operand of a tile: where its slices are, and how far they reach.  The tile's side runs along
// the rows in memory or, where the operand lies the other way round, along the columns.
struct Operand
{
  const bf16 *data; // first element of the tile in the first slice
  size_t ld;
  uint32_t side; // that there is of the tile: at most SIDE
};

// Where 16 bytes are in shared memory.  Side by rows: [SIDE][SLICE]; by columns: [SLICE][SIDE].
// Chunks are exchanged so that eight of a column are in different banks.
__device__ __forceinline__ uint32_t
place_by_rows (uint32_t row, uint32_t chunk)
{
  return (row * (SLICE / CHUNK) + (chunk ^ (row >> 1 & 3))) * 16;
}

__device__ __forceinline__ uint32_t
place_by_columns (uint32_t row, uint32_t chunk)
{
  return (row * (SIDE / CHUNK) + (chunk ^ (row & 7))) * 16;
}

// Begin to copy a slice: `common` elements of the common side there are from its beginning on.
template <bool BY_COLUMNS>
__device__ __forceinline__ void
copy_slice (unsigned char *shared, const Operand &operand, size_t first, uint32_t common)
{
  for (int i = 0; i < SIDE * SLICE / CHUNK / THREADS; i++)
    {
      uint32_t index = i * THREADS + threadIdx.x;
      if (BY_COLUMNS)
        {
          uint32_t row = index / (SIDE / CHUNK), chunk = index % (SIDE / CHUNK);
          bool valid = row < common && chunk * CHUNK < operand.side;
          const bf16 *from =
              valid ? operand.data + (first + row) * operand.ld + chunk * CHUNK : operand.data;
          moe_copy_async (shared + place_by_columns (row, chunk), from, valid);
        }
      else
        {
          uint32_t row = index / (SLICE / CHUNK), chunk = index % (SLICE / CHUNK);
          bool valid = row < operand.side && chunk * CHUNK < common;
          const bf16 *from =
              valid ? operand.data + row * operand.ld + first + chunk * CHUNK : operand.data;
          moe_copy_async (shared + place_by_rows (row, chunk), from, valid);
        }
    }
}

// 16 x 16 of a at (m, k): rows 0-7 and 8-15 of columns 0-7, then of 8-15.
template <bool BY_COLUMNS>
__device__ __forceinline__ void
load_a (uint32_t r[4], const unsigned char *shared, uint32_t m, uint32_t k)
{
  uint32_t lane = threadIdx.x % 32;
  if (BY_COLUMNS)
    moe_load_matrices_transposed (
        r, shared + place_by_columns (k + lane % 8 + lane / 16 * 8, m / CHUNK + lane / 8 % 2));
  else
    moe_load_matrices (r, shared + place_by_rows (m + lane % 16, k / CHUNK + lane / 16));
}

// 16 x 16 of b at (k, n), as two of 8 columns: r[0], r[1] and r[2], r[3].
template <bool BY_COLUMNS>
__device__ __forceinline__ void
load_b (uint32_t r[4], const unsigned char *shared, uint32_t n, uint32_t k)
{
  uint32_t lane = threadIdx.x % 32;
  if (BY_COLUMNS)
    moe_load_matrices_transposed (
        r, shared + place_by_columns (k + lane % 16, n / CHUNK + lane / 16));
  else
    moe_load_matrices (
        r, shared + place_by_rows (n + lane % 8 + lane / 16 * 8, k / CHUNK + lane / 8 % 2));
}

// sums += a slice of a times a slice of b, this warp's part.
template <bool A_BY_COLUMNS, bool B_BY_COLUMNS>
__device__ __forceinline__ void
multiply_slice (float sums[M_STEPS][N_STEPS][4],
                const unsigned char *a,
                const unsigned char *b,
                uint32_t m,
                uint32_t n)
{
#pragma unroll
  for (int k = 0; k < SLICE; k += 16)
    {
      uint32_t ra[M_STEPS][4], rb[N_STEPS / 2][4];
#pragma unroll
      for (int i = 0; i < M_STEPS; i++)
        load_a<A_BY_COLUMNS> (ra[i], a, m + 16 * i, k);
#pragma unroll
      for (int j = 0; j < N_STEPS / 2; j++)
        load_b<B_BY_COLUMNS> (rb[j], b, n + 16 * j, k);
#pragma unroll
      for (int i = 0; i < M_STEPS; i++)
#pragma unroll
        for (int j = 0; j < N_STEPS; j++)
          moe_multiply_add (sums[i][j], ra[i], &rb[j / 2][j % 2 * 2]);
    }
}

// A tile of c: `rows` x `columns` of it there are.
struct Tile
{
  Operand a, b;
  bf16 *c;
  uint32_t rows, columns;
  uint32_t common; // length of the common side
};

__device__ __forceinline__ uint32_t
up_to_side (size_t n)
{
  return n < SIDE ? (uint32_t)n : SIDE;
}

__device__ __forceinline__ uint32_t
tiles_of (size_t n)
{
  return (uint32_t)((n + SIDE - 1) / SIDE);
}

// Tile (i, j) of an expert with rows first .. end-1.
__device__ Tile
make_tile (const MoeGpuMatmul &p, size_t expert, size_t first, size_t end, size_t i, size_t j)
{
  bool wgrad = p.form == MOE_GPU_WGRAD, transposed = p.form == MOE_GPU_ROWS_TRANSPOSED;
  size_t row = first - p.first_row, m = i * SIDE, n = j * SIDE;
  const bf16 *a = (const bf16 *)p.a, *b = (const bf16 *)p.b;
  bf16 *c = (bf16 *)p.c;
  Tile tile;
  tile.rows = up_to_side ((wgrad ? p.k : end - first) - m);
  tile.columns = up_to_side (p.n - n);
  tile.common = (uint32_t)(wgrad ? end - first : p.k);
  tile.a.ld = p.lda;
  tile.a.side = tile.rows;
  tile.a.data = wgrad ? a + row * p.lda + m : a + (row + m) * p.lda;
  tile.b.ld = p.ldb;
  tile.b.side = tile.columns;
  tile.b.data = wgrad        ? b + row * p.ldb + n
                : transposed ? b + expert * p.b_stride + n * p.ldb
                             : b + expert * p.b_stride + n;
  tile.c = wgrad ? c + expert * p.c_stride + m * p.ldc + n : c + (row + m) * p.ldc + n;
  return tile;
}

// Two neighbouring sums of a row.
__device__ __forceinline__ void
store_pair (const MoeGpuMatmul &p, const Tile &tile, uint32_t row, uint32_t column, const float *s)
{
  if (row >= tile.rows || column >= tile.columns)
    return;
  MoeVector<bf16, 2> *to = (MoeVector<bf16, 2> *)(tile.c + row * p.ldc + column), pair;
  float first = s[0], second = s[1];
  if (p.accumulate)
    {
      pair = *to;
      first += moe_to_float (pair.e[0]);
      second += moe_to_float (pair.e[1]);
    }
  pair.e[0] = moe_from_float<bf16> (first);
  pair.e[1] = moe_from_float<bf16> (second);
  *to = pair;
}

__device__ __forceinline__ void
store_tile (const MoeGpuMatmul &p,
            const Tile &tile,
            const float sums[M_STEPS][N_STEPS][4],
            uint32_t m,
            uint32_t n)
{
  uint32_t lane = threadIdx.x % 32;
#pragma unroll
  for (int i = 0; i < M_STEPS; i++)
#pragma unroll
    for (int j = 0; j < N_STEPS; j++)
      {
        uint32_t row = m + 16 * i + lane / 4, column = n + 8 * j + lane % 4 * 2;
        store_pair (p, tile, row, column, &sums[i][j][0]);
        store_pair (p, tile, row + 8, column, &sums[i][j][2]);
      }
}

template <bool A_BY_COLUMNS, bool B_BY_COLUMNS>
__device__ __forceinline__ void
begin_slice (unsigned char *shared, const Tile &tile, uint32_t slice)
{
  unsigned char *stage = shared + slice % STAGES * 2 * PART_BYTES;
  size_t first = (size_t)slice * SLICE;
  if (first < tile.common)
    {
      uint32_t common = tile.common - (uint32_t)first;
      copy_slice<A_BY_COLUMNS> (stage, tile.a, first, common);
      copy_slice<B_BY_COLUMNS> (stage + PART_BYTES, tile.b, first, common);
    }
  moe_copy_commit (); // also where there is none, so that groups can be counted
}

template <bool A_BY_COLUMNS, bool B_BY_COLUMNS>
__device__ __forceinline__ void
compute_tile (const MoeGpuMatmul &p, const Tile &tile, unsigned char *shared)
{
  uint32_t warp = threadIdx.x / 32, m = warp / 2 * WARP_SIDE, n = warp % 2 * WARP_SIDE;
  uint32_t slices = (tile.common + SLICE - 1) / SLICE;
  float sums[M_STEPS][N_STEPS][4];
#pragma unroll
  for (int i = 0; i < M_STEPS; i++)
#pragma unroll
    for (int j = 0; j < N_STEPS; j++)
#pragma unroll
      for (int e = 0; e < 4; e++)
        sums[i][j][e] = 0.0f;

  for (uint32_t slice = 0; slice < STAGES - 1; slice++)
    begin_slice<A_BY_COLUMNS, B_BY_COLUMNS> (shared, tile, slice);
  for (uint32_t slice = 0; slice < slices; slice++)
    {
      const unsigned char *stage = shared + slice % STAGES * 2 * PART_BYTES;
      moe_copy_wait<STAGES - 2> ();
      __syncthreads (); // the slice is there for all, and all are done with the one before it
      begin_slice<A_BY_COLUMNS, B_BY_COLUMNS> (shared, tile, slice + STAGES - 1);
      multiply_slice<A_BY_COLUMNS, B_BY_COLUMNS> (sums, stage, stage + PART_BYTES, m, n);
    }
  moe_copy_wait<0> ();
  __syncthreads ();
  store_tile (p, tile, sums, m, n);
}

template <bool A_BY_COLUMNS, bool B_BY_COLUMNS>
__global__ void
__launch_bounds__ (THREADS, 2)
grouped_kernel (MoeGpuMatmul p)
{
  MOE_DYNAMIC_SHARED (unsigned char, shared);
  bool wgrad = p.form == MOE_GPU_WGRAD;
  uint32_t columns = tiles_of (p.n), before = 0, wanted = blockIdx.x;
  for (size_t e = p.first_expert; e < p.end_expert; e++)
    {
      size_t first = p.offset[e], end = p.offset[e + 1];
      uint32_t rows = first == end ? 0 : tiles_of (wgrad ? p.k : end - first);
      for (; wanted < before + rows * columns; wanted += gridDim.x)
        {
          uint32_t index = wanted - before;
          Tile tile = make_tile (p, e, first, end, index % rows, index / rows);
          compute_tile<A_BY_COLUMNS, B_BY_COLUMNS> (p, tile, shared);
        }
      before += rows * columns;
    }
}

template <bool A_BY_COLUMNS, bool B_BY_COLUMNS>
cudaError_t
launch_grouped (const MoeGpuMatmul &p, int multiprocessors, cudaStream_t stream)
{
  auto kernel = grouped_kernel<A_BY_COLUMNS, B_BY_COLUMNS>;
  unsigned blocks = 2 * (unsigned)multiprocessors;
#ifndef MOE_EMULATED_CUDA
  cudaError_t code =
      cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, SHARED_BYTES);
  if (code != cudaSuccess)
    return code;
#endif
  MOE_LAUNCH (kernel, blocks, THREADS, SHARED_BYTES, stream, p);
  return cudaGetLastError ();
}

bool
is_whole (const void *pointer, size_t ld)
{
  return ((uintptr_t)pointer & 15) == 0 && ld % CHUNK == 0;
}

} // namespace

bool
moe_cuda_grouped_fits (const MoeGpuMatmul *p)
{
  return p->offset != nullptr && p->n % CHUNK == 0 && p->k % CHUNK == 0
         && is_whole (p->a, p->lda) && is_whole (p->b, p->ldb) && is_whole (p->c, p->ldc)
         && p->b_stride % CHUNK == 0 && p->c_stride % CHUNK == 0;
}

cudaError_t
moe_cuda_grouped (const MoeGpuMatmul *p, int multiprocessors, cudaStream_t stream)
{
  switch (p->form)
    {
    case MOE_GPU_ROWS:
      return launch_grouped<false, true> (*p, multiprocessors, stream);
    case MOE_GPU_ROWS_TRANSPOSED:
      return launch_grouped<false, false> (*p, multiprocessors, stream);
    case MOE_GPU_WGRAD:
      return launch_grouped<true, true> (*p, multiprocessors, stream);
    }
  return cudaErrorInvalidValue;
}

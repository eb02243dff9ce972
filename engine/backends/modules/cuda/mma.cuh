// SPDX-License-Identifier: Apache-2.0
// The instructions of the tensor cores and of asynchronous copies, compute capability 8.0.  Tests
// put their own in this file's place.
#pragma once

#include <stdint.h>

// 16 bytes from memory to shared memory, or zeros; arrives with its group.
__device__ __forceinline__ void
moe_copy_async (void *shared, const void *from, bool valid)
{
  uint32_t to = (uint32_t)__cvta_generic_to_shared (shared);
  int bytes = valid ? 16 : 0;
  asm volatile ("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(to), "l"(from),
                "r"(bytes)
                : "memory");
}

// What was copied since the last commit is one group.
__device__ __forceinline__ void
moe_copy_commit ()
{
  asm volatile ("cp.async.commit_group;\n" ::: "memory");
}

// Until at most N groups are on their way.
template <int N>
__device__ __forceinline__ void
moe_copy_wait ()
{
  asm volatile ("cp.async.wait_group %0;\n" ::"n"(N) : "memory");
}

// Four 8 x 8 matrices of which lane l gives row l % 8 of matrix l / 8.
__device__ __forceinline__ void
moe_load_matrices (uint32_t r[4], const void *row)
{
  uint32_t from = (uint32_t)__cvta_generic_to_shared (row);
  asm volatile ("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];\n"
                : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                : "r"(from)
                : "memory");
}

// The same, each transposed.
__device__ __forceinline__ void
moe_load_matrices_transposed (uint32_t r[4], const void *row)
{
  uint32_t from = (uint32_t)__cvta_generic_to_shared (row);
  asm volatile ("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];\n"
                : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                : "r"(from)
                : "memory");
}

// d[16,8] += a[16,16] b[16,8], bfloat16 with sums in float32.
__device__ __forceinline__ void
moe_multiply_add (float d[4], const uint32_t a[4], const uint32_t b[2])
{
  asm volatile ("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
                "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};\n"
                : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the AVX-512 kernels: how their functions are compiled, and where they are. */
#pragma once

#include "engine/backends/native/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define MOE_AVX512 __attribute__ ((target ("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#define MOE_AVX512_BF16                                                                            \
  __attribute__ ((target ("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))
#define MOE_INLINE static inline __attribute__ ((always_inline))

/* Loops over registers must vanish before registers are chosen. */
#if defined(__clang__)
#define MOE_UNROLL _Pragma ("clang loop unroll(full)")
#else
#define MOE_UNROLL _Pragma ("GCC unroll 32")
#endif

enum
{
  MOE_AVX512_MR = 14, /* 14 x 2 registers of sums, 2 of B, 1 of A */
  MOE_AVX512_NR = 32,
};

/* The first n of 16 or 32 lanes. */
MOE_INLINE __mmask16
moe_avx512_mask16 (size_t n)
{
  return (__mmask16)(n >= 16 ? 0xffffu : (1u << n) - 1);
}

MOE_INLINE __mmask32
moe_avx512_mask32 (size_t n)
{
  return (__mmask32)(n >= 32 ? 0xffffffffu : (1u << n) - 1);
}

void moe_avx512_pack_rows_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
void moe_avx512_pack_rows_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
void moe_avx512_pack_columns_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
void moe_avx512_pack_columns_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
void moe_avx512_tile_f32 (const MoeNativeTile *tile);
void moe_avx512_tile_bf16 (const MoeNativeTile *tile);
void moe_avx512_direct_f32 (const MoeNativeTile *tile);
void moe_avx512_direct_bf16 (const MoeNativeTile *tile);
void moe_avx512_zero (void *c, size_t bytes);
void moe_avx512_fence (void);
#endif

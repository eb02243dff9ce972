/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the AVX2 kernels: how their functions are compiled, and where they are. */
#pragma once

#include "engine/backends/native/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define MOE_AVX2   __attribute__ ((target ("avx2,fma")))
#define MOE_INLINE static inline __attribute__ ((always_inline))

/* Loops over registers must vanish before registers are chosen. */
#if defined(__clang__)
#define MOE_UNROLL _Pragma ("clang loop unroll(full)")
#else
#define MOE_UNROLL _Pragma ("GCC unroll 32")
#endif

enum
{
  MOE_AVX2_MR = 6, /* 6 x 2 registers of sums, 2 of B, 1 of A */
  MOE_AVX2_NR = 16,
};

void moe_avx2_pack_rows_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
void moe_avx2_pack_rows_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
void moe_avx2_pack_columns_f32 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
void moe_avx2_pack_columns_bf16 (
    uint32_t *panel, size_t width, const void *source, size_t ld, size_t lanes, size_t k);
void moe_avx2_zero (void *c, size_t bytes);
void moe_avx2_fence (void);
#endif

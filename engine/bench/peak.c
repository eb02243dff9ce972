/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/peak.h"

#include "engine/base/target.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>
#define PEAK_X86 1
#endif

enum
{
  CHAINS = 12 /* independent sums: more than latency times throughput of any multiply-add unit */
};

/* Plain C: what the compiler makes of it on processors without a kernel of their own. */
static double
multiply_add_portable (size_t rounds, float *sink)
{
  enum
  {
    LANES = 4 * CHAINS
  };
  float sums[LANES];
  for (size_t i = 0; i < LANES; i++)
    sums[i] = (float)i;
  for (size_t round = 0; round < rounds; round++)
    for (size_t i = 0; i < LANES; i++)
      sums[i] = sums[i] * 0.999f + 0.001f;
  for (size_t i = 0; i < LANES; i++)
    *sink += sums[i];
  return 2.0 * LANES * (double)rounds;
}

#ifdef PEAK_X86

__attribute__ ((target ("avx2,fma"))) static double
multiply_add_avx2 (size_t rounds, float *sink)
{
  __m256 sums[CHAINS];
  const __m256 factor = _mm256_set1_ps (0.999f), addend = _mm256_set1_ps (0.001f);
  for (int i = 0; i < CHAINS; i++)
    sums[i] = _mm256_set1_ps ((float)i);
  for (size_t round = 0; round < rounds; round++)
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++)
      sums[i] = _mm256_fmadd_ps (sums[i], factor, addend);
  for (int i = 0; i < CHAINS; i++)
    *sink += _mm256_cvtss_f32 (sums[i]);
  return 2.0 * 8 * CHAINS * (double)rounds;
}

__attribute__ ((target ("avx512f"))) static double
multiply_add_avx512 (size_t rounds, float *sink)
{
  __m512 sums[CHAINS];
  const __m512 factor = _mm512_set1_ps (0.999f), addend = _mm512_set1_ps (0.001f);
  for (int i = 0; i < CHAINS; i++)
    sums[i] = _mm512_set1_ps ((float)i);
  for (size_t round = 0; round < rounds; round++)
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++)
      sums[i] = _mm512_fmadd_ps (sums[i], factor, addend);
  for (int i = 0; i < CHAINS; i++)
    *sink += _mm512_cvtss_f32 (sums[i]);
  return 2.0 * 16 * CHAINS * (double)rounds;
}

__attribute__ ((target ("avx512f,avx512bf16"))) static double
multiply_add_bf16 (size_t rounds, float *sink)
{
  __m512 sums[CHAINS];
  const __m512bh small = _mm512_cvtne2ps_pbh (_mm512_set1_ps (0.001f), _mm512_set1_ps (0.001f));
  for (int i = 0; i < CHAINS; i++)
    sums[i] = _mm512_set1_ps ((float)i);
  for (size_t round = 0; round < rounds; round++)
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++)
      sums[i] = _mm512_dpbf16_ps (sums[i], small, small);
  for (int i = 0; i < CHAINS; i++)
    *sink += _mm512_cvtss_f32 (sums[i]);
  return 2.0 * 32 * CHAINS * (double)rounds;
}

#endif

double
moe_peak_multiply_add (MoeDtype dtype, size_t rounds, float *sink)
{
#ifdef PEAK_X86
  if (dtype == MOE_DTYPE_BFLOAT16 && __builtin_cpu_supports ("avx512bf16"))
    return multiply_add_bf16 (rounds, sink);
  if (__builtin_cpu_supports ("avx512f"))
    return multiply_add_avx512 (rounds, sink);
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return multiply_add_avx2 (rounds, sink);
#else
  (void)dtype;
#endif
  return multiply_add_portable (rounds, sink);
}

/* Static, since clang 14 gives a cloned function no name that other files could call. */
static MOE_TARGET_CLONES uint64_t
sum_words (const uint64_t *words, size_t n)
{
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += words[i];
  return sum;
}

uint64_t
moe_peak_read (const uint64_t *words, size_t n)
{
  return sum_words (words, n);
}

void
moe_peak_write (uint64_t *words, size_t n, uint64_t value)
{
#ifdef PEAK_X86
  for (size_t i = 0; i < n; i++)
    _mm_stream_si64 ((long long *)(void *)(words + i), (long long)value);
  _mm_sfence ();
#else
  for (size_t i = 0; i < n; i++)
    words[i] = value;
#endif
}

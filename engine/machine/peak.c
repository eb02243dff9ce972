/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/peak.h"

#include "engine/base/target.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>
#define PEAK_X86 1
#endif

enum
{
  /* Independent sums: as many as latency times throughput of any multiply-add unit, and as few as
   * stay in registers, of which there are 16, with AVX-512 32. */
  CHAINS = 12,
  CHAINS_512 = 20
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
  __m512 sums[CHAINS_512];
  const __m512 factor = _mm512_set1_ps (0.999f), addend = _mm512_set1_ps (0.001f);
  for (int i = 0; i < CHAINS_512; i++)
    sums[i] = _mm512_set1_ps ((float)i);
  for (size_t round = 0; round < rounds; round++)
#pragma GCC unroll 20
    for (int i = 0; i < CHAINS_512; i++)
      sums[i] = _mm512_fmadd_ps (sums[i], factor, addend);
  for (int i = 0; i < CHAINS_512; i++)
    *sink += _mm512_cvtss_f32 (sums[i]);
  return 2.0 * 16 * CHAINS_512 * (double)rounds;
}

__attribute__ ((target ("avx512f,avx512bf16"))) static double
multiply_add_bf16 (size_t rounds, float *sink)
{
  __m512 sums[CHAINS_512];
  const __m512bh small = _mm512_cvtne2ps_pbh (_mm512_set1_ps (0.001f), _mm512_set1_ps (0.001f));
  for (int i = 0; i < CHAINS_512; i++)
    sums[i] = _mm512_set1_ps ((float)i);
  for (size_t round = 0; round < rounds; round++)
#pragma GCC unroll 20
    for (int i = 0; i < CHAINS_512; i++)
      sums[i] = _mm512_dpbf16_ps (sums[i], small, small);
  for (int i = 0; i < CHAINS_512; i++)
    *sink += _mm512_cvtss_f32 (sums[i]);
  return 2.0 * 32 * CHAINS_512 * (double)rounds;
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

/* A cache line of words, wherever it lies; the compiler makes of it what the processor has. */
typedef uint64_t Line __attribute__ ((vector_size (64), aligned (8), may_alias));

enum
{
  LINE_WORDS = sizeof (Line) / sizeof (uint64_t),
  AHEAD_LINES = 32, /* half a page: what processors look ahead by themselves is less */
  ROWS = 8,
  ROW_LINES = 176 /* no power of two: rows shall not fall into the same sets of the cache */
};

static uint64_t
sum_rest (const Line sums[4], const uint64_t *words, size_t first, size_t n)
{
  uint64_t sum = 0;
  for (size_t i = 0; i < 4; i++)
    for (size_t j = 0; j < LINE_WORDS; j++)
      sum += sums[i][j];
  for (size_t i = first; i < n; i++)
    sum += words[i];
  return sum;
}

/* Four sums, so that no addition waits for the one before.  Static, as the next, since clang 14
 * gives a cloned function no name that other files could call. */
static MOE_TARGET_CLONES uint64_t
sum_run (const uint64_t *words, size_t n)
{
  const Line *lines = (const Line *)(const void *)words;
  const size_t n_lines = n / LINE_WORDS / 4 * 4;
  Line sums[4] = { 0 };
  for (size_t i = 0; i < n_lines; i += 4)
    {
      for (size_t j = 0; j < 4; j++)
        __builtin_prefetch (lines + i + j + AHEAD_LINES, 0, 2);
      sums[0] += lines[i];
      sums[1] += lines[i + 1];
      sums[2] += lines[i + 2];
      sums[3] += lines[i + 3];
    }
  return sum_rest (sums, words, n_lines * LINE_WORDS, n);
}

static MOE_TARGET_CLONES uint64_t
sum_rows (const uint64_t *words, size_t n)
{
  const Line *lines = (const Line *)(const void *)words;
  const size_t blocks = n / LINE_WORDS / (ROWS * ROW_LINES);
  Line sums[4] = { 0 };
  for (size_t block = 0; block < blocks; block++, lines += ROWS * ROW_LINES)
    for (size_t i = 0; i < ROW_LINES; i += 2)
      for (size_t row = 0; row < ROWS; row += 2)
        {
          const Line *at = lines + row * ROW_LINES + i;
          sums[0] += at[0];
          sums[1] += at[1];
          sums[2] += at[ROW_LINES];
          sums[3] += at[ROW_LINES + 1];
        }
  return sum_rest (sums, words, blocks * ROWS * ROW_LINES * LINE_WORDS, n);
}

uint64_t
moe_peak_read (const uint64_t *words, size_t n, MoePeakRead how)
{
  return how == MOE_PEAK_READ_ROWS ? sum_rows (words, n) : sum_run (words, n);
}

/* Neither zero nor the same everywhere: some processors do not move what is. */
static uint64_t
word_of (uint64_t seed, size_t i)
{
  return (seed + i) * 0x9e3779b97f4a7c15u | 1;
}

void
moe_peak_write (uint64_t *words, size_t n, uint64_t seed)
{
#ifdef PEAK_X86
  for (size_t i = 0; i < n; i++)
    _mm_stream_si64 ((long long *)(void *)(words + i), (long long)word_of (seed, i));
  _mm_sfence ();
#else
  for (size_t i = 0; i < n; i++)
    words[i] = word_of (seed, i);
#endif
}

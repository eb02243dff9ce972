/* SPDX-License-Identifier: Apache-2.0 */
/* Loops that do nothing but multiply-add in registers, and nothing but move memory.  Private to
 * engine/machine and benchmarks. */
#pragma once

#include "engine/moe/types.h"

/* Run `rounds` rounds of independent multiply-adds on the calling thread with the widest
 * instructions of this processor for the dtype; returns the FLOPs done (2 per multiply-add).
 * *sink receives a value that depends on all of them. */
double moe_peak_multiply_add (MoeDtype dtype, size_t rounds, float *sink);

/* Which of the two is faster depends on the processor, on its neighbours and on the moment. */
typedef enum MoePeakRead
{
  MOE_PEAK_READ_RUN,  /* one run of memory, asked for half a page ahead */
  MOE_PEAK_READ_ROWS, /* eight runs side by side, as few rows by a matrix read it */
  MOE_PEAK_READ_WAYS
} MoePeakRead;

/* Sum of n words (modulo 2^64), read from memory as fast as it can be. */
uint64_t moe_peak_read (const uint64_t *words, size_t n, MoePeakRead how);

/* Fill n words with numbers that differ and are never 0, without reading them into the caches
 * first, where the processor can. */
void moe_peak_write (uint64_t *words, size_t n, uint64_t seed);

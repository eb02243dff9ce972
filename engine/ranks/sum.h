/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of an exchange: contributions of shards summed in float32, a block at a time, and
 * rounded once to the storage dtype.  Pure functions; any thread. */
#pragma once

#include "engine/moe/types.h"

enum
{
  MOE_SUM_BLOCK = 2048 /* elements that callers sum at a time: they stay in the first cache */
};

/* sums[n] = in[n] of `dtype` */
void moe_sum_set (float *sums, MoeDtype dtype, const void *in, size_t n);

/* sums[n] += in[n] of `dtype` */
void moe_sum_add (float *sums, MoeDtype dtype, const void *in, size_t n);

/* out[n] = sums[n], rounded to nearest, ties to even */
void moe_sum_store (void *out, MoeDtype dtype, const float *sums, size_t n);

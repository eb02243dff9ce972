/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/ranks/sum.h"

#include "engine/base/bfloat16.h"
#include "engine/base/target.h"

#include <string.h>

static MOE_TARGET_CLONES void
sum_f32 (float *restrict sums, const float *restrict in, size_t n)
{
  for (size_t i = 0; i < n; i++)
    sums[i] += in[i];
}

static MOE_TARGET_CLONES void
set_bf16 (float *restrict sums, const uint16_t *restrict in, size_t n)
{
  for (size_t i = 0; i < n; i++)
    sums[i] = moe_bf16_to_float (in[i]);
}

static MOE_TARGET_CLONES void
sum_bf16 (float *restrict sums, const uint16_t *restrict in, size_t n)
{
  for (size_t i = 0; i < n; i++)
    sums[i] += moe_bf16_to_float (in[i]);
}

static MOE_TARGET_CLONES void
store_bf16 (uint16_t *restrict out, const float *restrict sums, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = moe_bf16_from_float (sums[i]);
}

void
moe_sum_set (float *sums, MoeDtype dtype, const void *in, size_t n)
{
  if (dtype == MOE_DTYPE_FLOAT32)
    memcpy (sums, in, n * sizeof *sums);
  else
    set_bf16 (sums, in, n);
}

void
moe_sum_add (float *sums, MoeDtype dtype, const void *in, size_t n)
{
  if (dtype == MOE_DTYPE_FLOAT32)
    sum_f32 (sums, in, n);
  else
    sum_bf16 (sums, in, n);
}

void
moe_sum_store (void *out, MoeDtype dtype, const float *sums, size_t n)
{
  if (dtype == MOE_DTYPE_FLOAT32)
    memcpy (out, sums, n * sizeof *sums);
  else
    store_bf16 (out, sums, n);
}

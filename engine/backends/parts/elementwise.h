/* SPDX-License-Identifier: Apache-2.0 */
/* Row kernels of the block other than matmuls, for each storage dtype: pure functions over
 * pointers and sizes, arithmetic in float32 whatever the storage.  Arrays do not overlap unless
 * said. */
#pragma once

#include "engine/moe/types.h"

/* bfloat16 is kept as the upper 16 bits of a float32, rounded to nearest, ties to even. */
typedef uint16_t MoeBf16;

typedef struct MoeRowOps
{
  size_t element_bytes;

  /* out[n] = scale * in[n] */
  void (*scale) (void *out, const void *in, float scale, size_t n);

  /* out[n] = sum over i < count of weights[i] * rows[i][n], summed in float32 in that order;
   * zeros when count = 0. */
  void (*combine) (
      void *out, const void *const *rows, const float *weights, size_t count, size_t n);

  /* sums[n] += scale * in[n], float32 sums */
  void (*accumulate) (float *sums, const void *in, float scale, size_t n);

  /* sum of in[n]^2, accumulated in double */
  double (*sum_squares) (const void *in, size_t n);

  /* sum[n] += in[n], each rounded to the storage dtype */
  void (*add) (void *sum, const void *in, size_t n);

  /* act[m] = silu (h[i]) * h[m + i], where h[2m] is [gate | up] of one row */
  void (*swiglu) (void *act, const void *h, size_t m);

  /* The same times `weight`. */
  void (*swiglu_weighted) (void *act, const void *h, float weight, size_t m);

  /* In place: h[2m] = [gate | up] becomes the gradient [dgate | dup], given dact[m].
   * With s = sigmoid (g): dgate = dact up s (1 + g (1 - s)), dup = dact g s. */
  void (*swiglu_backward) (void *h, const void *dact, size_t m);

  /* The same where dact[m] is the gradient of the weighted activation. */
  void (*swiglu_backward_weighted) (void *h, const void *dact, float weight, size_t m);

  void (*from_float) (void *out, const float *in, size_t n);
  void (*to_float) (float *out, const void *in, size_t n);
} MoeRowOps;

/* Static storage. */
const MoeRowOps *moe_row_ops (MoeDtype dtype);

/* SPDX-License-Identifier: Apache-2.0 */
/* Row kernels of the block other than matmuls.  Pure functions over pointers and
 * sizes, float32; arrays do not overlap unless said. */
#pragma once

#include <stddef.h>

/* out[n] = in[n] */
void moe_row_copy (float *out, const float *in, size_t n);

/* out[n] = scale * in[n] */
void moe_row_scale (float *out, const float *in, float scale, size_t n);

/* out[n] += scale * in[n] */
void moe_row_add_scaled (float *out, const float *in, float scale, size_t n);

/* sum of in[n]^2, accumulated in double */
double moe_row_sum_squares (const float *in, size_t n);

/* act[m] = silu (h[j]) * h[m + j], where h[2m] is [gate | up] of one row */
void moe_row_swiglu (float *act, const float *h, size_t m);

/* In place: h[2m] = [gate | up] becomes the gradient [dgate | dup], given dact[m].
 * With s = sigmoid (g): dgate = dact up s (1 + g (1 - s)), dup = dact g s. */
void moe_row_swiglu_backward (float *h, const float *dact, size_t m);

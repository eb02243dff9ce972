/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of gate and up matrices, side by side or one after the other, and the products with them:
 * one for a pair that lies side by side, two for one that does not. */
#pragma once

#include "engine/backends/cpu/lane.h"

#include <stddef.h>

struct MoeCpuShard;

/* [pairs] of a gate [inputs,width] and an up matrix of that size.  Fused: row i of a pair is row i
 * of gate, then of up, as one [inputs,2*width] matrix; else gate, whole, then up. */
typedef struct MoeGated
{
  void *data;
  size_t inputs;
  size_t width;
  bool fused;
} MoeGated;

/* Row `row` of gate, or of up, counted through all pairs; the matrix's own rows are `width`
 * elements. */
void *moe_gated_row (const struct MoeCpuShard *s, const MoeGated *gated, size_t row, bool up);

/* h [n,2*width] = x [n,inputs] times pair number `pair`: gate and up of every row. */
void moe_gated_up (const struct MoeCpuShard *s,
                   const MoeLane *lane,
                   const MoeGated *weights,
                   size_t pair,
                   size_t n,
                   const void *x,
                   void *h);

/* dx [n,inputs] = dh [n,2*width] times the pair transposed.  Of a pair that is not fused dx gets
 * only gate's part, and up's goes to dx_up [n,inputs], still to be added. */
void moe_gated_up_dgrad (const struct MoeCpuShard *s,
                         const MoeLane *lane,
                         const MoeGated *weights,
                         size_t pair,
                         size_t n,
                         const void *dh,
                         void *dx,
                         void *dx_up);

/* Rows first .. end-1 of the gradients of a pair = x [n,inputs] transposed times dh [n,2*width];
 * zeros when n = 0. */
void moe_gated_up_wgrad (const struct MoeCpuShard *s,
                         const MoeLane *lane,
                         const MoeGated *gradients,
                         size_t pair,
                         size_t first,
                         size_t end,
                         size_t n,
                         const void *x,
                         const void *dh);

/* SPDX-License-Identifier: Apache-2.0 */
/* The products of a step: a plain one, and those with pairs of gate and up matrices, one for a pair
 * that lies side by side, two for one that does not.  Each is done whole by the thread that asks
 * for it, or sliced over all threads of the shard, which then ask for the same one
 * (MoeLane.slices). */
#pragma once

#include "engine/backends/cpu/state.h"

/* A product, or this thread's slice of it. */
void moe_multiply (const MoeCpuShard *s, const MoeLane *lane, MoeMatmul product);

/* Row `row` of gate, or of up, counted through all pairs; the matrix's own rows are `width`
 * elements. */
void *moe_gated_row (const MoeCpuShard *s, const MoeGated *gated, size_t row, bool up);

/* Where the packed weights of an expert begin, or those of its pair; NULL: they are not packed. */
void *moe_packed_at (const MoePacked *packed, size_t expert);

/* h [n,2*width] = x [n,inputs] times pair number `pair`: gate and up of every row. */
void moe_gated_up (const MoeCpuShard *s,
                   const MoeLane *lane,
                   const MoeGated *weights,
                   size_t pair,
                   size_t n,
                   const void *x,
                   void *h);

/* dx [n,inputs] = dh [n,2*width] times the pair transposed.  Of a pair that is not fused dx gets
 * only gate's part, and up's goes to dx_up [n,inputs], still to be added. */
void moe_gated_up_dgrad (const MoeCpuShard *s,
                         const MoeLane *lane,
                         const MoeGated *weights,
                         size_t pair,
                         size_t n,
                         const void *dh,
                         void *dx,
                         void *dx_up);

/* Rows first .. end-1 of the gradients of a pair = x [n,inputs] transposed times dh [n,2*width];
 * zeros when n = 0. */
void moe_gated_up_wgrad (const MoeCpuShard *s,
                         const MoeLane *lane,
                         const MoeGated *gradients,
                         size_t pair,
                         size_t first,
                         size_t end,
                         size_t n,
                         const void *x,
                         const void *dh);

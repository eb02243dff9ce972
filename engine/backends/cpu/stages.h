/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of a step.  Each works on the rows or tokens first .. first+count-1 of a tile (and
 * the experts' weights, for tile->expert), and books its time on the lane.  A tile schedule calls
 * them for tile after tile on each thread by itself; ragged_dot for all rows of an expert on all
 * threads at once, where products are shared (see MoeLane.slices). */
#pragma once

#include "engine/backends/cpu/state.h"

/* The x of tokens, once for each slot (repeat_sort). */
void moe_cpu_repeat (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);

/* Rows of x in expert order, zeros for padding; nothing when prepare () has done it. */
void moe_cpu_gather (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);

/* Backward of the gather: rows back to their slots (repeat_sort; otherwise nothing), and dx of
 * tokens from all their rows and the shared expert. */
void moe_cpu_unpermute (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_gather_backward (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);

/* Must x be repeated in this pass? */
bool moe_cpu_repeats (const MoeCpuShard *s, bool backward);

/* Pack and gather outside of what is timed; every thread of the shard. */
void moe_cpu_prequeue (MoeCpuShard *s, size_t thread);

/* Forward: gate and up, activation, expert output; and the same for null rows, whose products are
 * zeros. */
void moe_cpu_up (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_activate (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_down (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_up_nulls (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_down_nulls (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);

/* y of tokens, or of columns, and, where this shard's y is all there is, their sums of squares. */
void moe_cpu_combine_tokens (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);
void moe_cpu_combine_columns (MoeCpuShard *s, const MoeTile *columns, MoeLane *lane);

/* Sums of squares of the shard's own tokens of y, after an exchange: this thread's slice.
 */
void moe_cpu_square_own (MoeCpuShard *s, size_t thread, MoeLane *lane);

/* The shard's part of the loss, from the sums of squares, whatever they are of. */
double moe_cpu_loss_part (const MoeCpuShard *s);

/* Backward, in this order; up_dgrad of separate w1 and w3 is complete after add_up_dgrad, which
 * does nothing for fused ones. */
void moe_cpu_combine_backward (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_down_dgrad (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_activate_backward (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_up_dgrad (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_add_up_dgrad (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_down_dgrad_nulls (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);
void moe_cpu_up_dgrad_nulls (MoeCpuShard *s, const MoeTile *rows, MoeLane *lane);

/* A slice of the rows of the weight gradients of an expert, from all its rows. */
void moe_cpu_down_wgrad (MoeCpuShard *s, const MoeTile *slice, MoeLane *lane);
void moe_cpu_up_wgrad (MoeCpuShard *s, const MoeTile *slice, MoeLane *lane);

/* The shared expert, in this order. */
void moe_cpu_shared_up (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);
void moe_cpu_shared_activate (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);
void moe_cpu_shared_down (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);
void moe_cpu_shared_loss_gradient (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);
void moe_cpu_shared_down_dgrad (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);
void moe_cpu_shared_activate_backward (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);
void moe_cpu_shared_up_dgrad (MoeCpuShard *s, const MoeTile *tokens, MoeLane *lane);
void moe_cpu_shared_wgrad (MoeCpuShard *s, const MoeTile *slice, MoeLane *lane);

/* What null slots add where they do (null kinds copy and constant), as part of the combine and of
 * the stages of its backward.  A token is handled by the one shard whose own it is. */

/* Append to the lane's n rows and weights what the token's null slots add to y: x once for all of
 * them, or a vector each.  Returns how many rows there are then. */
size_t moe_cpu_collect_nulls (const MoeCpuShard *s, MoeLane *lane, size_t token, size_t n);

/* The same for columns first .. first+n-1, added to sums[n]. */
void
moe_cpu_accumulate_nulls (const MoeCpuShard *s, size_t token, float *sums, size_t first, size_t n);

/* Append what they add to dx: p dL/dy of copies. */
size_t moe_cpu_collect_null_gradients (const MoeCpuShard *s, MoeLane *lane, size_t token, size_t n);

/* Are there vectors with gradients in this block? */
bool moe_cpu_has_null_gradients (const MoeCpuShard *s);

/* Their gradients, of the shard's own tokens: columns first .. of all of them. */
void moe_cpu_null_gradients (MoeCpuShard *s, const MoeTile *columns, MoeLane *lane);

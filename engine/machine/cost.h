/* SPDX-License-Identifier: Apache-2.0 */
/* The traffic side of the cost model. */
#pragma once

#include "engine/moe/types.h"

/* Least bytes that one step moves: weights read by each pass, gradients written, and every row
 * array written once and read once; with them the shared expert's, the copies that repeat_sort
 * makes (without those of the gather that prequeue leaves out), and what shards exchange, counted
 * where it is written and where it is read; and what null slots add, x of
 * the `null_tokens` that have such slots once more, or their experts' vectors.  `active_experts`
 * have rows that go through matmuls (with capacity policy pad the padding too), `rows` are
 * dispatched.
 */
double
moe_cost_bytes (const MoeBlock *block, double active_experts, size_t rows, double null_tokens);

/* What null slots add to that, and nothing where they add nothing to their tokens. */
double moe_cost_null_bytes (const MoeBlock *block, double null_tokens);

/* SPDX-License-Identifier: Apache-2.0 */
/* The traffic side of the cost model.  Private to engine/bench. */
#pragma once

#include "engine/moe/types.h"

/* Least bytes that one step moves: weights read by each pass, gradients written, and every row
 * array written once and read once.  `real_rows` go through matmuls, `rows` are dispatched. */
double moe_cost_bytes (const MoeBlock *block, double real_rows, size_t rows);

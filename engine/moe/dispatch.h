/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatch: the assignments of a routing ordered by expert, ready for a grouped
 * matmul, and the way back from tokens to rows. */
#pragma once

#include "engine/moe/routing.h"

/* Rows are assignments in expert order, stable by flat slot (token * topk + slot).
 * In `compact` dispatch only real assignments have rows (rows = R); in `carry` all
 * tokens * topk do, the null ones after the last expert.  All arrays belong to the caller,
 * sized by moe_dispatch_capacity (). */
typedef struct MoeDispatch
{
  size_t rows;           /* rows in all */
  size_t real_rows;      /* rows of real experts, the first ones */
  size_t *expert_offset; /* [experts + 1]; expert e has rows offset[e] .. offset[e+1]-1 */
  uint32_t *row_token;   /* [rows] token of a row */
  float *row_weight;     /* [rows] combine weight of a row (0 for null rows) */
  uint32_t *slot_row;    /* [tokens, topk] row of a slot, MOE_DISPATCH_NO_ROW when it has none */
} MoeDispatch;

#define MOE_DISPATCH_NO_ROW UINT32_MAX

/* Rows a routing needs in the given mode. */
size_t moe_dispatch_rows (const MoeRouting *routing, MoeNullDispatch mode);

/* Fill every array of *dispatch from the routing (counting sort, one thread).  Arrays must hold
 * experts + 1, rows, rows and tokens * topk entries.  tokens * topk < 2^32 - 1. */
void moe_dispatch_pack (const MoeRouting *routing, MoeNullDispatch mode, MoeDispatch *dispatch);

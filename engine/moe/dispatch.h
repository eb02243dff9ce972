/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatch: the assignments of a routing ordered by expert, ready for a grouped
 * matmul, and the way back from tokens to rows. */
#pragma once

#include "engine/moe/routing.h"

/* Which assignments get rows, and in which order. */
typedef struct MoeDispatchSpec
{
  bool carries_nulls; /* null slots have rows too, after those of the experts */
  bool remaps_nulls;  /* or among those of expert 0, of all tokens, where that expert is */
  MoePackStrategy strategy;
  MoeCapacityPolicy capacity_policy;
  size_t capacity;     /* rows of an expert at most (drop) or exactly (pad) */
  size_t first_expert; /* the experts that are here: first_expert .. end_expert - 1; those of zeros,
                          which null slots go to, come after the routing's */
  size_t end_expert;
  size_t first_token; /* null rows that ride along are those of first_token .. end_token - 1 */
  size_t end_token;
} MoeDispatchSpec;

/* Rows are assignments in expert order, within an expert in the order of the strategy.  In
 * `compact` dispatch only real assignments have rows; in `carry` the null ones too, after the last
 * expert, and in `remap` as rows of expert 0.  Experts are counted from first_expert.  All arrays
 * belong to the caller. */
typedef struct MoeDispatch
{
  size_t rows;           /* rows in all, padding included */
  size_t real_rows;      /* rows of real experts, the first ones: those that are multiplied */
  size_t *expert_offset; /* [experts + 1]; expert e has rows offset[e] .. offset[e+1]-1 */
  uint32_t *row_token;   /* [rows] token of a row; MOE_DISPATCH_NO_ROW for padding */
  uint32_t *row_slot;    /* [rows] flat slot (token * topk + j) of a row; likewise */
  float *row_weight;     /* [rows] combine weight of a row (0 for null rows and padding) */
  uint32_t *slot_row;    /* [tokens, topk] row of a slot, MOE_DISPATCH_NO_ROW when it has none */
  uint64_t *keys;        /* [2 * tokens * topk] scratch of the sorts; may be NULL for argsort */
} MoeDispatch;

#define MOE_DISPATCH_NO_ROW UINT32_MAX

/* A spec for all experts and all tokens of a block. */
MoeDispatchSpec moe_dispatch_spec (const MoeBlock *block);

/* Rows of an expert with so many assignments. */
size_t moe_dispatch_expert_rows (const MoeDispatchSpec *spec, size_t assignments);

/* The expert that needs most rows, the first of equals, as the routing counts experts. */
typedef struct MoeFullest
{
  size_t expert;
  size_t rows;
} MoeFullest;

/* Rows that a routing needs, all together; *fullest (may be NULL) says where most of them are. */
size_t
moe_dispatch_rows (const MoeRouting *routing, const MoeDispatchSpec *spec, MoeFullest *fullest);

/* Fill every array of *dispatch from the routing (one thread).  argsort is a counting sort;
 * tuple_sort and expert_score_sort sort keys of (expert, position) and (expert, -weight of the
 * token's first slot, position).  tokens * topk < 2^32 - 1, and rows too. */
void
moe_dispatch_pack (const MoeRouting *routing, const MoeDispatchSpec *spec, MoeDispatch *dispatch);

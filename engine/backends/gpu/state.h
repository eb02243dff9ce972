/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the GPU block share.  Private to engine/backends/gpu. */
#pragma once

#include "engine/backends/gpu/block.h"
#include "engine/moe/dispatch.h"

enum
{
  MOE_GPU_MAX_PIECES = 40,
  MOE_GPU_MAX_OPS = 4096,
  MOE_GPU_READ_ELEMENTS = 1 << 22 /* fetched at a time */
};

/* Rows of the dispatch: all of them, or those of one wave. */
typedef struct MoeGpuRowArray
{
  void *data;
  size_t width;
  bool full;
} MoeGpuRowArray;

/* Everything that a step works on.  All arrays are in the device's one piece of memory; of the
 * problem's dtype where no type is named; NULL where the problem has no use for them. */
typedef struct MoeGpuArrays
{
  void *x;   /* [T,H] */
  void *w13; /* [E,H,2M] gate and up side by side, whether or not one product makes both */
  void *w2;  /* [E,M,H] */
  void *y;   /* [T,H] */
  void *dx;
  void *dw13;
  void *dw2;
  void *sw13; /* [H,2S], likewise */
  void *sw2;
  void *dsw13;
  void *dsw2;
  void *shared_h;   /* [T,2S] gate and up; backward: their gradients */
  void *shared_act; /* [T,S]; backward: its gradients, then itself once more */
  void *shared_out; /* [T,H]; backward: gradients of it */
  void *shared_dx;  /* [T,H] */

  MoeGpuRowArray rows_x;    /* [H]  gathered x */
  MoeGpuRowArray rows_h;    /* [2M] gate and up; backward: their gradients */
  MoeGpuRowArray rows_act;  /* [M]  activation; backward: its gradients, then itself once more */
  MoeGpuRowArray rows_out;  /* [H]  expert outputs; backward: gradients of the gathered rows */
  MoeGpuRowArray rows_dout; /* [H]  backward: gradients of the expert outputs */
  void *slots_x;            /* [T,max_topk,H] only with repeat_sort */

  int32_t *topk_idx;   /* [T,max_topk] */
  float *topk_weights; /* [T,max_topk] */
  uint32_t *offset;    /* [E + 2] */
  uint32_t *row_token; /* [R] */
  uint32_t *row_slot;  /* [R] */
  float *row_weight;   /* [R] */
  uint32_t *slot_row;  /* [T,max_topk] */
  void *pack_scratch;
  double *squares; /* [T] */
  double *loss;    /* [1] */
} MoeGpuArrays;

/* A part of the memory. */
typedef struct MoeGpuPiece
{
  void *target; /* the pointer variable to set, of whatever pointer type */
  size_t offset;
  size_t bytes;
  bool computed; /* by steps: to be poisoned */
  bool packed;   /* by packing and gathering, which prepare () may do */
} MoeGpuPiece;

typedef struct MoeGpuLayout
{
  MoeGpuPiece pieces[MOE_GPU_MAX_PIECES];
  size_t n;
  MoeMemoryNeed need;
  MoeGpuTraits traits;
  size_t wave_rows;
  size_t arena_bytes; /* of all pieces */
  bool overflow;
} MoeGpuLayout;

/* Lists of operations that follow each other: numbers first .. first+n-1. */
typedef struct MoeGpuLists
{
  size_t first;
  size_t n;
} MoeGpuLists;

struct MoeBackendState
{
  MoeProblem problem;
  const MoeGpuOps *ops;
  const MoeCancel *cancel;
  MoeGpu *gpu;
  void *memory;
  MoeGpuLayout layout;
  MoeGpuArrays a;

  MoeBlock block; /* what prepare () chose */
  size_t topk;
  size_t *rows;          /* [E + 2] first row of each expert, of the null rows; all rows */
  size_t shared_rows[2]; /* the same for the shared expert: 0, T */
  bool scatter;
  bool preweight;
  bool prequeued;
  MoeGpuLists prequeue, forward, backward;
};

/* Lay the arrays of a problem out; `a` receives pointers relative to `memory` (may be NULL).
 * MOE_ERROR_INVALID when it has no size. */
MoeStatus moe_gpu_lay_out (const MoeGpuOps *ops,
                           const MoeProblem *problem,
                           MoeGpuArrays *a,
                           MoeGpuLayout *layout,
                           void *memory,
                           MoeError *error);

/* Consecutive experts whose rows are worked on together, and null rows. */
typedef struct MoeGpuWave
{
  size_t first_expert, end_expert;
  size_t first_row, end_row;
} MoeGpuWave;

/* The wave after the one that ends at `first_expert` and `first_row`: as many experts as have at
 * most `max_rows` rows together (at least one), then null rows up to that many. */
MoeGpuWave moe_gpu_next_wave (
    const size_t *rows, size_t experts, size_t first_expert, size_t first_row, size_t max_rows);

/* Operations, cut into lists of so much work that a stop need not wait long. */
typedef struct MoeGpuProgram
{
  MoeGpuOp *ops; /* [MOE_GPU_MAX_OPS] */
  size_t n;
  size_t list_end[MOE_GPU_MAX_SLOTS]; /* end of each list */
  size_t n_lists;
  double flops; /* of the present list */
  bool overflow;
} MoeGpuProgram;

/* Make the operations of prepare () (for prequeue), forward () and backward (). */
void moe_gpu_program_prequeue (const MoeBackendState *state, MoeGpuProgram *program);
void moe_gpu_program_forward (const MoeBackendState *state, MoeGpuProgram *program);
void moe_gpu_program_backward (const MoeBackendState *state, MoeGpuProgram *program);

/* May one kernel for all experts be worth it, with so many rows over so many experts that have any?
 * Which is faster is for the device to find out. */
bool moe_gpu_wants_grouped (size_t rows, size_t active_experts);

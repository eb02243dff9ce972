/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of the GPU block: one description that forecasts it and hands it out. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/gpu/ops.h"

enum
{
  MOE_GPU_MAX_ARRAYS = 48
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

  /* Where null slots add something. */
  void *v;                    /* [N,H] with null kind constant */
  void *dv;                   /* [N,H] */
  void *null_out;             /* [T,H] what they add to y, and the shared expert's outputs */
  void *null_dx;              /* [T,H] what copies add to dx, and the shared expert's part of it */
  uint32_t *null_row;         /* [T,max_topk] row of x or v that a slot adds, or MOE_GPU_NO_ROW */
  float *null_weights;        /* [T,max_topk] */
  float *null_scaled_weights; /* [T,max_topk] the same times 2 / (T H), as copies want them */

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

/* Where an array lies in it. */
typedef struct MoeGpuPlace
{
  void *target; /* the pointer variable to set, of whatever pointer type */
  size_t offset;
  size_t bytes;
  bool computed; /* by steps: to be poisoned */
  bool packed;   /* by packing and gathering, which prepare () may do */
} MoeGpuPlace;

typedef struct MoeGpuLayout
{
  MoeGpuPlace places[MOE_GPU_MAX_ARRAYS];
  size_t n;
  MoeMemoryNeed need;
  MoeGpuTraits traits;
  size_t wave_rows;
  size_t arena_bytes; /* of all arrays */
  bool overflow;
} MoeGpuLayout;

/* Lay the arrays of a problem out; `a` receives pointers relative to `memory` (may be NULL).
 * MOE_ERROR_INVALID when it has no size. */
MoeStatus moe_gpu_lay_out (const MoeGpuOps *ops,
                           const MoeProblem *problem,
                           MoeGpuArrays *a,
                           MoeGpuLayout *layout,
                           void *memory,
                           MoeError *error);

/* Where a tensor lies: rows of `width` elements, `pitch` apart. */
typedef struct MoeGpuView
{
  void *data;
  size_t width;
  size_t pitch;
  size_t column;
} MoeGpuView;
MoeGpuView moe_gpu_view (const MoeGpuArrays *a, const MoeShape *shape, MoeTensor tensor);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the CPU block share.  Private to engine/backends/cpu. */
#pragma once

#include "engine/backends/cpu/block.h"
#include "engine/backends/cpu/elementwise.h"
#include "engine/backends/cpu/schedule.h"
#include "engine/base/arena.h"
#include "engine/base/clock.h"

enum
{
  MOE_CPU_COMBINE_TOKENS = 64,  /* tokens of a combine tile */
  MOE_CPU_COMBINE_COLUMNS = 256 /* columns of a scatter combine tile */
};

/* What a thread has of its own.  Its clock: time since the last mark goes to the stage that is
 * named next. */
typedef struct MoeLane
{
  _Alignas(128) uint64_t mark_ns;
  uint64_t stage_ns[MOE_N_STAGES];
  void *scratch;          /* the kernels' */
  const void **slot_rows; /* [topk] of the token being combined */
  float *slot_weights;    /* [topk] */
} MoeLane;

/* An array of rows of which the first is row `first` of the dispatch. */
typedef struct MoeRows
{
  void *data;
  size_t width; /* elements */
  size_t first;
  bool full; /* holds all rows, not only those of the present wave */
} MoeRows;

/* All arrays live in the arena.  R rows = dispatched assignments, at most problem.max_rows.
 * Arrays are of the problem's dtype where no type is named. */
struct MoeBackendState
{
  MoeProblem problem;
  const MoeCpuKernels *kernels;
  const MoeRowOps *ops;
  const MoeCancel *cancel;
  MoeArena *arena;
  MoeTeam *team;
  MoeLane *lanes; /* [threads] */

  void *x;    /* [T,H] */
  void *w13;  /* [E,H,2M], row h of expert e: gate then up */
  void *w2;   /* [E,M,H] */
  void *y;    /* [T,H] */
  void *dx;   /* [T,H]      gradients: NULL when the problem is forward only */
  void *dw13; /* [E,H,2M] */
  void *dw2;  /* [E,M,H] */

  /* Rows in expert order.  R: all dispatched rows; W: those of one wave, all of them without
   * remat.  The array itself tells which. */
  MoeRows rows_x;    /* [W,H]  gathered x */
  MoeRows rows_h;    /* [R or W,2M] gate and up; backward: their gradients */
  MoeRows rows_act;  /* [R or W,M]  silu (gate) * up */
  MoeRows rows_out;  /* [R,H]  expert outputs; backward: gradients of the gathered rows */
  MoeRows rows_dout; /* [W,H]  backward: gradients of the expert outputs */
  MoeRows rows_dact; /* [W,M]  backward: gradients of the activation */
  size_t wave_rows;  /* W */

  float *sums; /* [T,H] sums of the scatter combine; y itself in float32, NULL without carry */
  double *partial_loss; /* [T + H] at most: sums of squares by combine tile, in tile order */
  MoeDispatch dispatch;
  MoeSchedule schedule;

  MoeBlock block; /* what prepare () chose */
  const MoeRouting *routing;
  bool scatter; /* combine by rows into columns instead of by token */
};

/* Element `index` of an array of the state's dtype. */
static inline void *
moe_state_element (const MoeBackendState *s, void *array, size_t index)
{
  return (unsigned char *)array + index * s->ops->element_bytes;
}

/* Take and touch the arena on the state's team and point everything into it. */
MoeStatus moe_cpu_take_memory (MoeBackendState *state, MoeError *error);

/* Fill x, w13 and w2; MOE_ERROR_CANCELLED when asked to stop. */
MoeStatus moe_cpu_fill_inputs (MoeBackendState *state, MoeError *error);

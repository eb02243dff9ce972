/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the CPU block share.  Private to engine/backends/cpu. */
#pragma once

#include "engine/backends/cpu/block.h"
#include "engine/backends/cpu/schedule.h"
#include "engine/base/arena.h"
#include "engine/base/clock.h"

enum
{
  MOE_CPU_COMBINE_TOKENS = 64,  /* tokens of a combine tile */
  MOE_CPU_COMBINE_COLUMNS = 256 /* columns of a scatter combine tile */
};

/* One thread's clock: time since the last mark goes to the stage that is named. */
typedef struct MoeLane
{
  _Alignas(128) uint64_t mark_ns;
  uint64_t stage_ns[MOE_N_STAGES];
  void *scratch; /* the kernels', of this thread */
} MoeLane;

/* All arrays live in the arena.  R rows = dispatched assignments, at most problem.max_rows. */
struct MoeBackendState
{
  MoeProblem problem;
  const MoeCpuKernels *kernels;
  const MoeCancel *cancel;
  MoeArena *arena;
  MoeTeam *team;
  MoeLane *lanes; /* [threads], also in the arena */

  float *x;    /* [T,H] */
  float *w13;  /* [E,H,2M], row h of expert e: gate then up */
  float *w2;   /* [E,M,H] */
  float *y;    /* [T,H] */
  float *dx;   /* [T,H]      gradients: NULL when the problem is forward only */
  float *dw13; /* [E,H,2M] */
  float *dw2;  /* [E,M,H] */

  float *rows_x;    /* [R,H]  gathered x */
  float *rows_h;    /* [R,2M] gate and up before the activation; backward: their gradients */
  float *rows_act;  /* [R,M]  silu (gate) * up */
  float *rows_out;  /* [R,H]  expert outputs; backward: gradients of the expert outputs */
  float *rows_dx;   /* [R,H]  backward: gradients of the gathered rows */
  float *rows_dact; /* [R,M] backward: gradients of the activation */

  double *partial_loss; /* [T] at most: sums of squares by combine tile, in tile order */
  MoeDispatch dispatch;
  MoeSchedule schedule;

  MoeBlock block; /* what prepare () chose */
  const MoeRouting *routing;
  bool scatter; /* combine by rows into columns instead of by token */
};

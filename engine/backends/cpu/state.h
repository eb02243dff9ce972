/* SPDX-License-Identifier: Apache-2.0 */
/* What the CPU block works on: its shards, their arrays, and the team of threads. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/parts/elementwise.h"
#include "engine/backends/parts/lane.h"
#include "engine/backends/parts/matmul.h"
#include "engine/backends/parts/schedule.h"
#include "engine/base/assert.h"
#include "engine/ranks/exchange.h"
#include "engine/threads/arena.h"
#include "engine/threads/barrier.h"

enum
{
  MOE_CPU_COMBINE_TOKENS = 64,   /* tokens of a combine tile */
  MOE_CPU_COMBINE_COLUMNS = 256, /* columns of a scatter combine tile */
  MOE_CPU_SHARED_ROWS = 2,       /* rows that the shared expert adds to those of a token's slots */
  MOE_CPU_NULL_ROWS = 1,         /* that null slots add, besides one for each constant one */
  MOE_CPU_MAX_ARRAYS = 52,       /* of a shard, in the arena */
  MOE_CPU_MAX_SHARDS = 1024      /* in one process, as many as threads can be asked for */
};

/* An array of rows of which the first is row `first` of the dispatch. */
typedef struct MoeRows
{
  void *data;
  size_t width; /* elements */
  size_t first;
  bool full; /* holds all rows, not only those of the present wave */
} MoeRows;

/* Weights as the kernels packed them, matrix by matrix: --prepack. */
typedef struct MoePacked
{
  void *data;    /* NULL: they are not */
  size_t stride; /* bytes from one expert to the next */
  bool current;  /* of w2: all of them are packed as w13 is laid out now */
} MoePacked;

/* [pairs] of a gate [inputs,width] and an up matrix of that size.  Fused: row i of a pair is row i
 * of gate, then of up, as one [inputs,2*width] matrix; else gate, whole, then up. */
typedef struct MoeGated
{
  void *data;
  size_t inputs;
  size_t width;
  bool fused;
  MoePacked packed; /* separate: gate, and up half a stride behind */
} MoeGated;

/* An array that steps compute. */
typedef struct MoeComputed
{
  void *data;
  size_t bytes;
} MoeComputed;

/* Rows in expert order.  R: all dispatched rows; W: those of one wave, all of them without remat.
 * The array itself tells which. */
typedef struct MoeCpuRows
{
  MoeRows x;        /* [R or W,H]  gathered x */
  MoeRows h;        /* [R or W,2M] gate and up; backward: their gradients */
  MoeRows act;      /* [R or W,M]  silu (gate) * up, times the weight when preweighted */
  MoeRows out;      /* [R,H]  expert outputs; backward: gradients of the gathered rows */
  MoeRows dout;     /* [W,H]  backward: gradients of the expert outputs */
  MoeRows dact;     /* [W,M]  backward: gradients of the activation */
  MoeRows dx_up;    /* [W,H]  backward: up's part of the rows' gradients, where w1 and w3 are
                       separate */
  size_t wave_rows; /* W */
} MoeCpuRows;

/* The shared expert: one that has all of the shard's own tokens. */
typedef struct MoeCpuShared
{
  MoeGated w13; /* one pair [H,S] */
  void *w2;     /* [S,H] */
  MoePacked packed_w2;
  MoeGated dw13; /* as w13 */
  void *dw2;     /* [S,H] */
  void *h;       /* [T,2S] gate and up; backward: their gradients */
  void *act;     /* [T,S] */
  void *out;     /* [T,H] its outputs; backward: gradients of y */
  void *dact;    /* [T,S] */
  void *dx;      /* [T,H] its part of dx */
  void *dx_up;   /* [T,H] the rest of it, where its w1 and w3 are separate */
} MoeCpuShared;

/* What null slots add where they add anything, to tokens of the shard's own. */
typedef struct MoeCpuNulls
{
  void *v;     /* [N,H] one vector for each null expert, on every shard; NULL but with constant */
  void *dv;    /* [N,H] */
  float *sums; /* [N,H] dv while it is summed; in float32 dv itself */
} MoeCpuNulls;

/* A shard: some of the experts (all of them without expert parallelism), the threads that compute
 * them, and everything that they work on.
 *
 * All arrays live in the arena.  R rows = dispatched assignments, at most max_rows.  Arrays are of
 * the problem's dtype where no type is named; NULL where the problem has no use for them:
 * gradients in a forward-only problem, the shared expert's without one. */
typedef struct MoeCpuShard
{
  MoeProblem problem;
  MoeShape shape;      /* of what is here: `experts` counts the experts below */
  size_t index;        /* of the problem's ep_size shards */
  size_t real_experts; /* without those of zeros, which come after them; `experts` counts both */
  size_t first_expert; /* of the problem's; experts are counted from it in this shard */
  size_t first_token; /* tokens that are this shard's own: to be sharded over, and for the shared */
  size_t end_token;   /* expert; all of them without expert parallelism */
  size_t max_rows;
  size_t threads;
  const MoeCpuKernels *kernels;
  const MoeRowOps *ops;
  const MoeCancel *cancel;
  MoeLane *lanes;     /* [threads] */
  MoeBarrier barrier; /* of the threads */
  MoeWave wave;       /* being worked on */

  void *x;      /* [T,H] */
  MoeGated w13; /* [E] pairs [H,M], fused or not as the present block wants them */
  void *w2;     /* [E,M,H] */
  MoePacked packed_w2;
  void *y;              /* [T,H] */
  void *dx;             /* [T,H] */
  MoeGated dw13;        /* as w13 was when they were computed */
  void *dw2;            /* [E,M,H] */
  void *layout_scratch; /* [min (threads,E),H,2M] to turn fused weights into separate ones and back;
                           NULL when all points want the same */

  MoeCpuRows rows;
  void *slots_x; /* [T,max_topk,H] x once for every slot; backward: the slots' gradients;
                    NULL unless problem.permute_mode asks for it */

  MoeCpuShared shared;
  MoeCpuNulls nulls;

  float *sums; /* [T,H] sums of the scatter combine; y itself in float32, NULL without scatter */
  double *partial_loss; /* [T + H] at most: sums of squares by combine tile, in tile order */
  MoeDispatch dispatch;
  MoeSchedule schedule;
  MoeComputed computed[MOE_CPU_MAX_ARRAYS]; /* everything above that a step overwrites */
  size_t n_computed;

  MoeBlock block; /* what prepare () chose */
  const MoeRouting *routing;
  MoeDispatchSpec spec;
  bool scatter;   /* combine by rows into columns instead of by token */
  bool preweight; /* weights are applied to the activation instead of in the combine */
  bool prequeued; /* prepare () has packed and gathered */
} MoeCpuShard;

/* All shards in this process.  Thread t of the team works for shard t % n_shards, so that shards of
 * several NUMA nodes stay on theirs. */
struct MoeBackendState
{
  MoeProblem problem;
  const MoeCpuKernels *kernels;
  const MoeCancel *cancel;
  MoeArena *arena;
  MoeTeam *team;
  size_t n_shards; /* here: ep_size, or one where every rank has its own */
  MoeCpuShard *shards;
  MoeExchange exchange;
};

/* Run `work` on every thread of the team with its shard and its number in it. */
typedef void (*MoeShardWork) (MoeCpuShard *shard, size_t thread, void *data);
void moe_cpu_run_shards (const MoeBackendState *state, MoeShardWork work, void *data);

/* Element `index` of an array of the state's dtype. */
static inline void *
moe_state_element (const MoeCpuShard *s, void *array, size_t index)
{
  return (unsigned char *)array + index * s->ops->element_bytes;
}

/* Row `row` of the dispatch in an array of rows that holds it. */
static inline void *
moe_state_row (const MoeCpuShard *s, const MoeRows *rows, size_t row)
{
  MOE_ASSERT (rows->data != NULL && row >= rows->first);
  return moe_state_element (s, rows->data, (row - rows->first) * rows->width);
}

/* Shards that this process holds of a problem: all, or one where every rank has its own. */
size_t moe_cpu_local_shards (const MoeProblem *problem);

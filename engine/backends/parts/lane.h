/* SPDX-License-Identifier: Apache-2.0 */
/* What a thread of the team has of its own: scratch memory, and a clock that says where its time
 * goes, stage by stage. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/base/clock.h"

/* Time since the last mark goes to the stage that is named next. */
typedef struct MoeLane
{
  _Alignas(128) uint64_t mark_ns;
  uint64_t stage_ns[MOE_N_STAGES];
  MoeTrace *trace;        /* NULL: nobody wants to know */
  uint32_t shard;         /* of all processes */
  uint32_t thread;        /* of the shard */
  size_t member;          /* of the team */
  int32_t expert;         /* of the present tile; -1: none in particular */
  uint32_t rows;          /* rows or tokens of the present tile */
  size_t slices;          /* threads that share every product with this one; 0: each does its own */
  void *scratch;          /* the kernels' */
  void *anchor;           /* see anchor.c */
  const void **slot_rows; /* [max_topk + MOE_CPU_SHARED_ROWS] of the token being combined */
  float *slot_weights;    /* likewise */
} MoeLane;

/* Write what the lane did since its last mark into its trace. */
void moe_lane_record (const MoeLane *lane, MoeStage stage, uint64_t end_ns);

/* Time since the lane's last mark belongs to `stage`. */
static inline void
moe_lane_mark (MoeLane *lane, MoeStage stage)
{
  uint64_t now = moe_now_ns ();
  lane->stage_ns[stage] += now - lane->mark_ns;
  if (lane->trace != NULL)
    moe_lane_record (lane, stage, now);
  lane->mark_ns = now;
}

/* What the next marks are about. */
static inline void
moe_lane_enter (MoeLane *lane, int32_t expert, size_t rows)
{
  lane->expert = expert;
  lane->rows = (uint32_t)rows;
}

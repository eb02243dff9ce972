/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/parts/lane.h"

#include <string.h>

void
moe_lane_record (const MoeLane *lane, MoeStage stage, uint64_t end_ns)
{
  MoeTrace *trace = lane->trace;
  bool waits = stage == MOE_STAGE_WAIT;
  size_t i = atomic_fetch_add_explicit (&trace->n, 1, memory_order_relaxed);
  if (i >= trace->capacity)
    return;
  trace->events[i] = (MoeTraceEvent){ .begin_ns = lane->mark_ns,
                                      .end_ns = end_ns,
                                      .stage = stage,
                                      .shard = lane->shard,
                                      .thread = lane->thread,
                                      .expert = waits ? -1 : lane->expert,
                                      .rows = waits ? 0 : lane->rows };
}

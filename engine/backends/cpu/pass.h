/* SPDX-License-Identifier: Apache-2.0 */
/* A pass of the step, and the two ways to run one: what every thread of the shard does. */
#pragma once

#include "engine/backends/cpu/state.h"

/* One pass of the step over the dispatched rows, or those of the shard's wave of them. */
typedef struct MoeCpuPass
{
  MoeCpuShard *shard;
  bool backward;
  bool first; /* the first wave */
  bool last;  /* the last wave: also what needs all rows */
} MoeCpuPass;

/* gmm: tiles of experts, scheduled over the threads, once one of them has planned them.  False when
 * a stop was asked for.  A thread returns when nothing is left for it; others may still work. */
void moe_cpu_plan_tiles (const MoeCpuPass *pass);
bool moe_cpu_run_tiles (const MoeCpuPass *pass, size_t thread);

/* The experts in order, each product on all threads: ragged_dot, and gmm where it would leave
 * threads idle.  Likewise. */
bool moe_cpu_run_ragged (const MoeCpuPass *pass, size_t thread);

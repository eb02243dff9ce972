/* SPDX-License-Identifier: Apache-2.0 */
/* A pass of the step, and the two ways to run one: what every thread of the shard does. */
#pragma once

#include "engine/backends/cpu/state.h"

/* One pass of the step over the dispatched rows, or those of one wave of them. */
typedef struct MoeCpuPass
{
  MoeCpuShard *shard;
  MoeWave wave; /* as the shard's, but this thread's own */
  bool backward;
  bool first; /* the first wave */
  bool last;  /* the last wave: also what needs all rows */
} MoeCpuPass;

/* gmm: tiles of experts, scheduled over the threads.  False when a stop was asked for. */
bool moe_cpu_run_tiles (const MoeCpuPass *pass, size_t thread);

/* The experts in order, each product on all threads: ragged_dot, and gmm where it would leave
 * threads idle.  Likewise. */
bool moe_cpu_run_ragged (const MoeCpuPass *pass, size_t thread);

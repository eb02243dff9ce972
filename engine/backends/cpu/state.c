/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/state.h"

size_t
moe_cpu_local_shards (const MoeProblem *problem)
{
  return problem->ranks != NULL ? 1 : problem->ep_size;
}

/* The shard that a thread of the team works for, and its number among that shard's threads. */
static MoeCpuShard *
shard_of (const MoeBackendState *state, size_t thread, size_t *local)
{
  *local = thread / state->n_shards;
  return &state->shards[thread % state->n_shards];
}

typedef struct ShardRun
{
  const MoeBackendState *state;
  MoeShardWork work;
  void *data;
} ShardRun;

static void
run_thread (void *data, size_t thread)
{
  const ShardRun *run = data;
  size_t local;
  MoeCpuShard *shard = shard_of (run->state, thread, &local);
  run->work (shard, local, run->data);
}

void
moe_cpu_run_shards (const MoeBackendState *state, MoeShardWork work, void *data)
{
  ShardRun run = { state, work, data };
  moe_team_run (state->team, run_thread, &run);
}

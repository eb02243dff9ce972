/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/step.h"

#include "engine/backends/cpu/pass.h"
#include "engine/backends/cpu/stages.h"
#include "engine/backends/cpu/tensors.h"
#include "engine/base/assert.h"

#include <string.h>

/* One forward or backward of all shards. */
typedef struct Step
{
  MoeBackendState *state;
  bool backward;
} Step;

static bool
is_ring (const MoeBackendState *state)
{
  return state->problem.choice[MOE_CHOICE_EP_COMM_PATH] == MOE_EP_RING_AG_RS;
}

static bool
is_spread (const MoeBackendState *state)
{
  return state->problem.ep_size > 1;
}

/* Arrays that hold one wave at a time start at its first row. */
static void
enter_wave (MoeCpuShard *s)
{
  MoeRows *rows[] = { &s->rows.x,    &s->rows.h,    &s->rows.act,  &s->rows.out,
                      &s->rows.dout, &s->rows.dact, &s->rows.dx_up };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    rows[i]->first = rows[i]->full ? 0 : s->wave.first_row;
}

static bool
is_last_wave (const MoeCpuShard *s)
{
  return s->wave.end_row == s->dispatch.rows && s->wave.end_expert == s->shape.experts;
}

/* Is every product of the wave to be shared by all threads?  A backward has gradients of weights
 * enough to fill up what row tiles leave idle. */
static bool
shares_products (const MoeCpuShard *s, bool backward)
{
  return s->block.choice[MOE_CHOICE_GROUPING] == MOE_GROUPING_RAGGED_DOT
         || (!backward && moe_schedule_leaves_idle (&s->dispatch, &s->wave, s->threads));
}

/* The first thread's: what the others find at the meeting before the wave. */
static void
plan_wave (MoeCpuPass *pass, MoeLane *lane)
{
  MoeCpuShard *s = pass->shard;
  const MoeWave before = pass->first ? (MoeWave){ 0 } : s->wave;
  s->wave = moe_wave_next (&before, s->dispatch.expert_offset, s->shape.experts, s->dispatch.rows,
                           s->rows.wave_rows);
  enter_wave (s);
  pass->last = is_last_wave (s);
  if (!shares_products (s, pass->backward))
    moe_cpu_plan_tiles (pass);
  moe_lane_mark (lane, MOE_STAGE_PACK);
}

/* Wave by wave; false when a stop was asked for.  After the last one threads go on by themselves:
 * all that follows begins with a meeting of its own. */
static bool
run_waves (MoeCpuShard *s, size_t thread, bool backward)
{
  MoeCpuPass pass = { .shard = s, .backward = backward, .first = true };
  MoeLane *lane = &s->lanes[thread];
  do
    {
      if (thread == 0)
        plan_wave (&pass, lane);
      if (!moe_barrier_wait (&s->barrier, s->cancel))
        return false;
      moe_lane_mark (lane, MOE_STAGE_WAIT);
      pass.last = is_last_wave (s);
      if (!(shares_products (s, backward) ? moe_cpu_run_ragged (&pass, thread)
                                          : moe_cpu_run_tiles (&pass, thread)))
        return false;
      if (!pass.last && !moe_barrier_wait (&s->barrier, s->cancel))
        return false;
      pass.first = false;
    }
  while (!pass.last);
  return true;
}

/* Where all shards have come, let `exchange` move a tensor of theirs, a whole pair with its gate;
 * the way there is waiting, the exchange itself communication.  False when the step is over. */
static bool
exchange_tensor (MoeBackendState *state,
                 MoeCpuShard *s,
                 size_t thread,
                 MoeStage stage,
                 bool (*exchange) (MoeExchange *exchange,
                                   void *const *arrays,
                                   size_t n,
                                   size_t member,
                                   const MoeCancel *cancel),
                 MoeTensor tensor)
{
  MoeLane *lane = &s->lanes[thread];
  size_t member = lane->member;
  moe_lane_enter (lane, -1, 0);
  bool here = moe_exchange_arrive (&state->exchange, member, state->cancel);
  moe_lane_mark (lane, MOE_STAGE_WAIT);
  if (!here)
    return false;
  void *arrays[MOE_CPU_MAX_SHARDS]; /* as many as moe_cpu_memory () lets through */
  for (size_t i = 0; i < state->n_shards; i++)
    arrays[i] = moe_cpu_tensor_row (&state->shards[i], tensor, 0);
  size_t n = moe_tensor_elements (tensor, &s->block.shape);
  if (tensor == MOE_TENSOR_DSW1)
    n *= 2;
  bool done = exchange (&state->exchange, arrays, n, member, state->cancel);
  moe_lane_mark (lane, stage);
  return done;
}

/* All tokens' x on every shard, where each has only its own. */
static bool
gather_tokens (MoeBackendState *state, MoeCpuShard *s, size_t thread)
{
  return exchange_tensor (state, s, thread, MOE_STAGE_COMM, moe_exchange_all_gather, MOE_TENSOR_X);
}

static void
pack (MoeCpuShard *s, size_t thread)
{
  if (thread != 0 || s->prequeued)
    return;
  moe_lane_enter (&s->lanes[0], -1, s->shape.tokens);
  moe_dispatch_pack (s->routing, &s->spec, &s->dispatch);
  MOE_ASSERT (s->dispatch.rows <= s->max_rows);
  moe_lane_mark (&s->lanes[0], MOE_STAGE_PACK);
}

/* A thread that was stopped still goes to where the shards meet, which tells the others. */
static void
forward_thread (MoeBackendState *state, MoeCpuShard *s, size_t thread)
{
  bool spread = is_spread (state);
  if (spread && is_ring (state) && !s->prequeued && !gather_tokens (state, s, thread))
    return;
  pack (s, thread);
  bool whole = run_waves (s, thread, false);
  if (!spread || (!whole && state->problem.ranks == NULL))
    return;
  if (exchange_tensor (state, s, thread, MOE_STAGE_COMM,
                       is_ring (state) ? moe_exchange_reduce_scatter : moe_exchange_all_reduce,
                       MOE_TENSOR_Y))
    moe_cpu_square_own (s, thread, &s->lanes[thread]);
}

static bool
reduce_shared (MoeBackendState *state, MoeCpuShard *s, size_t thread)
{
  return s->shape.shared_dim == 0
         || (exchange_tensor (state, s, thread, MOE_STAGE_COMM_BWD, moe_exchange_all_reduce,
                              MOE_TENSOR_DSW1)
             && exchange_tensor (state, s, thread, MOE_STAGE_COMM_BWD, moe_exchange_all_reduce,
                                 MOE_TENSOR_DSW2));
}

static bool
reduce_nulls (MoeBackendState *state, MoeCpuShard *s, size_t thread)
{
  return !moe_cpu_has_null_gradients (s)
         || exchange_tensor (state, s, thread, MOE_STAGE_COMM_BWD, moe_exchange_all_reduce,
                             MOE_TENSOR_DV);
}

static void
backward_thread (MoeBackendState *state, MoeCpuShard *s, size_t thread)
{
  bool spread = is_spread (state);
  if (spread && is_ring (state)
      && !exchange_tensor (state, s, thread, MOE_STAGE_COMM_BWD, moe_exchange_all_gather,
                           MOE_TENSOR_Y))
    return;
  bool whole = run_waves (s, thread, true);
  if (!spread || (!whole && state->problem.ranks == NULL))
    return;
  if (exchange_tensor (state, s, thread, MOE_STAGE_COMM_BWD,
                       is_ring (state) ? moe_exchange_reduce_scatter : moe_exchange_all_reduce,
                       MOE_TENSOR_DX)
      && reduce_shared (state, s, thread))
    reduce_nulls (state, s, thread);
}

static void
step_thread (MoeCpuShard *s, size_t thread, void *data)
{
  const Step *step = data;
  moe_lane_mark (&s->lanes[thread], MOE_STAGE_WAIT);
  if (step->backward)
    backward_thread (step->state, s, thread);
  else
    forward_thread (step->state, s, thread);
}

static void
start_shard (MoeCpuShard *s, bool backward, uint64_t now)
{
  moe_barrier_init (&s->barrier, s->threads);
  if (backward)
    s->dw13.fused = s->w13.fused;
  for (size_t i = 0; i < s->threads; i++)
    {
      MoeLane *lane = &s->lanes[i];
      memset (lane->stage_ns, 0, sizeof lane->stage_ns);
      lane->mark_ns = now;
      lane->slices = 0;
      moe_lane_enter (lane, -1, 0);
    }
}

/* Threads that finished early waited for the last one until now. */
static void
stop_shard (MoeCpuShard *s, double scale, MoeStageTimes *times)
{
  for (size_t i = 0; i < s->threads; i++)
    {
      MoeLane *lane = &s->lanes[i];
      moe_lane_mark (lane, MOE_STAGE_WAIT);
      for (size_t stage = 0; times != NULL && stage < MOE_N_STAGES; stage++)
        times->time_s[stage] += scale * (double)lane->stage_ns[stage];
    }
}

static MoeStatus
step_status (const MoeBackendState *state, MoeError *error)
{
  MoeStatus status = atomic_load (&state->exchange.status);
  if (status == MOE_ERROR_CANCELLED || (status == MOE_OK && moe_cancel_requested (state->cancel)))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped in the middle of a step");
  if (status != MOE_OK && error != NULL)
    *error = state->exchange.error;
  return status;
}

static MoeStatus
run_step (MoeBackendState *state, bool backward, MoeStageTimes *times, MoeError *error)
{
  Step step = { state, backward };
  uint64_t now = moe_now_ns ();
  moe_exchange_begin (&state->exchange);
  for (size_t i = 0; i < state->n_shards; i++)
    start_shard (&state->shards[i], backward, now);
  moe_cpu_run_shards (state, step_thread, &step);
  for (size_t i = 0; i < state->n_shards; i++)
    stop_shard (&state->shards[i], 1e-9 / (double)state->problem.threads, times);
  if (times != NULL)
    times->comm_bytes += state->exchange.bytes;
  return step_status (state, error);
}

MoeStatus
moe_cpu_forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error)
{
  MoeStatus status = run_step (state, false, times, error);
  if (status != MOE_OK || loss == NULL)
    return status;
  *loss = 0;
  for (size_t i = 0; i < state->n_shards; i++)
    *loss += moe_cpu_loss_part (&state->shards[i]);
  return MOE_OK;
}

MoeStatus
moe_cpu_backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error)
{
  return run_step (state, true, times, error);
}

/* What prepare () does for --queue-mode prequeue: pack and gather, exchanging tokens first where
 * they are spread. */
static void
prequeue_thread (MoeCpuShard *s, size_t thread, void *data)
{
  MoeBackendState *state = data;
  if (is_spread (state) && is_ring (state) && !gather_tokens (state, s, thread))
    return;
  if (thread == 0)
    moe_dispatch_pack (s->routing, &s->spec, &s->dispatch);
  if (moe_barrier_wait (&s->barrier, s->cancel))
    moe_cpu_prequeue (s, thread);
}

MoeStatus
moe_cpu_prequeue_shards (MoeBackendState *state, MoeError *error)
{
  uint64_t now = moe_now_ns ();
  moe_exchange_begin (&state->exchange);
  for (size_t i = 0; i < state->n_shards; i++)
    start_shard (&state->shards[i], false, now);
  moe_cpu_run_shards (state, prequeue_thread, state);
  return step_status (state, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/block.h"

#include "engine/backends/cpu/state.h"
#include "engine/backends/cpu/tensors.h"
#include "engine/base/size.h"

#include <stdlib.h>
#include <string.h>

static MoeStatus
open_state (MoeBackendState *state, MoeError *error)
{
  const MoeProblem *p = &state->problem;
  state->n_shards = moe_cpu_local_shards (p);
  state->shards = calloc (state->n_shards, sizeof *state->shards);
  if (state->shards == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for %zu shards", state->n_shards);
  moe_exchange_init (&state->exchange, p->choice[MOE_CHOICE_DTYPE], p->ep_size, p->threads,
                     p->ranks);
  MoeStatus status = moe_team_new (p->threads, &state->team, error);
  if (status == MOE_OK)
    status = moe_cpu_take_memory (state, error);
  if (status == MOE_OK)
    status = moe_cpu_fill_inputs (state, error);
  if (status == MOE_OK)
    moe_cpu_fill_anchor (state);
  return status;
}

MoeStatus
moe_cpu_open (const MoeProblem *problem,
              const MoeCpuKernels *kernels,
              const MoeCancel *cancel,
              MoeBackendState **out,
              MoeError *error)
{
  MoeBackendState *state = aligned_alloc (_Alignof(MoeBackendState), sizeof *state);
  if (state == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for the state of a backend");
  memset (state, 0, sizeof *state);
  state->problem = *problem;
  state->kernels = kernels;
  state->cancel = cancel;

  MoeStatus status = open_state (state, error);
  if (status != MOE_OK)
    {
      moe_cpu_close (state);
      return status;
    }
  *out = state;
  return MOE_OK;
}

void
moe_cpu_close (MoeBackendState *state)
{
  if (state == NULL)
    return;
  moe_team_free (state->team);
  moe_arena_free (state->arena);
  free (state->shards);
  free (state);
}

MoeStatus
moe_cpu_supports (const MoeBlock *block, MoeError *error)
{
  if (!moe_has_zero_experts (block->choice) || block->ep_size <= 1)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "null-dispatch",
                               "--null-dispatch zero_expert with %zu shards: experts of zeros "
                               "belong to no shard; allowed is compact, carry or remap.",
                               block->ep_size);
}

static MoeStatus
prepare_shard (MoeCpuShard *s, const MoeBlock *block, const MoeRouting *routing, MoeError *error)
{
  MoeDispatchSpec spec = moe_dispatch_spec (block);
  spec.first_expert = s->first_expert;
  spec.end_expert = s->first_expert + s->real_experts + block->shape.zero_experts;
  spec.first_token = s->first_token;
  spec.end_token = s->end_token;
  MoeFullest fullest;
  size_t rows = moe_dispatch_rows (routing, &spec, &fullest);
  if (rows > s->max_rows)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "a point with %zu rows at top-%zu on shard %zu does not fit what was "
                          "opened (%zu rows)",
                          rows, routing->topk, s->index, s->max_rows);
  s->spec = spec;
  s->shape.experts = spec.end_expert - spec.first_expert;
  s->block = *block;
  s->routing = routing;
  s->preweight = moe_impl_preweights (block->choice[MOE_CHOICE_IMPL]);
  s->prequeued = block->choice[MOE_CHOICE_QUEUE_MODE] == MOE_QUEUE_MODE_PREQUEUE;
  /* As the published harness does it: null rows that ride along force the scatter combine. */
  s->scatter = moe_impl_scatters (block->choice[MOE_CHOICE_IMPL])
               || (moe_carries_nulls (block->choice) && routing->null_assignments > 0);
  return moe_wave_check (moe_remat (s->problem.choice), fullest.expert, fullest.rows,
                         s->rows.wave_rows, error);
}

MoeStatus
moe_cpu_prepare (MoeBackendState *state,
                 const MoeBlock *block,
                 const MoeRouting *routing,
                 MoeError *error)
{
  const MoeProblem *p = &state->problem;
  if (!moe_problem_fits (p, block, routing))
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "a point at top-%zu does not fit what was opened (top-%zu)",
                          routing->topk, p->max_topk);
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < state->n_shards; i++)
    status = prepare_shard (&state->shards[i], block, routing, error);
  if (status != MOE_OK)
    return status;
  moe_cpu_choose_layout (state, moe_impl_fuses_w13 (block->choice[MOE_CHOICE_IMPL]));
  status = moe_cpu_pack_weights (state, error);
  if (status != MOE_OK)
    return status;
  return block->choice[MOE_CHOICE_QUEUE_MODE] == MOE_QUEUE_MODE_PREQUEUE
             ? moe_cpu_prequeue_shards (state, error)
             : MOE_OK;
}

void
moe_cpu_trace (MoeBackendState *state, MoeTrace *trace)
{
  for (size_t i = 0; i < state->n_shards; i++)
    for (size_t t = 0; t < state->shards[i].threads; t++)
      state->shards[i].lanes[t].trace = trace;
}

void
moe_cpu_usage (MoeBackendState *state, MoeUsage *usage)
{
  moe_team_usage (state->team, usage);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ranks/ranked-backend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ranks/exchange.h"

RankedLog ranked_log[RANKED_MAX];
RankedFailure ranked_failure = { .function = "" };

struct MoeBackendState
{
  MoeProblem problem;
  MoeExchange exchange;
  const MoeCancel *cancel;
  RankedLog *log;
  size_t rank;
  float array[100];
};

static size_t
rank_of (const MoeProblem *problem)
{
  return problem->ranks != NULL ? moe_ranks_rank (problem->ranks) : 0;
}

static MoeStatus
fail_in (const char *function, size_t rank, MoeError *error)
{
  if (strcmp (ranked_failure.function, function) != 0 || ranked_failure.rank != rank)
    return MOE_OK;
  return moe_error_set (error, ranked_failure.status, "%s failed here", function);
}

static MoeStatus
ranked_probe (MoeError *error)
{
  (void)error;
  return MOE_OK;
}

static void
ranked_facts (size_t device, MoeBackendFacts *facts)
{
  *facts = (MoeBackendFacts){ .library = "none", .device = "CPU" };
}

static MoeStatus
ranked_supports (const MoeBlock *block, MoeError *error)
{
  (void)block;
  return fail_in ("supports", 0, error);
}

static MoeStatus
ranked_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  (void)error;
  *need = (MoeMemoryNeed){ .total_bytes = problem->ranks != NULL ? 1000 : 4000 };
  return MOE_OK;
}

static MoeStatus
ranked_open (const MoeProblem *problem,
             const MoeCancel *cancel,
             MoeBackendState **out,
             MoeError *error)
{
  MoeStatus status = fail_in ("open", rank_of (problem), error);
  if (status != MOE_OK)
    return status;
  MoeBackendState *s = calloc (1, sizeof *s);
  s->problem = *problem;
  s->cancel = cancel;
  s->rank = rank_of (problem);
  s->log = &ranked_log[s->rank];
  s->log->opened++;
  moe_exchange_init (&s->exchange, MOE_DTYPE_FLOAT32, problem->ranks != NULL ? problem->ep_size : 1,
                     1, problem->ranks);
  *out = s;
  return MOE_OK;
}

static MoeStatus
ranked_prepare (MoeBackendState *s,
                const MoeBlock *block,
                const MoeRouting *routing,
                MoeError *error)
{
  (void)block;
  s->log->prepared++;
  s->log->idx_sum = 0;
  s->log->weight_sum = 0;
  for (size_t i = 0; i < routing->tokens * routing->topk; i++)
    {
      s->log->idx_sum += routing->topk_idx[i];
      s->log->weight_sum += (double)routing->topk_weights[i];
      s->log->weight_sum += (double)routing->null_weights[i];
    }
  return fail_in ("prepare", s->rank, error);
}

/* Elements of 1 on each rank are summed. */
static MoeStatus
step (MoeBackendState *s, const char *function, MoeStageTimes *times, MoeError *error)
{
  void *const arrays[] = { s->array };
  for (size_t i = 0; i < 100; i++)
    s->array[i] = 1;
  moe_exchange_begin (&s->exchange);
  if (!moe_exchange_arrive (&s->exchange, 0, s->cancel)
      || !moe_exchange_all_reduce (&s->exchange, arrays, 100, 0, s->cancel))
    {
      *error = s->exchange.error;
      return (MoeStatus)atomic_load (&s->exchange.status);
    }
  if (times != NULL)
    {
      times->time_s[MOE_STAGE_UP] += 1 + (double)s->rank;
      times->comm_bytes += s->exchange.bytes;
    }
  return fail_in (function, s->rank, error);
}

static MoeStatus
ranked_forward (MoeBackendState *s, MoeStageTimes *times, double *loss, MoeError *error)
{
  s->log->forwards++;
  if (loss != NULL)
    *loss = ldexp (1, (int)s->rank);
  return step (s, "forward", times, error);
}

static MoeStatus
ranked_backward (MoeBackendState *s, MoeStageTimes *times, MoeError *error)
{
  s->log->backwards++;
  return step (s, "backward", times, error);
}

float
ranked_value (MoeTensor tensor, size_t index)
{
  return (float)(1000000 * (size_t)tensor + index);
}

/* Only what the rank holds can be read from it. */
static bool
holds (const MoeBackendState *s, MoeTensor tensor, size_t first, size_t count)
{
  size_t dims[3];
  size_t n = moe_tensor_elements (tensor, &s->problem.shape), size = s->problem.ep_size;
  bool expert = moe_tensor_dims (tensor, &s->problem.shape, dims) == 3;
  bool token = tensor == MOE_TENSOR_X || tensor == MOE_TENSOR_Y || tensor == MOE_TENSOR_DX;
  if (s->problem.ranks == NULL || (!expert && !token)
      || (token && s->problem.choice[MOE_CHOICE_EP_COMM_PATH] == MOE_EP_COMPACT_PSUM))
    return true;
  return first >= n / size * s->rank && first + count <= n / size * (s->rank + 1);
}

static MoeStatus
ranked_read (
    MoeBackendState *s, MoeTensor tensor, size_t first, size_t count, float *out, MoeError *error)
{
  if (!holds (s, tensor, first, count))
    return moe_error_set (error, MOE_ERROR_INVALID, "elements %zu .. are not here", first);
  for (size_t i = 0; i < count; i++)
    out[i] = ranked_value (tensor, first + i);
  return fail_in ("read", s->rank, error);
}

static void
ranked_poison (MoeBackendState *s)
{
  s->log->poisoned++;
}

static void
ranked_trace (MoeBackendState *s, MoeTrace *trace)
{
  (void)trace;
  s->log->traced++;
}

static void
ranked_close (MoeBackendState *s)
{
  if (s == NULL)
    return;
  s->log->closed++;
  free (s);
}

double
ranked_loss (size_t size)
{
  return ldexp (1, (int)size) - 1;
}

const MoeBackend ranked_backend = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "ranked",
  .title = "Ranked",
  .probe = ranked_probe,
  .facts = ranked_facts,
  .supports = ranked_supports,
  .memory = ranked_memory,
  .open = ranked_open,
  .prepare = ranked_prepare,
  .forward = ranked_forward,
  .backward = ranked_backward,
  .read = ranked_read,
  .poison = ranked_poison,
  .trace = ranked_trace,
  .close = ranked_close,
};

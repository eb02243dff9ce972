/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/ranks/lead.h"

#include "engine/backends/ranks/orders.h"
#include "engine/base/size.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a MoeBackendState of this backend is. */
typedef struct Lead
{
  MoeBackendState *inner; /* of the backend below */
  bool spread;            /* over the ranks */
  MoeProblem problem;
  MoeStepRecord *records; /* [size] */
} Lead;

/* The functions of the table that come without a state need these. */
static MoeRanks *lead_ranks;
static const MoeBackend *lead_backend;

static bool
is_spread (MoeParallelMode mode)
{
  return mode == MOE_PARALLEL_EP && moe_ranks_size (lead_ranks) > 1;
}

static MoeStatus
send_order (MoeOrder *order, MoeError *error)
{
  return moe_ranks_broadcast (lead_ranks, order, sizeof *order, error);
}

static MoeOrder
make_order (MoeOrderKind kind)
{
  MoeOrder order;
  memset (&order, 0, sizeof order); /* padding, too, since it is sent */
  order.kind = kind;
  return order;
}

/* The local part wants an error to write into, whether the caller does or not. */
static MoeStatus
finish (MoeStatus status, const MoeError *own, MoeError *error)
{
  if (status != MOE_OK && error != NULL)
    *error = *own;
  return status;
}

static void
lead_facts (size_t device_index, MoeBackendFacts *facts)
{
  char device[MOE_BACKEND_TEXT_SIZE];
  lead_backend->facts (device_index, facts);
  memcpy (device, facts->device, sizeof device);
  snprintf (facts->device, sizeof facts->device, "%.100s, %zu ranks (%.100s)", device,
            moe_ranks_size (lead_ranks), moe_ranks_library (lead_ranks));
}

static MoeStatus
check_shards (size_t shards, MoeError *error)
{
  size_t size = moe_ranks_size (lead_ranks);
  if (shards == size)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "ep-size",
                               "--ep-size %zu: there are %zu ranks, each of them one shard; "
                               "allowed is %zu.",
                               shards, size, size);
}

static MoeStatus
lead_supports (const MoeBlock *block, MoeError *error)
{
  MoeStatus status = is_spread (block->choice[MOE_CHOICE_PARALLEL_MODE])
                         ? check_shards (block->ep_size, error)
                         : MOE_OK;
  return status == MOE_OK ? lead_backend->supports (block, error) : status;
}

static MoeProblem
own_problem (const MoeProblem *problem)
{
  MoeProblem own = *problem;
  own.ranks = is_spread (problem->choice[MOE_CHOICE_PARALLEL_MODE]) ? lead_ranks : NULL;
  return own;
}

static MoeStatus
lead_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  MoeProblem own = own_problem (problem);
  return lead_backend->memory (&own, need, error);
}

/* All ranks open; where one cannot, none stays open. */
static MoeStatus
open_spread (Lead *lead, const MoeCancel *cancel, MoeError *error)
{
  MoeOrder order = make_order (MOE_ORDER_OPEN);
  MoeError own = { 0 };
  snprintf (order.backend, sizeof order.backend, "%s", lead_backend->name);
  order.problem = lead->problem;
  order.problem.ranks = NULL;
  MoeStatus status = send_order (&order, error);
  if (status != MOE_OK)
    return status;
  status = lead_backend->open (&lead->problem, cancel, &lead->inner, &own);
  return finish (moe_ranks_agree (lead_ranks, status, &own), &own, error);
}

static MoeStatus
open_lead (Lead *lead, const MoeCancel *cancel, MoeError *error)
{
  if (!lead->spread)
    return lead_backend->open (&lead->problem, cancel, &lead->inner, error);
  MoeStatus status = check_shards (lead->problem.ep_size, error);
  return status == MOE_OK ? open_spread (lead, cancel, error) : status;
}

static void
free_lead (Lead *lead)
{
  lead_backend->close (lead->inner);
  free (lead->records);
  free (lead);
}

static MoeStatus
lead_open (const MoeProblem *problem,
           const MoeCancel *cancel,
           MoeBackendState **state,
           MoeError *error)
{
  Lead *lead = calloc (1, sizeof *lead);
  MoeStepRecord *records = calloc (moe_ranks_size (lead_ranks), sizeof *records);
  if (lead == NULL || records == NULL)
    {
      free (lead);
      free (records);
      return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for the state of a backend");
    }
  lead->problem = own_problem (problem);
  lead->spread = is_spread (problem->choice[MOE_CHOICE_PARALLEL_MODE]);
  lead->records = records;
  MoeStatus status = open_lead (lead, cancel, error);
  if (status == MOE_OK)
    *state = (MoeBackendState *)lead;
  else
    free_lead (lead);
  return status;
}

static MoeStatus
send_routing (const MoeRouting *routing, MoeError *error)
{
  size_t slots = routing->tokens * routing->topk;
  MoeStatus status =
      moe_ranks_broadcast (lead_ranks, routing->topk_idx, slots * sizeof (int32_t), error);
  if (status == MOE_OK && routing->null_weights != NULL)
    status = moe_ranks_broadcast (lead_ranks, routing->null_weights, slots * sizeof (float), error);
  return status == MOE_OK ? moe_ranks_broadcast (lead_ranks, routing->topk_weights,
                                                 slots * sizeof (float), error)
                          : status;
}

static MoeStatus
lead_prepare (MoeBackendState *state,
              const MoeBlock *block,
              const MoeRouting *routing,
              MoeError *error)
{
  Lead *lead = (Lead *)state;
  MoeError own = { 0 };
  if (!lead->spread)
    return lead_backend->prepare (lead->inner, block, routing, error);
  if (routing->tokens != lead->problem.shape.tokens || routing->topk > lead->problem.max_topk)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "a routing of %zu tokens at top-%zu does not fit what was opened (%zu "
                          "tokens, top-%zu)",
                          routing->tokens, routing->topk, lead->problem.shape.tokens,
                          lead->problem.max_topk);
  MoeOrder order = make_order (MOE_ORDER_PREPARE);
  order.block = *block;
  order.routing = *routing;
  order.routing.topk_idx = NULL;
  order.routing.topk_weights = NULL;
  order.routing.null_weights = NULL;
  order.weighs_nulls = routing->null_weights != NULL;
  MoeStatus status = send_order (&order, error);
  if (status == MOE_OK)
    status = send_routing (routing, error);
  if (status != MOE_OK)
    return status;
  status = lead_backend->prepare (lead->inner, block, routing, &own);
  return finish (moe_ranks_agree (lead_ranks, status, &own), &own, error);
}

/* Mean of the stage times, sum of the bytes and of the parts of the loss. */
static void
add_records (const Lead *lead, MoeStageTimes *times, double *loss)
{
  size_t size = moe_ranks_size (lead_ranks);
  if (loss != NULL)
    *loss = 0;
  for (size_t i = 0; i < size; i++)
    {
      const MoeStepRecord *record = &lead->records[i];
      if (loss != NULL)
        *loss += record->loss;
      for (size_t stage = 0; times != NULL && stage < MOE_N_STAGES; stage++)
        times->time_s[stage] += record->times.time_s[stage] / (double)size;
      if (times != NULL)
        times->comm_bytes += record->times.comm_bytes;
    }
}

static MoeStatus
step (Lead *lead, MoeOrderKind kind, MoeStageTimes *times, double *loss, MoeError *error)
{
  MoeOrder order = make_order (kind);
  MoeStepRecord record = { 0 };
  MoeError own = { 0 };
  MoeStatus status = send_order (&order, error);
  if (status != MOE_OK)
    return status;
  status = kind == MOE_ORDER_FORWARD
               ? lead_backend->forward (lead->inner, &record.times, &record.loss, &own)
               : lead_backend->backward (lead->inner, &record.times, &own);
  status = moe_order_end_step (lead_ranks, status, &record, lead->records, &own);
  if (status == MOE_OK)
    add_records (lead, times, loss);
  return finish (status, &own, error);
}

static MoeStatus
lead_forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error)
{
  Lead *lead = (Lead *)state;
  return lead->spread ? step (lead, MOE_ORDER_FORWARD, times, loss, error)
                      : lead_backend->forward (lead->inner, times, loss, error);
}

static MoeStatus
lead_backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error)
{
  Lead *lead = (Lead *)state;
  return lead->spread ? step (lead, MOE_ORDER_BACKWARD, times, NULL, error)
                      : lead_backend->backward (lead->inner, times, error);
}

static MoeStatus
read_remote (
    size_t owner, MoeTensor tensor, size_t first, size_t count, float *out, MoeError *error)
{
  MoeOrder order = make_order (MOE_ORDER_READ);
  MoeReadReply reply;
  order.tensor = tensor;
  order.first = first;
  order.count = count;
  MoeStatus status = moe_ranks_send (lead_ranks, owner, &order, sizeof order, error);
  if (status == MOE_OK)
    status = moe_ranks_receive (lead_ranks, owner, &reply, sizeof reply, false, error);
  if (status != MOE_OK)
    return status;
  if (reply.status != MOE_OK)
    return moe_error_set (error, reply.status, "Rank %zu: %.900s", owner, reply.message);
  return moe_ranks_receive (lead_ranks, owner, out, count * sizeof *out, false, error);
}

/* Piece by piece from those that hold them. */
static MoeStatus
lead_read (MoeBackendState *state,
           MoeTensor tensor,
           size_t first,
           size_t count,
           float *out,
           MoeError *error)
{
  Lead *lead = (Lead *)state;
  MoeStatus status = MOE_OK;
  if (!lead->spread)
    return lead_backend->read (lead->inner, tensor, first, count, out, error);
  while (status == MOE_OK && count > 0)
    {
      size_t end;
      size_t owner = moe_order_owner (&lead->problem, tensor, first, &end);
      size_t n = moe_size_min (moe_size_min (count, end - first), MOE_ORDER_READ_MAX);
      status = owner == 0 ? lead_backend->read (lead->inner, tensor, first, n, out, error)
                          : read_remote (owner, tensor, first, n, out, error);
      first += n;
      count -= n;
      out += n;
    }
  return status;
}

/* A rank that is lost meanwhile is missed at the next step. */
static void
lead_poison (MoeBackendState *state)
{
  Lead *lead = (Lead *)state;
  MoeOrder order = make_order (MOE_ORDER_POISON);
  if (lead->spread)
    send_order (&order, NULL);
  lead_backend->poison (lead->inner);
}

static void
lead_trace (MoeBackendState *state, MoeTrace *trace)
{
  lead_backend->trace (((Lead *)state)->inner, trace);
}

static void
lead_close (MoeBackendState *state)
{
  Lead *lead = (Lead *)state;
  MoeOrder order = make_order (MOE_ORDER_CLOSE);
  if (lead == NULL)
    return;
  if (lead->spread)
    send_order (&order, NULL);
  free_lead (lead);
}

const MoeBackend *
moe_lead (MoeRanks *ranks, const MoeBackend *backend)
{
  static MoeBackend table;
  lead_ranks = ranks;
  lead_backend = backend;
  table = *backend;
  table.facts = lead_facts;
  table.supports = lead_supports;
  table.memory = lead_memory;
  table.open = lead_open;
  table.prepare = lead_prepare;
  table.forward = lead_forward;
  table.backward = lead_backward;
  table.read = lead_read;
  table.poison = lead_poison;
  table.trace = backend->trace != NULL ? lead_trace : NULL;
  table.usage = NULL; /* of this rank's threads alone it would mislead */
  table.anchor = NULL;
  table.close = lead_close;
  return &table;
}

MoeStatus
moe_lead_available_memory (MoeRanks *ranks,
                           size_t (*available) (void),
                           size_t *bytes,
                           MoeError *error)
{
  size_t mine = available (), size = moe_ranks_size (ranks);
  size_t *all = calloc (size, sizeof *all);
  MoeOrder order = make_order (MOE_ORDER_AVAILABLE);
  if (all == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for %zu ranks", size);
  MoeStatus status = moe_ranks_broadcast (ranks, &order, sizeof order, error);
  if (status == MOE_OK)
    status = moe_ranks_gather (ranks, &mine, sizeof mine, all, error);
  *bytes = SIZE_MAX;
  for (size_t i = 0; i < size; i++)
    *bytes = moe_size_min (*bytes, all[i] / moe_ranks_on_machine_of (ranks, i));
  free (all);
  return status;
}

MoeStatus
moe_lead_quit (MoeRanks *ranks, MoeError *error)
{
  MoeOrder order = make_order (MOE_ORDER_QUIT);
  return moe_ranks_broadcast (ranks, &order, sizeof order, error);
}

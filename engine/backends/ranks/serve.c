/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/ranks/serve.h"

#include "engine/backends/ranks/orders.h"
#include "engine/base/size.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Server
{
  MoeRanks *ranks;
  const MoeServeHost *host;
  const MoeCancel *cancel;
  const MoeBackend *backend; /* of the open state */
  MoeBackendState *state;    /* NULL while none is open */
  MoeProblem problem;
  MoeRouting routing;     /* its arrays have room for tokens * max_topk slots */
  float *null_weights;    /* as much for those of null slots, if any have them */
  MoeStepRecord *records; /* [size] */
  float *values;          /* [MOE_ORDER_READ_MAX] */
  size_t *available;      /* [size]; taken once, for all of the server's life */
} Server;

static void
close_state (Server *s)
{
  if (s->backend != NULL)
    s->backend->close (s->state);
  s->state = NULL;
  s->backend = NULL;
  free (s->routing.topk_idx);
  free (s->routing.topk_weights);
  free (s->null_weights);
  s->null_weights = NULL;
  free (s->records);
  free (s->values);
  s->routing = (MoeRouting){ 0 };
  s->records = NULL;
  s->values = NULL;
}

static MoeStatus
take_memory (Server *s, MoeError *error)
{
  size_t slots;
  if (moe_size_mul (s->problem.shape.tokens, s->problem.max_topk, &slots))
    {
      s->routing.topk_idx = calloc (slots, sizeof *s->routing.topk_idx);
      s->routing.topk_weights = calloc (slots, sizeof *s->routing.topk_weights);
      s->null_weights = calloc (slots, sizeof *s->null_weights);
    }
  s->records = calloc (moe_ranks_size (s->ranks), sizeof *s->records);
  s->values = calloc (MOE_ORDER_READ_MAX, sizeof *s->values);
  if (s->routing.topk_idx != NULL && s->routing.topk_weights != NULL && s->null_weights != NULL
      && s->records != NULL && s->values != NULL)
    return MOE_OK;
  return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for a routing of %zu x %zu slots",
                        s->problem.shape.tokens, s->problem.max_topk);
}

static MoeStatus
open_state (Server *s, const MoeOrder *order, MoeError *error)
{
  s->problem = order->problem;
  s->problem.ranks = s->ranks;
  s->backend = s->host->find_backend (order->backend, s->problem.choice[MOE_CHOICE_DTYPE], error);
  if (s->backend == NULL)
    return error->status;
  MoeStatus status = take_memory (s, error);
  return status == MOE_OK ? s->backend->open (&s->problem, s->cancel, &s->state, error) : status;
}

static void
serve_open (Server *s, const MoeOrder *order)
{
  MoeError error = { 0 };
  MoeStatus status = open_state (s, order, &error);
  if (moe_ranks_agree (s->ranks, status, &error) != MOE_OK)
    close_state (s);
}

/* Rank 0 has made sure that it fits. */
static MoeStatus
receive_routing (Server *s, const MoeOrder *order, MoeError *error)
{
  int32_t *idx = s->routing.topk_idx;
  float *weights = s->routing.topk_weights;
  size_t slots = order->routing.tokens * order->routing.topk;
  s->routing = order->routing;
  s->routing.topk_idx = idx;
  s->routing.topk_weights = weights;
  s->routing.null_weights = order->weighs_nulls ? s->null_weights : NULL;
  MoeStatus status = moe_ranks_receive (s->ranks, 0, idx, slots * sizeof *idx, false, error);
  if (status == MOE_OK && order->weighs_nulls)
    status = moe_ranks_receive (s->ranks, 0, s->null_weights, slots * sizeof (float), false, error);
  return status == MOE_OK
             ? moe_ranks_receive (s->ranks, 0, weights, slots * sizeof *weights, false, error)
             : status;
}

static void
serve_prepare (Server *s, const MoeOrder *order)
{
  MoeError error = { 0 };
  if (receive_routing (s, order, &error) != MOE_OK)
    return; /* broken off: the next order is not received */
  MoeStatus status = s->backend->prepare (s->state, &order->block, &s->routing, &error);
  moe_ranks_agree (s->ranks, status, &error);
}

static void
serve_step (Server *s, const MoeOrder *order)
{
  MoeError error = { 0 };
  MoeStepRecord record = { 0 };
  MoeStatus status = order->kind == MOE_ORDER_FORWARD
                         ? s->backend->forward (s->state, &record.times, &record.loss, &error)
                         : s->backend->backward (s->state, &record.times, &error);
  moe_order_end_step (s->ranks, status, &record, s->records, &error);
}

static void
serve_read (Server *s, const MoeOrder *order)
{
  MoeError error = { 0 };
  MoeReadReply reply = { 0 };
  reply.status =
      s->backend->read (s->state, order->tensor, order->first, order->count, s->values, &error);
  snprintf (reply.message, sizeof reply.message, "%s", error.message);
  MoeStatus status = moe_ranks_send (s->ranks, 0, &reply, sizeof reply, NULL);
  if (status == MOE_OK && reply.status == MOE_OK)
    moe_ranks_send (s->ranks, 0, s->values, order->count * sizeof *s->values, NULL);
}

static void
serve_available (Server *s)
{
  size_t mine = s->host->available_memory ();
  moe_ranks_gather (s->ranks, &mine, sizeof mine, s->available, NULL);
}

static void
carry_out (Server *s, const MoeOrder *order)
{
  switch (order->kind)
    {
    case MOE_ORDER_AVAILABLE:
      serve_available (s);
      break;
    case MOE_ORDER_OPEN:
      serve_open (s, order);
      break;
    case MOE_ORDER_PREPARE:
      serve_prepare (s, order);
      break;
    case MOE_ORDER_FORWARD:
    case MOE_ORDER_BACKWARD:
      serve_step (s, order);
      break;
    case MOE_ORDER_READ:
      serve_read (s, order);
      break;
    case MOE_ORDER_POISON:
      s->backend->poison (s->state);
      break;
    case MOE_ORDER_CLOSE:
      close_state (s);
      break;
    case MOE_ORDER_QUIT:
      break;
    }
}

MoeStatus
moe_serve (MoeRanks *ranks, const MoeServeHost *host, const MoeCancel *cancel, MoeError *error)
{
  Server s = { .ranks = ranks, .host = host, .cancel = cancel };
  MoeOrder order = { .kind = MOE_ORDER_AVAILABLE };
  MoeStatus status = MOE_OK;
  s.available = calloc (moe_ranks_size (ranks), sizeof *s.available);
  if (s.available == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for %zu ranks",
                          moe_ranks_size (ranks));
  while (status == MOE_OK && order.kind != MOE_ORDER_QUIT)
    {
      status = moe_ranks_receive (ranks, 0, &order, sizeof order, true, error);
      if (status == MOE_OK)
        carry_out (&s, &order);
    }
  close_state (&s);
  free (s.available);
  return status;
}

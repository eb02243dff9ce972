/* SPDX-License-Identifier: Apache-2.0 */
/* What rank 0 tells the others to do.  Private to engine/backends/ranks.
 *
 * Rank 0 sends an order to all others (READ: to the one it concerns), which wait for the next one
 * whenever they are done.  Then every rank does its part.  Orders whose function returns a status
 * end with moe_ranks_agree (), so that all know how it went everywhere. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/ranks/ranks.h"

typedef enum MoeOrderKind
{
  MOE_ORDER_AVAILABLE, /* gather size_t: memory there is */
  MOE_ORDER_OPEN,      /* backend, problem */
  MOE_ORDER_PREPARE,   /* block, routing; followed by its two arrays, or three */
  MOE_ORDER_FORWARD,   /* after agreeing, gather MoeStepRecord */
  MOE_ORDER_BACKWARD,  /* likewise */
  MOE_ORDER_READ,      /* tensor, first, count; answered by MoeReadReply and the floats */
  MOE_ORDER_POISON,
  MOE_ORDER_CLOSE,
  MOE_ORDER_QUIT,
} MoeOrderKind;

enum
{
  MOE_ORDER_NAME_SIZE = 32,
  MOE_ORDER_READ_MAX = 1 << 20 /* elements read at a time */
};

/* Sent as it is: all ranks run the same program. */
typedef struct MoeOrder
{
  MoeOrderKind kind;
  char backend[MOE_ORDER_NAME_SIZE];
  MoeProblem problem; /* `ranks` is not sent */
  MoeBlock block;
  MoeRouting routing; /* nor are the arrays' addresses */
  bool weighs_nulls;  /* null slots have weights, which follow too */
  MoeTensor tensor;
  size_t first;
  size_t count; /* at most MOE_ORDER_READ_MAX */
} MoeOrder;

typedef struct MoeStepRecord
{
  MoeStageTimes times;
  double loss;
} MoeStepRecord;

typedef struct MoeReadReply
{
  MoeStatus status;
  char message[MOE_ERROR_MESSAGE_SIZE];
} MoeReadReply;

/* The rank that holds element `first` of a tensor, and in *end the first one behind it that another
 * rank holds, or the number of elements.  Tensors that are on every rank belong to rank 0. */
size_t moe_order_owner (const MoeProblem *problem, MoeTensor tensor, size_t first, size_t *end);

/* All ranks agree how a step went, and when it went well get the records of all. */
MoeStatus moe_order_end_step (MoeRanks *ranks,
                              MoeStatus mine,
                              const MoeStepRecord *record,
                              MoeStepRecord *all,
                              MoeError *error);

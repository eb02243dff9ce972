/* SPDX-License-Identifier: Apache-2.0 */
/* A backend that is spread over ranks and computes next to nothing, but notes what is asked of it,
 * rank by rank. */
#pragma once

#include "engine/backends/backend.h"

enum
{
  RANKED_MAX = 8
};

/* What happened on each rank; written by that rank's thread only. */
typedef struct RankedLog
{
  size_t opened;
  size_t closed;
  size_t prepared;
  size_t forwards;
  size_t backwards;
  size_t poisoned;
  size_t traced;
  int64_t idx_sum; /* of the routing of the last prepare */
  double weight_sum;
} RankedLog;

extern RankedLog ranked_log[RANKED_MAX];

/* Which function fails next, on which rank, and how; "" for none.  Set while no rank runs. */
typedef struct RankedFailure
{
  const char *function;
  size_t rank;
  MoeStatus status;
} RankedFailure;

extern RankedFailure ranked_failure;

extern const MoeBackend ranked_backend;

/* What reading element `index` of a tensor must give, wherever it is held. */
float ranked_value (MoeTensor tensor, size_t index);

/* The loss of a spread step: every rank's part is 2^rank. */
double ranked_loss (size_t size);

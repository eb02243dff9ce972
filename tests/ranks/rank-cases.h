/* SPDX-License-Identifier: Apache-2.0 */
/* What ranks must be able to do, whatever carries their messages.  Each case is run by every rank
 * at the same time. */
#pragma once

#include "engine/ranks/ranks.h"

typedef struct RankCase
{
  const char *name;
  void (*run) (MoeRanks *ranks);
} RankCase;

const RankCase *rank_cases (size_t *n);

/* SPDX-License-Identifier: Apache-2.0 */
/* Every rank but 0: do what rank 0 says. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/ranks/ranks.h"

/* What a serving rank asks of the program around it. */
typedef struct MoeServeHost
{
  const MoeBackend *(*find_backend) (const char *name, MoeDtype dtype, MoeError *error);
  size_t (*available_memory) (void);
} MoeServeHost;

/* Serve until rank 0 lets go: MOE_OK.  Errors of what it asks for are told to it and are none here;
 * this fails only when the exchange was broken off.  `cancel` (may be NULL) stops this rank's part
 * of a step, and with it the step on all ranks. */
MoeStatus
moe_serve (MoeRanks *ranks, const MoeServeHost *host, const MoeCancel *cancel, MoeError *error);

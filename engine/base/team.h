/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed team of pthreads that runs one function on every member at once.
 *
 * The calling thread is member 0, so a team of one starts no thread at all.  The
 * others sleep between runs after a short spin. */
#pragma once

#include "engine/base/error.h"

typedef struct MoeTeam MoeTeam;

/* `thread` is the member's index, 0 .. moe_team_size () - 1. */
typedef void (*MoeTeamFunction) (void *data, size_t thread);

/* Start a team of `threads` members (>= 1).  Caller owns *team and frees it with
 * moe_team_free ().  Fails with MOE_ERROR_BACKEND when a thread cannot be started. */
MoeStatus moe_team_new (size_t threads, MoeTeam **team, MoeError *error);

/* Joins all members; NULL is allowed. */
void moe_team_free (MoeTeam *team);

size_t moe_team_size (const MoeTeam *team);

/* Run `function (data, thread)` once on every member and return when all are done.
 * What members wrote is visible to the caller afterwards.  One caller at a time. */
void moe_team_run (MoeTeam *team, MoeTeamFunction function, void *data);

/* The number of processors this process may run on (>= 1). */
size_t moe_team_default_size (void);

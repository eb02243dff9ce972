/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed team of pthreads that runs one function on every member at once.
 *
 * The calling thread is member 0, so a team of one starts no thread at all.  The
 * others sleep between runs after a short spin. */
#pragma once

#include "engine/base/error.h"
#include "engine/threads/usage.h"

typedef struct MoeTeam MoeTeam;

/* `thread` is the member's index, 0 .. moe_team_size () - 1. */
typedef void (*MoeTeamFunction) (void *data, size_t thread);

/* Start a team of `threads` members (>= 1).  Caller owns *team and frees it with
 * moe_team_free ().  Fails with MOE_ERROR_BACKEND when a thread cannot be started. */
MoeStatus moe_team_new (size_t threads, MoeTeam **team, MoeError *error);

/* Joins all members and lets the caller run where it ran before it was pinned; to be called by
 * the thread that made the team.  NULL is allowed. */
void moe_team_free (MoeTeam *team);

/* Keep every member, the calling thread included, on a physical core of its own, one of every
 * NUMA node in turn (see topology.h).  Returns how many members are kept so: 0, and nothing is
 * changed, when the team has more members than there are cores; a core that the system refuses
 * leaves its member free to roam.  Threads that the caller starts meanwhile are born on its core.
 *
 * moe_team_new () does this by itself for a team that takes all cores, and for any team where there
 * are several NUMA nodes.  A full team has nowhere to step aside to: left alone, two of its members
 * end up on one core as soon as something else runs, and the step lasts as long as the two take
 * one after the other.  (Two cores, median step pinned / free: quiet 1.00; beside a thread that is
 * busy 3 of 16 ms, as a window's is, 0.99; beside a process busy half of the time 0.80, all of
 * the time 0.89.)  A smaller team stays free on one node, since which cores others leave to it
 * cannot be known; on several nodes a member that wandered would read from afar what it had
 * touched first. */
size_t moe_team_pin (MoeTeam *team);

size_t moe_team_size (const MoeTeam *team);

/* Run `function (data, thread)` once on every member and return when all are done.
 * What members wrote is visible to the caller afterwards.  One caller at a time. */
void moe_team_run (MoeTeam *team, MoeTeamFunction function, void *data);

/* What all members used since they were started; runs on the team, a few microseconds.  Waiting is
 * what they slept between runs, or the caller until the others were done.  What they spin is
 * processor time, and so is not told apart; the time from a call until a sleeper runs again is
 * neither, since others may be running in its place. */
void moe_team_usage (MoeTeam *team, MoeUsage *usage);

/* The number of physical cores that this process may run on, or of processors where cores are not
 * known (>= 1); fewer where control groups grant less time than that (topology.h). */
size_t moe_team_default_size (void);

enum
{
  MOE_TEAM_PER_PROCESSOR = 4,
  MOE_TEAM_LEAST_MOST = 16 /* shards can be looked at on small machines, too */
};

/* The most threads that are measured with here: MOE_TEAM_PER_PROCESSOR for each processor that this
 * process may run on, but MOE_TEAM_LEAST_MOST on any machine.  A team waits for its last member at
 * the end of every phase, so that one of many more members than processors waits and does little
 * else (1000 on two processors: minutes before the first sample).  moe_team_new () itself takes any
 * number; see moe_forecast_require_threads (). */
size_t moe_team_most (void);

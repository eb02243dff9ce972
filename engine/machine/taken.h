/* SPDX-License-Identifier: Apache-2.0 */
/* How a sample was taken (SPEC 7): in which start and round, and what the machine left to it. */
#pragma once

#include "engine/threads/usage.h"

#include <stdbool.h>

/* Below this share of the processors a sample is disturbed. */
#define MOE_TAKEN_LEAST_SHARE 0.97
/* With fewer undisturbed samples than these a point's figures are made of processor times. */
#define MOE_TAKEN_LEAST_UNDISTURBED 3

/* What cannot be found out is missing: NaN, -1. */
typedef struct MoeTaken
{
  uint32_t start;  /* 0, 1, ...: which opening of the backend */
  uint32_t round;  /* 0, 1, ... of its group, counting on over the starts; samples of equal round
                      were  taken one right after the other, at most one of each point */
  double cpu_s;    /* processor time of the threads that measured, as the sample's time: of one step
                      and one thread */
  double share;    /* (processor time + waiting in the schedule) / (threads * wall time) */
  double stolen_s; /* what the hypervisor took of these threads' processors; of one step and one
                      thread */
  int64_t switches; /* involuntary, of all threads, in the whole sample */
  double anchor_s;  /* time of the round's anchor, a dense matmul that is always the same */
  double others; /* processors that other processes kept busy meanwhile; in ticks of mostly 10 ms,
                    so that short samples tell it by turns */
} MoeTaken;

/* Start 0, round 0, and everything else missing. */
MoeTaken moe_taken_unknown (void);

/* Fill in what two readings of the threads' usage, right before and right after, tell of a sample
 * of `steps` steps that lasted `wall_s` in all.  A share is told of 2 ms or more only: of less, it
 * would tell of the readings. */
void moe_taken_between (
    MoeTaken *taken, const MoeUsage *before, const MoeUsage *after, double wall_s, size_t steps);

/* Did others take part of the processors while it was taken?  Pure; false where nothing is known.
 */
bool moe_taken_is_disturbed (const MoeTaken *taken);

/* SPDX-License-Identifier: Apache-2.0 */
/* How much of the machine a short measurement got (SPEC 7), and whether the machine is quiet. */
#pragma once

#include "engine/base/clock.h"

#include <stdbool.h>
#include <stddef.h>

/* Seconds counted since some fixed moment.  What the system does not tell is NaN. */
typedef struct MoeQuietCount
{
  double own_s;    /* processor time of this process */
  double waited_s; /* that its threads were ready to run and something else ran */
  double busy_s;   /* processor time of all processes, on the processors of this one */
  double stolen_s; /* what the hypervisor took of these */
} MoeQuietCount;

/* Where a measurement learns about time, load and memory; tests decide all three. */
typedef struct MoeQuiet
{
  MoeClock clock;
  void (*count) (void *data, MoeQuietCount *usage); /* now; outside of timed regions */
  void (*pause) (void *data, double seconds); /* let time pass, leaving the processors alone */
  size_t (*available) (void *data);           /* bytes that can be taken now */
  void *data;
} MoeQuiet;

/* This machine. */
MoeQuiet moe_quiet_machine (void);

/* Part of the processors that `threads` threads had between two counts `wall_s` apart, of what they
 * asked for: waiting for one another is not counted against it.  Where the system does not tell
 * what they waited for, their processor time is all there is to go by.  0 .. 1; NaN when nothing is
 * known.  Pure. */
double moe_quiet_share (const MoeQuietCount *before,
                        const MoeQuietCount *after,
                        size_t threads,
                        double wall_s);

/* Processors that other processes kept busy between two counts; NaN when unknown.  Pure. */
double moe_quiet_others (const MoeQuietCount *before, const MoeQuietCount *after, double wall_s);

/* Are others at rest?  Watches for 0.3 s.  True where that is not known. */
bool moe_quiet_now (const MoeQuiet *quiet);

enum
{
  MOE_TRIES_WANTED = 3, /* undisturbed ones, so that the best of them counts */
  MOE_TRIES_ROUNDS = 9  /* at most, until there are as many */
};

/* The best of several tries of one thing: load only ever slows a try down. */
typedef struct MoeTries
{
  double processor_s; /* the shortest of all, counting only what they had of the processors */
  double processor_share;
  double undisturbed_s; /* the shortest of those that had the processors to themselves */
  double undisturbed_share;
  size_t undisturbed; /* how many had */
} MoeTries;

void moe_tries_init (MoeTries *tries);

/* A try whose best step took best_s; mean_s is the mean over what `share` was counted for. */
void moe_tries_add (MoeTries *tries, double best_s, double mean_s, double share);

/* Are there enough undisturbed tries? */
bool moe_tries_enough (const MoeTries *tries);

/* Seconds of the try that counts: the best undisturbed one, or, when they are too few, the least
 * processor time of a thread, which others disturb much less; INFINITY when there was none. */
double moe_tries_seconds (const MoeTries *tries);

/* Its share of the processors; NaN when unknown. */
double moe_tries_share (const MoeTries *tries);

/* SPDX-License-Identifier: Apache-2.0 */
/* When samples spread too wide to conclude anything: why.  The words, and what to do about it, are
 * made by whoever tells a person. */
#pragma once

#include "engine/bench/stats.h"
#include "engine/machine/noise.h"

/* Relative half-width of an interval from which a point's figure is in doubt. */
#define MOE_ADVICE_WIDE 0.05
/* A sample shorter than this sees single interrupts. */
#define MOE_ADVICE_SHORT_S 0.02

enum
{
  MOE_ADVICE_MAX = 5 /* causes that are told */
};

/* Why samples may spread, the likeliest first.  That they are few is none: what it leaves open the
 * judge tells. */
typedef enum MoeCause
{
  MOE_CAUSE_THREADS,   /* more of them than processors */
  MOE_CAUSE_BUSY,      /* other processes use processors */
  MOE_CAUSE_WAITING,   /* their tasks run or want to, where it is not known how busy they are */
  MOE_CAUSE_STOLEN,    /* the hypervisor takes processors away */
  MOE_CAUSE_THROTTLED, /* for heat or power */
  MOE_CAUSE_BATTERY,
  MOE_CAUSE_GOVERNOR, /* that changes the clock as it goes */
  MOE_CAUSE_SHORT,    /* samples see single interrupts */
  MOE_CAUSE_UNSEEN,   /* none of these */
} MoeCause;

/* A measured point as advice sees it. */
typedef struct MoeAdvicePoint
{
  size_t topk;
  double null_target;
  MoeSpread rate;  /* tokens/s of its samples; n = 0: not measured */
  double sample_s; /* duration of one sample: median time of a step x steps; NaN unknown */
} MoeAdvicePoint;

typedef struct MoeAdvice
{
  bool coretype; /* a forced OPENBLAS_CORETYPE makes figures incomparable */
  size_t n;      /* causes; 0: the samples agree */
  MoeCause causes[MOE_ADVICE_MAX];
  MoeAdvicePoint widest; /* the point whose samples spread the most, when n > 0 */
  double width;          /* relative half-width of its interval */
  size_t n_wide;         /* points that are too wide, this one included */
  bool several_topks;    /* the run has others than the widest's */
  bool until_settled;    /* samples were taken for a budget, not for a number */
  MoeNoise noise;        /* what the machine did: the numbers of the causes */
} MoeAdvice;

/* Look at points[n] of one run.  A point cannot be concluded from when the relative half-width of
 * its interval exceeds MOE_ADVICE_WIDE (see moe_spread_relative ()).  Samples that agree are not
 * commented upon.
 *
 * Pure: what the machine did is told by `noise`.  Takes no memory; any thread. */
void
moe_advice_of (const MoeAdvicePoint *points, size_t n, const MoeNoise *noise, MoeAdvice *advice);

/* SPDX-License-Identifier: Apache-2.0 */
/* When samples spread too wide to conclude anything: why, and what to do about it. */
#pragma once

#include "engine/bench/noise.h"
#include "engine/bench/stats.h"

enum
{
  MOE_ADVICE_MAX = 5, /* sentences */
  MOE_ADVICE_TEXT_SIZE = 400
};

/* A measured point as advice sees it. */
typedef struct MoeAdvicePoint
{
  size_t topk;
  double null_target;
  MoeSpread rate;    /* tokens/s of its samples; n = 0: not measured */
  MoeSpread speedup; /* against f = 0; n = 0: there is none, or this is f = 0 */
  double sample_s;   /* duration of one sample: median time of a step x steps; NaN unknown */
} MoeAdvicePoint;

typedef struct MoeAdvice
{
  size_t n;                                        /* 0: nothing to say */
  char text[MOE_ADVICE_MAX][MOE_ADVICE_TEXT_SIZE]; /* whole sentences, worst first */
} MoeAdvice;

/* Look at points[n] of one run.  A point cannot be concluded from when the relative half-width of
 * its interval exceeds 5 % (see moe_spread_relative ()), or when the interval of its speed-up holds
 * both faster and slower than f = 0 by more than 1 %.  One sentence names the first undecided
 * point, one the widest with its likeliest cause and a remedy; those that follow name other causes.
 * Samples that agree are not commented upon, with one exception: a forced OPENBLAS_CORETYPE makes
 * figures incomparable.
 *
 * Pure: what the machine did is told by `noise`.  Takes no memory; any thread. */
void
moe_advice_of (const MoeAdvicePoint *points, size_t n, const MoeNoise *noise, MoeAdvice *advice);

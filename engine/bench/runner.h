/* SPDX-License-Identifier: Apache-2.0 */
/* Measure a plan, or two side by side: check the backend against the reference, then in each start
 * open it, and for each group of points warm up and measure in interleaved rounds, publishing every
 * sample as it comes.
 *
 * A start is one opening of the backend: memory, pages, threads.  What starts differ by does not
 * show within one, so the samples can be spread over several (--starts); warm-up is made again in
 * each, and round numbers count on.
 *
 * A round takes one sample of every point of the group, so that drift of the machine hits all of
 * them alike; samples of equal round make pairs.  Every other round runs backwards.  A sample
 * repeats the step as often as the fastest warm-up step of its point says is needed to last
 * --min-sample-time: the number is fixed after the first warm-up, the same in all rounds.  With
 * --warmup 0 the first step of every point is such a warm-up step all the same, unless the time is
 * 0.  Before a round the anchor is timed.
 *
 * A sample that others disturbed (taken.h) is published and does not count: more rounds follow, of
 * the points that still lack samples and of f = 0, until each point has --iters undisturbed ones,
 * or twice as many in all.
 *
 * With --until-settled a start of a group ends when every point's interval (settle.h) would be
 * within --precision, had it been from as many such starts as there are to be; points for which
 * that holds are left out of its further rounds, but for f = 0.  After three starts more follow for
 * the groups that are not settled, while their --budget lasts.
 *
 * Two setups are open at once, and a round takes each point of the one and then of the other,
 * turned around every other round.  Where both do not fit into memory they take turns within each
 * start. */
#pragma once

#include "engine/base/clock.h"
#include "engine/bench/events.h"
#include "engine/machine/forecast.h"

/* What is measured, or one of two that are measured side by side. */
typedef struct MoeSetup
{
  const MoePlan *plan;
  const MoeBackend *backend;
  const MoeCalibration *calibration; /* may be NULL: then progress is weighted by FLOPs */
} MoeSetup;

/* Can these be measured side by side: 1 setup, or MOE_MAX_SETUPS that have as many groups and as
 * many points in each?  Else MOE_ERROR_INVALID. */
MoeStatus moe_run_check_setups (const MoeSetup *setups, size_t n, MoeError *error);

/* Measure n setups that can be (else MOE_ERROR_INVALID), and block until done; how much is measured
 * is the first's to say.  Plans must have been forecast to fit.  `alternate`: never have both open
 * at once.  Returns MOE_ERROR_CANCELLED when stopped (what was published stays true),
 * MOE_ERROR_MISMATCH when a backend disagrees with the reference (then nothing is measured), or the
 * backend's error. */
MoeStatus moe_run_setups (const MoeSetup *setups,
                          size_t n,
                          bool alternate,
                          const MoeClock *clock,
                          const MoeCancel *cancel,
                          const MoeRunEvents *events,
                          MoeError *error);

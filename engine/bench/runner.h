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
#include "engine/machine/forecast.h"
#include "engine/machine/taken.h"
#include "engine/options/plan.h"

enum
{
  MOE_MAX_SETUPS = 2,
  MOE_KEPT_MAX = 64 /* the largest top-k for which it is told how many experts tokens keep */
};

/* What sampling the routing of a point showed; known before its first sample. */
typedef struct MoePointFacts
{
  size_t setup; /* 0, or 1 of the second of two side by side */
  size_t point; /* index in the plan */
  size_t null_experts;
  size_t null_assignments;
  size_t real_assignments; /* that are computed: without those that a capacity dropped */
  double null_realized;
  size_t dropped_assignments; /* by the capacity policy */
  size_t capacity;            /* rows of an expert at most; 0 without a policy */
  double capacity_factor;     /* that it follows from; 0 without a policy */
  MoeRunLengths run_lengths;  /* of the best expert, token by token */
  double flops;               /* of one step */
  size_t expert_load_min;
  size_t expert_load_max;
  double expert_load_std;
  double expert_load_p25; /* quartiles over the experts, linear between the two nearest ranks */
  double expert_load_p50;
  double expert_load_p75;
  size_t n_kept;                 /* topk + 1; 0 when that is more than can be told */
  size_t kept[MOE_KEPT_MAX + 1]; /* kept[n]: tokens that keep n experts, before a capacity drops
                                    any */
} MoePointFacts;

typedef struct MoeSample
{
  size_t setup;
  size_t point;
  size_t round; /* 0, 1, ...; warm-up rounds are not published; ascending for each point, where gaps
                   are possible */
  size_t steps; /* >= 1 that the sample consists of; the same in all rounds */
  double time_s; /* of one step: the sample's duration / steps */
  double loss;
  MoeStageTimes stages; /* of one step, as time_s */
  MoeTaken taken;
} MoeSample;

/* How a point's results compare with the double-precision reference. */
typedef struct MoeVerification
{
  size_t setup;
  size_t point;
  double max_relative_error; /* largest over the tensors that were checked */
  double tolerance;
  bool passed;
} MoeVerification;

typedef enum MoeRunPhase
{
  MOE_RUN_PHASE_CHECK, /* small block against the reference */
  MOE_RUN_PHASE_SETUP, /* taking memory, filling weights, sampling routings */
  MOE_RUN_PHASE_QUIET, /* waiting for other work on the machine to end */
  MOE_RUN_PHASE_WARMUP,
  MOE_RUN_PHASE_MEASURE,
  MOE_RUN_PHASE_DONE,
} MoeRunPhase;

/* Where a run stands.  Work is in forecast seconds, so that progress is weighted by it;
 * remaining_s is corrected by what the steps so far really took. */
typedef struct MoeProgress
{
  MoeRunPhase phase;
  size_t setup; /* being worked on */
  size_t point; /* being worked on; meaningful from WARMUP on */
  size_t round;
  size_t samples_done;  /* of those asked for: undisturbed, or given up */
  size_t samples_total; /* asked for; 0 with --until-settled */
  size_t settled;       /* points that are, with --until-settled, */
  size_t to_settle;     /* of so many; else 0 of 0 */
  double fraction;      /* 0 .. 1 */
  double remaining_s;   /* NaN while unknown */
} MoeProgress;

/* Called on the thread that runs the runner, never within a timed region; any may be NULL. */
typedef struct MoeRunEvents
{
  void *data;
  void (*progress) (void *data, const MoeProgress *progress);
  void (*point) (void *data, const MoePoint *point, const MoePointFacts *facts);
  void (*verified) (void *data, const MoeVerification *verification);
  void (*sample) (void *data, const MoeSample *sample);
  /* All its samples are published. */
  void (*point_done) (void *data, size_t setup, const MoePoint *point);
  /* Before each sample and each warm-up step: may block, for as long as a person pauses.  TRUE when
   * it did: caches are cold and clocks are down then, so that before its next sample each point
   * makes one more warm-up step, which is told to nobody. */
  bool (*hold) (void *data);
  /* One more step of a point, recorded; outside of all samples, before its point_done.  The trace
   * is valid during the call.  NULL: no such steps are made. */
  void (*traced) (void *data, size_t setup, const MoePoint *point, const MoeTrace *trace);
} MoeRunEvents;

/* Blocks until done.  The plan must have been forecast to fit.  Returns MOE_ERROR_CANCELLED when
 * stopped (what was published stays true), MOE_ERROR_MISMATCH when the backend disagrees with the
 * reference (then nothing is measured), or the backend's error.  `calibration` may be NULL
 * (then progress is weighted by FLOPs). */
MoeStatus moe_run (const MoePlan *plan,
                   const MoeBackend *backend,
                   const MoeCalibration *calibration,
                   const MoeClock *clock,
                   const MoeCancel *cancel,
                   const MoeRunEvents *events,
                   MoeError *error);

/* One of the things that are measured side by side. */
typedef struct MoeSetup
{
  const MoePlan *plan;
  const MoeBackend *backend;
  const MoeCalibration *calibration; /* may be NULL */
} MoeSetup;

/* Can these be measured side by side: 1 setup, or MOE_MAX_SETUPS that have as many groups and as
 * many points in each?  Else MOE_ERROR_INVALID. */
MoeStatus moe_run_check_setups (const MoeSetup *setups, size_t n, MoeError *error);

/* The same as moe_run () for n setups that can be (else MOE_ERROR_INVALID); how much is measured is
 * the first's to say.  `alternate`: never have both open at once. */
MoeStatus moe_run_setups (const MoeSetup *setups,
                          size_t n,
                          bool alternate,
                          const MoeClock *clock,
                          const MoeCancel *cancel,
                          const MoeRunEvents *events,
                          MoeError *error);

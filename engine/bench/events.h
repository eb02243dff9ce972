/* SPDX-License-Identifier: Apache-2.0 */
/* What a run tells while it is under way. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/machine/taken.h"
#include "engine/moe/balance.h"
#include "engine/options/plan.h"

enum
{
  MOE_MAX_SETUPS = 2,
  MOE_KEPT_MAX = 64 /* the largest top-k for which it is told how many experts tokens keep */
};

/* What sampling the routing of a point showed (facts.h); known before its first sample. */
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
  size_t active_experts;      /* with at least one assignment */
  size_t expert_load_min;
  size_t expert_load_max;
  double expert_load_std;
  double expert_load_p25; /* quartiles over the experts, linear between the two nearest ranks */
  double expert_load_p50;
  double expert_load_p75;
  double tile_share[MOE_N_TILES]; /* useful share of their rows in whole tiles (moe/balance.h) */
  size_t shard_load_max;          /* rows of the fullest shard; 0 without expert parallelism */
  size_t n_kept;                  /* topk + 1; 0 when that is more than can be told */
  size_t kept[MOE_KEPT_MAX + 1];  /* kept[n]: tokens that keep n experts, before a capacity drops
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
  /* A sample whose time is none, as the clock jumped within it: nobody is told of that time, and
   * the sample is taken again. */
  void (*refused) (void *data, size_t setup, const MoePoint *point);
  /* All its samples are published. */
  void (*point_done) (void *data, size_t setup, const MoePoint *point);
  /* Before each sample and each warm-up step: may block, for as long as a person pauses.  TRUE when
   * it did: caches are cold and clocks are down then, so that before its next sample each point
   * makes one more warm-up step, which is told to nobody. */
  bool (*pause) (void *data);
  /* One more step of a point, recorded; outside of all samples, before its point_done.  The trace
   * is valid during the call.  NULL: no such steps are made. */
  void (*traced) (void *data, size_t setup, const MoePoint *point, const MoeTrace *trace);
} MoeRunEvents;

/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep plan: options multiplied out into the points to measure, in order. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/options/options.h"

enum
{
  MOE_PLAN_MAX_STEPS = 1000000, /* in one sample, whatever the clock says */
  MOE_PLAN_LEAST_STARTS = 3,    /* until settled: of fewer nobody could tell how much they differ */
  MOE_PLAN_LEAST_ROUNDS = 4     /* of a start, until settled, before it is asked whether they do */
};

/* One measured point: a block, how it is routed, and its place in the plan. */
typedef struct MoePoint
{
  size_t index; /* in the plan */
  size_t group; /* points of one group are measured in interleaved rounds; groups are consecutive */
  MoeBlock block;
  MoeRoutingSpec routing;
} MoePoint;

typedef struct MoePlan
{
  MoeOptions options; /* validated copy, with the sizes of a file that routing comes from */
  size_t threads;     /* of this process, resolved: options.threads, or one for each physical core;
                         at least one for each shard that is here */
  size_t device;      /* of the backend, by options.accelerator */
  size_t shards;      /* of expert parallelism, on all ranks; 1 without */
  const MoeGiven *given; /* what routing takes from a file, held, with the layers behind it; NULL
                            without one */
  size_t n_points;
  size_t n_groups;
  MoePoint *points; /* [n_points], owned */
} MoePlan;

/* Validate the options and multiply them out.  One group per (shape, distribution, layer, impl,
 * queue mode, topk), with forward_backward in queue mode full only; within a group the fractions in
 * ascending order, each once, f = 0 first when `baseline`. Caller clears *plan with moe_plan_clear
 * (). Errors as moe_options_validate (). */
MoeStatus moe_plan_new (const MoeOptions *options, MoePlan *plan, MoeError *error);

void moe_plan_clear (MoePlan *plan);

/* Deep copy; MOE_ERROR_MEMORY. */
MoeStatus moe_plan_copy (const MoePlan *plan, MoePlan *copy, MoeError *error);

/* The points from `first` on, at least that one, that a backend is opened for together: those of
 * one shape, so that each size of a sweep has memory of its own. */
size_t moe_plan_opening (const MoePlan *plan, size_t first);

/* What a backend must hold for points first .. first + n - 1, which have one shape.  An upper bound
 * on rows that needs no routing: carry: tokens * topk; compact: tokens * topk when f = 0 is in the
 * plan, else the expectation plus six standard deviations and 64 rows, capped; with capacity policy
 * pad experts * capacity, with drop no more than that. */
void moe_plan_problem (const MoePlan *plan, size_t first, size_t n, MoeProblem *problem);

/* What a backend must hold for steps of one block with at most `max_rows` dispatched rows, however
 * they are spread over the experts. */
void moe_problem_of_block (
    const MoeBlock *block, uint64_t seed, size_t threads, size_t max_rows, MoeProblem *problem);

/* Rows of a point that are expected to go through the experts' matmuls: T k (1-f), at most what a
 * capacity policy leaves, all of E capacity with `pad`, all T k with `remap`. */
double moe_point_expected_rows (const MoePoint *point);

/* Expected FLOPs of one step of a point, of its expected rows: padding takes time, though it is no
 * useful work. */
double moe_point_expected_flops (const MoePoint *point);

/* Starts that there are to be: --starts, or else one, or three at least until settled. */
size_t moe_plan_starts (const MoePlan *plan);

/* Undisturbed samples of each point in a start, where their number is given.  Twice as many in all
 * must do where the machine does not get quiet. */
size_t moe_plan_quota (const MoePlan *plan, size_t start);

/* Steps of each point before its samples, in each start: --warmup, and at least one where a minimum
 * time per sample asks how long a step takes. */
size_t moe_plan_warmup (const MoePlan *plan);

/* Steps in one sample, so that it lasts the minimum time when a step takes `step_s`: at least 1,
 * at most MOE_PLAN_MAX_STEPS; 1 when step_s is NaN. */
size_t moe_plan_steps (const MoePlan *plan, double step_s);

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/runner.h"

#include "engine/base/size.h"
#include "engine/bench/noise.h"
#include "engine/bench/verify.h"
#include "engine/moe/capacity.h"
#include "engine/moe/flops.h"

#include <math.h>
#include <stdlib.h>

/* How long the steps of a point take, and how far its samples are. */
typedef struct Pace
{
  double fastest_s; /* warm-up step so far; INFINITY before the first */
  size_t steps;     /* in one sample: expected, and fixed after the warm-up */
  size_t holds;     /* those of the runner when the point made a step last */
  size_t samples;   /* taken so far */
  size_t good;      /* of these, those that nobody disturbed */
} Pace;

typedef struct Runner
{
  const MoePlan *plan;
  const MoeBackend *backend;
  const MoeCalibration *calibration;
  const MoeClock *clock;
  const MoeCancel *cancel;
  const MoeRunEvents *events;
  MoeError *error;
  MoeBackendState *state;
  MoeRouting *routings; /* [points of the largest group] */
  double anchor_s;      /* of the present round; NaN without */
  uint64_t anchored_ns; /* when it was timed last */
  Pace *paces;          /* [points of the plan] */
  size_t holds;         /* times that the run was paused */
  double check_error;   /* worst of the small checks of the present group */
  MoeProgress progress;
  double work_total; /* in forecast seconds, or in FLOPs without a calibration */
  double work_done;
  double steps_s; /* real time of the steps behind work_done */
  double steps_work;
} Runner;

/* The points of one group are consecutive. */
typedef struct Group
{
  size_t first;
  size_t n;
} Group;

static double
step_work (const Runner *r, const MoePoint *point)
{
  return r->calibration != NULL ? moe_forecast_step_s (point, r->calibration)
                                : moe_point_expected_flops (point);
}

/* Steps that the points of the plan take, weighted; anew when a point's pace is found out. */
static double
planned_work (const Runner *r)
{
  const MoeOptions *options = &r->plan->options;
  double work = 0, warmup = (double)moe_plan_warmup (r->plan);
  for (size_t i = 0; i < r->plan->n_points; i++)
    work += (warmup + (double)options->iters * (double)r->paces[i].steps)
            * step_work (r, &r->plan->points[i]);
  return work;
}

static double
setup_work (const Runner *r)
{
  MoeProblem problem;
  MoeMemoryNeed need;
  moe_plan_problem (r->plan, &problem);
  if (r->calibration == NULL || r->backend->memory (&problem, &need, NULL) != MOE_OK)
    return 0;
  return (double)need.total_bytes / r->calibration->touch_bytes_per_s;
}

static void
publish_progress (Runner *r)
{
  MoeProgress *p = &r->progress;
  double left = r->work_total - r->work_done;
  /* Where steps turn out quicker than was thought, samples have more of them, and work is added:
   * the bar waits then, and never goes back. */
  if (r->work_total > 0)
    p->fraction = fmax (p->fraction, fmin (r->work_done / r->work_total, 1));
  /* Once steps were timed, they tell how far the forecast is off. */
  double per_work = r->steps_work > 0        ? r->steps_s / r->steps_work
                    : r->calibration != NULL ? 1
                                             : NAN;
  p->remaining_s = left * per_work;
  if (r->events->progress != NULL)
    r->events->progress (r->events->data, p);
}

static void
enter_phase (Runner *r, MoeRunPhase phase)
{
  r->progress.phase = phase;
  publish_progress (r);
}

static MoeStatus
stop_if_cancelled (const Runner *r)
{
  if (moe_cancel_requested (r->cancel))
    return moe_error_set (r->error, MOE_ERROR_CANCELLED, "The run was stopped.");
  return MOE_OK;
}

static MoeStatus
refuse_mismatch (Runner *r, const char *what, double error, double tolerance)
{
  return moe_error_set (r->error, MOE_ERROR_MISMATCH,
                        "%s disagrees with the double-precision reference on %s: relative error "
                        "%.2g, allowed is %.2g; nothing it measures would mean anything.",
                        r->backend->title, what, error, tolerance);
}

/* A multiple of the shards, so that they can still share it evenly. */
static size_t
shrink_size (size_t size, size_t small, size_t shards)
{
  if (size <= small)
    return size;
  size_t multiple = small / shards * shards;
  return multiple > 0 ? multiple : shards;
}

/* A block like the point's, small enough for the reference. */
static void
shrink_point (const Runner *r, const MoePoint *point, MoeBlock *block, MoeRoutingSpec *routing)
{
  size_t shards = moe_size_max (1, point->block.ep_size);
  *block = point->block;
  *routing = point->routing;
  block->shape.tokens = shrink_size (block->shape.tokens, 96, shards);
  block->shape.hidden = moe_size_min (block->shape.hidden, 72);
  block->shape.mlp_dim = moe_size_min (block->shape.mlp_dim, 40);
  block->shape.shared_dim = moe_size_min (block->shape.shared_dim, 40);
  block->shape.experts =
      shrink_size (block->shape.experts, moe_size_max (8, block->topk + shards), shards);
  if (block->capacity_policy != MOE_CAPACITY_NONE)
    block->capacity = moe_capacity_rows (r->plan->options.capacity_factor, block->shape.tokens,
                                         block->topk, block->shape.experts);
  routing->tokens = block->shape.tokens;
  routing->experts = block->shape.experts;
}

/* Every kind of point agrees with the reference on a small block before anything is measured:
 * without nulls and with the group's largest fraction. */
static MoeStatus
check_point (Runner *r, const MoePoint *point)
{
  MoeBlock block;
  MoeRoutingSpec routing;
  MoeVerifyResult result;
  double tolerance = moe_verify_tolerance (point->block.dtype);
  shrink_point (r, point, &block, &routing);
  MoeStatus status = moe_verify_block (r->backend, r->plan->device, &block, &routing,
                                       r->plan->options.seed, r->plan->threads, &result, r->error);
  if (status != MOE_OK)
    return status;
  if (!(result.worst <= tolerance))
    return refuse_mismatch (r, "a small block", result.worst, tolerance);
  r->check_error = fmax (r->check_error, result.worst);
  return MOE_OK;
}

static MoeStatus
check_group (Runner *r, Group group)
{
  MoeStatus status = check_point (r, &r->plan->points[group.first]);
  if (status == MOE_OK && group.n > 1)
    status = check_point (r, &r->plan->points[group.first + group.n - 1]);
  return status == MOE_OK ? stop_if_cancelled (r) : status;
}

static int
compare_counts (const void *a, const void *b)
{
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return x < y ? -1 : x > y;
}

/* Of counts in ascending order. */
static double
quantile (const size_t *counts, size_t n, double share)
{
  double rank = share * (double)(n - 1);
  size_t below = (size_t)rank;
  size_t above = moe_size_min (below + 1, n - 1);
  return (double)counts[below]
         + (rank - (double)below) * ((double)counts[above] - (double)counts[below]);
}

/* Load of the real experts; sorts the counts. */
static void
describe_load (const MoeRouting *routing, size_t *counts, MoePointFacts *facts)
{
  size_t E = routing->experts;
  double mean = (double)routing->real_assignments / (double)E, squares = 0;
  facts->expert_load_min = SIZE_MAX;
  moe_routing_expert_counts (routing, counts);
  for (size_t e = 0; e < E; e++)
    {
      double off = (double)counts[e] - mean;
      facts->expert_load_min = moe_size_min (facts->expert_load_min, counts[e]);
      facts->expert_load_max = moe_size_max (facts->expert_load_max, counts[e]);
      squares += off * off;
    }
  facts->expert_load_std = sqrt (squares / (double)E);
  qsort (counts, E, sizeof *counts, compare_counts);
  facts->expert_load_p25 = quantile (counts, E, 0.25);
  facts->expert_load_p50 = quantile (counts, E, 0.5);
  facts->expert_load_p75 = quantile (counts, E, 0.75);
}

static void
describe_kept (const MoeRouting *routing, MoePointFacts *facts)
{
  if (routing->topk > MOE_KEPT_MAX)
    return;
  facts->n_kept = routing->topk + 1;
  moe_routing_kept_histogram (routing, facts->kept);
}

static MoeStatus
publish_facts (Runner *r, const MoePoint *point, const MoeRouting *routing, size_t *counts)
{
  const MoeBlock *block = &point->block;
  MoePointFacts facts = { .point = point->index,
                          .null_experts = routing->null_experts,
                          .null_assignments = routing->null_assignments,
                          .real_assignments = routing->real_assignments,
                          .null_realized = routing->null_realized,
                          .capacity = block->capacity,
                          .run_lengths = routing->run_lengths };
  describe_load (routing, counts, &facts);
  describe_kept (routing, &facts);
  if (block->capacity_policy != MOE_CAPACITY_NONE)
    {
      MoeRouting kept;
      MoeStatus status = moe_capacity_apply (routing, block->pack_strategy, block->capacity, &kept,
                                             &facts.dropped_assignments, r->error);
      if (status != MOE_OK)
        return status;
      facts.capacity_factor = r->plan->options.capacity_factor;
      facts.real_assignments = kept.real_assignments;
      moe_routing_clear (&kept);
    }
  facts.flops = moe_block_flops (block, (double)facts.real_assignments);
  if (r->events->point != NULL)
    r->events->point (r->events->data, point, &facts);
  return MOE_OK;
}

static MoeStatus
sample_routings (Runner *r, Group group)
{
  size_t *counts = calloc (r->plan->options.shape.experts, sizeof *counts);
  MoeStatus status = MOE_OK;
  if (counts == NULL)
    return moe_error_set (r->error, MOE_ERROR_MEMORY, "There is no memory for load statistics.");
  for (size_t i = 0; status == MOE_OK && i < group.n; i++)
    {
      const MoePoint *point = &r->plan->points[group.first + i];
      status = moe_routing_sample (&point->routing, &r->routings[i], r->error);
      if (status == MOE_OK)
        status = publish_facts (r, point, &r->routings[i], counts);
      if (status == MOE_OK)
        status = stop_if_cancelled (r);
    }
  free (counts);
  return status;
}

static MoeStatus
one_step (Runner *r, const MoePoint *point, MoeSample *sample)
{
  MoeStatus status = r->backend->forward (r->state, &sample->stages, &sample->loss, r->error);
  if (status == MOE_OK && point->block.pass == MOE_PASS_FORWARD_BACKWARD)
    status = r->backend->backward (r->state, &sample->stages, r->error);
  return status;
}

/* The steps of one sample: the timed region.  Nothing in here allocates, logs or publishes. */
static MoeStatus
timed_steps (Runner *r, const MoePoint *point, MoeSample *sample)
{
  uint64_t start = moe_clock_now (r->clock);
  MoeStatus status = one_step (r, point, sample);
  for (size_t i = 1; status == MOE_OK && i < sample->steps; i++)
    {
      status = stop_if_cancelled (r);
      if (status == MOE_OK)
        status = one_step (r, point, sample);
    }
  sample->time_s = (double)(moe_clock_now (r->clock) - start) / 1e9 / (double)sample->steps;
  for (size_t stage = 0; stage < MOE_N_STAGES; stage++)
    sample->stages.time_s[stage] /= (double)sample->steps;
  sample->stages.comm_bytes /= (double)sample->steps;
  return status;
}

/* What the threads and the machine have used, right before and right after a sample. */
typedef struct Look
{
  MoeUsage usage;
  double stolen_s;
} Look;

static MoeStatus
timed_sample (Runner *r, const MoePoint *point, MoeSample *sample)
{
  Look before, after;
  sample->taken.anchor_s = r->anchor_s;
  if (r->backend->usage == NULL)
    return timed_steps (r, point, sample);
  before.stolen_s = moe_noise_stolen_s ("");
  r->backend->usage (r->state, &before.usage);
  MoeStatus status = timed_steps (r, point, sample);
  r->backend->usage (r->state, &after.usage);
  after.stolen_s = moe_noise_stolen_s ("");
  moe_taken_between (&sample->taken, &before.usage, &after.usage,
                     sample->time_s * (double)sample->steps, sample->steps);
  sample->taken.stolen_s = (after.stolen_s - before.stolen_s) / (double)sample->steps;
  return status;
}

static MoeStatus
verify_step (Runner *r, const MoePoint *point, const MoeRouting *routing)
{
  MoeVerifyResult result;
  /* A token in the middle, another one for each point. */
  size_t token = (routing->tokens / 2 + point->index) % routing->tokens;
  MoeVerification verification = { .point = point->index,
                                   .tolerance = moe_verify_tolerance (point->block.dtype) };
  MoeStatus status =
      moe_verify_spot (r->backend, r->state, &point->block, routing, token, &result, r->error);
  if (status != MOE_OK)
    return status;
  verification.max_relative_error = fmax (result.worst, r->check_error);
  if (isnan (result.worst))
    verification.max_relative_error = NAN;
  verification.passed = verification.max_relative_error <= verification.tolerance;
  if (r->events->verified != NULL)
    r->events->verified (r->events->data, &verification);
  if (!verification.passed)
    return refuse_mismatch (r, "rows of a measured step", verification.max_relative_error,
                            verification.tolerance);
  return MOE_OK;
}

/* Does the point need another sample?  A disturbed one does not count, but where the machine does
 * not get quiet, twice as many as were asked for must do. */
static bool
lacks_samples (const Runner *r, const Pace *pace)
{
  size_t wanted = r->plan->options.iters;
  return pace->good < wanted && pace->samples < 2 * wanted;
}

/* What brings the point nearer to its end is progress; a point that is given up is at it. */
static void
count_sample (Runner *r, const MoePoint *point, Pace *pace, const MoeSample *sample)
{
  bool good = !moe_taken_is_disturbed (&sample->taken), lacked = lacks_samples (r, pace);
  size_t before = pace->good, done = good && lacked;
  pace->samples++;
  pace->good += good;
  if (lacked && !lacks_samples (r, pace))
    done = r->plan->options.iters - before;
  r->progress.samples_done += done;
  r->work_done += (double)(done * pace->steps) * step_work (r, point);
}

static void
count_steps (Runner *r, const MoePoint *point, Pace *pace, const MoeSample *sample, bool measured)
{
  double work = (double)sample->steps * step_work (r, point);
  r->steps_work += work;
  r->steps_s += (double)sample->steps * sample->time_s;
  if (measured)
    count_sample (r, point, pace, sample);
  else
    r->work_done += work;
}

/* Wait out a pause. */
static MoeStatus
hold (Runner *r)
{
  if (r->events->hold != NULL && r->events->hold (r->events->data))
    r->holds++;
  return stop_if_cancelled (r);
}

/* The first step after a pause is nobody's sample. */
static MoeStatus
warm_again (Runner *r, const MoePoint *point, Pace *pace)
{
  MoeSample unused = { .point = point->index, .steps = 1 };
  if (pace->holds == r->holds)
    return MOE_OK;
  pace->holds = r->holds;
  return timed_steps (r, point, &unused);
}

/* One sample of one point, or one warm-up step; `round` counts from the first warm-up. */
static MoeStatus
run_sample (Runner *r, const MoePoint *point, const MoeRouting *routing, size_t round)
{
  size_t warmup = moe_plan_warmup (r->plan);
  bool measured = round >= warmup;
  Pace *pace = &r->paces[point->index];
  MoeSample sample = { .point = point->index,
                       .round = measured ? round - warmup : 0,
                       .steps = measured ? pace->steps : 1,
                       .taken = moe_taken_unknown () };
  sample.taken.round = (uint32_t)sample.round;
  r->progress.point = point->index;
  r->progress.round = sample.round;
  enter_phase (r, measured ? MOE_RUN_PHASE_MEASURE : MOE_RUN_PHASE_WARMUP);

  MoeStatus status = hold (r);
  if (status == MOE_OK)
    status = r->backend->prepare (r->state, &point->block, routing, r->error);
  if (status == MOE_OK && measured)
    status = warm_again (r, point, pace);
  if (status == MOE_OK)
    status = measured ? timed_sample (r, point, &sample) : timed_steps (r, point, &sample);
  if (status == MOE_OK && round == 0)
    status = verify_step (r, point, routing);
  if (status != MOE_OK)
    return status;
  count_steps (r, point, pace, &sample, measured);
  pace->holds = r->holds;
  if (!measured)
    pace->fastest_s = fmin (pace->fastest_s, sample.time_s);
  if (measured && r->events->sample != NULL)
    r->events->sample (r->events->data, &sample);
  return stop_if_cancelled (r);
}

/* The points are warm: from now on their samples have as many steps as they need. */
static void
fix_paces (Runner *r, Group group)
{
  double before = planned_work (r);
  for (size_t i = 0; i < group.n; i++)
    {
      Pace *pace = &r->paces[group.first + i];
      pace->steps = moe_plan_steps (r->plan, isinf (pace->fastest_s) ? NAN : pace->fastest_s);
    }
  r->work_total += planned_work (r) - before;
}

/* Time the anchor, outside of all samples; where rounds are so short that it would take more than a
 * tenth of the time, the last one stands for several of them. */
static MoeStatus
drop_anchor (Runner *r)
{
  uint64_t start = moe_clock_now (r->clock);
  if (r->backend->anchor == NULL || (double)(start - r->anchored_ns) < 9e9 * r->anchor_s)
    return MOE_OK;
  MoeStatus status = r->backend->anchor (r->state, r->error);
  r->anchored_ns = moe_clock_now (r->clock);
  r->anchor_s = (double)(r->anchored_ns - start) / 1e9;
  return status;
}

static bool
group_lacks_samples (const Runner *r, Group group)
{
  for (size_t i = 0; i < group.n; i++)
    if (lacks_samples (r, &r->paces[group.first + i]))
      return true;
  return false;
}

/* All points do in the rounds that were asked for; in those that are added, the ones that still
 * lack samples, and f = 0, so that there are pairs. */
static bool
takes_part (const Runner *r, const MoePoint *point)
{
  return point->routing.null_target == 0.0 || lacks_samples (r, &r->paces[point->index]);
}

static MoeStatus
run_round (Runner *r, Group group, size_t round)
{
  bool measured = round >= moe_plan_warmup (r->plan);
  MoeStatus status = measured ? drop_anchor (r) : MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < group.n; i++)
    {
      size_t at = round % 2 == 0 ? i : group.n - 1 - i;
      const MoePoint *point = &r->plan->points[group.first + at];
      if (!measured || takes_part (r, point))
        status = run_sample (r, point, &r->routings[at], round);
    }
  return status;
}

/* Rounds interleave the points, so that drift of the machine hits all alike; every other round
 * runs backwards, so that none always follows the same neighbour. */
static MoeStatus
run_rounds (Runner *r, Group group)
{
  size_t warmup = moe_plan_warmup (r->plan);
  MoeStatus status = MOE_OK;
  r->backend->poison (r->state);
  for (size_t round = 0; status == MOE_OK && (round < warmup || group_lacks_samples (r, group));
       round++)
    {
      if (round == warmup)
        fix_paces (r, group);
      status = run_round (r, group, round);
    }
  return status;
}

enum
{
  MAX_TRACE_EVENTS = 200000 /* of one step: 8 MB */
};

/* One recorded step of every point of the group, after all samples. */
static MoeStatus
trace_points (Runner *r, Group group)
{
  MoeStatus status = MOE_OK;
  MoeTrace trace = { .capacity = MAX_TRACE_EVENTS };
  if (r->events->traced == NULL || r->backend->trace == NULL)
    return MOE_OK;
  trace.events = calloc (trace.capacity, sizeof *trace.events);
  if (trace.events == NULL)
    return moe_error_set (r->error, MOE_ERROR_MEMORY, "There is no memory for a trace.");
  r->backend->trace (r->state, &trace);
  for (size_t i = 0; status == MOE_OK && i < group.n; i++)
    {
      const MoePoint *point = &r->plan->points[group.first + i];
      MoeSample sample = { .point = point->index, .steps = 1 };
      atomic_store (&trace.n, 0);
      status = r->backend->prepare (r->state, &point->block, &r->routings[i], r->error);
      if (status == MOE_OK)
        status = timed_steps (r, point, &sample);
      if (status == MOE_OK)
        r->events->traced (r->events->data, point, &trace);
    }
  r->backend->trace (r->state, NULL);
  free (trace.events);
  return status;
}

static MoeStatus
run_group (Runner *r, Group group)
{
  MoeStatus status = sample_routings (r, group);
  if (status == MOE_OK)
    status = run_rounds (r, group);
  if (status == MOE_OK)
    status = trace_points (r, group);
  for (size_t i = 0; i < group.n; i++)
    {
      if (status == MOE_OK && r->events->point_done != NULL)
        r->events->point_done (r->events->data, &r->plan->points[group.first + i]);
      moe_routing_clear (&r->routings[i]);
    }
  return status;
}

static Group
group_at (const MoePlan *plan, size_t first)
{
  Group group = { .first = first };
  while (first + group.n < plan->n_points
         && plan->points[first + group.n].group == plan->points[first].group)
    group.n++;
  return group;
}

static MoeStatus
check_groups (Runner *r)
{
  MoeStatus status = MOE_OK;
  enter_phase (r, MOE_RUN_PHASE_CHECK);
  for (size_t at = 0; status == MOE_OK && at < r->plan->n_points;)
    {
      Group group = group_at (r->plan, at);
      status = check_group (r, group);
      at += group.n;
    }
  return status;
}

static MoeStatus
open_backend (Runner *r)
{
  MoeProblem problem;
  enter_phase (r, MOE_RUN_PHASE_SETUP);
  moe_plan_problem (r->plan, &problem);
  MoeStatus status = r->backend->open (&problem, r->cancel, &r->state, r->error);
  r->work_done += setup_work (r);
  return status;
}

static MoeStatus
run_groups (Runner *r)
{
  MoeStatus status = MOE_OK;
  for (size_t at = 0; status == MOE_OK && at < r->plan->n_points;)
    {
      Group group = group_at (r->plan, at);
      status = run_group (r, group);
      at += group.n;
    }
  return status;
}

static MoeStatus
runner_prepare (Runner *r)
{
  size_t n = r->plan->n_points, largest = 0;
  for (size_t i = 0; i < n; i++)
    largest = moe_size_max (largest, group_at (r->plan, i).n);
  r->progress.samples_total = r->plan->options.iters * n;
  r->routings = calloc (moe_size_max (largest, 1), sizeof *r->routings);
  r->paces = calloc (moe_size_max (n, 1), sizeof *r->paces);
  if (r->routings == NULL || r->paces == NULL)
    return moe_error_set (r->error, MOE_ERROR_MEMORY, "There is no memory for %zu routings.",
                          largest);
  for (size_t i = 0; i < n; i++)
    {
      double step_s =
          r->calibration != NULL ? moe_forecast_step_s (&r->plan->points[i], r->calibration) : NAN;
      r->paces[i] = (Pace){ .fastest_s = INFINITY, .steps = moe_plan_steps (r->plan, step_s) };
    }
  r->work_total = setup_work (r) + planned_work (r);
  return MOE_OK;
}

MoeStatus
moe_run (const MoePlan *plan,
         const MoeBackend *backend,
         const MoeCalibration *calibration,
         const MoeClock *clock,
         const MoeCancel *cancel,
         const MoeRunEvents *events,
         MoeError *error)
{
  Runner r = { .plan = plan,
               .backend = backend,
               .calibration = calibration,
               .clock = clock,
               .cancel = cancel,
               .events = events,
               .anchor_s = NAN,
               .error = error };
  MoeStatus status = runner_prepare (&r);
  if (status == MOE_OK)
    status = check_groups (&r);
  if (status == MOE_OK)
    status = open_backend (&r);
  if (status == MOE_OK)
    status = run_groups (&r);
  if (status == MOE_OK)
    {
      r.work_done = r.work_total;
      enter_phase (&r, MOE_RUN_PHASE_DONE);
    }
  backend->close (r.state);
  free (r.routings);
  free (r.paces);
  return status;
}

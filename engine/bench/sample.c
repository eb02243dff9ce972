/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/sample.h"

#include "engine/base/words.h"
#include "engine/bench/verify.h"
#include "engine/machine/noise.h"

#include <math.h>
#include <stdlib.h>

double
moe_runner_step_work (const MoeSide *side, const MoePoint *point)
{
  return side->calibration != NULL ? moe_forecast_step_s (point, side->calibration)
                                   : moe_point_expected_flops (point);
}

/* --- progress --- */

/* Until settled, nobody knows how much is to be done: what the budget allows at most, or what three
 * starts take when they show what they should. */
static double
settling_fraction (MoeRunner *r)
{
  double spent = 0, credits = 0, points = 0;
  r->progress.settled = r->progress.to_settle = 0;
  for (size_t i = 0; i < r->n_groups; i++)
    {
      const MoeGroupRun *group = &r->groups[i];
      spent += group->over ? 1 : fmin (1, group->spent_s / r->options->budget_s);
      for (size_t at = 0; at < group->n; at++)
        {
          credits += group->over ? 1 : fmin (1, (double)group->credits[at] / (double)r->planned);
          r->progress.settled += group->settled[at];
        }
      points += (double)group->n;
    }
  r->progress.to_settle = (size_t)points;
  return fmax (spent / (double)r->n_groups, credits / points);
}

static void
foresee_settling (MoeRunner *r)
{
  MoeProgress *p = &r->progress;
  double spent_s = 0, left_s = 0;
  p->fraction = fmax (p->fraction, settling_fraction (r));
  for (size_t i = 0; i < r->n_groups; i++)
    {
      spent_s += r->groups[i].spent_s;
      if (!r->groups[i].over)
        left_s += fmax (0, r->options->budget_s - r->groups[i].spent_s);
    }
  p->remaining_s = p->fraction > 0 ? fmin (left_s, spent_s * (1 - p->fraction) / p->fraction) : NAN;
}

static void
foresee_samples (MoeRunner *r)
{
  MoeProgress *p = &r->progress;
  /* Where steps turn out quicker than was thought, samples have more of them, and work is added:
   * the bar waits then, and never goes back. */
  if (r->work_total > 0)
    p->fraction = fmax (p->fraction, fmin (r->work_done / r->work_total, 1));
  /* Once steps were timed, they tell how far the forecast is off. */
  double per_work = r->steps_work > 0                 ? r->steps_s / r->steps_work
                    : r->sides[0].calibration != NULL ? 1
                                                      : NAN;
  p->remaining_s = (r->work_total - r->work_done) * per_work;
}

static void
publish_progress (MoeRunner *r)
{
  if (r->options->until_settled)
    foresee_settling (r);
  else
    foresee_samples (r);
  if (r->progress.phase == MOE_RUN_PHASE_DONE)
    {
      r->progress.fraction = 1;
      r->progress.remaining_s = 0;
    }
  if (r->events->progress != NULL)
    r->events->progress (r->events->data, &r->progress);
}

void
moe_runner_enter_phase (MoeRunner *r, MoeRunPhase phase)
{
  r->progress.phase = phase;
  publish_progress (r);
}

MoeStatus
moe_runner_stop_if_cancelled (const MoeRunner *r)
{
  if (moe_cancel_requested (r->cancel))
    return moe_error_set (r->error, MOE_ERROR_CANCELLED, "The run was stopped.");
  return MOE_OK;
}

MoeStatus
moe_runner_refuse_mismatch (
    MoeRunner *r, const MoeSide *side, const char *what, double error, double tolerance)
{
  return moe_error_set (r->error, MOE_ERROR_MISMATCH,
                        "%s disagrees with the double-precision reference on %s: relative error "
                        "%.2g, allowed is %.2g; nothing it measures would mean anything.",
                        side->backend->title, moe_words (what), error, tolerance);
}

/* --- timing --- */

static MoeStatus
one_step (MoeRunner *r, const MoeSide *side, const MoePoint *point, MoeSample *sample)
{
  MoeStatus status = side->backend->forward (side->state, &sample->stages, &sample->loss, r->error);
  if (status == MOE_OK && point->block.choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    status = side->backend->backward (side->state, &sample->stages, r->error);
  return status;
}

/* The steps of one sample: the timed region.  Nothing in here allocates, logs or publishes. */
static MoeStatus
timed_steps (MoeRunner *r, const MoeSide *side, const MoePoint *point, MoeSample *sample)
{
  uint64_t start = moe_clock_now (r->clock);
  MoeStatus status = one_step (r, side, point, sample);
  for (size_t i = 1; status == MOE_OK && i < sample->steps; i++)
    {
      status = moe_runner_stop_if_cancelled (r);
      if (status == MOE_OK)
        status = one_step (r, side, point, sample);
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
  double others_s;
} Look;

static void
look (const MoeSide *side, Look *look)
{
  look->stolen_s = moe_noise_stolen_s ("");
  look->others_s = moe_noise_others_s ("");
  side->backend->usage (side->state, &look->usage);
}

static MoeStatus
timed_sample (MoeRunner *r, const MoeSide *side, const MoePoint *point, MoeSample *sample)
{
  Look before, after;
  sample->taken.anchor_s = r->anchor_s;
  if (side->backend->usage == NULL)
    return timed_steps (r, side, point, sample);
  look (side, &before);
  MoeStatus status = timed_steps (r, side, point, sample);
  double wall_s = sample->time_s * (double)sample->steps;
  side->backend->usage (side->state, &after.usage);
  after.stolen_s = moe_noise_stolen_s ("");
  after.others_s = moe_noise_others_s ("");
  moe_taken_between (&sample->taken, &before.usage, &after.usage, wall_s, sample->steps);
  sample->taken.stolen_s = (after.stolen_s - before.stolen_s) / (double)sample->steps;
  if (wall_s > 0)
    sample->taken.others = fmax (0, after.others_s - before.others_s) / wall_s;
  return status;
}

enum
{
  MOST_REFUSED = 10 /* samples in a row: a clock that jumps so often times nothing */
};
/* No sample lasts longer: a clock that was put back within it says hundreds of years. */
static const double LONGEST_S = 1e6;
/* What the readings of the threads' clocks may be off by, that lie a moment outside. */
static const double SLACK_S = 0.005, SLACK = 1.5;

/* Threads cannot have computed for longer than it lasted.  That the clock was put forward looks as
 * if others had taken the processors, which marks the sample. */
static bool
is_sound (const MoeSample *sample)
{
  double wall_s = sample->time_s * (double)sample->steps;
  double cpu_s = sample->taken.cpu_s * (double)sample->steps;
  bool sound = wall_s >= 0 && wall_s < LONGEST_S && !(cpu_s > SLACK * wall_s + SLACK_S);
  for (size_t stage = 0; stage < MOE_N_STAGES; stage++)
    sound = sound && sample->stages.time_s[stage] < LONGEST_S;
  return sound;
}

static MoeStatus
sound_sample (
    MoeRunner *r, const MoeSide *side, const MoePoint *point, MoeSample *sample, bool measured)
{
  const MoeSample fresh = *sample;
  for (int i = 0; i < MOST_REFUSED; i++)
    {
      *sample = fresh;
      MoeStatus status =
          measured ? timed_sample (r, side, point, sample) : timed_steps (r, side, point, sample);
      if (status != MOE_OK || is_sound (sample))
        return status;
      if (r->events->refused != NULL)
        r->events->refused (r->events->data, side->setup, point);
    }
  return moe_error_set (r->error, MOE_ERROR_UNSUPPORTED,
                        "This machine's monotonic clock jumped within each of %d samples in a row: "
                        "nothing can be timed with it.",
                        (int)MOST_REFUSED);
}

/* Where rounds are so short that it would take more than a tenth of the time, the last one stands
 * for several of them. */
MoeStatus
moe_runner_anchor (MoeRunner *r)
{
  const MoeSide *side = r->sides[0].state != NULL ? &r->sides[0] : &r->sides[r->n_sides - 1];
  uint64_t start = moe_clock_now (r->clock);
  if (side->backend->anchor == NULL || (double)(start - r->anchored_ns) < 9e9 * r->anchor_s)
    return MOE_OK;
  MoeStatus status = side->backend->anchor (side->state, r->error);
  r->anchored_ns = moe_clock_now (r->clock);
  r->anchor_s = r->anchored_ns >= start ? (double)(r->anchored_ns - start) / 1e9 : NAN;
  return status;
}

/* --- checking and counting --- */

static MoeStatus
verify_step (MoeRunner *r, const MoeSide *side, const MoePoint *point, const MoeRouting *routing)
{
  MoeVerifyResult result;
  /* A token in the middle, another one for each point. */
  size_t token = (routing->tokens / 2 + point->index) % routing->tokens;
  MoeVerification verification = {
    .setup = side->setup,
    .point = point->index,
    .tolerance = moe_verify_tolerance (point->block.choice[MOE_CHOICE_DTYPE], &point->block.shape)
  };
  MoeStatus status = moe_verify_spot (side->backend, side->state, &point->block, routing, token,
                                      &result, r->error);
  if (status != MOE_OK)
    return status;
  verification.max_relative_error = fmax (result.worst, side->check_error);
  if (isnan (result.worst))
    verification.max_relative_error = NAN;
  verification.passed = verification.max_relative_error <= verification.tolerance;
  if (r->events->verified != NULL)
    r->events->verified (r->events->data, &verification);
  if (!verification.passed)
    return moe_runner_refuse_mismatch (r, side, MOE_WORDS ("rows of a measured step"),
                                       verification.max_relative_error, verification.tolerance);
  return MOE_OK;
}

bool
moe_runner_lacks_samples (const MoeRunner *r, const MoePace *pace)
{
  return pace->good < r->quota && pace->samples < 2 * r->quota;
}

/* What brings the point nearer to its end is progress; a point that is given up is at it. */
static void
count_sample (
    MoeRunner *r, const MoeSide *side, const MoePoint *point, MoePace *pace, bool disturbed)
{
  bool lacked = moe_runner_lacks_samples (r, pace);
  size_t before = pace->good, done = !disturbed && lacked;
  pace->samples++;
  pace->good += !disturbed;
  if (lacked && !moe_runner_lacks_samples (r, pace))
    done = r->quota - before;
  r->progress.samples_done += done;
  r->work_done += (double)(done * pace->steps) * moe_runner_step_work (side, point);
}

static MoeStatus
count_steps (MoeRunner *r,
             const MoeSide *side,
             MoeGroupRun *group,
             const MoePoint *point,
             const MoeSample *sample,
             bool measured)
{
  MoePace *pace = &side->paces[point->index];
  bool disturbed = moe_taken_is_disturbed (&sample->taken);
  double work = (double)sample->steps * moe_runner_step_work (side, point);
  r->steps_work += work;
  r->steps_s += (double)sample->steps * sample->time_s;
  pace->pauses = r->pauses;
  if (!measured)
    {
      r->work_done += work;
      pace->fastest_s = fmin (pace->fastest_s, sample->time_s);
      return MOE_OK;
    }
  count_sample (r, side, point, pace, disturbed);
  if (group->settle == NULL)
    return MOE_OK;
  return moe_settle_add (group->settle, side->setup, point->index - group->first, &sample->taken,
                         sample->time_s, r->error);
}

/* Wait out a pause. */
static MoeStatus
wait_for_pause (MoeRunner *r)
{
  uint64_t start = moe_clock_now (r->clock);
  if (r->events->pause != NULL && r->events->pause (r->events->data))
    r->pauses++;
  r->held_ns += moe_clock_now (r->clock) - start;
  return moe_runner_stop_if_cancelled (r);
}

/* The first step after a pause is nobody's sample. */
static MoeStatus
warm_again (MoeRunner *r, const MoeSide *side, const MoePoint *point, MoePace *pace)
{
  MoeSample unused = { .point = point->index, .steps = 1 };
  if (pace->pauses == r->pauses)
    return MOE_OK;
  pace->pauses = r->pauses;
  return timed_steps (r, side, point, &unused);
}

static MoeStatus
prepare_point (MoeRunner *r, const MoeSide *side, const MoePoint *point, size_t at, bool measured)
{
  r->progress.setup = side->setup;
  r->progress.point = point->index;
  moe_runner_enter_phase (r, measured ? MOE_RUN_PHASE_MEASURE : MOE_RUN_PHASE_WARMUP);
  MoeStatus status = wait_for_pause (r);
  if (status == MOE_OK)
    status = side->backend->prepare (side->state, &point->block, &side->routings[at], r->error);
  if (status == MOE_OK && measured)
    status = warm_again (r, side, point, &side->paces[point->index]);
  return status;
}

MoeStatus
moe_runner_sample (MoeRunner *r, MoeSide *side, MoeGroupRun *group, size_t at, bool measured)
{
  const MoePoint *point = &side->plan->points[group->first + at];
  MoePace *pace = &side->paces[point->index];
  MoeSample sample = { .setup = side->setup,
                       .point = point->index,
                       .round = r->progress.round,
                       .steps = measured ? pace->steps : 1,
                       .taken = moe_taken_unknown () };
  sample.taken.start = (uint32_t)r->start;
  sample.taken.round = (uint32_t)sample.round;
  MoeStatus status = prepare_point (r, side, point, at, measured);
  if (status == MOE_OK)
    status = sound_sample (r, side, point, &sample, measured);
  if (status == MOE_OK && !pace->verified)
    status = verify_step (r, side, point, &side->routings[at]);
  if (status != MOE_OK)
    return status;
  pace->verified = true;
  status = count_steps (r, side, group, point, &sample, measured);
  if (measured && r->events->sample != NULL)
    r->events->sample (r->events->data, &sample);
  return status == MOE_OK ? moe_runner_stop_if_cancelled (r) : status;
}

enum
{
  MAX_TRACE_EVENTS = 200000 /* of one step: 8 MB */
};

static MoeStatus
trace_point (MoeRunner *r, const MoeSide *side, const MoePoint *point, size_t at, MoeTrace *trace)
{
  MoeSample sample = { .point = point->index, .steps = 1 };
  atomic_store (&trace->n, 0);
  MoeStatus status =
      side->backend->prepare (side->state, &point->block, &side->routings[at], r->error);
  if (status == MOE_OK)
    status = timed_steps (r, side, point, &sample);
  if (status == MOE_OK)
    r->events->traced (r->events->data, side->setup, point, trace);
  return status;
}

MoeStatus
moe_runner_trace (MoeRunner *r, MoeSide *side, const MoeGroupRun *group)
{
  MoeStatus status = MOE_OK;
  MoeTrace trace = { .capacity = MAX_TRACE_EVENTS };
  if (r->events->traced == NULL || side->backend->trace == NULL)
    return MOE_OK;
  trace.events = calloc (trace.capacity, sizeof *trace.events);
  if (trace.events == NULL)
    return moe_error_set (r->error, MOE_ERROR_MEMORY, "There is no memory for a trace.");
  side->backend->trace (side->state, &trace);
  for (size_t at = 0; status == MOE_OK && at < group->n; at++)
    status = trace_point (r, side, &side->plan->points[group->first + at], at, &trace);
  side->backend->trace (side->state, NULL);
  free (trace.events);
  return status;
}

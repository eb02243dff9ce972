/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a run: starts, in each of them the groups, in each of these rounds. */
#include "engine/bench/runner.h"

#include "engine/base/size.h"
#include "engine/base/words.h"
#include "engine/bench/facts.h"
#include "engine/bench/sample.h"
#include "engine/bench/verify.h"
#include "engine/draw/laws.h"
#include "engine/draw/sampling.h"
#include "engine/machine/lull.h"
#include "engine/machine/noise.h"
#include "engine/moe/capacity.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

enum
{
  MAX_STARTS = 100,
  ALTERNATE_ROUNDS = 8 /* of a start, where setups are not open together: it is starts that pair */
};

/* --- how much there is to do --- */

/* Steps that the points of all setups take, weighted; anew when a point's pace is found out. */
static double
planned_work (const MoeRunner *r)
{
  double work = 0;
  for (size_t s = 0; s < r->n_sides; s++)
    for (size_t i = 0; i < r->sides[s].plan->n_points; i++)
      {
        const MoeSide *side = &r->sides[s];
        double steps = (double)(r->planned * moe_plan_warmup (side->plan))
                       + (double)r->options->iters * (double)side->paces[i].steps;
        work += steps * moe_runner_step_work (side, &side->plan->points[i]);
      }
  return work;
}

static double
setup_work (const MoeSide *side, size_t first, size_t n)
{
  MoeProblem problem;
  MoeMemoryNeed need;
  moe_plan_problem (side->plan, first, n, &problem);
  if (side->calibration == NULL || side->backend->memory (&problem, &need, NULL) != MOE_OK)
    return 0;
  return (double)need.total_bytes / side->calibration->touch_bytes_per_s;
}

/* --- checking small blocks --- */

/* A multiple of the shards, so that they can still share it evenly. */
static size_t
shrink_size (size_t size, size_t small, size_t shards)
{
  if (size <= small)
    return size;
  size_t multiple = small / shards * shards;
  return multiple > 0 ? multiple : shards;
}

/* As wide as it is, but for the reference not too wide, and not so narrow that what it computes are
 * sums of few terms, which may cancel: then by a whole number of vectors wider. */
static size_t
check_width (size_t width, size_t most)
{
  enum
  {
    LEAST = 24,
    VECTORS = 32
  };
  return width < LEAST ? width + VECTORS : moe_size_min (width, most);
}

/* With fewer experts there are still enough of both kinds for a token. */
static void
fit_hot_experts (MoeRoutingSpec *routing)
{
  size_t least = moe_law_most_slots (routing->topk, routing->hot_share);
  size_t most = routing->experts - moe_law_most_slots (routing->topk, 1.0 - routing->hot_share);
  routing->hot_experts = moe_size_max (least, moe_size_min (most, routing->hot_experts));
}

/* So that there are several, of which experts have unlike numbers. */
static void
fit_tile (MoeRoutingSpec *routing)
{
  double rows = (double)routing->tokens * (double)routing->topk * (1.0 - routing->null_target);
  size_t most = moe_size_min (routing->tokens / 8, (size_t)rows / 4);
  routing->tile = moe_size_max (1, moe_size_min (routing->tile, most));
}

/* A block like the point's, small enough for the reference. */
static void
shrink_point (const MoeSide *side, const MoePoint *point, MoeBlock *block, MoeRoutingSpec *routing)
{
  size_t shards = moe_size_max (1, point->block.ep_size);
  *block = point->block;
  *routing = point->routing;
  block->shape.tokens = shrink_size (block->shape.tokens, 96, shards);
  block->shape.hidden = check_width (block->shape.hidden, 72);
  block->shape.mlp_dim = check_width (block->shape.mlp_dim, 40);
  if (block->shape.shared_dim > 0)
    block->shape.shared_dim = check_width (block->shape.shared_dim, 40);
  block->shape.experts =
      shrink_size (block->shape.experts, moe_size_max (8, block->topk + shards), shards);
  if (block->choice[MOE_CHOICE_CAPACITY_POLICY] != MOE_CAPACITY_NONE)
    block->capacity = moe_capacity_rows (side->plan->options.capacity_factor, block->shape.tokens,
                                         block->topk, block->shape.experts);
  routing->tokens = block->shape.tokens;
  routing->experts = block->shape.experts;
  if (moe_distribution_is_given (routing->distribution))
    routing->distribution = MOE_DISTRIBUTION_RANDOM;
  if (routing->distribution == MOE_DISTRIBUTION_HOT)
    fit_hot_experts (routing);
  if (routing->k_rule == MOE_K_RULE_TOKEN_ROUNDING)
    fit_tile (routing);
}

/* Every kind of point agrees with the reference on a small block before anything is measured:
 * without nulls and with the group's largest fraction. */
static MoeStatus
check_point (MoeRunner *r, MoeSide *side, const MoePoint *point)
{
  MoeBlock block;
  MoeRoutingSpec routing;
  MoeVerifyResult result;
  shrink_point (side, point, &block, &routing);
  double tolerance = moe_verify_tolerance (block.choice[MOE_CHOICE_DTYPE], &block.shape);
  MoeStatus status =
      moe_verify_block (side->backend, side->plan->device, &block, &routing,
                        side->plan->options.seed, side->plan->threads, &result, r->error);
  if (status != MOE_OK)
    return status;
  if (!(result.worst <= tolerance))
    return moe_runner_refuse_mismatch (r, side, MOE_WORDS ("a small block"), result.worst,
                                       tolerance);
  side->check_error = fmax (side->check_error, result.worst);
  return MOE_OK;
}

static MoeStatus
check_group (MoeRunner *r, MoeSide *side, const MoeGroupRun *group)
{
  const MoePoint *points = &side->plan->points[group->first];
  MoeStatus status = check_point (r, side, &points[0]);
  if (status == MOE_OK && group->n > 1)
    status = check_point (r, side, &points[group->n - 1]);
  return status == MOE_OK ? moe_runner_stop_if_cancelled (r) : status;
}

static MoeStatus
check_groups (MoeRunner *r)
{
  MoeStatus status = MOE_OK;
  moe_runner_enter_phase (r, MOE_RUN_PHASE_CHECK);
  for (size_t s = 0; s < r->n_sides; s++)
    for (size_t g = 0; status == MOE_OK && g < r->n_groups; g++)
      status = check_group (r, &r->sides[s], &r->groups[g]);
  return status;
}

/* --- a round --- */

/* All points do in the rounds that were asked for; in those that are added, the ones that still
 * lack samples, and f = 0, so that there are pairs. */
static bool
takes_part (const MoeRunner *r, const MoeGroupRun *group, size_t at)
{
  if ((int)at == group->base)
    return true;
  if (group->settle != NULL)
    return r->alternate || group->wants[at];
  for (size_t s = 0; s < r->n_sides; s++)
    if (r->sides[s].state != NULL
        && moe_runner_lacks_samples (r, &r->sides[s].paces[group->first + at]))
      return true;
  return false;
}

/* One sample of a point, of each setup that is open, in the one order or the other. */
static MoeStatus
run_point (MoeRunner *r, MoeGroupRun *group, size_t at, bool backwards, bool measured)
{
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < r->n_sides; i++)
    {
      MoeSide *side = &r->sides[backwards ? r->n_sides - 1 - i : i];
      if (side->state != NULL)
        status = moe_runner_sample (r, side, group, at, measured);
    }
  return status;
}

/* Rounds interleave the points, so that drift of the machine hits all alike; every other round
 * runs backwards, so that none always follows the same neighbour. */
static MoeStatus
run_round (MoeRunner *r, MoeGroupRun *group, bool measured)
{
  bool backwards = group->turns++ % 2 == 1;
  uint64_t start = moe_clock_now (r->clock), held_ns = r->held_ns;
  MoeStatus status = measured ? moe_runner_anchor (r) : MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < group->n; i++)
    {
      size_t at = backwards ? group->n - 1 - i : i;
      if (!measured || takes_part (r, group, at))
        status = run_point (r, group, at, backwards, measured);
    }
  uint64_t held = r->held_ns - held_ns, now = moe_clock_now (r->clock);
  if (now > start + held) /* else it was put back meanwhile */
    group->spent_s += 1e-9 * (double)(now - start - held);
  return status;
}

/* --- a block --- */

/* After a round: which points want more in this start, and which are known for good. */
static void
judge_points (MoeRunner *r, MoeGroupRun *group)
{
  double precision = r->options->precision;
  for (size_t at = 0; group->settle != NULL && at < group->n; at++)
    {
      size_t n;
      double all = moe_settle_half_width (group->settle, at, MOE_SETTLE_ALL_STARTS, &n);
      bool enough = r->start + 1 >= r->planned;
      group->settled[at] = enough && n > 0 && all <= precision;
      /* This start alone, were there as many like it as there are to be. */
      double own = moe_settle_half_width (group->settle, at, (int64_t)r->start, &n);
      bool known = own <= precision * sqrt ((double)r->planned)
                   || (r->start >= r->planned && group->settled[at]);
      group->wants[at] = n < MOE_PLAN_LEAST_ROUNDS || !known;
    }
}

static bool
any_wants (const MoeGroupRun *group)
{
  for (size_t at = 0; at < group->n; at++)
    if (group->wants[at])
      return true;
  return false;
}

static bool
any_lacks (const MoeRunner *r, const MoeGroupRun *group)
{
  for (size_t s = 0; s < r->n_sides; s++)
    for (size_t at = 0; r->sides[s].state != NULL && at < group->n; at++)
      if (moe_runner_lacks_samples (r, &r->sides[s].paces[group->first + at]))
        return true;
  return false;
}

/* Another round of the present block?  `spent_s`: what the group had spent before it. */
static bool
goes_on (const MoeRunner *r, const MoeGroupRun *group, size_t rounds, double spent_s)
{
  double budget_s = r->options->budget_s;
  if (group->settle == NULL)
    return any_lacks (r, group);
  if (rounds == 0)
    return true;
  if (r->alternate)
    return rounds < ALTERNATE_ROUNDS;
  return group->spent_s < budget_s
         && group->spent_s - spent_s < budget_s / (double)moe_size_max (r->planned, 1)
         && any_wants (group);
}

/* The points are warm: from now on their samples have as many steps as they need, in all starts. */
static void
fix_paces (MoeRunner *r, const MoeGroupRun *group)
{
  double before = planned_work (r);
  for (size_t s = 0; s < r->n_sides; s++)
    for (size_t at = 0; r->sides[s].state != NULL && at < group->n; at++)
      {
        MoePace *pace = &r->sides[s].paces[group->first + at];
        double step_s = isinf (pace->fastest_s) ? NAN : pace->fastest_s;
        pace->steps = moe_plan_steps (r->sides[s].plan, step_s);
      }
  r->work_total += planned_work (r) - before;
}

static MoeStatus
warm_up (MoeRunner *r, MoeGroupRun *group)
{
  size_t rounds = moe_plan_warmup (r->sides[0].plan);
  MoeStatus status = MOE_OK;
  r->progress.round = 0;
  for (size_t round = 0; status == MOE_OK && round < rounds; round++)
    status = run_round (r, group, false);
  if (r->start == 0)
    fix_paces (r, group);
  return status;
}

static MoeStatus
run_rounds (MoeRunner *r, MoeGroupRun *group)
{
  double spent_s = group->spent_s;
  size_t rounds = 0;
  for (size_t at = 0; group->settle != NULL && at < group->n; at++)
    group->wants[at] = !group->settled[at] || r->start < r->planned;
  MoeStatus status = warm_up (r, group);
  while (status == MOE_OK && goes_on (r, group, rounds, spent_s))
    {
      r->progress.round = group->first_round + rounds++;
      status = run_round (r, group, true);
      if (status == MOE_OK)
        judge_points (r, group);
    }
  group->next_round = moe_size_max (group->next_round, group->first_round + rounds);
  return status;
}

/* What it shows is published in the first start. */
static MoeStatus
sample_routing (
    MoeRunner *r, const MoeSide *side, const MoePoint *point, size_t *counts, MoeRouting *routing)
{
  MoePointFacts facts;
  bool publish = r->start == 0;
  MoeStatus status = moe_routing_sample (&point->routing, routing, r->error);
  if (status == MOE_OK && publish)
    status = moe_point_facts (point, &side->plan->options, routing, counts, &facts, r->error);
  facts.setup = side->setup;
  if (status == MOE_OK && publish && r->events->point != NULL)
    r->events->point (r->events->data, point, &facts);
  return status == MOE_OK ? moe_runner_stop_if_cancelled (r) : status;
}

static MoeStatus
sample_routings (MoeRunner *r, MoeSide *side, const MoeGroupRun *group)
{
  const MoePoint *points = side->plan->points + group->first; /* of one shape */
  size_t *counts = calloc (points->block.shape.experts, sizeof *counts);
  MoeStatus status = MOE_OK;
  if (counts == NULL)
    return moe_error_set (r->error, MOE_ERROR_MEMORY, "There is no memory for load statistics.");
  for (size_t at = 0; status == MOE_OK && at < group->n; at++)
    status = sample_routing (r, side, &points[at], counts, &side->routings[at]);
  free (counts);
  return status;
}

/* Is a group over when its rounds of the present start are?  Until settled, a further start is made
 * only for what it is needed for, and while there is time. */
static bool
is_over (const MoeRunner *r, const MoeGroupRun *group)
{
  size_t settled = 0;
  if (group->settle == NULL || r->options->starts > 0)
    return r->start + 1 == r->planned
           || (group->settle != NULL && group->spent_s >= r->options->budget_s);
  for (size_t at = 0; at < group->n; at++)
    settled += group->settled[at];
  return settled == group->n || group->spent_s >= r->options->budget_s
         || r->start + 1 == MAX_STARTS;
}

/* Setups that take turns are traced where it is known that no other chance comes. */
static MoeStatus
trace_block (MoeRunner *r, const MoeGroupRun *group, bool last)
{
  MoeStatus status = MOE_OK;
  for (size_t s = 0; last && s < r->n_sides; s++)
    if (status == MOE_OK && r->sides[s].state != NULL)
      status = moe_runner_trace (r, &r->sides[s], group);
  return status;
}

static void
end_group (MoeRunner *r, MoeGroupRun *group)
{
  group->over = true;
  for (size_t s = 0; s < r->n_sides && r->events->point_done != NULL; s++)
    for (size_t at = 0; at < group->n; at++)
      r->events->point_done (r->events->data, s, &r->sides[s].plan->points[group->first + at]);
}

static void
reset_paces (MoeRunner *r, const MoeGroupRun *group)
{
  for (size_t s = 0; s < r->n_sides; s++)
    for (size_t at = 0; at < group->n; at++)
      {
        MoePace *pace = &r->sides[s].paces[group->first + at];
        pace->samples = pace->good = 0;
      }
}

/* The rounds of a group in the present start, of the setups that are open. */
static MoeStatus
run_block (MoeRunner *r, MoeGroupRun *group)
{
  MoeStatus status = MOE_OK;
  reset_paces (r, group);
  for (size_t s = 0; s < r->n_sides; s++)
    if (status == MOE_OK && r->sides[s].state != NULL)
      {
        status = sample_routings (r, &r->sides[s], group);
        r->sides[s].backend->poison (r->sides[s].state);
      }
  if (status == MOE_OK)
    status = run_rounds (r, group);
  if (status == MOE_OK)
    status = trace_block (r, group, r->alternate ? r->start + 1 == r->planned : is_over (r, group));
  for (size_t s = 0; s < r->n_sides; s++)
    for (size_t at = 0; at < group->n; at++)
      moe_routing_clear (&r->sides[s].routings[at]);
  return status;
}

static void
end_block (MoeRunner *r, MoeGroupRun *group)
{
  for (size_t at = 0; group->settle != NULL && at < group->n; at++)
    group->credits[at] += !group->wants[at];
  group->first_round = group->next_round;
  if (is_over (r, group))
    end_group (r, group);
}

/* --- a start --- */

/* Groups that are measured in one opening of each setup. */
typedef struct Opening
{
  size_t first_group;
  size_t end_group;
  size_t first; /* points */
  size_t n;
} Opening;

/* From a group on, as many as have one shape in each setup. */
static Opening
opening_at (const MoeRunner *r, size_t group)
{
  Opening opening = {
    .first_group = group, .end_group = group, .first = r->groups[group].first, .n = SIZE_MAX
  };
  for (size_t s = 0; s < r->n_sides; s++)
    opening.n =
        moe_size_min (opening.n, moe_plan_opening (r->sides[s].plan, r->groups[group].first));
  while (opening.end_group < r->n_groups
         && r->groups[opening.end_group].first < opening.first + opening.n)
    opening.end_group++;
  return opening;
}

static MoeStatus
open_side (MoeRunner *r, MoeSide *side, const Opening *opening)
{
  MoeProblem problem;
  r->progress.setup = side->setup;
  moe_runner_enter_phase (r, MOE_RUN_PHASE_SETUP);
  moe_plan_problem (side->plan, opening->first, opening->n, &problem);
  MoeStatus status = side->backend->open (&problem, r->cancel, &side->state, r->error);
  r->work_done += setup_work (side, opening->first, opening->n);
  r->anchor_s = NAN;
  return status;
}

static void
close_sides (MoeRunner *r)
{
  for (size_t s = 0; s < r->n_sides; s++)
    {
      r->sides[s].backend->close (r->sides[s].state);
      r->sides[s].state = NULL;
    }
}

/* Before the first sample.  Really waits, whatever the run's clock says. */
static MoeStatus
wait_until_quiet (MoeRunner *r)
{
  MoeLull lull = { 0 };
  const struct timespec look = { .tv_nsec = (long)(MOE_LULL_LOOK_S * 1e9) };
  double begun_s = 1e-9 * (double)moe_now_ns (), then_s = begun_s,
         others_s = moe_noise_others_s ("");
  bool waits = r->start == 0 && !r->waited && r->options->wait_quiet_s > 0;
  r->waited = true;
  while (waits && moe_runner_stop_if_cancelled (r) == MOE_OK)
    {
      nanosleep (&look, NULL);
      double now_s = 1e-9 * (double)moe_now_ns (), since_s = others_s;
      others_s = moe_noise_others_s ("");
      begun_s -= fmax (0, then_s - now_s); /* a clock that was put back makes nobody wait longer */
      waits = moe_lull_wait_on (&lull, (others_s - since_s) / (now_s - then_s))
              && now_s - begun_s < r->options->wait_quiet_s;
      then_s = now_s;
      if (waits)
        moe_runner_enter_phase (r, MOE_RUN_PHASE_QUIET);
    }
  return moe_runner_stop_if_cancelled (r);
}

static MoeStatus
run_blocks (MoeRunner *r, const Opening *opening)
{
  MoeStatus status = MOE_OK;
  for (size_t g = opening->first_group; status == MOE_OK && g < opening->end_group; g++)
    if (!r->groups[g].over)
      {
        status = run_block (r, &r->groups[g]);
        if (status == MOE_OK && !r->alternate)
          end_block (r, &r->groups[g]);
      }
  return status;
}

static MoeStatus
open_together (MoeRunner *r, const Opening *opening)
{
  MoeStatus status = MOE_OK;
  for (size_t s = 0; status == MOE_OK && s < r->n_sides; s++)
    status = open_side (r, &r->sides[s], opening);
  if (status == MOE_OK)
    status = wait_until_quiet (r);
  if (status == MOE_OK)
    status = run_blocks (r, opening);
  close_sides (r);
  return status;
}

/* One after the other, in the one order or the other, with the same numbers of rounds. */
static MoeStatus
open_alternately (MoeRunner *r, const Opening *opening)
{
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < r->n_sides; i++)
    {
      status = open_side (r, &r->sides[r->start % 2 == 0 ? i : r->n_sides - 1 - i], opening);
      if (status == MOE_OK && i == 0)
        status = wait_until_quiet (r);
      if (status == MOE_OK)
        status = run_blocks (r, opening);
      close_sides (r);
    }
  for (size_t g = opening->first_group; status == MOE_OK && g < opening->end_group; g++)
    if (!r->groups[g].over)
      end_block (r, &r->groups[g]);
  return status;
}

static bool
is_wanted (const MoeRunner *r, const Opening *opening)
{
  for (size_t g = opening->first_group; g < opening->end_group; g++)
    if (!r->groups[g].over)
      return true;
  return false;
}

/* Every shape is opened once in a start, where anything of it is left to measure. */
static MoeStatus
run_start (MoeRunner *r)
{
  MoeStatus status = MOE_OK;
  for (size_t g = 0; status == MOE_OK && g < r->n_groups;)
    {
      const Opening opening = opening_at (r, g);
      if (is_wanted (r, &opening))
        status = r->alternate ? open_alternately (r, &opening) : open_together (r, &opening);
      g = opening.end_group;
    }
  return status;
}

static bool
all_over (const MoeRunner *r)
{
  for (size_t g = 0; g < r->n_groups; g++)
    if (!r->groups[g].over)
      return false;
  return true;
}

static MoeStatus
run_starts (MoeRunner *r)
{
  MoeStatus status = MOE_OK;
  for (r->start = 0; status == MOE_OK && !all_over (r); r->start++)
    {
      r->quota = r->options->until_settled ? 0 : moe_plan_quota (r->sides[0].plan, r->start);
      status = run_start (r);
    }
  return status;
}

/* --- the run --- */

static MoeStatus
refuse_memory (MoeRunner *r)
{
  return moe_error_set (r->error, MOE_ERROR_MEMORY, "There is no memory for a run of %zu points.",
                        r->sides[0].plan->n_points);
}

static size_t
group_length (const MoePlan *plan, size_t first)
{
  size_t n = 1;
  while (first + n < plan->n_points && plan->points[first + n].group == plan->points[first].group)
    n++;
  return n;
}

static int
base_of (const MoePoint *points, size_t n)
{
  for (size_t at = 0; at < n; at++)
    if (points[at].routing.null_target == 0.0)
      return (int)at;
  return MOE_SETTLE_NO_BASE;
}

static MoeStatus
prepare_group (MoeRunner *r, size_t first, MoeGroupRun *group)
{
  const MoePlan *plan = r->sides[0].plan;
  size_t n = group_length (plan, first);
  int base = base_of (&plan->points[first], n);
  *group = (MoeGroupRun){ .first = first, .n = n, .base = base };
  if (!r->options->until_settled)
    return MOE_OK;
  group->wants = calloc (n, sizeof *group->wants);
  group->settled = calloc (n, sizeof *group->settled);
  group->credits = calloc (n, sizeof *group->credits);
  if (group->wants == NULL || group->settled == NULL || group->credits == NULL)
    return refuse_memory (r);
  return moe_settle_new (n, r->n_sides, base, &group->settle, r->error);
}

/* In the order of the plan. */
static MoeStatus
prepare_groups (MoeRunner *r)
{
  const MoePlan *plan = r->sides[0].plan;
  MoeStatus status = MOE_OK;
  r->groups = calloc (moe_size_max (plan->n_points, 1), sizeof *r->groups);
  if (r->groups == NULL)
    return refuse_memory (r);
  for (size_t first = 0; status == MOE_OK && first < plan->n_points;
       first += r->groups[r->n_groups - 1].n)
    status = prepare_group (r, first, &r->groups[r->n_groups++]);
  return status;
}

static MoeStatus
prepare_side (MoeRunner *r, MoeSide *side)
{
  size_t n = side->plan->n_points, largest = 1;
  for (size_t g = 0; g < r->n_groups; g++)
    largest = moe_size_max (largest, r->groups[g].n);
  side->routings = calloc (largest, sizeof *side->routings);
  side->paces = calloc (moe_size_max (n, 1), sizeof *side->paces);
  if (side->routings == NULL || side->paces == NULL)
    return refuse_memory (r);
  for (size_t i = 0; i < n; i++)
    {
      double step_s = side->calibration != NULL
                          ? moe_forecast_step_s (&side->plan->points[i], side->calibration)
                          : NAN;
      side->paces[i] =
          (MoePace){ .fastest_s = INFINITY, .steps = moe_plan_steps (side->plan, step_s) };
    }
  for (size_t first = 0; first < n; first += moe_plan_opening (side->plan, first))
    r->work_total +=
        (double)r->planned * setup_work (side, first, moe_plan_opening (side->plan, first));
  return MOE_OK;
}

static MoeStatus
prepare_run (MoeRunner *r)
{
  MoeStatus status = prepare_groups (r);
  for (size_t s = 0; status == MOE_OK && s < r->n_sides; s++)
    status = prepare_side (r, &r->sides[s]);
  if (status != MOE_OK)
    return status;
  r->work_total += planned_work (r);
  if (!r->options->until_settled)
    r->progress.samples_total = r->options->iters * r->sides[0].plan->n_points * r->n_sides;
  return MOE_OK;
}

static void
clear_run (MoeRunner *r)
{
  for (size_t g = 0; g < r->n_groups; g++)
    {
      moe_settle_free (r->groups[g].settle);
      free (r->groups[g].wants);
      free (r->groups[g].settled);
      free (r->groups[g].credits);
    }
  for (size_t s = 0; s < r->n_sides; s++)
    {
      free (r->sides[s].routings);
      free (r->sides[s].paces);
    }
  free (r->groups);
}

/* Points of two setups are compared place by place. */
MoeStatus
moe_run_check_setups (const MoeSetup *setups, size_t n, MoeError *error)
{
  if (n < 1 || n > MOE_MAX_SETUPS)
    return moe_error_set (error, MOE_ERROR_INVALID, "A run has one setup or two, not %zu.", n);
  if (n == 1)
    return MOE_OK;
  const MoePlan *a = setups[0].plan, *b = setups[1].plan;
  if (a->n_groups != b->n_groups)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "versus",
                                 "--versus must leave the number of curves alone: the first setup "
                                 "has %zu, the second %zu.",
                                 a->n_groups, b->n_groups);
  for (size_t i = 0; i < a->n_points; i += group_length (a, i))
    if (i >= b->n_points || group_length (a, i) != group_length (b, i))
      return moe_error_set_option (
          error, MOE_ERROR_INVALID, "versus",
          "--versus must leave the number of null fractions alone: a curve of the first setup has "
          "%zu, the second's %zu.",
          group_length (a, i), i < b->n_points ? group_length (b, i) : 0);
  return MOE_OK;
}

MoeStatus
moe_run_setups (const MoeSetup *setups,
                size_t n,
                bool alternate,
                const MoeClock *clock,
                const MoeCancel *cancel,
                const MoeRunEvents *events,
                MoeError *error)
{
  MoeStatus status = moe_run_check_setups (setups, n, error);
  if (status != MOE_OK)
    return status;
  MoeRunner r = { .n_sides = n,
                  .alternate = alternate && n > 1,
                  .options = &setups[0].plan->options,
                  .clock = clock,
                  .cancel = cancel,
                  .events = events,
                  .error = error,
                  .anchor_s = NAN };
  for (size_t s = 0; s < n; s++)
    r.sides[s] = (MoeSide){ .setup = s,
                            .plan = setups[s].plan,
                            .backend = setups[s].backend,
                            .calibration = setups[s].calibration };
  r.planned = moe_plan_starts (setups[0].plan);
  status = prepare_run (&r);
  if (status == MOE_OK)
    status = check_groups (&r);
  if (status == MOE_OK)
    status = run_starts (&r);
  if (status == MOE_OK)
    {
      r.work_done = r.work_total;
      moe_runner_enter_phase (&r, MOE_RUN_PHASE_DONE);
    }
  clear_run (&r);
  return status;
}

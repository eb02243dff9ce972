/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/size.h"
#include "engine/base/team.h"
#include "engine/moe/flops.h"

static size_t
choices_in (const MoeChoiceSet *set)
{
  size_t n = 0;
  for (size_t i = 0; i < sizeof set->has / sizeof set->has[0]; i++)
    n += set->has[i];
  return n;
}

static MoeBlock
block_of (const MoeOptions *options, size_t topk, MoeImpl impl, MoeQueueMode queue_mode)
{
  return (MoeBlock){
    .shape = options->shape,
    .topk = topk,
    .dtype = options->dtype,
    .pass = options->pass,
    .grouping = options->grouping,
    .impl = impl,
    .null_dispatch = options->null_dispatch,
    .queue_mode = queue_mode,
    .remat_mode = options->remat_mode,
  };
}

static MoeRoutingSpec
routing_of (const MoeOptions *options, size_t topk, MoeDistribution distribution, double fraction)
{
  return (MoeRoutingSpec){
    .tokens = options->shape.tokens,
    .experts = options->shape.experts,
    .topk = topk,
    .distribution = distribution,
    .null_mode = options->null_routing_mode,
    .null_target = fraction,
    .null_experts = options->null_experts,
    .renormalize = options->renormalize_real_after_null,
    .seed = options->seed,
    .null_seed = options->null_route_seed,
  };
}

/* Append the points of one group, one for each fraction. */
static void
add_group (MoePlan *plan, const MoeBlock *block, MoeDistribution distribution)
{
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  size_t n = moe_options_fractions (&plan->options, fractions);
  for (size_t i = 0; i < n; i++)
    {
      plan->points[plan->n_points] = (MoePoint){
        .index = plan->n_points,
        .group = plan->n_groups,
        .block = *block,
        .routing = routing_of (&plan->options, block->topk, distribution, fractions[i]),
      };
      plan->n_points++;
    }
  plan->n_groups++;
}

static void
add_topks (MoePlan *plan, MoeDistribution distribution, MoeImpl impl, MoeQueueMode queue_mode)
{
  size_t topks[MOE_OPTIONS_MAX_LIST];
  size_t n = moe_options_topks (&plan->options, topks);
  for (size_t i = 0; i < n; i++)
    {
      MoeBlock block = block_of (&plan->options, topks[i], impl, queue_mode);
      add_group (plan, &block, distribution);
    }
}

static void
fill_points (MoePlan *plan)
{
  const MoeOptions *options = &plan->options;
  for (size_t d = 0; d < moe_distribution_names.n; d++)
    for (size_t i = 0; options->distributions.has[d] && i < moe_impl_names.n; i++)
      for (size_t q = 0; options->impls.has[i] && q < moe_queue_mode_names.n; q++)
        if (options->queue_modes.has[q])
          add_topks (plan, (MoeDistribution)d, (MoeImpl)i, (MoeQueueMode)q);
}

MoeStatus
moe_plan_new (const MoeOptions *options, MoePlan *plan, MoeError *error)
{
  size_t topks[MOE_OPTIONS_MAX_LIST];
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  memset (plan, 0, sizeof *plan);
  MoeStatus status = moe_options_validate (options, error);
  if (status != MOE_OK)
    return status;

  size_t capacity = choices_in (&options->distributions) * choices_in (&options->impls)
                    * choices_in (&options->queue_modes) * moe_options_topks (options, topks)
                    * moe_options_fractions (options, fractions);
  plan->points = calloc (capacity, sizeof *plan->points);
  if (plan->points == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for a plan of %zu points.",
                          capacity);
  plan->options = *options;
  plan->threads =
      options->threads > 0 ? options->threads : moe_size_min (moe_team_default_size (), 1024);
  fill_points (plan);
  return MOE_OK;
}

void
moe_plan_clear (MoePlan *plan)
{
  free (plan->points);
  memset (plan, 0, sizeof *plan);
}

MoeStatus
moe_plan_copy (const MoePlan *plan, MoePlan *copy, MoeError *error)
{
  *copy = *plan;
  copy->points = NULL;
  if (plan->n_points == 0)
    return MOE_OK;
  copy->points = calloc (plan->n_points, sizeof *copy->points);
  if (copy->points == NULL)
    {
      memset (copy, 0, sizeof *copy);
      return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for a plan of %zu points.",
                            plan->n_points);
    }
  memcpy (copy->points, plan->points, plan->n_points * sizeof *copy->points);
  return MOE_OK;
}

/* Variance of the number of real slots of one token. */
static double
kept_variance (const MoeRoutingSpec *routing)
{
  double k = (double)routing->topk, f = routing->null_target;
  if (routing->null_mode == MOE_NULL_MODE_INDEPENDENT)
    return k * f * (1.0 - f);
  /* A prefix is kept; whatever its law, a number in 0 .. k varies by at most k^2 / 4. */
  return k * k / 4.0;
}

/* Rows that a point may need: the expectation plus six standard deviations, at most all slots. */
static size_t
rows_bound (const MoePoint *point)
{
  const MoeRoutingSpec *routing = &point->routing;
  size_t slots = routing->tokens * routing->topk;
  if (point->block.null_dispatch == MOE_NULL_DISPATCH_CARRY || routing->null_target == 0.0)
    return slots;
  double mean = (double)slots * (1.0 - routing->null_target);
  double deviation = sqrt ((double)routing->tokens * kept_variance (routing));
  /* A few rows more, since few slots have a longer tail than their deviation tells. */
  double bound = ceil (mean + 6.0 * deviation) + 64.0;
  return bound < (double)slots ? (size_t)bound : slots;
}

void
moe_plan_problem (const MoePlan *plan, MoeProblem *problem)
{
  *problem = (MoeProblem){
    .shape = plan->options.shape,
    .dtype = plan->options.dtype,
    .pass = plan->options.pass,
    .null_dispatch = plan->options.null_dispatch,
    .remat_mode = plan->options.remat_mode,
    .seed = plan->options.seed,
    .threads = plan->threads,
  };
  for (size_t i = 0; i < plan->n_points; i++)
    {
      const MoePoint *point = &plan->points[i];
      problem->max_topk = moe_size_max (problem->max_topk, point->block.topk);
      problem->max_rows = moe_size_max (problem->max_rows, rows_bound (point));
    }
}

double
moe_point_expected_flops (const MoePoint *point)
{
  double slots = (double)point->routing.tokens * (double)point->routing.topk;
  return moe_flops (&point->block.shape, point->block.pass,
                    slots * (1.0 - point->routing.null_target));
}

size_t
moe_plan_warmup (const MoePlan *plan)
{
  size_t least = plan->options.min_sample_time_s > 0 ? 1 : 0;
  return moe_size_max (plan->options.warmup, least);
}

size_t
moe_plan_steps (const MoePlan *plan, double step_s)
{
  double wanted_s = plan->options.min_sample_time_s;
  if (!(wanted_s > 0) || isnan (step_s))
    return 1;
  /* Quotients that are whole but for rounding stay whole. */
  double steps = ceil (wanted_s / step_s * (1 - 1e-9));
  if (!(steps < MOE_PLAN_MAX_STEPS))
    return MOE_PLAN_MAX_STEPS;
  return steps > 1 ? (size_t)steps : 1;
}

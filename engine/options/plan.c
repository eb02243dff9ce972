/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/options/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/size.h"
#include "engine/draw/k-rules.h"
#include "engine/draw/laws.h"
#include "engine/draw/null-slots.h"
#include "engine/moe/capacity.h"
#include "engine/moe/flops.h"
#include "engine/options/sweep-axis.h"
#include "engine/threads/team.h"

static size_t
capacity_of (const MoeOptions *options, size_t topk)
{
  if (options->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE)
    return 0;
  return moe_capacity_rows (options->capacity_factor, options->shape.tokens, topk,
                            options->shape.experts);
}

/* `chosen` has one value for each choice; `options` are those of one shape, here and below. */
static MoeBlock
block_of (const MoeOptions *options,
          size_t shards,
          size_t topk,
          const uint8_t chosen[MOE_N_CHOICES])
{
  MoeBlock block = {
    .shape = options->shape,
    .topk = topk,
    .capacity = capacity_of (options, topk),
    .ep_size = shards,
  };
  for (int c = 0; c < MOE_N_CHOICES; c++)
    if (moe_choices[c].scope != MOE_SCOPE_ROUTING)
      block.choice[c] = chosen[c];
  return block;
}

static MoeRoutingSpec
routing_of (const MoeOptions *options,
            const MoeGiven *given,
            size_t topk,
            const uint8_t chosen[MOE_N_CHOICES],
            double fraction)
{
  return (MoeRoutingSpec){
    .tokens = options->shape.tokens,
    .experts = options->shape.experts,
    .topk = topk,
    .distribution = (MoeDistribution)chosen[MOE_CHOICE_DISTRIBUTION],
    .run_alpha = options->run_alpha,
    .run_noise_scale = options->run_noise_scale,
    .zipf_exponent = options->zipf_exponent,
    .hot_experts = options->hot_experts,
    .hot_share = options->hot_share,
    .given = given,
    .k_rule = (MoeKRule)chosen[MOE_CHOICE_K_RULE],
    .tile = options->tile,
    .null_mode = (MoeNullMode)chosen[MOE_CHOICE_NULL_MODE],
    .null_granularity = (MoeNullGranularity)chosen[MOE_CHOICE_NULL_GRANULARITY],
    .null_tokens = (MoeNullTokens)chosen[MOE_CHOICE_NULL_TOKENS],
    .null_target = fraction,
    .keeps_null_weights = moe_weighs_nulls (chosen),
    .null_experts = options->null_experts,
    .renormalize = options->renormalize_real_after_null,
    .seed = options->seed,
    .null_seed = options->null_route_seed,
  };
}

/* Where null experts have vectors, or rows of zeros, there are as many as the point has of them. */
static void
add_point (MoePlan *plan, const MoeBlock *block, const MoeRoutingSpec *routing)
{
  plan->points[plan->n_points] = (MoePoint){
    .index = plan->n_points,
    .group = plan->n_groups,
    .block = *block,
    .routing = *routing,
  };
  MoeShape *shape = &plan->points[plan->n_points].block.shape;
  size_t null_experts = moe_routing_spec_null_experts (routing);
  if (block->choice[MOE_CHOICE_NULL_KIND] == MOE_NULL_KIND_CONSTANT)
    shape->null_vectors = null_experts;
  if (moe_has_zero_experts (block->choice))
    shape->zero_experts = null_experts;
  plan->n_points++;
}

/* Append the points of one group, one for each fraction, or two for two modes, which are one at
 * f = 0. */
static void
add_group (MoePlan *plan,
           const MoeOptions *options,
           const MoeGiven *given,
           const MoeBlock *block,
           const uint8_t chosen[MOE_N_CHOICES])
{
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  size_t n = moe_options_fractions (options, fractions);
  for (size_t i = 0; i < n; i++)
    {
      MoeRoutingSpec routing = routing_of (options, given, block->topk, chosen, fractions[i]);
      MoeRoutingSpec independent = routing;
      independent.null_mode = MOE_NULL_MODE_INDEPENDENT;
      if (options->beside_independent)
        add_point (plan, block, &independent);
      if (!options->beside_independent || fractions[i] > 0)
        add_point (plan, block, &routing);
    }
  plan->n_groups++;
}

static bool
takes_given (const MoePlan *plan, const uint8_t chosen[MOE_N_CHOICES])
{
  return plan->given != NULL
         && moe_distribution_is_given ((MoeDistribution)chosen[MOE_CHOICE_DISTRIBUTION]);
}

static void
add_topks (MoePlan *plan, const MoeOptions *options, const uint8_t chosen[MOE_N_CHOICES])
{
  size_t topks[MOE_OPTIONS_MAX_LIST];
  size_t n = moe_options_topks (options, topks);
  for (size_t i = 0; i < n; i++)
    {
      MoeBlock block = block_of (options, plan->shards, topks[i], chosen);
      add_group (plan, options, plan->given, &block, chosen);
      /* Where routing comes from there, each of its layers. */
      for (const MoeGiven *layer = takes_given (plan, chosen) ? plan->given->next : NULL;
           layer != NULL; layer = layer->next)
        add_group (plan, options, layer, &block, chosen);
    }
}

/* With a backward there is no prequeue (SPEC 4): full stands in for it. */
static bool
is_measured (const MoeOptions *options, MoeChoice choice, unsigned value)
{
  if (choice == MOE_CHOICE_QUEUE_MODE
      && options->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    return value == MOE_QUEUE_MODE_FULL;
  return moe_options_ask (options, choice, value);
}

/* Every combination of what several values were asked of; what decides the routing, which takes
 * long to draw, changes last. */
static void
add_combinations (MoePlan *plan, const MoeOptions *options, int step, uint8_t chosen[MOE_N_CHOICES])
{
  const MoeChoice choice = (MoeChoice)(step % MOE_N_CHOICES);
  const MoeChoiceSpec *spec = &moe_choices[choice];
  if (step == 2 * MOE_N_CHOICES)
    add_topks (plan, options, chosen);
  else if (spec->ask != MOE_ASK_SEVERAL
           || (spec->scope == MOE_SCOPE_ROUTING) != (step < MOE_N_CHOICES))
    add_combinations (plan, options, step + 1, chosen);
  else
    for (unsigned value = 0; value < spec->names.n; value++)
      if (is_measured (options, choice, value))
        {
          chosen[choice] = (uint8_t)value;
          add_combinations (plan, options, step + 1, chosen);
        }
}

/* Sizes of the shape change before all else: memory is taken anew for each. */
static void
add_shapes (MoePlan *plan)
{
  size_t sizes[MOE_OPTIONS_MAX_LIST];
  const size_t n = moe_options_sizes (&plan->options, sizes);
  for (size_t i = 0; i < n; i++)
    {
      const MoeOptions options = moe_options_of_size (&plan->options, sizes[i]);
      uint8_t chosen[MOE_N_CHOICES];
      memcpy (chosen, options.choice, sizeof chosen);
      add_combinations (plan, &options, 0, chosen);
    }
}

static size_t
count_combinations (const MoeOptions *options)
{
  size_t n = 1;
  for (int c = 0; c < MOE_N_CHOICES; c++)
    if (moe_choices[c].ask == MOE_ASK_SEVERAL)
      n *= (size_t)__builtin_popcount (options->choice[c]);
  return n;
}

static void
resolve_threads (MoePlan *plan)
{
  const MoeOptions *options = &plan->options;
  size_t threads =
      options->threads > 0 ? options->threads : moe_size_min (moe_team_default_size (), 1024);
  plan->shards = moe_options_shards (options, threads);
  plan->threads = options->ranks > 0 ? threads : moe_size_max (threads, plan->shards);
}

MoeStatus
moe_plan_new (const MoeOptions *given_options, MoePlan *plan, MoeError *error)
{
  size_t topks[MOE_OPTIONS_MAX_LIST], sizes[MOE_OPTIONS_MAX_LIST];
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  memset (plan, 0, sizeof *plan);
  MoeOptions resolved;
  MoeStatus status = moe_options_read_file (given_options, &resolved, &plan->given, error);
  const MoeOptions *options = &resolved;
  if (status == MOE_OK)
    status = moe_options_validate (options, error);
  if (status != MOE_OK)
    {
      moe_plan_clear (plan);
      return status;
    }

  size_t capacity =
      count_combinations (options) * moe_options_topks (options, topks)
      * moe_options_sizes (options, sizes) * moe_options_fractions (options, fractions)
      * (options->beside_independent ? 2 : 1) * moe_size_max (moe_given_count (plan->given), 1);
  plan->points = calloc (capacity, sizeof *plan->points);
  if (plan->points == NULL)
    {
      moe_plan_clear (plan);
      return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for a plan of %zu points.",
                            capacity);
    }
  plan->options = *options;
  plan->device = moe_backend_device_of (options->accelerator);
  resolve_threads (plan);
  add_shapes (plan);
  return MOE_OK;
}

void
moe_plan_clear (MoePlan *plan)
{
  free (plan->points);
  moe_given_unref (plan->given);
  memset (plan, 0, sizeof *plan);
}

MoeStatus
moe_plan_copy (const MoePlan *plan, MoePlan *copy, MoeError *error)
{
  *copy = *plan;
  copy->points = NULL;
  copy->given = moe_given_ref (plan->given);
  if (plan->n_points == 0)
    return MOE_OK;
  copy->points = calloc (plan->n_points, sizeof *copy->points);
  if (copy->points == NULL)
    {
      moe_given_unref (copy->given);
      memset (copy, 0, sizeof *copy);
      return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for a plan of %zu points.",
                            plan->n_points);
    }
  memcpy (copy->points, plan->points, plan->n_points * sizeof *copy->points);
  return MOE_OK;
}

/* A recording may hold some at any fraction. */
static bool
may_have_nulls (const MoeRoutingSpec *routing)
{
  return routing->null_target > 0.0 || routing->distribution == MOE_DISTRIBUTION_TRACE;
}

/* Variance of the number of real slots of one token. */
static double
kept_variance (const MoeRoutingSpec *routing)
{
  double k = (double)routing->topk, f = routing->null_target;
  if (routing->null_granularity == MOE_NULL_GRANULARITY_TOKEN)
    return 0.0; /* as many tokens as the fraction says */
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
  if (point->block.choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_PAD)
    return point->block.capacity * routing->experts;
  if (point->block.choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_DROP)
    return moe_size_min (slots, point->block.capacity * routing->experts);
  if (routing->k_rule != MOE_K_RULE_FIXED)
    return moe_k_rule_rows (routing);
  if (moe_carries_nulls (point->block.choice) || moe_computes_nulls (point->block.choice)
      || routing->null_target == 0.0)
    return slots;
  double mean = (double)slots * (1.0 - routing->null_target);
  double deviation = sqrt ((double)routing->tokens * kept_variance (routing));
  /* A few rows more, since few slots have a longer tail than their deviation tells. */
  double bound = ceil (mean + 6.0 * deviation) + 64.0;
  return bound < (double)slots ? (size_t)bound : slots;
}

/* What runs may add to the rows of one expert: runs are given away whole, and none is longer than
 * 17 mean lengths since its draw has 24 bits. */
static double
run_rows_bound (const MoeRoutingSpec *routing)
{
  double mean = fmin (fmax (2.0, 1.0 / (1.0 - routing->run_alpha)), 100.0);
  return ceil (17.0 * mean);
}

/* Rows that a k rule may give to one expert; 0 where it is as with top-k.  A token that takes many
 * experts takes the favoured ones almost surely, and tiles leave some experts with nothing. */
static size_t
rule_rows_bound (const MoeRoutingSpec *routing)
{
  if (routing->k_rule == MOE_K_RULE_EXPERT_CHOICE)
    return (moe_k_rule_rows (routing) - 1) / routing->experts + 1;
  if (routing->k_rule == MOE_K_RULE_TOKEN_ROUNDING
      || (routing->k_rule != MOE_K_RULE_FIXED && routing->distribution == MOE_DISTRIBUTION_ZIPF))
    return routing->tokens;
  return 0;
}

/* Rows that one expert may get: what the fullest one is expected to get plus eight standard
 * deviations and 64 rows, and with runs the longest one.  Runs without noise send all tokens to the
 * same experts, but for the best one. */
static size_t
own_rows_bound (const MoePoint *point)
{
  const MoeRoutingSpec *routing = &point->routing;
  const bool runs = routing->distribution == MOE_DISTRIBUTION_RUNS;
  const size_t by_rule = rule_rows_bound (routing);
  double mean = (double)routing->tokens * moe_law_fullest_share (routing);
  /* Of zipf the best slots are those of the fullest expert, and may be those that stay; so may
   * be those of a recording. */
  if (routing->distribution != MOE_DISTRIBUTION_ZIPF
      && !moe_distribution_is_given (routing->distribution))
    mean *= 1.0 - routing->null_target;
  double bound = ceil (mean + 8.0 * sqrt (mean)) + 64.0;
  if (point->block.choice[MOE_CHOICE_CAPACITY_POLICY] != MOE_CAPACITY_NONE)
    return point->block.capacity;
  if (by_rule > 0)
    return by_rule;
  if (runs && routing->run_noise_scale == 0.0)
    return routing->tokens;
  if (runs)
    bound += run_rows_bound (routing);
  return bound < (double)routing->tokens ? (size_t)bound : routing->tokens;
}

/* With remap expert 0 has the null slots besides. */
static size_t
expert_rows_bound (const MoePoint *point)
{
  const MoeRoutingSpec *routing = &point->routing;
  size_t own = own_rows_bound (point), slots = routing->tokens * routing->topk;
  /* An expert of zeros has every Nth slot at most. */
  if (point->block.shape.zero_experts > 0)
    return moe_size_max (own, (slots - 1) / point->block.shape.zero_experts + 1);
  if (!moe_remaps_nulls (point->block.choice) || !may_have_nulls (routing))
    return own;
  if (routing->distribution == MOE_DISTRIBUTION_TRACE)
    return slots;
  double deviation = sqrt ((double)routing->tokens * kept_variance (routing));
  double nulls = ceil ((double)slots * routing->null_target + 6.0 * deviation) + 64.0;
  return moe_size_min (slots, own + (size_t)fmin (nulls, (double)slots));
}

/* Rows of the experts of one of so many shards: the most favoured experts may be all its own. */
static size_t
shard_expert_rows (const MoePoint *point, size_t shards, bool skewed)
{
  const MoeRoutingSpec *routing = &point->routing;
  size_t own = expert_rows_bound (point), rows;
  double slots = (double)routing->tokens * (double)routing->topk;
  double even = slots * (1.0 - routing->null_target) / (double)shards;
  if (!skewed)
    return own + (size_t)ceil (even + 8.0 * sqrt (even));
  return moe_size_mul (routing->experts / shards, own, &rows) ? rows : (size_t)slots;
}

/* Rows that chance alone does not give to one shard: those of favoured experts, and where whole
 * tokens are null and ride along, all that it has of them. */
static size_t
shard_rows_bound (const MoePoint *point)
{
  const MoeRoutingSpec *routing = &point->routing;
  const size_t shards = moe_size_max (1, point->block.ep_size);
  const bool skewed = routing->distribution == MOE_DISTRIBUTION_ZIPF
                      || routing->distribution == MOE_DISTRIBUTION_HOT
                      || routing->k_rule == MOE_K_RULE_TOKEN_ROUNDING
                      || moe_distribution_is_given (routing->distribution);
  const bool carries = moe_carries_nulls (point->block.choice) && may_have_nulls (routing);
  size_t nulls = carries ? (routing->tokens / shards + 1) * routing->topk : 0;
  if (!skewed && !(carries && routing->null_granularity == MOE_NULL_GRANULARITY_TOKEN))
    return 0;
  return moe_size_min (shard_expert_rows (point, shards, skewed) + nulls, rows_bound (point));
}

static void
widen_problem (MoeProblem *problem, const MoePoint *point)
{
  problem->max_topk = moe_size_max (problem->max_topk, moe_block_most_kept (&point->block));
  problem->shape.null_vectors =
      moe_size_max (problem->shape.null_vectors, point->block.shape.null_vectors);
  problem->shape.zero_experts =
      moe_size_max (problem->shape.zero_experts, point->block.shape.zero_experts);
  problem->max_rows = moe_size_max (problem->max_rows, rows_bound (point));
  problem->max_expert_rows = moe_size_max (problem->max_expert_rows, expert_rows_bound (point));
  problem->max_shard_rows = moe_size_max (problem->max_shard_rows, shard_rows_bound (point));
  moe_choices_widen (problem->choice, point->block.choice);
}

void
moe_problem_of_block (
    const MoeBlock *block, uint64_t seed, size_t threads, size_t max_rows, MoeProblem *problem)
{
  *problem = (MoeProblem){
    .shape = block->shape,
    .max_topk = moe_block_most_kept (block),
    .max_rows = max_rows,
    .max_expert_rows = moe_computes_nulls (block->choice)
                           ? max_rows
                           : moe_size_min (max_rows, block->shape.tokens),
    .ep_size = moe_size_max (1, block->ep_size),
    .seed = seed,
    .threads = threads,
  };
  moe_choices_widen (problem->choice, block->choice);
}

size_t
moe_plan_opening (const MoePlan *plan, size_t first)
{
  size_t n = 1;
  while (
      first + n < plan->n_points
      && moe_shape_equal (&plan->points[first + n].block.shape, &plan->points[first].block.shape))
    n++;
  return n;
}

void
moe_plan_problem (const MoePlan *plan, size_t first, size_t n, MoeProblem *problem)
{
  moe_problem_of_block (&plan->points[first].block, plan->options.seed, plan->threads, 0, problem);
  problem->device = plan->device;
  for (size_t i = first; i < first + n; i++)
    widen_problem (problem, &plan->points[i]);
}

double
moe_point_expected_rows (const MoePoint *point)
{
  double slots = (double)point->routing.tokens * (double)point->routing.topk;
  double real = slots * (1.0 - point->routing.null_target);
  if (moe_computes_nulls (point->block.choice))
    return slots;
  double most = (double)point->block.capacity * (double)point->routing.experts;
  if (point->block.choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE)
    return real;
  return point->block.choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_PAD ? most
                                                                             : fmin (real, most);
}

double
moe_point_expected_flops (const MoePoint *point)
{
  return moe_flops (&point->block.shape, point->block.choice[MOE_CHOICE_PASS],
                    moe_point_expected_rows (point));
}

size_t
moe_plan_starts (const MoePlan *plan)
{
  size_t usual = plan->options.until_settled ? MOE_PLAN_LEAST_STARTS : 1;
  return plan->options.starts > 0 ? plan->options.starts : usual;
}

size_t
moe_plan_quota (const MoePlan *plan, size_t start)
{
  size_t starts = moe_plan_starts (plan);
  return plan->options.iters / starts + (start < plan->options.iters % starts);
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

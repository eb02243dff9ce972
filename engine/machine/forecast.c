/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/forecast.h"

#include "engine/base/size.h"
#include "engine/base/words.h"
#include "engine/draw/k-rules.h"
#include "engine/draw/laws.h"
#include "engine/machine/cost.h"
#include "engine/moe/capacity.h"
#include "engine/options/sweep-axis.h"
#include "engine/threads/team.h"
#include "engine/threads/topology.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* Left to the rest of the machine and of this process; on a device to the driver and to libraries
 * that take workspace of their own. */
static const size_t RESERVE_BYTES = (size_t)256 << 20;
static const size_t DEVICE_RESERVE_BYTES = (size_t)512 << 20;

/* FLOPs that remat spends again on what it did not keep. */
static double
recomputed_flops (const MoePoint *point)
{
  const MoeBlock *block = &point->block;
  if (block->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD
      || moe_remat (block->choice) != MOE_REMAT_EXPERT_MLP)
    return 0; /* what remat combine repeats is a gather */
  return 4.0 * (double)block->shape.hidden * (double)block->shape.mlp_dim
         * moe_point_expected_rows (point); /* gate and up */
}

/* Tokens that have null slots. */
static double
null_tokens (const MoePoint *point)
{
  const MoeRoutingSpec *routing = &point->routing;
  double T = (double)routing->tokens, k = (double)routing->topk, f = routing->null_target;
  if (routing->null_granularity == MOE_NULL_GRANULARITY_TOKEN)
    return T * f;
  if (routing->null_mode == MOE_NULL_MODE_INDEPENDENT)
    return T * (1.0 - pow (1.0 - f, k));
  return fmin (T, T * k * f);
}

double
moe_forecast_step_s (const MoePoint *point, const MoeCalibration *calibration)
{
  double slots = (double)point->routing.tokens * (double)point->routing.topk;
  double computed = moe_point_expected_rows (point), rows = computed;
  if (moe_carries_nulls (point->block.choice))
    rows += slots * point->routing.null_target;
  /* Null slots that are computed are expert 0's alone, or those of experts of zeros. */
  bool apart = moe_computes_nulls (point->block.choice);
  double spread = apart ? slots * (1.0 - point->routing.null_target) : computed;
  double active = moe_law_active_experts (&point->routing, spread);
  active += fmin ((double)point->block.shape.zero_experts, slots * point->routing.null_target);
  double bytes = moe_cost_bytes (&point->block, active, (size_t)rows, null_tokens (point));
  return (moe_point_expected_flops (point) + recomputed_flops (point)) / calibration->flops_per_s
         + bytes / calibration->bytes_per_s;
}

/* Host memory for the routings of the largest group: int32 id and float32 weight of each slot, and
 * what applying a capacity to one of them takes, or making it by a k rule. */
static bool
routing_bytes (const MoePlan *plan, size_t *bytes)
{
  size_t largest = 0, scratch = 0;
  for (size_t i = 0, group_bytes = 0; i < plan->n_points; i++)
    {
      const MoePoint *point = &plan->points[i];
      size_t own, capacity = 0, rule;
      size_t most = moe_block_most_kept (&point->block);
      if (i == 0 || point->group != plan->points[i - 1].group)
        group_bytes = 0;
      if (!moe_size_mul4 (point->routing.tokens, most, 2, sizeof (float), &own)
          || !moe_size_add (group_bytes, own, &group_bytes)
          || !moe_k_rule_bytes (&point->routing, &rule))
        return false;
      if (point->block.choice[MOE_CHOICE_CAPACITY_POLICY] != MOE_CAPACITY_NONE
          && !moe_capacity_bytes (point->routing.tokens, point->routing.topk, &capacity))
        return false;
      largest = moe_size_max (largest, group_bytes);
      scratch = moe_size_max (scratch, moe_size_max (capacity, rule));
    }
  return moe_size_add (largest, scratch, bytes);
}

/* Rounds of a start, until settled, on a machine that is quiet. */
static const double LIKELY_ROUNDS = 6;

/* Seconds that `samples` of each point take, and what they compute.  Until settled no group takes
 * more than its budget. */
static double
measuring_s (const MoePlan *plan, const MoeCalibration *calibration, double samples, double *flops)
{
  double sum_s = 0, group_s = 0;
  for (size_t i = 0; i < plan->n_points; i++)
    {
      const MoePoint *point = &plan->points[i];
      double step_s = calibration != NULL ? moe_forecast_step_s (point, calibration) : NAN;
      double steps = (double)(moe_plan_starts (plan) * moe_plan_warmup (plan))
                     + samples * (double)moe_plan_steps (plan, step_s);
      *flops += steps * moe_point_expected_flops (point);
      group_s += steps * step_s;
      if (i + 1 < plan->n_points && plan->points[i + 1].group == point->group)
        continue;
      bool cut = plan->options.until_settled && group_s > plan->options.budget_s;
      sum_s += cut ? plan->options.budget_s : group_s;
      group_s = 0;
    }
  return sum_s;
}

static void
forecast_work (const MoePlan *plan, const MoeCalibration *calibration, MoeForecast *forecast)
{
  double starts = (double)moe_plan_starts (plan), unused = 0;
  bool settles = plan->options.until_settled;
  forecast->setup_s =
      calibration == NULL ? NAN : starts * forecast->touched_bytes / calibration->touch_bytes_per_s;
  double samples = settles ? starts * LIKELY_ROUNDS : (double)plan->options.iters;
  forecast->time_total_s =
      forecast->setup_s + measuring_s (plan, calibration, samples, &forecast->flops_total);
  forecast->time_least_s = forecast->time_most_s = forecast->time_total_s;
  if (!settles || calibration == NULL)
    return;
  samples = starts * MOE_PLAN_LEAST_ROUNDS;
  forecast->time_least_s = forecast->setup_s + measuring_s (plan, calibration, samples, &unused);
  forecast->time_most_s = forecast->setup_s + (double)plan->n_groups * plan->options.budget_s;
}

static size_t
reserve_of (const MoeForecast *forecast)
{
  return forecast->on_device ? DEVICE_RESERVE_BYTES : RESERVE_BYTES;
}

/* What must fit where the tensors live; the routings are always the host's. */
static bool
needed_bytes (const MoeForecast *forecast, size_t *need)
{
  return moe_size_add (forecast->memory.total_bytes,
                       forecast->on_device ? 0 : forecast->routing_bytes, need)
         && moe_size_add (*need, reserve_of (forecast), need);
}

static bool
fits (const MoeForecast *forecast)
{
  size_t need, host;
  return needed_bytes (forecast, &need) && need <= forecast->available_bytes
         && moe_size_add (forecast->routing_bytes, RESERVE_BYTES, &host)
         && (!forecast->on_device || host <= forecast->host_bytes);
}

static bool
fits_in (size_t need_a, size_t need_b, size_t reserve, size_t available)
{
  size_t need;
  return moe_size_add (need_a, need_b, &need) && moe_size_add (need, reserve, &need)
         && need <= available;
}

/* Of the host's memory; that it does not overflow is known. */
static size_t
host_need (const MoeForecast *forecast)
{
  return forecast->routing_bytes + (forecast->on_device ? 0 : forecast->memory.total_bytes);
}

bool
moe_forecast_fits_beside (const MoeForecast *a, const MoeForecast *b, bool same_device)
{
  size_t host = moe_size_min (a->host_bytes, b->host_bytes);
  bool share_device = a->on_device && b->on_device && same_device;
  return a->fits && b->fits && fits_in (host_need (a), host_need (b), RESERVE_BYTES, host)
         && (!share_device
             || fits_in (a->memory.total_bytes, b->memory.total_bytes, DEVICE_RESERVE_BYTES,
                         moe_size_min (a->available_bytes, b->available_bytes)));
}

/* The memory where the tensors would live. */
static MoeStatus
find_available (const MoePlan *plan,
                const MoeBackend *backend,
                size_t host_bytes,
                MoeForecast *forecast,
                MoeError *error)
{
  MoeDevice device;
  forecast->host_bytes = host_bytes;
  forecast->available_bytes = host_bytes;
  forecast->on_device = backend->device != NULL;
  if (!forecast->on_device)
    return MOE_OK;
  MoeStatus status = backend->device (plan->device, &device, error);
  if (status == MOE_OK)
    forecast->available_bytes = device.free_bytes;
  return status;
}

static MoeStatus
forecast_memory (const MoePlan *plan,
                 const MoeBackend *backend,
                 size_t host_bytes,
                 MoeForecast *forecast,
                 MoeError *error)
{
  MoeStatus status = find_available (plan, backend, host_bytes, forecast, error);
  for (size_t first = 0, n; status == MOE_OK && first < plan->n_points; first += n)
    {
      MoeProblem problem;
      MoeMemoryNeed need;
      n = moe_plan_opening (plan, first);
      moe_plan_problem (plan, first, n, &problem);
      status = backend->memory (&problem, &need, error);
      if (status == MOE_OK)
        forecast->touched_bytes += (double)need.total_bytes;
      if (status == MOE_OK && need.total_bytes > forecast->memory.total_bytes)
        forecast->memory = need;
    }
  if (status != MOE_OK)
    return status;
  if (!routing_bytes (plan, &forecast->routing_bytes))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "tokens",
                                 "the routings of this plan do not fit a 64-bit size");
  forecast->fits = fits (forecast);
  return MOE_OK;
}

MoeStatus
moe_forecast (const MoePlan *plan,
              const MoeBackend *backend,
              const MoeCalibration *calibration,
              size_t host_bytes,
              MoeForecast *forecast,
              MoeError *error)
{
  *forecast = (MoeForecast){ 0 };
  for (size_t i = 0; i < plan->n_points; i++)
    {
      MoeStatus status = backend->supports (&plan->points[i].block, error);
      if (status != MOE_OK)
        return status;
    }
  MoeStatus status = forecast_memory (plan, backend, host_bytes, forecast, error);
  if (status == MOE_OK)
    forecast_work (plan, calibration, forecast);
  forecast->fits = forecast->fits && plan->threads <= moe_team_most ();
  return status;
}

static bool
plan_fits (const MoeOptions *options, const MoeBackend *backend, size_t host_bytes)
{
  MoePlan plan;
  MoeForecast forecast = { 0 };
  if (moe_plan_new (options, &plan, NULL) != MOE_OK)
    return false;
  bool good =
      forecast_memory (&plan, backend, host_bytes, &forecast, NULL) == MOE_OK && forecast.fits;
  moe_plan_clear (&plan);
  return good;
}

/* Explicit shards must share the experts, and with ring_ag_rs the tokens, evenly. */
static size_t
unit_of (const MoeOptions *options, bool experts)
{
  bool shared_out = experts || options->choice[MOE_CHOICE_EP_COMM_PATH] == MOE_EP_RING_AG_RS;
  if (options->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_NONE || !shared_out)
    return 1;
  return moe_size_max (1, options->ep_size);
}

/* The largest value of one size in [low, its present value] with which the plan fits; 0 when there
 * is none.  Memory grows with the size, so halving the range finds it. */
static size_t
largest_fitting (const MoeOptions *present,
                 const MoeBackend *backend,
                 size_t host_bytes,
                 size_t low,
                 bool experts)
{
  MoeOptions options = *present;
  size_t *size = experts ? &options.shape.experts : &options.shape.tokens;
  size_t unit = unit_of (present, experts), high = *size / unit, best = 0;
  low = (low + unit - 1) / unit;
  while (low <= high)
    {
      size_t middle = low + (high - low) / 2;
      *size = middle * unit;
      if (plan_fits (&options, backend, host_bytes))
        {
          best = middle * unit;
          low = middle + 1;
        }
      else
        {
          high = middle - 1;
        }
    }
  return best;
}

static double
gib (size_t bytes)
{
  return (double)bytes / (double)((size_t)1 << 30);
}

/* The largest of several shapes alone: what memory depends on. */
static MoeOptions
largest_shape (const MoeOptions *options)
{
  size_t sizes[MOE_OPTIONS_MAX_LIST], most = 0;
  const size_t n = moe_options_sizes (options, sizes);
  for (size_t i = 0; i < n; i++)
    most = moe_size_max (most, sizes[i]);
  MoeOptions largest = moe_options_of_size (options, most);
  moe_options_clear_sizes (&largest);
  return largest;
}

static void
describe_what_fits (
    const MoePlan *plan, const MoeBackend *backend, size_t host_bytes, char *text, size_t size)
{
  size_t max_topk = 0;
  const MoeOptions largest = largest_shape (&plan->options);
  MoeOptions options = largest;
  for (size_t i = 0; i < plan->n_points; i++)
    max_topk = moe_size_max (max_topk, plan->points[i].block.topk);
  if (host_bytes < RESERVE_BYTES)
    {
      snprintf (text, size, moe_words ("free some, or raise the limit on this process"));
      return;
    }
  size_t tokens = largest_fitting (&options, backend, host_bytes, 1, false);
  if (tokens > 0)
    {
      snprintf (text, size, moe_words ("%zu tokens would fit"), tokens);
      return;
    }
  size_t experts = largest_fitting (&options, backend, host_bytes, max_topk, true);
  if (experts > 0)
    {
      snprintf (text, size, moe_words ("no number of tokens would fit, but %zu experts would"),
                experts);
      return;
    }
  /* Both must shrink: half of the experts that fit with a token for each shard leave room for
   * rows. */
  size_t unit = unit_of (&options, true);
  options.shape.tokens = unit_of (&options, false);
  experts = largest_fitting (&options, backend, host_bytes, max_topk, true);
  options.shape.tokens = largest.shape.tokens;
  options.shape.experts = moe_size_max (experts / 2, max_topk);
  options.shape.experts = (options.shape.experts + unit - 1) / unit * unit;
  tokens = largest_fitting (&options, backend, host_bytes, 1, false);
  if (experts > 0 && tokens > 0)
    snprintf (text, size, moe_words ("%zu experts with %zu tokens would fit"),
              options.shape.experts, tokens);
  else
    snprintf (text, size, moe_words ("it needs a smaller --hidden or --mlp-dim"));
}

MoeStatus
moe_forecast_require_threads (size_t threads, MoeError *error)
{
  if (threads <= moe_team_most ())
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, "threads",
                               "%zu threads are too many for the %zu processors that this process "
                               "may run on, where they would only wait for each other: allowed are "
                               "1 to %zu, and of --ep-size as many.",
                               threads, moe_topology ()->processors, moe_team_most ());
}

MoeStatus
moe_forecast_require_fit (const MoePlan *plan,
                          const MoeBackend *backend,
                          const MoeForecast *forecast,
                          MoeError *error)
{
  if (forecast->fits)
    return MOE_OK;
  if (plan->threads > moe_team_most ())
    return moe_forecast_require_threads (plan->threads, error);
  if (forecast->on_device && forecast->routing_bytes > forecast->host_bytes)
    return moe_error_set_option (
        error, MOE_ERROR_MEMORY, "tokens",
        "The routings of this plan need %.1f GiB of the host's memory, and "
        "%.1f GiB are available.",
        gib (forecast->routing_bytes), gib (forecast->host_bytes));
  char hint[160];
  size_t needed = 0, host = forecast->on_device ? 0 : forecast->routing_bytes;
  needed_bytes (forecast, &needed);
  describe_what_fits (plan, backend, forecast->host_bytes, hint, sizeof hint);
  const char *format =
      forecast->on_device
          ? MOE_WORDS ("This plan needs %.1f GiB of device memory (weights %.1f, gradients %.1f, "
                       "activations %.1f, reserve %.1f) and %.1f GiB are available; %s.")
          : MOE_WORDS ("This plan needs %.1f GiB (weights %.1f, gradients %.1f, activations and "
                       "routing %.1f, reserve %.1f) and %.1f GiB are available; %s.");
  return moe_error_set_option (
      error, MOE_ERROR_MEMORY, "tokens", format, gib (needed), gib (forecast->memory.weights_bytes),
      gib (forecast->memory.gradients_bytes), gib (forecast->memory.activations_bytes + host),
      gib (reserve_of (forecast)), gib (forecast->available_bytes), hint);
}

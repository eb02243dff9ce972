/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/sampling.h"

#include "engine/base/size.h"
#include "engine/draw/given.h"
#include "engine/draw/k-rules.h"
#include "engine/draw/laws.h"
#include "engine/draw/logits.h"
#include "engine/draw/null-slots.h"
#include "engine/draw/runs.h"
#include "engine/draw/top.h"

#include <math.h>
#include <stdlib.h>

#define MAX_NOISE_SCALE 1e6
#define MAX_EXPONENT    10.0

/* Ids are int32 and dispatch rows uint32. */
static MoeStatus
check_sizes (const MoeRoutingSpec *spec, MoeError *error)
{
  if (spec->tokens == 0)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "tokens",
                                 "--tokens 0: a routing needs at least 1 token.");
  if (spec->experts == 0 || spec->experts > INT32_MAX)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "experts",
                                 "--experts %zu: allowed is 1 to %d.", spec->experts, INT32_MAX);
  if (spec->topk == 0 || spec->topk > spec->experts)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "topk",
                                 "--topk %zu: allowed is 1 to %zu, the number of experts.",
                                 spec->topk, spec->experts);
  size_t slots;
  if (!moe_size_mul (spec->tokens, spec->topk, &slots) || slots >= UINT32_MAX)
    return moe_error_set_option (
        error, MOE_ERROR_INVALID, "tokens",
        "--tokens %zu with --topk %zu: tokens times topk must stay below %u.", spec->tokens,
        spec->topk, UINT32_MAX);
  return MOE_OK;
}

/* The mode tells which slots are null: where whole tokens are, there is none. */
static MoeNullMode
mode_of (const MoeRoutingSpec *spec)
{
  return spec->null_granularity == MOE_NULL_GRANULARITY_TOKEN ? MOE_NULL_MODE_INDEPENDENT
                                                              : spec->null_mode;
}

static MoeStatus
check_null (const MoeRoutingSpec *spec, MoeError *error)
{
  double f = spec->null_target;
  if (!(f >= 0.0 && f < 1.0))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "null-route-frac",
                                 "--null-route-frac %g: allowed is 0 up to, but not including, 1.",
                                 f);
  if (f == 0.0)
    return MOE_OK;
  size_t n = moe_routing_spec_null_experts (spec);
  if (n > (size_t)INT32_MAX - spec->experts)
    return spec->null_experts > 0
               ? moe_error_set_option (error, MOE_ERROR_INVALID, "null-experts",
                                       "--null-experts %zu with --experts %zu: together at most "
                                       "%d are allowed.",
                                       spec->null_experts, spec->experts, INT32_MAX)
               : moe_error_set_option (error, MOE_ERROR_INVALID, "null-route-frac",
                                       "--null-route-frac %.12g with --experts %zu asks for too "
                                       "many null experts: choose a smaller fraction, or set "
                                       "--null-experts.",
                                       f, spec->experts);
  if (mode_of (spec) == MOE_NULL_MODE_ROUTER && n < spec->topk
      && f > (double)n / (double)spec->topk)
    return moe_error_set_option (
        error, MOE_ERROR_INVALID, "null-route-frac",
        "--null-route-frac %g cannot be reached by --null-routing-mode router with --null-experts "
        "%zu and --topk %zu: allowed is 0 to %.6g (null experts / topk).",
        f, n, spec->topk, (double)n / (double)spec->topk);
  return MOE_OK;
}

static MoeStatus
check_runs (const MoeRoutingSpec *spec, MoeError *error)
{
  if (!(spec->run_alpha >= 0.0 && spec->run_alpha < 1.0))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "run-alpha",
                                 "--run-alpha %g: allowed is 0 up to, but not including, 1.",
                                 spec->run_alpha);
  if (!(spec->run_noise_scale >= 0.0 && spec->run_noise_scale <= MAX_NOISE_SCALE))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "run-noise-scale",
                                 "--run-noise-scale %g: allowed is 0 to %g.", spec->run_noise_scale,
                                 MAX_NOISE_SCALE);
  return MOE_OK;
}

static MoeStatus
check_zipf (const MoeRoutingSpec *spec, MoeError *error)
{
  if (!(spec->zipf_exponent >= 0.0 && spec->zipf_exponent <= MAX_EXPONENT))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "zipf-exponent",
                                 "--zipf-exponent %g: allowed is 0 to %g.", spec->zipf_exponent,
                                 MAX_EXPONENT);
  return MOE_OK;
}

/* No token has an expert twice, so both kinds must have as many as its slots may ask for. */
static MoeStatus
check_hot (const MoeRoutingSpec *spec, MoeError *error)
{
  const size_t hot = spec->hot_experts;
  if (!(spec->hot_share > 0.0 && spec->hot_share < 1.0))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "hot-share",
                                 "--hot-share %g: allowed is above 0 and below 1.",
                                 spec->hot_share);
  const size_t hot_slots = moe_law_most_slots (spec->topk, spec->hot_share);
  const size_t cold_slots = moe_law_most_slots (spec->topk, 1.0 - spec->hot_share);
  if (hot < hot_slots || hot > spec->experts || spec->experts - hot < cold_slots)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "hot-experts",
                                 "--hot-experts %zu with --experts %zu, --topk %zu and --hot-share "
                                 "%g: a token may need %zu hot experts and %zu others.",
                                 hot, spec->experts, spec->topk, spec->hot_share, hot_slots,
                                 cold_slots);
  return MOE_OK;
}

/* What was read is of one size. */
static MoeStatus
check_given (const MoeRoutingSpec *spec, MoeError *error)
{
  const MoeGiven *given = spec->given;
  if (given == NULL || given->tokens != spec->tokens || given->topk != spec->topk
      || (spec->distribution == MOE_DISTRIBUTION_LOADS && given->experts > spec->experts)
      || (spec->distribution == MOE_DISTRIBUTION_TRACE && given->id == NULL))
    return moe_error_set_option (
        error, MOE_ERROR_INVALID, "distribution",
        "--distribution %s: what was read of the file is of another size.",
        moe_choice_name (MOE_CHOICE_DISTRIBUTION, (int)spec->distribution));
  return MOE_OK;
}

static MoeStatus
check_spec (const MoeRoutingSpec *spec, MoeError *error)
{
  MoeStatus status = check_sizes (spec, error);
  if (status == MOE_OK)
    status = check_null (spec, error);
  if (status == MOE_OK && spec->distribution == MOE_DISTRIBUTION_RUNS)
    status = check_runs (spec, error);
  if (status == MOE_OK && spec->distribution == MOE_DISTRIBUTION_ZIPF)
    status = check_zipf (spec, error);
  if (status == MOE_OK && spec->distribution == MOE_DISTRIBUTION_HOT)
    status = check_hot (spec, error);
  if (status == MOE_OK && moe_distribution_is_given (spec->distribution))
    status = check_given (spec, error);
  return status == MOE_OK ? moe_k_rule_check (spec, error) : status;
}

/* Did the recording send this slot to no expert? */
static bool
is_recorded_null (const MoeRoutingSpec *spec, size_t slot)
{
  return spec->distribution == MOE_DISTRIBUTION_TRACE
         && (spec->given->id[slot] < 0 || (size_t)spec->given->id[slot] >= spec->experts);
}

static MoeStatus
no_memory_for_routing (const MoeRoutingSpec *spec, MoeError *error)
{
  return moe_error_set (error, MOE_ERROR_MEMORY,
                        "There is not enough memory for the routing of %zu tokens to %zu experts "
                        "each.",
                        spec->tokens, spec->topk);
}

/* topk_idx[T,k] and, in topk_weights[T,k] for the time being, their logits.  Logits are made a few
 * tokens at a time and never held for all. */
static MoeStatus
select_experts (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error)
{
  const size_t experts = spec->experts, k = spec->topk;
  const size_t chunk = moe_size_max (1, 4096 / experts);
  size_t bytes;
  float *logit = moe_size_mul (chunk * experts, sizeof *logit, &bytes) ? malloc (bytes) : NULL;
  MoeLogits *logits = logit != NULL ? moe_logits_new (spec) : NULL;
  MoeStatus status = logits != NULL ? MOE_OK : no_memory_for_routing (spec, error);
  for (size_t first = 0; status == MOE_OK && first < spec->tokens; first += chunk)
    {
      size_t n = moe_size_min (chunk, spec->tokens - first);
      moe_logits_make (logits, first, n, logit);
      for (size_t t = 0; t < n; t++)
        moe_top_select (logit + t * experts, experts, k, routing->topk_weights + (first + t) * k,
                        routing->topk_idx + (first + t) * k);
    }
  moe_logits_free (logits);
  free (logit);
  return status;
}

static MoeStatus
draw_experts (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error)
{
  MoeLaw *law = moe_law_new (spec);
  if (law == NULL)
    return no_memory_for_routing (spec, error);
  moe_law_draw (law, 0, spec->tokens, routing->topk_idx, routing->topk_weights);
  moe_law_free (law);
  return MOE_OK;
}

/* Where fewer experts are listed than there are, nobody knows which they were: they are drawn. */
static bool
deal_experts (const MoeRoutingSpec *spec, int32_t *id)
{
  uint32_t *order = malloc (spec->experts * sizeof *order);
  if (order == NULL)
    return false;
  for (size_t i = 0; i < spec->experts; i++)
    order[i] = (uint32_t)i;
  if (spec->given->n_loads < spec->experts)
    moe_law_order (spec->seed, spec->experts, order);
  bool good = moe_given_deal (spec->given, order, spec->seed, id);
  free (order);
  return good;
}

/* Slots that went to no expert are the first null one's for the time being.  Logits are such that
 * weights follow from them. */
static MoeStatus
take_experts (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error)
{
  const MoeGiven *given = spec->given;
  const size_t slots = spec->tokens * spec->topk;
  if (given->id == NULL && !deal_experts (spec, routing->topk_idx))
    return no_memory_for_routing (spec, error);
  for (size_t i = 0; i < slots; i++)
    {
      if (given->id != NULL)
        routing->topk_idx[i] = is_recorded_null (spec, i) ? (int32_t)spec->experts : given->id[i];
      routing->topk_weights[i] =
          given->weight != NULL ? logf (fmaxf (given->weight[i], 1e-30f)) : 0.0f;
    }
  return MOE_OK;
}

static MoeStatus
sample_experts (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error)
{
  MoeStatus status = moe_distribution_is_given (spec->distribution)
                         ? take_experts (spec, routing, error)
                     : moe_law_draws (spec->distribution) ? draw_experts (spec, routing, error)
                                                          : select_experts (spec, routing, error);
  if (status == MOE_OK && !moe_routing_measure_runs (routing))
    status = no_memory_for_routing (spec, error);
  return status;
}

/* What a recording holds of nulls is so whatever is chosen on top. */
static void
add_recorded_nulls (const MoeRoutingSpec *spec, MoeRouting *routing, bool *is_null)
{
  const size_t slots = spec->tokens * spec->topk;
  for (size_t i = 0; i < slots; i++)
    if (is_recorded_null (spec, i))
      {
        is_null[i] = true;
        routing->null_experts = moe_size_max (routing->null_experts, 1);
      }
}

/* Without more nulls each keeps the id that it had, and all slots the weights that they had. */
static void
restore_recording (const MoeRoutingSpec *spec, MoeRouting *routing)
{
  const MoeGiven *given = spec->given;
  const size_t slots = spec->tokens * spec->topk;
  for (size_t i = 0; given->id != NULL && spec->null_target == 0.0 && i < slots; i++)
    if (given->id[i] >= 0 && (size_t)routing->topk_idx[i] >= spec->experts)
      {
        routing->topk_idx[i] = given->id[i];
        routing->null_experts =
            moe_size_max (routing->null_experts, (size_t)given->id[i] - spec->experts + 1);
      }
}

/* What a slot weighs before it is known which are null. */
static float
given_weight (const MoeRoutingSpec *spec, size_t slot)
{
  return spec->given->weight != NULL ? spec->given->weight[slot]
                                     : (float)(1.0 / (double)spec->topk);
}

/* A weight that was recorded is the slot's to the last bit, unless the real ones are divided; where
 * null slots keep theirs, it is over all slots that a sum would be, and nothing is divided. */
static void
weigh_given (const MoeRoutingSpec *spec, MoeRouting *routing)
{
  const size_t k = spec->topk;
  float *null_weights = routing->null_weights;
  for (size_t t = 0; t < spec->tokens; t++)
    {
      double real = 0;
      for (size_t j = t * k; j < (t + 1) * k; j++)
        {
          const bool null = (size_t)routing->topk_idx[j] >= spec->experts;
          const float weight = given_weight (spec, j);
          routing->topk_weights[j] = null ? 0.0f : weight;
          if (null_weights != NULL)
            null_weights[j] = null ? weight : 0.0f;
          real += routing->topk_weights[j];
        }
      const bool divides = spec->renormalize && null_weights == NULL && real > 0;
      for (size_t j = t * k; divides && j < (t + 1) * k; j++)
        routing->topk_weights[j] = (float)(routing->topk_weights[j] / real);
    }
}

/* Writes ids E + (flat slot % N) at null slots and counts them.  SPEC 2: one slot stays real. */
static void
mark_null_slots (MoeRouting *routing, bool *is_null)
{
  const size_t slots = routing->tokens * routing->topk;
  size_t nulls = 0;
  for (size_t slot = 0; slot < slots; slot++)
    nulls += is_null[slot];
  if (nulls == slots)
    {
      is_null[0] = false;
      if ((size_t)routing->topk_idx[0] >= routing->experts)
        routing->topk_idx[0] = 0;
      nulls--;
    }
  for (size_t slot = 0; slot < slots; slot++)
    if (is_null[slot])
      routing->topk_idx[slot] = (int32_t)(routing->experts + slot % routing->null_experts);
  routing->null_assignments = nulls;
  routing->real_assignments = slots - nulls;
  routing->null_realized = (double)nulls / (double)slots;
}

/* From logits to null slots and weights. */
static MoeStatus
finish_routing (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error)
{
  const size_t slots = spec->tokens * spec->topk;
  bool *is_null = calloc (slots, sizeof *is_null);
  const bool routed = mode_of (spec) == MOE_NULL_MODE_ROUTER && spec->null_target > 0.0;
  float *null_logit = routed ? malloc (spec->tokens * sizeof *null_logit) : NULL;
  MoeStatus status = MOE_OK;
  if (is_null == NULL || (routed && null_logit == NULL))
    status = no_memory_for_routing (spec, error);

  if (status == MOE_OK && spec->null_target > 0.0
      && !moe_routing_choose_null (spec, routing, is_null, null_logit))
    status = no_memory_for_routing (spec, error);
  if (status == MOE_OK)
    {
      add_recorded_nulls (spec, routing, is_null);
      mark_null_slots (routing, is_null);
      if (moe_distribution_is_given (spec->distribution))
        {
          restore_recording (spec, routing);
          weigh_given (spec, routing);
        }
      else
        moe_logits_weigh (routing, null_logit, spec->renormalize);
    }
  free (null_logit);
  free (is_null);
  return status;
}

MoeStatus
moe_routing_sample (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error)
{
  MoeStatus status = check_spec (spec, error);
  if (status != MOE_OK)
    return status;
  if (spec->k_rule != MOE_K_RULE_FIXED)
    return moe_k_rule_sample (spec, routing, error);

  const size_t slots = spec->tokens * spec->topk;
  MoeRouting made = {
    .tokens = spec->tokens,
    .experts = spec->experts,
    .topk = spec->topk,
    .null_experts = moe_routing_spec_null_experts (spec),
    .topk_idx = malloc (slots * sizeof (int32_t)),
    .topk_weights = malloc (slots * sizeof (float)),
  };
  if (spec->keeps_null_weights && spec->null_target > 0.0)
    made.null_weights = malloc (slots * sizeof (float));
  if (made.topk_idx == NULL || made.topk_weights == NULL
      || (made.null_weights == NULL && spec->keeps_null_weights && spec->null_target > 0.0))
    status = no_memory_for_routing (spec, error);
  if (status == MOE_OK)
    status = sample_experts (spec, &made, error);
  if (status == MOE_OK)
    status = finish_routing (spec, &made, error);
  if (status != MOE_OK)
    moe_routing_clear (&made);
  else
    *routing = made;
  return status;
}

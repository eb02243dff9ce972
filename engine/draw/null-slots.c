/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/null-slots.h"

#include "engine/base/size.h"
#include "engine/draw/top.h"
#include "engine/moe/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  CHUNK_NUMBERS = 1024
};

size_t
moe_routing_null_experts (
    MoeNullMode mode, size_t null_experts, size_t experts, size_t topk, double null_target)
{
  if (null_experts > 0)
    return null_experts;
  double derived = round ((double)experts * null_target / (1.0 - null_target));
  size_t least = mode == MOE_NULL_MODE_ROUTER ? topk : 1;
  /* A target next to 1 asks for more than any size holds; the caller refuses such a number. */
  size_t n = derived < 0x1p53 ? (size_t)derived : (size_t)1 << 53;
  return moe_size_max (least, n);
}

size_t
moe_routing_spec_null_experts (const MoeRoutingSpec *spec)
{
  bool tokens = spec->null_granularity == MOE_NULL_GRANULARITY_TOKEN;
  if (!(spec->null_target > 0.0))
    return 0;
  return moe_routing_null_experts (tokens ? MOE_NULL_MODE_INDEPENDENT : spec->null_mode,
                                   spec->null_experts, spec->experts, spec->topk,
                                   spec->null_target);
}

/* The part of k slots that is null when each has hazard q and none is real after a null one. */
static double
null_part (double q, size_t topk)
{
  double survive = 1.0, kept = 0.0;
  for (size_t j = 0; j < topk; j++)
    {
      survive *= 1.0 - q;
      kept += survive;
    }
  return 1.0 - kept / (double)topk;
}

double
moe_routing_hazard (double null_target, size_t topk)
{
  double low = 0.0, high = 1.0;
  if (!(null_target > 0.0))
    return 0.0;
  while (high - low > 1e-13)
    {
      double middle = 0.5 * (low + high);
      if (null_part (middle, topk) < null_target)
        low = middle;
      else
        high = middle;
    }
  return 0.5 * (low + high);
}

/* One uniform per slot, the same whatever the fraction, so that the null slots of a smaller
 * fraction are a subset of those of a larger one: points of a sweep differ by the fraction alone.
 * In `prefix` mode all slots of a token after its first null one are null too. */
static void
choose_by_chance (const MoeRoutingSpec *spec, double chance, bool prefix, bool *is_null)
{
  const size_t k = spec->topk, slots = spec->tokens * k;
  float uniform[CHUNK_NUMBERS];
  bool before = false; /* an earlier slot of the token is null */
  for (size_t first = 0; first < slots; first += CHUNK_NUMBERS)
    {
      size_t n = moe_size_min (CHUNK_NUMBERS, slots - first);
      moe_rng_uniform (spec->null_seed, MOE_STREAM_NULL_SLOTS, first, n, uniform);
      for (size_t i = 0; i < n; i++)
        {
          if ((first + i) % k == 0)
            before = false;
          bool null = (double)uniform[i] < chance || (prefix && before);
          before = before || null;
          is_null[first + i] = null;
        }
    }
}

/* The bound for which the number of values at or below it comes closest to `wanted` (the smaller
 * one when two are equally close). */
static float
bound_for_count (const float *values, size_t n, double wanted)
{
  const float least = -1e30f;
  float high = moe_bound_find (values, n, wanted, least, 1e30f);
  float low = fmaxf (least, moe_float_before (high)); /* fewer than wanted */
  double under = wanted - (double)moe_bound_count (values, n, low);
  double over = (double)moe_bound_count (values, n, high) - wanted;
  return over < under ? high : low;
}

/* The null logit of token t is noise[t] + b, and a slot is null when its logit is not above it,
 * that is when its lead over the noise is at most b: the leads alone decide b.  The first
 * k - min (N, k) slots stay real because there are only N null experts. */
static bool
choose_by_router (const MoeRoutingSpec *spec,
                  const MoeRouting *routing,
                  bool *is_null,
                  float *null_logit)
{
  const size_t k = spec->topk;
  const size_t forced = k - moe_size_min (routing->null_experts, k);
  const size_t open = k - forced;
  float *lead = malloc (spec->tokens * open * sizeof *lead);
  if (lead == NULL)
    return false;

  moe_rng_normal (spec->null_seed, MOE_STREAM_NULL_LOGITS, 0, spec->tokens, 1.0f, null_logit);
  for (size_t t = 0; t < spec->tokens; t++)
    for (size_t j = 0; j < open; j++)
      lead[t * open + j] = routing->topk_weights[t * k + forced + j] - null_logit[t];

  double wanted = spec->null_target * (double)spec->tokens * (double)k;
  float b = bound_for_count (lead, spec->tokens * open, wanted);
  for (size_t t = 0; t < spec->tokens; t++)
    {
      for (size_t j = 0; j < open; j++)
        is_null[t * k + forced + j] = lead[t * open + j] <= b;
      null_logit[t] += b;
    }
  free (lead);
  return true;
}

size_t
moe_routing_null_tokens (size_t tokens, double null_target)
{
  return moe_size_min ((size_t)round ((double)tokens * null_target), tokens - 1);
}

/* Tokens become null in the order of their uniforms, and then of their position, as the fraction
 * grows, so that those of a smaller fraction are a subset here too. */
static bool
choose_tokens (const MoeRoutingSpec *spec, bool *is_null)
{
  const size_t T = spec->tokens, k = spec->topk;
  const size_t n = moe_routing_null_tokens (T, spec->null_target);
  if (spec->null_tokens == MOE_NULL_TOKENS_TAIL)
    {
      memset (is_null + (T - n) * k, true, n * k * sizeof *is_null);
      return true;
    }
  float *uniform = malloc (T * sizeof *uniform);
  if (uniform == NULL)
    return false;
  moe_rng_uniform (spec->null_seed, MOE_STREAM_NULL_TOKENS, 0, T, uniform);
  MoeLeast least = moe_least_find (uniform, T, n);
  for (size_t t = 0; t < T; t++)
    memset (is_null + t * k, moe_least_takes (&least, uniform[t]), k * sizeof *is_null);
  free (uniform);
  return true;
}

bool
moe_routing_choose_null (const MoeRoutingSpec *spec,
                         const MoeRouting *routing,
                         bool *is_null,
                         float *null_logit)
{
  if (spec->null_granularity == MOE_NULL_GRANULARITY_TOKEN)
    return choose_tokens (spec, is_null);
  switch (spec->null_mode)
    {
    case MOE_NULL_MODE_ROUTER:
      return choose_by_router (spec, routing, is_null, null_logit);
    case MOE_NULL_MODE_TAKE_UNTIL_NULL:
      choose_by_chance (spec, moe_routing_hazard (spec->null_target, spec->topk), true, is_null);
      return true;
    case MOE_NULL_MODE_INDEPENDENT:
    default:
      choose_by_chance (spec, spec->null_target, false, is_null);
      return true;
    }
}

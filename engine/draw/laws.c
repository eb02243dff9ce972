/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/laws.h"

#include "engine/draw/given.h"

#include "engine/base/size.h"
#include "engine/draw/exact.h"
#include "engine/draw/top.h"
#include "engine/moe/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct MoeLaw
{
  const MoeRoutingSpec *spec;
  uint32_t *order; /* [E] experts, the most favoured first */
  float *lead;     /* [E] what an expert's logit is ahead of its noise, by place in the order */
  float *noise;    /* [E] of one token */
  float *logit;    /* [E] of one token */
  float *best;     /* [2,k] logits of the best hot experts, and of the best others */
  int32_t *place;  /* [2,k] their places in the order */
};

bool
moe_law_draws (MoeDistribution distribution)
{
  return distribution == MOE_DISTRIBUTION_BALANCED || distribution == MOE_DISTRIBUTION_ZIPF
         || distribution == MOE_DISTRIBUTION_HOT;
}

void
moe_law_order (uint64_t seed, size_t experts, uint32_t *order)
{
  for (size_t i = 0; i < experts; i++)
    order[i] = (uint32_t)i;
  for (size_t i = experts - 1; i > 0; i--)
    {
      float uniform[2]; /* 24 bits each: together enough for any number of experts */
      moe_rng_uniform (seed, MOE_STREAM_EXPERT_ORDER, 2 * (uint64_t)i, 2, uniform);
      double draw = (double)uniform[0] + (double)uniform[1] * 0x1p-24;
      size_t other = (size_t)(draw * (double)(i + 1));
      uint32_t swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
}

void
moe_law_free (MoeLaw *law)
{
  if (law == NULL)
    return;
  free (law->order);
  free (law->lead);
  free (law->noise);
  free (law->logit);
  free (law->best);
  free (law->place);
  free (law);
}

MoeLaw *
moe_law_new (const MoeRoutingSpec *spec)
{
  const size_t experts = spec->experts;
  MoeLaw *law = calloc (1, sizeof *law);
  if (law == NULL)
    return NULL;
  *law = (MoeLaw){
    .spec = spec,
    .order = calloc (experts, sizeof *law->order),
    .lead = calloc (experts, sizeof *law->lead),
    .noise = calloc (experts, sizeof *law->noise),
    .logit = calloc (experts, sizeof *law->logit),
    .best = calloc (2 * spec->topk, sizeof *law->best),
    .place = calloc (2 * spec->topk, sizeof *law->place),
  };
  if (law->order == NULL || law->lead == NULL || law->noise == NULL || law->logit == NULL
      || law->best == NULL || law->place == NULL)
    {
      moe_law_free (law);
      return NULL;
    }
  moe_law_order (spec->seed, experts, law->order);
  if (spec->distribution == MOE_DISTRIBUTION_ZIPF)
    for (size_t i = 0; i < experts; i++)
      law->lead[i] = (float)(-spec->zipf_exponent * moe_exact_ln ((double)(i + 1)));
  return law;
}

/* The next expert after the last one's, in turn; all alike. */
static void
draw_balanced (const MoeLaw *law, size_t token, int32_t *id, float *logit)
{
  const size_t k = law->spec->topk;
  for (size_t j = 0; j < k; j++)
    {
      id[j] = (int32_t)((token * k + j) % law->spec->experts);
      logit[j] = 0.0f;
    }
}

/* logit[E] by place in the order.  Gumbel noise makes the best logits draws without replacement,
 * each in proportion to e^lead. */
static void
make_zipf (MoeLaw *law, size_t token, float *logit)
{
  const size_t experts = law->spec->experts;
  moe_rng_uniform (law->spec->seed, MOE_STREAM_LOGITS, (uint64_t)token * experts, experts,
                   law->noise);
  for (size_t i = 0; i < experts; i++)
    {
      double uniform = (double)law->noise[i] + 0x1p-25; /* of 24 bits: never 0 and never 1 */
      logit[i] = (float)((double)law->lead[i] - moe_exact_ln (-moe_exact_ln (uniform)));
    }
}

void
moe_law_logits (MoeLaw *law, size_t token, float *logit)
{
  make_zipf (law, token, law->logit);
  for (size_t i = 0; i < law->spec->experts; i++)
    logit[law->order[i]] = law->logit[i];
}

static void
draw_zipf (MoeLaw *law, size_t token, int32_t *id, float *logit)
{
  const size_t k = law->spec->topk;
  make_zipf (law, token, law->logit);
  moe_top_select (law->logit, law->spec->experts, k, logit, id);
  for (size_t j = 0; j < k; j++)
    id[j] = (int32_t)law->order[id[j]];
}

/* Slot j is hot when a step of the length of the share, of a walk that begins at random, passes a
 * whole number: each slot with the same probability, and in all as many as the share says, rounded
 * up or down.  Logits are those of `random`; who gets a slot is drawn from the hot experts, or from
 * the others, by logits too. */
static void
draw_hot (MoeLaw *law, size_t token, int32_t *id, float *logit)
{
  const MoeRoutingSpec *spec = law->spec;
  const size_t experts = spec->experts, hot = spec->hot_experts, k = spec->topk;
  const size_t cold = experts - hot;
  const size_t hot_slots = moe_size_min (k, hot), cold_slots = moe_size_min (k, cold);
  float start;
  moe_rng_uniform (spec->seed, MOE_STREAM_HOT_SLOTS, token, 1, &start);
  moe_rng_normal (spec->seed, MOE_STREAM_LOGITS, (uint64_t)token * experts, experts, 1.0f,
                  law->logit);
  moe_top_select (law->logit, experts, k, logit, id); /* for the logits */
  moe_top_select (law->logit, hot, hot_slots, law->best, law->place);
  moe_top_select (law->logit + hot, cold, cold_slots, law->best + k, law->place + k);

  size_t hot_taken = 0, cold_taken = 0;
  for (size_t j = 0; j < k; j++)
    {
      bool is_hot = floor ((double)start + (double)(j + 1) * spec->hot_share)
                    > floor ((double)start + (double)j * spec->hot_share);
      is_hot = cold_taken == cold_slots || (is_hot && hot_taken < hot_slots);
      size_t place =
          is_hot ? (size_t)law->place[hot_taken] : hot + (size_t)law->place[k + cold_taken];
      hot_taken += is_hot;
      cold_taken += !is_hot;
      id[j] = (int32_t)law->order[place];
    }
}

void
moe_law_draw (MoeLaw *law, size_t first, size_t n, int32_t *id, float *logit)
{
  const size_t k = law->spec->topk;
  for (size_t i = 0; i < n; i++)
    switch (law->spec->distribution)
      {
      case MOE_DISTRIBUTION_ZIPF:
        draw_zipf (law, first + i, id + i * k, logit + i * k);
        break;
      case MOE_DISTRIBUTION_HOT:
        draw_hot (law, first + i, id + i * k, logit + i * k);
        break;
      case MOE_DISTRIBUTION_BALANCED:
      case MOE_DISTRIBUTION_RANDOM:
      case MOE_DISTRIBUTION_RUNS:
      default:
        draw_balanced (law, first + i, id + i * k, logit + i * k);
        break;
      }
}

size_t
moe_law_most_slots (size_t topk, double share)
{
  double most = ceil ((double)topk * share - 1e-9); /* 0.2 of 5 is 1, whatever its last bit */
  return moe_size_min (topk, moe_size_max (1, (size_t)most));
}

/* (1 - p)^rows */
static double
idle_chance (double p, double rows)
{
  return p < 1.0 ? exp (rows * log1p (-p)) : 0.0;
}

static double
zipf_sum (double exponent, size_t experts)
{
  double sum = 0;
  for (size_t i = 0; i < experts; i++)
    sum += pow ((double)(i + 1), -exponent);
  return sum;
}

static double
zipf_active (double exponent, size_t experts, double rows)
{
  double sum = zipf_sum (exponent, experts), active = 0;
  for (size_t i = 0; i < experts; i++)
    active += 1 - idle_chance (pow ((double)(i + 1), -exponent) / sum, rows);
  return active;
}

/* Of rows drawn with the chances of those that were recorded; all of these without nulls. */
static double
given_active (const MoeGiven *given, double rows)
{
  double all = 0, active = 0;
  for (size_t i = 0; i < given->n_loads; i++)
    all += given->loads[i];
  for (size_t i = 0; i < given->n_loads; i++)
    active += rows >= all ? given->loads[i] > 0 : 1 - idle_chance (given->loads[i] / all, rows);
  return active;
}

double
moe_law_active_experts (const MoeRoutingSpec *spec, double rows)
{
  if (moe_distribution_is_given (spec->distribution) && spec->given != NULL)
    return given_active (spec->given, rows);
  double E = (double)spec->experts, hot = (double)spec->hot_experts;
  switch (spec->distribution)
    {
    case MOE_DISTRIBUTION_BALANCED:
      /* Without nulls one after the other; else those that chance leaves. */
      return spec->null_target > 0 ? E * (1 - idle_chance (1 / E, rows)) : fmin (E, rows);
    case MOE_DISTRIBUTION_ZIPF:
      return zipf_active (spec->zipf_exponent, spec->experts, rows);
    case MOE_DISTRIBUTION_HOT:
      return hot * (1 - idle_chance (spec->hot_share / hot, rows))
             + (E - hot) * (1 - idle_chance ((1 - spec->hot_share) / (E - hot), rows));
    case MOE_DISTRIBUTION_RANDOM:
    case MOE_DISTRIBUTION_RUNS:
    default:
      return E * (1 - idle_chance (1 / E, rows));
    }
}

/* In slot j the first expert is drawn, if it is still there, with what it weighs among those that
 * are left: at least all but the j heaviest others. */
static double
zipf_fullest (const MoeRoutingSpec *spec)
{
  double left = zipf_sum (spec->zipf_exponent, spec->experts), absent = 1;
  for (size_t j = 0; j < spec->topk; j++)
    {
      absent *= 1 - fmin (1, 1 / left);
      left -= pow ((double)(j + 2), -spec->zipf_exponent);
    }
  return 1 - absent;
}

double
moe_law_fullest_share (const MoeRoutingSpec *spec)
{
  double k = (double)spec->topk, E = (double)spec->experts, hot = (double)spec->hot_experts;
  if (moe_distribution_is_given (spec->distribution) && spec->given != NULL)
    return (double)moe_given_fullest (spec->given) / (double)spec->tokens;
  if (spec->distribution == MOE_DISTRIBUTION_ZIPF)
    return zipf_fullest (spec);
  if (spec->distribution == MOE_DISTRIBUTION_HOT)
    return k * fmax (spec->hot_share / hot, (1 - spec->hot_share) / (E - hot));
  return k / E;
}

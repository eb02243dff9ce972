/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/logits.h"

#include "engine/draw/exact.h"
#include "engine/draw/laws.h"
#include "engine/draw/runs.h"
#include "engine/moe/rng.h"

#include <math.h>
#include <stdlib.h>

#define RUN_LOGIT 6.0f /* on top of the noise, for the expert of a token's run */

struct MoeLogits
{
  const MoeRoutingSpec *spec;
  uint32_t *assigned; /* [T] runs: the expert of each token's run; else NULL */
  MoeLaw *law;        /* zipf, else NULL */
};

bool
moe_logits_are_of (MoeDistribution distribution)
{
  return distribution == MOE_DISTRIBUTION_RANDOM || distribution == MOE_DISTRIBUTION_RUNS
         || distribution == MOE_DISTRIBUTION_ZIPF;
}

static bool
prepare (MoeLogits *logits)
{
  const MoeRoutingSpec *spec = logits->spec;
  if (spec->distribution == MOE_DISTRIBUTION_ZIPF)
    return (logits->law = moe_law_new (spec)) != NULL;
  if (spec->distribution != MOE_DISTRIBUTION_RUNS)
    return true;
  logits->assigned = malloc (spec->tokens * sizeof *logits->assigned);
  return logits->assigned != NULL && moe_routing_assign_runs (spec, logits->assigned);
}

MoeLogits *
moe_logits_new (const MoeRoutingSpec *spec)
{
  MoeLogits *logits = calloc (1, sizeof *logits);
  if (logits == NULL)
    return NULL;
  logits->spec = spec;
  if (prepare (logits))
    return logits;
  moe_logits_free (logits);
  return NULL;
}

void
moe_logits_free (MoeLogits *logits)
{
  if (logits == NULL)
    return;
  moe_law_free (logits->law);
  free (logits->assigned);
  free (logits);
}

void
moe_logits_make (MoeLogits *logits, size_t first, size_t n, float *logit)
{
  const MoeRoutingSpec *spec = logits->spec;
  const uint32_t *assigned = logits->assigned;
  const size_t experts = spec->experts;
  for (size_t t = 0; logits->law != NULL && t < n; t++)
    moe_law_logits (logits->law, first + t, logit + t * experts);
  if (logits->law != NULL)
    return;
  const float scale = assigned != NULL ? (float)spec->run_noise_scale : 1.0f;
  moe_rng_normal (spec->seed, MOE_STREAM_LOGITS, (uint64_t)first * experts, n * experts, scale,
                  logit);
  for (size_t t = 0; assigned != NULL && t < n; t++)
    logit[t * experts + assigned[first + t]] += RUN_LOGIT;
}

/* --- weights: softmax over the chosen logits (SPEC 2) --- */

/* A null slot in `router` mode weighs in with its token's null logit. */
static double
slot_logit (const MoeRouting *routing, const float *null_logit, size_t token, size_t j)
{
  size_t slot = token * routing->topk + j;
  if (null_logit != NULL && (size_t)routing->topk_idx[slot] >= routing->experts)
    return null_logit[token];
  return routing->topk_weights[slot];
}

static void
weigh_token (MoeRouting *routing, const float *null_logit, bool renormalize, size_t token)
{
  const size_t k = routing->topk;
  float *weight = routing->topk_weights + token * k;
  const int32_t *id = routing->topk_idx + token * k;
  double largest = slot_logit (routing, null_logit, token, 0);
  double all = 0.0, real = 0.0;
  for (size_t j = 1; j < k; j++)
    largest = fmax (largest, slot_logit (routing, null_logit, token, j));

  for (size_t j = 0; j < k; j++)
    {
      double part = moe_exact_exp (slot_logit (routing, null_logit, token, j) - largest);
      all += part;
      if ((size_t)id[j] < routing->experts)
        real += part;
    }
  /* Where null slots keep their weights, the sum is that of all. */
  float *null = routing->null_weights != NULL ? routing->null_weights + token * k : NULL;
  double divisor = renormalize && null == NULL && real > 0.0 ? real : all;
  for (size_t j = 0; j < k; j++)
    {
      double p = moe_exact_exp (slot_logit (routing, null_logit, token, j) - largest) / divisor;
      bool is_real = (size_t)id[j] < routing->experts;
      if (null != NULL)
        null[j] = is_real ? 0.0f : (float)p;
      weight[j] = is_real ? (float)p : 0.0f;
    }
}

void
moe_logits_weigh (MoeRouting *routing, const float *null_logit, bool renormalize)
{
  for (size_t token = 0; token < routing->tokens; token++)
    weigh_token (routing, null_logit, renormalize, token);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/moe/draw-routing.h"

#include <math.h>
#include <stdlib.h>

MoeRouting
draw_routing (const MoeRoutingSpec *spec)
{
  MoeRouting routing = { 0 };
  MoeError error = { 0 };
  MoeStatus status = moe_routing_sample (spec, &routing, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_cmpint (status, ==, MOE_OK);
  return routing;
}

typedef struct Candidate
{
  float logit;
  int32_t id;
} Candidate;

static int
compare_candidates (const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  if (x->logit != y->logit)
    return x->logit < y->logit ? 1 : -1;
  return (x->id > y->id) - (x->id < y->id);
}

void
assert_top_of_logits (
    const MoeRouting *routing, size_t token, size_t k, const float *logits, size_t experts)
{
  g_autofree Candidate *all = g_new (Candidate, experts);
  double sum = 0;
  for (size_t e = 0; e < experts; e++)
    all[e] = (Candidate){ logits[e], (int32_t)e };
  qsort (all, experts, sizeof *all, compare_candidates);
  for (size_t j = 0; j < k; j++)
    sum += exp ((double)all[j].logit - (double)all[0].logit);
  for (size_t j = 0; j < k; j++)
    {
      g_assert_cmpint (routing->topk_idx[token * k + j], ==, all[j].id);
      g_assert_cmpfloat_with_epsilon (routing->topk_weights[token * k + j],
                                      exp ((double)all[j].logit - (double)all[0].logit) / sum,
                                      1e-7);
    }
}

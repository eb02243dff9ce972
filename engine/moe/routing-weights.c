/* SPDX-License-Identifier: Apache-2.0 */
/* Combine weights: softmax over the chosen logits (SPEC 2). */
#include <math.h>

#include "engine/base/size.h"
#include "engine/moe/routing-private.h"

/* e^x for x <= 0, to a few units in the last place of a double.  The C library's differs in the
 * last bit from one CPU to another, which may show in a rounded weight; this one does not. */
static double
exp_of (double x)
{
  if (x < -700.0)
    return 0.0;
  double n = floor (x * 1.4426950408889634 + 0.5);
  double r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
  double sum = 1.0;
  for (int i = 14; i > 0; i--)
    sum = 1.0 + sum * r / i;
  return ldexp (sum, (int)n);
}

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
      double part = exp_of (slot_logit (routing, null_logit, token, j) - largest);
      all += part;
      if ((size_t)id[j] < routing->experts)
        real += part;
    }
  double divisor = renormalize && real > 0.0 ? real : all;
  for (size_t j = 0; j < k; j++)
    weight[j] =
        (size_t)id[j] < routing->experts
            ? (float)(exp_of (slot_logit (routing, null_logit, token, j) - largest) / divisor)
            : 0.0f;
}

void
moe_routing_weigh (MoeRouting *routing, const float *null_logit, bool renormalize)
{
  for (size_t token = 0; token < routing->tokens; token++)
    weigh_token (routing, null_logit, renormalize, token);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which slots are null, by mode (SPEC 2). */
#pragma once

#include "engine/moe/routing.h"

/* Choose the null slots of a routing whose topk_weights still hold the chosen logits, best first.
 * is_null[T,k] comes zeroed.  In `router` mode null_logit[T] receives each token's null logit; the
 * other modes and whole tokens leave it alone.  Only for a target above 0.  False when scratch
 * memory (T*k floats or T 64-bit numbers) is refused. */
bool moe_routing_choose_null (const MoeRoutingSpec *spec,
                              const MoeRouting *routing,
                              bool *is_null,
                              float *null_logit);

/* The same of a spec: 0 where nothing is null, and where whole tokens are, whatever the mode. */
size_t moe_routing_spec_null_experts (const MoeRoutingSpec *spec);

/* How many tokens are null where whole ones are: f T, rounded, but that one stays.  tokens >= 1. */
size_t moe_routing_null_tokens (size_t tokens, double null_target);

/* The hazard q of take_until_null: solves 1 - (1/k) sum_{j=1..k} (1-q)^j = f by bisection to
 * 1e-12.  0 <= f < 1, k >= 1. */
double moe_routing_hazard (double null_target, size_t topk);

/* N: null_experts when > 0, else derived: router max (k, round (E f / (1-f))), the other modes
 * max (1, round (E f / (1-f))). */
size_t moe_routing_null_experts (
    MoeNullMode mode, size_t null_experts, size_t experts, size_t topk, double null_target);

/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of moe_routing_sample (); for the routing-*.c files only. */
#pragma once

#include "engine/moe/routing.h"

/* Choose the null slots of a routing whose topk_weights still hold the chosen logits, best first.
 * is_null[T,k] comes zeroed.  In `router` mode null_logit[T] receives each token's null logit; the
 * other modes leave it alone.  Only for a target above 0.  False when scratch memory (T*k floats)
 * is refused. */
bool moe_routing_choose_null (const MoeRoutingSpec *spec,
                              const MoeRouting *routing,
                              bool *is_null,
                              float *null_logit);

/* Turn the logits in topk_weights into weights: softmax over the k chosen logits of a token, 0 at
 * null slots (ids >= experts), and with `renormalize` divided by the sum of the real ones.  With
 * null_logit (may be NULL) a null slot's logit is its token's null logit. */
void moe_routing_weigh (MoeRouting *routing, const float *null_logit, bool renormalize);

/* `runs`: assigned[tokens], the expert that each token's run was given to.  False when scratch
 * memory (one size for each expert) is refused. */
bool moe_routing_assign_runs (const MoeRoutingSpec *spec, uint32_t *assigned);

/* Fill run_lengths from topk_idx, in which no slot is null yet.  False when scratch memory (4 bytes
 * for each token) is refused. */
bool moe_routing_measure_runs (MoeRouting *routing);

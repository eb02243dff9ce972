/* SPDX-License-Identifier: Apache-2.0 */
/* Router logits, a few tokens at a time: those of all experts are never held for all tokens.  And
 * what a token's chosen experts weigh by them. */
#pragma once

#include "engine/moe/routing.h"

/* The logits of one routing. */
typedef struct MoeLogits MoeLogits;

/* Are there logits of all experts behind this distribution?  The others say which experts slots go
 * to. */
bool moe_logits_are_of (MoeDistribution distribution);

/* For a spec of such a distribution, whose numbers are in range (borrowed until the free); NULL
 * when there is no memory. */
MoeLogits *moe_logits_new (const MoeRoutingSpec *spec);
void moe_logits_free (MoeLogits *logits);

/* logit[n,E] of tokens first .. first + n - 1.  A token's depend on its number and the spec alone.
 * One thread at a time. */
void moe_logits_make (MoeLogits *logits, size_t first, size_t n, float *logit);

/* Turn the logits in topk_weights[T,k] into weights: softmax over the k chosen logits of a token, 0
 * at null slots, whose weights go to null_weights where there are such, and with `renormalize`
 * divided by the sum of the real ones.  With null_logit[T] (may be NULL) a null slot's logit is its
 * token's null logit.  In place. */
void moe_logits_weigh (MoeRouting *routing, const float *null_logit, bool renormalize);

/* SPDX-License-Identifier: Apache-2.0 */
/* Loads that are not even: how much each expert is favoured by the distributions `balanced`, `zipf`
 * and `hot` (SPEC 2), drawing tokens accordingly, and what follows for memory and traffic. */
#pragma once

#include "engine/moe/routing.h"

/* Drawing the tokens of one routing. */
typedef struct MoeLaw MoeLaw;

/* Does moe_law_draw () make this distribution? */
bool moe_law_draws (MoeDistribution distribution);

/* For a spec whose distribution is one of those and whose numbers are in range (borrowed until the
 * free); NULL when there is no memory. */
MoeLaw *moe_law_new (const MoeRoutingSpec *spec);
void moe_law_free (MoeLaw *law);

/* id[n,k] and logit[n,k], the best first, of tokens first .. first + n - 1.  A token's depend on
 * its number and the spec alone.  One thread at a time. */
void moe_law_draw (MoeLaw *law, size_t first, size_t n, int32_t *id, float *logit);

/* Of zipf: logit[E], by expert, of one token.  One thread at a time. */
void moe_law_logits (MoeLaw *law, size_t token, float *logit);

/* order[E]: the experts from the most favoured one on, a permutation drawn from the seed.  Of `hot`
 * the first hot_experts are the hot ones. */
void moe_law_order (uint64_t seed, size_t experts, uint32_t *order);

/* Of the k slots of a token, how many at most go to hot experts, or to the others.  Every slot is
 * hot with the same probability, the share, so that a token has share * k hot ones, rounded up or
 * down. */
size_t moe_law_most_slots (size_t topk, double share);

/* Experts expected to have at least one of `rows` rows drawn one by one: E (1 - (1 - 1/E)^rows)
 * where all are favoured alike.  Top-k, which gives no token an expert twice, reaches a few more.
 */
double moe_law_active_experts (const MoeRoutingSpec *spec, double rows);

/* Expected share of the tokens that go to the most favoured expert, null slots not yet taken off;
 * of `zipf` a bound from above. */
double moe_law_fullest_share (const MoeRoutingSpec *spec);

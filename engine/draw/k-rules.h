/* SPDX-License-Identifier: Apache-2.0 */
/* How many experts each token takes (SPEC 2, --k-rule): rules by which tokens keep unlike numbers
 * of them, at the same rows in all as the fixed top-k. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/routing.h"

/* What a rule cannot do of a spec whose sizes and fraction are in range: MOE_ERROR_INVALID with the
 * option it is about, in words.  Nothing is wrong with the rule `fixed`. */
MoeStatus moe_k_rule_check (const MoeRoutingSpec *spec, MoeError *error);

/* Rows that tokens take together, exactly: T k (1 - f), rounded, but one at least; of
 * `token_rounding` the nearest multiple of the tile that there is.  Of a spec that the check lets
 * through, with another rule than `fixed`. */
size_t moe_k_rule_rows (const MoeRoutingSpec *spec);

/* Is every token bound to keep what it keeps with `fixed`: one expert of a rule that leaves none
 * without, or all there are? */
bool moe_k_rule_is_idle (const MoeRoutingSpec *spec);

/* Scratch memory of moe_k_rule_sample () beside the routing, in bytes; false when that has no size.
 */
bool moe_k_rule_bytes (const MoeRoutingSpec *spec, size_t *bytes);

/* A routing by a rule other than `fixed`, of a spec that the check lets through.  It has as many
 * slots for each token as the one with most experts needs; the last ones of the others go to no
 * expert: their ids are those from the number of experts on, their weight 0, as of null slots.
 * Weights are the softmax over the logits of a token's experts.  The null fraction is that of T k
 * slots, k the spec's.  On success the caller owns the arrays (moe_routing_clear ()).  Error:
 * MOE_ERROR_MEMORY. */
MoeStatus moe_k_rule_sample (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error);

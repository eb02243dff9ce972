/* SPDX-License-Identifier: Apache-2.0 */
/* Capacity policies (SPEC 4): at most so many rows for an expert. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/routing.h"

/* max (1, ceil (factor T k / E)), at most T (an expert cannot get more); factor > 0. */
size_t moe_capacity_rows (double factor, size_t tokens, size_t topk, size_t experts);

/* What is left of a routing when every expert keeps its first `capacity` assignments in the order
 * of `strategy`: a copy in which dropped slots have the id `experts` and weight 0, and
 * real_assignments counts what is kept (null_assignments is as it was).  *dropped (may be NULL) is
 * the number of dropped slots.  Caller clears *kept with moe_routing_clear ().  MOE_ERROR_MEMORY.
 */
MoeStatus moe_capacity_apply (const MoeRouting *routing,
                              MoePackStrategy strategy,
                              size_t capacity,
                              MoeRouting *kept,
                              size_t *dropped,
                              MoeError *error);

/* Bytes that moe_capacity_apply () takes, its copy included; false when they have no size. */
bool moe_capacity_bytes (size_t tokens, size_t topk, size_t *bytes);

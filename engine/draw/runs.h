/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of tokens that are routed alike: how `runs` makes them, and how long they turn out in any
 * routing (SPEC 2). */
#pragma once

#include "engine/moe/routing.h"

/* `runs`: assigned[tokens], the expert that each token's run was given to.  False when scratch
 * memory (one size for each expert) is refused. */
bool moe_routing_assign_runs (const MoeRoutingSpec *spec, uint32_t *assigned);

/* Fill run_lengths from topk_idx, in which no slot is null yet.  False when scratch memory (4 bytes
 * for each token) is refused. */
bool moe_routing_measure_runs (MoeRouting *routing);

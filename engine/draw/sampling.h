/* SPDX-License-Identifier: Apache-2.0 */
/* Sampling of a routing: experts first (top-k of the logits), then which slots are null, then the
 * weights.  Done once per point, outside every timed region. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/routing.h"

/* On success the caller owns the arrays in *routing and releases them with
 * moe_routing_clear ().  Same spec, same routing, on every machine.  Errors:
 * MOE_ERROR_INVALID (topk, f, N or a number of the distribution out of range; with `router` and
 * explicit N < k a target above N/k, named), MOE_ERROR_MEMORY. */
MoeStatus moe_routing_sample (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error);

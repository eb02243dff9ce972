/* SPDX-License-Identifier: Apache-2.0 */
/* What sampling the routing of a point shows. */
#pragma once

#include "engine/bench/events.h"
#include "engine/moe/routing.h"

/* Of the routing of a point in a plan of such options; `counts` has room for the experts.
 * MOE_ERROR_MEMORY. */
MoeStatus moe_point_facts (const MoePoint *point,
                           const MoeOptions *options,
                           const MoeRouting *routing,
                           size_t *counts,
                           MoePointFacts *facts,
                           MoeError *error);

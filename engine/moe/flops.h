/* SPDX-License-Identifier: Apache-2.0 */
/* Work and metrics (SPEC 3). */
#pragma once

#include "engine/moe/types.h"

/* Forward 6 H M R + 6 T H S; forward_backward 3 x that.  In double: exact below 2^53. */
double moe_flops (const MoeShape *shape, MoePass pass, double real_assignments);

double moe_tflops (double flops, double time_s);

/* eta = (tokens_per_s (f) / tokens_per_s (0)) * (1 - f_realized). */
double moe_null_efficiency (double tokens_per_s, double tokens_per_s_at_0, double null_realized);

/* The same for a block, whatever its capacity policy: with `pad`, E * capacity rows are computed
 * instead of the real assignments. */
double moe_block_flops (const MoeBlock *block, double real_assignments);

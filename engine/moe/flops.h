/* SPDX-License-Identifier: Apache-2.0 */
/* Work and metrics (SPEC 3). */
#pragma once

#include "engine/moe/types.h"

/* Forward 6 H M R + 6 T H S; forward_backward 3 x that.  With R the real assignments that are kept
 * it is the useful work, with the rows that are computed what the machine does, padding included.
 * In double: exact below 2^53. */
double moe_flops (const MoeShape *shape, MoePass pass, double rows);

double moe_tflops (double flops, double time_s);

/* eta = (tokens_per_s (f) / tokens_per_s (0)) * (1 - f_realized). */
double moe_null_efficiency (double tokens_per_s, double tokens_per_s_at_0, double null_realized);

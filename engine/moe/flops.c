/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/flops.h"

#include <math.h>

double
moe_flops (const MoeShape *shape, MoePass pass, double rows)
{
  double routed = 6.0 * (double)shape->hidden * (double)shape->mlp_dim * rows;
  double shared = 6.0 * (double)shape->tokens * (double)shape->hidden * (double)shape->shared_dim;
  return (routed + shared) * (pass == MOE_PASS_FORWARD_BACKWARD ? 3.0 : 1.0);
}

double
moe_tflops (double flops, double time_s)
{
  return time_s > 0.0 ? flops / time_s / 1e12 : NAN;
}

double
moe_null_efficiency (double tokens_per_s, double tokens_per_s_at_0, double null_realized)
{
  if (!(tokens_per_s_at_0 > 0.0))
    return NAN;
  return tokens_per_s / tokens_per_s_at_0 * (1.0 - null_realized);
}

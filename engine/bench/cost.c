/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/cost.h"

double
moe_cost_active_experts (double experts, double rows)
{
  double idle = 1;
  double base = 1 - 1 / experts;
  /* By squaring; rows is a whole number for all that matters here. */
  for (size_t n = (size_t)rows; n > 0; n >>= 1, base *= base)
    if (n & 1)
      idle *= base;
  return experts * (1 - idle);
}

double
moe_cost_bytes (const MoeBlock *block, double real_rows, size_t rows)
{
  double H = (double)block->shape.hidden, M = (double)block->shape.mlp_dim;
  double T = (double)block->shape.tokens, E = (double)block->shape.experts;
  double element = (double)moe_dtype_bytes (block->dtype);
  double expert = 3 * H * M * element;
  double moved = (double)rows;
  double forward = moe_cost_active_experts (E, real_rows) * expert /* weights */
                   + 2 * element * moved * (2 * H + 3 * M)         /* x, h, act, out rows */
                   + 2 * element * T * H;                          /* x in, y out */
  if (block->pass == MOE_PASS_FORWARD)
    return forward;
  double backward = moe_cost_active_experts (E, real_rows) * expert /* weights */
                    + E * expert                                    /* gradients, zeros included */
                    + 2 * element * moved * (3 * H + 4 * M)         /* dout, dact, dh, x, act, dx */
                    + 2 * element * T * H;                          /* y in, dx out */
  return forward + backward;
}

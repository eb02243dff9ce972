/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/cost.h"

/* The shared expert: one more MLP that has all tokens and gathers nothing. */
static double
shared_bytes (const MoeBlock *block)
{
  double H = (double)block->shape.hidden, S = (double)block->shape.shared_dim;
  double T = (double)block->shape.tokens,
         element = (double)moe_dtype_bytes (block->choice[MOE_CHOICE_DTYPE]);
  double weights = 3 * H * S * element;
  if (block->shape.shared_dim == 0)
    return 0;
  double forward = weights + 2 * element * T * (H + 3 * S); /* out; h, act */
  if (block->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    return forward;
  return forward + 2 * weights + 2 * element * T * (H + 4 * S); /* dx; dact, dh, act */
}

/* Between shards: tokens one way and sums back, or sums all ways, come to the same.  What one
 * shard writes another one reads. */
static double
exchange_bytes (const MoeBlock *block)
{
  double passes = block->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD ? 1 : 2;
  double tokens = (double)block->shape.tokens * (double)block->shape.hidden
                  * (double)moe_dtype_bytes (block->choice[MOE_CHOICE_DTYPE]);
  if (block->ep_size < 2)
    return 0;
  return 2 * passes * 2 * (double)(block->ep_size - 1) * tokens;
}

/* What stands between x and the gathered rows: a copy of x for every slot with repeat_sort; nothing
 * when the gather is not part of the step. */
static double
gather_bytes (const MoeBlock *block, double rows)
{
  double H = (double)block->shape.hidden, T = (double)block->shape.tokens;
  double element = (double)moe_dtype_bytes (block->choice[MOE_CHOICE_DTYPE]);
  if (block->choice[MOE_CHOICE_QUEUE_MODE] == MOE_QUEUE_MODE_PREQUEUE)
    return -element * H * (rows + T); /* no row written, no x read */
  if (block->choice[MOE_CHOICE_PERMUTE_MODE] == MOE_PERMUTE_REPEAT_SORT)
    return 2 * element * T * (double)block->topk * H;
  return 0;
}

/* Copies read x in the combine, and y in the backward of the gather.  Vectors are read in the
 * forward; their gradients are written from y. */
double
moe_cost_null_bytes (const MoeBlock *block, double null_tokens)
{
  double H = (double)block->shape.hidden, N = (double)block->shape.null_vectors;
  double element = (double)moe_dtype_bytes (block->choice[MOE_CHOICE_DTYPE]);
  double tokens = element * H * null_tokens, vectors = element * H * N;
  bool backward = block->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD;
  switch ((MoeNullKind)block->choice[MOE_CHOICE_NULL_KIND])
    {
    case MOE_NULL_KIND_COPY:
      return backward ? 2 * tokens : tokens;
    case MOE_NULL_KIND_CONSTANT:
      return backward ? 2 * vectors + tokens : vectors;
    case MOE_NULL_KIND_ZERO:
      break;
    }
  return 0;
}

double
moe_cost_bytes (const MoeBlock *block, double active_experts, size_t rows, double null_tokens)
{
  double H = (double)block->shape.hidden, M = (double)block->shape.mlp_dim;
  double T = (double)block->shape.tokens;
  double E = (double)block->shape.experts + (double)block->shape.zero_experts;
  double element = (double)moe_dtype_bytes (block->choice[MOE_CHOICE_DTYPE]);
  double expert = 3 * H * M * element;
  double moved = (double)rows;
  double active = active_experts * expert;
  double forward = active                                  /* weights */
                   + 2 * element * moved * (2 * H + 3 * M) /* x, h, act, out rows */
                   + 2 * element * T * H                   /* x in, y out */
                   + gather_bytes (block, moved);
  double around =
      shared_bytes (block) + exchange_bytes (block) + moe_cost_null_bytes (block, null_tokens);
  if (block->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    return forward + around;
  double backward = active                                  /* weights */
                    + E * expert                            /* gradients, zeros included */
                    + 2 * element * moved * (3 * H + 4 * M) /* dout, dact, dh, x, act, dx */
                    + 2 * element * T * H;                  /* y in, dx out */
  return forward + backward + around;
}

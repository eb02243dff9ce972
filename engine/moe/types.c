/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/types.h"

#include <math.h>
#include <stdio.h>

static const char *const stage_names[] = {
  [MOE_STAGE_PACK] = "pack",
  [MOE_STAGE_GATHER] = "gather",
  [MOE_STAGE_UP] = "up",
  [MOE_STAGE_ACTIVATION] = "activation",
  [MOE_STAGE_DOWN] = "down",
  [MOE_STAGE_COMBINE] = "combine",
  [MOE_STAGE_COMBINE_BWD] = "combine_bwd",
  [MOE_STAGE_DOWN_DGRAD] = "down_dgrad",
  [MOE_STAGE_ACTIVATION_BWD] = "activation_bwd",
  [MOE_STAGE_UP_DGRAD] = "up_dgrad",
  [MOE_STAGE_DOWN_WGRAD] = "down_wgrad",
  [MOE_STAGE_UP_WGRAD] = "up_wgrad",
  [MOE_STAGE_GATHER_BWD] = "gather_bwd",
  [MOE_STAGE_SHARED] = "shared",
  [MOE_STAGE_SHARED_BWD] = "shared_bwd",
  [MOE_STAGE_COMM] = "comm",
  [MOE_STAGE_COMM_BWD] = "comm_bwd",
  [MOE_STAGE_WAIT] = "wait",
};
const MoeNames moe_stage_names = { stage_names, sizeof stage_names / sizeof *stage_names };

bool
moe_shape_equal (const MoeShape *a, const MoeShape *b)
{
  return a->tokens == b->tokens && a->hidden == b->hidden && a->mlp_dim == b->mlp_dim
         && a->experts == b->experts && a->shared_dim == b->shared_dim;
}

void
moe_shape_format (const MoeShape *shape, char text[MOE_SHAPE_TEXT_SIZE])
{
  snprintf (text, MOE_SHAPE_TEXT_SIZE, "%zux%zux%zux%zu", shape->tokens, shape->hidden,
            shape->mlp_dim, shape->experts);
}

static const MoeStageKind kinds[MOE_N_STAGES] = {
  [MOE_STAGE_PACK] = MOE_STAGE_KIND_PACK,
  [MOE_STAGE_GATHER] = MOE_STAGE_KIND_MOVE,
  [MOE_STAGE_UP] = MOE_STAGE_KIND_FORWARD,
  [MOE_STAGE_ACTIVATION] = MOE_STAGE_KIND_ACTIVATION,
  [MOE_STAGE_DOWN] = MOE_STAGE_KIND_FORWARD,
  [MOE_STAGE_COMBINE] = MOE_STAGE_KIND_MOVE,
  [MOE_STAGE_COMBINE_BWD] = MOE_STAGE_KIND_MOVE_BWD,
  [MOE_STAGE_DOWN_DGRAD] = MOE_STAGE_KIND_DGRAD,
  [MOE_STAGE_ACTIVATION_BWD] = MOE_STAGE_KIND_ACTIVATION_BWD,
  [MOE_STAGE_UP_DGRAD] = MOE_STAGE_KIND_DGRAD,
  [MOE_STAGE_DOWN_WGRAD] = MOE_STAGE_KIND_WGRAD,
  [MOE_STAGE_UP_WGRAD] = MOE_STAGE_KIND_WGRAD,
  [MOE_STAGE_GATHER_BWD] = MOE_STAGE_KIND_MOVE_BWD,
  [MOE_STAGE_SHARED] = MOE_STAGE_KIND_SHARED,
  [MOE_STAGE_SHARED_BWD] = MOE_STAGE_KIND_SHARED_BWD,
  [MOE_STAGE_COMM] = MOE_STAGE_KIND_EXCHANGE,
  [MOE_STAGE_COMM_BWD] = MOE_STAGE_KIND_EXCHANGE_BWD,
  [MOE_STAGE_WAIT] = MOE_STAGE_KIND_WAIT,
};

MoeStageKind
moe_stage_kind_of (MoeStage stage)
{
  return kinds[stage];
}

double
moe_stage_kind_sum (const double values[MOE_N_STAGES], MoeStageKind kind)
{
  double sum = NAN;
  for (int stage = 0; stage < MOE_N_STAGES; stage++)
    if (kinds[stage] == kind && isfinite (values[stage]))
      sum = values[stage] + (isnan (sum) ? 0 : sum);
  return sum;
}

size_t
moe_most_kept (MoeKRule rule, size_t topk, size_t experts)
{
  if (rule == MOE_K_RULE_FIXED)
    return topk;
  return experts < MOE_RULE_MOST_KEPT ? experts : MOE_RULE_MOST_KEPT;
}

size_t
moe_block_most_kept (const MoeBlock *block)
{
  return moe_most_kept (block->choice[MOE_CHOICE_K_RULE], block->topk, block->shape.experts);
}

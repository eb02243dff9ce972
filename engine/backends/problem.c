/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/backend.h"

#include "engine/base/size.h"

bool
moe_problem_fits (const MoeProblem *problem, const MoeBlock *block, const MoeRouting *routing)
{
  return moe_shape_equal (&block->shape, &problem->shape)
         && routing->tokens == problem->shape.tokens && routing->experts == problem->shape.experts
         && routing->topk <= problem->max_topk
         && moe_size_max (1, block->ep_size) == problem->ep_size
         && moe_choices_fit (problem->choice, block->choice);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/backend.h"

#include "engine/base/size.h"

bool
moe_problem_fits (const MoeProblem *problem, const MoeBlock *block, const MoeRouting *routing)
{
  return moe_shape_equal (&block->shape, &problem->shape)
         && routing->tokens == problem->shape.tokens && routing->experts == problem->shape.experts
         && routing->topk <= problem->max_topk
         && block->shape.null_vectors <= problem->shape.null_vectors
         && (block->choice[MOE_CHOICE_NULL_KIND] != MOE_NULL_KIND_CONSTANT
             || routing->null_experts <= block->shape.null_vectors)
         && block->shape.zero_experts <= problem->shape.zero_experts
         && (!moe_has_zero_experts (block->choice) || routing->null_assignments == 0
             || routing->null_experts <= block->shape.zero_experts)
         && (!moe_weighs_nulls (block->choice) || routing->null_assignments == 0
             || routing->null_weights != NULL)
         && moe_size_max (1, block->ep_size) == problem->ep_size
         && moe_choices_fit (problem->choice, block->choice);
}

MoeStatus
moe_block_refuse_prepack (const MoeBlock *block, MoeError *error)
{
  if (!block->choice[MOE_CHOICE_PREPACK])
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "prepack",
                               "--prepack: this accelerator keeps no packed weights between steps; "
                               "allowed is --accelerator native.");
}

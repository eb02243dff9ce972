/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/types.h"

#include <stdio.h>
#include <string.h>

const char *
moe_name_of (const MoeNames *names, int value)
{
  if (value < 0 || (size_t)value >= names->n)
    return "?";
  return names->names[value];
}

bool
moe_name_parse (const MoeNames *names, const char *text, int *value)
{
  for (size_t i = 0; i < names->n; i++)
    if (strcmp (names->names[i], text) == 0)
      {
        *value = (int)i;
        return true;
      }
  return false;
}

static const char *const dtype_names[] = {
  [MOE_DTYPE_FLOAT32] = "float32",
  [MOE_DTYPE_BFLOAT16] = "bfloat16",
};
const MoeNames moe_dtype_names = { dtype_names, sizeof dtype_names / sizeof *dtype_names };

size_t
moe_dtype_bytes (MoeDtype dtype)
{
  return dtype == MOE_DTYPE_BFLOAT16 ? 2 : 4;
}

static const char *const pass_names[] = {
  [MOE_PASS_FORWARD] = "forward",
  [MOE_PASS_FORWARD_BACKWARD] = "forward_backward",
};
const MoeNames moe_pass_names = { pass_names, sizeof pass_names / sizeof *pass_names };

static const char *const grouping_names[] = {
  [MOE_GROUPING_GMM] = "gmm",
  [MOE_GROUPING_RAGGED_DOT] = "ragged_dot",
};
const MoeNames moe_grouping_names = { grouping_names,
                                      sizeof grouping_names / sizeof *grouping_names };

static const char *const impl_names[] = {
  [MOE_IMPL_BASELINE] = "baseline",   [MOE_IMPL_FUSED_W13] = "fused_w13",
  [MOE_IMPL_PREWEIGHT] = "preweight", [MOE_IMPL_FUSED_W13_PREWEIGHT] = "fused_w13_preweight",
  [MOE_IMPL_SCATTER] = "scatter",     [MOE_IMPL_FAST] = "fast",
};
const MoeNames moe_impl_names = { impl_names, sizeof impl_names / sizeof *impl_names };

static const char *const distribution_names[] = {
  [MOE_DISTRIBUTION_RANDOM] = "random",
  [MOE_DISTRIBUTION_RUNS] = "runs",
};
const MoeNames moe_distribution_names = { distribution_names,
                                          sizeof distribution_names / sizeof *distribution_names };

static const char *const null_mode_names[] = {
  [MOE_NULL_MODE_INDEPENDENT] = "independent",
  [MOE_NULL_MODE_TAKE_UNTIL_NULL] = "take_until_null",
  [MOE_NULL_MODE_ROUTER] = "router",
};
const MoeNames moe_null_mode_names = { null_mode_names,
                                       sizeof null_mode_names / sizeof *null_mode_names };

static const char *const null_dispatch_names[] = {
  [MOE_NULL_DISPATCH_COMPACT] = "compact",
  [MOE_NULL_DISPATCH_CARRY] = "carry",
};
const MoeNames moe_null_dispatch_names = { null_dispatch_names, sizeof null_dispatch_names
                                                                    / sizeof *null_dispatch_names };

static const char *const queue_mode_names[] = {
  [MOE_QUEUE_MODE_FULL] = "full",
  [MOE_QUEUE_MODE_PREQUEUE] = "prequeue",
};
const MoeNames moe_queue_mode_names = { queue_mode_names,
                                        sizeof queue_mode_names / sizeof *queue_mode_names };

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

static const char *const remat_mode_names[] = {
  [MOE_REMAT_NONE] = "none",
  [MOE_REMAT_EXPERT_MLP] = "expert_mlp",
  [MOE_REMAT_COMBINE] = "combine",
};
const MoeNames moe_remat_mode_names = { remat_mode_names,
                                        sizeof remat_mode_names / sizeof *remat_mode_names };

static const char *const pack_strategy_names[] = {
  [MOE_PACK_ARGSORT] = "argsort",
  [MOE_PACK_TUPLE_SORT] = "tuple_sort",
  [MOE_PACK_EXPERT_SCORE_SORT] = "expert_score_sort",
};
const MoeNames moe_pack_strategy_names = { pack_strategy_names, sizeof pack_strategy_names
                                                                    / sizeof *pack_strategy_names };

static const char *const permute_mode_names[] = {
  [MOE_PERMUTE_DIRECT_TAKE] = "direct_take",
  [MOE_PERMUTE_REPEAT_SORT] = "repeat_sort",
};
const MoeNames moe_permute_mode_names = { permute_mode_names,
                                          sizeof permute_mode_names / sizeof *permute_mode_names };

static const char *const capacity_policy_names[] = {
  [MOE_CAPACITY_NONE] = "none",
  [MOE_CAPACITY_DROP] = "drop",
  [MOE_CAPACITY_PAD] = "pad",
};
const MoeNames moe_capacity_policy_names = {
  capacity_policy_names, sizeof capacity_policy_names / sizeof *capacity_policy_names
};

static const char *const parallel_mode_names[] = {
  [MOE_PARALLEL_NONE] = "none",
  [MOE_PARALLEL_EP] = "ep",
};
const MoeNames moe_parallel_mode_names = { parallel_mode_names, sizeof parallel_mode_names
                                                                    / sizeof *parallel_mode_names };

static const char *const ep_comm_path_names[] = {
  [MOE_EP_COMPACT_PSUM] = "compact_psum",
  [MOE_EP_RING_AG_RS] = "ring_ag_rs",
};
const MoeNames moe_ep_comm_path_names = { ep_comm_path_names,
                                          sizeof ep_comm_path_names / sizeof *ep_comm_path_names };

bool
moe_impl_fuses_w13 (MoeImpl impl)
{
  return impl == MOE_IMPL_FUSED_W13 || impl == MOE_IMPL_FUSED_W13_PREWEIGHT
         || impl == MOE_IMPL_FAST;
}

bool
moe_impl_preweights (MoeImpl impl)
{
  return impl == MOE_IMPL_PREWEIGHT || impl == MOE_IMPL_FUSED_W13_PREWEIGHT;
}

bool
moe_impl_scatters (MoeImpl impl)
{
  return impl == MOE_IMPL_SCATTER || impl == MOE_IMPL_FAST;
}

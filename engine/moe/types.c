/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/types.h"

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

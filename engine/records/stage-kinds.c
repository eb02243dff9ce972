/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/stage-kinds.h"

#include <math.h>

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

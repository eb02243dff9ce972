/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of work that a step consists of: the stages of SPEC 5 and their backward twins, put
 * together so that few enough are left to be told apart. */
#pragma once

#include "engine/records/record.h"

G_BEGIN_DECLS

/* In the order of a step, as they are stacked. */
typedef enum MoeStageKind
{
  MOE_STAGE_KIND_FORWARD, /* up, down */
  MOE_STAGE_KIND_ACTIVATION,
  MOE_STAGE_KIND_MOVE, /* gather and combine */
  MOE_STAGE_KIND_PACK,
  MOE_STAGE_KIND_SHARED,
  MOE_STAGE_KIND_EXCHANGE, /* between shards */
  MOE_STAGE_KIND_DGRAD,    /* gradients of rows; from here on backward */
  MOE_STAGE_KIND_WGRAD,    /* gradients of weights */
  MOE_STAGE_KIND_ACTIVATION_BWD,
  MOE_STAGE_KIND_MOVE_BWD,
  MOE_STAGE_KIND_SHARED_BWD,
  MOE_STAGE_KIND_EXCHANGE_BWD,
  MOE_STAGE_KIND_WAIT, /* of either */
  MOE_N_STAGE_KINDS
} MoeStageKind;

MoeStageKind moe_stage_kind_of (MoeStage stage);

/* Sum of the values of the stages of a kind, such as MoeRecord's stage_s; NaN when none of them is
 * told. */
double moe_stage_kind_sum (const double values[MOE_N_STAGES], MoeStageKind kind);

G_END_DECLS

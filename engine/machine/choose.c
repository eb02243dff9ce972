/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/choose.h"

#include <string.h>

static MoePoint
typical_point (MoeDtype dtype)
{
  const MoeShape shape = { .tokens = 4096, .hidden = 2048, .mlp_dim = 1408, .experts = 60 };
  return (MoePoint){
    .block = { .shape = shape,
               .topk = 4,
               .choice[MOE_CHOICE_DTYPE] = dtype,
               .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD },
    .routing = { .tokens = shape.tokens, .experts = shape.experts, .topk = 4, .null_target = 0.5 },
  };
}

double
moe_choose_flops (void)
{
  const MoePoint point = typical_point (MOE_DTYPE_FLOAT32);
  return moe_point_expected_flops (&point);
}

double
moe_choose_step_s (MoeDtype dtype, const MoeCalibration *calibration)
{
  const MoePoint point = typical_point (dtype);
  return moe_forecast_step_s (&point, calibration);
}

static bool
is_native (const MoeContender *contender)
{
  return contender->backend != NULL && strcmp (contender->backend->name, "native") == 0;
}

static void
move_to (MoeContender *contenders, size_t from, size_t to)
{
  MoeContender moving = contenders[from];
  for (; from > to; from--)
    contenders[from] = contenders[from - 1];
  contenders[to] = moving;
}

/* Insertion sort: there are a handful, and equals must keep their order. */
void
moe_choose_sort (MoeContender *contenders, size_t n)
{
  for (size_t i = 1; i < n; i++)
    {
      size_t at = i;
      while (at > 0 && contenders[at - 1].step_s > contenders[i].step_s)
        at--;
      move_to (contenders, i, at);
    }
  for (size_t i = 1; i < n && contenders[i].step_s <= MOE_CHOOSE_TIE * contenders[0].step_s; i++)
    if (is_native (&contenders[i]))
      {
        move_to (contenders, i, 0);
        return;
      }
}

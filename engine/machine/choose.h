/* SPDX-License-Identifier: Apache-2.0 */
/* Which backend is the fastest here: the one that would take the least time for a typical point by
 * its calibration. */
#pragma once

#include "engine/machine/limits.h"

typedef struct MoeContender
{
  const MoeBackend *backend;
  MoeCalibration calibration;
  double step_s; /* forecast of the typical point: T4096 H2048 M1408 E60 top-4, f = 0.5 */
} MoeContender;

/* Closer than this is a tie: it goes to Native, whose steps the program itself schedules. */
#define MOE_CHOOSE_TIE 1.05

/* FLOPs of one step of the typical point. */
double moe_choose_flops (void);

/* Forecast seconds of the typical point, forward_backward. */
double moe_choose_step_s (MoeDtype dtype, const MoeCalibration *calibration);

/* Sort contenders, fastest first, but native before all that are within a tie of the fastest;
 * equals keep their order. */
void moe_choose_sort (MoeContender *contenders, size_t n);

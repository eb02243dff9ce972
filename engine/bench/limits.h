/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine can do at most: the roof over every measured point.
 *
 * Measured once per machine, backend, dtype and thread count (a few seconds), then kept by the
 * caller; see records/limits-cache.h. */
#pragma once

#include "engine/base/clock.h"
#include "engine/bench/forecast.h"

typedef struct MoeLimits
{
  double peak_flops_per_s;    /* multiply-adds in registers, all threads: float32 FMA or bf16 dot;
                                 of a device with memory of its own see MoeDeviceRates; at least
                                 the dense rate */
  double bytes_per_s;         /* main memory: the best of reading, writing and copying; or the
                                 device's */
  MoeCalibration calibration; /* of the backend; its flops_per_s is the dense matmul rate */
} MoeLimits;

/* Measure all, on `device` (two to four seconds, under 400 MB; see also moe_calibrate ()).  Blocks;
 * honours `cancel`.  Errors as the backend's. */
MoeStatus moe_limits_measure (const MoeBackend *backend,
                              size_t device,
                              size_t threads,
                              MoeDtype dtype,
                              const MoeClock *clock,
                              const MoeCancel *cancel,
                              MoeLimits *limits,
                              MoeError *error);

/* Bytes that any implementation must move between memory and cores in one step: the weights of
 * every expert with tokens and of the shared one once per pass, the gradients of every expert, x, y
 * and dx.  Rows in expert order are not counted, since they may stay in caches, nor is what shards
 * exchange. */
double moe_limits_least_bytes (const MoeBlock *block, size_t active_experts);

/* Roofline (Williams, Waterman, Patterson 2009): no step is shorter than its FLOPs at the peak rate
 * nor than its least bytes at the memory's rate.  Seconds. */
double moe_limits_least_time_s (const MoeLimits *limits,
                                const MoeBlock *block,
                                double flops,
                                size_t active_experts);

/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan will take, told before anything is allocated: memory, work and time. */
#pragma once

#include "engine/options/plan.h"

/* Rates of one backend on this machine from a short run of two small blocks (SPEC: "a short
 * calibration"): one bound by matmuls, one by streaming weights; see calibrate.h. */
typedef struct MoeCalibration
{
  double flops_per_s;       /* useful FLOP/s with many rows per expert */
  double bytes_per_s;       /* least bytes (weights, gradients, rows) per second with few rows */
  double touch_bytes_per_s; /* taking and filling fresh memory */
} MoeCalibration;

typedef struct MoeForecast
{
  MoeMemoryNeed memory;   /* the most that is taken at once */
  double touched_bytes;   /* in one start, in which each number of tokens has memory of its own */
  size_t routing_bytes;   /* host memory for the sampled routings and for applying a capacity */
  size_t available_bytes; /* memory there is for it: the host's, or the device's */
  bool on_device;         /* `memory` is the device's own, routing_bytes the host's */
  size_t host_bytes;      /* memory there is on the host */
  double flops_total;  /* all points, warm-up included; without a calibration one step per sample */
  double time_total_s; /* likely; NaN without a calibration */
  double time_least_s; /* until settled: with the least rounds that are made at all, */
  double time_most_s;  /* and with the whole budget; otherwise both are time_total_s */
  double setup_s; /* taking memory, filling weights, in all starts; NaN without a calibration */
  bool fits;
} MoeForecast;

/* Forecast a plan.  `calibration` may be NULL (times are then NaN); host_bytes as from
 * moe_available_memory (): a device with memory of its own is asked for what it has.  Takes no
 * memory.  Errors: as backend->supports and backend->memory.
 * A plan that does not fit is not an error here: see `fits` and moe_forecast_require_fit (). */
MoeStatus moe_forecast (const MoePlan *plan,
                        const MoeBackend *backend,
                        const MoeCalibration *calibration,
                        size_t host_bytes,
                        MoeForecast *forecast,
                        MoeError *error);

/* Two plans that fit, each by itself: do they fit both at once?  `same_device`: what is on a device
 * is on the same one. */
bool moe_forecast_fits_beside (const MoeForecast *a, const MoeForecast *b, bool same_device);

/* Expected seconds of one step of a point. */
double moe_forecast_step_s (const MoePoint *point, const MoeCalibration *calibration);

/* MOE_OK when this many threads (>= 1) are not too many for this machine; else MOE_ERROR_INVALID
 * that names the most that are allowed, moe_team_most () of engine/threads/team.h. */
MoeStatus moe_forecast_require_threads (size_t threads, MoeError *error);

/* MOE_OK when it fits; else MOE_ERROR_MEMORY with what it needs, of which memory, what there is,
 * and the largest tokens (or else experts) that would fit; or as moe_forecast_require_threads () of
 * plan->threads. */
MoeStatus moe_forecast_require_fit (const MoePlan *plan,
                                    const MoeBackend *backend,
                                    const MoeForecast *forecast,
                                    MoeError *error);

/* Bytes that can be taken now without swapping: the least of what the machine has (MemAvailable),
 * what the control groups of this process still allow (base/cgroup.h), and what its own limits on
 * addresses and data do (ulimit -v, -d).  Any thread. */
size_t moe_available_memory (void);

/* The same of a tree of files: `root` stands before /proc and /sys. */
size_t moe_available_memory_below (const char *root);

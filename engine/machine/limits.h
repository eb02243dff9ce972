/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine can do at most: the roof over every measured point.
 *
 * Measured once per machine, backend, dtype and thread count (a few seconds), then kept by the
 * caller; see records/machine.h. */
#pragma once

#include "engine/machine/calibrate.h"

typedef struct MoeLimits
{
  double peak_flops_per_s;  /* multiply-adds in registers, all threads: float32 FMA or bf16 dot;
                               of a device with memory of its own see MoeDeviceRates; at least
                               the dense rate */
  double read_bytes_per_s;  /* main memory, or the device's: reading alone, */
  double write_bytes_per_s; /* and writing alone without reading first; of a device its one rate */
  MoeCircumstances circumstances; /* of these three */

  MoeCalibration calibration; /* of the backend; its flops_per_s is the dense matmul rate */
  MoeCircumstances calibration_circumstances;
} MoeLimits;

/* Measure all of n backends (1 .. MOE_MAX_CONTENDERS), which take turns; what does not depend on
 * them only once.  Takes one to two seconds and up to 1 GiB for the memory, and what
 * moe_calibrate () takes.  errors[i].status tells which backends could not be measured, and why;
 * limits[i] is then not filled in.  Blocks.  Returns MOE_OK or MOE_ERROR_CANCELLED. */
MoeStatus moe_limits_measure (const MoeMeasureAsk *ask,
                              const MoeBackend *const *backends,
                              size_t n,
                              MoeLimits *limits,
                              MoeError *errors);

/* Is anything of it only what could be had while others disturbed? */
bool moe_limits_is_disturbed (const MoeLimits *limits);

typedef struct MoeLeastBytes
{
  double read;
  double written;
} MoeLeastBytes;

/* Bytes that any implementation must move between memory and cores in one step: read are the
 * weights of every expert with tokens, of the shared one and of those of zeros once per pass, what
 * constant null slots add, x and y; written the gradients of every expert and of those, y and dx.
 * Rows in expert order are not counted, since they may stay in caches, nor is what shards exchange.
 */
MoeLeastBytes moe_limits_least_bytes (const MoeBlock *block, size_t active_experts);

/* Roofline (Williams, Waterman, Patterson 2009): no step is shorter than its FLOPs at the peak
 * rate, nor than its least bytes at the rates of reading and of writing.  Seconds. */
double moe_limits_least_time_s (const MoeLimits *limits,
                                const MoeBlock *block,
                                double flops,
                                size_t active_experts);

/* A step that took time_s has shown what is possible: each limit that it beats was measured too
 * low, and becomes what the step needs.  True when one was raised.  Pure. */
bool moe_limits_raise (
    MoeLimits *limits, const MoeBlock *block, double flops, size_t active_experts, double time_s);

/* Bytes to stream through so that memory is measured and no cache: 32 times the last-level cache
 * (0: unknown) within 192 MiB and 1 GiB, but at most a quarter of what is available.  Pure. */
size_t moe_limits_stream_bytes (size_t cache_bytes, size_t available_bytes);

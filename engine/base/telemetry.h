/* SPDX-License-Identifier: Apache-2.0 */
/* Temperature, clocks and power of a GPU, as NVIDIA's management library (NVML) tells them.  The
 * library is opened at run time: without it there is no telemetry, and a reason in words. */
#pragma once

#include "engine/base/error.h"

#include <stdint.h>

/* One device's sensors.  Used by one thread at a time. */
typedef struct MoeTelemetry MoeTelemetry;

/* What the sensors show now; what a device does not tell is NaN. */
typedef struct MoeTelemetrySample
{
  double temperature_c;
  double sm_clock_hz;     /* of the multiprocessors */
  double memory_clock_hz; /* of the memory */
  double power_w;
  double busy; /* 0 .. 1: share of the last moments in which something ran */
} MoeTelemetrySample;

/* Open the device at a PCI address, MoeDevice.address.  `library` is NULL for the system's, a file
 * in tests.  MOE_ERROR_UNSUPPORTED with the reason.  Takes some milliseconds the first time; any
 * thread.  Caller closes *telemetry. */
MoeStatus moe_telemetry_open (const char *library,
                              const char *address,
                              MoeTelemetry **telemetry,
                              MoeError *error);

/* A few hundred microseconds; not in a timed region. */
void moe_telemetry_sample (MoeTelemetry *telemetry, MoeTelemetrySample *sample);

/* The driver's version, "580.65.06"; "" when unknown. */
const char *moe_telemetry_driver (const MoeTelemetry *telemetry);

void moe_telemetry_close (MoeTelemetry *telemetry); /* NULL is allowed */

/* SPDX-License-Identifier: Apache-2.0 */
/* An injectable clock.  Measuring code takes a MoeClock so that tests can replace
 * time and assert order and arithmetic exactly. */
#pragma once

#include <stdint.h>

typedef struct MoeClock
{
  uint64_t (*now_ns) (void *data); /* monotonic nanoseconds; any thread */
  void *data;
} MoeClock;

/* The machine's monotonic clock. */
MoeClock moe_clock_monotonic (void);

static inline uint64_t
moe_clock_now (const MoeClock *clock)
{
  return clock->now_ns (clock->data);
}

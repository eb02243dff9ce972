/* SPDX-License-Identifier: Apache-2.0 */
/* An injectable clock.  Measuring code takes a MoeClock so that tests can replace
 * time and assert order and arithmetic exactly. */
#pragma once

#include <stdint.h>
#include <time.h>

/* The machine's monotonic clock, in nanoseconds. */
static inline uint64_t
moe_now_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

typedef struct MoeClock
{
  uint64_t (*now_ns) (void *data); /* monotonic nanoseconds; any thread */
  void *data;
} MoeClock;

/* One that tells moe_now_ns (). */
MoeClock moe_clock_monotonic (void);

static inline uint64_t
moe_clock_now (const MoeClock *clock)
{
  return clock->now_ns (clock->data);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/clock.h"

#include <stddef.h>
#include <time.h>

static uint64_t
monotonic_now_ns (void *data)
{
  (void)data;
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

MoeClock
moe_clock_monotonic (void)
{
  return (MoeClock){ .now_ns = monotonic_now_ns, .data = NULL };
}

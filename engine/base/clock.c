/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/clock.h"

#include <stddef.h>

static uint64_t
monotonic_now_ns (void *data)
{
  (void)data;
  return moe_now_ns ();
}

MoeClock
moe_clock_monotonic (void)
{
  return (MoeClock){ .now_ns = monotonic_now_ns, .data = NULL };
}

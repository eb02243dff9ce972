/* SPDX-License-Identifier: Apache-2.0 */
/* What threads used of the machine: the difference of two readings tells what they used between. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Sums over `threads` threads.  What cannot be found out is missing: NaN, -1. */
typedef struct MoeUsage
{
  size_t threads;
  double cpu_s;     /* processor time */
  double waited_s;  /* slept because there was nothing to do for them, until they were called */
  int64_t switches; /* involuntary: others took the processor */
} MoeUsage;

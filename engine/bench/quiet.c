/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/quiet.h"

static const double QUIET_BUSY = 0.1;
static const double FALLS_BELOW = 0.9; /* of the lowest so far */
static const double STEADY_S = 3;

bool
moe_quiet_wait_on (MoeQuiet *quiet, double busy)
{
  double mean = 0;
  if (!(busy >= QUIET_BUSY))
    return false;
  quiet->last[quiet->looks++ % MOE_QUIET_MEAN] = busy;
  size_t n = quiet->looks < MOE_QUIET_MEAN ? quiet->looks : MOE_QUIET_MEAN;
  for (size_t i = 0; i < n; i++)
    mean += quiet->last[i] / (double)n;
  quiet->steady++;
  if (quiet->looks == 1 || mean < FALLS_BELOW * quiet->lowest)
    {
      quiet->lowest = mean;
      quiet->steady = 0;
    }
  return (double)quiet->steady * MOE_QUIET_LOOK_S < STEADY_S;
}

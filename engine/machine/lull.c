/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/lull.h"

static const double QUIET_BUSY = 0.1;
static const double FALLS_BELOW = 0.9; /* of the lowest so far */
static const double STEADY_S = 3;

bool
moe_lull_wait_on (MoeLull *lull, double busy)
{
  double mean = 0;
  if (!(busy >= QUIET_BUSY))
    return false;
  lull->last[lull->looks++ % MOE_LULL_MEAN] = busy;
  size_t n = lull->looks < MOE_LULL_MEAN ? lull->looks : MOE_LULL_MEAN;
  for (size_t i = 0; i < n; i++)
    mean += lull->last[i] / (double)n;
  lull->steady++;
  if (lull->looks == 1 || mean < FALLS_BELOW * lull->lowest)
    {
      lull->lowest = mean;
      lull->steady = 0;
    }
  return (double)lull->steady * MOE_LULL_LOOK_S < STEADY_S;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/taken.h"

#include <math.h>

MoeTaken
moe_taken_unknown (void)
{
  return (MoeTaken){
    .cpu_s = NAN, .share = NAN, .stolen_s = NAN, .switches = -1, .anchor_s = NAN, .others = NAN
  };
}

/* Waking threads and reading their clocks takes some ten microseconds. */
static const double LEAST_WALL_S = 0.002;

void
moe_taken_between (
    MoeTaken *taken, const MoeUsage *before, const MoeUsage *after, double wall_s, size_t steps)
{
  double threads = (double)after->threads, cpu_s = after->cpu_s - before->cpu_s;
  taken->cpu_s = cpu_s / (threads * (double)steps);
  if (after->switches >= 0 && before->switches >= 0)
    taken->switches = after->switches - before->switches;
  /* The readings lie a moment outside of the clock's, so that a little too much is counted. */
  if (wall_s >= LEAST_WALL_S && !isnan (cpu_s))
    taken->share = fmin (1, (cpu_s + after->waited_s - before->waited_s) / (threads * wall_s));
}

bool
moe_taken_is_disturbed (const MoeTaken *taken)
{
  return taken->share < MOE_TAKEN_LEAST_SHARE;
}

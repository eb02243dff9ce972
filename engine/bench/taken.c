/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/taken.h"

#include <math.h>

MoeTaken
moe_taken_unknown (void)
{
  return (MoeTaken){ .cpu_s = NAN, .share = NAN, .stolen_s = NAN, .switches = -1, .anchor_s = NAN };
}

bool
moe_taken_is_disturbed (const MoeTaken *taken)
{
  return taken->share < MOE_TAKEN_LEAST_SHARE;
}

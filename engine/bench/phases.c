/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/phases.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
  [MOE_RUN_PHASE_CHECK] = "check",     [MOE_RUN_PHASE_SETUP] = "setup",
  [MOE_RUN_PHASE_QUIET] = "quiet",     [MOE_RUN_PHASE_WARMUP] = "warmup",
  [MOE_RUN_PHASE_MEASURE] = "measure", [MOE_RUN_PHASE_DONE] = "done",
};

const char *
moe_run_phase_name (MoeRunPhase phase)
{
  return names[phase];
}

MoeRunPhase
moe_run_phase_find (const char *name)
{
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp (names[i], name) == 0)
      return (MoeRunPhase)i;
  return MOE_RUN_PHASE_SETUP;
}

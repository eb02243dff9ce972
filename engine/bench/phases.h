/* SPDX-License-Identifier: Apache-2.0 */
/* What the phases of a run are called where a program reads how far it is. */
#pragma once

#include "engine/bench/events.h"

/* "check", "setup", "quiet", "warmup", "measure", "done". */
const char *moe_run_phase_name (MoeRunPhase phase);

/* The phase of that name; MOE_RUN_PHASE_SETUP for a name that is none. */
MoeRunPhase moe_run_phase_find (const char *name);

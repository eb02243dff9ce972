/* SPDX-License-Identifier: Apache-2.0 */
/* One sample of a run: its timed region, what is read around it, and what it counts for. */
#pragma once

#include "engine/bench/running.h"

/* One step, weighted; see MoeProgress. */
double moe_runner_step_work (const MoeSide *side, const MoePoint *point);

/* What is done from now on, told as progress. */
void moe_runner_enter_phase (MoeRunner *r, MoeRunPhase phase);

/* MOE_ERROR_CANCELLED once a stop was asked for. */
MoeStatus moe_runner_stop_if_cancelled (const MoeRunner *r);

/* The error of a side whose backend disagrees with the reference on `what` (marked with
 * MOE_WORDS). */
MoeStatus moe_runner_refuse_mismatch (
    MoeRunner *r, const MoeSide *side, const char *what, double error, double tolerance);

/* Does the point need another sample in this start?  A disturbed one does not count, but where the
 * machine does not get quiet, twice as many as were asked for must do. */
bool moe_runner_lacks_samples (const MoeRunner *r, const MoePace *pace);

/* Time the anchor of what is open, outside of all samples. */
MoeStatus moe_runner_anchor (MoeRunner *r);

/* One sample of the point at place `at` of the group, or one warm-up step of it. */
MoeStatus
moe_runner_sample (MoeRunner *r, MoeSide *side, MoeGroupRun *group, size_t at, bool measured);

/* One recorded step of every point of the group. */
MoeStatus moe_runner_trace (MoeRunner *r, MoeSide *side, const MoeGroupRun *group);

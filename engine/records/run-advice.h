/* SPDX-License-Identifier: Apache-2.0 */
/* A run's points as advice sees them. */
#pragma once

#include "engine/bench/advice.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* What to say about the spread of a run's samples, given what the machine did meanwhile (see
 * moe_advice_of ()). */
void moe_run_advise (const MoeRun *run, const MoeNoise *noise, MoeAdvice *advice);

G_END_DECLS

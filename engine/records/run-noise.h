/* SPDX-License-Identifier: Apache-2.0 */
/* What disturbed a run, what advice follows from it, and what was said, as facts of the run. */
#pragma once

#include "engine/bench/advice.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* What disturbed the run stays with it, as facts: "others busy" and "stolen" (mean processors),
 * "others waiting" (mean tasks), "throttlings", "governor", "power" ("mains", "battery"),
 * "platform profile"; "threads", "cores" and "OPENBLAS_CORETYPE" where the run does not tell them
 * yet.  What is missing sets nothing. */
void moe_run_set_noise (MoeRun *run, const MoeNoise *noise);

/* The same back from the facts, what is not told or makes no sense missing.  FALSE when nothing is
 * told of what happened while it was measured. */
gboolean moe_run_get_noise (const MoeRun *run, MoeNoise *noise);

/* What to say about the spread of a run's samples, given what the machine did meanwhile (see
 * moe_advice_of ()). */
void moe_run_advise (const MoeRun *run, const MoeNoise *noise, MoeAdvice *advice);

/* What was said about the run when it ended: facts "warning 1", "warning 2", ...  Earlier ones that
 * are more than `n` become empty. */
void moe_run_set_warnings (MoeRun *run, const char *const *sentences, gsize n);

/* Is it one of those that moe_run_set_noise () tells while a run is measured, or a warning? */
gboolean moe_run_is_noise_fact (const char *key);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers need of a run beyond run.h.  Private to engine/records. */
#pragma once

#include "engine/records/curves.h"

G_BEGIN_DECLS

enum
{
  MOE_RUN_MAX_FACTS = 1000 /* a run takes no more; a file with more is refused */
};

/* As moe_run_add_sample (), leaving medians and rates to one moe_run_refresh () at the end. */
void moe_run_add_sample_quietly (
    MoeRun *run, gsize index, double time_s, const MoeStageTimes *stages, const MoeTaken *taken);
void moe_run_refresh (MoeRun *run, gsize index);

/* Is it one of those that moe_run_set_noise () tells while a run is measured, or a warning? */
gboolean moe_run_is_noise_fact (const char *key);

/* Count a skipped row; the first one's reason is kept. */
void moe_run_note_skip (MoeRun *run, gsize line, const char *reason);

/* Bring a run's summary up by one sentence (kept only while there are fewer than twenty), ended
 * by moe_run_finish_notes (), which says how many were left out. */
void moe_run_note (MoeRun *run, const char *format, ...) G_GNUC_PRINTF (2, 3);
void moe_run_finish_notes (MoeRun *run);

/* Median of what the figures are made of; NaN when there are no samples. */
double moe_record_median_time_s (const MoeRecord *record);

/* Work of one step (SPEC 3): shared expert, padded and dropped rows as the policy says; NaN when
 * the record does not tell enough. */
double moe_record_flops (const MoeRecord *record);

/* tokens_per_s and tflops from the time of a step, as far as the record tells what they need.  A
 * time of processors makes no tflops. */
void moe_record_update_rates (MoeRecord *record, double time_s);

G_END_DECLS

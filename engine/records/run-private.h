/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers need of a run beyond run.h.  Private to engine/records. */
#pragma once

#include "engine/records/run.h"

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

/* moe_record_axis (), or what stands for a missing value when curves are told apart: see
 * moe_record_same_axis (). */
const char *moe_record_identity (const MoeRecord *record, MoeAxis axis);

/* Same shape and top-k? */
gboolean moe_record_same_shape (const MoeRecord *a, const MoeRecord *b);

/* For hash tables keyed by records: equal on moe_record_same_curve (). */
guint moe_record_curve_hash (gconstpointer record);
gboolean moe_record_curve_equal (gconstpointer a, gconstpointer b);

/* The same, whatever the null mode. */
guint moe_record_any_mode_hash (gconstpointer record);
gboolean moe_record_any_mode_equal (gconstpointer a, gconstpointer b);

G_END_DECLS

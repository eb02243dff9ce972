/* SPDX-License-Identifier: Apache-2.0 */
/* What the figures of a point are made of, all at once or sample by sample. */
#pragma once

#include "engine/records/record.h"
#include "engine/records/running-median.h"

G_BEGIN_DECLS

/* What a record's figures are made of, in the order of the samples: the wall times of its
 * undisturbed samples; where fewer than three are (than all, of fewer samples) the processor times
 * of all samples; where these are not known the wall times of all.  Returns how many, 0 without
 * samples; *times is then NULL, else for the caller to g_free (). */
gsize moe_record_figures (const MoeRecord *record, double **times);

/* Is sample `index` left out of the figures that are made of wall times? */
gboolean moe_record_is_disturbed (const MoeRecord *record, gsize index);

/* "wall" or "processor", interned; NULL without samples. */
const char *moe_record_find_time_source (const MoeRecord *record);

/* Medians that follow the samples of one record as they come.  All zero is empty. */
typedef struct MoeTally
{
  gsize n; /* samples of the record that are in it */
  gsize n_undisturbed;
  gsize n_cpu; /* whose processor time is known */
  MoeRunningMedian undisturbed, cpu, all;
  gboolean has_stages;
  gboolean is_undisturbed; /* the stage times: of undisturbed samples only */
  MoeRunningMedian stages[MOE_N_STAGES];
  MoeRunningMedian comm_bytes;
} MoeTally;

/* Take what the record has more than the tally. */
void moe_tally_follow (MoeTally *tally, const MoeRecord *record);
void moe_tally_add_stages (MoeTally *tally, const MoeStageTimes *stages, gboolean disturbed);

/* The median of what moe_record_figures () gives, and its source. */
double moe_tally_time_s (const MoeTally *tally, const char **source);

void moe_tally_forget_samples (MoeTally *tally);
void moe_tally_forget_stages (MoeTally *tally);

G_END_DECLS

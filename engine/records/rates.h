/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a record's times: its rates. */
#pragma once

#include "engine/bench/stats.h"
#include "engine/records/record.h"

G_BEGIN_DECLS

/* Spread of tokens/s over what the figures are made of (FALSE when there are none: *spread then
 * holds the single value, n = 0).  Interval ends are rates: lower <= median <= upper. */
gboolean moe_record_rate_spread (const MoeRecord *record, MoeSpread *spread);

/* Median of what the figures are made of; NaN when there are no samples. */
double moe_record_median_time_s (const MoeRecord *record);

/* Useful work of one step (SPEC 3): real assignments that are kept, and the shared expert.  Where
 * the assignments are not told they are those that the null fraction leaves.  NaN when the record
 * does not tell enough. */
double moe_record_flops (const MoeRecord *record);

/* Does it compute rows of padding? */
gboolean moe_record_is_padded (const MoeRecord *record);

/* What share of the computed rows is padding; NaN where there is none to be, or the record does not
 * tell. */
double moe_record_padding (const MoeRecord *record);

/* Assignments of an expert on average, over all experts; what a capacity dropped was routed all the
 * same.  NaN when the record does not tell. */
double moe_record_mean_load (const MoeRecord *record);

/* What the fullest expert has of that, load_max / mean: 1 is even, the experts are the most
 * (engine/moe/balance.h).  NaN when the record does not tell, or there are no assignments. */
double moe_record_imbalance (const MoeRecord *record);

/* The same of the fullest shard against the mean shard; NaN without expert parallelism too. */
double moe_record_shard_imbalance (const MoeRecord *record);

/* tokens_per_s and tflops from the time of a step, as far as the record tells what they need.  A
 * time of processors makes no tflops. */
void moe_record_update_rates (MoeRecord *record, double time_s);

/* The rates that the record lacks, from the time of a step that its source told; NaN changes
 * nothing, and neither does a record with samples. */
void moe_record_fill_rates (MoeRecord *record, double time_s);

G_END_DECLS

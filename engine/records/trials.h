/* SPDX-License-Identifier: Apache-2.0 */
/* The samples of records as engine/bench/contrast.h takes them: by start and round, as logarithms.
 * Arrays are of MoeTrial, ascending, never empty, and the caller's; of many thousands of rounds
 * neighbours are taken together. */
#pragma once

#include "engine/bench/contrast.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Logarithms of the times that the record's figures are made of, of one token where the shape is
 * told, or, `anchored`, of their quotients by the anchors of their rounds; NULL when there are
 * none, or an anchor lacks. */
GArray *moe_record_trials (const MoeRecord *record, gboolean anchored);

/* Of the rounds in which both have a figure: log (a's time / b's), which grows when b is faster;
 * NULL when there are none. */
GArray *moe_record_quotients (const MoeRecord *a, const MoeRecord *b);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of cells and of names in sentences.  New strings are the caller's (g_free). */
#pragma once

#include "engine/records/curves.h"
#include "ui/words/work-unit.h"

G_BEGIN_DECLS

#define MOE_TABLES_MISSING "–"

/* The heading of a label's column. */
const char *nullcurve_words_label (MoeLabel label);

char *moe_cell_percent (double ratio);     /* "+7.23 %" for 1.0723 */
char *moe_cell_fraction (double fraction); /* "0.1", "0.25" */
char *moe_cell_tflops (double tflops);

/* A rate of work of so many TF/s in a unit: "104.977" TF/s, "514" GF/s. */
char *moe_cell_work (const MoeWorkUnit *unit, double tflops);

char *moe_cell_shape (const MoeRecord *record);
char *moe_cell_topk (const MoeRecord *record);

/* "1,833,742": tokens/s in full, as the logbook writes it (below 100 with three decimals). */
char *moe_cell_rate (double tokens_per_s);

/* "731.5", "858.8 k", "1.43 M": a rate for people, short. */
char *moe_cell_short_rate (double tokens_per_s);

char *moe_cell_times (double ratio); /* "7.20×", "10.0×" */
char *moe_cell_share (double share); /* "22 %" from 0.217 */

/* "38.2 ms": three digits and a unit. */
char *moe_cell_seconds (double time_s);

/* Text of others on one line: no control characters, and a backslash before each of `marks`. */
char *moe_cell_clean (const char *value, const char *marks);

/* The same, so that it is no Markdown or HTML of its own and breaks no table; NULL is missing. */
char *moe_cell_text (const char *value);

G_END_DECLS

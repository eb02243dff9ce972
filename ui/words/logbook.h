/* SPDX-License-Identifier: Apache-2.0 */
/* The logbook's tables (SPEC 6) as Markdown, from any set of runs. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* Tables (a) to (e) over all records of the runs; a table whose rows are not there says so in a
 * sentence.  `gain_topk` chooses the top-k of table (b); 0: the largest that has rows.
 *
 * Rows of different runs are never mixed: every gain, delta and mean is taken within one run (and
 * one null mode, implementation, ...), so that two files with rows of their own at f = 0 keep
 * them apart.  Only (d), when no run has two null modes, compares runs of the same host, and says
 * so.  What differs among the rows gets a column; what all have in common does not. */
GString *moe_tables_logbook (MoeRun *const *runs, gsize n_runs, gsize gain_topk);

G_END_DECLS

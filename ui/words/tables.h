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

/* One aligned plain-text table of a run's points, for a terminal: top-k, mode, fraction,
 * tokens/s with spread, TF/s, speed-up against f = 0 (see moe_run_speedup ()) with its interval's
 * relative half-width, null efficiency.  Where a point is made of processor time a column says so
 * of it, and a line below why. */
GString *moe_tables_points (const MoeRun *run);

/* The same in Markdown. */
GString *moe_tables_points_markdown (const MoeRun *run);

/* Markdown tables for reports; NULL when the runs tell nothing for one. */

/* Null efficiency: a row for each curve, a column for each null fraction (at most sixteen, evenly
 * chosen). */
GString *moe_tables_efficiency (MoeRun *const *runs, gsize n_runs);

/* Share of each stage in a step's time, a row for each point that tells stage times; stages that
 * are nowhere 1 % are added up. */
GString *moe_tables_stages (const MoeRun *run);

/* How the tokens were spread: loads of the experts, runs of tokens, what a capacity dropped, what
 * shards exchanged; a row for each point that tells any of it. */
GString *moe_tables_routing (const MoeRun *run);

/* "731.5", "858.8 k", "1.43 M": a rate for people, short; "–" when it is missing. */
char *moe_tables_format_rate (double tokens_per_s);

/* "1,833,742": the same in full, as the logbook writes it (below 100 with three decimals). */
char *moe_tables_format_full_rate (double tokens_per_s);

G_END_DECLS

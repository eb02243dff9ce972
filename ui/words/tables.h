/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of points for terminals, and those of reports that the logbook does not have. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

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

G_END_DECLS

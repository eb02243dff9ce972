/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with the runs, as actions of the window that the list is in: for its menus, keys
 * and buttons. */
#pragma once

#include "ui/runs/run-list.h"

G_BEGIN_DECLS

/* Adds to `window`, and keeps enabled what can be done: of the run in hand "rename-run",
 * "recolour-run", "run-up", "run-down" (in a list in its own order), "pin-baseline" (or let it go),
 * "run-properties"; of all that are selected "hide-run", "show-only-runs", "remove-run", and, of
 * two, "compare"; of all "show-all-runs", "find-run", "sort-runs" and "group-runs" (whose states
 * are of nullcurve_run_sort_names and nullcurve_run_group_names), "clear-runs", "undo", "redo", of
 * which the last two stand in `history` with what they would do.  `list` must have its runs
 * already. */
void nullcurve_run_actions_add (GActionMap *window, NullcurveRunList *list, GMenu *history);

G_END_DECLS

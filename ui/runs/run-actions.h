/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with the runs, as actions of the window that the list is in: for its menus, keys
 * and buttons. */
#pragma once

#include "ui/runs/run-list.h"

G_BEGIN_DECLS

/* Adds to `window`, and keeps enabled what can be done: of the run in hand "rename-run",
 * "recolour-run", "hide-run", "run-up", "run-down", "pin-baseline" (or let it go), "compare",
 * "remove-run"; of all "clear-runs", "undo", "redo", of which the last two stand in `history` with
 * what they would do.  `list` must have its runs already. */
void nullcurve_run_actions_add (GActionMap *window, NullcurveRunList *list, GMenu *history);

G_END_DECLS

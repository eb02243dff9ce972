/* SPDX-License-Identifier: Apache-2.0 */
/* The runs that are laid over each other, and what the data of the one in hand says so far. */
#pragma once

#include "ui/runs/run-item.h"
#include "ui/views/deltas.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_LIST (nullcurve_run_list_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunList, nullcurve_run_list, NULLCURVE, RUN_LIST, AdwBin)

/* Property "selected": the run in hand (NullcurveRunItem, may be NULL).  Signals, of what a person
 * asked for, each with a NullcurveRunItem *: "remove"; "rename" (const char *); "recolour" (int: a
 * colour, from 0); "show-run" (gboolean); "move" (NullcurveRunItem *: to where that one is). */

/* GListStore of NullcurveRunItem, owned by the caller too. */
void nullcurve_run_list_set_runs (NullcurveRunList *self, GListModel *runs);

NullcurveRunItem *nullcurve_run_list_get_selected (NullcurveRunList *self);
void nullcurve_run_list_select (NullcurveRunList *self, NullcurveRunItem *item);
/* Select and give the keyboard to. */
void nullcurve_run_list_focus (NullcurveRunList *self, NullcurveRunItem *item);

/* Let its name be edited, its colour be chosen. */
void nullcurve_run_list_rename (NullcurveRunList *self, NullcurveRunItem *item);
void nullcurve_run_list_recolour (NullcurveRunList *self, NullcurveRunItem *item);

/* NULL when it is not in the list; for tests. */
GtkWidget *nullcurve_run_list_get_row (NullcurveRunList *self, NullcurveRunItem *item);

/* Let the card say how the run in hand compares with the baseline; NULL: there is none. */
void nullcurve_run_list_set_deltas (NullcurveRunList *self, NullcurveDeltas *deltas);

/* What it says of that, "" when nothing; and what makes the two hard to compare.  Owned by the
 * caller. */
char *nullcurve_run_list_dup_comparison (NullcurveRunList *self);
char *nullcurve_run_list_dup_guard (NullcurveRunList *self);

/* The sentences of the card, a line each; owned by the caller. */
char *nullcurve_run_list_dup_findings (NullcurveRunList *self);

/* The warnings below them, "" when there are none; owned by the caller. */
char *nullcurve_run_list_dup_warnings (NullcurveRunList *self);

G_END_DECLS

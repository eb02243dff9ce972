/* SPDX-License-Identifier: Apache-2.0 */
/* The runs that are laid over each other: filtered, sorted and grouped as a person wants to see
 * them, one line each; and below, always in sight, what the data of the one in hand says so far. */
#pragma once

#include "ui/cards/arrange.h"
#include "ui/runs/run-row.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_LIST (nullcurve_run_list_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunList, nullcurve_run_list, NULLCURVE, RUN_LIST, AdwBin)

/* Show these runs, once, and let a person change them. */
void nullcurve_run_list_set_runs (NullcurveRunList *self, NullcurveRunsModel *runs);
NullcurveRunsModel *nullcurve_run_list_get_runs (NullcurveRunList *self);

/* The row of an item; NULL when it is not in the list.  What a filter had left out is found again.
 */
NullcurveRunRow *nullcurve_run_list_get_row (NullcurveRunList *self, NullcurveRunItem *item);

/* The runs that are selected (NullcurveRunItem, borrowed), of which one is in hand, in the order of
 * the list; the caller owns the array. */
GPtrArray *nullcurve_run_list_dup_selected (NullcurveRunList *self);

/* How rows are ordered, and under which headings. */
void
nullcurve_run_list_arrange (NullcurveRunList *self, NullcurveRunSort sort, NullcurveRunGroup group);

/* Are they in their own order, in which they can be moved? */
gboolean nullcurve_run_list_is_movable (NullcurveRunList *self);

/* Let a person type what rows have to contain. */
void nullcurve_run_list_find (NullcurveRunList *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* A run in the list of runs, on one line: how it is drawn, what it is called and in what it differs
 * from the others, one figure - how it stands against the baseline, or what it gains -, a toggle to
 * show it, and a menu of all that can be done with it. */
#pragma once

#include "ui/runs/runs-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_ROW (nullcurve_run_row_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunRow, nullcurve_run_row, NULLCURVE, RUN_ROW, GtkListBoxRow)

/* `item` of `runs`, which is changed as a person asks.  The menu's items are actions of the window
 * on the run in hand: this one, once the menu is opened. */
GtkWidget *nullcurve_run_row_new (NullcurveRunsModel *runs, NullcurveRunItem *item);

NullcurveRunItem *nullcurve_run_row_get_item (NullcurveRunRow *self);

/* Does another take its place when it is dropped there?  Not in a list that is sorted. */
void nullcurve_run_row_set_movable (NullcurveRunRow *self, gboolean movable);

/* Let the name be edited in place: Enter takes it, Escape leaves it. */
void nullcurve_run_row_edit (NullcurveRunRow *self);

/* Scroll it into view; FALSE when it will be there after the next layout at the earliest. */
gboolean nullcurve_run_row_show (NullcurveRunRow *self);

/* Open what the button at the end, or the swatch, opens; scrolled to first where the row is not in
 * view, so that it is a frame later. */
void nullcurve_run_row_open_menu (NullcurveRunRow *self);
void nullcurve_run_row_open_colours (NullcurveRunRow *self);

G_END_DECLS

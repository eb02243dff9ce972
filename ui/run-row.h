/* SPDX-License-Identifier: Apache-2.0 */
/* A run in the list of runs: how it is drawn, what it is, a toggle to show it, a button to take
 * it away. */
#pragma once

#include "ui/run-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_ROW (nullcurve_run_row_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunRow, nullcurve_run_row, NULLCURVE, RUN_ROW, GtkListBoxRow)

/* Signal "remove": the button was pressed. */

GtkWidget *nullcurve_run_row_new (NullcurveRunItem *item);

NullcurveRunItem *nullcurve_run_row_get_item (NullcurveRunRow *self);

G_END_DECLS

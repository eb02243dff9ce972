/* SPDX-License-Identifier: Apache-2.0 */
/* The measured points of all runs that are shown, a row each, sortable by every column.  What is
 * the same in all rows stands below them once, unless a person wants its column. */
#pragma once

#include "ui/page/point-item.h"
#include "ui/runs/runs-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_POINTS_TABLE (nullcurve_points_table_get_type ())
G_DECLARE_FINAL_TYPE (NullcurvePointsTable, nullcurve_points_table, NULLCURVE, POINTS_TABLE, AdwBin)

/* Signal "chosen" (NullcurvePointItem *): a person selected its row.  The row's menu measures its
 * point again by the action "win.measure-point" of the window, (run, record). */

/* Follow these runs; once. */
void nullcurve_points_table_set_runs (NullcurvePointsTable *self, NullcurveRunsModel *runs);

/* The rows as shown, sorted; GListModel of NullcurvePointItem, owned by the table. */
GListModel *nullcurve_points_table_get_rows (NullcurvePointsTable *self);

G_END_DECLS

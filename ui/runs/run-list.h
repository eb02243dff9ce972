/* SPDX-License-Identifier: Apache-2.0 */
/* The runs that are laid over each other, and what the data of the one in hand says so far. */
#pragma once

#include "ui/runs/run-row.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_LIST (nullcurve_run_list_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunList, nullcurve_run_list, NULLCURVE, RUN_LIST, AdwBin)

/* Show these runs, once, and let a person change them. */
void nullcurve_run_list_set_runs (NullcurveRunList *self, NullcurveRunsModel *runs);
NullcurveRunsModel *nullcurve_run_list_get_runs (NullcurveRunList *self);

/* The row of an item; NULL when it is not in the list. */
NullcurveRunRow *nullcurve_run_list_get_row (NullcurveRunList *self, NullcurveRunItem *item);

G_END_DECLS

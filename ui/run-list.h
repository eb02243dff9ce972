/* SPDX-License-Identifier: Apache-2.0 */
/* The runs that are laid over each other, and what the data of the one in hand says so far. */
#pragma once

#include "ui/run-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_LIST (nullcurve_run_list_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunList, nullcurve_run_list, NULLCURVE, RUN_LIST, AdwBin)

/* Property "selected": the run in hand (NullcurveRunItem, may be NULL).  Signal
 * "remove" (NullcurveRunItem *): a person asked to take it away. */

/* GListStore of NullcurveRunItem, owned by the caller too. */
void nullcurve_run_list_set_runs (NullcurveRunList *self, GListModel *runs);

NullcurveRunItem *nullcurve_run_list_get_selected (NullcurveRunList *self);
void nullcurve_run_list_select (NullcurveRunList *self, NullcurveRunItem *item);

/* The sentences of the card, a line each; owned by the caller. */
char *nullcurve_run_list_dup_findings (NullcurveRunList *self);

/* The warnings below them, "" when there are none; owned by the caller. */
char *nullcurve_run_list_dup_warnings (NullcurveRunList *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* A run as the window lists it: the records, and whether and how they are shown. */
#pragma once

#include "engine/records/run.h"
#include "ui/runs/run-delta.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_ITEM (nullcurve_run_item_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunItem, nullcurve_run_item, NULLCURVE, RUN_ITEM, GObject)

/* Signals: "changed" (what is shown of it in charts and tables: its records, name and colour, and
 * whether it is), "listed" (what only the list says: that it is being measured or pinned, and how
 * it compares). */

NullcurveRunItem *nullcurve_run_item_new (MoeRun *run);

MoeRun *nullcurve_run_item_get_run (NullcurveRunItem *self);

/* Replace the run (the number of records may differ) and emit "changed". */
void nullcurve_run_item_set_run (NullcurveRunItem *self, MoeRun *run);

/* The records changed in place: emit "changed". */
void nullcurve_run_item_touch (NullcurveRunItem *self);

/* Is it shown in chart and table? */
gboolean nullcurve_run_item_get_visible (NullcurveRunItem *self);
void nullcurve_run_item_set_visible (NullcurveRunItem *self, gboolean visible);
/* Is it still being measured? */
gboolean nullcurve_run_item_get_live (NullcurveRunItem *self);
void nullcurve_run_item_set_live (NullcurveRunItem *self, gboolean live);
/* Does that stand still?  One that begins or has ended does not. */
gboolean nullcurve_run_item_get_paused (NullcurveRunItem *self);
void nullcurve_run_item_set_paused (NullcurveRunItem *self, gboolean paused);
/* Its colour, in list and chart; it stays with the run.  -1: none yet. */
int nullcurve_run_item_get_palette (NullcurveRunItem *self);
void nullcurve_run_item_set_palette (NullcurveRunItem *self, int palette);
/* Are the others compared with it? */
gboolean nullcurve_run_item_get_pinned (NullcurveRunItem *self);
void nullcurve_run_item_set_pinned (NullcurveRunItem *self, gboolean pinned);

/* The title of its run. */
const char *nullcurve_run_item_get_title (NullcurveRunItem *self);
void nullcurve_run_item_set_title (NullcurveRunItem *self, const char *title);

/* The run against the baseline: NULL without one, and for the baseline itself. */
const NullcurveRunDelta *nullcurve_run_item_get_delta (NullcurveRunItem *self);
/* What the comparison with `baseline` says; NULL: nothing. */
void nullcurve_run_item_compare (NullcurveRunItem *self,
                                 const MoeRun *baseline,
                                 const MoeComparison *comparison);

/* Up to three short lines: what it measured; where and when; with what.  Owned by the caller. */
char *nullcurve_run_item_dup_subtitle (NullcurveRunItem *self);

/* In what it differs from the others of its list, to stand dim behind its name; never NULL. */
const char *nullcurve_run_item_get_words (NullcurveRunItem *self);
void nullcurve_run_item_set_words (NullcurveRunItem *self, const char *words);

/* nullcurve_run_gain () of its run as that is now. */
double nullcurve_run_item_get_gain (NullcurveRunItem *self);

/* Number of records that have a rate. */
gsize nullcurve_run_item_count_measured (NullcurveRunItem *self);

G_END_DECLS

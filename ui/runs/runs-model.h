/* SPDX-License-Identifier: Apache-2.0 */
/* The runs that are laid over each other: their order and colours, which one is in hand, which the
 * others are compared with, which is being measured, and every change that a person makes of them,
 * to be taken back.  No widget; main thread only. */
#pragma once

#include "ui/runs/run-item.h"
#include "ui/views/deltas.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUNS_MODEL (nullcurve_runs_model_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunsModel, nullcurve_runs_model, NULLCURVE, RUNS_MODEL, GObject)

/* A GListModel of NullcurveRunItem.  Properties, each a NullcurveRunItem of the list or NULL, to be
 * read and notified: "selected", "baseline", "live".  Signals:
 *   "changed"          what a chart shows is another: records, names, colours, order, what is
 *                      visible, in hand or pinned
 *   "compared"         the deltas are others
 *   "history-changed"  other steps can be undone or redone
 *   "deleted"          (const char *) a person removed something; the sentence that says so
 *   "renamed"          (NullcurveRunItem *) by a person; of a run being measured once that is over
 *   "moved"            (NullcurveRunItem *) by a person; its place was never empty meanwhile */

NullcurveRunsModel *nullcurve_runs_model_new (void);

/* Where a run stands (may be NULL); FALSE when it is not in the list. */
gboolean
nullcurve_runs_model_find (NullcurveRunsModel *self, NullcurveRunItem *item, guint *position);

/* The item whose run came from this file, a path or URI (may be NULL); NULL when none did. */
NullcurveRunItem *nullcurve_runs_model_find_source (NullcurveRunsModel *self, const char *source);

/* All runs, or those that are shown; array of MoeRun, owned by the caller. */
GPtrArray *nullcurve_runs_model_dup_runs (NullcurveRunsModel *self, gboolean visible_only);

/* The last of the list, in a colour of its own; the item is owned by the model. */
NullcurveRunItem *nullcurve_runs_model_add (NullcurveRunsModel *self, MoeRun *run);

/* For good, unless it is being measured or not in the list. */
void nullcurve_runs_model_remove (NullcurveRunsModel *self, NullcurveRunItem *item);

/* The run in hand: there is one as long as there is any. */
NullcurveRunItem *nullcurve_runs_model_get_selected (NullcurveRunsModel *self);
void nullcurve_runs_model_select (NullcurveRunsModel *self, NullcurveRunItem *item);

/* What the others are compared with; NULL: nothing.  One that leaves the list is pinned no more. */
NullcurveRunItem *nullcurve_runs_model_get_baseline (NullcurveRunsModel *self);
void nullcurve_runs_model_set_baseline (NullcurveRunsModel *self, NullcurveRunItem *item);

/* All runs against the baseline as they are now, owned by the model; NULL without a baseline.  They
 * are renewed before the next frame, or when they are asked for. */
NullcurveDeltas *nullcurve_runs_model_get_deltas (NullcurveRunsModel *self);

/* --- a run while it is measured --- */

/* `run` joins the list, in the place of one from the same file, and grows by the caller's hand, who
 * says so with nullcurve_runs_model_touch_live ().  Two may be measured side by side. */
NullcurveRunItem *nullcurve_runs_model_begin (NullcurveRunsModel *self, MoeRun *run);

/* The same of one that is measured beside that at another place: it is not the live one. */
NullcurveRunItem *nullcurve_runs_model_begin_elsewhere (NullcurveRunsModel *self, MoeRun *run);

/* The run being measured, of two the one that began last; NULL: none. */
NullcurveRunItem *nullcurve_runs_model_get_live (NullcurveRunsModel *self);

void nullcurve_runs_model_touch_live (NullcurveRunsModel *self);

/* It is over: `run` is what was measured.  The item leaves the list when that is NULL or has no
 * point.  Returns the number of points that the item has. */
gsize nullcurve_runs_model_end (NullcurveRunsModel *self, NullcurveRunItem *item, MoeRun *run);

/* --- what a person changes, to be undone --- */

/* Spaces around the name do not count, and an empty one is none. */
void
nullcurve_runs_model_rename (NullcurveRunsModel *self, NullcurveRunItem *item, const char *title);
/* `colour` from 0, with whatever markers and dashes are free. */
void nullcurve_runs_model_recolour (NullcurveRunsModel *self, NullcurveRunItem *item, int colour);
/* To a position that is none it does not move. */
void nullcurve_runs_model_move (NullcurveRunsModel *self, NullcurveRunItem *item, guint position);
void nullcurve_runs_model_show (NullcurveRunsModel *self, NullcurveRunItem *item, gboolean shown);
/* Several (of NullcurveRunItem) in one step; these and no others, NULL: all of the list. */
void nullcurve_runs_model_show_all (NullcurveRunsModel *self, GPtrArray *items, gboolean shown);
void nullcurve_runs_model_show_only (NullcurveRunsModel *self, GPtrArray *items);
/* NULL: pin none. */
void nullcurve_runs_model_pin (NullcurveRunsModel *self, NullcurveRunItem *item);
/* What is being measured stays. */
void nullcurve_runs_model_delete_all (NullcurveRunsModel *self, GPtrArray *items);
void nullcurve_runs_model_clear (NullcurveRunsModel *self);

/* Of the last hundred changes; FALSE when there is nothing. */
gboolean nullcurve_runs_model_undo (NullcurveRunsModel *self);
gboolean nullcurve_runs_model_redo (NullcurveRunsModel *self);

/* As in "Undo LABEL"; NULL when there is nothing. */
const char *nullcurve_runs_model_get_undo_label (NullcurveRunsModel *self);
const char *nullcurve_runs_model_get_redo_label (NullcurveRunsModel *self);

G_END_DECLS

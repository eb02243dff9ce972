/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep that waits for its turn. */
#pragma once

#include "engine/options/options.h"
#include "engine/records/run.h"
#include "ui/places/place.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_JOB_ITEM (nullcurve_job_item_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveJobItem, nullcurve_job_item, NULLCURVE, JOB_ITEM, GObject)

/* `name` is what its run will be called after; `expected_s` how long it should take, NaN when that
 * is not known. */
NullcurveJobItem *
nullcurve_job_item_new (const char *name, const MoeOptions *options, double expected_s);

const char *nullcurve_job_item_get_name (NullcurveJobItem *self);
const MoeOptions *nullcurve_job_item_get_options (NullcurveJobItem *self);
double nullcurve_job_item_get_expected_s (NullcurveJobItem *self);

/* The sweep is the rest of an earlier run, whose file is at `path`; `before` is what that has, NULL
 * as long as nobody has read it: until then it cannot be measured. */
void nullcurve_job_item_set_before (NullcurveJobItem *self, MoeRun *before, const char *path);
/* NULL when the sweep is a new run, or the rest of one that is not read yet. */
MoeRun *nullcurve_job_item_get_before (NullcurveJobItem *self);
/* NULL when the sweep is a new run. */
const char *nullcurve_job_item_get_path (NullcurveJobItem *self);
/* Is it the rest of a run that is not read yet? */
gboolean nullcurve_job_item_is_unread (NullcurveJobItem *self);

/* The sweep is measured at another place (kept). */
void nullcurve_job_item_set_place (NullcurveJobItem *self, NullcurvePlace *place);
/* NULL: on this machine. */
NullcurvePlace *nullcurve_job_item_get_place (NullcurveJobItem *self);

/* The sweep is measured side by side with `first`, in the same rounds: that is another sweep, owned
 * by this one from now on, which it will be compared with; the expected time is that of both.
 * `title` says so, for when it is done: "Carry against compact". */
void nullcurve_job_item_beside (NullcurveJobItem *self, NullcurveJobItem *first, const char *title);
/* NULL when the sweep is measured alone. */
NullcurveJobItem *nullcurve_job_item_get_first (NullcurveJobItem *self);
const char *nullcurve_job_item_get_title (NullcurveJobItem *self);

/* "top-2, 4, 8 · bfloat16, forward, EP 4 · about 3 min": what differs from the defaults; owned by
 * the caller. */
char *nullcurve_job_item_describe (NullcurveJobItem *self);

G_END_DECLS

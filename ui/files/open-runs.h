/* SPDX-License-Identifier: Apache-2.0 */
/* What is open, as a setting keeps it: where each run comes from, its name and colour, whether it
 * is shown, and which is pinned.  Main thread only. */
#pragma once

#include "ui/runs/runs-model.h"

G_BEGIN_DECLS

/* Which of the published runs an item is, from 1; 0: none of them.  They have no file of their own.
 */
void nullcurve_open_runs_mark_published (NullcurveRunItem *item, int number);
int nullcurve_open_runs_get_published (NullcurveRunItem *item);

/* All but what is being measured and what has no file; floating. */
GVariant *nullcurve_open_runs_save (NullcurveRunsModel *runs);

/* The files that are to be read for it (array of GFile, owned by the caller), and whether the
 * published rows are. */
GPtrArray *nullcurve_open_runs_list_files (GVariant *open, gboolean *published);

/* List again what was open, of those files and rows as they were read (array of NullcurveLoaded;
 * see loader.h).  Returns how many runs are not there any more. */
guint
nullcurve_open_runs_restore (GVariant *open, const GPtrArray *loaded, NullcurveRunsModel *runs);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* What is open, as a setting keeps it: where each run comes from, its name and colour, whether it
 * is shown, and which is pinned.  Main thread only. */
#pragma once

#include "ui/runs/runs-model.h"

G_BEGIN_DECLS

/* All but what is being measured and what has no file; floating. */
GVariant *nullcurve_open_runs_save (NullcurveRunsModel *runs);

/* The URI of the run in hand; "" where that would not be kept.  Owned by the caller. */
char *nullcurve_open_runs_dup_selected (NullcurveRunsModel *runs);

/* The files of all that was open; array of GFile, owned by the caller. */
GPtrArray *nullcurve_open_runs_list_files (GVariant *open);

/* List again what was open, of those files as they were read (array of NullcurveLoaded; see
 * loader.h); the run with the URI `selected` is in hand, unless a person has taken one meanwhile.
 * Returns how many runs are not there any more. */
guint nullcurve_open_runs_restore (GVariant *open,
                                   const char *selected,
                                   const GPtrArray *loaded,
                                   NullcurveRunsModel *runs);

G_END_DECLS

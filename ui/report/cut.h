/* SPDX-License-Identifier: Apache-2.0 */
/* How much a report tells of: a page that no browser opens is no report. */
#pragma once

#include <glib.h>

#include "engine/records/run.h"

G_BEGIN_DECLS

enum
{
  NULLCURVE_REPORT_MOST_RUNS = 100,
  NULLCURVE_REPORT_MOST_POINTS = 2000 /* of all runs; each run has its share, and 50 at least */
};

/* The runs that a report of `runs` (MoeRun) tells of: the first NULLCURVE_REPORT_MOST_RUNS, and of
 * each its first points up to its share.  A run that is whole is the same, one that is cut a copy.
 * Free with g_ptr_array_unref ().  *told becomes a list in Markdown of what is left out, or NULL
 * when nothing is; owned by the caller. */
GPtrArray *nullcurve_report_cut (const GPtrArray *runs, GString **told);

G_END_DECLS

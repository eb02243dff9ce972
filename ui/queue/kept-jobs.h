/* SPDX-License-Identifier: Apache-2.0 */
/* What waits, as a setting keeps it.  Main thread only. */
#pragma once

#include "ui/places/places.h"
#include "ui/queue/sweep-queue.h"

G_BEGIN_DECLS

/* Of each its name, options and expected seconds (below 0: unknown), the place it is for, and what
 * it is measured side by side with; and the URI of the run file that it is the rest of. */
#define NULLCURVE_KEPT_JOBS_TYPE "a(ssdsssdss)"

/* All that was asked for and has not begun.  Floating. */
GVariant *nullcurve_kept_jobs_save (NullcurveSweepQueue *queue);

/* Let them wait again; the queue is held, since nothing measures by itself at a start.  Returns how
 * many are for a place that is not there any more, and so are left out.  Rests of runs are not read
 * yet. */
guint
nullcurve_kept_jobs_restore (GVariant *kept, NullcurveSweepQueue *queue, NullcurvePlaces *places);

G_END_DECLS

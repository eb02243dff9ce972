/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps that are measured at other places beside the one that the window's own buttons are for: a
 * strip each, with its progress, Pause and Stop.  Main thread only.
 *
 * Signal "changed": there is one more, or one less. */
#pragma once

#include "ui/queue/sweep-queue.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_SIDE_SWEEPS (nullcurve_side_sweeps_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveSideSweeps, nullcurve_side_sweeps, NULLCURVE, SIDE_SWEEPS, GtkBox)

/* One more, called `name`: a queue in which nothing waits, for its state and progress; owned by the
 * strip. */
NullcurveSweepQueue *nullcurve_side_sweeps_add (NullcurveSideSweeps *self, const char *name);
/* It is over, and its queue has been told. */
void nullcurve_side_sweeps_remove (NullcurveSideSweeps *self, NullcurveSweepQueue *queue);

guint nullcurve_side_sweeps_get_n (NullcurveSideSweeps *self);
void nullcurve_side_sweeps_stop_all (NullcurveSideSweeps *self);

G_END_DECLS

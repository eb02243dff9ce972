/* SPDX-License-Identifier: Apache-2.0 */
/* The sweeps that wait, in order, above the list of runs; out of sight while there is none.
 *
 * Its buttons are the window's actions win.queue-go-on and win.queue-clear.  Signals, of what a
 * person asked for: "remove" (NullcurveJobItem *), "move" (NullcurveJobItem *, int: the place it
 * shall have), by dragging a row or with Alt+Up and Alt+Down. */
#pragma once

#include "ui/queue/job-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_QUEUE_LIST (nullcurve_queue_list_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveQueueList, nullcurve_queue_list, NULLCURVE, QUEUE_LIST, AdwBin)

/* GListModel of NullcurveJobItem, owned by the caller too. */
void nullcurve_queue_list_set_jobs (NullcurveQueueList *self, GListModel *jobs);

/* Nothing is taken from the queue until a person goes on. */
void nullcurve_queue_list_set_held (NullcurveQueueList *self, gboolean held);

G_END_DECLS

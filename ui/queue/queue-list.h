/* SPDX-License-Identifier: Apache-2.0 */
/* The sweeps that wait, in order, above the list of runs; out of sight while there is none.  Rows
 * are taken out by their buttons, and moved by dragging them or with Alt+Up and Alt+Down.  Its
 * other buttons are the window's actions win.queue-go-on and win.queue-clear. */
#pragma once

#include "ui/queue/sweep-queue.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_QUEUE_LIST (nullcurve_queue_list_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveQueueList, nullcurve_queue_list, NULLCURVE, QUEUE_LIST, AdwBin)

/* Owned by the caller too; once. */
void nullcurve_queue_list_set_queue (NullcurveQueueList *self, NullcurveSweepQueue *queue);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* The strip below the charts: what is being measured, how much of it is done and what is left, out
 * of sight while nothing is; and below that what the sensors of machine and device show. */
#pragma once

#include "ui/queue/sweep-queue.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_SWEEP_PROGRESS (nullcurve_sweep_progress_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveSweepProgress, nullcurve_sweep_progress, NULLCURVE, SWEEP_PROGRESS, AdwBin)

/* The queue whose sweeps are shown, owned by the caller too; once. */
void nullcurve_sweep_progress_set_queue (NullcurveSweepProgress *self, NullcurveSweepQueue *queue);

/* Something else than a sweep is measured: say what, and how much of it is done, 0 to 1; NULL: no
 * more.  A sweep under way goes before. */
void nullcurve_sweep_progress_show_other (NullcurveSweepProgress *self,
                                          const char *what,
                                          double fraction);

/* In a line; NULL: nothing. */
void nullcurve_sweep_progress_show_device (NullcurveSweepProgress *self, const char *text);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep that is measured at another place, as a window shows it: begun, drawn as it arrives, and
 * ended.  Main thread only. */
#pragma once

#include "ui/window/window.h"

G_BEGIN_DECLS

typedef struct NullcurveThereSweep NullcurveThereSweep;

/* It is over, and the window has been told, which may have closed; it frees itself after that. */
typedef void (*NullcurveThereSweepEnded) (GObject *owner, NullcurveThereSweep *sweep);

/* Begin what `job` asks for, or NULL, what is set up, at the place of that.  The window has a run
 * from now on, until it ends; `beside` that one, it is one of its sides.  NULL, and *problem (free
 * it) a sentence, when nothing could be started. */
NullcurveThereSweep *nullcurve_there_sweep_new (NullcurveWindow *window,
                                                NullcurveJobItem *job,
                                                gboolean beside,
                                                NullcurveThereSweepEnded ended,
                                                GObject *owner,
                                                char **problem);

/* NULL is allowed; what still measures there is ended. */
void nullcurve_there_sweep_free (NullcurveThereSweep *self);

G_END_DECLS

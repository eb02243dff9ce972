/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done to have something measured later, as actions of a window. */
#pragma once

#include "ui/queue/ready.h"
#include "ui/queue/sweep-queue.h"
#include "ui/runs/runs-model.h"
#include "ui/setup/setup-panel.h"

G_BEGIN_DECLS

/* Adds to `window`, and keeps enabled what can be done: "enqueue" (what is set up), "experiment",
 * "compare-modes", "compare-dispatch", "compare-remap", "compare-zero-expert", "compare-easy-ways",
 * "compare-k-rules", "measure-against" (the run in hand), "queue-go-on" and "queue-clear"; and
 * "use-setup" (that of the run in hand).  `ready` are the buttons of the ready comparisons, NULL
 * for one that has none, which say what they do or why that is not possible.  All must live as long
 * as the window. */
void nullcurve_sweep_actions_add (GtkApplicationWindow *window,
                                  NullcurveSetupPanel *setup,
                                  NullcurveSweepQueue *queue,
                                  NullcurveRunsModel *runs,
                                  GtkWidget *const ready[NULLCURVE_N_READY]);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Asks which sweeps of the published experiment shall go into the queue, and in which size. */
#pragma once

#include "ui/queue/sweep-queue.h"
#include "ui/setup/setup-panel.h"

G_BEGIN_DECLS

/* Both must outlive the dialog.  The panel says on which machine and in which data type. */
GtkWidget *nullcurve_experiment_dialog_new (GtkWindow *parent,
                                            NullcurveSetupPanel *panel,
                                            NullcurveSweepQueue *queue);

G_END_DECLS

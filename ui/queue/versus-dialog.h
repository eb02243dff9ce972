/* SPDX-License-Identifier: Apache-2.0 */
/* Asks whether what a run measured shall be measured again, side by side with what is set up. */
#pragma once

#include "ui/queue/sweep-queue.h"
#include "ui/setup/sweep-setup.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* With a yes both go into the queue, as one job, and the queue goes on.  The queue must outlive the
 * dialog.  NULL when the run does not tell how it was measured. */
GtkWidget *nullcurve_versus_dialog_new (GtkWindow *parent,
                                        NullcurveSweepQueue *queue,
                                        const NullcurveSweepSetup *setup,
                                        MoeRun *run);

G_END_DECLS

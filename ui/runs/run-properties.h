/* SPDX-License-Identifier: Apache-2.0 */
/* All that a run tells of itself: what it measured, where, when, with what and how. */
#pragma once

#include "engine/records/run.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* A window over `parent` with one row for each thing; what a person selects can be copied, and all
 * of it with one button.  `subtitle` is nullcurve_run_item_dup_subtitle () of the run, which is
 * read once. */
GtkWidget *
nullcurve_run_properties_new (GtkWindow *parent, const MoeRun *run, const char *subtitle);

G_END_DECLS

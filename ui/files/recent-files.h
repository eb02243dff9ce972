/* SPDX-License-Identifier: Apache-2.0 */
/* The files that were opened last, as the desktop keeps them.  Main thread only. */
#pragma once

#include "engine/records/run.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The run was opened from its file; the library has a list of its own. */
void nullcurve_recent_files_note (const MoeRun *run);

/* Fill a menu with the newest of them, each for `action` with its URI as the target. */
void nullcurve_recent_files_fill (GMenu *menu, const char *action);

G_END_DECLS

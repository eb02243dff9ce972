/* SPDX-License-Identifier: Apache-2.0 */
/* Where the files that ship with the program are. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The path of a shipped file such as "presets.csv" or "reference/logbook-v5p-deltas.csv": under
 * NULLCURVE_DATA_DIR when that is set, else in the installed data directory when the file is
 * there, else beside the sources of a build tree.  Caller owns it; NULL when the file is in none
 * of them. */
char *nullcurve_data_dir_find (const char *name);

G_END_DECLS

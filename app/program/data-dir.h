/* SPDX-License-Identifier: Apache-2.0 */
/* Where the files that ship with the program are. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The path of a shipped file such as "presets.csv" or "reference/logbook-v5p-deltas.csv": under
 * NULLCURVE_DATA_DIR when that is set, else in the data folder of the installation that the program
 * is in, which may have been moved, else beside the sources of the folder that it was built in and
 * runs from, else where it was installed to.  Caller owns it; NULL when the file is in none of
 * them. Any thread. */
char *nullcurve_data_dir_find (const char *name);

/* Let names of shipped tables of routing ("real-loads.csv") be found by what reads them.  Once,
 * when the program begins. */
void nullcurve_data_dir_offer (void);

/* The folders that nullcurve_data_dir_find () looks in, in this order, "/a, /b"; each once.  Caller
 * owns it.  Any thread. */
char *nullcurve_data_dir_list (void);

G_END_DECLS

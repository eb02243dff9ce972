/* SPDX-License-Identifier: Apache-2.0 */
/* Where what was installed or built with this program is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `name` in the data folder ("nullcurve/presets.csv" in share) of the installation that the program
 * is in, as seen from the program.  Caller owns it; NULL when the program's own place is not known.
 * Nothing is said about whether the file exists.  Any thread. */
char *nullcurve_places_shared (const char *name);

/* The same in the folder of the translations. */
char *nullcurve_places_locale (void);

/* `name` in the folder that the program was built in, and in that of its sources; NULL unless it
 * runs from the folder that it was built in. */
char *nullcurve_places_built (const char *name);
char *nullcurve_places_source (const char *name);

G_END_DECLS

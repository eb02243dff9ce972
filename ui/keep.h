/* SPDX-License-Identifier: Apache-2.0 */
/* A setting that is kept while the program runs: asked often, and each time that it is set costs a
 * write.  Main thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Set a key, unless it has this value (floating ones are taken over). */
void nullcurve_keep (GSettings *settings, const char *key, GVariant *value);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Following signals as long as somebody lives, on behalf of plain data that he owns. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Have `callback (data)` called when `instance` emits `signal`, until either it or `owner`, whose
 * the data is, is gone.  Main thread only. */
void nullcurve_follow (
    GObject *owner, gpointer data, gpointer instance, const char *signal, GCallback callback);

G_END_DECLS

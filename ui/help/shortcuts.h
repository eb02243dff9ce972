/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys do: one table, of which the application binds those of actions, and a window shows
 * all.  Main thread only. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void nullcurve_shortcuts_bind (GtkApplication *application);

/* The window's help overlay, and with it the action win.show-help-overlay. */
void nullcurve_shortcuts_add_overlay (GtkApplicationWindow *window);

G_END_DECLS

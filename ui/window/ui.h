/* SPDX-License-Identifier: Apache-2.0 */
/* Start of the widgets: resources, types that templates name, and the style sheet. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define NULLCURVE_RESOURCE_BASE "/io/github/nullcurve/Nullcurve/"

/* Call once after adw_init () or gtk_init (), on the main thread, before any widget of this
 * folder is made.  Further calls do nothing.  Without a display only the resources are loaded. */
void nullcurve_ui_init (void);

G_END_DECLS

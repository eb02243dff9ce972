/* SPDX-License-Identifier: Apache-2.0 */
/* What the widgets bring along besides code: templates, help, icons and the style sheet. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define NULLCURVE_RESOURCE_BASE "/io/github/nullcurve/Nullcurve/"

/* Call once after adw_init () or gtk_init (), on the main thread, before any widget of this
 * program is made.  Further calls do nothing.  Without a display there are no styles and icons. */
void nullcurve_resources_init (void);

G_END_DECLS

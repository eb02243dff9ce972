/* SPDX-License-Identifier: Apache-2.0 */
/* The eight colours that a run can have, to choose from. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A popover with a button for each, which activates `action` with the colour, an int from 0.
 * `palette` is what the run has now. */
GtkWidget *nullcurve_run_colours_new (const char *action, int palette);

G_END_DECLS

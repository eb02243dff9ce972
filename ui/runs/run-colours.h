/* SPDX-License-Identifier: Apache-2.0 */
/* The eight colours that a run can have, to choose from. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_COLOURS (nullcurve_run_colours_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveRunColours, nullcurve_run_colours, NULLCURVE, RUN_COLOURS, GtkPopover)

/* Signal "chosen" (int): one of them, from 0. */

/* `palette` is what the run has now. */
GtkWidget *nullcurve_run_colours_new (int palette);

G_END_DECLS

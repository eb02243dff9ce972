/* SPDX-License-Identifier: Apache-2.0 */
/* The marker and colour that a run has in the charts. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_RUN_SWATCH (nullcurve_run_swatch_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveRunSwatch, nullcurve_run_swatch, NULLCURVE, RUN_SWATCH, GtkWidget)

/* -1 draws nothing. */
void nullcurve_run_swatch_set_palette (NullcurveRunSwatch *self, int palette);

G_END_DECLS

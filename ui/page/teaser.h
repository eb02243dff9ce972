/* SPDX-License-Identifier: Apache-2.0 */
/* The question of the whole program in one picture: what speed should follow from less work, and
 * what a published host got of it. */
#pragma once

#include <gtk/gtk.h>

#include "engine/records/run.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_TEASER (nullcurve_teaser_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveTeaser, nullcurve_teaser, NULLCURVE, TEASER, GtkWidget)

/* Draw the speed-ups of these runs' top-8 rows; without such rows only the ideal is drawn. */
void nullcurve_teaser_set_runs (NullcurveTeaser *self, MoeRun *const *runs, gsize n_runs);

/* What was reached at the largest fraction, against f = 0; NaN when no row tells. */
double nullcurve_teaser_get_reached (NullcurveTeaser *self);

G_END_DECLS

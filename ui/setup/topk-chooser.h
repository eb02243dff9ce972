/* SPDX-License-Identifier: Apache-2.0 */
/* Which top-k values to measure: chips for the usual ones, an entry for others. */
#pragma once

#include "engine/options/options.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_TOPK_CHOOSER (nullcurve_topk_chooser_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveTopkChooser, nullcurve_topk_chooser, NULLCURVE, TOPK_CHOOSER, GtkBox)

/* Signal "changed": the choice is another one. */

/* The chosen values, ascending, each once.  FALSE when the entry holds something else than
 * numbers or nothing is chosen: *error then tells, with `option` set. */
gboolean
nullcurve_topk_chooser_get (NullcurveTopkChooser *self, MoeSizeList *list, MoeError *error);

/* Does not emit "changed". */
void nullcurve_topk_chooser_set (NullcurveTopkChooser *self, const MoeSizeList *list);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Two runs point by point: which is faster where, by how much, and whether the samples can tell. */
#pragma once

#include "engine/records/run.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_COMPARE_DIALOG (nullcurve_compare_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveCompareDialog, nullcurve_compare_dialog, NULLCURVE, COMPARE_DIALOG, AdwWindow)

/* Compares run `b` with run `a` of `runs` (array of MoeRun, at least two; a reference is taken);
 * which two can be changed in the dialog. */
GtkWidget *nullcurve_compare_dialog_new (GtkWindow *parent, GPtrArray *runs, guint a, guint b);

G_END_DECLS

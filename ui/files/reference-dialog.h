/* SPDX-License-Identifier: Apache-2.0 */
/* The sets of published rows to choose from, with a line on each. */
#pragma once

#include <adwaita.h>

#include "engine/formats/reference-rows.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_REFERENCE_DIALOG (nullcurve_reference_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveReferenceDialog, nullcurve_reference_dialog, NULLCURVE, REFERENCE_DIALOG, AdwWindow)

/* Signal "show-sets" (GStrv): a person chose the sets of these names; the dialog closes itself. */

/* Is the set in the list of runs already? */
typedef gboolean (*NullcurveSetIsListed) (const MoeReferenceSet *set, gpointer data);

/* Asks `is_listed` at once and no more.  Main thread. */
GtkWidget *
nullcurve_reference_dialog_new (GtkWindow *parent, NullcurveSetIsListed is_listed, gpointer data);

G_END_DECLS

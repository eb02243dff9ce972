/* SPDX-License-Identifier: Apache-2.0 */
/* The saved places: add, edit, test and remove them. */
#pragma once

#include "ui/places/places.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_PLACES_DIALOG (nullcurve_places_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurvePlacesDialog, nullcurve_places_dialog, NULLCURVE, PLACES_DIALOG, AdwWindow)

/* What is typed is kept when it is applied, tested, or the dialog closes. */
GtkWidget *nullcurve_places_dialog_new (GtkWindow *parent, NullcurvePlaces *places);

/* Add a place, as its button does it; the row is the dialog's. */
GtkWidget *nullcurve_places_dialog_add (NullcurvePlacesDialog *self);

G_END_DECLS

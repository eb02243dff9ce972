/* SPDX-License-Identifier: Apache-2.0 */
/* The run library to look through: search, open many at once, move to the trash. */
#pragma once

#include <adwaita.h>

#include "engine/sweep/library.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_LIBRARY_DIALOG (nullcurve_library_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveLibraryDialog, nullcurve_library_dialog, NULLCURVE, LIBRARY_DIALOG, AdwWindow)

/* Signal "open" (GListModel of MoeLibraryEntry): a person chose these. */

GtkWidget *nullcurve_library_dialog_new (GtkWindow *parent, const char *dir);

G_END_DECLS

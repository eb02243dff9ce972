/* SPDX-License-Identifier: Apache-2.0 */
/* The presets of a person's own: to be renamed and deleted.  Main thread only. */
#pragma once

#include "ui/presets/own-presets.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_PRESETS_DIALOG (nullcurve_presets_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurvePresetsDialog, nullcurve_presets_dialog, NULLCURVE, PRESETS_DIALOG, AdwWindow)

GtkWidget *nullcurve_presets_dialog_new (GtkWindow *parent, NullcurveOwnPresets *presets);

G_END_DECLS

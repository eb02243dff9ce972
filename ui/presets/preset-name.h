/* SPDX-License-Identifier: Apache-2.0 */
/* Asks under which name a setup is kept.  Main thread only. */
#pragma once

#include "ui/presets/own-presets.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* A dialog that proposes `name`, says what another preset of that name would lose, and keeps the
 * options (copied) when it is answered so.  To be shown; it goes by itself. */
GtkWidget *nullcurve_preset_name_new (GtkWindow *parent,
                                      NullcurveOwnPresets *presets,
                                      const char *name,
                                      const MoeOptions *options);

G_END_DECLS

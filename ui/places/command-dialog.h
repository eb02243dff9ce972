/* SPDX-License-Identifier: Apache-2.0 */
/* What a run starts, as a line for a shell, to be read and copied. */
#pragma once

#include "engine/options/options.h"
#include "ui/places/place.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The line: exactly what is run at the place, or what would measure the same here (NULL). Owned by
 * the caller; NULL and *error, a sentence, when nothing could be started there. */
char *nullcurve_command_line (NullcurvePlace *place, const MoeOptions *options, GError **error);

/* Show it, or why there is none. */
GtkWidget *
nullcurve_command_dialog_new (GtkWindow *parent, NullcurvePlace *place, const MoeOptions *options);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Where to measure, as a list to choose from: this machine, the saved places, hosts that ssh knows,
 * each of which becomes a place when it is chosen, and the way to the places ("win.places"). */
#pragma once

#include "ui/places/places.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Fill the list, show in it which place is chosen, and choose what a person takes, as long as it
 * lives; call once. */
void nullcurve_where_list_bind (GtkDropDown *list, NullcurvePlaces *places);

G_END_DECLS

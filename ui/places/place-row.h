/* SPDX-License-Identifier: Apache-2.0 */
/* One saved place in the list of places: its name, and unfolded all that is said of it, with a test
 * whether one gets there.  While a run is measured there it can be read only. */
#pragma once

#include "ui/places/places.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_PLACE_ROW (nullcurve_place_row_get_type ())
G_DECLARE_FINAL_TYPE (NullcurvePlaceRow, nullcurve_place_row, NULLCURVE, PLACE_ROW, AdwExpanderRow)

/* Signal "remove": a person wants the place gone. */

/* `place` is one of `places`, which is told what is edited. */
GtkWidget *nullcurve_place_row_new (NullcurvePlaces *places, NullcurvePlace *place);

/* As edited so far; owned by the row. */
NullcurvePlace *nullcurve_place_row_get_place (NullcurvePlaceRow *self);

/* Keep what was typed and not applied; nothing while a run is measured there. */
void nullcurve_place_row_apply (NullcurvePlaceRow *self);

/* The test, as its button does it; while one goes on it is ended. */
void nullcurve_place_row_test (NullcurvePlaceRow *self);
/* What the last test said, "" before; `good` (may be NULL): is it what the place is, not what is
 * wrong?  For tests. */
const char *nullcurve_place_row_get_result (NullcurvePlaceRow *self, gboolean *good);

G_END_DECLS

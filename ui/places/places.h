/* SPDX-License-Identifier: Apache-2.0 */
/* The places that a person has saved, as a GListModel of NullcurvePlace, and the one that is chosen
 * to measure at.  The one owner of both; main thread only. */
#pragma once

#include "ui/places/place.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_PLACES (nullcurve_places_get_type ())
G_DECLARE_FINAL_TYPE (NullcurvePlaces, nullcurve_places, NULLCURVE, PLACES, GObject)

/* Signal "chosen-changed". */

NullcurvePlaces *nullcurve_places_new (void);

/* Take them from settings, and keep them there; NULL: nowhere. */
void nullcurve_places_set_settings (NullcurvePlaces *self, GSettings *settings);

/* As a setting keeps them: of each its name, kind, target, program and environment.  Floating; add
 * those whose name is none of them yet. */
#define NULLCURVE_PLACES_TYPE "a(susss)"
GVariant *nullcurve_places_pack (NullcurvePlaces *self);
void nullcurve_places_unpack (NullcurvePlaces *self, GVariant *kept);

/* The place of that name; NULL: none.  Owned by the model. */
NullcurvePlace *nullcurve_places_find (NullcurvePlaces *self, const char *name);

/* The place that a run says it came from (its fact "place"); the chosen one before others; NULL:
 * none.  Owned by the model. */
NullcurvePlace *nullcurve_places_find_origin (NullcurvePlaces *self, const char *origin);

/* A name of which there is none yet: `name`, or with a number behind it.  Owned by the caller. */
char *nullcurve_places_dup_free_name (NullcurvePlaces *self, const char *name);

void nullcurve_places_add (NullcurvePlaces *self, NullcurvePlace *place);
/* The same, edited: `place` comes where `old` is, and is chosen if that was.  Neither is done to a
 * place that is busy: who measures there holds on to what it was. */
void nullcurve_places_replace (NullcurvePlaces *self, NullcurvePlace *old, NullcurvePlace *place);
void nullcurve_places_remove (NullcurvePlaces *self, NullcurvePlace *place);

/* NULL: this machine. */
NullcurvePlace *nullcurve_places_get_chosen (NullcurvePlaces *self);
void nullcurve_places_choose (NullcurvePlaces *self, NullcurvePlace *place);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* What a place tells of itself, and what a sweep would take there: asked for when the place is set
 * and when the options are others, a moment after the last change, one question at a time, and
 * never while a run is measured there.  Nothing blocks; main thread only.
 *
 * Signal "changed": something is known, or not known any more. */
#pragma once

#include "engine/elsewhere/told.h"
#include "ui/places/place.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_THERE (nullcurve_there_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveThere, nullcurve_there, NULLCURVE, THERE, GObject)

NullcurveThere *nullcurve_there_new (void);

/* Ask another place; NULL: none. */
void nullcurve_there_set_place (NullcurveThere *self, NullcurvePlace *place);
NullcurvePlace *nullcurve_there_get_place (NullcurveThere *self);

/* Ask the same place anew. */
void nullcurve_there_look_again (NullcurveThere *self);

/* Its facts; NULL while there are none.  Owned by the object, as is all below. */
GHashTable *nullcurve_there_get_facts (NullcurveThere *self);
MoeAccelerators *nullcurve_there_get_accelerators (NullcurveThere *self);
/* Why the place cannot be used: a sentence, with what to do; NULL: it can, or has not answered. */
const char *nullcurve_there_get_problem (NullcurveThere *self);

/* What these options take there is wanted from now on. */
void nullcurve_there_forecast (NullcurveThere *self, const MoeOptions *options);
/* FALSE while it is not known.  *told belongs to the object until "changed". */
gboolean nullcurve_there_get_forecast (NullcurveThere *self, MoeToldForecast *told);
/* Why the options are refused there, in the words of there; NULL: they are not, as far as known. */
const char *nullcurve_there_get_refusal (NullcurveThere *self);

/* FALSE once nothing is asked, or about to be; for tests. */
gboolean nullcurve_there_get_asking (NullcurveThere *self);

G_END_DECLS

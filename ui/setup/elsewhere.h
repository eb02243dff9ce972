/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the form that says where to measure: with another place, what can be chosen, what it
 * takes and what is refused come from there. */
#pragma once

#include "ui/places/places.h"
#include "ui/places/there.h"
#include "ui/setup/field-row.h"
#include "ui/setup/forecast-card.h"

G_BEGIN_DECLS

typedef struct NullcurveElsewhere NullcurveElsewhere;

/* The widgets must outlive it. */
NullcurveElsewhere *nullcurve_elsewhere_new (NullcurveFieldRow *row, NullcurveForecastCard *card);
void nullcurve_elsewhere_free (NullcurveElsewhere *self);

/* The places that there are, whose chosen one is measured at; call once. */
void nullcurve_elsewhere_set_places (NullcurveElsewhere *self, NullcurvePlaces *places);

/* NULL: this machine.  Owned by the part, as is all below. */
NullcurvePlace *nullcurve_elsewhere_get_place (NullcurveElsewhere *self);

/* What is known of it; "changed" is its signal. */
NullcurveThere *nullcurve_elsewhere_get_there (NullcurveElsewhere *self);

/* Show in the card what valid options take there, as far as that is known, and have it asked.  Why
 * they cannot be measured there, NULL when they can or it is not known. */
const char *nullcurve_elsewhere_check (NullcurveElsewhere *self, const MoeOptions *options);

/* The line under the row: what the place is, or what is wrong with it. */
void nullcurve_elsewhere_explain (NullcurveElsewhere *self);

/* What the accelerator of the options stands for there; NULL: nothing to say. */
const char *nullcurve_elsewhere_get_accelerator_note (NullcurveElsewhere *self,
                                                      const MoeOptions *options);

/* The number of threads that is usual there; 0: not known. */
gsize nullcurve_elsewhere_get_threads (NullcurveElsewhere *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* The list of presets: a person's own, those that ship, and that the shape is none of them.  Main
 * thread only. */
#pragma once

#include "ui/presets/own-presets.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct NullcurvePresetChoice NullcurvePresetChoice;

/* List and `row`, whose tooltip tells where a shape is from, must outlive it. */
NullcurvePresetChoice *nullcurve_preset_choice_new (GtkDropDown *list, GtkWidget *row);
void nullcurve_preset_choice_free (NullcurvePresetChoice *self);

/* Fill the list, a person's own (kept; NULL: none) first; again whenever they are others. */
void nullcurve_preset_choice_fill (NullcurvePresetChoice *self, NullcurveOwnPresets *own);

/* Put what the list shows into the options: of an own preset all of them, of the others shape,
 * top-k and what belongs to that. */
void nullcurve_preset_choice_store (NullcurvePresetChoice *self, MoeOptions *options);

/* Show what the options say. */
void nullcurve_preset_choice_explain (NullcurvePresetChoice *self, const MoeOptions *options);

G_END_DECLS

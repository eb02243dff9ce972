/* SPDX-License-Identifier: Apache-2.0 */
/* The setups that a person has saved under a name, as a GListModel of NullcurveOwnPreset.  The one
 * owner; main thread only. */
#pragma once

#include "engine/options/options.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One of them, immutable but for its name. */
#define NULLCURVE_TYPE_OWN_PRESET (nullcurve_own_preset_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveOwnPreset, nullcurve_own_preset, NULLCURVE, OWN_PRESET, GObject)

const char *nullcurve_own_preset_get_name (NullcurveOwnPreset *self);
const MoeOptions *nullcurve_own_preset_get_options (NullcurveOwnPreset *self);

#define NULLCURVE_TYPE_OWN_PRESETS (nullcurve_own_presets_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveOwnPresets, nullcurve_own_presets, NULLCURVE, OWN_PRESETS, GObject)

NullcurveOwnPresets *nullcurve_own_presets_new (void);

/* Take them from settings, and keep them there; NULL: nowhere. */
void nullcurve_own_presets_set_settings (NullcurveOwnPresets *self, GSettings *settings);

/* As a setting keeps them: of each its name and options.  Floating; add those that are none of
 * them yet. */
#define NULLCURVE_OWN_PRESETS_TYPE "a(ss)"
GVariant *nullcurve_own_presets_pack (NullcurveOwnPresets *self);
void nullcurve_own_presets_unpack (NullcurveOwnPresets *self, GVariant *kept);

/* Keep a setup under a name, in the place of one that has it.  Spaces around it do not count;
 * FALSE: nothing is left of it, or there are as many as are kept. */
gboolean
nullcurve_own_presets_save (NullcurveOwnPresets *self, const char *name, const MoeOptions *options);

/* FALSE: nothing is left of the name, or another has it. */
gboolean nullcurve_own_presets_rename (NullcurveOwnPresets *self,
                                       NullcurveOwnPreset *preset,
                                       const char *name);

void nullcurve_own_presets_remove (NullcurveOwnPresets *self, NullcurveOwnPreset *preset);

/* That of this name, or of just these options; NULL: none.  Owned by the model. */
NullcurveOwnPreset *nullcurve_own_presets_find (NullcurveOwnPresets *self, const char *name);
NullcurveOwnPreset *nullcurve_own_presets_match (NullcurveOwnPresets *self,
                                                 const MoeOptions *options);

G_END_DECLS

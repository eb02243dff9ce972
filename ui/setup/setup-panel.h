/* SPDX-License-Identifier: Apache-2.0 */
/* The form that says what will run.  It edits one MoeOptions, shows what is wrong at the field
 * it is wrong in, and forecasts what the run takes.  Main thread only. */
#pragma once

#include "engine/formats/model-config.h"
#include "engine/machine/forecast.h"
#include "engine/sweep/accelerators.h"
#include "ui/places/places.h"
#include "ui/places/there.h"
#include "ui/presets/own-presets.h"
#include "ui/setup/field-row.h"
#include "ui/setup/sweep-setup.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_SETUP_PANEL (nullcurve_setup_panel_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveSetupPanel, nullcurve_setup_panel, NULLCURVE, SETUP_PANEL, AdwBin)

/* Signal "changed": options, problem or forecast are others now. */

GtkWidget *nullcurve_setup_panel_new (void);

/* The options as the fields say.  Where a field holds something unusable the options keep the
 * last usable value, and nullcurve_setup_panel_get_problem () is not NULL. */
void nullcurve_setup_panel_get_options (NullcurveSetupPanel *self, MoeOptions *options);
void nullcurve_setup_panel_set_options (NullcurveSetupPanel *self, const MoeOptions *options);

/* From now on routing comes from this file, of loads or a trace, and from nothing else.  NULL; or
 * why it cannot, owned by the caller, and nothing is changed. */
char *nullcurve_setup_panel_take_routing (NullcurveSetupPanel *self,
                                          const char *path,
                                          MoeDistribution distribution);

/* From now on this is the shape, with the tokens as they are.  Likewise. */
char *nullcurve_setup_panel_take_shape (NullcurveSetupPanel *self, const MoeModelConfig *config);

/* Back to what a person finds at first. */
void nullcurve_setup_panel_reset (NullcurveSetupPanel *self);

/* The options with what is known of the machine for them. */
void nullcurve_setup_panel_get_setup (NullcurveSetupPanel *self, NullcurveSweepSetup *setup);

/* The places to choose from where to measure, which own what is chosen; call once.  Without them
 * there is only this machine. */
void nullcurve_setup_panel_set_places (NullcurveSetupPanel *self, NullcurvePlaces *places);

/* A person's own presets, which stand with those that ship; call once. */
void nullcurve_setup_panel_set_presets (NullcurveSetupPanel *self, NullcurveOwnPresets *own);

/* What is known of the place that is chosen; owned by the panel. */
NullcurveThere *nullcurve_setup_panel_get_there (NullcurveSetupPanel *self);

/* Whether what the threads do is to be recorded too. */
gboolean nullcurve_setup_panel_get_trace (NullcurveSetupPanel *self);

/* Why it cannot run: a sentence owned by the panel, or NULL when it can. */
const char *nullcurve_setup_panel_get_problem (NullcurveSetupPanel *self);

/* What works on this machine.  Until it is told, only "Automatic" can be chosen, and nothing is
 * forecast. */
void nullcurve_setup_panel_set_backends (NullcurveSetupPanel *self, MoeAccelerators *backends);

/* What was told; NULL before.  Owned by the panel. */
const MoeAccelerators *nullcurve_setup_panel_get_backends (NullcurveSetupPanel *self);

/* What was found out for a choice of accelerator, threads and data type; copied.  It is used while
 * the options ask for the same; for others the panel says that it is being measured. */
void nullcurve_setup_panel_set_machine (NullcurveSetupPanel *self, const MoeAccelerator *machine);

/* What keeps the machine from its best, a sentence beside the forecast; NULL: nothing. */
void nullcurve_setup_panel_set_warning (NullcurveSetupPanel *self, const char *warning);

/* Check and forecast again soon: the free memory may be another. */
void nullcurve_setup_panel_queue_refresh (NullcurveSetupPanel *self);

/* What was told for the present options, NULL when that has not been yet; owned by the panel. */
const MoeAccelerator *nullcurve_setup_panel_get_machine (NullcurveSetupPanel *self);

/* "Quick · top-4 · forward + backward · OpenBLAS float32 · carry, EP 4", in the end what else
 * differs from the defaults; owned by the caller. */
char *nullcurve_setup_panel_describe (NullcurveSetupPanel *self);

/* "Quick", or the shape when it is no preset's; owned by the caller. */
char *nullcurve_setup_panel_dup_shape_name (NullcurveSetupPanel *self);

/* The row of an option, where its value is edited and its faults are told; NULL when it has none.
 * Owned by the panel. */
NullcurveFieldRow *nullcurve_setup_panel_find_row (NullcurveSetupPanel *self, const char *option);

void nullcurve_setup_panel_focus_first (NullcurveSetupPanel *self);

G_END_DECLS

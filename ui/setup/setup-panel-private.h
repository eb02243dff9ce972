/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the panel's files:
 *   setup-panel.c          the panel and its forecast
 *   setup-panel-fields.c   the form: options to fields and back
 *   setup-panel-options.c  the harness's options that few people change
 *   setup-panel-machine.c  the fields that depend on what this machine can */
#pragma once

#include "ui/setup/field-row.h"
#include "ui/setup/forecast-card.h"
#include "ui/setup/setup-panel.h"
#include "ui/setup/topk-chooser.h"

struct _NullcurveSetupPanel
{
  AdwBin parent_instance;

  NullcurveFieldRow *preset_row;
  NullcurveFieldRow *tokens_row, *hidden_row, *mlp_dim_row, *experts_row;
  NullcurveFieldRow *topk_row, *null_mode_row, *fractions_row, *renormalize_row, *dispatch_row;
  NullcurveFieldRow *pass_row, *dtype_row, *accelerator_row, *iters_row;
  NullcurveFieldRow *precision_row, *budget_row, *starts_row, *wait_quiet_row;
  NullcurveFieldRow *remat_row, *sample_time_row, *warmup_row, *threads_row, *seed_row,
      *null_seed_row, *null_experts_row;

  GtkDropDown *preset, *null_mode, *fractions, *dispatch, *pass, *dtype, *accelerator, *remat,
      *sampling;
  GtkSpinButton *tokens, *hidden, *mlp_dim, *experts, *iters;
  GtkSpinButton *warmup, *sample_time, *threads, *seed, *null_seed, *null_experts;
  GtkSpinButton *precision, *budget, *starts, *wait_quiet;
  NullcurveTopkChooser *topk;
  GtkEntry *fraction_list;
  GtkSwitch *renormalize, *trace;
  AdwPreferencesGroup *advanced_group;
  AdwExpanderRow *advanced;
  GPtrArray *option_fields; /* of setup-panel-options.c */
  NullcurveForecastCard *forecast;

  MoeOptions options; /* as the fields say, with the last usable value where they say nonsense */
  char *problem;      /* why it cannot run */
  const MoeBackend *backend;
  MoeAccelerators *backends; /* NULL: not looked yet */
  MoeAccelerator machine;    /* told last; it may be for other options */
  gboolean loading;          /* the program, not a person, changes the fields */
  guint refresh_id;          /* the one pending refresh */
};

void nullcurve_setup_fields_init (NullcurveSetupPanel *self);

/* Options to fields. */
void nullcurve_setup_fields_load (NullcurveSetupPanel *self);

/* Fields to options, clearing all problems at fields first.  FALSE when a field holds something
 * unusable: it then says so, and *error has the first of these sentences. */
gboolean nullcurve_setup_fields_store (NullcurveSetupPanel *self, MoeError *error);

/* Show an error at the field it names; FALSE when no field is named by it. */
gboolean nullcurve_setup_fields_show_error (NullcurveSetupPanel *self, const MoeError *error);

/* The error's sentence as a form says it: with the field's title for the option's name.  Owned
 * by the caller. */
char *nullcurve_setup_fields_sentence (NullcurveSetupPanel *self, const MoeError *error);

/* Lines under the fields, by what they hold; and the preset that fits. */
void nullcurve_setup_fields_explain (NullcurveSetupPanel *self);

/* Take shape and top-k from the chosen preset. */
void nullcurve_setup_fields_take_preset (NullcurveSetupPanel *self);

/* The rows of the harness's options; as their counterparts for the form's own fields. */
void nullcurve_setup_options_init (NullcurveSetupPanel *self);
void nullcurve_setup_options_load (NullcurveSetupPanel *self);
void nullcurve_setup_options_store (NullcurveSetupPanel *self, MoeError *first);
void nullcurve_setup_options_explain (NullcurveSetupPanel *self);

/* The row of an option, NULL when it has none here; `unfold` brings it to sight. */
NullcurveFieldRow *
nullcurve_setup_options_find (NullcurveSetupPanel *self, const char *option, gboolean unfold);

/* The drop-downs of accelerators and data types, by what is known; also when the chosen data type
 * is another, which decides the accelerators that can be chosen. */
void nullcurve_setup_machine_init (NullcurveSetupPanel *self);
void nullcurve_setup_machine_follow (NullcurveSetupPanel *self);

/* Options to these fields and back. */
void nullcurve_setup_machine_load (NullcurveSetupPanel *self);
void nullcurve_setup_machine_store (NullcurveSetupPanel *self);

/* The lines under them. */
void nullcurve_setup_machine_explain (NullcurveSetupPanel *self);

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/setup-panel.h"

#include "engine/options/sweep-axis.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "engine/threads/team.h"
#include "ui/places/where-list.h"
#include "ui/resources.h"
#include "ui/setup/elsewhere.h"
#include "ui/setup/forecast-card.h"
#include "ui/setup/machine-choice.h"
#include "ui/setup/option-groups.h"
#include "ui/setup/preset-choice.h"
#include "ui/setup/remedies.h"
#include "ui/setup/source-choice.h"
#include "ui/setup/topk-chooser.h"
#include "ui/setup/typed.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NullcurveSetupPanel
{
  AdwBin parent_instance;

  /* What edits more than one option, or none, by itself; the other rows do that on their own. */
  NullcurveFieldRow *where_row;
  GtkDropDown *where;
  GtkWidget *preset_row;
  GtkDropDown *preset;
  NullcurveTopkChooser *topk;
  GtkDropDown *source;
  GtkButton *routing_file;
  GtkDropDown *fractions;
  GtkEditable *fraction_list;
  GtkDropDown *sweep;
  GtkEditable *size_list;
  char *typed_sizes[MOE_N_SWEEPS]; /* last for each axis; NULL: nothing was */
  GtkDropDown *sampling;
  NullcurveFieldRow *accelerator_row;
  GtkDropDown *accelerator;
  GtkSwitch *trace;
  AdwPreferencesGroup *advanced_group;
  NullcurveForecastCard *forecast;

  GPtrArray *rows; /* all of NullcurveFieldRow, as they stand; not owned */
  NullcurveMachineChoice *machine_choice;
  NullcurveSourceChoice *source_choice;
  NullcurvePresetChoice *preset_choice;
  NullcurveElsewhere *elsewhere;
  MoeAccelerators *here; /* what works on this machine; NULL: not told yet */

  MoeOptions options; /* as the fields say, with the last usable value where they say nonsense */
  char *problem;      /* why it cannot run */
  const MoeBackend *backend;
  MoeAccelerator machine; /* told last; it may be for other options */
  gboolean loading;       /* the program, not a person, changes the fields */
  guint refresh_id;       /* the one pending refresh */
  GPtrArray *remedies;    /* of NullcurveRemedy: what would make it fit; NULL: nothing does */
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveSetupPanel, nullcurve_setup_panel, ADW_TYPE_BIN)

/* Without f = 0, which is always there, in the order of the drop-down after its first item, the
 * sweep; the last item is a list of
 * one's own. */
static const MoeFractionList fraction_choices[] = {
  { { 0.3, 0.6, 0.9 }, 3 },
  { { 0.5 }, 1 },
  { { 0.9 }, 1 },
};

/* In the order of the drop-down. */
enum
{
  SAMPLING_SETTLED,
  SAMPLING_NUMBER
};

/* What the sweep goes along besides null fractions, in the order of the drop-down. */
enum
{
  SWEEP_FRACTIONS,
  SWEEP_FIRST_AXIS /* then every MoeSweepAxis */
};

/* What an axis is swept by as long as nobody says otherwise: of a model that decodes, and of those
 * that there are. */
static const struct
{
  const char *usual;
  const char *note;
  const char *label; /* of the entry */
  const char *hint;
} axis_words[MOE_N_SWEEPS] = {
  [MOE_SWEEP_TOKENS] = { "1, 2, 4, 8, 16, 32, 64, 128, 256",
                         N_ ("Every null fraction at each of these numbers of tokens."),
                         N_ ("Numbers of tokens, separated by commas"), N_ ("Such as 1, 16, 256") },
  [MOE_SWEEP_EXPERTS] = { "8, 16, 32, 64, 128",
                          N_ ("Every null fraction at each of these numbers of experts."),
                          N_ ("Numbers of experts, separated by commas"),
                          N_ ("Such as 8, 32, 128") },
};

enum
{
  FRACTIONS_SWEEP = 0,
  FRACTIONS_FIRST_CHOICE = 1,
  FRACTIONS_OWN = 1 + G_N_ELEMENTS (fraction_choices)
};

/* --- the rows, and the faults told at them --- */

static void
collect_rows (NullcurveSetupPanel *self, GtkWidget *widget)
{
  if (NULLCURVE_IS_FIELD_ROW (widget))
    g_ptr_array_add (self->rows, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_rows (self, child);
}

NullcurveFieldRow *
nullcurve_setup_panel_find_row (NullcurveSetupPanel *self, const char *option)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  for (guint i = 0; option != NULL && i < self->rows->len; i++)
    if (nullcurve_field_row_shows (g_ptr_array_index (self->rows, i), option))
      return g_ptr_array_index (self->rows, i);
  return NULL;
}

/* The error's sentence as a form says it: with the field's title for the option's name. */
static char *
dup_sentence (NullcurveFieldRow *row, const MoeError *error)
{
  g_autofree char *flag = g_strdup_printf ("--%s ", error->option != NULL ? error->option : "?");
  if (row == NULL || !g_str_has_prefix (error->message, flag))
    return g_strdup (error->message);

  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
  g_auto (GStrv) parts = g_strsplit (title, "_", -1);
  g_autofree char *plain = g_strjoinv ("", parts);
  return g_strdup_printf ("%s %s", plain, error->message + strlen (flag));
}

/* Tell a fault at its field, when it has one; *first (may be NULL) keeps the first of several. */
static void
show_fault (NullcurveSetupPanel *self, const MoeError *fault, MoeError *first)
{
  NullcurveFieldRow *row = nullcurve_setup_panel_find_row (self, fault->option);
  if (first != NULL && first->status == MOE_OK)
    *first = *fault;
  if (row == NULL)
    return;
  g_autofree char *sentence = dup_sentence (row, fault);
  GtkWidget *group = gtk_widget_get_ancestor (GTK_WIDGET (row), ADW_TYPE_EXPANDER_ROW);
  nullcurve_field_row_set_problem (row, sentence);
  /* In a folded group it would be told where nobody looks. */
  if (group != NULL)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (group), TRUE);
}

static void
set_note (NullcurveSetupPanel *self, const char *option, const char *note)
{
  nullcurve_field_row_set_note (nullcurve_setup_panel_find_row (self, option), note);
}

/* --- options to fields --- */

/* The item of the drop-down that means the same fractions. */
static guint
fractions_position (const MoeOptions *options)
{
  const MoeFractionList *list = &options->null_route_frac_list;
  if (list->n == 0)
    return options->null_route_sweep ? FRACTIONS_SWEEP : FRACTIONS_OWN;
  for (gsize i = 0; i < G_N_ELEMENTS (fraction_choices); i++)
    if (list->n == fraction_choices[i].n
        && memcmp (list->values, fraction_choices[i].values, list->n * sizeof (double)) == 0)
      return FRACTIONS_FIRST_CHOICE + (guint)i;
  return FRACTIONS_OWN;
}

static void
load_fractions (NullcurveSetupPanel *self)
{
  guint position = fractions_position (&self->options);
  gtk_drop_down_set_selected (self->fractions, position);
  if (position != FRACTIONS_OWN)
    return;
  MoeOptions shown = self->options;
  if (shown.null_route_frac_list.n == 0 && shown.null_route_frac > 0)
    shown.null_route_frac_list = (MoeFractionList){ { shown.null_route_frac }, 1 };
  char text[MOE_OPTION_VALUE_SIZE];
  moe_options_format (&shown, moe_option_spec_find ("null-route-frac-list"), text, sizeof text);
  gtk_editable_set_text (self->fraction_list, text);
}

/* -1: along null fractions alone. */
static int
chosen_axis (NullcurveSetupPanel *self)
{
  return (int)gtk_drop_down_get_selected (self->sweep) - SWEEP_FIRST_AXIS;
}

/* The sizes of the options, or the usual ones of the axis that was chosen. */
static void
load_sizes (NullcurveSetupPanel *self)
{
  int axis = chosen_axis (self);
  char text[MOE_OPTION_VALUE_SIZE] = "";
  /* It has a name while it is hidden too. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->size_list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (axis_words[MAX (axis, 0)].label), -1);
  if (axis < 0)
    return;
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->size_list), _ (axis_words[axis].hint));
  moe_options_format (&self->options, moe_option_spec_find (moe_sweep_axes[axis].list), text,
                      sizeof text);
  gtk_editable_set_text (self->size_list, text[0] != '\0' ? text
                                          : self->typed_sizes[axis] != NULL
                                              ? self->typed_sizes[axis]
                                              : axis_words[axis].usual);
}

static void
load_sweep (NullcurveSetupPanel *self)
{
  gtk_drop_down_set_selected (self->sweep,
                              moe_options_has_sizes (&self->options)
                                  ? SWEEP_FIRST_AXIS + (guint)moe_options_axis (&self->options)
                                  : SWEEP_FRACTIONS);
  load_sizes (self);
}

static void
load_fields (NullcurveSetupPanel *self)
{
  const MoeOptions *options = &self->options;
  MoeSizeList topk = options->topk_list;
  if (topk.n == 0)
    topk = (MoeSizeList){ { options->topk }, 1 };
  self->loading = TRUE;
  for (guint i = 0; i < self->rows->len; i++)
    nullcurve_field_row_load (g_ptr_array_index (self->rows, i), options);
  nullcurve_topk_chooser_set (self->topk, &topk);
  load_fractions (self);
  load_sweep (self);
  nullcurve_preset_choice_explain (self->preset_choice, options);
  gtk_drop_down_set_selected (self->sampling,
                              options->until_settled ? SAMPLING_SETTLED : SAMPLING_NUMBER);
  nullcurve_machine_choice_load (self->machine_choice, options);
  self->loading = FALSE;
}

/* --- fields to options --- */

/* What was typed for an option whose field is not of its row's own making. */
static gboolean
store_typed (NullcurveSetupPanel *self, const char *option, GtkEditable *field, MoeError *fault)
{
  g_autofree char *plain = nullcurve_typed_plain (
      moe_option_spec_find (option), gtk_editable_get_text (field), nullcurve_typed_has_comma ());
  return moe_options_set (&self->options, option, plain, fault) == MOE_OK;
}

static void
store_topk (NullcurveSetupPanel *self, MoeError *first)
{
  MoeError fault = { 0 };
  MoeSizeList list;
  if (!nullcurve_topk_chooser_get (self->topk, &list, &fault))
    {
      show_fault (self, &fault, first);
      return;
    }
  /* One value is said as such, so that titles and saved setups read as people write them. */
  self->options.topk = list.values[0];
  self->options.topk_list = list;
  if (list.n == 1)
    self->options.topk_list.n = 0;
}

static void
store_fractions (NullcurveSetupPanel *self, MoeError *first)
{
  MoeOptions *options = &self->options;
  MoeError fault = { 0 };
  guint selected = gtk_drop_down_get_selected (self->fractions);
  options->baseline = true;
  options->null_route_frac = 0;
  options->null_route_sweep = selected == FRACTIONS_SWEEP;
  if (selected == FRACTIONS_SWEEP)
    options->null_route_frac_list.n = 0;
  else if (selected < FRACTIONS_OWN)
    options->null_route_frac_list = fraction_choices[selected - FRACTIONS_FIRST_CHOICE];
  else if (!store_typed (self, "null-route-frac-list", self->fraction_list, &fault))
    show_fault (self, &fault, first);
}

/* A field of an option that plays no part among the others says so instead of what is wrong with
 * it: it keeps nobody from measuring. */
static void
show_row_faults (NullcurveSetupPanel *self, const MoeError *faults, MoeError *first)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const MoeOptionSpec *spec = nullcurve_field_row_get_spec (g_ptr_array_index (self->rows, i));
      gboolean idle = spec != NULL && moe_options_unneeded (&self->options, spec) != NULL;
      nullcurve_field_row_set_idle (g_ptr_array_index (self->rows, i), idle);
      if (faults[i].status != MOE_OK && !idle)
        show_fault (self, &faults[i], first);
    }
}

static void
store_sweep (NullcurveSetupPanel *self, MoeError *first)
{
  MoeError fault = { 0 };
  int axis = chosen_axis (self);
  for (int other = 0; other < MOE_N_SWEEPS; other++)
    if (other != axis)
      moe_options_set (&self->options, moe_sweep_axes[other].list, "", NULL);
  if (axis >= 0)
    {
      g_free (self->typed_sizes[axis]);
      self->typed_sizes[axis] = g_strdup (gtk_editable_get_text (self->size_list));
    }
  if (axis >= 0 && !store_typed (self, moe_sweep_axes[axis].list, self->size_list, &fault))
    show_fault (self, &fault, first);
}

/* All problems at fields are cleared first.  FALSE when a field holds something unusable: it then
 * says so, and *error has the first of these sentences. */
static gboolean
store_fields (NullcurveSetupPanel *self, MoeError *error)
{
  error->status = MOE_OK;
  for (guint i = 0; i < self->rows->len; i++)
    nullcurve_field_row_set_problem (g_ptr_array_index (self->rows, i), NULL);
  g_autofree MoeError *faults = g_new0 (MoeError, self->rows->len);
  for (guint i = 0; i < self->rows->len; i++)
    nullcurve_field_row_store (g_ptr_array_index (self->rows, i), &self->options, &faults[i]);
  self->options.until_settled = gtk_drop_down_get_selected (self->sampling) == SAMPLING_SETTLED;
  nullcurve_machine_choice_store (self->machine_choice, &self->options);
  store_topk (self, error);
  store_fractions (self, error);
  store_sweep (self, error);
  show_row_faults (self, faults, error);
  return error->status == MOE_OK;
}

/* --- the lines under the fields --- */

static void
explain_sampling (NullcurveSetupPanel *self)
{
  gboolean settled = self->options.until_settled;
  NullcurveFieldRow *samples = nullcurve_setup_panel_find_row (self, "iters");
  NullcurveFieldRow *precision = nullcurve_setup_panel_find_row (self, "precision");
  NullcurveFieldRow *budget = nullcurve_setup_panel_find_row (self, "budget");
  gtk_widget_set_visible (nullcurve_field_row_get_control (samples), !settled);
  gtk_widget_set_visible (GTK_WIDGET (precision), settled);
  gtk_widget_set_visible (GTK_WIDGET (budget), settled);
  nullcurve_field_row_set_note (
      samples, settled ? _ ("As many as it takes to know every ratio to f = 0.") : NULL);
}

static gboolean
is_elsewhere (NullcurveSetupPanel *self)
{
  return nullcurve_elsewhere_get_place (self->elsewhere) != NULL;
}

/* What is known of this machine for the present options; NULL while it is not. */
static const MoeAccelerator *
present_machine (NullcurveSetupPanel *self)
{
  if (is_elsewhere (self))
    return NULL;
  return moe_accelerator_fits (&self->machine, &self->options) ? &self->machine : NULL;
}

static char *
dup_accelerator_note (NullcurveSetupPanel *self)
{
  if (is_elsewhere (self))
    return g_strdup (nullcurve_elsewhere_get_accelerator_note (self->elsewhere, &self->options));
  if (self->backend == NULL)
    return NULL;
  return nullcurve_machine_choice_dup_note (self->machine_choice, &self->options,
                                            present_machine (self));
}

/* What else depends on the place: how many threads are all, and that a trace is made here. */
static void
explain_place (NullcurveSetupPanel *self)
{
  gsize threads = is_elsewhere (self) ? nullcurve_elsewhere_get_threads (self->elsewhere)
                                      : moe_team_default_size ();
  g_autofree char *all = g_strdup_printf (
      g_dngettext (NULL, "0 takes all %zu processor.", "0 takes all %zu processors.", threads),
      threads);
  set_note (self, "threads", threads > 0 ? all : NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->trace), !is_elsewhere (self));
  nullcurve_elsewhere_explain (self->elsewhere);
}

static void
explain_machine (NullcurveSetupPanel *self)
{
  const MoeAccelerator *machine = present_machine (self);
  g_autofree char *figures = machine != NULL ? moe_accelerator_describe (machine) : NULL;
  g_autofree char *note = dup_accelerator_note (self);
  nullcurve_field_row_set_note (self->accelerator_row, note);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->accelerator_row), figures);
  /* Where it is chosen all the same, the sentence stands there as what is wrong. */
  set_note (
      self, "dtype",
      self->options.choice[MOE_CHOICE_DTYPE] != MOE_DTYPE_BFLOAT16
          ? nullcurve_machine_choice_get_dtype_reason (self->machine_choice, MOE_DTYPE_BFLOAT16)
          : NULL);
}

static void
explain_preset (NullcurveSetupPanel *self)
{
  gboolean was_loading = self->loading;
  self->loading = TRUE;
  nullcurve_preset_choice_explain (self->preset_choice, &self->options);
  self->loading = was_loading;
}

/* The list follows the options, as that of presets does. */
static void
explain_source (NullcurveSetupPanel *self)
{
  gboolean was_loading = self->loading;
  self->loading = TRUE;
  nullcurve_source_choice_explain (self->source_choice, &self->options);
  self->loading = was_loading;
}

static void
explain_fields (NullcurveSetupPanel *self)
{
  gboolean own = gtk_drop_down_get_selected (self->fractions) == FRACTIONS_OWN;
  int axis = chosen_axis (self);
  gtk_widget_set_visible (GTK_WIDGET (self->fraction_list), own);
  gtk_widget_set_visible (GTK_WIDGET (self->size_list), axis >= 0);
  set_note (self, "tokens-list", axis >= 0 ? _ (axis_words[axis].note) : NULL);
  for (int each = 0; each < MOE_N_SWEEPS; each++)
    set_note (self, moe_sweep_axes[each].single,
              each == axis ? _ ("The sweep has its own.") : NULL);
  explain_sampling (self);
  explain_machine (self);
  explain_place (self);
  explain_preset (self);
  explain_source (self);
  nullcurve_option_groups_explain (self->rows, &self->options);
  if (self->options.choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    set_note (self, "remat-mode", _ ("There is no backward in this pass."));
}

/* --- what it takes --- */

static void
set_problem (NullcurveSetupPanel *self, const char *problem)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
}

/* Buttons for what would make it fit; none where it does, or where it is not known. */
static void
offer_remedies (NullcurveSetupPanel *self, gboolean wanted)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  g_clear_pointer (&self->remedies, g_ptr_array_unref);
  if (wanted)
    self->remedies =
        nullcurve_remedies_new (&self->options, self->backend, moe_available_memory ());
  for (guint i = 0; self->remedies != NULL && i < self->remedies->len; i++)
    g_ptr_array_add (labels, ((NullcurveRemedy *)g_ptr_array_index (self->remedies, i))->label);
  g_ptr_array_add (labels, NULL);
  nullcurve_forecast_card_set_remedies (self->forecast, (const char *const *)labels->pdata);
}

/* The fault is told at its field when it has one, and in the card always: the field may be out
 * of sight. */
static void
refuse (NullcurveSetupPanel *self, const MoeError *error)
{
  g_autofree char *sentence =
      dup_sentence (nullcurve_setup_panel_find_row (self, error->option), error);
  show_fault (self, error, NULL);
  offer_remedies (self, FALSE);
  nullcurve_forecast_card_show_problem (self->forecast, sentence);
  set_problem (self, sentence);
}

static const char *
time_note (const MoeAccelerator *machine)
{
  return machine != NULL ? _ ("No rates of this machine") : _ ("Measuring this machine…");
}

static MoeStatus
forecast_plan (NullcurveSetupPanel *self, const MoePlan *plan, MoeError *error)
{
  const MoeAccelerator *machine = present_machine (self);
  const MoeCalibration *calibration =
      machine != NULL && machine->measured ? &machine->limits.calibration : NULL;
  MoeForecast forecast = { 0 };
  MoeStatus status =
      moe_forecast (plan, self->backend, calibration, moe_available_memory (), &forecast, error);
  if (status != MOE_OK)
    return status;
  MoeError fit = { 0 };
  const char *problem = NULL;
  if (moe_forecast_require_fit (plan, self->backend, &forecast, &fit) != MOE_OK)
    problem = fit.message;
  offer_remedies (self, problem != NULL);
  nullcurve_forecast_card_show (self->forecast, &forecast, plan->n_points, time_note (machine),
                                problem);
  set_problem (self, problem);
  return MOE_OK;
}

/* Until somebody has looked, and at another place, any accelerator may be there. */
static MoeStatus
make_plan (NullcurveSetupPanel *self, MoePlan *plan, MoeError *error)
{
  MoeOptions options = self->options;
  if (is_elsewhere (self) || self->here == NULL)
    g_strlcpy (options.accelerator, "auto", sizeof options.accelerator);
  return moe_plan_new (&options, plan, error);
}

/* The backend that would run; with "auto" and before the rates are known, the first that can. */
static const MoeBackend *
find_backend (NullcurveSetupPanel *self, MoeError *error)
{
  const MoeAccelerator *machine = present_machine (self);
  const MoeBackend *backend = moe_accelerators_find (self->here, self->options.accelerator,
                                                     self->options.choice[MOE_CHOICE_DTYPE], error);
  return backend != NULL && machine != NULL && machine->backend != NULL ? machine->backend
                                                                        : backend;
}

static MoeStatus
check_and_forecast (NullcurveSetupPanel *self, MoeError *error)
{
  self->backend = NULL;
  MoePlan plan = { 0 };
  MoeStatus status = make_plan (self, &plan, error);
  if (status != MOE_OK)
    return status;
  if (is_elsewhere (self))
    {
      offer_remedies (self, FALSE);
      set_problem (self, nullcurve_elsewhere_check (self->elsewhere, &self->options));
    }
  else if (self->here == NULL)
    {
      nullcurve_forecast_card_show_note (self->forecast, _ ("Looking at this machine…"));
      set_problem (self, NULL);
    }
  else if ((self->backend = find_backend (self, error)) == NULL)
    status = MOE_ERROR_UNSUPPORTED;
  else
    status = forecast_plan (self, &plan, error);
  moe_plan_clear (&plan);
  return status;
}

/* Sizes of the file that routing comes from stand in their fields. */
static MoeStatus
read_source (NullcurveSetupPanel *self, MoeError *error)
{
  const MoeOptions typed = self->options;
  MoeStatus status = nullcurve_source_choice_read (self->source_choice, &self->options, error);
  if (status == MOE_OK
      && (!moe_shape_equal (&typed.shape, &self->options.shape) || typed.topk != self->options.topk
          || typed.topk_list.n != self->options.topk_list.n))
    load_fields (self);
  return status;
}

/* Until the file is read, which has its time, nobody knows what would be measured. */
static void
wait_for_source (NullcurveSetupPanel *self)
{
  self->backend = NULL;
  offer_remedies (self, FALSE);
  nullcurve_forecast_card_show_note (self->forecast, _ ("Reading the routing file…"));
  set_problem (self, _ ("Reading the routing file…"));
}

static void
refresh (NullcurveSetupPanel *self)
{
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  MoeError error = { 0 };
  if (!store_fields (self, &error))
    refuse (self, &error);
  else if (nullcurve_source_choice_waits (self->source_choice, &self->options))
    wait_for_source (self);
  else if (read_source (self, &error) != MOE_OK || check_and_forecast (self, &error) != MOE_OK)
    refuse (self, &error);
  explain_fields (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* For those who ask before the pending refresh came round. */
static void
flush (NullcurveSetupPanel *self)
{
  if (self->refresh_id != 0)
    refresh (self);
}

static gboolean
refresh_idle_cb (gpointer data)
{
  NullcurveSetupPanel *self = data;
  self->refresh_id = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

const MoeAccelerators *
nullcurve_setup_panel_get_backends (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  return self->here;
}

void
nullcurve_setup_panel_set_warning (NullcurveSetupPanel *self, const char *warning)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  nullcurve_forecast_card_set_warning (self->forecast, warning);
}

void
nullcurve_setup_panel_queue_refresh (NullcurveSetupPanel *self)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add (refresh_idle_cb, self);
}

static void
field_changed_cb (NullcurveSetupPanel *self)
{
  if (!self->loading)
    nullcurve_setup_panel_queue_refresh (self);
}

static void
source_read_cb (gpointer self)
{
  field_changed_cb (self);
}

static void
fractions_selected_cb (NullcurveSetupPanel *self)
{
  if (self->loading)
    return;
  nullcurve_setup_panel_queue_refresh (self);
  flush (self);
  if (gtk_widget_get_visible (GTK_WIDGET (self->fraction_list)))
    gtk_widget_grab_focus (GTK_WIDGET (self->fraction_list));
}

static void
sweep_selected_cb (NullcurveSetupPanel *self)
{
  if (self->loading)
    return;
  self->loading = TRUE;
  load_sizes (self);
  self->loading = FALSE;
  nullcurve_setup_panel_queue_refresh (self);
  flush (self);
}

static void
source_selected_cb (NullcurveSetupPanel *self)
{
  if (self->loading)
    return;
  const guint selected = gtk_drop_down_get_selected (self->source);
  flush (self);
  self->loading = TRUE;
  gtk_drop_down_set_selected (self->source, selected);
  self->loading = FALSE;
  if (nullcurve_source_choice_store (self->source_choice, &self->options))
    load_fields (self);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-routing", NULL);
  nullcurve_setup_panel_queue_refresh (self);
}

char *
nullcurve_setup_panel_take_routing (NullcurveSetupPanel *self,
                                    const char *path,
                                    MoeDistribution distribution)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  MoeError error;
  flush (self);
  if (nullcurve_source_choice_take (self->source_choice, path, distribution, &self->options, &error)
      != MOE_OK)
    return dup_sentence (nullcurve_setup_panel_find_row (self, error.option), &error);
  load_fields (self);
  refresh (self);
  return NULL;
}

static MoeStatus
set_number (MoeOptions *options, const char *option, gsize value, MoeError *error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT, value);
  return moe_options_set (options, option, text, error);
}

char *
nullcurve_setup_panel_take_shape (NullcurveSetupPanel *self, const MoeModelConfig *config)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  MoeError error;
  flush (self);
  MoeOptions tried = self->options;
  if (set_number (&tried, "hidden", config->hidden, &error) != MOE_OK
      || set_number (&tried, "mlp-dim", config->mlp_dim, &error) != MOE_OK
      || set_number (&tried, "experts", config->experts, &error) != MOE_OK
      || set_number (&tried, "topk", config->topk, &error) != MOE_OK
      || set_number (&tried, "null-experts", config->null_experts, &error) != MOE_OK)
    return dup_sentence (nullcurve_setup_panel_find_row (self, error.option), &error);
  const MoePreset shape = { .shape = tried.shape,
                            .topk = tried.topk,
                            .null_experts = config->null_experts,
                            .null_kind = config->null_kind };
  moe_presets_apply (&shape, &self->options);
  nullcurve_source_choice_reset (self->source_choice);
  load_fields (self);
  refresh (self);
  return NULL;
}

static void
preset_selected_cb (NullcurveSetupPanel *self)
{
  if (self->loading)
    return;
  /* What waited sets it back to what the options were. */
  guint selected = gtk_drop_down_get_selected (self->preset);
  flush (self);
  self->loading = TRUE;
  gtk_drop_down_set_selected (self->preset, selected);
  self->loading = FALSE;
  nullcurve_preset_choice_store (self->preset_choice, &self->options);
  nullcurve_source_choice_reset (self->source_choice);
  load_fields (self);
  nullcurve_setup_panel_queue_refresh (self);
}

void
nullcurve_setup_panel_get_options (NullcurveSetupPanel *self, MoeOptions *options)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  flush (self);
  *options = self->options;
}

void
nullcurve_setup_panel_get_setup (NullcurveSetupPanel *self, NullcurveSweepSetup *setup)
{
  const MoeAccelerator *machine = nullcurve_setup_panel_get_machine (self);
  *setup = (NullcurveSweepSetup){ .options = self->options,
                                  .place = nullcurve_elsewhere_get_place (self->elsewhere),
                                  .backend = self->backend };
  setup->calibrated = machine != NULL && machine->measured;
  if (setup->calibrated)
    setup->calibration = machine->limits.calibration;
}

void
nullcurve_setup_panel_set_options (NullcurveSetupPanel *self, const MoeOptions *options)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  self->options = *options;
  nullcurve_source_choice_reset (self->source_choice);
  load_fields (self);
  refresh (self);
}

void
nullcurve_setup_panel_reset (NullcurveSetupPanel *self)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  moe_presets_init_options (&self->options);
  nullcurve_source_choice_reset (self->source_choice);
  load_fields (self);
  refresh (self);
}

static void
remedy_cb (NullcurveSetupPanel *self, guint index)
{
  if (self->remedies == NULL || index >= self->remedies->len)
    return;
  MoeOptions options = ((NullcurveRemedy *)g_ptr_array_index (self->remedies, index))->options;
  nullcurve_setup_panel_set_options (self, &options);
}

const char *
nullcurve_setup_panel_get_problem (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  return self->problem;
}

gboolean
nullcurve_setup_panel_get_trace (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), FALSE);
  return gtk_switch_get_active (self->trace) && !is_elsewhere (self);
}

/* The lists of what can be chosen are those of the place. */
static void
show_backends (NullcurveSetupPanel *self)
{
  MoeAccelerators *there =
      nullcurve_there_get_accelerators (nullcurve_elsewhere_get_there (self->elsewhere));
  MoeAccelerators *shown = is_elsewhere (self) ? there : self->here;
  if (shown == nullcurve_machine_choice_get_backends (self->machine_choice))
    return;
  self->loading = TRUE;
  nullcurve_machine_choice_set_backends (self->machine_choice, shown);
  nullcurve_machine_choice_load (self->machine_choice, &self->options);
  self->loading = FALSE;
}

void
nullcurve_setup_panel_set_backends (NullcurveSetupPanel *self, MoeAccelerators *backends)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self) && backends != NULL);
  flush (self);
  moe_accelerators_ref (backends);
  g_clear_pointer (&self->here, moe_accelerators_unref);
  self->here = backends;
  show_backends (self);
  refresh (self);
}

static void
there_changed_cb (NullcurveSetupPanel *self)
{
  show_backends (self);
  nullcurve_setup_panel_queue_refresh (self);
}

void
nullcurve_setup_panel_set_places (NullcurveSetupPanel *self, NullcurvePlaces *places)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  nullcurve_where_list_bind (self->where, places);
  nullcurve_elsewhere_set_places (self->elsewhere, places);
}

static void
own_changed_cb (NullcurveSetupPanel *self, guint at, guint removed, guint added, GListModel *own)
{
  self->loading = TRUE;
  nullcurve_preset_choice_fill (self->preset_choice, NULLCURVE_OWN_PRESETS (own));
  self->loading = FALSE;
  explain_preset (self);
}

void
nullcurve_setup_panel_set_presets (NullcurveSetupPanel *self, NullcurveOwnPresets *own)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  g_signal_connect_object (own, "items-changed", G_CALLBACK (own_changed_cb), self,
                           G_CONNECT_SWAPPED);
  own_changed_cb (self, 0, 0, 0, G_LIST_MODEL (own));
}

NullcurveThere *
nullcurve_setup_panel_get_there (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  return nullcurve_elsewhere_get_there (self->elsewhere);
}

void
nullcurve_setup_panel_set_machine (NullcurveSetupPanel *self, const MoeAccelerator *machine)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self) && machine != NULL);
  moe_accelerator_clear (&self->machine);
  moe_accelerator_copy (&self->machine, machine);
  nullcurve_setup_panel_queue_refresh (self);
}

const MoeAccelerator *
nullcurve_setup_panel_get_machine (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  return present_machine (self);
}

char *
nullcurve_setup_panel_dup_shape_name (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  const MoePreset *preset = moe_presets_match (&self->options);
  if (preset != NULL)
    return g_strdup (preset->name);
  return moe_text_block_plain (&self->options);
}

char *
nullcurve_setup_panel_describe (NullcurveSetupPanel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SETUP_PANEL (self), NULL);
  flush (self);
  const MoePreset *preset = moe_presets_match (&self->options);
  g_autofree char *shape =
      preset != NULL ? g_strdup (preset->name) : moe_text_block (&self->options);
  g_autofree char *topk = moe_text_topk (&self->options);
  gboolean any = strcmp (self->options.accelerator, "auto") == 0;
  const char *backend = self->backend != NULL ? self->backend->title
                        : any                 ? _ ("automatic")
                                              : self->options.accelerator;
  NullcurvePlace *place = nullcurve_elsewhere_get_place (self->elsewhere);
  /* Pass and data type are told whatever they are. */
  MoeOptions defaults;
  moe_presets_init_options (&defaults);
  defaults.choice[MOE_CHOICE_PASS] = self->options.choice[MOE_CHOICE_PASS];
  defaults.choice[MOE_CHOICE_DTYPE] = self->options.choice[MOE_CHOICE_DTYPE];
  g_autofree char *changes = preset != NULL
                                 ? moe_text_changes (&self->options, &defaults)
                                 : moe_text_changes_beside_block (&self->options, &defaults);
  return g_strdup_printf (
      "%s%s%s · %s · %s · %s %s%s%s", place != NULL ? nullcurve_place_get_name (place) : "",
      place != NULL ? " · " : "", shape, topk,
      moe_text_pass (self->options.choice[MOE_CHOICE_PASS]), backend,
      moe_choice_name (MOE_CHOICE_DTYPE, self->options.choice[MOE_CHOICE_DTYPE]),
      *changes != '\0' ? " · " : "", changes);
}

void
nullcurve_setup_panel_focus_first (NullcurveSetupPanel *self)
{
  g_return_if_fail (NULLCURVE_IS_SETUP_PANEL (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->preset));
}

static void
nullcurve_setup_panel_dispose (GObject *object)
{
  NullcurveSetupPanel *self = NULLCURVE_SETUP_PANEL (object);
  /* Fields that go away must not call for another refresh. */
  self->loading = TRUE;
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (nullcurve_elsewhere_get_there (self->elsewhere), self);
  nullcurve_there_set_place (nullcurve_elsewhere_get_there (self->elsewhere), NULL);
  G_OBJECT_CLASS (nullcurve_setup_panel_parent_class)->dispose (object);
}

static void
nullcurve_setup_panel_finalize (GObject *object)
{
  NullcurveSetupPanel *self = NULLCURVE_SETUP_PANEL (object);
  g_free (self->problem);
  for (int axis = 0; axis < MOE_N_SWEEPS; axis++)
    g_free (self->typed_sizes[axis]);
  g_clear_pointer (&self->remedies, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);
  nullcurve_machine_choice_free (self->machine_choice);
  nullcurve_source_choice_free (self->source_choice);
  nullcurve_preset_choice_free (self->preset_choice);
  nullcurve_elsewhere_free (self->elsewhere);
  g_clear_pointer (&self->here, moe_accelerators_unref);
  moe_accelerator_clear (&self->machine);
  G_OBJECT_CLASS (nullcurve_setup_panel_parent_class)->finalize (object);
}

static void
nullcurve_setup_panel_class_init (NullcurveSetupPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = nullcurve_setup_panel_dispose;
  object_class->finalize = nullcurve_setup_panel_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (NULLCURVE_TYPE_FIELD_ROW);
  g_type_ensure (NULLCURVE_TYPE_FORECAST_CARD);
  g_type_ensure (NULLCURVE_TYPE_TOPK_CHOOSER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "setup-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, where_row);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, where);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, preset_row);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, preset);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, topk);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, source);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, routing_file);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, fractions);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, fraction_list);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, sweep);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, size_list);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, sampling);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, accelerator_row);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, accelerator);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, trace);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, advanced_group);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSetupPanel, forecast);
  gtk_widget_class_bind_template_callback (widget_class, field_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, fractions_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, sweep_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, source_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, preset_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, remedy_cb);
}

/* What no change of a field changes. */
static void
explain_once (NullcurveSetupPanel *self)
{
  GtkWidget *iters =
      nullcurve_field_row_get_control (nullcurve_setup_panel_find_row (self, "iters"));
  set_note (self, "null-route-frac-list",
            _ ("f = 0 is always measured: everything is told against it."));
  /* It shares its row with the choice how many there are to be. */
  gtk_editable_set_width_chars (GTK_EDITABLE (iters), 4);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (iters), 7);
  gtk_accessible_update_property (GTK_ACCESSIBLE (iters), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Number of samples"), -1);
}

static void
nullcurve_setup_panel_init (NullcurveSetupPanel *self)
{
  self->loading = TRUE;
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  collect_rows (self, GTK_WIDGET (self));
  nullcurve_option_groups_add (self->advanced_group, self->rows);
  g_ptr_array_set_size (self->rows, 0);
  collect_rows (self, GTK_WIDGET (self));
  for (guint i = 0; i < self->rows->len; i++)
    g_signal_connect_object (g_ptr_array_index (self->rows, i), "changed",
                             G_CALLBACK (field_changed_cb), self, G_CONNECT_SWAPPED);
  GtkWidget *dtype =
      nullcurve_field_row_get_control (nullcurve_setup_panel_find_row (self, "dtype"));
  self->machine_choice = nullcurve_machine_choice_new (GTK_DROP_DOWN (dtype), self->accelerator);
  self->source_choice = nullcurve_source_choice_new (self->source, self->routing_file, self->rows,
                                                     source_read_cb, self);
  self->elsewhere = nullcurve_elsewhere_new (self->where_row, self->forecast);
  g_signal_connect_object (nullcurve_elsewhere_get_there (self->elsewhere), "changed",
                           G_CALLBACK (there_changed_cb), self, G_CONNECT_SWAPPED);
  self->preset_choice = nullcurve_preset_choice_new (self->preset, self->preset_row);
  explain_once (self);
  moe_presets_init_options (&self->options);
  load_fields (self);
  refresh (self);
}

GtkWidget *
nullcurve_setup_panel_new (void)
{
  return g_object_new (NULLCURVE_TYPE_SETUP_PANEL, NULL);
}

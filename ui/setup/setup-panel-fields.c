/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/setup-panel-private.h"

#include "engine/base/team.h"
#include "engine/sweep/presets.h"

#include <glib/gi18n.h>
#include <string.h>

/* Which row shows the fault of which option; a number's field is `spin`. */
typedef struct Field
{
  const char *option;
  gsize row;
  gsize spin;       /* 0: not a number field */
  gboolean percent; /* that shows a fraction in percent */
} Field;

#define ROW(member) offsetof (NullcurveSetupPanel, member)

static const Field fields[] = {
  { "tokens", ROW (tokens_row), ROW (tokens) },
  { "hidden", ROW (hidden_row), ROW (hidden) },
  { "mlp-dim", ROW (mlp_dim_row), ROW (mlp_dim) },
  { "experts", ROW (experts_row), ROW (experts) },
  { "iters", ROW (iters_row), ROW (iters) },
  { "until-settled", ROW (iters_row), 0 },
  { "precision", ROW (precision_row), ROW (precision), TRUE },
  { "budget", ROW (budget_row), ROW (budget) },
  { "starts", ROW (starts_row), ROW (starts) },
  { "wait-quiet", ROW (wait_quiet_row), ROW (wait_quiet) },
  { "warmup", ROW (warmup_row), ROW (warmup) },
  { "min-sample-time", ROW (sample_time_row), ROW (sample_time) },
  { "threads", ROW (threads_row), ROW (threads) },
  { "seed", ROW (seed_row), ROW (seed) },
  { "null-route-seed", ROW (null_seed_row), ROW (null_seed) },
  { "null-experts", ROW (null_experts_row), ROW (null_experts) },
  { "topk", ROW (topk_row), 0 },
  { "topk-list", ROW (topk_row), 0 },
  { "null-routing-mode", ROW (null_mode_row), 0 },
  { "null-route-frac", ROW (fractions_row), 0 },
  { "null-route-frac-list", ROW (fractions_row), 0 },
  { "null-route-sweep", ROW (fractions_row), 0 },
  { "renormalize-real-after-null", ROW (renormalize_row), 0 },
  { "null-dispatch", ROW (dispatch_row), 0 },
  { "bench-pass", ROW (pass_row), 0 },
  { "accelerator", ROW (accelerator_row), 0 },
  { "dtype", ROW (dtype_row), 0 },
  { "remat-mode", ROW (remat_row), 0 },
};

typedef struct FractionChoice
{
  gsize n;
  double values[4]; /* without f = 0, which is always there */
} FractionChoice;

/* In the order of the drop-down after its first item, the sweep; the last item is a list of
 * one's own. */
static const FractionChoice fraction_choices[] = {
  { 3, { 0.3, 0.6, 0.9 } },
  { 1, { 0.5 } },
  { 1, { 0.9 } },
};

/* In the order of the drop-down. */
enum
{
  SAMPLING_SETTLED,
  SAMPLING_NUMBER
};

enum
{
  FRACTIONS_SWEEP = 0,
  FRACTIONS_FIRST_CHOICE = 1,
  FRACTIONS_OWN = 1 + G_N_ELEMENTS (fraction_choices)
};

static NullcurveFieldRow *
field_row (NullcurveSetupPanel *self, const Field *field)
{
  return G_STRUCT_MEMBER (NullcurveFieldRow *, self, field->row);
}

static GtkSpinButton *
field_spin (NullcurveSetupPanel *self, const Field *field)
{
  return G_STRUCT_MEMBER (GtkSpinButton *, self, field->spin);
}

static gboolean
same_option (const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++)
    if (*a != *b && !((*a == '_' || *a == '-') && (*b == '_' || *b == '-')))
      return FALSE;
  return *a == *b;
}

static const Field *
find_field (const char *option)
{
  for (gsize i = 0; option != NULL && i < G_N_ELEMENTS (fields); i++)
    if (same_option (fields[i].option, option))
      return &fields[i];
  return NULL;
}

static NullcurveFieldRow *
row_of_option (NullcurveSetupPanel *self, const char *option, gboolean unfold)
{
  const Field *field = find_field (option);
  if (field == NULL)
    return nullcurve_setup_options_find (self, option, unfold);
  NullcurveFieldRow *row = field_row (self, field);
  if (unfold && gtk_widget_is_ancestor (GTK_WIDGET (row), GTK_WIDGET (self->advanced)))
    adw_expander_row_set_expanded (self->advanced, TRUE);
  return row;
}

char *
nullcurve_setup_fields_sentence (NullcurveSetupPanel *self, const MoeError *error)
{
  NullcurveFieldRow *row = row_of_option (self, error->option, FALSE);
  g_autofree char *flag = g_strdup_printf ("--%s ", error->option != NULL ? error->option : "?");
  if (row == NULL || !g_str_has_prefix (error->message, flag))
    return g_strdup (error->message);

  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
  g_auto (GStrv) parts = g_strsplit (title, "_", -1);
  g_autofree char *plain = g_strjoinv ("", parts);
  return g_strdup_printf ("%s %s", plain, error->message + strlen (flag));
}

gboolean
nullcurve_setup_fields_show_error (NullcurveSetupPanel *self, const MoeError *error)
{
  /* A fault in a folded group would be told where nobody looks. */
  NullcurveFieldRow *row = row_of_option (self, error->option, TRUE);
  if (row == NULL)
    return FALSE;
  g_autofree char *sentence = nullcurve_setup_fields_sentence (self, error);
  nullcurve_field_row_set_problem (row, sentence);
  return TRUE;
}

static void
init_presets (NullcurveSetupPanel *self)
{
  GPtrArray *presets = moe_presets_get ();
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  for (guint i = 0; i < presets->len; i++)
    gtk_string_list_append (names, ((MoePreset *)g_ptr_array_index (presets, i))->name);
  gtk_string_list_append (names, _ ("Own shape"));
  gtk_drop_down_set_model (self->preset, G_LIST_MODEL (names));
}

/* A wheel turned over the panel scrolls it; it must not change the numbers that come by. */
static void
ignore_wheel (GtkWidget *spin)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (spin);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

void
nullcurve_setup_fields_init (NullcurveSetupPanel *self)
{
  self->loading = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].spin != 0)
      ignore_wheel (GTK_WIDGET (field_spin (self, &fields[i])));
  g_autofree char *all =
      g_strdup_printf (g_dngettext (NULL, "0 takes all %zu processor.",
                                    "0 takes all %zu processors.", moe_team_default_size ()),
                       moe_team_default_size ());
  nullcurve_field_row_set_note (self->threads_row, all);
  init_presets (self);
  nullcurve_setup_machine_init (self);
  self->loading = FALSE;
}

/* Options to fields */

static guint
preset_position (const MoeOptions *options)
{
  GPtrArray *presets = moe_presets_get ();
  const MoePreset *preset = moe_presets_match (options);
  guint position = presets->len;
  if (preset != NULL)
    g_ptr_array_find (presets, preset, &position);
  return position;
}

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
  char text[1024];
  moe_options_format (&shown, moe_option_spec_find ("null-route-frac-list"), text, sizeof text);
  gtk_editable_set_text (GTK_EDITABLE (self->fraction_list), text);
}

/* "0.005" times 100: "0.5".  What is no number stays what it is. */
static void
shift_point (char text[64], double factor)
{
  char *end;
  double value = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0')
    g_ascii_formatd (text, 64, "%.10g", value * factor);
}

static void
load_number (NullcurveSetupPanel *self, const Field *field)
{
  char text[64];
  moe_options_format (&self->options, moe_option_spec_find (field->option), text, sizeof text);
  if (field->percent)
    shift_point (text, 100);
  gtk_spin_button_set_value (field_spin (self, field), g_ascii_strtod (text, NULL));
  gtk_editable_set_text (GTK_EDITABLE (field_spin (self, field)), text);
}

void
nullcurve_setup_fields_load (NullcurveSetupPanel *self)
{
  const MoeOptions *options = &self->options;
  self->loading = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].spin != 0)
      load_number (self, &fields[i]);

  MoeSizeList topk = options->topk_list;
  if (topk.n == 0)
    topk = (MoeSizeList){ { options->topk }, 1 };
  nullcurve_topk_chooser_set (self->topk, &topk);
  load_fractions (self);
  gtk_drop_down_set_selected (self->preset, preset_position (options));
  gtk_drop_down_set_selected (self->null_mode, options->null_routing_mode);
  gtk_drop_down_set_selected (self->dispatch, options->null_dispatch);
  gtk_drop_down_set_selected (self->pass, options->pass);
  gtk_drop_down_set_selected (self->remat, options->remat_mode);
  gtk_drop_down_set_selected (self->sampling,
                              options->until_settled ? SAMPLING_SETTLED : SAMPLING_NUMBER);
  nullcurve_setup_machine_load (self);
  gtk_switch_set_active (self->renormalize, options->renormalize_real_after_null);
  nullcurve_setup_options_load (self);
  self->loading = FALSE;
}

/* Fields to options */

static void
store_fault (NullcurveSetupPanel *self, const MoeError *fault, MoeError *first)
{
  nullcurve_setup_fields_show_error (self, fault);
  if (first->status == MOE_OK)
    *first = *fault;
}

static void
store_number (NullcurveSetupPanel *self, const Field *field, MoeError *first)
{
  MoeError fault = { 0 };
  char text[64];
  g_strlcpy (text, gtk_editable_get_text (GTK_EDITABLE (field_spin (self, field))), sizeof text);
  if (field->percent)
    shift_point (text, 0.01);
  if (moe_options_set (&self->options, field->option, text, &fault) != MOE_OK)
    store_fault (self, &fault, first);
}

static void
store_topk (NullcurveSetupPanel *self, MoeError *first)
{
  MoeError fault = { 0 };
  MoeSizeList list;
  if (!nullcurve_topk_chooser_get (self->topk, &list, &fault))
    {
      store_fault (self, &fault, first);
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
    {
      const FractionChoice *choice = &fraction_choices[selected - FRACTIONS_FIRST_CHOICE];
      options->null_route_frac_list.n = choice->n;
      memcpy (options->null_route_frac_list.values, choice->values, sizeof choice->values);
    }
  else if (moe_options_set (options, "null-route-frac-list",
                            gtk_editable_get_text (GTK_EDITABLE (self->fraction_list)), &fault)
           != MOE_OK)
    store_fault (self, &fault, first);
}

gboolean
nullcurve_setup_fields_store (NullcurveSetupPanel *self, MoeError *error)
{
  MoeOptions *options = &self->options;
  error->status = MOE_OK;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    nullcurve_field_row_set_problem (field_row (self, &fields[i]), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].spin != 0)
      store_number (self, &fields[i], error);
  store_topk (self, error);
  store_fractions (self, error);

  options->null_routing_mode = (MoeNullMode)gtk_drop_down_get_selected (self->null_mode);
  options->null_dispatch = (MoeNullDispatch)gtk_drop_down_get_selected (self->dispatch);
  options->pass = (MoePass)gtk_drop_down_get_selected (self->pass);
  options->renormalize_real_after_null = gtk_switch_get_active (self->renormalize);
  options->remat_mode = (MoeRematMode)gtk_drop_down_get_selected (self->remat);
  options->until_settled = gtk_drop_down_get_selected (self->sampling) == SAMPLING_SETTLED;
  nullcurve_setup_machine_store (self);
  nullcurve_setup_options_store (self, error);
  return error->status == MOE_OK;
}

static const char *
null_mode_note (MoeNullMode mode)
{
  switch (mode)
    {
    case MOE_NULL_MODE_TAKE_UNTIL_NULL:
      return _ ("A token's slots are walked best first; after the first null one, the rest are "
                "null too.");
    case MOE_NULL_MODE_ROUTER:
      return _ ("Null experts compete with real ones in the top-k; a token keeps the experts "
                "above its null logit.");
    case MOE_NULL_MODE_INDEPENDENT:
    default:
      return _ ("Each slot is null with probability f, whatever the others are.");
    }
}

static const char *
dispatch_note (MoeNullDispatch dispatch)
{
  return dispatch == MOE_NULL_DISPATCH_CARRY
             ? _ ("Null slots ride along through gather and combine, as in the published "
                  "harness; only the matmuls skip them.")
             : _ ("Null slots are dropped before dispatch; no stage touches them.");
}

static const char *
remat_note (MoePass pass, MoeRematMode mode)
{
  if (pass == MOE_PASS_FORWARD)
    return _ ("There is no backward in this pass.");
  switch (mode)
    {
    case MOE_REMAT_EXPERT_MLP:
      return _ ("Only the experts' outputs are kept; gather, up and activation are computed again. "
                "Least memory.");
    case MOE_REMAT_COMBINE:
      return _ ("The gathered rows are dropped and gathered again; what the experts computed is "
                "kept.");
    case MOE_REMAT_NONE:
    default:
      return _ ("All that the backward needs is kept: fastest, most memory.");
    }
}

static void
explain_sampling (NullcurveSetupPanel *self)
{
  gboolean settled = self->options.until_settled;
  gtk_widget_set_visible (GTK_WIDGET (self->iters), !settled);
  gtk_widget_set_visible (GTK_WIDGET (self->precision_row), settled);
  gtk_widget_set_visible (GTK_WIDGET (self->budget_row), settled);
  nullcurve_field_row_set_note (
      self->iters_row, settled ? _ ("As many as it takes to know every ratio to f = 0.") : NULL);
}

void
nullcurve_setup_fields_explain (NullcurveSetupPanel *self)
{
  nullcurve_field_row_set_note (self->null_mode_row,
                                null_mode_note (self->options.null_routing_mode));
  nullcurve_field_row_set_note (self->dispatch_row, dispatch_note (self->options.null_dispatch));
  nullcurve_field_row_set_note (self->remat_row,
                                remat_note (self->options.pass, self->options.remat_mode));
  explain_sampling (self);
  nullcurve_setup_machine_explain (self);
  nullcurve_setup_options_explain (self);
  gboolean own = gtk_drop_down_get_selected (self->fractions) == FRACTIONS_OWN;
  gtk_widget_set_visible (GTK_WIDGET (self->fraction_list), own);
  nullcurve_field_row_set_note (self->fractions_row,
                                _ ("f = 0 is always measured: everything is told against it."));

  gboolean was_loading = self->loading;
  self->loading = TRUE;
  gtk_drop_down_set_selected (self->preset, preset_position (&self->options));
  self->loading = was_loading;
  const MoePreset *preset = moe_presets_match (&self->options);
  const char *source = preset != NULL && preset->source[0] != '\0' ? preset->source : NULL;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->preset_row), source);
}

void
nullcurve_setup_fields_take_preset (NullcurveSetupPanel *self)
{
  GPtrArray *presets = moe_presets_get ();
  guint selected = gtk_drop_down_get_selected (self->preset);
  if (selected < presets->len)
    moe_presets_apply (g_ptr_array_index (presets, selected), &self->options);
  nullcurve_setup_fields_load (self);
}

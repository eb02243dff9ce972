/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the published harness that few people change, in folded groups: rows made from
 * the option table, so that the form cannot fall behind it. */
#include "ui/setup/setup-panel-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* One option and its row. */
typedef struct OptionField
{
  const MoeOptionSpec *spec;
  NullcurveFieldRow *row;
  AdwExpanderRow *group;
  GtkWidget *control;                          /* switch, drop-down or entry; NULL for a set */
  GtkCheckButton *checks[MOE_OPTIONS_MAX_SET]; /* of a set, by choice */
} OptionField;

typedef struct GroupText
{
  const char *title;
  const char *options[10]; /* NULL-terminated */
} GroupText;

static const GroupText groups[] = {
  { N_ ("Implementation"),
    { "impl", "backend", "queue-mode", "routing-pack-strategy", "dispatch-permute-mode",
      "capacity-policy", "capacity-factor", "shared-expert-dim", "shared-fused" } },
  { N_ ("Token distribution"), { "distribution", "run-alpha", "run-noise-scale" } },
  { N_ ("Expert parallelism"), { "parallel-mode", "ep-comm-path", "ep-size" } },
};

/* What the form calls an option, and the line below it. */
static const struct
{
  const char *option;
  const char *title;
  const char *note;
} words[] = {
  { "impl", N_ ("Implementations"), N_ ("Each one that is chosen is measured.") },
  { "backend", N_ ("Grouped matmul"),
    N_ ("gmm schedules tiles of experts over the cores; ragged_dot takes the experts one by one, "
        "each with all cores.") },
  { "queue-mode", N_ ("Queue modes"),
    N_ ("prequeue leaves pack and gather out of what is timed; forward pass only.") },
  { "routing-pack-strategy", N_ ("Pack strategy"),
    N_ ("How the assignments of an expert are put in order.") },
  { "dispatch-permute-mode", N_ ("Permutation"),
    N_ ("Rows straight from the tokens, or tokens repeated k times and permuted.") },
  { "capacity-policy", N_ ("Capacity policy"),
    N_ ("Bounds the rows of an expert; not together with null routing.") },
  { "capacity-factor", N_ ("Capacity factor"),
    N_ ("Rows of an expert: this times tokens times k over experts.") },
  { "shared-expert-dim", N_ ("Shared expert"),
    N_ ("Inner width of an expert that every token visits; 0 for none.") },
  { "shared-fused", N_ ("Fuse its gate and up"), N_ ("One matmul instead of two.") },
  { "distribution", N_ ("Distributions"),
    N_ ("random: every token for itself; runs: neighbours go to the same expert.") },
  { "run-alpha", N_ ("Run alpha"), N_ ("Runs last 1 / (1 \342\210\222 alpha) tokens on average.") },
  { "run-noise-scale", N_ ("Noise scale"), N_ ("Of the router logits within a run.") },
  { "parallel-mode", N_ ("Parallel mode"),
    N_ ("ep splits experts and threads into shards that exchange tokens.") },
  { "ep-comm-path", N_ ("Exchange"),
    N_ ("compact_psum: all tokens everywhere, outputs all-reduced; ring_ag_rs: tokens sharded, "
        "gathered and scattered.") },
  { "ep-size", N_ ("Shards"), N_ ("0 for as many as the threads can share evenly.") },
};

static gsize
words_of (const MoeOptionSpec *spec)
{
  gsize i = 0;
  while (i + 1 < G_N_ELEMENTS (words) && strcmp (words[i].option, spec->name) != 0)
    i++;
  return i;
}

static OptionField *
field_at (NullcurveSetupPanel *self, guint index)
{
  return g_ptr_array_index (self->option_fields, index);
}

static void
changed_cb (NullcurveSetupPanel *self)
{
  if (!self->loading)
    nullcurve_setup_panel_queue_refresh (self);
}

static void
add_switch (NullcurveSetupPanel *self, OptionField *field)
{
  field->control = gtk_switch_new ();
  gtk_widget_set_valign (field->control, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (field->control, "notify::active", G_CALLBACK (changed_cb), self);
}

static void
add_drop_down (NullcurveSetupPanel *self, OptionField *field)
{
  field->control = gtk_drop_down_new (NULL, NULL);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  for (gsize i = 0; i < field->spec->names->n; i++)
    gtk_string_list_append (names, field->spec->names->names[i]);
  gtk_drop_down_set_model (GTK_DROP_DOWN (field->control), G_LIST_MODEL (names));
  gtk_widget_add_css_class (field->control, "flat");
  g_signal_connect_swapped (field->control, "notify::selected", G_CALLBACK (changed_cb), self);
}

static void
add_entry (NullcurveSetupPanel *self, OptionField *field)
{
  field->control = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (field->control), 7);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (field->control), 10);
  gtk_editable_set_alignment (GTK_EDITABLE (field->control), 1.0f);
  gtk_entry_set_input_purpose (GTK_ENTRY (field->control), GTK_INPUT_PURPOSE_NUMBER);
  gtk_widget_set_valign (field->control, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (field->control, "changed", G_CALLBACK (changed_cb), self);
}

/* One check button for each choice, below the title. */
static void
add_checks (NullcurveSetupPanel *self, OptionField *field)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  for (gsize i = 0; i < field->spec->names->n; i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (field->spec->names->names[i]);
      field->checks[i] = GTK_CHECK_BUTTON (check);
      g_signal_connect_swapped (check, "toggled", G_CALLBACK (changed_cb), self);
      gtk_box_append (GTK_BOX (box), check);
    }
  nullcurve_field_row_add (field->row, box, TRUE);
}

static void
add_field (NullcurveSetupPanel *self, AdwExpanderRow *group, const char *name)
{
  OptionField *field = g_new0 (OptionField, 1);
  field->spec = moe_option_spec_find (name);
  field->row = NULLCURVE_FIELD_ROW (nullcurve_field_row_new ());
  field->group = group;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (field->row),
                                 _ (words[words_of (field->spec)].title));
  if (field->spec->kind == MOE_OPTION_CHOICE_SET)
    add_checks (self, field);
  else if (field->spec->kind == MOE_OPTION_FLAG)
    add_switch (self, field);
  else if (field->spec->kind == MOE_OPTION_CHOICE)
    add_drop_down (self, field);
  else
    add_entry (self, field);
  if (field->control != NULL)
    nullcurve_field_row_add (field->row, field->control, FALSE);
  adw_expander_row_add_row (group, GTK_WIDGET (field->row));
  g_ptr_array_add (self->option_fields, field);
}

void
nullcurve_setup_options_init (NullcurveSetupPanel *self)
{
  self->option_fields = g_ptr_array_new_with_free_func (g_free);
  for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
    {
      AdwExpanderRow *group = ADW_EXPANDER_ROW (adw_expander_row_new ());
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (group), _ (groups[g].title));
      gtk_widget_add_css_class (GTK_WIDGET (group), "field-expander");
      for (gsize i = 0; groups[g].options[i] != NULL; i++)
        add_field (self, group, groups[g].options[i]);
      adw_preferences_group_add (self->advanced_group, GTK_WIDGET (group));
    }
}

static void
load_text (OptionField *field, const char *text)
{
  int choice;
  if (field->spec->kind == MOE_OPTION_FLAG)
    gtk_switch_set_active (GTK_SWITCH (field->control), strcmp (text, "true") == 0);
  else if (field->spec->kind != MOE_OPTION_CHOICE)
    gtk_editable_set_text (GTK_EDITABLE (field->control), text);
  else if (moe_name_parse (field->spec->names, text, &choice))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (field->control), (guint)choice);
}

/* Called while the panel is loading. */
void
nullcurve_setup_options_load (NullcurveSetupPanel *self)
{
  for (guint f = 0; f < self->option_fields->len; f++)
    {
      OptionField *field = field_at (self, f);
      const char *base = (const char *)&self->options + field->spec->offset;
      char text[64];
      if (field->spec->kind == MOE_OPTION_CHOICE_SET)
        for (gsize i = 0; i < field->spec->names->n; i++)
          gtk_check_button_set_active (field->checks[i],
                                       ((const MoeChoiceSet *)(const void *)base)->has[i]);
      else if (moe_options_format (&self->options, field->spec, text, sizeof text) >= 0)
        load_text (field, text);
    }
}

static const char *
field_text (OptionField *field)
{
  if (field->spec->kind == MOE_OPTION_FLAG)
    return gtk_switch_get_active (GTK_SWITCH (field->control)) ? "true" : "false";
  if (field->spec->kind == MOE_OPTION_CHOICE)
    return moe_name_of (field->spec->names,
                        (int)gtk_drop_down_get_selected (GTK_DROP_DOWN (field->control)));
  return gtk_editable_get_text (GTK_EDITABLE (field->control));
}

/* A set without a choice is stored as such: the check of the whole then says what is wrong. */
static void
store_set (NullcurveSetupPanel *self, OptionField *field)
{
  MoeChoiceSet *set = (void *)((char *)&self->options + field->spec->offset);
  for (gsize i = 0; i < field->spec->names->n; i++)
    set->has[i] = gtk_check_button_get_active (field->checks[i]);
}

void
nullcurve_setup_options_store (NullcurveSetupPanel *self, MoeError *first)
{
  for (guint f = 0; f < self->option_fields->len; f++)
    {
      OptionField *field = field_at (self, f);
      MoeError fault = { 0 };
      nullcurve_field_row_set_problem (field->row, NULL);
      if (field->spec->kind == MOE_OPTION_CHOICE_SET)
        store_set (self, field);
      else if (moe_options_set (&self->options, field->spec->name, field_text (field), &fault)
               != MOE_OK)
        {
          nullcurve_setup_fields_show_error (self, &fault);
          if (first->status == MOE_OK)
            *first = fault;
        }
    }
}

NullcurveFieldRow *
nullcurve_setup_options_find (NullcurveSetupPanel *self, const char *option, gboolean unfold)
{
  for (guint f = 0; option != NULL && f < self->option_fields->len; f++)
    {
      OptionField *field = field_at (self, f);
      if (strcmp (field->spec->name, option) != 0)
        continue;
      if (unfold)
        adw_expander_row_set_expanded (field->group, TRUE);
      return field->row;
    }
  return NULL;
}

/* Where that is so, without the option's name that the title says. */
static char *
idle_note (const MoeOptions *options, const MoeOptionSpec *spec)
{
  const char *why = moe_options_idle (options, spec);
  return why != NULL ? g_strdup_printf (_ ("This changes nothing: %s."), why) : NULL;
}

static gboolean
is_usual (const MoeOptions *options, const MoeOptions *usual, const MoeOptionSpec *spec)
{
  char a[128], b[128];
  moe_options_format (options, spec, a, sizeof a);
  moe_options_format (usual, spec, b, sizeof b);
  return strcmp (a, b) == 0;
}

/* How many of a group's options are not as a person finds them at first. */
static void
explain_group (NullcurveSetupPanel *self, AdwExpanderRow *group)
{
  MoeOptions usual;
  guint changed = 0;
  moe_options_init_single (&usual);
  for (guint f = 0; f < self->option_fields->len; f++)
    if (field_at (self, f)->group == group
        && !is_usual (&self->options, &usual, field_at (self, f)->spec))
      changed++;
  g_autofree char *said =
      changed == 0
          ? g_strdup ("")
          : g_strdup_printf (g_dngettext (NULL, "%u changed", "%u changed", changed), changed);
  adw_expander_row_set_subtitle (group, said);
}

void
nullcurve_setup_options_explain (NullcurveSetupPanel *self)
{
  for (guint f = 0; f < self->option_fields->len; f++)
    {
      OptionField *field = field_at (self, f);
      g_autofree char *idle = idle_note (&self->options, field->spec);
      nullcurve_field_row_set_note (field->row,
                                    idle != NULL ? idle : _ (words[words_of (field->spec)].note));
      if (f == 0 || field_at (self, f - 1)->group != field->group)
        explain_group (self, field->group);
    }
}

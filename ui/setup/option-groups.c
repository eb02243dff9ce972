/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/option-groups.h"

#include "ui/setup/field-row.h"

#include <glib/gi18n.h>

#define GROUP_NAME "option-group"

typedef struct GroupText
{
  const char *title;
  const char *options[10]; /* NULL-terminated */
} GroupText;

static const GroupText groups[] = {
  { N_ ("Implementation"),
    { "impl", "backend", "queue-mode", "routing-pack-strategy", "dispatch-permute-mode",
      "capacity-policy", "capacity-factor", "shared-expert-dim", "shared-fused" } },
  { N_ ("Experts per token"), { "k-rule", "tile" } },
  { N_ ("Kinds of null"), { "null-kind", "null-experts", "null-granularity", "null-tokens" } },
  { N_ ("Expert parallelism"), { "parallel-mode", "ep-comm-path", "ep-size" } },
};

static const char *
note_of (const MoeOptionSpec *spec, const MoeOptions *options)
{
  if (spec->choice != NULL && spec->choice->notes.n > 0)
    return _ (moe_name_of (&spec->choice->notes, *((const guint8 *)options + spec->offset)));
  return spec->note != NULL ? _ (spec->note) : NULL;
}

static void
add_row (AdwExpanderRow *group, const MoeOptionSpec *spec)
{
  adw_expander_row_add_row (group, nullcurve_field_row_new (spec->name, _ (spec->label)));
}

static gboolean
is_shown (const GPtrArray *rows, const MoeOptionSpec *spec)
{
  for (guint i = 0; i < rows->len; i++)
    if (nullcurve_field_row_shows (g_ptr_array_index (rows, i), spec->name))
      return TRUE;
  for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
    if (g_strv_contains (groups[g].options, spec->name))
      return TRUE;
  return FALSE;
}

/* Choices that nobody has found a better place for. */
static void
add_others (AdwExpanderRow *group, const GPtrArray *rows)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (gsize i = 0; i < n; i++)
    if (specs[i].choice != NULL && !is_shown (rows, &specs[i]))
      add_row (group, &specs[i]);
}

void
nullcurve_option_groups_add (AdwPreferencesGroup *parent, const GPtrArray *rows)
{
  for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
    {
      AdwExpanderRow *group = ADW_EXPANDER_ROW (adw_expander_row_new ());
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (group), _ (groups[g].title));
      gtk_widget_set_name (GTK_WIDGET (group), GROUP_NAME);
      gtk_widget_add_css_class (GTK_WIDGET (group), "field-expander");
      for (gsize i = 0; groups[g].options[i] != NULL; i++)
        add_row (group, moe_option_spec_find (groups[g].options[i]));
      if (g == 0)
        add_others (group, rows);
      adw_preferences_group_add (parent, GTK_WIDGET (group));
    }
}

/* Where that is so, without the option's name that the title says. */
static char *
idle_note (const MoeOptions *options, const MoeOptionSpec *spec)
{
  const char *why = moe_options_idle (options, spec);
  return why != NULL ? g_strdup_printf (_ ("This changes nothing: %s."), why) : NULL;
}

static gboolean
is_usual (const MoeOptions *options, const MoeOptionSpec *spec)
{
  MoeOptions usual;
  moe_options_init_single (&usual);
  return moe_options_same (options, &usual, spec);
}

/* How many of the group's options are not as a person finds them at first. */
static void
say_changed (GtkWidget *group, guint changed)
{
  g_autofree char *said =
      changed == 0
          ? g_strdup ("")
          : g_strdup_printf (g_dngettext (NULL, "%u changed", "%u changed", changed), changed);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (group), said);
}

static void
explain_row (NullcurveFieldRow *row, const MoeOptions *options)
{
  const MoeOptionSpec *spec = nullcurve_field_row_get_spec (row);
  g_autofree char *idle = idle_note (options, spec);
  const char *note = idle != NULL ? idle : note_of (spec, options);
  if (note != NULL)
    nullcurve_field_row_set_note (row, note);
}

void
nullcurve_option_groups_explain (const GPtrArray *rows, const MoeOptions *options)
{
  GtkWidget *group = NULL;
  guint changed = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      NullcurveFieldRow *row = g_ptr_array_index (rows, i);
      const MoeOptionSpec *spec = nullcurve_field_row_get_spec (row);
      GtkWidget *own = gtk_widget_get_ancestor (GTK_WIDGET (row), ADW_TYPE_EXPANDER_ROW);
      gboolean grouped = own != NULL && g_str_equal (gtk_widget_get_name (own), GROUP_NAME);
      if (grouped || (spec != NULL && spec->choice != NULL && spec->choice->notes.n > 0))
        explain_row (row, options);
      if (!grouped)
        continue;
      changed = (own == group ? changed : 0) + !is_usual (options, spec);
      group = own;
      say_changed (group, changed);
    }
}

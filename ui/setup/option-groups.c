/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/option-groups.h"

#include "ui/setup/field-row.h"

#include <glib/gi18n.h>
#include <string.h>

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

/* The place of an option's words; -1: it is not in these groups. */
static gssize
find_words (const MoeOptionSpec *spec)
{
  for (gsize i = 0; spec != NULL && i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].option, spec->name) == 0)
      return (gssize)i;
  return -1;
}

void
nullcurve_option_groups_add (AdwPreferencesGroup *parent)
{
  for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
    {
      AdwExpanderRow *group = ADW_EXPANDER_ROW (adw_expander_row_new ());
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (group), _ (groups[g].title));
      gtk_widget_add_css_class (GTK_WIDGET (group), "field-expander");
      for (gsize i = 0; groups[g].options[i] != NULL; i++)
        {
          gssize at = find_words (moe_option_spec_find (groups[g].options[i]));
          adw_expander_row_add_row (
              group, nullcurve_field_row_new (groups[g].options[i], _ (words[at].title)));
        }
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
  char a[128], b[128];
  moe_options_init_single (&usual);
  moe_options_format (options, spec, a, sizeof a);
  moe_options_format (&usual, spec, b, sizeof b);
  return strcmp (a, b) == 0;
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

void
nullcurve_option_groups_explain (const GPtrArray *rows, const MoeOptions *options)
{
  GtkWidget *group = NULL;
  guint changed = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      NullcurveFieldRow *row = g_ptr_array_index (rows, i);
      const MoeOptionSpec *spec = nullcurve_field_row_get_spec (row);
      gssize at = find_words (spec);
      if (at < 0)
        continue;
      GtkWidget *own = gtk_widget_get_ancestor (GTK_WIDGET (row), ADW_TYPE_EXPANDER_ROW);
      changed = (own == group ? changed : 0) + !is_usual (options, spec);
      group = own;
      say_changed (group, changed);
      g_autofree char *idle = idle_note (options, spec);
      nullcurve_field_row_set_note (row, idle != NULL ? idle : _ (words[at].note));
    }
}

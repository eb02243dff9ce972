/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-properties.h"

#include <glib/gi18n.h>

/* Keys of facts as they stand in files; what has no words of its own is shown by its key. */
static const struct
{
  const char *key;
  const char *words;
} facts[] = {
  { "host", N_ ("Machine") }, { "cpu", N_ ("Processor") },        { "accelerator", N_ ("Backend") },
  { "blas", N_ ("Library") }, { "dtype", N_ ("Data type") },      { "threads", N_ ("Threads") },
  { "date", N_ ("Begun") },   { "command", N_ ("Command line") }, { "options", N_ ("Options") },
};

static const char *
words_of (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    if (g_str_equal (facts[i].key, key))
      return _ (facts[i].words);
  return key;
}

/* Below the rows that there are. */
static void
append_row (GtkGrid *grid, GString *text, const char *name, const char *value)
{
  GtkWidget *key = gtk_label_new (name);
  GtkWidget *words = gtk_label_new (value);
  int row = 0;
  while (gtk_grid_get_child_at (grid, 0, row) != NULL)
    row++;
  gtk_label_set_xalign (GTK_LABEL (key), 0);
  gtk_label_set_yalign (GTK_LABEL (key), 0);
  gtk_widget_add_css_class (key, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (words), 0);
  gtk_label_set_wrap (GTK_LABEL (words), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (words), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (words), TRUE);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (words), GTK_ACCESSIBLE_RELATION_LABELLED_BY, key,
                                  NULL, -1);
  gtk_grid_attach (grid, key, 0, row, 1, 1);
  gtk_grid_attach (grid, words, 1, row, 1, 1);
  g_string_append_printf (text, "%s: %s\n", name, value);
}

static void
copy_cb (GtkWidget *button, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), text);
}

static GtkWidget *
new_content (const MoeRun *run, const char *subtitle, GString *text)
{
  GtkWidget *grid = gtk_grid_new ();
  const char *source = moe_run_get_source (run);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 9);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_widget_set_margin_top (grid, 18);
  gtk_widget_set_margin_bottom (grid, 18);
  gtk_widget_set_margin_start (grid, 18);
  gtk_widget_set_margin_end (grid, 18);
  append_row (GTK_GRID (grid), text, _ ("Name"), moe_run_get_title (run));
  append_row (GTK_GRID (grid), text, _ ("In short"), subtitle);
  if (source != NULL)
    append_row (GTK_GRID (grid), text, _ ("File"), source);
  for (gsize i = 0; i < moe_run_get_n_facts (run); i++)
    append_row (GTK_GRID (grid), text, words_of (moe_run_get_fact_key (run, i)),
                moe_run_get_fact_value (run, i));
  return grid;
}

GtkWidget *
nullcurve_run_properties_new (GtkWindow *parent, const MoeRun *run, const char *subtitle)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GtkWidget *window =
      g_object_new (ADW_TYPE_WINDOW, "transient-for", parent, "title", _ ("Properties of the Run"),
                    "default-width", 620, "default-height", 520, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *copy = gtk_button_new_with_mnemonic (_ ("_Copy"));
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), new_content (run, subtitle, text));
  gtk_widget_set_vexpand (scroller, TRUE);
  g_signal_connect_data (copy, "clicked", G_CALLBACK (copy_cb), g_strdup (text->str),
                         (GClosureNotify)(void (*) (void))g_free, 0);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), copy);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scroller);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  return window;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/reference-dialog.h"

#include "engine/base/words.h"

#include <glib/gi18n.h>

enum
{
  WIDTH = 520
};

struct _NullcurveReferenceDialog
{
  AdwWindow parent_instance;

  GPtrArray *checks; /* GtkCheckButton of each set, which own themselves */
  GtkWidget *show;
};

enum
{
  SHOW_SETS,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveReferenceDialog, nullcurve_reference_dialog, ADW_TYPE_WINDOW)

static GStrv
dup_chosen (NullcurveReferenceDialog *self)
{
  gsize n;
  const MoeReferenceSet *sets = moe_reference_sets (&n);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  for (gsize i = 0; i < n && i < self->checks->len; i++)
    if (gtk_check_button_get_active (g_ptr_array_index (self->checks, i)))
      g_strv_builder_add (names, sets[i].name);
  return g_strv_builder_end (names);
}

static void
chosen_cb (NullcurveReferenceDialog *self)
{
  g_auto (GStrv) names = dup_chosen (self);
  gtk_widget_set_sensitive (self->show, names[0] != NULL);
}

static void
show_cb (NullcurveReferenceDialog *self)
{
  g_auto (GStrv) names = dup_chosen (self);
  g_signal_emit (self, signals[SHOW_SETS], 0, names);
  gtk_window_close (GTK_WINDOW (self));
}

static GtkWidget *
new_row (NullcurveReferenceDialog *self, const MoeReferenceSet *set, gboolean active)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), moe_words (set->title));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), moe_words (set->note));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  moe_words (set->title), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  moe_words (set->note), -1);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), active);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (chosen_cb), self);
  g_ptr_array_add (self->checks, check);
  return row;
}

/* Nothing in the list yet: the null-routed rows, which most come for. */
static GtkWidget *
new_list (NullcurveReferenceDialog *self, NullcurveSetIsListed is_listed, gpointer data)
{
  gsize n, n_listed = 0;
  const MoeReferenceSet *sets = moe_reference_sets (&n);
  GtkWidget *group = adw_preferences_group_new ();
  gtk_widget_set_margin_start (group, 12);
  gtk_widget_set_margin_end (group, 12);
  gtk_widget_set_margin_top (group, 6);
  gtk_widget_set_margin_bottom (group, 18);
  for (gsize i = 0; i < n; i++)
    {
      gboolean listed = is_listed (&sets[i], data);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_row (self, &sets[i], listed));
      n_listed += listed;
    }
  if (n_listed == 0)
    gtk_check_button_set_active (g_ptr_array_index (self->checks, 0), TRUE);
  return group;
}

static GtkWidget *
new_header (NullcurveReferenceDialog *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *title =
      adw_window_title_new (_ ("Published Rows"), _ ("Figures as others printed them"));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), title);
  self->show = gtk_button_new_with_mnemonic (_ ("_Show"));
  gtk_widget_add_css_class (self->show, "suggested-action");
  gtk_widget_set_tooltip_text (self->show, _ ("Lay what is chosen over the charts"));
  g_signal_connect_swapped (self->show, "clicked", G_CALLBACK (show_cb), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->show);
  return header;
}

static void
nullcurve_reference_dialog_finalize (GObject *object)
{
  NullcurveReferenceDialog *self = NULLCURVE_REFERENCE_DIALOG (object);
  g_ptr_array_unref (self->checks);
  G_OBJECT_CLASS (nullcurve_reference_dialog_parent_class)->finalize (object);
}

static void
nullcurve_reference_dialog_class_init (NullcurveReferenceDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_reference_dialog_finalize;
  signals[SHOW_SETS] = g_signal_new ("show-sets", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static void
nullcurve_reference_dialog_init (NullcurveReferenceDialog *self)
{
  self->checks = g_ptr_array_new ();
}

GtkWidget *
nullcurve_reference_dialog_new (GtkWindow *parent, NullcurveSetIsListed is_listed, gpointer data)
{
  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  NullcurveReferenceDialog *self =
      g_object_new (NULLCURVE_TYPE_REFERENCE_DIALOG, "transient-for", parent, "destroy-with-parent",
                    TRUE, "modal", TRUE, "resizable", FALSE, "default-width", WIDTH, "title",
                    _ ("Published Rows"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), new_list (self, is_listed, data));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->show);
  return GTK_WIDGET (self);
}

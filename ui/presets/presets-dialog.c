/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/presets/presets-dialog.h"

#include "engine/sweep/quantities.h"

#include <glib/gi18n.h>

struct _NullcurvePresetsDialog
{
  AdwWindow parent_instance;

  NullcurveOwnPresets *presets;
  GtkStack *stack; /* that there is none, or the list */
  AdwPreferencesGroup *group;
};

G_DEFINE_FINAL_TYPE (NullcurvePresetsDialog, nullcurve_presets_dialog, ADW_TYPE_WINDOW)

static void
show_state (NullcurvePresetsDialog *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->presets)) > 0;
  gtk_stack_set_visible_child_name (self->stack, any ? "list" : "empty");
}

static NullcurveOwnPreset *
get_preset (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "preset");
}

/* A name that cannot be is taken back at once. */
static void
apply_cb (NullcurvePresetsDialog *self, GtkEditable *row)
{
  NullcurveOwnPreset *preset = get_preset (GTK_WIDGET (row));
  if (!nullcurve_own_presets_rename (self->presets, preset, gtk_editable_get_text (row)))
    gtk_editable_set_text (row, nullcurve_own_preset_get_name (preset));
}

static void
delete_cb (NullcurvePresetsDialog *self, GtkWidget *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ENTRY_ROW);
  nullcurve_own_presets_remove (self->presets, get_preset (row));
  adw_preferences_group_remove (self->group, row);
  show_state (self);
}

static void
append_row (NullcurvePresetsDialog *self, NullcurveOwnPreset *preset)
{
  const MoeOptions *options = nullcurve_own_preset_get_options (preset);
  GtkWidget *row = adw_entry_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *block = moe_text_block (options);
  g_autofree char *topk = moe_text_topk (options);
  g_autofree char *what = g_strdup_printf ("%s · %s", block, topk);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), what);
  gtk_editable_set_text (GTK_EDITABLE (row), nullcurve_own_preset_get_name (preset));
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "preset", g_object_ref (preset), g_object_unref);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Delete this preset"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Delete this preset"), -1);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);
  g_signal_connect_object (row, "apply", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (button, "clicked", G_CALLBACK (delete_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->group, row);
}

static void
nullcurve_presets_dialog_dispose (GObject *object)
{
  g_clear_object (&NULLCURVE_PRESETS_DIALOG (object)->presets);
  G_OBJECT_CLASS (nullcurve_presets_dialog_parent_class)->dispose (object);
}

static void
nullcurve_presets_dialog_class_init (NullcurvePresetsDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_presets_dialog_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static GtkWidget *
new_empty_page (void)
{
  GtkWidget *page = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "document-save-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("No Presets of Your Own"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (page),
      _ ("Save Setup as Preset keeps what is set up under a name.  The config.json of a model, "
         "dropped on the window, sets up its shape."));
  return page;
}

static void
nullcurve_presets_dialog_init (NullcurvePresetsDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();
  self->stack = GTK_STACK (gtk_stack_new ());
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->group);
  gtk_stack_add_named (self->stack, new_empty_page (), "empty");
  gtk_stack_add_named (self->stack, page, "list");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Own Presets"));
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 520, 480);
}

GtkWidget *
nullcurve_presets_dialog_new (GtkWindow *parent, NullcurveOwnPresets *presets)
{
  NullcurvePresetsDialog *self =
      g_object_new (NULLCURVE_TYPE_PRESETS_DIALOG, "transient-for", parent, NULL);
  self->presets = g_object_ref (presets);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (presets)); i++)
    {
      g_autoptr (NullcurveOwnPreset) preset = g_list_model_get_item (G_LIST_MODEL (presets), i);
      append_row (self, preset);
    }
  show_state (self);
  return GTK_WIDGET (self);
}

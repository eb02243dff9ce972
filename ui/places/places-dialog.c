/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/places/places-dialog.h"

#include "ui/places/place-row.h"

#include <glib/gi18n.h>

struct _NullcurvePlacesDialog
{
  AdwWindow parent_instance;

  NullcurvePlaces *places;
  GtkStack *stack; /* what to do where there is no place, or the list */
  AdwPreferencesGroup *group;
  GPtrArray *rows; /* of NullcurvePlaceRow, not owned */
};

G_DEFINE_FINAL_TYPE (NullcurvePlacesDialog, nullcurve_places_dialog, ADW_TYPE_WINDOW)

static void
show_state (NullcurvePlacesDialog *self)
{
  gtk_stack_set_visible_child_name (self->stack, self->rows->len > 0 ? "list" : "empty");
}

static void
remove_cb (NullcurvePlacesDialog *self, NullcurvePlaceRow *row)
{
  if (nullcurve_place_get_busy (nullcurve_place_row_get_place (row)))
    return;
  nullcurve_places_remove (self->places, nullcurve_place_row_get_place (row));
  g_ptr_array_remove (self->rows, row);
  adw_preferences_group_remove (self->group, GTK_WIDGET (row));
  show_state (self);
}

static GtkWidget *
append_row (NullcurvePlacesDialog *self, NullcurvePlace *place)
{
  GtkWidget *row = nullcurve_place_row_new (self->places, place);
  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
  show_state (self);
  return row;
}

GtkWidget *
nullcurve_places_dialog_add (NullcurvePlacesDialog *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACES_DIALOG (self), NULL);
  g_autofree char *name = nullcurve_places_dup_free_name (self->places, _ ("New place"));
  g_autoptr (NullcurvePlace) place = nullcurve_place_new (name, NULLCURVE_PLACE_HOST, "", "", "");
  nullcurve_places_add (self->places, place);
  GtkWidget *row = append_row (self, place);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD);
  return row;
}

static gboolean
nullcurve_places_dialog_close_request (GtkWindow *window)
{
  NullcurvePlacesDialog *self = NULLCURVE_PLACES_DIALOG (window);
  for (guint i = 0; i < self->rows->len; i++)
    nullcurve_place_row_apply (g_ptr_array_index (self->rows, i));
  return GTK_WINDOW_CLASS (nullcurve_places_dialog_parent_class)->close_request (window);
}

static void
nullcurve_places_dialog_dispose (GObject *object)
{
  g_clear_object (&NULLCURVE_PLACES_DIALOG (object)->places);
  G_OBJECT_CLASS (nullcurve_places_dialog_parent_class)->dispose (object);
}

static void
nullcurve_places_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (NULLCURVE_PLACES_DIALOG (object)->rows);
  G_OBJECT_CLASS (nullcurve_places_dialog_parent_class)->finalize (object);
}

static void
nullcurve_places_dialog_class_init (NullcurvePlacesDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_places_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = nullcurve_places_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = nullcurve_places_dialog_close_request;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static GtkWidget *
new_add_button (NullcurvePlacesDialog *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("list-add-symbolic");
  gtk_widget_set_tooltip_text (button, _ ("Add a place"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Add a place"), -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (nullcurve_places_dialog_add), self,
                           G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
new_empty_page (NullcurvePlacesDialog *self)
{
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Add a Place"));
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "network-server-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("Measure Elsewhere"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (page),
      _ ("A place is another machine that has nullcurve-bench: a host of ssh, or whatever a "
         "command "
         "such as srun or podman exec reaches.  What it measures is drawn and kept here."));
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect_object (button, "clicked", G_CALLBACK (nullcurve_places_dialog_add), self,
                           G_CONNECT_SWAPPED);
  adw_status_page_set_child (ADW_STATUS_PAGE (page), button);
  return page;
}

static GtkWidget *
new_list_page (NullcurvePlacesDialog *self)
{
  GtkWidget *page = adw_preferences_page_new ();
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_description (
      self->group,
      _ ("ssh must get there without a question: a key in the agent, and a host that it "
         "knows.  No password or key is asked for or kept."));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->group);
  return page;
}

static void
nullcurve_places_dialog_init (NullcurvePlacesDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = adw_header_bar_new ();
  self->rows = g_ptr_array_new ();
  self->stack = GTK_STACK (gtk_stack_new ());
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), new_add_button (self));
  gtk_stack_add_named (self->stack, new_empty_page (self), "empty");
  gtk_stack_add_named (self->stack, new_list_page (self), "list");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Places"));
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 560, 620);
}

GtkWidget *
nullcurve_places_dialog_new (GtkWindow *parent, NullcurvePlaces *places)
{
  NullcurvePlacesDialog *self =
      g_object_new (NULLCURVE_TYPE_PLACES_DIALOG, "transient-for", parent, NULL);
  self->places = g_object_ref (places);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (places)); i++)
    {
      g_autoptr (NullcurvePlace) place = g_list_model_get_item (G_LIST_MODEL (places), i);
      append_row (self, place);
    }
  show_state (self);
  return GTK_WIDGET (self);
}

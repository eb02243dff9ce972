/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/presets/preset-name.h"

#include "ui/notice.h"

#include <glib/gi18n.h>

typedef struct PresetName
{
  AdwMessageDialog *dialog; /* which owns this */
  GtkWindow *parent;
  NullcurveOwnPresets *presets;
  GtkEditable *entry;
  GtkLabel *note;
  MoeOptions options;
} PresetName;

static void
free_name (gpointer data)
{
  PresetName *self = data;
  g_object_unref (self->presets);
  g_free (self);
}

static void
changed_cb (PresetName *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  gboolean taken = nullcurve_own_presets_find (self->presets, name) != NULL;
  adw_message_dialog_set_response_enabled (self->dialog, "save", *name != '\0');
  adw_message_dialog_set_response_label (self->dialog, "save",
                                         taken ? _ ("_Replace") : _ ("_Save"));
  gtk_label_set_label (self->note, taken ? _ ("A preset of this name is replaced.") : "");
}

static void
response_cb (PresetName *self, const char *response)
{
  if (!g_str_equal (response, "save"))
    return;
  const char *name = gtk_editable_get_text (self->entry);
  gboolean saved = nullcurve_own_presets_save (self->presets, name, &self->options);
  nullcurve_notice_say (GTK_WIDGET (self->parent),
                        saved ? _ ("The setup is among the presets now")
                              : _ ("The setup was not kept: there are as many as can be"));
}

static GtkWidget *
new_content (PresetName *self, const char *name)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *entry = gtk_entry_new ();
  self->entry = GTK_EDITABLE (entry);
  self->note = GTK_LABEL (gtk_label_new (NULL));
  gtk_editable_set_text (self->entry, name);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the preset"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->note), "dim-label");
  gtk_label_set_wrap (self->note, TRUE);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->note));
  return box;
}

GtkWidget *
nullcurve_preset_name_new (GtkWindow *parent,
                           NullcurveOwnPresets *presets,
                           const char *name,
                           const MoeOptions *options)
{
  PresetName *self = g_new0 (PresetName, 1);
  GtkWidget *dialog =
      adw_message_dialog_new (parent, _ ("Save Setup as Preset"),
                              _ ("All that is set up is kept, and stands with the presets."));
  self->dialog = ADW_MESSAGE_DIALOG (dialog);
  self->parent = parent;
  self->presets = g_object_ref (presets);
  self->options = *options;
  adw_message_dialog_add_responses (self->dialog, "cancel", _ ("_Cancel"), "save", _ ("_Save"),
                                    NULL);
  adw_message_dialog_set_response_appearance (self->dialog, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (self->dialog, "save");
  adw_message_dialog_set_close_response (self->dialog, "cancel");
  adw_message_dialog_set_extra_child (self->dialog, new_content (self, name));
  g_object_set_data_full (G_OBJECT (dialog), "nullcurve-preset-name", self, free_name);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (response_cb), self);
  changed_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return dialog;
}

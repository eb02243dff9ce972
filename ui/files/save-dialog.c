/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/save-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

static const char folder_key[] = "last-folder";

void
nullcurve_last_folder_apply (GSettings *settings, GtkFileChooser *chooser)
{
  g_autofree char *uri = settings != NULL ? g_settings_get_string (settings, folder_key) : NULL;
  g_autoptr (GFile) folder = NULL;

  if (uri == NULL || *uri == '\0')
    return;
  folder = g_file_new_for_uri (uri);
  gtk_file_chooser_set_current_folder (chooser, folder, NULL);
}

void
nullcurve_last_folder_keep (GSettings *settings, GtkFileChooser *chooser, int response)
{
  g_autoptr (GFile) folder = settings != NULL && response == GTK_RESPONSE_ACCEPT
                                 ? gtk_file_chooser_get_current_folder (chooser)
                                 : NULL;
  g_autofree char *uri = folder != NULL ? g_file_get_uri (folder) : NULL;

  if (uri != NULL)
    g_settings_set_string (settings, folder_key, uri);
}

/* What a dialog was made for. */
typedef struct Saving
{
  GSettings *settings;
  gboolean (*knows) (const char *path);
  NullcurveSave save;
  GFile *file; /* to be replaced */
} Saving;

static void
saving_free (Saving *saving)
{
  g_clear_object (&saving->settings);
  g_clear_object (&saving->file);
  g_free (saving);
}

static Saving *
attach (gpointer dialog, NullcurveSave save)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->save = save;
  g_object_set_data_full (dialog, "saving", saving, (GDestroyNotify)saving_free);
  return saving;
}

static void
replace_response_cb (GtkWidget *owner, const char *response, GtkWidget *dialog)
{
  const Saving *saving = g_object_get_data (G_OBJECT (dialog), "saving");

  if (strcmp (response, "replace") == 0)
    saving->save (owner, saving->file);
}

static void
ask_to_replace (GtkWidget *owner, GFile *file, NullcurveSave save)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *heading = g_strdup_printf (_ ("Replace “%s”?"), name);
  GtkWidget *widget = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (owner)), heading,
                                              _ ("There is a file of that name already."));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);

  attach (dialog, save)->file = g_object_ref (file);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "replace", _ ("_Replace"),
                                    NULL);
  adw_message_dialog_set_response_appearance (dialog, "replace", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (replace_response_cb), owner,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
nullcurve_save_dialog_write (GtkWidget *owner, GFile *asked, GFile *file, NullcurveSave save)
{
  if (!g_file_equal (asked, file) && g_file_query_exists (file, NULL))
    ask_to_replace (owner, file, save);
  else
    save (owner, file);
}

/* A name without a known ending gets that of the chosen filter, or of the first. */
static GFile *
name_file (GtkFileChooser *chooser, GFile *file, gboolean (*knows) (const char *path))
{
  GtkFileFilter *filter = gtk_file_chooser_get_filter (chooser);
  const char *ending = g_object_get_data (G_OBJECT (chooser), "ending");
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *whole = NULL;

  if (path == NULL || knows == NULL || knows (path))
    return g_object_ref (file);
  if (filter != NULL)
    ending = g_object_get_data (G_OBJECT (filter), "ending");
  whole = g_strconcat (path, ".", ending, NULL);
  return g_file_new_for_path (whole);
}

static void
response_cb (GtkWidget *owner, int response, GtkFileChooser *chooser)
{
  const Saving *saving = g_object_get_data (G_OBJECT (chooser), "saving");
  g_autoptr (GFile) asked =
      response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (chooser) : NULL;

  nullcurve_last_folder_keep (saving->settings, chooser, response);
  if (asked != NULL)
    {
      g_autoptr (GFile) file = name_file (chooser, asked, saving->knows);

      nullcurve_save_dialog_write (owner, asked, file, saving->save);
    }
  g_object_unref (chooser);
}

GtkFileChooserNative *
nullcurve_save_dialog_new (GtkWidget *owner,
                           GSettings *settings,
                           const char *title,
                           const char *name,
                           gboolean (*knows) (const char *path),
                           NullcurveSave save)
{
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_root (owner)),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  Saving *saving = attach (dialog, save);

  g_set_object (&saving->settings, settings);
  saving->knows = knows;
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  nullcurve_last_folder_apply (settings, GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), owner, G_CONNECT_SWAPPED);
  return dialog;
}

void
nullcurve_save_dialog_add_format (GtkFileChooserNative *dialog,
                                  const char *words,
                                  const char *ending)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, words);
  gtk_file_filter_add_suffix (filter, ending);
  g_object_set_data_full (G_OBJECT (filter), "ending", g_strdup (ending), g_free);
  if (g_object_get_data (G_OBJECT (dialog), "ending") == NULL)
    g_object_set_data_full (G_OBJECT (dialog), "ending", g_strdup (ending), g_free);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
}

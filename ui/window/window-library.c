/* SPDX-License-Identifier: Apache-2.0 */
/* The run library, and a run that was interrupted. */
#include "ui/window/window-private.h"

#include "ui/files/library-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

/* A file that is in the list already is shown instead of read again. */
static gboolean
show_listed (NullcurveWindow *self, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  NullcurveRunItem *item = nullcurve_runs_model_find_source (self->runs, uri);
  if (item == NULL)
    return FALSE;
  nullcurve_run_item_set_visible (item, TRUE);
  nullcurve_runs_model_select (self->runs, item);
  return TRUE;
}

static void
open_cb (NullcurveWindow *self, GListModel *files)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (files);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      if (!show_listed (self, file))
        g_ptr_array_add (others, g_object_ref (file));
    }
  nullcurve_window_open_files (self, (GFile **)others->pdata, others->len);
}

static void
library_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autofree char *dir = moe_library_dup_dir ();
  GtkWidget *dialog = nullcurve_library_dialog_new (GTK_WINDOW (widget), dir);
  g_signal_connect_object (dialog, "open", G_CALLBACK (open_cb), widget, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Names are kept in the runs' own files */

void
nullcurve_window_keep_title (NullcurveWindow *self, NullcurveRunItem *item)
{
  g_autoptr (GError) error = NULL;
  const char *path = moe_run_get_source (nullcurve_run_item_get_run (item));
  if (!moe_library_owns (path)
      || moe_library_rename (path, nullcurve_run_item_get_title (item), &error))
    return;
  g_autofree char *message =
      g_strdup_printf (_ ("The new name is not kept in a file: %s"), error->message);
  nullcurve_window_toast (self, message);
}

/* A run that was interrupted */

static void
keep (NullcurveWindow *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  if (!moe_library_settle (path, &error))
    nullcurve_window_toast (self, error->message);
  if (!show_listed (self, file))
    nullcurve_window_open_files (self, &file, 1);
}

static void
discard (NullcurveWindow *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  gboolean trashed = g_file_trash (file, NULL, &error);
  NullcurveRunItem *listed = trashed ? nullcurve_runs_model_find_source (self->runs, path) : NULL;
  if (listed != NULL)
    nullcurve_runs_model_remove (self->runs, listed);
  /* Where there is no trash it stays, but is not asked about again. */
  if (!trashed)
    moe_library_settle (path, NULL);
  nullcurve_window_toast (self, trashed ? _ ("The run was moved to the trash") : error->message);
}

static void
interrupted_response_cb (NullcurveWindow *self, const char *response, AdwMessageDialog *dialog)
{
  const char *path = g_object_get_data (G_OBJECT (dialog), "path");
  if (strcmp (response, "keep") == 0)
    keep (self, path);
  else if (strcmp (response, "discard") == 0)
    discard (self, path);
  else if (strcmp (response, "resume") == 0)
    g_signal_emit_by_name (self, "resume-requested", path);
}

static char *
dup_interrupted_heading (MoeLibraryEntry *entry)
{
  gsize n, planned;
  if (moe_library_entry_get_samples (entry, &n, &planned))
    return g_strdup_printf (_ ("The Last Run Was Interrupted After %zu of %zu Samples"), n,
                            planned);
  n = moe_library_entry_get_n_complete (entry);
  planned = MAX (n, moe_library_entry_get_n_planned (entry));
  return g_strdup_printf (_ ("The Last Run Was Interrupted After %zu of %zu Points"), n, planned);
}

static void
ask_about_interrupted (NullcurveWindow *self, MoeLibraryEntry *entry)
{
  MoeOptions options;
  g_autofree char *heading = dup_interrupted_heading (entry);
  g_autofree char *words = moe_library_entry_describe (entry);
  g_autofree char *body =
      g_strdup_printf (_ ("%s\n%s\n\nResume keeps each top-k that is whole and measures the "
                          "others from their start, with the same options."),
                       moe_library_entry_get_title (entry), words);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "later", _ ("_Not Now"), "discard",
                                    _ ("_Discard"), "keep", _ ("_Keep"), "resume", _ ("_Resume"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "resume",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "resume",
                                           moe_library_entry_get_options (entry, &options));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "later");
  g_object_set_data_full (G_OBJECT (dialog), "path", g_strdup (moe_library_entry_get_path (entry)),
                          g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (interrupted_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
look_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *dir = moe_library_dup_dir ();
  g_task_return_pointer (task, moe_library_find_interrupted (dir), g_object_unref);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (source);
  g_autoptr (MoeLibraryEntry) entry = g_task_propagate_pointer (G_TASK (result), NULL);
  if (entry != NULL && !g_cancellable_is_cancelled (self->cancellable)
      && !nullcurve_window_get_running (self))
    ask_about_interrupted (self, entry);
}

void
nullcurve_window_look_for_interrupted (NullcurveWindow *self)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, looked_cb, NULL);
  g_task_set_source_tag (task, nullcurve_window_look_for_interrupted);
  g_task_run_in_thread (task, look_thread);
}

void
nullcurve_window_install_library (NullcurveWindowClass *klass)
{
  g_signal_new ("resume-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "win.library", NULL, library_action);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the run in hand as CSV, the chart as PNG, SVG or PDF, and reports. */
#include "ui/window/window-private.h"

#include "engine/formats/formats.h"
#include "ui/export/export.h"
#include "ui/export/provenance.h"
#include "ui/page/export-dialog.h"
#include "ui/report/report.h"

#include <glib/gi18n.h>
#include <string.h>

/* Say where it is, with a way to it. */
static void
say_written (NullcurveWindow *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *message = g_strdup_printf (_ ("Saved %s"), name);
  g_autofree char *markup = g_markup_escape_text (message, -1);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  AdwToast *toast = adw_toast_new (markup);
  if (folder != NULL)
    {
      g_autofree char *uri = g_file_get_uri (folder);
      adw_toast_set_button_label (toast, _ ("Open Folder"));
      adw_toast_set_action_name (toast, "win.open-folder");
      adw_toast_set_action_target_value (toast, g_variant_new_string (uri));
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static gboolean
finish_export (NullcurveWindow *self, GFile *file, gboolean written, const GError *error)
{
  if (written)
    say_written (self, file);
  else
    nullcurve_window_show_error (self, _ ("Could Not Save"), error->message);
  return written;
}

gboolean
nullcurve_window_export_csv (NullcurveWindow *self, GFile *file)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), FALSE);
  NullcurveRunItem *selected = nullcurve_runs_model_get_selected (self->runs);
  g_return_val_if_fail (selected != NULL, FALSE);
  g_autoptr (GError) error = NULL;
  gboolean written = moe_formats_write_csv (nullcurve_run_item_get_run (selected), file, &error);
  return finish_export (self, file, written, error);
}

void
nullcurve_window_get_export_options (NullcurveWindow *self,
                                     NullcurveExportOptions *options,
                                     char **caption,
                                     char **provenance)
{
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, TRUE);
  MoeRun *const *all = (MoeRun *const *)runs->pdata;
  *caption = self->export_choice.caption ? nullcurve_provenance_caption (all, runs->len) : NULL;
  *provenance = nullcurve_provenance_full (all, runs->len);
  *options = self->export_choice.options;
  options->caption = *caption;
  options->provenance = *provenance;
}

gboolean
nullcurve_window_export_chart (NullcurveWindow *self, GFile *file)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_path (file);
  if (path == NULL)
    {
      nullcurve_window_show_error (self, _ ("Could Not Save"),
                                   _ ("A chart can only be saved in a folder of this machine."));
      return FALSE;
    }
  g_autoptr (NullcurveFigure) figure = nullcurve_window_make_figure (self);
  g_autofree char *caption = NULL, *provenance = NULL;
  NullcurveExportOptions options;
  nullcurve_window_get_export_options (self, &options, &caption, &provenance);
  gboolean written = nullcurve_chart_export (figure, path, &options, &error);
  return finish_export (self, file, written, error);
}

gboolean
nullcurve_window_export_report (NullcurveWindow *self, GFile *file)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), FALSE);
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, TRUE);
  g_autoptr (GError) error = NULL;
  gboolean written = nullcurve_report_write (runs, file, &error);
  return finish_export (self, file, written, error);
}

/* A file's name from a title: what file systems and shells take without quotes. */
static char *
name_from_title (const char *title)
{
  g_autoptr (GString) name = g_string_new (NULL);
  for (const char *p = title; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || *p == '.' || *p == '_')
      g_string_append_c (name, *p);
    else if (name->len > 0 && name->str[name->len - 1] != '-')
      g_string_append_c (name, '-');
  while (name->len > 0 && name->str[name->len - 1] == '-')
    g_string_truncate (name, name->len - 1);
  return g_strdup (name->len > 0 ? name->str : "nullcurve");
}

static void
csv_response_cb (GtkNativeDialog *dialog, int response, NullcurveWindow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  nullcurve_window_remember_folder (self, GTK_FILE_CHOOSER (dialog), response);
  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    nullcurve_window_export_csv (self, file);
  g_object_unref (dialog);
}

static GtkFileChooserNative *
new_save_dialog (NullcurveWindow *self, const char *title, const char *name)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  nullcurve_window_prepare_chooser (self, GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  return dialog;
}

static void
add_filter (GtkFileChooserNative *dialog, const char *name, const char *suffix)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_suffix (filter, suffix);
  g_object_set_data_full (G_OBJECT (filter), "suffix", g_strdup (suffix), g_free);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
}

void
nullcurve_window_choose_csv (NullcurveWindow *self)
{
  NullcurveRunItem *selected = nullcurve_runs_model_get_selected (self->runs);
  if (selected == NULL)
    return;
  g_autofree char *stem =
      name_from_title (moe_run_get_title (nullcurve_run_item_get_run (selected)));
  g_autofree char *name =
      g_str_has_suffix (stem, ".csv") ? g_strdup (stem) : g_strconcat (stem, ".csv", NULL);
  GtkFileChooserNative *dialog = new_save_dialog (self, _ ("Export Run as CSV"), name);
  add_filter (dialog, _ ("Nullcurve CSV"), "csv");
  g_signal_connect_object (dialog, "response", G_CALLBACK (csv_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* The name decides the format; a name without a known ending gets that of the chosen filter. */
static GFile *
named_file (GtkFileChooser *chooser, gboolean (*knows) (const char *path), const char *usual)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  if (path == NULL || knows (path))
    return g_steal_pointer (&file);
  GtkFileFilter *filter = gtk_file_chooser_get_filter (chooser);
  const char *suffix = filter != NULL ? g_object_get_data (G_OBJECT (filter), "suffix") : NULL;
  g_autofree char *whole = g_strconcat (path, ".", suffix != NULL ? suffix : usual, NULL);
  return g_file_new_for_path (whole);
}

typedef struct Replacing
{
  GFile *file;
  NullcurveWindowExport export;
} Replacing;

static void
replacing_free (Replacing *replacing)
{
  g_object_unref (replacing->file);
  g_free (replacing);
}

static void
replace_response_cb (GtkWidget *dialog, const char *response, NullcurveWindow *self)
{
  const Replacing *replacing = g_object_get_data (G_OBJECT (dialog), "replacing");
  if (strcmp (response, "replace") == 0)
    replacing->export(self, replacing->file);
}

static void
ask_to_replace (NullcurveWindow *self, GFile *file, NullcurveWindowExport export)
{
  Replacing *replacing = g_new (Replacing, 1);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *heading = g_strdup_printf (_ ("Replace “%s”?"), name);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading,
                                              _ ("There is a file of that name already."));
  *replacing = (Replacing){ g_object_ref (file), export };
  g_object_set_data_full (G_OBJECT (dialog), "replacing", replacing,
                          (GDestroyNotify)replacing_free);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "replace",
                                    _ ("_Replace"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "replace",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (replace_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
nullcurve_window_export_as (NullcurveWindow *self,
                            GFile *asked,
                            GFile *file,
                            NullcurveWindowExport export)
{
  if (!g_file_equal (asked, file) && g_file_query_exists (file, NULL))
    ask_to_replace (self, file, export);
  else
    export(self, file);
}

/* What the dialog chose, under the name that makes its format known. */
static void
export_chosen (NullcurveWindow *self,
               GtkFileChooser *chooser,
               gboolean (*knows) (const char *path),
               const char *usual,
               NullcurveWindowExport export)
{
  g_autoptr (GFile) asked = gtk_file_chooser_get_file (chooser);
  g_autoptr (GFile) file = named_file (chooser, knows, usual);
  if (asked != NULL && file != NULL)
    nullcurve_window_export_as (self, asked, file, export);
}

static void
chart_response_cb (GtkNativeDialog *dialog, int response, NullcurveWindow *self)
{
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  nullcurve_window_remember_folder (self, chooser, response);
  if (response == GTK_RESPONSE_ACCEPT)
    export_chosen (self, chooser, nullcurve_export_knows_extension, "png",
                   nullcurve_window_export_chart);
  g_object_unref (dialog);
}

/* The formats in the list, the chosen one first. */
static void
add_chart_filters (NullcurveWindow *self, GtkFileChooserNative *dialog)
{
  static const char *const names[NULLCURVE_N_EXPORT_FORMATS] = { N_ ("PNG image"),
                                                                 N_ ("SVG drawing"),
                                                                 N_ ("PDF document") };
  for (int i = 0; i < NULLCURVE_N_EXPORT_FORMATS; i++)
    {
      int format = (self->export_choice.format + i) % NULLCURVE_N_EXPORT_FORMATS;
      add_filter (dialog, _ (names[format]),
                  nullcurve_export_format_name ((NullcurveExportFormat)format));
    }
}

static void
save_chart_cb (NullcurveWindow *self, NullcurveExportDialog *options)
{
  nullcurve_export_dialog_get_choice (options, &self->export_choice);
  gtk_window_destroy (GTK_WINDOW (options));
  g_autofree char *name =
      g_strconcat ("nullcurve.", nullcurve_export_format_name (self->export_choice.format), NULL);
  GtkFileChooserNative *dialog = new_save_dialog (self, _ ("Save Chart"), name);
  add_chart_filters (self, dialog);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chart_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
nullcurve_window_choose_chart (NullcurveWindow *self)
{
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, TRUE);
  g_autofree char *caption = nullcurve_provenance_caption ((MoeRun *const *)runs->pdata, runs->len);
  GtkWidget *dialog = nullcurve_export_dialog_new (
      GTK_WINDOW (self), nullcurve_window_make_figure (self), caption, &self->export_choice);
  g_signal_connect_object (dialog, "save", G_CALLBACK (save_chart_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
report_response_cb (GtkNativeDialog *dialog, int response, NullcurveWindow *self)
{
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  nullcurve_window_remember_folder (self, chooser, response);
  if (response == GTK_RESPONSE_ACCEPT)
    export_chosen (self, chooser, nullcurve_report_knows_extension, "html",
                   nullcurve_window_export_report);
  g_object_unref (dialog);
}

void
nullcurve_window_choose_report (NullcurveWindow *self)
{
  GtkFileChooserNative *dialog = new_save_dialog (self, _ ("Save Report"), "nullcurve-report.html");
  add_filter (dialog, _ ("Web page, complete in one file"), "html");
  add_filter (dialog, _ ("Markdown"), "md");
  g_signal_connect_object (dialog, "response", G_CALLBACK (report_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and dropping files, and the published rows. */
#include "ui/window/window-private.h"

#include "engine/bench/stats.h"
#include "ui/files/loader.h"
#include "ui/files/save-dialog.h"

#include <glib/gi18n.h>
#include <math.h>

static const char reference_key[] = "nullcurve-reference";

void
nullcurve_window_mark_published (NullcurveRunItem *item, int number)
{
  g_object_set_data (G_OBJECT (item), reference_key, GINT_TO_POINTER (number));
}

int
nullcurve_window_published_number (NullcurveRunItem *item)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (item), reference_key));
}

static void
offer_relative (NullcurveWindow *self, const char *message)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, 10);
  adw_toast_set_button_label (toast, _ ("Compare Relative to f = 0"));
  adw_toast_set_action_name (toast, "win.scale");
  adw_toast_set_action_target_value (toast, g_variant_new_string ("relative"));
  /* An offer that was taken, or made needless, need not hang on. */
  g_signal_connect_object (self->page, "notify::scale", G_CALLBACK (adw_toast_dismiss), toast,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* Median of the tokens/s of a run's points; NaN when there are none. */
static double
typical_rate (MoeRun *run)
{
  g_autoptr (GArray) rates = g_array_new (FALSE, FALSE, sizeof (double));
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      double rate = moe_run_get_record (run, i)->tokens_per_s;
      if (!isnan (rate))
        g_array_append_val (rates, rate);
    }
  return moe_median ((const double *)rates->data, rates->len);
}

/* Do the shown runs lie so far apart that absolute axes flatten the smaller ones? */
static gboolean
far_apart (NullcurveWindow *self)
{
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, TRUE);
  double lo = INFINITY, hi = 0;
  for (guint i = 0; i < runs->len; i++)
    {
      double rate = typical_rate (g_ptr_array_index (runs, i));
      if (!(rate > 0))
        continue;
      lo = fmin (lo, rate);
      hi = fmax (hi, rate);
    }
  return hi > 10 * lo;
}

/* Is there something that a relative view would show better? */
static gboolean
shows_rates (NullcurveWindow *self)
{
  g_autofree char *view = NULL, *scale = NULL;
  g_object_get (self->page, "view", &view, "scale", &scale, NULL);
  return g_str_equal (view, "throughput") && g_str_equal (scale, "absolute");
}

static void
say_what_was_read (NullcurveWindow *self,
                   gsize files,
                   const MoeLoadSummary *sum,
                   gboolean reference)
{
  g_autoptr (GString) message = g_string_new (NULL);
  g_string_append_printf (
      message, g_dngettext (NULL, "%zu row read", "%zu rows read", sum->rows_read), sum->rows_read);
  if (files > 1)
    g_string_append_printf (message, _ (" in %zu runs"), files);
  if (sum->rows_repeated > 0)
    g_string_append_printf (message, _ (", %zu repeated"), sum->rows_repeated);
  if (sum->rows_skipped > 0)
    g_string_append_printf (message, _ (", %zu skipped"), sum->rows_skipped);
  if (shows_rates (self) && (reference || far_apart (self)))
    offer_relative (self, message->str);
  else
    nullcurve_window_toast (self, message->str);
}

/* Notes of a reader deserve more than a toast when rows were left out. */
static void
say_what_was_skipped (NullcurveWindow *self, const GPtrArray *notes, const GPtrArray *faults)
{
  if (faults->len > 0)
    {
      g_autoptr (GString) body = g_string_new (NULL);
      for (guint i = 0; i < faults->len; i++)
        g_string_append_printf (body, "%s%s", i > 0 ? "\n\n" : "",
                                (const char *)g_ptr_array_index (faults, i));
      nullcurve_window_show_error (
          self,
          g_dngettext (NULL, "A File Was Not Understood", "Files Were Not Understood", faults->len),
          body->str);
      return;
    }
  if (notes->len > 0)
    {
      g_autoptr (GString) body = g_string_new (NULL);
      for (guint i = 0; i < notes->len; i++)
        g_string_append_printf (body, "%s%s", i > 0 ? "\n" : "",
                                (const char *)g_ptr_array_index (notes, i));
      nullcurve_window_show_error (self, _ ("Some Rows Were Left Out"), body->str);
    }
}

/* A file that is listed already is read anew, and keeps its name, place and colour in the list. */
static NullcurveRunItem *
take_run (NullcurveWindow *self, MoeRun *run)
{
  NullcurveRunItem *listed =
      nullcurve_runs_model_find_source (self->runs, moe_run_get_source (run));
  if (listed == NULL)
    return nullcurve_runs_model_add (self->runs, run);
  nullcurve_run_item_set_visible (listed, TRUE);
  if (!nullcurve_run_item_get_live (listed))
    {
      moe_run_set_title (run, nullcurve_run_item_get_title (listed));
      nullcurve_run_item_set_run (listed, run);
    }
  return listed;
}

static void
take_loaded (NullcurveWindow *self, GPtrArray *results, gboolean reference)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new ();
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  MoeLoadSummary sum = { 0 };
  gsize files = 0;
  for (guint i = 0; i < results->len; i++)
    {
      const NullcurveLoaded *loaded = g_ptr_array_index (results, i);
      if (loaded->run == NULL)
        {
          g_ptr_array_add (faults, loaded->error->message);
          continue;
        }
      NullcurveRunItem *item = reference ? nullcurve_runs_model_add (self->runs, loaded->run)
                                         : take_run (self, loaded->run);
      if (reference)
        nullcurve_window_mark_published (item, (int)i + 1);
      else
        nullcurve_window_note_recent (self, loaded->run);
      /* Published rows are to be compared with; a run of one's own stays in hand. */
      if (!nullcurve_window_get_running (self) && !reference)
        nullcurve_runs_model_select (self->runs, item);
      const MoeLoadSummary *summary = moe_run_get_summary (loaded->run);
      sum.rows_read += reference ? moe_run_get_n_records (loaded->run) : summary->rows_read;
      sum.rows_repeated += summary->rows_repeated;
      sum.rows_skipped += summary->rows_skipped;
      if (summary->rows_skipped > 0 && summary->notes != NULL)
        g_ptr_array_add (notes, summary->notes);
      files++;
    }
  if (files > 0)
    say_what_was_read (self, files, &sum, reference);
  say_what_was_skipped (self, notes, faults);
}

typedef struct Reading
{
  NullcurveWindow *window;
  gboolean reference;
} Reading;

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;
  g_autoptr (NullcurveWindow) self = reading->window;
  gboolean reference = reading->reference;
  g_free (reading);

  g_autoptr (GPtrArray) results = nullcurve_loader_read_finish (result, NULL);
  self->loading--;
  /* NULL only when the window was closed meanwhile. */
  if (results != NULL && !g_cancellable_is_cancelled (self->cancellable))
    take_loaded (self, results, reference);
}

static Reading *
begin_reading (NullcurveWindow *self, gboolean reference)
{
  Reading *reading = g_new0 (Reading, 1);
  reading->window = g_object_ref (self);
  reading->reference = reference;
  self->loading++;
  return reading;
}

void
nullcurve_window_open_files (NullcurveWindow *self, GFile **files, gsize n_files)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (n_files > 0)
    nullcurve_loader_read_async (files, n_files, self->cancellable, read_cb,
                                 begin_reading (self, FALSE));
}

/* Show the published rows that are in the list already; FALSE when they are not. */
static gboolean
show_listed_reference (NullcurveWindow *self)
{
  gboolean listed = FALSE;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      if (g_object_get_data (G_OBJECT (item), reference_key) == NULL)
        continue;
      nullcurve_run_item_set_visible (item, TRUE);
      listed = TRUE;
    }
  return listed;
}

void
nullcurve_window_open_reference (NullcurveWindow *self)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (show_listed_reference (self))
    {
      nullcurve_window_toast (self, _ ("The published rows are in the list already"));
      return;
    }
  if (self->data_dir != NULL && self->loading == 0)
    nullcurve_loader_read_reference_async (self->data_dir, self->cancellable, read_cb,
                                           begin_reading (self, TRUE));
}

/* The dialog */

static void
open_response_cb (GtkNativeDialog *dialog, int response, NullcurveWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) chosen = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      guint n = g_list_model_get_n_items (chosen);
      g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
      for (guint i = 0; i < n; i++)
        g_ptr_array_add (files, g_list_model_get_item (chosen, i));
      nullcurve_window_open_files (self, (GFile **)files->pdata, files->len);
    }
  nullcurve_last_folder_keep (self->settings, GTK_FILE_CHOOSER (dialog), response);
  g_object_unref (dialog);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *patterns)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  gtk_file_filter_set_name (filter, name);
  for (gsize i = 0; patterns[i] != NULL; i++)
    gtk_file_filter_add_pattern (filter, patterns[i]);
  gtk_file_chooser_add_filter (chooser, filter);
}

void
nullcurve_window_choose_files (NullcurveWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Open Results"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), NULL);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("Tables and logs"),
              (const char *const[]){ "*.csv", "*.log", "*.txt", "*.journal", NULL });
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("All files"), (const char *const[]){ "*", NULL });
  nullcurve_last_folder_apply (self->settings, GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (open_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Drag and drop */

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, NullcurveWindow *self)
{
  gtk_widget_set_visible (self->drop_hint, FALSE);
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  for (GSList *link = g_value_get_boxed (value); link != NULL; link = link->next)
    g_ptr_array_add (files, link->data);
  nullcurve_window_open_files (self, (GFile **)files->pdata, files->len);
  return files->len > 0;
}

static GdkDragAction
drop_enter_cb (GtkDropTarget *target, double x, double y, NullcurveWindow *self)
{
  gtk_widget_set_visible (self->drop_hint, TRUE);
  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (GtkDropTarget *target, NullcurveWindow *self)
{
  gtk_widget_set_visible (self->drop_hint, FALSE);
}

void
nullcurve_window_init_drop (NullcurveWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  g_signal_connect (target, "enter", G_CALLBACK (drop_enter_cb), self);
  g_signal_connect (target, "leave", G_CALLBACK (drop_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

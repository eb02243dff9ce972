/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/file-desk.h"

#include "engine/bench/stats.h"
#include "engine/formats/reference-rows.h"
#include "engine/sweep/library.h"
#include "engine/text/tame.h"
#include "ui/files/library-dialog.h"
#include "ui/files/loader.h"
#include "ui/files/open-runs.h"
#include "ui/files/recent-files.h"
#include "ui/files/reference-dialog.h"
#include "ui/files/save-dialog.h"
#include "ui/keep.h"
#include "ui/notice.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define OPEN_RUNS_KEY    "open-runs"
#define SELECTED_RUN_KEY "selected-run"

struct _NullcurveFileDesk
{
  GObject parent_instance;

  GtkApplicationWindow *window; /* which owns the desk */
  NullcurveRunsModel *runs;
  GMenu *recent;
  GtkWidget *hint;
  NullcurveReadingBar *bar;
  GSettings *settings; /* NULL: nothing is kept */
  char *data_dir;
  GCancellable *cancellable; /* the window was closed */
  GPtrArray *readings;       /* of Reading: under way; not owned */
};

enum
{
  READ,
  ROUTING_READ,
  MODEL_READ,
  RESUME_REQUESTED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveFileDesk, nullcurve_file_desk, G_TYPE_OBJECT)

/* --- what was read --- */

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
  return moe_median ((double *)rates->data, rates->len);
}

/* Do the shown runs lie so far apart that absolute axes flatten the smaller ones? */
static gboolean
are_far_apart (NullcurveRunsModel *runs)
{
  g_autoptr (GPtrArray) shown = nullcurve_runs_model_dup_runs (runs, TRUE);
  double lo = INFINITY, hi = 0;
  for (guint i = 0; i < shown->len; i++)
    {
      double rate = typical_rate (g_ptr_array_index (shown, i));
      if (!(rate > 0))
        continue;
      lo = fmin (lo, rate);
      hi = fmax (hi, rate);
    }
  return hi > 10 * lo;
}

/* What became of the files that were opened together. */
typedef struct Taken
{
  gboolean published; /* one of them, ... */
  gboolean swept;     /* ... and one of several null fractions */
  gsize files;
  const NullcurveLoaded *routing; /* the last one; NULL: none */
  const NullcurveLoaded *model;   /* likewise */
  MoeLoadSummary sum;
  GString *notes, *faults;
} Taken;

static void
append (GString *text, const char *separator, const char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? separator : "", part);
}

static void
say_what_was_read (NullcurveFileDesk *self, const Taken *taken)
{
  const MoeLoadSummary *sum = &taken->sum;
  g_autoptr (GString) message = g_string_new (NULL);
  g_string_append_printf (
      message, g_dngettext (NULL, "%zu row read", "%zu rows read", sum->rows_read), sum->rows_read);
  if (taken->files > 1)
    g_string_append_printf (message, _ (" in %zu runs"), taken->files);
  if (sum->rows_repeated > 0)
    g_string_append_printf (message, _ (", %zu repeated"), sum->rows_repeated);
  if (sum->rows_skipped > 0)
    g_string_append_printf (message, _ (", %zu skipped"), sum->rows_skipped);
  g_signal_emit (self, signals[READ], 0, message->str,
                 taken->published ? taken->swept : are_far_apart (self->runs));
}

/* Notes of a reader deserve more than a toast when rows were left out. */
static void
say_what_was_skipped (NullcurveFileDesk *self, const Taken *taken, guint n_faults)
{
  if (n_faults > 0)
    nullcurve_notice_error (
        GTK_WIDGET (self->window),
        g_dngettext (NULL, "A File Was Not Understood", "Files Were Not Understood", n_faults),
        taken->faults->str);
  else if (taken->notes->len > 0)
    nullcurve_notice_error (GTK_WIDGET (self->window), _ ("Some Rows Were Left Out"),
                            taken->notes->str);
}

/* A file that is listed already is read anew, and keeps its name, place and colour in the list. */
static NullcurveRunItem *
take_run (NullcurveFileDesk *self, MoeRun *run)
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

/* Relative to f = 0 a run of nothing else says nothing. */
static gboolean
has_nulls (const MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    if (moe_run_get_record (run, i)->null_target > 0)
      return TRUE;
  return FALSE;
}

static void
take_loaded (NullcurveFileDesk *self, MoeRun *run, Taken *taken)
{
  const MoeLoadSummary *summary = moe_run_get_summary (run);
  gboolean published = nullcurve_loader_is_published (run);
  NullcurveRunItem *item = take_run (self, run);
  taken->files++;
  taken->published |= published;
  taken->swept |= published && has_nulls (run);
  if (!published)
    nullcurve_recent_files_note (run);
  /* Published rows are to be compared with: a run of one's own stays in hand. */
  if (!published && nullcurve_runs_model_get_live (self->runs) == NULL)
    nullcurve_runs_model_select (self->runs, item);
  taken->sum.rows_read += published ? moe_run_get_n_records (run) : summary->rows_read;
  taken->sum.rows_repeated += summary->rows_repeated;
  taken->sum.rows_skipped += summary->rows_skipped;
  if (summary->rows_skipped > 0 && summary->notes != NULL)
    append (taken->notes, "\n", summary->notes);
}

/* Routing comes from one file: of several the last one. */
static void
take_routing (NullcurveFileDesk *self, const NullcurveLoaded *loaded)
{
  g_signal_emit (self, signals[ROUTING_READ], 0, loaded->routing, (guint)loaded->distribution,
                 loaded->told);
}

/* A file that was chosen for its routing is not laid over the chart when it has results. */
static void
take_one (NullcurveFileDesk *self, const NullcurveLoaded *loaded, gboolean routing, Taken *taken)
{
  if (loaded->routing != NULL)
    taken->routing = loaded;
  else if (loaded->model != NULL && !routing)
    taken->model = loaded;
  else if (loaded->run != NULL && !routing)
    take_loaded (self, loaded->run, taken);
  else if (loaded->run != NULL || loaded->model != NULL)
    append (taken->faults, "\n\n",
            _ ("The file has no routing: allowed are tables of rows per expert, "
               "recorded routing as NPY or CSV, and the folders of dumps."));
  else
    append (taken->faults, "\n\n", loaded->error->message);
}

static void
take_all (NullcurveFileDesk *self, const GPtrArray *results, gboolean routing)
{
  g_autoptr (GString) notes = g_string_new (NULL), faults = g_string_new (NULL);
  Taken taken = { .notes = notes, .faults = faults };
  guint n_faults = 0;
  for (guint i = 0; i < results->len; i++)
    {
      const gsize before = faults->len;
      take_one (self, g_ptr_array_index (results, i), routing, &taken);
      n_faults += faults->len > before;
    }
  if (taken.files > 0)
    say_what_was_read (self, &taken);
  if (taken.routing != NULL)
    take_routing (self, taken.routing);
  if (taken.model != NULL)
    g_signal_emit (self, signals[MODEL_READ], 0, taken.model->model);
  say_what_was_skipped (self, &taken, n_faults);
}

static void
restore_all (NullcurveFileDesk *self, const GPtrArray *results, GVariant *open)
{
  g_autofree char *selected = g_settings_get_string (self->settings, SELECTED_RUN_KEY);
  guint missing = nullcurve_open_runs_restore (open, selected, results, self->runs);
  g_autofree char *message =
      g_strdup_printf (g_dngettext (NULL, "%u run of the last time is not there any more",
                                    "%u runs of the last time are not there any more", missing),
                       missing);
  if (missing > 0)
    nullcurve_notice_say (GTK_WIDGET (self->window), message);
}

/* --- reading --- */

typedef struct Reading
{
  NullcurveFileDesk *desk;
  GCancellable *cancellable;
  char *name; /* of the file; of several: of the first */
  gsize n_files;
  GVariant *open;   /* what is to be restored; NULL: files are opened */
  gboolean routing; /* and chosen for what they have of it */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *self = data;
  g_object_unref (self->desk);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->open, g_variant_unref);
  g_free (self->name);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static gboolean
is_restoring (NullcurveFileDesk *self)
{
  for (guint i = 0; i < self->readings->len; i++)
    if (((Reading *)g_ptr_array_index (self->readings, i))->open != NULL)
      return TRUE;
  return FALSE;
}

/* The one place that says what is being read, and whether that can be stopped. */
static void
update_reading (NullcurveFileDesk *self)
{
  GAction *stop = g_action_map_lookup_action (G_ACTION_MAP (self->window), "stop-reading");
  const Reading *first = self->readings->len > 0 ? g_ptr_array_index (self->readings, 0) : NULL;
  gsize n = 0;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  for (guint i = 0; i < self->readings->len; i++)
    n += ((Reading *)g_ptr_array_index (self->readings, i))->n_files;
  g_autofree char *what =
      first == NULL ? NULL
      : n == 1
          ? g_strdup_printf (_ ("Reading %s…"), first->name)
          : g_strdup_printf (g_dngettext (NULL, "Reading %zu file…", "Reading %zu files…", n), n);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (stop), first != NULL);
  nullcurve_reading_bar_show (self->bar, what);
}

static void
cancel_all (NullcurveFileDesk *self)
{
  for (guint i = 0; i < self->readings->len; i++)
    g_cancellable_cancel (((Reading *)g_ptr_array_index (self->readings, i))->cancellable);
}

static void
stop_reading_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cancel_all (data);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Reading) reading = data;
  g_autoptr (NullcurveFileDesk) self = g_object_ref (reading->desk);
  g_autoptr (GPtrArray) results = nullcurve_loader_read_finish (result, NULL);
  g_ptr_array_remove (self->readings, reading);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  update_reading (self);
  if (results == NULL)
    nullcurve_notice_say (GTK_WIDGET (self->window), _ ("Reading was stopped"));
  else if (reading->open != NULL)
    restore_all (self, results, reading->open);
  else
    take_all (self, results, reading->routing);
}

static char *
dup_display_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base != NULL ? base : "");
  return moe_text_tame (name, MOE_TEXT_MAX_NAME);
}

static void
begin_reading (
    NullcurveFileDesk *self, GFile **files, gsize n_files, GVariant *open, gboolean routing)
{
  Reading *reading = g_new0 (Reading, 1);
  *reading = (Reading){ .desk = g_object_ref (self),
                        .cancellable = g_cancellable_new (),
                        .name = dup_display_name (files[0]),
                        .n_files = n_files,
                        .open = open,
                        .routing = routing };
  g_ptr_array_add (self->readings, reading);
  update_reading (self);
  nullcurve_loader_read_async (files, n_files, self->data_dir, reading->cancellable, read_cb,
                               reading);
}

void
nullcurve_file_desk_open (NullcurveFileDesk *self, GFile **files, gsize n_files)
{
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  if (n_files > 0)
    begin_reading (self, files, n_files, NULL, FALSE);
}

/* --- published rows --- */

static NullcurveRunItem *
find_published (NullcurveFileDesk *self, gsize run)
{
  g_autofree char *source = g_strdup_printf (NULLCURVE_PUBLISHED_URI "%zu", run);
  return nullcurve_runs_model_find_source (self->runs, source);
}

static gboolean
is_listed (NullcurveFileDesk *self, const MoeReferenceSet *set)
{
  for (gsize i = 0; i < set->n_runs; i++)
    if (find_published (self, set->first + i) == NULL)
      return FALSE;
  return TRUE;
}

/* Runs that are in the list already are shown; FALSE when one is not. */
static gboolean
show_published (NullcurveFileDesk *self, const MoeReferenceSet *set)
{
  if (!is_listed (self, set))
    return FALSE;
  for (gsize i = 0; i < set->n_runs; i++)
    nullcurve_run_item_set_visible (find_published (self, set->first + i), TRUE);
  return TRUE;
}

static void
show_sets (NullcurveFileDesk *self, const char *const *names)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean any = FALSE;
  for (gsize i = 0; names[i] != NULL; i++)
    {
      const MoeReferenceSet *set = moe_reference_find (names[i]);
      g_autofree char *uri = g_strconcat (NULLCURVE_PUBLISHED_URI, names[i], NULL);
      any |= set != NULL;
      if (set != NULL && !show_published (self, set))
        g_ptr_array_add (files, g_file_new_for_uri (uri));
    }
  if (any && files->len == 0)
    nullcurve_notice_say (GTK_WIDGET (self->window),
                          _ ("The published rows are in the list already"));
  else
    nullcurve_file_desk_open (self, (GFile **)files->pdata, files->len);
}

static void
show_reference_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_sets (data, (const char *const[]){ g_variant_get_string (parameter, NULL), NULL });
}

static void
reference_show_cb (NullcurveFileDesk *self, const char *const *names)
{
  show_sets (self, names);
}

/* Which of them are in the list, and so need no choosing. */
static gboolean
set_is_listed_cb (const MoeReferenceSet *set, gpointer data)
{
  return is_listed (data, set);
}

static void
open_reference_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveFileDesk *self = data;
  GtkWidget *dialog =
      nullcurve_reference_dialog_new (GTK_WINDOW (self->window), set_is_listed_cb, self);
  g_signal_connect_object (dialog, "show-sets", G_CALLBACK (reference_show_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- what was open the last time --- */

void
nullcurve_file_desk_restore (NullcurveFileDesk *self)
{
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  g_autoptr (GVariant) open =
      self->settings != NULL ? g_settings_get_value (self->settings, OPEN_RUNS_KEY) : NULL;
  if (open == NULL || g_variant_n_children (open) == 0 || is_restoring (self))
    return;
  g_autoptr (GPtrArray) files = nullcurve_open_runs_list_files (open);
  begin_reading (self, (GFile **)files->pdata, files->len, g_steal_pointer (&open), FALSE);
}

gboolean
nullcurve_file_desk_get_loading (NullcurveFileDesk *self)
{
  g_return_val_if_fail (NULLCURVE_IS_FILE_DESK (self), FALSE);
  return self->readings->len > 0;
}

/* --- keeping --- */

void
nullcurve_file_desk_save (NullcurveFileDesk *self)
{
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  if (self->settings == NULL || is_restoring (self))
    return;
  g_autofree char *selected = nullcurve_open_runs_dup_selected (self->runs);
  nullcurve_keep (self->settings, OPEN_RUNS_KEY, nullcurve_open_runs_save (self->runs));
  nullcurve_keep (self->settings, SELECTED_RUN_KEY, g_variant_new_string (selected));
}

/* Names are kept in the runs' own files, if they are the library's. */
static void
renamed_cb (NullcurveFileDesk *self, NullcurveRunItem *item)
{
  g_autoptr (GError) error = NULL;
  const char *path = moe_run_get_source (nullcurve_run_item_get_run (item));
  if (!moe_library_owns (path)
      || moe_library_rename (path, nullcurve_run_item_get_title (item), &error))
    return;
  g_autofree char *message =
      g_strdup_printf (_ ("The new name is not kept in a file: %s"), error->message);
  nullcurve_notice_say (GTK_WIDGET (self->window), message);
}

/* --- the library --- */

/* A file that is in the list already is shown instead of read again. */
static gboolean
show_listed (NullcurveFileDesk *self, GFile *file)
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
library_open_cb (NullcurveFileDesk *self, GListModel *entries)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (MoeLibraryEntry) entry = g_list_model_get_item (entries, i);
      g_autoptr (GFile) file = g_file_new_for_path (moe_library_entry_get_path (entry));
      if (!show_listed (self, file))
        g_ptr_array_add (others, g_object_ref (file));
    }
  nullcurve_file_desk_open (self, (GFile **)others->pdata, others->len);
}

static void
library_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveFileDesk *self = data;
  g_autofree char *dir = moe_library_dup_dir ();
  GtkWidget *dialog = nullcurve_library_dialog_new (GTK_WINDOW (self->window), dir);
  g_signal_connect_object (dialog, "open", G_CALLBACK (library_open_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- a run that was interrupted --- */

static void
keep (NullcurveFileDesk *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  if (!moe_library_settle (path, &error))
    nullcurve_notice_say (GTK_WIDGET (self->window), error->message);
  if (!show_listed (self, file))
    nullcurve_file_desk_open (self, &file, 1);
}

static void
discard (NullcurveFileDesk *self, const char *path)
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
  nullcurve_notice_say (GTK_WIDGET (self->window),
                        trashed ? _ ("The run was moved to the trash") : error->message);
}

static void
interrupted_response_cb (NullcurveFileDesk *self, const char *response, AdwMessageDialog *dialog)
{
  const char *path = g_object_get_data (G_OBJECT (dialog), "path");
  if (strcmp (response, "keep") == 0)
    keep (self, path);
  else if (strcmp (response, "discard") == 0)
    discard (self, path);
  else if (strcmp (response, "resume") == 0)
    g_signal_emit (self, signals[RESUME_REQUESTED], 0, path);
}

void
nullcurve_file_desk_resume (NullcurveFileDesk *self, const char *path)
{
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  g_signal_emit (self, signals[RESUME_REQUESTED], 0, path);
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
ask_about_interrupted (NullcurveFileDesk *self, MoeLibraryEntry *entry)
{
  MoeOptions options;
  g_autofree char *heading = dup_interrupted_heading (entry);
  g_autofree char *words = moe_library_entry_describe (entry);
  g_autofree char *body =
      g_strdup_printf (_ ("%s\n%s\n\nResume keeps each top-k that is whole and measures the "
                          "others from their start, with the same options."),
                       moe_library_entry_get_title (entry), words);
  AdwMessageDialog *dialog =
      ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self->window), heading, body));
  adw_message_dialog_add_responses (dialog, "later", _ ("_Not Now"), "discard", _ ("_Discard"),
                                    "keep", _ ("_Keep"), "resume", _ ("_Resume"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "resume", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (dialog, "resume",
                                           moe_library_entry_get_options (entry, &options));
  adw_message_dialog_set_default_response (dialog, "keep");
  adw_message_dialog_set_close_response (dialog, "later");
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
  char *left_alone;
  MoeLibraryEntry *entry = moe_library_find_interrupted (dir, &left_alone);
  g_object_set_data_full (G_OBJECT (task), "left-alone", left_alone, g_free);
  g_task_return_pointer (task, entry, g_object_unref);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  NullcurveFileDesk *self = NULLCURVE_FILE_DESK (source);
  g_autoptr (MoeLibraryEntry) entry = g_task_propagate_pointer (G_TASK (result), NULL);
  const char *left_alone = g_object_get_data (G_OBJECT (result), "left-alone");
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (left_alone != NULL)
    nullcurve_notice_say (GTK_WIDGET (self->window), left_alone);
  if (entry != NULL && nullcurve_runs_model_get_live (self->runs) == NULL
      && !g_strv_contains (g_task_get_task_data (G_TASK (result)),
                           moe_library_entry_get_path (entry)))
    ask_about_interrupted (self, entry);
}

void
nullcurve_file_desk_look_for_interrupted (NullcurveFileDesk *self, const char *const *waiting)
{
  static const char *const none[] = { NULL };
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, looked_cb, NULL);
  g_task_set_source_tag (task, nullcurve_file_desk_look_for_interrupted);
  g_task_set_task_data (task, g_strdupv ((char **)(waiting != NULL ? waiting : none)),
                        (GDestroyNotify)g_strfreev);
  g_task_run_in_thread (task, look_thread);
}

/* --- opening by hand --- */

static void
open_response_cb (GtkNativeDialog *dialog, int response, NullcurveFileDesk *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) chosen = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
      for (guint i = 0; i < g_list_model_get_n_items (chosen); i++)
        g_ptr_array_add (files, g_list_model_get_item (chosen, i));
      nullcurve_file_desk_open (self, (GFile **)files->pdata, files->len);
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

static void
open_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveFileDesk *self = data;
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Open Results"), GTK_WINDOW (self->window),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), NULL);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("Tables and logs"),
              (const char *const[]){ "*.csv", "*.log", "*.txt", "*.json", "*.jsonl", "*.journal",
                                     "*.npy", NULL });
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("All files"), (const char *const[]){ "*", NULL });
  nullcurve_last_folder_apply (self->settings, GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (open_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
nullcurve_file_desk_open_routing (NullcurveFileDesk *self, GFile *file)
{
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  begin_reading (self, &file, 1, NULL, TRUE);
}

static void
routing_response_cb (GtkNativeDialog *dialog, int response, NullcurveFileDesk *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;
  if (file != NULL)
    nullcurve_file_desk_open_routing (self, file);
  nullcurve_last_folder_keep (self->settings, GTK_FILE_CHOOSER (dialog), response);
  g_object_unref (dialog);
}

static void
open_routing_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveFileDesk *self = data;
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Routing From a File"), GTK_WINDOW (self->window),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Use"), NULL);
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("Tables and NPY arrays"),
              (const char *const[]){ "*.csv", "*.npy", NULL });
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("All files"), (const char *const[]){ "*", NULL });
  nullcurve_last_folder_apply (self->settings, GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (routing_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
open_recent_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  nullcurve_file_desk_open (data, &file, 1);
}

static void
recent_changed_cb (NullcurveFileDesk *self)
{
  nullcurve_recent_files_fill (self->recent, "win.open-recent");
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, NullcurveFileDesk *self)
{
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  for (GSList *link = g_value_get_boxed (value); link != NULL; link = link->next)
    g_ptr_array_add (files, link->data);
  nullcurve_file_desk_open (self, (GFile **)files->pdata, files->len);
  return files->len > 0;
}

static void
dragged_cb (NullcurveFileDesk *self, GParamSpec *property, GtkDropTarget *target)
{
  gtk_widget_set_visible (self->hint, gtk_drop_target_get_current_drop (target) != NULL);
}

static void
add_drop_target (NullcurveFileDesk *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, 0);
  g_signal_connect_object (target, "notify::current-drop", G_CALLBACK (dragged_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->window), GTK_EVENT_CONTROLLER (target));
}

/* --- the object --- */

void
nullcurve_file_desk_set_data_dir (NullcurveFileDesk *self, const char *data_dir)
{
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  static const char *const actions[] = { "open-reference", "show-reference" };
  g_free (self->data_dir);
  self->data_dir = g_strdup (data_dir);
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    g_simple_action_set_enabled (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->window), actions[i])),
        data_dir != NULL);
}

void
nullcurve_file_desk_set_settings (NullcurveFileDesk *self, GSettings *settings)
{
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  g_set_object (&self->settings, settings);
}

void
nullcurve_file_desk_close (NullcurveFileDesk *self)
{
  g_return_if_fail (NULLCURVE_IS_FILE_DESK (self));
  nullcurve_file_desk_save (self);
  g_cancellable_cancel (self->cancellable);
  cancel_all (self);
}

static void
nullcurve_file_desk_dispose (GObject *object)
{
  NullcurveFileDesk *self = NULLCURVE_FILE_DESK (object);
  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (nullcurve_file_desk_parent_class)->dispose (object);
}

static void
nullcurve_file_desk_finalize (GObject *object)
{
  NullcurveFileDesk *self = NULLCURVE_FILE_DESK (object);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->readings);
  g_clear_object (&self->runs);
  g_clear_object (&self->recent);
  g_clear_object (&self->settings);
  g_free (self->data_dir);
  G_OBJECT_CLASS (nullcurve_file_desk_parent_class)->finalize (object);
}

static void
nullcurve_file_desk_class_init (NullcurveFileDeskClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = nullcurve_file_desk_dispose;
  object_class->finalize = nullcurve_file_desk_finalize;
  signals[READ] = g_signal_new ("read", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[ROUTING_READ] =
      g_signal_new ("routing-read", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
  signals[MODEL_READ] = g_signal_new ("model-read", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[RESUME_REQUESTED] =
      g_signal_new ("resume-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
nullcurve_file_desk_init (NullcurveFileDesk *self)
{
  self->cancellable = g_cancellable_new ();
  self->readings = g_ptr_array_new ();
}

NullcurveFileDesk *
nullcurve_file_desk_new (GtkApplicationWindow *window,
                         NullcurveRunsModel *runs,
                         GMenu *recent,
                         GtkWidget *hint,
                         NullcurveReadingBar *bar)
{
  static const GActionEntry entries[] = {
    { "open", open_action },
    { "open-recent", open_recent_action, "s" },
    { "open-routing", open_routing_action },
    { "open-reference", open_reference_action },
    { "show-reference", show_reference_action, "s" },
    { "library", library_action },
    { "stop-reading", stop_reading_action },
  };
  NullcurveFileDesk *self = g_object_new (NULLCURVE_TYPE_FILE_DESK, NULL);
  self->window = window;
  self->runs = g_object_ref (runs);
  self->recent = g_object_ref (recent);
  self->hint = hint;
  self->bar = bar;
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), self);
  nullcurve_file_desk_set_data_dir (self, NULL);
  add_drop_target (self);
  update_reading (self);
  g_signal_connect_object (runs, "renamed", G_CALLBACK (renamed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed",
                           G_CALLBACK (recent_changed_cb), self, G_CONNECT_SWAPPED);
  recent_changed_cb (self);
  return self;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The run library, what comes back at the next start, and what was opened last. */
#include "engine/formats/journal-head.h"
#include "engine/formats/journal.h"
#include "engine/text/intern.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/files/library-dialog.h"
#include "ui/resources.h"
#include "ui/window/window.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static AdwApplication *application;

static NullcurveRunItem *
get_run (NullcurveWindow *window, guint i)
{
  g_autoptr (NullcurveRunItem) item =
      g_list_model_get_item (G_LIST_MODEL (nullcurve_window_get_runs (window)), i);
  return item;
}

static void
empty_library (void)
{
  g_autofree char *dir = moe_library_dup_dir ();
  const char *name;
  GDir *folder;
  g_mkdir_with_parents (dir, 0755);
  folder = g_dir_open (dir, 0, NULL);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_dir_close (folder);
}

/* A journal of the library with two of six points, of which `iters` samples each were asked for;
 * without `state` it has no end. */
static char *
put_sampled_run (
    const char *name, const char *title, const char *host, const char *state, int iters)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = moe_library_dup_dir ();
  char *path = g_build_filename (dir, name, NULL);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  moe_run_set_fact (run, "host", host);
  moe_run_set_fact (run, "date", "2026-11-02T17:42:00Z");
  moe_run_set_fact (run, "accelerator", "openblas");
  g_autofree char *options =
      g_strdup_printf ("tokens=64 hidden=32 mlp_dim=16 experts=8 topk_list=1,2 iters=%d "
                       "null_route_frac_list=0.3,0.6 baseline=true threads=2",
                       iters);
  moe_run_set_fact (run, "options", options);
  MoeJournal *journal = moe_journal_create (path, run, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < 2; i++)
    {
      MoeRecord record;
      moe_record_init (&record);
      record.has_shape = TRUE;
      record.shape = (MoeShape){ 64, 32, 16, 8, 0 };
      record.topk = 1;
      record.null_target = 0.3 * (double)i;
      record.real_assignments = 64;
      record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
      moe_journal_add_point (journal, i, &record, &error);
      moe_journal_add_sample (journal, i, 0.25, 1, NULL, NULL, &error);
    }
  g_assert_no_error (error);
  moe_journal_close (journal, state);
  return path;
}

static char *
put_run (const char *name, const char *title, const char *host, const char *state)
{
  return put_sampled_run (name, title, host, state, 1);
}

typedef struct Indexed
{
  GPtrArray *entries;
  gboolean done;
} Indexed;

static void
indexed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Indexed *indexed = data;
  indexed->entries = moe_library_index_finish (result, NULL, NULL);
  indexed->done = TRUE;
}

static gboolean
is_indexed (gpointer data)
{
  return ((Indexed *)data)->done;
}

static void
test_index (void)
{
  empty_library ();
  g_autofree char *dir = moe_library_dup_dir ();
  g_free (put_run ("2026-11-01-120000-a.journal", "Old run", "desk", "complete"));
  g_free (put_run ("2026-11-02-120000-b.journal", "New run", "lab", NULL));
  g_autofree char *bad = g_build_filename (dir, "2026-11-03-120000-c.journal", NULL);
  g_assert_true (g_file_set_contents (bad, "what is this", -1, NULL));
  Indexed indexed = { NULL, FALSE };
  moe_library_index_async (dir, NULL, indexed_cb, &indexed);
  fixture_wait (is_indexed, &indexed);
  g_assert_cmpuint (indexed.entries->len, ==, 2);
  MoeLibraryEntry *first = g_ptr_array_index (indexed.entries, 0);
  MoeLibraryEntry *second = g_ptr_array_index (indexed.entries, 1);
  g_assert_cmpstr (moe_library_entry_get_title (first), ==, "New run");
  g_assert_true (moe_library_entry_get_interrupted (first));
  g_assert_cmpuint (moe_library_entry_get_n_points (first), ==, 2);
  g_assert_cmpuint (moe_library_entry_get_n_planned (first), ==, 6);
  g_assert_false (moe_library_entry_get_interrupted (second));
  g_assert_true (moe_library_entry_matches (first, "LAB new"));
  g_assert_true (moe_library_entry_matches (first, "64x32 openblas 2026-11"));
  g_assert_true (moe_library_entry_matches (first, "64×32×16×8"));
  g_assert_false (moe_library_entry_matches (first, "lab old"));
  g_ptr_array_unref (indexed.entries);
}

/* A thousand are read in one go; cancelling ends it. */
static void
test_many (void)
{
  empty_library ();
  g_autofree char *dir = moe_library_dup_dir ();
  g_autofree char *path = put_run ("2026-11-01-120000-a.journal", "Run", "desk", "complete");
  g_autofree char *text = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (int i = 0; i < 999; i++)
    {
      g_autofree char *name = g_strdup_printf ("2026-10-01-%06d-x.journal", i);
      g_autofree char *copy = g_build_filename (dir, name, NULL);
      FILE *file = fopen (copy, "w");
      fwrite (text, 1, length, file);
      fclose (file);
    }
  Indexed indexed = { NULL, FALSE };
  moe_library_index_async (dir, NULL, indexed_cb, &indexed);
  fixture_wait (is_indexed, &indexed);
  g_assert_cmpuint (indexed.entries->len, ==, 1000);
  g_ptr_array_unref (indexed.entries);

  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Indexed cancelled = { NULL, FALSE };
  g_cancellable_cancel (cancellable);
  moe_library_index_async (dir, cancellable, indexed_cb, &cancelled);
  fixture_wait (is_indexed, &cancelled);
  g_assert_null (cancelled.entries);
  empty_library ();
}

static gpointer
child_of (gpointer dialog, const char *name)
{
  return gtk_widget_get_template_child (dialog, NULLCURVE_TYPE_LIBRARY_DIALOG, name);
}

static gboolean
has_listed (gpointer dialog)
{
  return !g_str_equal (adw_window_title_get_subtitle (child_of (dialog, "title")), "Reading…");
}

static GtkSelectionModel *
selection_of (NullcurveLibraryDialog *dialog)
{
  return gtk_list_view_get_model (child_of (dialog, "view"));
}

static void
search (NullcurveLibraryDialog *dialog, const char *text)
{
  gtk_editable_set_text (child_of (dialog, "search"), text);
  g_signal_emit_by_name (child_of (dialog, "search"), "search-changed");
}

static NullcurveLibraryDialog *
find_library (void)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    if (NULLCURVE_IS_LIBRARY_DIALOG (l->data))
      return l->data;
  return NULL;
}

static void
test_dialog (void)
{
  empty_library ();
  g_free (put_run ("2026-11-01-120000-a.journal", "First", "desk", "complete"));
  g_free (put_run ("2026-11-02-120000-b.journal", "Second", "lab", "complete"));
  NullcurveWindow *window = fixture_window_new (application);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.library", NULL);
  NullcurveLibraryDialog *dialog = find_library ();
  g_assert_nonnull (dialog);
  fixture_wait (has_listed, dialog);
  GtkSelectionModel *selection = selection_of (dialog);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, 2);
  search (dialog, "desk");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, 1);
  search (dialog, "");

  gpointer weak = dialog;
  g_object_add_weak_pointer (G_OBJECT (dialog), &weak);
  gtk_selection_model_select_all (selection);
  gtk_widget_activate_action (GTK_WIDGET (dialog), "library.open", NULL);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_null (weak);
  g_assert_cmpuint (fixture_n_runs (window), ==, 2);

  /* What is open already is not read again. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.library", NULL);
  dialog = find_library ();
  fixture_wait (has_listed, dialog);
  gtk_selection_model_select_all (selection_of (dialog));
  gtk_widget_activate_action (GTK_WIDGET (dialog), "library.open", NULL);
  fixture_wait (fixture_has_read, window);
  g_assert_cmpuint (fixture_n_runs (window), ==, 2);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Escape in the entry, where the focus is at first, empties it, and then closes as everywhere else.
 */
static void
test_escape (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.library", NULL);
  NullcurveLibraryDialog *dialog = find_library ();
  gpointer weak = dialog;
  g_object_add_weak_pointer (G_OBJECT (dialog), &weak);
  fixture_wait (has_listed, dialog);
  search (dialog, "desk");
  g_signal_emit_by_name (child_of (dialog, "search"), "stop-search");
  g_assert_cmpstr (gtk_editable_get_text (child_of (dialog, "search")), ==, "");
  g_signal_emit_by_name (child_of (dialog, "search"), "stop-search");
  fixture_settle ();
  g_assert_null (weak);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* To the trash and back, where there is one; else the run stays. */
static void
test_trash (void)
{
  empty_library ();
  g_autofree char *path = put_run ("2026-11-01-120000-a.journal", "First", "desk", "complete");
  NullcurveWindow *window = fixture_window_new (application);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.library", NULL);
  NullcurveLibraryDialog *dialog = find_library ();
  fixture_wait (has_listed, dialog);
  GtkSelectionModel *selection = selection_of (dialog);
  gtk_selection_model_select_all (selection);
  gtk_widget_activate_action (GTK_WIDGET (dialog), "library.trash", NULL);
  fixture_settle ();
  gboolean trashed = !g_file_test (path, G_FILE_TEST_EXISTS);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, trashed ? 0 : 1);
  gtk_widget_activate_action (GTK_WIDGET (dialog), "library.untrash", NULL);
  fixture_wait (has_listed, dialog);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, 1);
  gtk_window_destroy (GTK_WINDOW (dialog));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_untrash (void)
{
  g_autofree char *files = g_build_filename (g_get_user_data_dir (), "Trash", "files", NULL);
  g_autofree char *infos = g_build_filename (g_get_user_data_dir (), "Trash", "info", NULL);
  g_autofree char *kept = g_build_filename (files, "a b.2.journal", NULL);
  g_autofree char *info = g_build_filename (infos, "a b.2.journal.trashinfo", NULL);
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "a b.journal", NULL);
  g_autofree char *escaped = g_uri_escape_string (path, "/", FALSE);
  g_autofree char *text = g_strdup_printf ("[Trash Info]\nPath=%s\n", escaped);
  g_mkdir_with_parents (files, 0700);
  g_mkdir_with_parents (infos, 0700);
  g_assert_true (g_file_set_contents (kept, "kept", -1, NULL));
  g_assert_true (g_file_set_contents (info, text, -1, NULL));
  g_assert_false (moe_library_untrash ("/nonexistent/other.journal"));
  g_assert_true (moe_library_untrash (path));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (info, G_FILE_TEST_EXISTS));
  g_assert_false (moe_library_untrash (path)); /* nothing is written over */
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
open_path (NullcurveWindow *window, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &file, 1);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
}

/* A new name is in the run's own file, and goes with its undoing. */
static void
test_rename_is_kept (void)
{
  empty_library ();
  g_autofree char *path = put_run ("2026-11-01-120000-a.journal", "First", "desk", "complete");
  MoeJournalHead head;
  NullcurveWindow *window = fixture_window_new (application);
  open_path (window, path);
  nullcurve_runs_model_rename (nullcurve_window_get_runs (window), get_run (window, 0), "Better");
  g_assert_true (moe_journal_read_head (path, &head, NULL));
  g_assert_cmpstr (moe_run_get_title (head.run), ==, "Better");
  moe_journal_head_clear (&head);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.undo", NULL);
  g_assert_true (moe_journal_read_head (path, &head, NULL));
  g_assert_cmpstr (moe_run_get_title (head.run), ==, "First");
  moe_journal_head_clear (&head);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static gboolean
has_dialog (gpointer unused)
{
  return fixture_find_dialog () != NULL;
}

static void
take_path_cb (char **path, const char *asked)
{
  g_free (*path);
  *path = g_strdup (asked);
}

static void
test_interrupted (void)
{
  empty_library ();
  g_free (put_run ("2026-11-01-120000-a.journal", "Old", "desk", "complete"));
  g_autofree char *path = put_run ("2026-11-02-120000-b.journal", "Cut off", "desk", NULL);
  g_autofree char *asked = NULL;
  NullcurveWindow *window = fixture_window_new (application);
  g_signal_connect_swapped (nullcurve_window_get_files (window), "resume-requested",
                            G_CALLBACK (take_path_cb), &asked);
  nullcurve_file_desk_look_for_interrupted (nullcurve_window_get_files (window), NULL);
  fixture_wait (has_dialog, NULL);
  g_assert_nonnull (
      strstr (adw_message_dialog_get_heading (fixture_find_dialog ()), "2 of 6 Points"));
  fixture_answer_dialog ("resume");
  g_assert_cmpstr (asked, ==, path);

  nullcurve_file_desk_look_for_interrupted (nullcurve_window_get_files (window), NULL);
  fixture_wait (has_dialog, NULL);
  fixture_answer_dialog ("keep");
  fixture_wait (fixture_has_read, window);
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  g_autofree char *dir = moe_library_dup_dir ();
  g_assert_null (moe_library_find_interrupted (dir, NULL));

  g_free (put_run ("2026-11-03-120000-c.journal", "Third", "desk", NULL));
  nullcurve_file_desk_look_for_interrupted (nullcurve_window_get_files (window), NULL);
  fixture_wait (has_dialog, NULL);
  fixture_answer_dialog ("discard");
  g_assert_null (moe_library_find_interrupted (dir, NULL));
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Rounds go over all points: near the end of the last but one no point is complete. */
static void
test_interrupted_in_a_round (void)
{
  empty_library ();
  g_free (put_sampled_run ("2026-11-02-120000-b.journal", "Cut off", "desk", NULL, 5));
  NullcurveWindow *window = fixture_window_new (application);
  nullcurve_file_desk_look_for_interrupted (nullcurve_window_get_files (window), NULL);
  fixture_wait (has_dialog, NULL);
  AdwMessageDialog *dialog = fixture_find_dialog ();
  g_assert_nonnull (strstr (adw_message_dialog_get_heading (dialog), "2 of 30 Samples"));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), "2 of 30 samples · interrupted"));
  fixture_answer_dialog ("discard");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* One that is being written is nobody's to ask about. */
static void
test_not_interrupted (void)
{
  empty_library ();
  g_autofree char *dir = moe_library_dup_dir ();
  g_assert_null (moe_library_find_interrupted (dir, NULL));
  g_autofree char *path = put_run ("2026-11-02-120000-b.journal", "Going on", "desk", NULL);
  g_autoptr (MoeLibraryEntry) entry = moe_library_find_interrupted (dir, NULL);
  g_assert_nonnull (entry);
  MoeJournal *journal = moe_journal_reopen (path, NULL);
  g_assert_null (moe_library_find_interrupted (dir, NULL));
  moe_journal_close (journal, "stopped");
  g_assert_null (moe_library_find_interrupted (dir, NULL));
}

static char *
library_path (const char *name)
{
  g_autofree char *dir = moe_library_dup_dir ();
  return g_build_filename (dir, name, NULL);
}

/* A run file of 6 GiB that takes no room on the disk. */
static char *
put_large (const char *name)
{
  g_autofree char *path = library_path (name);
  g_assert_true (g_file_set_contents (path, MOE_JOURNAL_MAGIC " 1\n", -1, NULL));
  g_assert_no_errno (truncate (path, (off_t)6 << 30));
  return g_steal_pointer (&path);
}

static gboolean
says (GtkWidget *widget, const char *words)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), words) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, words))
      return TRUE;
  return FALSE;
}

static gboolean
has_told_of_large (gpointer window)
{
  return says (window, "is larger than 256 MiB, the most that is read.");
}

/* Whatever lies in the folder under the name of a run: what is too large to be read is told once
 * and left alone, a pipe keeps nobody waiting, and the run behind them is found. */
static void
test_strange_files (void)
{
  empty_library ();
  g_autofree char *dir = moe_library_dup_dir ();
  g_autofree char *large = put_large ("2026-11-09-120000-large.journal");
  g_autofree char *pipe = library_path ("2026-11-08-120000-pipe.journal");
  g_autofree char *folder = library_path ("2026-11-07-120000-folder.journal");
  g_autofree char *device = library_path ("2026-11-06-120000-device.journal");
  g_assert_no_errno (mkfifo (pipe, 0600));
  g_assert_no_errno (g_mkdir (folder, 0700));
  g_assert_no_errno (symlink ("/dev/zero", device));
  g_free (put_run ("2026-11-02-120000-b.journal", "Cut off", "desk", NULL));

  g_autofree char *left_alone = NULL;
  g_autoptr (MoeLibraryEntry) entry = moe_library_find_interrupted (dir, &left_alone);
  g_assert_nonnull (entry);
  g_assert_cmpstr (moe_library_entry_get_title (entry), ==, "Cut off");
  g_assert_nonnull (strstr (left_alone, large));

  /* Nothing is asked about what waits to go on. */
  const char *const waiting[] = { moe_library_entry_get_path (entry), NULL };
  NullcurveWindow *knows = fixture_window_new (application);
  nullcurve_file_desk_look_for_interrupted (nullcurve_window_get_files (knows), waiting);
  fixture_wait (has_told_of_large, knows);
  g_assert_null (fixture_find_dialog ());
  fixture_assert_window_finalised (GTK_WINDOW (knows));

  NullcurveWindow *window = fixture_window_new (application);
  nullcurve_file_desk_look_for_interrupted (nullcurve_window_get_files (window), NULL);
  fixture_wait (has_dialog, NULL);
  fixture_wait (has_told_of_large, window);
  fixture_answer_dialog ("later");

  g_autoptr (GFile) dropped = g_file_new_for_path (pipe);
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &dropped, 1);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_nonnull (strstr (adw_message_dialog_get_body (fixture_find_dialog ()),
                            "2026-11-08-120000-pipe.journal is a pipe or a device"));
  fixture_answer_dialog ("close");
  fixture_assert_window_finalised (GTK_WINDOW (window));
  g_assert_no_errno (g_rmdir (folder));
}

/* Threads that wait for it, so that whoever else needs one waits behind them. */
typedef struct Jam
{
  GMutex mutex;
  GCond cond;
  gboolean open;
} Jam;

static void
jam_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Jam *jam = data;
  g_mutex_lock (&jam->mutex);
  while (!jam->open)
    g_cond_wait (&jam->cond, &jam->mutex);
  g_mutex_unlock (&jam->mutex);
  g_task_return_boolean (task, TRUE);
}

static void
freed_cb (GObject *source, GAsyncResult *result, gpointer n_waiting)
{
  (*(guint *)n_waiting)--;
}

static gboolean
is_zero (gpointer n)
{
  return *(guint *)n == 0;
}

static gboolean
is_told (gpointer window)
{
  return gtk_widget_get_visible (
      GTK_WIDGET (gtk_widget_get_template_child (window, NULLCURVE_TYPE_WINDOW, "reading_bar")));
}

/* What takes long is told, and can be stopped, though whoever reads does not answer. */
static void
test_stop_reading (void)
{
  enum
  {
    MANY = 100 /* more than there are threads, which become more only slowly */
  };
  Jam jam = { 0 };
  guint n_waiting = MANY;
  g_autoptr (GFile) file = fixture_file_new ("slow.csv", FIXTURE_CSV);
  NullcurveWindow *window = fixture_window_new (application);
  GAction *stop = g_action_map_lookup_action (G_ACTION_MAP (window), "stop-reading");
  g_assert_false (g_action_get_enabled (stop));
  for (guint i = 0; i < MANY; i++)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, freed_cb, &n_waiting);
      g_task_set_task_data (task, &jam, NULL);
      g_task_run_in_thread (task, jam_thread);
    }
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &file, 1);
  g_assert_true (g_action_get_enabled (stop));
  fixture_wait (is_told, window);
  g_assert_true (says (GTK_WIDGET (window), "Reading slow.csv…"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop-reading", NULL);
  fixture_wait (fixture_has_read, window);
  g_assert_false (is_told (window));
  g_assert_false (g_action_get_enabled (stop));
  g_assert_cmpuint (fixture_n_runs (window), ==, 0);

  g_mutex_lock (&jam.mutex);
  jam.open = TRUE;
  g_cond_broadcast (&jam.cond);
  g_mutex_unlock (&jam.mutex);
  fixture_wait (is_zero, &n_waiting);
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &file, 1);
  fixture_wait (fixture_has_read, window);
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static GSettings *
new_settings (void)
{
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (
      g_settings_schema_source_get_default (), NULLCURVE_APP_ID, TRUE);
  g_assert_nonnull (schema);
  return g_settings_new_full (schema, NULL, NULL);
}

/* Files and published rows, with names, colours, order, and what is hidden and pinned. */
static void
test_restore (void)
{
  empty_library ();
  g_autoptr (GSettings) settings = new_settings ();
  g_autofree char *path = put_run ("2026-11-01-120000-a.journal", "Own", "desk", "complete");
  g_autoptr (GFile) good = fixture_file_new ("restored.csv", FIXTURE_CSV);
  g_autoptr (GFile) gone = fixture_file_new ("gone.csv", FIXTURE_CSV);
  NullcurveWindow *window = fixture_window_new (application);
  nullcurve_window_set_settings (window, settings);
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &good, 1);
  fixture_wait (fixture_has_read, window);
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &gone, 1);
  fixture_wait (fixture_has_read, window);
  open_path (window, path);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-reference", "s", "null-rows");
  fixture_wait (fixture_has_read, window);
  guint n = fixture_n_runs (window);
  nullcurve_runs_model_rename (nullcurve_window_get_runs (window), get_run (window, 0), "Mine");
  nullcurve_runs_model_recolour (nullcurve_window_get_runs (window), get_run (window, 0), 7);
  int palette = nullcurve_run_item_get_palette (get_run (window, 0));
  nullcurve_runs_model_show (nullcurve_window_get_runs (window), get_run (window, 2), FALSE);
  nullcurve_runs_model_move (nullcurve_window_get_runs (window), get_run (window, 0), n - 1);
  nullcurve_runs_model_set_baseline (nullcurve_window_get_runs (window), get_run (window, n - 1));
  fixture_assert_window_finalised (GTK_WINDOW (window));
  g_assert_true (g_file_delete (gone, NULL, NULL));

  window = fixture_window_new (application);
  nullcurve_window_set_settings (window, settings);
  nullcurve_file_desk_restore (nullcurve_window_get_files (window));
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_cmpuint (fixture_n_runs (window), ==, n - 1);
  g_assert_cmpstr (nullcurve_run_item_get_title (get_run (window, 0)), ==, "Own");
  g_assert_false (nullcurve_run_item_get_visible (get_run (window, 0)));
  NullcurveRunItem *last = get_run (window, n - 2);
  g_assert_cmpstr (nullcurve_run_item_get_title (last), ==, "Mine");
  g_assert_cmpint (nullcurve_run_item_get_palette (last), ==, palette);
  g_assert_true (nullcurve_runs_model_get_baseline (nullcurve_window_get_runs (window)) == last);
  /* The published rows are known as such. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-reference", "s", "null-rows");
  fixture_wait (fixture_has_read, window);
  g_assert_cmpuint (fixture_n_runs (window), ==, n - 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));

  /* One that is named on the command line, too, is listed once, as it was. */
  window = fixture_window_new (application);
  nullcurve_window_set_settings (window, settings);
  nullcurve_file_desk_restore (nullcurve_window_get_files (window));
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &good, 1);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_cmpuint (fixture_n_runs (window), ==, n - 1);
  g_assert_nonnull (nullcurve_runs_model_get_baseline (nullcurve_window_get_runs (window)));
  g_assert_cmpstr (nullcurve_run_item_get_title (
                       nullcurve_runs_model_get_baseline (nullcurve_window_get_runs (window))),
                   ==, "Mine");
  fixture_assert_window_finalised (GTK_WINDOW (window));

  /* Closing while they are read neither crashes nor forgets them. */
  g_autoptr (GVariant) before = g_settings_get_value (settings, "open-runs");
  window = fixture_window_new (application);
  nullcurve_window_set_settings (window, settings);
  nullcurve_file_desk_restore (nullcurve_window_get_files (window));
  fixture_assert_window_finalised (GTK_WINDOW (window));
  g_autoptr (GVariant) kept = g_settings_get_value (settings, "open-runs");
  g_assert_true (g_variant_equal (kept, before));
  g_settings_reset (settings, "open-runs");
}

typedef struct Recent
{
  NullcurveWindow *window;
  char *uri;
} Recent;

static gboolean
has_recent (gpointer data)
{
  const Recent *recent = data;
  GMenuModel *menu = G_MENU_MODEL (gtk_widget_get_template_child (
      GTK_WIDGET (recent->window), NULLCURVE_TYPE_WINDOW, "recent_menu"));
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GVariant) target =
          g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);
      if (g_str_equal (g_variant_get_string (target, NULL), recent->uri))
        return TRUE;
    }
  return FALSE;
}

static void
test_recent (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (GFile) file = fixture_file_new ("re_cent.csv", FIXTURE_CSV);
  g_autofree char *uri = g_file_get_uri (file);
  Recent recent = { window, uri };
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &file, 1);
  fixture_wait (fixture_has_read, window);
  fixture_wait (has_recent, &recent);
  /* Opened again it is read again, and stands in the list once, under the name it has there. */
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *longer = g_strdup_printf ("%s4096x512x352x60,4,0.9,0.9,0.8,4000\n", FIXTURE_CSV);
  g_assert_true (g_file_set_contents (path, longer, -1, NULL));
  gsize rows = nullcurve_run_item_count_measured (get_run (window, 0));
  nullcurve_runs_model_rename (nullcurve_window_get_runs (window), get_run (window, 0), "Mine");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-recent", "s", uri);
  fixture_wait (fixture_has_read, window);
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  g_assert_cmpuint (nullcurve_run_item_count_measured (get_run (window, 0)), ==, rows + 1);
  g_assert_cmpstr (nullcurve_run_item_get_title (get_run (window, 0)), ==, "Mine");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Twenty files at once, every fifth of them none that can be read: the good ones are laid over the
 * charts, the others are named in one dialog. */
static void
test_drop_many (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("many-%02d.csv", i);
      g_ptr_array_add (files, fixture_file_new (name, i % 5 == 4 ? "no, table\n1" : FIXTURE_CSV));
    }
  nullcurve_file_desk_open (nullcurve_window_get_files (window), (GFile **)files->pdata,
                            files->len);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_cmpuint (fixture_n_runs (window), ==, 16);
  AdwMessageDialog *dialog = fixture_find_dialog ();
  g_assert_nonnull (dialog);
  for (int i = 4; i < 20; i += 5)
    {
      g_autofree char *name = g_strdup_printf ("many-%02d.csv", i);
      g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), name));
    }
  fixture_answer_dialog ("close");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static gboolean
has_told_of_routing (gpointer window)
{
  return says (window, "Routing from loads.log, row 1: 6 tokens, top-2");
}

/* A file with routing among the others goes into the form, whatever its name; one that cannot be
 * used says why; results that are chosen for their routing have none. */
static void
test_drop_routing (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  NullcurveFileDesk *files = nullcurve_window_get_files (window);
  g_autoptr (GFile) results = fixture_file_new ("results.csv", FIXTURE_CSV);
  g_autoptr (GFile) loads =
      fixture_file_new ("loads.log", "tokens,topk,experts,rows\n6,2,3,6 4 2\n");
  g_autoptr (GFile) broken =
      fixture_file_new ("broken.csv", "tokens,topk,experts,rows\n6,2,3,6 4 3\n");
  GFile *const both[] = { results, loads };
  MoeOptions options;
  nullcurve_file_desk_open (files, (GFile **)&loads, 1);
  fixture_wait (has_told_of_routing, window);
  nullcurve_setup_panel_reset (nullcurve_window_get_setup (window));
  nullcurve_file_desk_open (files, (GFile **)both, G_N_ELEMENTS (both));
  fixture_wait (fixture_has_read, window);
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpstr (options.file.path, ==, g_file_peek_path (loads));
  g_assert_cmpuint (options.shape.tokens, ==, 6);
  g_assert_null (fixture_find_dialog ());
  nullcurve_file_desk_open (files, (GFile **)&broken, 1);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_nonnull (
      strstr (adw_message_dialog_get_body (fixture_find_dialog ()), "broken.csv: in row 1"));
  fixture_answer_dialog ("close");
  nullcurve_file_desk_open_routing (files, results);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_nonnull (strstr (adw_message_dialog_get_body (fixture_find_dialog ()), "no routing"));
  fixture_answer_dialog ("close");
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpstr (options.file.path, ==, g_file_peek_path (loads));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/library/index", test_index);
  g_test_add_func ("/library/many", test_many);
  g_test_add_func ("/library/dialog", test_dialog);
  g_test_add_func ("/library/escape", test_escape);
  g_test_add_func ("/library/trash", test_trash);
  g_test_add_func ("/library/untrash", test_untrash);
  g_test_add_func ("/library/rename-is-kept", test_rename_is_kept);
  g_test_add_func ("/library/interrupted", test_interrupted);
  g_test_add_func ("/library/interrupted-in-a-round", test_interrupted_in_a_round);
  g_test_add_func ("/library/not-interrupted", test_not_interrupted);
  g_test_add_func ("/library/strange-files", test_strange_files);
  g_test_add_func ("/library/stop-reading", test_stop_reading);
  g_test_add_func ("/library/restore", test_restore);
  g_test_add_func ("/library/recent", test_recent);
  g_test_add_func ("/library/drop-many", test_drop_many);
  g_test_add_func ("/library/drop-routing", test_drop_routing);
  int status = g_test_run ();
  g_clear_object (&application);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/library.h"

#include "engine/files/output.h"
#include "engine/formats/journal-head.h"
#include "engine/formats/journal.h"
#include "engine/options/plan.h"
#include "engine/sweep/quantities.h"
#include "engine/text/tame.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

struct _MoeLibraryEntry
{
  GObject parent_instance;

  char *path;
  MoeRun *run; /* facts only */
  gsize n_points, n_complete, n_planned, n_samples;
  gboolean interrupted;
  gboolean has_options;
  MoeOptions options;
  char *haystack; /* what is searched, casefolded */
};

G_DEFINE_FINAL_TYPE (MoeLibraryEntry, moe_library_entry, G_TYPE_OBJECT)

const char *
moe_library_entry_get_path (MoeLibraryEntry *self)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), NULL);
  return self->path;
}

const char *
moe_library_entry_get_title (MoeLibraryEntry *self)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), NULL);
  return moe_run_get_title (self->run);
}

gsize
moe_library_entry_get_n_points (MoeLibraryEntry *self)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), 0);
  return self->n_points;
}

gsize
moe_library_entry_get_n_complete (MoeLibraryEntry *self)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), 0);
  return self->n_complete;
}

gsize
moe_library_entry_get_n_planned (MoeLibraryEntry *self)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), 0);
  return self->n_planned;
}

gboolean
moe_library_entry_get_samples (MoeLibraryEntry *self, gsize *taken, gsize *planned)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), FALSE);
  if (!self->has_options || self->options.until_settled || self->options.iters < 2
      || self->n_samples == 0)
    return FALSE;
  *taken = self->n_samples;
  *planned = MAX (self->n_samples, self->n_planned * (gsize)self->options.iters);
  return TRUE;
}

gboolean
moe_library_entry_get_interrupted (MoeLibraryEntry *self)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), FALSE);
  return self->interrupted;
}

gboolean
moe_library_entry_get_options (MoeLibraryEntry *self, MoeOptions *options)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), FALSE);
  if (self->has_options)
    *options = self->options;
  return self->has_options;
}

/* Words */

static void
append_part (GString *line, const char *part)
{
  if (part != NULL && *part != '\0')
    g_string_append_printf (line, "%s%s", line->len > 0 ? " · " : "", part);
}

static char *
dup_points (MoeLibraryEntry *self)
{
  gsize taken, planned;
  if (self->interrupted && moe_library_entry_get_samples (self, &taken, &planned))
    return g_strdup_printf (_ ("%zu of %zu samples"), taken, planned);
  gsize n = self->interrupted ? self->n_complete : self->n_points;
  if (self->n_planned > n)
    return g_strdup_printf (_ ("%zu of %zu points"), n, self->n_planned);
  return g_strdup_printf (g_dngettext (NULL, "%zu point", "%zu points", n), n);
}

static char *
dup_shape (MoeLibraryEntry *self)
{
  return self->has_options ? moe_text_block (&self->options) : g_strdup ("");
}

static char *
dup_date (MoeLibraryEntry *self)
{
  const char *fact = moe_run_get_fact (self->run, "date");
  g_autoptr (GDateTime) date = fact != NULL ? g_date_time_new_from_iso8601 (fact, NULL) : NULL;
  g_autoptr (GDateTime) local = date != NULL ? g_date_time_to_local (date) : NULL;
  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M") : g_strdup (fact);
}

char *
moe_library_entry_describe (MoeLibraryEntry *self)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), NULL);
  g_autofree char *points = dup_points (self);
  g_autofree char *shape = dup_shape (self);
  g_autofree char *date = dup_date (self);
  g_autofree char *topk = self->has_options ? moe_text_topk (&self->options) : NULL;
  GString *line = g_string_new (NULL);
  append_part (line, points);
  append_part (line, self->interrupted ? _ ("interrupted") : NULL);
  append_part (line, shape);
  append_part (line, topk);
  append_part (line, moe_run_get_fact (self->run, "accelerator"));
  append_part (line, moe_run_get_fact (self->run, "dtype"));
  append_part (line, moe_run_get_fact (self->run, "host"));
  append_part (line, date);
  return g_string_free (line, FALSE);
}

/* The shape both as people see it and as they can type it. */
static char *
make_haystack (MoeLibraryEntry *self)
{
  g_autofree char *shape =
      self->has_options ? moe_text_block_plain (&self->options) : g_strdup ("");
  g_autofree char *words = moe_library_entry_describe (self);
  const char *blas = moe_run_get_fact (self->run, "blas");
  const char *cpu = moe_run_get_fact (self->run, "cpu");
  g_autofree char *all = g_strjoin ("\n", moe_run_get_title (self->run), words, shape,
                                    blas != NULL ? blas : "", cpu != NULL ? cpu : "", NULL);
  return g_utf8_casefold (all, -1);
}

gboolean
moe_library_entry_matches (MoeLibraryEntry *self, const char *search)
{
  g_return_val_if_fail (MOE_IS_LIBRARY_ENTRY (self), FALSE);
  g_autofree char *folded = g_utf8_casefold (search, -1);
  g_auto (GStrv) words = g_strsplit (folded, " ", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    if (strstr (self->haystack, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static void
moe_library_entry_finalize (GObject *object)
{
  MoeLibraryEntry *self = MOE_LIBRARY_ENTRY (object);
  g_free (self->path);
  g_free (self->haystack);
  g_clear_pointer (&self->run, moe_run_unref);
  G_OBJECT_CLASS (moe_library_entry_parent_class)->finalize (object);
}

static void
moe_library_entry_class_init (MoeLibraryEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = moe_library_entry_finalize;
}

static void
moe_library_entry_init (MoeLibraryEntry *self)
{
}

/* Reading */

static void
take_options (MoeLibraryEntry *self)
{
  const char *line = moe_run_get_fact (self->run, "options");
  MoePlan plan;
  if (line == NULL)
    return;
  moe_options_init_single (&self->options);
  moe_text_to_options (line, &self->options);
  self->has_options = moe_plan_new (&self->options, &plan, NULL) == MOE_OK;
  if (!self->has_options)
    return;
  self->n_planned = plan.n_points;
  moe_plan_clear (&plan);
}

/* NULL when the file is no journal, or none that is read: of the first that is too large *left_out
 * tells. */
static MoeLibraryEntry *
read_entry (const char *path, char **left_out)
{
  MoeJournalHead head;
  g_autoptr (GError) error = NULL;
  if (!moe_journal_read_head (path, &head, &error))
    {
      if (g_error_matches (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_LARGE) && *left_out == NULL)
        *left_out = moe_text_tame_sentence (error->message);
      return NULL;
    }
  MoeLibraryEntry *self = g_object_new (MOE_TYPE_LIBRARY_ENTRY, NULL);
  self->path = g_strdup (path);
  self->run = moe_run_ref (head.run);
  self->n_points = head.n_points;
  self->n_complete = head.n_complete;
  self->n_samples = head.n_samples;
  self->interrupted = !head.ended && !moe_journal_is_busy (path);
  take_options (self);
  self->haystack = make_haystack (self);
  moe_journal_head_clear (&head);
  return self;
}

static int
compare_names_backwards (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)b, *(char *const *)a);
}

/* In the order of time, backwards. */
static GPtrArray *
list_names (const char *dir)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GDir *folder = g_dir_open (dir, 0, NULL);
  const char *name;
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (name, ".journal"))
      g_ptr_array_add (names, g_strdup (name));
  g_clear_pointer (&folder, g_dir_close);
  g_ptr_array_sort (names, compare_names_backwards);
  return names;
}

void
moe_library_tidy (const char *dir)
{
  g_autoptr (GPtrArray) names = list_names (dir);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (dir, g_ptr_array_index (names, i), NULL);
      moe_journal_remove_bare (path);
    }
  moe_output_tidy (dir);
}

MoeLibraryEntry *
moe_library_find_interrupted (const char *dir, char **left_alone)
{
  moe_library_tidy (dir);
  g_autoptr (GPtrArray) names = list_names (dir);
  g_autofree char *large = NULL;
  g_autoptr (MoeLibraryEntry) newest = NULL;
  for (guint i = 0; newest == NULL && i < MIN (names->len, (guint)MOE_LIBRARY_MOST_RUNS); i++)
    {
      g_autofree char *path = g_build_filename (dir, g_ptr_array_index (names, i), NULL);
      newest = read_entry (path, &large);
      if (newest != NULL && newest->n_points == 0)
        g_clear_object (&newest);
    }
  if (left_alone != NULL)
    *left_alone = g_steal_pointer (&large);
  return newest != NULL && newest->interrupted ? g_steal_pointer (&newest) : NULL;
}

static void
index_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  moe_library_tidy (data);
  g_autoptr (GPtrArray) names = list_names (data);
  GPtrArray *entries = g_ptr_array_new_with_free_func (g_object_unref);
  guint most = MIN (names->len, (guint)MOE_LIBRARY_MOST_RUNS);
  char *left_out = most < names->len ? g_strdup_printf (_ ("The newest %u of %u runs are listed."),
                                                        most, names->len)
                                     : NULL;
  for (guint i = 0; i < most && !g_cancellable_is_cancelled (cancellable); i++)
    {
      g_autofree char *path = g_build_filename (data, g_ptr_array_index (names, i), NULL);
      MoeLibraryEntry *entry = read_entry (path, &left_out);
      if (entry != NULL)
        g_ptr_array_add (entries, entry);
    }
  g_object_set_data_full (G_OBJECT (task), "left-out", left_out, g_free);
  g_task_return_pointer (task, entries, (GDestroyNotify)g_ptr_array_unref);
}

void
moe_library_index_async (const char *dir,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, moe_library_index_async);
  g_task_set_task_data (task, g_strdup (dir), g_free);
  g_task_run_in_thread (task, index_thread);
}

GPtrArray *
moe_library_index_finish (GAsyncResult *result, char **left_out, GError **error)
{
  if (left_out != NULL)
    *left_out = g_object_steal_data (G_OBJECT (result), "left-out");
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Files */

char *
moe_library_dup_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "nullcurve", "runs", NULL);
}

static char *
file_name_part (const char *text)
{
  char *name = g_ascii_strdown (text, -1);
  for (char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '.')
      *p = '-';
  return name;
}

/* Names begin with the date, so that the order of names is that of time. */
char *
moe_library_dup_path (const char *name, GDateTime *now, guint attempt)
{
  g_autofree char *dir = moe_library_dup_dir ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%d-%H%M%S");
  g_autofree char *part = file_name_part (name);
  g_autofree char *number = attempt > 0 ? g_strdup_printf ("-%u", attempt + 1) : g_strdup ("");
  g_autofree char *file = g_strdup_printf ("%s-%s%s.journal", stamp, part, number);
  g_mkdir_with_parents (dir, 0755);
  return g_build_filename (dir, file, NULL);
}

gboolean
moe_library_owns (const char *path)
{
  g_autofree char *dir = moe_library_dup_dir ();
  g_autofree char *parent = path != NULL ? g_path_get_dirname (path) : NULL;
  return g_strcmp0 (parent, dir) == 0 && g_str_has_suffix (path, ".journal");
}

gboolean
moe_library_rename (const char *path, const char *title, GError **error)
{
  MoeJournal *journal = moe_journal_reopen (path, error);
  gboolean good = journal != NULL && moe_journal_set_fact (journal, "title", title, error);
  moe_journal_close (journal, NULL);
  return good;
}

gboolean
moe_library_settle (const char *path, GError **error)
{
  MoeJournal *journal = moe_journal_reopen (path, error);
  moe_journal_close (journal, "interrupted");
  return journal != NULL;
}

/* The trash of the user's data folder, as freedesktop.org describes it. */
static gboolean
is_info_of (const char *info, const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  if (!g_key_file_load_from_file (file, info, G_KEY_FILE_NONE, NULL))
    return FALSE;
  g_autofree char *escaped = g_key_file_get_value (file, "Trash Info", "Path", NULL);
  g_autofree char *original = escaped != NULL ? g_uri_unescape_string (escaped, NULL) : NULL;
  return g_strcmp0 (original, path) == 0;
}

static gboolean
restore (const char *trash, const char *info_name, const char *path)
{
  g_autofree char *info = g_build_filename (trash, "info", info_name, NULL);
  if (!is_info_of (info, path))
    return FALSE;
  g_autofree char *name = g_strndup (info_name, strlen (info_name) - strlen (".trashinfo"));
  g_autofree char *kept = g_build_filename (trash, "files", name, NULL);
  return g_rename (kept, path) == 0 && g_unlink (info) == 0;
}

gboolean
moe_library_untrash (const char *path)
{
  g_autofree char *trash = g_build_filename (g_get_user_data_dir (), "Trash", NULL);
  g_autofree char *infos = g_build_filename (trash, "info", NULL);
  GDir *folder = g_dir_open (infos, 0, NULL);
  gboolean restored = FALSE;
  const char *name;
  if (folder == NULL || g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_clear_pointer (&folder, g_dir_close);
      return FALSE;
    }
  while (!restored && (name = g_dir_read_name (folder)) != NULL)
    restored = g_str_has_suffix (name, ".trashinfo") && restore (trash, name, path);
  g_dir_close (folder);
  return restored;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/loader.h"

#include "engine/draw/given-file.h"
#include "engine/formats/formats.h"
#include "engine/formats/reference-rows.h"
#include "engine/sweep/quantities.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

typedef struct Wanted
{
  GPtrArray *files; /* of GFile */
  char *data_dir;   /* of the published rows */
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;
  g_ptr_array_unref (wanted->files);
  g_free (wanted->data_dir);
  g_free (wanted);
}

static void
loaded_free (gpointer data)
{
  NullcurveLoaded *loaded = data;
  g_clear_pointer (&loaded->run, moe_run_unref);
  g_clear_error (&loaded->error);
  moe_model_config_free (loaded->model);
  g_free (loaded->routing);
  g_free (loaded->told);
  g_free (loaded);
}

static NullcurveLoaded *
add_loaded (GPtrArray *results)
{
  NullcurveLoaded *loaded = g_new0 (NullcurveLoaded, 1);
  g_ptr_array_add (results, loaded);
  return loaded;
}

gboolean
nullcurve_loader_is_published (const MoeRun *run)
{
  const char *source = moe_run_get_source (run);
  return source != NULL && g_str_has_prefix (source, NULLCURVE_PUBLISHED_URI);
}

static void
add_published_run (GPtrArray *results, gsize index, const char *data_dir)
{
  NullcurveLoaded *loaded = add_loaded (results);
  g_autofree char *source = g_strdup_printf (NULLCURVE_PUBLISHED_URI "%zu", index);
  loaded->run = moe_reference_read (data_dir != NULL ? data_dir : "", index, &loaded->error);
  if (loaded->run != NULL)
    moe_run_set_source (loaded->run, source);
}

/* The set that an address names, or that its run is of; NULL when there is none. */
static const MoeReferenceSet *
find_set (const char *which, gboolean *single, guint64 *index)
{
  gsize n;
  const MoeReferenceSet *sets = moe_reference_sets (&n);
  *single = g_ascii_string_to_unsigned (which, 10, 0, G_MAXUINT32, index, NULL);
  for (gsize i = 0; *single && i < n; i++)
    if (*index >= sets[i].first && *index < sets[i].first + sets[i].n_runs)
      return &sets[i];
  if (*single)
    return NULL;
  return *which == '\0' ? &sets[0] : moe_reference_find (which);
}

static void
add_published (GPtrArray *results, const char *uri, const char *data_dir)
{
  guint64 index;
  gboolean single;
  const MoeReferenceSet *set = find_set (uri + strlen (NULLCURVE_PUBLISHED_URI), &single, &index);
  if (set == NULL)
    add_loaded (results)->error =
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, g_strerror (ENOENT));
  else if (single)
    add_published_run (results, (gsize)index, data_dir);
  else
    for (gsize i = 0; i < set->n_runs; i++)
      add_published_run (results, set->first + i, data_dir);
}

/* A pipe waits for whoever writes into it, and a device may have no end: nobody who drops one on a
 * window means that. */
static gboolean
may_be_read (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base != NULL ? base : "");
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) != G_FILE_TYPE_SPECIAL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
               _ ("%s is a pipe or a device: allowed is a file."), name);
  return FALSE;
}

/* FALSE: it is no file of routing.  Who takes it reads it again, of the row or layer that is then
 * asked for. */
static gboolean
read_routing (GFile *file, NullcurveLoaded *loaded)
{
  g_autofree char *path = g_file_get_path (file);
  MoeGivenAsk ask = { .path = path, .row = 1, .topk = 1 };
  const MoeGiven *given;
  MoeError error;
  if (path == NULL || !moe_given_recognise_file (path, &ask.distribution))
    return FALSE;
  if (moe_given_open (&ask, &given, &error) != MOE_OK)
    {
      const char *sentence = error.message;
      if (g_str_has_prefix (sentence, "--routing-file "))
        sentence += strlen ("--routing-file ");
      loaded->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, sentence);
      return TRUE;
    }
  loaded->routing = g_steal_pointer (&path);
  loaded->distribution = ask.distribution;
  loaded->told = moe_text_given (given);
  moe_given_unref (given);
  return TRUE;
}

/* FALSE: it is no config.json of a model. */
static gboolean
read_model (GFile *file, GCancellable *cancellable, NullcurveLoaded *loaded)
{
  gboolean recognised;
  loaded->model = moe_model_config_read_file (file, cancellable, &recognised, &loaded->error);
  return recognised;
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Wanted *wanted = data;
  GPtrArray *results = g_ptr_array_new_with_free_func (loaded_free);
  for (guint i = 0; i < wanted->files->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      GFile *file = g_ptr_array_index (wanted->files, i);
      g_autofree char *uri = g_file_get_uri (file);
      if (g_str_has_prefix (uri, NULLCURVE_PUBLISHED_URI))
        {
          add_published (results, uri, wanted->data_dir);
          continue;
        }
      NullcurveLoaded *loaded = add_loaded (results);
      if (may_be_read (file, cancellable, &loaded->error) && !read_routing (file, loaded)
          && !read_model (file, cancellable, loaded))
        loaded->run = moe_formats_read_file (file, cancellable, &loaded->error);
    }
  g_task_return_pointer (task, results, (GDestroyNotify)g_ptr_array_unref);
}

void
nullcurve_loader_read_async (GFile **files,
                             gsize n_files,
                             const char *data_dir,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Wanted *wanted = g_new0 (Wanted, 1);
  wanted->files = g_ptr_array_new_with_free_func (g_object_unref);
  wanted->data_dir = g_strdup (data_dir);
  for (gsize i = 0; i < n_files; i++)
    g_ptr_array_add (wanted->files, g_object_ref (files[i]));
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, nullcurve_loader_read_async);
  /* Whoever stops it does not wait for a disk that does not answer. */
  g_task_set_return_on_cancel (task, TRUE);
  g_task_set_task_data (task, wanted, wanted_free);
  g_task_run_in_thread (task, read_thread);
}

GPtrArray *
nullcurve_loader_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

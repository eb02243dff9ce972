/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/loader.h"

#include "engine/formats/formats.h"
#include "engine/formats/reference-rows.h"

static void
loaded_free (gpointer data)
{
  NullcurveLoaded *loaded = data;
  g_clear_pointer (&loaded->run, moe_run_unref);
  g_clear_error (&loaded->error);
  g_free (loaded);
}

static NullcurveLoaded *
add_loaded (GPtrArray *results)
{
  NullcurveLoaded *loaded = g_new0 (NullcurveLoaded, 1);
  g_ptr_array_add (results, loaded);
  return loaded;
}

static void
return_results (GTask *task, GPtrArray *results)
{
  g_task_return_pointer (task, results, (GDestroyNotify)g_ptr_array_unref);
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *files = data;
  GPtrArray *results = g_ptr_array_new_with_free_func (loaded_free);
  for (guint i = 0; i < files->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      GFile *file = g_ptr_array_index (files, i);
      NullcurveLoaded *loaded = add_loaded (results);
      loaded->run = moe_formats_read_file (file, cancellable, &loaded->error);
    }
  return_results (task, results);
}

void
nullcurve_loader_read_async (GFile **files,
                             gsize n_files,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; i < n_files; i++)
    g_ptr_array_add (copy, g_object_ref (files[i]));
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, nullcurve_loader_read_async);
  g_task_set_task_data (task, copy, (GDestroyNotify)g_ptr_array_unref);
  g_task_run_in_thread (task, read_thread);
}

static void
read_reference_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *results = g_ptr_array_new_with_free_func (loaded_free);
  GError *error = NULL;
  g_autoptr (GPtrArray) runs = moe_formats_read_reference (data, &error);
  if (runs == NULL)
    add_loaded (results)->error = error;
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    add_loaded (results)->run = moe_run_ref (g_ptr_array_index (runs, i));
  return_results (task, results);
}

void
nullcurve_loader_read_reference_async (const char *data_dir,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, nullcurve_loader_read_reference_async);
  g_task_set_task_data (task, g_strdup (data_dir), g_free);
  g_task_run_in_thread (task, read_reference_thread);
}

GPtrArray *
nullcurve_loader_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

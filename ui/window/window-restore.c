/* SPDX-License-Identifier: Apache-2.0 */
/* What was open comes back at the next start. */
#include "ui/window/window-private.h"

#include "ui/files/loader.h"

#include <glib/gi18n.h>

/* One entry of the setting: source, title, palette, visible, pinned.  The published rows have no
 * file of their own. */
#define ENTRY_FORMAT     "(ssibb)"
#define PUBLISHED_PREFIX "nullcurve-published:"

static char *
dup_source (NullcurveRunItem *item)
{
  int published = nullcurve_window_published_number (item);
  const char *source = moe_run_get_source (nullcurve_run_item_get_run (item));
  if (published > 0)
    return g_strdup_printf (PUBLISHED_PREFIX "%d", published - 1);
  if (source == NULL)
    return NULL;
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (source);
  return g_file_get_uri (file);
}

void
nullcurve_window_save_runs (NullcurveWindow *self)
{
  GVariantBuilder builder;
  if (self->settings == NULL || self->restoring)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" ENTRY_FORMAT));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      g_autofree char *source = !nullcurve_run_item_get_live (item) ? dup_source (item) : NULL;
      if (source != NULL)
        g_variant_builder_add (&builder, ENTRY_FORMAT, source, nullcurve_run_item_get_title (item),
                               nullcurve_run_item_get_palette (item),
                               nullcurve_run_item_get_visible (item),
                               nullcurve_run_item_get_pinned (item));
    }
  /* Asked often, and each time that it is set costs a write. */
  g_autoptr (GVariant) present = g_settings_get_value (self->settings, "open-runs");
  g_autoptr (GVariant) open = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (!g_variant_equal (present, open))
    g_settings_set_value (self->settings, "open-runs", open);
}

static gboolean
save_cb (gpointer data)
{
  NullcurveWindow *self = data;
  self->save_id = 0;
  nullcurve_window_save_runs (self);
  return G_SOURCE_REMOVE;
}

void
nullcurve_window_queue_save_runs (NullcurveWindow *self)
{
  if (self->save_id == 0 && self->settings != NULL && !self->restoring)
    self->save_id = g_timeout_add_seconds (1, save_cb, self);
}

typedef struct Restoring
{
  NullcurveWindow *window;
  GVariant *entries;
  GPtrArray *files;     /* of NullcurveLoaded, those entries that are files, in order */
  GPtrArray *published; /* likewise, all published rows; NULL when none are wanted */
  guint missing;
} Restoring;

static void
restoring_free (Restoring *restoring)
{
  g_object_unref (restoring->window);
  g_variant_unref (restoring->entries);
  g_clear_pointer (&restoring->files, g_ptr_array_unref);
  g_clear_pointer (&restoring->published, g_ptr_array_unref);
  g_free (restoring);
}

/* The published run that a source names; -1: it names a file. */
static int
published_index (const char *source)
{
  if (!g_str_has_prefix (source, PUBLISHED_PREFIX))
    return -1;
  return (int)g_ascii_strtoll (source + strlen (PUBLISHED_PREFIX), NULL, 10);
}

/* NULL when it is not there any more. */
static MoeRun *
find_run (const Restoring *restoring, const char *source, guint *file)
{
  int published = published_index (source);
  const GPtrArray *loaded = published >= 0 ? restoring->published : restoring->files;
  guint index = published >= 0 ? (guint)published : (*file)++;
  return loaded != NULL && index < loaded->len
             ? ((const NullcurveLoaded *)g_ptr_array_index (loaded, index))->run
             : NULL;
}

static void
add_entry (Restoring *restoring, GVariant *entry, guint *file)
{
  NullcurveWindow *self = restoring->window;
  const char *source, *title;
  gint32 palette;
  gboolean visible, pinned;
  g_variant_get (entry, "(&s&sibb)", &source, &title, &palette, &visible, &pinned);
  MoeRun *run = find_run (restoring, source, file);
  if (run == NULL)
    {
      restoring->missing++;
      return;
    }
  int published = published_index (source);
  /* It may have been opened by hand, or gone on with, while this was read. */
  NullcurveRunItem *item =
      published < 0 ? nullcurve_runs_model_find_source (self->runs, moe_run_get_source (run))
                    : NULL;
  if (item == NULL)
    item = nullcurve_runs_model_add (self->runs, run);
  else
    visible = TRUE;
  if (*title != '\0')
    nullcurve_run_item_set_title (item, title);
  if (published >= 0)
    nullcurve_window_mark_published (item, published + 1);
  if (palette >= 0)
    nullcurve_run_item_set_palette (item, palette);
  nullcurve_run_item_set_visible (item, visible);
  if (pinned)
    nullcurve_runs_model_set_baseline (self->runs, item);
}

static void
finish (Restoring *restoring)
{
  NullcurveWindow *self = restoring->window;
  guint file = 0;
  gsize n = g_variant_n_children (restoring->entries);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (restoring->entries, i);
      add_entry (restoring, entry, &file);
    }
  if (restoring->missing > 0)
    {
      g_autofree char *message = g_strdup_printf (
          g_dngettext (NULL, "%u run of the last time is not there any more",
                       "%u runs of the last time are not there any more", restoring->missing),
          restoring->missing);
      nullcurve_window_toast (self, message);
    }
}

/* Nothing more to read, or nobody to read it for. */
static void
end (Restoring *restoring)
{
  NullcurveWindow *self = restoring->window;
  self->loading--;
  self->restoring = FALSE;
  if (!g_cancellable_is_cancelled (self->cancellable))
    finish (restoring);
  restoring_free (restoring);
}

static void
published_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Restoring *restoring = data;
  restoring->published = nullcurve_loader_read_finish (result, NULL);
  end (restoring);
}

static gboolean
wants_published (const Restoring *restoring)
{
  gsize n = g_variant_n_children (restoring->entries);
  for (gsize i = 0; i < n; i++)
    {
      const char *source;
      g_autoptr (GVariant) entry = g_variant_get_child_value (restoring->entries, i);
      g_variant_get_child (entry, 0, "&s", &source);
      if (published_index (source) >= 0)
        return TRUE;
    }
  return FALSE;
}

static void
files_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Restoring *restoring = data;
  NullcurveWindow *self = restoring->window;
  restoring->files = nullcurve_loader_read_finish (result, NULL);
  if (self->data_dir != NULL && wants_published (restoring)
      && !g_cancellable_is_cancelled (self->cancellable))
    nullcurve_loader_read_reference_async (self->data_dir, self->cancellable, published_read_cb,
                                           restoring);
  else
    end (restoring);
}

void
nullcurve_window_restore_runs (NullcurveWindow *self)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  g_autoptr (GVariant) entries =
      self->settings != NULL ? g_settings_get_value (self->settings, "open-runs") : NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  if (entries == NULL || g_variant_n_children (entries) == 0 || self->restoring)
    return;
  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      const char *source;
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);
      g_variant_get_child (entry, 0, "&s", &source);
      if (published_index (source) < 0)
        g_ptr_array_add (files, g_file_new_for_uri (source));
    }
  Restoring *restoring = g_new0 (Restoring, 1);
  restoring->window = g_object_ref (self);
  restoring->entries = g_variant_ref (entries);
  self->restoring = TRUE;
  self->loading++;
  nullcurve_loader_read_async ((GFile **)files->pdata, files->len, self->cancellable, files_read_cb,
                               restoring);
}

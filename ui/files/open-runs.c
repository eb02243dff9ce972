/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/open-runs.h"

#include "ui/files/loader.h"

/* Source, title, palette, visible, pinned. */
#define ENTRY_FORMAT "(ssibb)"

static char *
dup_uri (NullcurveRunItem *item)
{
  const char *source = moe_run_get_source (nullcurve_run_item_get_run (item));
  if (source == NULL || nullcurve_run_item_get_live (item))
    return NULL;
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (source);
  return g_file_get_uri (file);
}

GVariant *
nullcurve_open_runs_save (NullcurveRunsModel *runs)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" ENTRY_FORMAT));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (runs)); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (runs), i);
      g_autofree char *uri = dup_uri (item);
      if (uri != NULL)
        g_variant_builder_add (&builder, ENTRY_FORMAT, uri, nullcurve_run_item_get_title (item),
                               nullcurve_run_item_get_palette (item),
                               nullcurve_run_item_get_visible (item),
                               nullcurve_run_item_get_pinned (item));
    }
  return g_variant_builder_end (&builder);
}

char *
nullcurve_open_runs_dup_selected (NullcurveRunsModel *runs)
{
  NullcurveRunItem *item = nullcurve_runs_model_get_selected (runs);
  char *uri = item != NULL ? dup_uri (item) : NULL;
  return uri != NULL ? uri : g_strdup ("");
}

GPtrArray *
nullcurve_open_runs_list_files (GVariant *open)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; i < g_variant_n_children (open); i++)
    {
      const char *uri;
      g_variant_get_child (open, i, "(&s&sibb)", &uri, NULL, NULL, NULL, NULL);
      g_ptr_array_add (files, g_file_new_for_uri (uri));
    }
  return files;
}

static void
restore_run (GVariant *open, gsize index, MoeRun *run, NullcurveRunsModel *runs)
{
  const char *title;
  gint32 palette;
  gboolean visible, pinned;
  /* It may have been opened by hand, or gone on with, while this was read. */
  NullcurveRunItem *item = nullcurve_runs_model_find_source (runs, moe_run_get_source (run));
  gboolean listed = item != NULL;
  g_variant_get_child (open, index, "(&s&sibb)", NULL, &title, &palette, &visible, &pinned);
  if (!listed)
    item = nullcurve_runs_model_add (runs, run);
  if (*title != '\0')
    nullcurve_run_item_set_title (item, title);
  if (palette >= 0)
    nullcurve_run_item_set_palette (item, palette);
  nullcurve_run_item_set_visible (item, visible || listed);
  if (pinned)
    nullcurve_runs_model_set_baseline (runs, item);
}

guint
nullcurve_open_runs_restore (GVariant *open,
                             const char *selected,
                             const GPtrArray *loaded,
                             NullcurveRunsModel *runs)
{
  gboolean untouched = nullcurve_runs_model_get_selected (runs) == NULL;
  guint missing = 0;
  for (guint i = 0; i < loaded->len; i++)
    {
      MoeRun *run = ((const NullcurveLoaded *)g_ptr_array_index (loaded, i))->run;
      if (run != NULL)
        restore_run (open, i, run, runs);
      else
        missing++;
    }
  NullcurveRunItem *item = nullcurve_runs_model_find_source (runs, selected);
  if (untouched && item != NULL)
    nullcurve_runs_model_select (runs, item);
  return missing;
}

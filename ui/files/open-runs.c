/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/open-runs.h"

#include "ui/files/loader.h"

#include <string.h>

/* Source, title, palette, visible, pinned. */
#define ENTRY_FORMAT     "(ssibb)"
#define PUBLISHED_PREFIX "nullcurve-published:"

static const char published_key[] = "nullcurve-published";

void
nullcurve_open_runs_mark_published (NullcurveRunItem *item, int number)
{
  g_object_set_data (G_OBJECT (item), published_key, GINT_TO_POINTER (number));
}

int
nullcurve_open_runs_get_published (NullcurveRunItem *item)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (item), published_key));
}

static char *
dup_source (NullcurveRunItem *item)
{
  int published = nullcurve_open_runs_get_published (item);
  const char *source = moe_run_get_source (nullcurve_run_item_get_run (item));
  if (published > 0)
    return g_strdup_printf (PUBLISHED_PREFIX "%d", published - 1);
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
      g_autofree char *source = dup_source (item);
      if (source != NULL)
        g_variant_builder_add (&builder, ENTRY_FORMAT, source, nullcurve_run_item_get_title (item),
                               nullcurve_run_item_get_palette (item),
                               nullcurve_run_item_get_visible (item),
                               nullcurve_run_item_get_pinned (item));
    }
  return g_variant_builder_end (&builder);
}

/* The published run that a source names; -1: it names a file. */
static int
published_index (const char *source)
{
  if (!g_str_has_prefix (source, PUBLISHED_PREFIX))
    return -1;
  return (int)g_ascii_strtoll (source + strlen (PUBLISHED_PREFIX), NULL, 10);
}

GPtrArray *
nullcurve_open_runs_list_files (GVariant *open, gboolean *published)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);
  *published = FALSE;
  for (gsize i = 0; i < g_variant_n_children (open); i++)
    {
      const char *source;
      g_autoptr (GVariant) entry = g_variant_get_child_value (open, i);
      g_variant_get_child (entry, 0, "&s", &source);
      if (published_index (source) >= 0)
        *published = TRUE;
      else
        g_ptr_array_add (files, g_file_new_for_uri (source));
    }
  return files;
}

/* FALSE when its run is not there any more. */
static gboolean
restore_entry (GVariant *entry, MoeRun *run, NullcurveRunsModel *runs)
{
  const char *source, *title;
  gint32 palette;
  gboolean visible, pinned;
  g_variant_get (entry, "(&s&sibb)", &source, &title, &palette, &visible, &pinned);
  if (run == NULL)
    return FALSE;
  int published = published_index (source);
  /* It may have been opened by hand, or gone on with, while this was read. */
  NullcurveRunItem *item =
      published < 0 ? nullcurve_runs_model_find_source (runs, moe_run_get_source (run)) : NULL;
  if (item == NULL)
    item = nullcurve_runs_model_add (runs, run);
  else
    visible = TRUE;
  if (*title != '\0')
    nullcurve_run_item_set_title (item, title);
  if (published >= 0)
    nullcurve_open_runs_mark_published (item, published + 1);
  if (palette >= 0)
    nullcurve_run_item_set_palette (item, palette);
  nullcurve_run_item_set_visible (item, visible);
  if (pinned)
    nullcurve_runs_model_set_baseline (runs, item);
  return TRUE;
}

guint
nullcurve_open_runs_restore (GVariant *open, const GPtrArray *loaded, NullcurveRunsModel *runs)
{
  gboolean any;
  g_autoptr (GPtrArray) files = nullcurve_open_runs_list_files (open, &any);
  guint missing = 0, file = 0;
  for (gsize i = 0; i < g_variant_n_children (open); i++)
    {
      const char *source;
      g_autoptr (GVariant) entry = g_variant_get_child_value (open, i);
      g_variant_get_child (entry, 0, "&s", &source);
      int published = published_index (source);
      guint index = published < 0 ? file++ : files->len + (guint)published;
      MoeRun *run = index < loaded->len
                        ? ((const NullcurveLoaded *)g_ptr_array_index (loaded, index))->run
                        : NULL;
      missing += !restore_entry (entry, run, runs);
    }
  return missing;
}

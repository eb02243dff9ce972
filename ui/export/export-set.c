/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/export-set.h"

typedef struct Chart
{
  NullcurveFigure *figure;
  char *stem;
  char *caption;
  char *provenance;
  NullcurveExportOptions options; /* whose words are the two above */
} Chart;

struct NullcurveExportSet
{
  char *folder;
  NullcurveExportFormat format;
  GPtrArray *charts; /* of Chart */
  guint written;     /* by the thread, read once it is done */
  NullcurveExportProgress progress;
  gpointer data;
  GMainContext *context; /* where progress is told */
};

/* News on its way from the thread. */
typedef struct News
{
  NullcurveExportProgress progress;
  gpointer data;
  guint written;
  guint n;
} News;

static void
chart_free (gpointer data)
{
  Chart *chart = data;

  nullcurve_figure_free (chart->figure);
  g_free (chart->stem);
  g_free (chart->caption);
  g_free (chart->provenance);
  g_free (chart);
}

NullcurveExportSet *
nullcurve_export_set_new (const char *folder, NullcurveExportFormat format)
{
  NullcurveExportSet *set = g_new0 (NullcurveExportSet, 1);

  set->folder = g_strdup (folder);
  set->format = format;
  set->charts = g_ptr_array_new_with_free_func (chart_free);
  return set;
}

void
nullcurve_export_set_free (NullcurveExportSet *set)
{
  if (set == NULL)
    return;
  g_clear_pointer (&set->context, g_main_context_unref);
  g_ptr_array_unref (set->charts);
  g_free (set->folder);
  g_free (set);
}

void
nullcurve_export_set_add (NullcurveExportSet *set,
                          NullcurveFigure *figure,
                          const char *stem,
                          const NullcurveExportOptions *options)
{
  Chart *chart = g_new0 (Chart, 1);

  chart->figure = figure;
  chart->stem = g_strdup (stem);
  chart->caption = g_strdup (options->caption);
  chart->provenance = g_strdup (options->provenance);
  chart->options = *options;
  chart->options.caption = chart->caption;
  chart->options.provenance = chart->provenance;
  g_ptr_array_add (set->charts, chart);
}

guint
nullcurve_export_set_length (const NullcurveExportSet *set)
{
  return set->charts->len;
}

static char *
dup_free_path (const NullcurveExportSet *set, const char *stem)
{
  const char *ending = nullcurve_export_format_name (set->format);
  char *path = g_strdup_printf ("%s/%s.%s", set->folder, stem, ending);

  for (guint i = 2; g_file_test (path, G_FILE_TEST_EXISTS); i++)
    {
      g_free (path);
      path = g_strdup_printf ("%s/%s-%u.%s", set->folder, stem, i, ending);
    }
  return path;
}

static gboolean
tell_cb (gpointer data)
{
  const News *news = data;

  news->progress (news->written, news->n, news->data);
  return G_SOURCE_REMOVE;
}

/* Of the priority that the end has, so that it comes before that. */
static void
tell (const NullcurveExportSet *set)
{
  News *news;

  if (set->progress == NULL)
    return;
  news = g_new (News, 1);
  *news = (News){ set->progress, set->data, set->written, set->charts->len };
  g_main_context_invoke_full (set->context, G_PRIORITY_DEFAULT, tell_cb, news, g_free);
}

static void
write_all (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  NullcurveExportSet *set = data;
  GError *error = NULL;

  for (guint i = 0; i < set->charts->len; i++)
    {
      const Chart *chart = g_ptr_array_index (set->charts, i);
      g_autofree char *path = NULL;

      if (g_task_return_error_if_cancelled (task))
        return;
      path = dup_free_path (set, chart->stem);
      if (!nullcurve_chart_export (chart->figure, path, &chart->options, &error))
        {
          g_task_return_error (task, error);
          return;
        }
      set->written++;
      tell (set);
    }
  g_task_return_boolean (task, TRUE);
}

void
nullcurve_export_set_write (NullcurveExportSet *set,
                            GCancellable *cancellable,
                            NullcurveExportProgress progress,
                            GAsyncReadyCallback ready,
                            gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, ready, data);

  set->progress = progress;
  set->data = data;
  set->context = g_main_context_ref_thread_default ();
  g_task_set_task_data (task, set, (GDestroyNotify)nullcurve_export_set_free);
  /* One that is stopped at its end is done all the same. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, write_all);
}

gboolean
nullcurve_export_set_write_finish (GAsyncResult *result, guint *written, GError **error)
{
  const NullcurveExportSet *set = g_task_get_task_data (G_TASK (result));

  *written = set->written;
  return g_task_propagate_boolean (G_TASK (result), error);
}

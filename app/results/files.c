/* SPDX-License-Identifier: Apache-2.0 */
#include "app/results/files.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "app/command-line/tell.h"
#include "app/results/convert.h"
#include "app/results/output.h"
#include "engine/formats/formats.h"

/* How much was read, and what was left out and why: the sentence tells of one such thing, so that
 * the list is for several. */
static void
say_load (const MoeRun *run, const char *name)
{
  const MoeLoadSummary *summary = moe_run_get_summary (run);
  g_autofree char *load = moe_run_describe_load (run);
  nullcurve_bench_tell ("nullcurve-bench: %s: %s", name, load);
  if (summary->notes == NULL || strchr (summary->notes, '\n') == NULL)
    return;
  g_auto (GStrv) lines = g_strsplit (summary->notes, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    nullcurve_bench_tell ("nullcurve-bench: %s: %s", name, *line);
}

static gboolean
shares_title (const GPtrArray *runs, guint index)
{
  const char *title = moe_run_get_title (g_ptr_array_index (runs, index));
  for (guint i = 0; i < runs->len; i++)
    if (i != index && strcmp (moe_run_get_title (g_ptr_array_index (runs, i)), title) == 0)
      return TRUE;
  return FALSE;
}

/* The same sweep on the same machine has the same title each time; then the file tells them apart.
 */
static void
tell_apart (const NullcurveBenchArgs *args, GPtrArray *runs)
{
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < runs->len; i++)
    {
      const char *title = moe_run_get_title (g_ptr_array_index (runs, i));
      g_autofree char *name = g_utf8_make_valid (g_ptr_array_index (args->files, i), -1);
      g_ptr_array_add (titles, shares_title (runs, i) ? g_strdup_printf ("%s (%s)", title, name)
                                                      : g_strdup (title));
    }
  for (guint i = 0; i < runs->len; i++)
    moe_run_set_title (g_ptr_array_index (runs, i), g_ptr_array_index (titles, i));
}

static GPtrArray *
read_files (const NullcurveBenchArgs *args, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (guint i = 0; i < args->files->len; i++)
    {
      const char *name = g_ptr_array_index (args->files, i);
      /* "run-16:43:19.csv" is an address by its looks: a file of that name is that file. */
      g_autoptr (GFile) file = g_file_test (name, G_FILE_TEST_EXISTS)
                                   ? g_file_new_for_path (name)
                                   : g_file_new_for_commandline_arg (name);
      MoeRun *run = moe_formats_read_file (file, NULL, error);
      if (run == NULL)
        return NULL;
      say_load (run, name);
      g_ptr_array_add (runs, run);
    }
  return g_steal_pointer (&runs);
}

gboolean
nullcurve_bench_files (const NullcurveBenchArgs *args, GError **error)
{
  if (!nullcurve_bench_output_check (args, error)
      || (args->convert && !nullcurve_bench_convert_check (args, error)))
    return FALSE;
  g_autoptr (GPtrArray) runs = read_files (args, error);
  if (runs == NULL || (args->convert && !nullcurve_bench_convert (args, runs, error)))
    return FALSE;
  tell_apart (args, runs);
  return nullcurve_bench_output_files (args, runs, error);
}

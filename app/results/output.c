/* SPDX-License-Identifier: Apache-2.0 */
#include "app/results/output.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "app/command-line/error.h"
#include "app/command-line/tell.h"
#include "app/results/draw.h"
#include "app/results/terminal.h"
#include "engine/files/output.h"
#include "engine/formats/formats.h"
#include "engine/judge/compare.h"
#include "ui/export/export.h"
#include "ui/report/report.h"
#include "ui/words/comparison.h"
#include "ui/words/logbook.h"
#include "ui/words/tables.h"

static gboolean
check_file (const char *option, const char *path, GError **error)
{
  if (path == NULL)
    return TRUE;
  g_autoptr (GError) failure = NULL;
  if (moe_output_check (path, &failure))
    return TRUE;
  const char *reason = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY)
                           ? _ ("it is a folder")
                           : failure->message;
  return nullcurve_bench_refuse (
      error, _ ("--%s %s cannot be written: %s.  Allowed is a file in an existing folder."), option,
      path, reason);
}

/* Two outputs of one name would be one file, that of the last; what is made of files would replace
 * one of these.  Streams take one behind the other. */
static gboolean
check_apart (const char *option, const char *path, const char *other, GError **error)
{
  if (path == NULL || other == NULL || moe_output_is_stream (path)
      || !moe_output_same (path, other))
    return TRUE;
  return nullcurve_bench_refuse (
      error,
      _ ("--%s %s would replace %s, which is named beside it.  Allowed is a file of its "
         "own."),
      option, path, other);
}

static gboolean
check_all_apart (const NullcurveBenchArgs *args, const char *versus, GError **error)
{
  gboolean good = check_apart ("csv", args->csv, versus, error)
                  && check_apart ("chart", args->chart, args->csv, error)
                  && check_apart ("chart", args->chart, versus, error)
                  && check_apart ("report", args->report, args->csv, error)
                  && check_apart ("report", args->report, versus, error)
                  && check_apart ("report", args->report, args->chart, error);
  for (guint i = 0; good && args->files != NULL && i < args->files->len; i++)
    {
      const char *file = g_ptr_array_index (args->files, i);
      good = check_apart ("report", args->report, file, error)
             && check_apart ("chart", args->chart, file, error);
    }
  return good;
}

char *
nullcurve_bench_output_path (const char *path, gsize setup)
{
  if (path == NULL || setup == 0)
    return g_strdup (path);
  const char *name = strrchr (path, '/');
  const char *dot = strrchr (name != NULL ? name : path, '.');
  gsize stem = dot != NULL ? (gsize)(dot - path) : strlen (path);
  return g_strdup_printf ("%.*s.versus%s", (int)stem, path, path + stem);
}

gboolean
nullcurve_bench_output_refuse_journal (const char *path, GError **error)
{
  return nullcurve_bench_refuse (
      error,
      _ ("--journal %s exists already: allowed is a new file, or the journal that "
         "--resume names."),
      path);
}

/* Nothing is written over but what is gone on with. */
static gboolean
check_journal (const NullcurveBenchArgs *args, const char *path, GError **error)
{
  if (g_strcmp0 (path, "-") == 0 && args->versus != NULL)
    {
      return nullcurve_bench_refuse (
          error, _ ("--journal - writes one run to standard output, and --versus measures two: "
                    "allowed is the name of a file."));
    }
  if (g_strcmp0 (path, "-") == 0)
    return TRUE;
  return check_file ("journal", path, error) && check_apart ("journal", path, args->csv, error)
         && check_apart ("journal", path, args->chart, error)
         && check_apart ("journal", path, args->report, error)
         && (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)
             || (args->resume != NULL && moe_output_same (path, args->resume))
             || nullcurve_bench_output_refuse_journal (path, error));
}

gboolean
nullcurve_bench_output_check (const NullcurveBenchArgs *args, GError **error)
{
  if (args->chart != NULL && !nullcurve_export_knows_extension (args->chart))
    {
      return nullcurve_bench_refuse (
          error, _ ("--chart %s has no known ending: allowed is .png, .svg or .pdf."), args->chart);
    }
  g_autoptr (GError) size = NULL;
  if (args->chart != NULL
      && !nullcurve_export_check (args->chart, &args->drawing.document.options, &size))
    return nullcurve_bench_refuse (error, "%s", size->message);
  if (args->report != NULL && !nullcurve_report_knows_extension (args->report))
    {
      return nullcurve_bench_refuse (
          error, _ ("--report %s has no known ending: allowed is .md or .html."), args->report);
    }
  gsize last = args->versus != NULL ? 1 : 0;
  g_autofree char *versus = last > 0 ? nullcurve_bench_output_path (args->csv, last) : NULL;
  g_autofree char *journal = nullcurve_bench_output_path (args->journal, last);
  return check_journal (args, args->journal, error) && check_journal (args, journal, error)
         && (args->convert || check_file ("csv", args->csv, error))
         && check_file ("csv", versus, error) && check_file ("chart", args->chart, error)
         && check_file ("report", args->report, error) && check_all_apart (args, versus, error);
}

gboolean
nullcurve_bench_output_check_trace (const char *folder, GError **error)
{
  const char *reason = NULL;
  if (g_mkdir_with_parents (folder, 0777) != 0)
    reason = g_strerror (errno);
  else if (g_access (folder, W_OK | X_OK) != 0)
    reason = g_strerror (errno);
  if (reason == NULL)
    return TRUE;
  g_autofree char *shown = g_utf8_make_valid (folder, -1);
  return nullcurve_bench_refuse (
      error,
      _ ("--trace-dir %s cannot be written to: %s.  Allowed is a folder, or a name for a new "
         "one."),
      shown, reason);
}

gboolean
nullcurve_bench_output_csv (const NullcurveBenchArgs *args,
                            gsize setup,
                            const MoeRun *run,
                            GError **error)
{
  g_autofree char *path = nullcurve_bench_output_path (args->csv, setup);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  return moe_formats_write_csv (run, file, error);
}

static gboolean
write_report (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (args->report);
  if (!nullcurve_report_write (runs, file, error))
    return FALSE;
  nullcurve_bench_tell (_ ("Report is in %s.\n"), args->report);
  return TRUE;
}

static void
print_logbook (const NullcurveBenchArgs *args, MoeRun *const *runs, gsize n_runs)
{
  g_autoptr (GString) tables = moe_tables_logbook (runs, n_runs, args->gain_topk);
  nullcurve_bench_print_text (tables->str);
}

static gboolean
finish_csv (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error)
{
  for (guint i = 0; args->csv != NULL && i < runs->len; i++)
    if (!nullcurve_bench_output_csv (args, i, g_ptr_array_index (runs, i), error))
      return FALSE;
  g_autofree char *second = runs->len > 1 ? nullcurve_bench_output_path (args->csv, 1) : NULL;
  if (args->csv != NULL && second != NULL)
    nullcurve_bench_tell (_ ("CSV is in %s and %s.\n"), args->csv, second);
  else if (args->csv != NULL)
    nullcurve_bench_tell (_ ("CSV is in %s.\n"), args->csv);
  return TRUE;
}

static gboolean
finish_chart (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error)
{
  if (args->chart == NULL)
    return TRUE;
  if (!nullcurve_bench_draw (args, (MoeRun *const *)runs->pdata, runs->len, error))
    return FALSE;
  nullcurve_bench_tell (_ ("Chart is in %s.\n"), args->chart);
  return TRUE;
}

static gboolean
finish_report (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error)
{
  return args->report == NULL || write_report (args, runs, error);
}

/* A blank line between one text and the next. */
static void
begin_text (gboolean *is_first)
{
  if (!*is_first)
    putchar ('\n');
  *is_first = FALSE;
}

static void
print_tables (GPtrArray *runs, gboolean *is_first)
{
  for (guint i = 0; i < runs->len; i++)
    {
      g_autoptr (GString) table = moe_tables_points (g_ptr_array_index (runs, i));
      begin_text (is_first);
      if (runs->len > 1)
        printf ("%s\n\n", moe_run_get_title (g_ptr_array_index (runs, i)));
      nullcurve_bench_print_text (table->str);
    }
}

static void
print_comparison (MoeRun *const *runs)
{
  g_autoptr (MoeComparison) comparison = moe_compare (runs, 1, runs + 1, 1);
  g_autoptr (GString) text = nullcurve_words_comparison_text (comparison);
  nullcurve_bench_print_text (text->str);
}

/* On failure *error is kept when there is one already, and this one told here. */
static gboolean
print_plot (const NullcurveBenchArgs *args, GPtrArray *runs, gboolean *is_first, GError **error)
{
  g_autoptr (GError) failure = NULL;
  begin_text (is_first);
  if (nullcurve_bench_plot (args, (MoeRun *const *)runs->pdata, runs->len, &failure))
    return TRUE;
  if (error != NULL && *error == NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    nullcurve_bench_tell ("nullcurve-bench: %s", failure->message);
  return FALSE;
}

static gboolean
print_texts (const NullcurveBenchArgs *args,
             GPtrArray *runs,
             gboolean compare,
             gboolean is_first,
             GError **error)
{
  gboolean good = TRUE;
  if (args->table)
    print_tables (runs, &is_first);
  if (args->plot)
    good = print_plot (args, runs, &is_first, error);
  if (args->logbook)
    {
      begin_text (&is_first);
      print_logbook (args, (MoeRun *const *)runs->pdata, runs->len);
    }
  if (compare)
    {
      begin_text (&is_first);
      print_comparison ((MoeRun *const *)runs->pdata);
    }
  return good;
}

/* What cannot be written keeps nothing else from being written: the samples are not taken again.
 * The first failure is the caller's to tell, unless the caller has another; the rest are told here.
 */
static gboolean
write_all (const NullcurveBenchArgs *args, GPtrArray *runs, gboolean with_csv, GError **error)
{
  gboolean (*const steps[]) (const NullcurveBenchArgs *, GPtrArray *,
                             GError **) = { finish_csv, finish_chart, finish_report };
  gboolean good = TRUE;
  for (gsize i = with_csv ? 0 : 1; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) failure = NULL;
      if (steps[i](args, runs, &failure))
        continue;
      if (good && error != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
      else
        nullcurve_bench_tell ("nullcurve-bench: %s", failure->message);
      good = FALSE;
    }
  return good;
}

gboolean
nullcurve_bench_output_finish (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error)
{
  gboolean good = write_all (args, runs, TRUE, error);
  return print_texts (args, runs, runs->len > 1, FALSE, error) && good;
}

gboolean
nullcurve_bench_output_files (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error)
{
  gboolean good = write_all (args, runs, FALSE, error);
  return print_texts (args, runs, args->compare, TRUE, error) && good;
}

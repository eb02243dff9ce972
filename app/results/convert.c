/* SPDX-License-Identifier: Apache-2.0 */
#include "app/results/convert.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "app/command-line/error.h"
#include "app/command-line/tell.h"
#include "engine/files/output.h"
#include "engine/formats/csv.h"
#include "engine/formats/formats.h"
#include "engine/formats/parts/columns.h"
#include "engine/text/tame.h"

enum
{
  MOST_LETTERS = 500 /* of a name in a sentence */
};

static char *
shown_name (const char *path)
{
  return moe_text_tame (path, MOST_LETTERS);
}

/* --- where to --- */

static gboolean
is_folder (const char *path)
{
  return g_str_has_suffix (path, "/") || g_file_test (path, G_FILE_TEST_IS_DIR);
}

static const char *
file_of (const NullcurveBenchArgs *args, guint i)
{
  return g_ptr_array_index (args->files, i);
}

/* Where the CSV of a file goes: NULL is standard output. */
static char *
target_of (const NullcurveBenchArgs *args, guint i)
{
  if (args->csv == NULL || !is_folder (args->csv))
    return g_strdup (args->csv);
  g_autofree char *base = g_path_get_basename (file_of (args, i));
  char *dot = strrchr (base, '.');
  if (dot != NULL && dot > base)
    *dot = '\0';
  g_autofree char *name = g_strconcat (base, ".csv", NULL);
  return g_build_filename (args->csv, name, NULL);
}

static gboolean
refuse_target (const char *target, const char *reason, GError **error)
{
  g_autofree char *shown = shown_name (target);
  return nullcurve_bench_refuse (error, _ ("%s cannot be written: %s."), shown, reason);
}

/* Not what is read, and not what another file becomes. */
static gboolean
check_alone (const NullcurveBenchArgs *args, guint index, const char *target, GError **error)
{
  g_autofree char *shown = shown_name (target);
  for (guint i = 0; i < args->files->len; i++)
    {
      g_autofree char *file = shown_name (file_of (args, index));
      g_autofree char *other = i < index ? target_of (args, i) : NULL;
      if (moe_output_same (target, file_of (args, i)))
        return nullcurve_bench_refuse (
            error, _ ("%s is read and would be replaced: --csv says where else to write."), shown);
      if (other != NULL && moe_output_same (target, other))
        return nullcurve_bench_refuse (error,
                                       _ ("%s would become %s, as a file named before it: allowed "
                                          "are files of different names."),
                                       file, shown);
    }
  return TRUE;
}

gboolean
nullcurve_bench_convert_check (const NullcurveBenchArgs *args, GError **error)
{
  if (args->files->len > 1 && (args->csv == NULL || !is_folder (args->csv)))
    return nullcurve_bench_refuse (
        error,
        _ ("--convert makes a CSV of each of %u files: allowed is --csv with an existing folder."),
        args->files->len);
  for (guint i = 0; args->csv != NULL && i < args->files->len; i++)
    {
      g_autofree char *target = target_of (args, i);
      g_autoptr (GError) failure = NULL;
      if (!moe_output_check (target, &failure))
        return refuse_target (target, failure->message, error);
      if (!moe_output_is_stream (target) && !check_alone (args, i, target, error))
        return FALSE;
    }
  return TRUE;
}

/* --- what is not told --- */

static gboolean
is_of_samples (const MoeColumn *column)
{
  return column->kind == MOE_COLUMN_SAMPLES || column->kind == MOE_COLUMN_TAKEN_ORDINAL
         || column->kind == MOE_COLUMN_TAKEN_COUNT || column->kind == MOE_COLUMN_TAKEN_REAL
         || column->kind == MOE_COLUMN_N_SAMPLES || column->kind == MOE_COLUMN_N_USED
         || column->kind == MOE_COLUMN_DERIVED;
}

static void
append_word (GString *words, const char *word)
{
  g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", word);
}

/* The columns that are empty in every row; those of samples, and those of stages, as one where all
 * of them are. */
static void
append_empty (GString *words, const gsize counts[MOE_N_COLUMNS])
{
  gsize n, samples = 0, stages = 0;
  const MoeColumn *columns = moe_columns (&n);
  for (gsize i = 0; i < n; i++)
    {
      samples += is_of_samples (&columns[i]) && counts[i] > 0;
      stages += i >= MOE_N_FIXED_COLUMNS && counts[i] > 0;
    }
  if (samples == 0)
    append_word (words, _ ("samples"));
  for (gsize i = 0; i < MOE_N_FIXED_COLUMNS; i++)
    if (counts[i] == 0 && !(samples == 0 && is_of_samples (&columns[i])))
      append_word (words, columns[i].name);
  if (stages == 0)
    append_word (words, _ ("stage times"));
  for (gsize i = MOE_N_FIXED_COLUMNS; stages > 0 && i < n; i++)
    if (counts[i] == 0)
      append_word (words, columns[i].name);
}

static void
append_partly (GString *words, const gsize counts[MOE_N_COLUMNS], gsize n_rows)
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  for (gsize i = 0; i < n; i++)
    if (counts[i] > 0 && counts[i] < n_rows)
      {
        g_autofree char *part = g_strdup_printf (_ ("%s in %zu of %zu rows"), columns[i].name,
                                                 n_rows - counts[i], n_rows);
        append_word (words, part);
      }
}

/* What lets somebody measure it again. */
static void
append_facts (GString *words, const MoeRun *run)
{
  static const char *const facts[] = { "date",    "host", "cpu",  "accelerator",
                                       "threads", "blas", "seed", "command" };
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    if (moe_run_get_fact (run, facts[i]) == NULL)
      append_word (words, facts[i]);
}

static void
say_unknown (const MoeRun *run, const char *name)
{
  gsize counts[MOE_N_COLUMNS] = { 0 };
  gsize n_rows = moe_run_get_n_records (run);
  g_autoptr (GString) columns = g_string_new (NULL);
  g_autoptr (GString) facts = g_string_new (NULL);
  for (gsize i = 0; i < n_rows; i++)
    moe_columns_count (moe_run_get_record (run, i), counts);
  append_empty (columns, counts);
  append_partly (columns, counts, n_rows);
  append_facts (facts, run);
  if (columns->len > 0)
    nullcurve_bench_tell (_ ("nullcurve-bench: %s: not told of the points: %s.\n"), name,
                          columns->str);
  if (facts->len > 0)
    nullcurve_bench_tell (_ ("nullcurve-bench: %s: not told of the run: %s.\n"), name, facts->str);
}

/* A journal has the stages of every sample, a row their medians. */
static void
say_lost (const MoeRun *run, const char *name)
{
  gboolean has_stages = FALSE;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    for (int stage = 0; stage < MOE_N_STAGES; stage++)
      has_stages |= moe_run_get_record (run, i)->stage_s[stage] > 0;
  if (has_stages && moe_run_get_format (run) == MOE_RUN_FORMAT_JOURNAL)
    nullcurve_bench_tell (
        _ ("nullcurve-bench: %s: left out: the stage times of each sample, of which a row has "
           "the medians.\n"),
        name);
}

/* --- writing --- */

static gboolean
write_run (const MoeRun *run, const char *target, GError **error)
{
  if (target != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (target);
      return moe_formats_write_csv (run, file, error);
    }
  g_autoptr (GString) text = moe_formats_to_csv (run);
  fputs (text->str, stdout);
  return TRUE;
}

gboolean
nullcurve_bench_convert (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error)
{
  for (guint i = 0; i < runs->len; i++)
    {
      const MoeRun *run = g_ptr_array_index (runs, i);
      g_autofree char *name = shown_name (file_of (args, i));
      g_autofree char *target = target_of (args, i);
      g_autofree char *shown = target != NULL ? shown_name (target) : NULL;
      if (!write_run (run, target, error))
        return FALSE;
      say_lost (run, name);
      say_unknown (run, name);
      if (shown != NULL)
        nullcurve_bench_tell (_ ("CSV of %s is in %s.\n"), name, shown);
    }
  return TRUE;
}

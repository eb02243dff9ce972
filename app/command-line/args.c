/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/args.h"

#include <glib/gi18n.h>
#include <stddef.h>
#include <string.h>

#include "app/command-line/completion.h"
#include "app/command-line/error.h"
#include "app/command-line/needless.h"
#include "app/command-line/read.h"
#include "app/program/data-dir.h"
#include "engine/base/input.h"
#include "engine/options/number.h"
#include "engine/options/plan.h"
#include "engine/sweep/presets.h"

/* Without the table there are shapes alone. */
static void
add_workloads (GPtrArray *presets)
{
  g_autofree char *path = nullcurve_data_dir_find (MOE_PRESETS_LOADS);
  g_autofree char *text = NULL;
  MoeError fault;
  if (path != NULL && moe_input_read (path, MOE_PRESETS_MAX_BYTES, &text, NULL, &fault) == MOE_OK)
    moe_presets_add_loads (presets, text);
}

static gboolean
load_presets (GPtrArray **presets, GError **error)
{
  g_autofree char *path = nullcurve_data_dir_find ("presets.csv");
  g_autofree char *text = NULL;
  MoeError fault;
  if (path == NULL)
    {
      g_autofree char *folders = nullcurve_data_dir_list ();
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED,
                   _ ("--preset needs presets.csv, which is in none of the folders looked in: %s. "
                      "The environment variable NULLCURVE_DATA_DIR can name another."),
                   folders);
      return FALSE;
    }
  if (moe_input_read (path, MOE_PRESETS_MAX_BYTES, &text, NULL, &fault) != MOE_OK)
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED,
                   _ ("--preset needs presets.csv.  %s"), fault.message);
      return FALSE;
    }
  *presets = moe_presets_parse (text);
  add_workloads (*presets);
  return TRUE;
}

/* A preset is for those who ask what null routing buys, so it starts from one implementation and
 * one distribution. */
static gboolean
apply_preset (NullcurveBenchArgs *args, GError **error)
{
  g_autoptr (GPtrArray) presets = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  if (!load_presets (&presets, error))
    return FALSE;
  for (guint i = 0; i < presets->len; i++)
    {
      const MoePreset *preset = g_ptr_array_index (presets, i);
      if (g_ascii_strcasecmp (preset->name, args->preset) == 0)
        {
          moe_options_init_single (&args->options);
          moe_presets_apply (preset, &args->options);
          return TRUE;
        }
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", preset->name);
    }
  g_autofree char *shown = g_utf8_make_valid (args->preset, -1);
  return nullcurve_bench_refuse (
      error, _ ("--preset \"%s\" is not one of the presets: allowed is %s."), shown, names->str);
}

/* The upper end of the range is for moe_matrix_jobs () to know. */
static gboolean
read_divisor (const char *name, const char *text, gsize *divisor, GError **error)
{
  uint64_t whole = 0;
  g_autofree char *shown = g_utf8_make_valid (text, -1);
  MoeNumberFault fault = moe_options_parse_whole (text, strlen (text), &whole);
  if (fault != MOE_NUMBER_OK || whole == 0 || whole > G_MAXSIZE)
    return nullcurve_bench_refuse (
        error, _ ("--%s \"%s\" is not a whole number: allowed is 1 and more."), name, shown);
  *divisor = (gsize)whole;
  return TRUE;
}

static gboolean
read_scale (NullcurveBenchArgs *args, GError **error)
{
  const char *text = args->scale_text != NULL ? args->scale_text : args->scale_widths_text;
  if (text != NULL && !args->has_matrix)
    {
      g_autofree char *shown = g_utf8_make_valid (text, -1);
      return nullcurve_bench_refuse (
          error,
          args->scale_text != NULL
              ? _ ("--scale %s divides the tokens of --matrix, which is not given; --tokens says "
                   "how many a single sweep has.")
              : _ ("--scale-widths %s divides the widths of --matrix, which is not given; --hidden "
                   "and --mlp-dim say those of a single sweep."),
          shown);
    }
  return (args->scale_text == NULL
          || read_divisor ("scale", args->scale_text, &args->scale.tokens, error))
         && (args->scale_widths_text == NULL
             || read_divisor ("scale-widths", args->scale_widths_text, &args->scale.widths, error));
}

static gboolean
read_matrix (NullcurveBenchArgs *args, GError **error)
{
  int matrix;
  if (!moe_name_parse (&moe_matrix_names, args->matrix_name, &matrix))
    {
      g_autofree char *shown = g_utf8_make_valid (args->matrix_name, -1);
      return nullcurve_bench_refuse (error,
                                     _ ("--matrix \"%s\" is not one of its values: allowed is %s."),
                                     shown, nullcurve_bench_spec_find ("matrix")->value);
    }
  args->has_matrix = TRUE;
  args->matrix = (MoeMatrix)matrix;
  moe_matrix_init_options (args->matrix, &args->options);
  return TRUE;
}

/* What the matrix sets itself nobody else may. */
static gboolean
check_matrix (const NullcurveBenchArgs *args, GError **error)
{
  const char *clash = args->preset != NULL ? "preset" : NULL;
  if (args->dump_dir != NULL)
    return nullcurve_bench_refuse (
        error,
        _ ("--dump-tensors writes the points of a single sweep and does not go with "
           "--matrix %s."),
        args->matrix_name);
  for (guint i = 0; clash == NULL && i < args->given->len; i++)
    {
      const MoeOptionSpec *spec = g_array_index (args->given, NullcurveBenchGiven, i).spec;
      if (moe_matrix_sets (args->matrix, spec))
        clash = spec->name;
    }
  if (clash == NULL)
    return TRUE;
  return nullcurve_bench_refuse (
      error,
      _ ("--%s does not go with --matrix %s, which sets it itself: allowed is one of the "
         "two."),
      clash, args->matrix_name);
}

static gboolean
apply_given (NullcurveBenchArgs *args, GError **error)
{
  MoeError engine_error;
  for (guint i = 0; i < args->given->len; i++)
    {
      const NullcurveBenchGiven *given = &g_array_index (args->given, NullcurveBenchGiven, i);
      if (moe_options_set (&args->options, given->spec->name, given->value, &engine_error)
          != MOE_OK)
        return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED,
                                                  &engine_error);
    }
  return TRUE;
}

static gboolean
is_topk (const MoeOptionSpec *spec)
{
  return spec->offset == offsetof (MoeOptions, topk);
}

/* The first option of the program's own that only a sweep would heed, or NULL. */
static const char *
find_own_of_sweep (const NullcurveBenchArgs *args)
{
  const struct
  {
    const char *name;
    gboolean given;
  } own[] = {
    { "journal", args->journal != NULL },     { "dump-tensors", args->dump_dir != NULL },
    { "trace-dir", args->trace_dir != NULL }, { "resume", args->resume != NULL },
    { "versus", args->versus != NULL },       { "matrix", args->has_matrix },
    { "preset", args->preset != NULL },       { "progress", args->progress != NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    if (own[i].given)
      return own[i].name;
  return NULL;
}

/* The first option given that only a measurement would heed, or NULL.  Of the logbook's tables, (b)
 * is of one top-k, which may be chosen. */
static const char *
needless_beside_files (const NullcurveBenchArgs *args)
{
  const char *own = args->asks.calibrate                  ? "calibrate"
                    : args->asks.facts                    ? "facts"
                    : args->asks.forecast                 ? "forecast"
                    : args->place.on != NULL              ? "on"
                    : args->place.through != NULL         ? "through"
                    : args->place.there != NULL           ? "there"
                    : args->csv != NULL && !args->convert ? "csv"
                                                          : find_own_of_sweep (args);
  if (own != NULL)
    return own;
  for (guint i = 0; i < args->given->len; i++)
    {
      const MoeOptionSpec *spec = g_array_index (args->given, NullcurveBenchGiven, i).spec;
      if (!(args->logbook && is_topk (spec)))
        return spec->name;
    }
  return NULL;
}

/* What can be made of files. */
static gboolean
reads_files (const NullcurveBenchArgs *args)
{
  return args->table || args->plot || args->logbook || args->compare || args->convert
         || args->chart != NULL || args->report != NULL;
}

/* A CSV on standard output is alone there. */
static gboolean
check_convert (const NullcurveBenchArgs *args, GError **error)
{
  const char *beside = args->table     ? "table"
                       : args->plot    ? "plot"
                       : args->logbook ? "logbook"
                       : args->compare ? "compare"
                                       : NULL;
  if (args->files->len == 0)
    return nullcurve_bench_refuse (
        error, _ ("--convert needs a file: allowed is --convert FILE, or several with --csv "
                  "FOLDER."));
  if (beside != NULL && args->csv == NULL)
    return nullcurve_bench_refuse (
        error,
        _ ("--%s does not go with the CSV of --convert on standard output: --csv says "
           "where that is to be written."),
        beside);
  return TRUE;
}

/* Files are read instead of measuring, so nothing that is for a measurement may be asked for
 * beside them. */
static gboolean
check_files (NullcurveBenchArgs *args, GError **error)
{
  if (args->compare && args->files->len != 2)
    return nullcurve_bench_refuse (
        error, _ ("--compare needs two files, and %u were named: allowed is --compare A B."),
        args->files->len);
  if (args->convert && !check_convert (args, error))
    return FALSE;
  if (args->files->len == 0)
    return TRUE;
  if (!reads_files (args))
    {
      g_autofree char *shown = g_utf8_make_valid (g_ptr_array_index (args->files, 0), -1);
      return nullcurve_bench_refuse (
          error,
          _ ("\"%s\" is no option: files are read only with --table, --plot, --chart, --report, "
             "--logbook, --compare or --convert."),
          shown);
    }
  const char *needless = needless_beside_files (args);
  if (needless == NULL)
    {
      args->gain_topk = args->given->len > 0 ? args->options.topk : 0;
      return TRUE;
    }
  return nullcurve_bench_refuse (
      error, _ ("--%s is for what is measured, but with files named nothing is."), needless);
}

/* The first option given that says what is to be made of points, or NULL. */
static const char *
find_result (const NullcurveBenchArgs *args)
{
  return args->report != NULL  ? "report"
         : args->chart != NULL ? "chart"
         : args->table         ? "table"
         : args->plot          ? "plot"
         : args->csv != NULL   ? "csv"
         : args->convert       ? "convert"
         : args->logbook       ? "logbook"
         : args->compare       ? "compare"
                               : NULL;
}

/* The first option given that a calibration does not heed, or NULL. */
static const char *
needless_beside_calibrate (const NullcurveBenchArgs *args)
{
  const char *own = find_result (args);
  own = own != NULL ? own : args->asks.forecast ? "forecast" : find_own_of_sweep (args);
  for (guint i = 0; own == NULL && i < args->given->len; i++)
    {
      const MoeOptionSpec *spec = g_array_index (args->given, NullcurveBenchGiven, i).spec;
      if (spec->offset != offsetof (MoeOptions, choice[MOE_CHOICE_DTYPE])
          && spec->offset != offsetof (MoeOptions, threads))
        own = spec->name;
    }
  return own;
}

static gboolean
check_calibrate (const NullcurveBenchArgs *args, GError **error)
{
  const char *needless = args->asks.calibrate ? needless_beside_calibrate (args) : NULL;
  if (needless == NULL)
    return TRUE;
  return nullcurve_bench_refuse (
      error,
      _ ("--%s does not go with --calibrate, which measures the machine and no sweep: "
         "allowed are --dtype and --threads."),
      needless);
}

/* Facts are of the machine, whatever else is asked for. */
static gboolean
check_facts (const NullcurveBenchArgs *args, GError **error)
{
  const char *own = find_result (args);
  const char *beside = !args->asks.facts      ? NULL
                       : args->asks.calibrate ? "calibrate"
                       : args->asks.forecast  ? "forecast"
                       : own != NULL          ? own
                       : args->given->len > 0
                           ? g_array_index (args->given, NullcurveBenchGiven, 0).spec->name
                           : find_own_of_sweep (args);
  if (beside == NULL)
    return TRUE;
  return nullcurve_bench_refuse (
      error, _ ("--%s does not go with --facts, which tells the machine and measures nothing."),
      beside);
}

static gboolean
check_forecast (const NullcurveBenchArgs *args, GError **error)
{
  const char *own = find_result (args);
  const char *beside = !args->asks.forecast      ? NULL
                       : own != NULL             ? own
                       : args->journal != NULL   ? "journal"
                       : args->dump_dir != NULL  ? "dump-tensors"
                       : args->trace_dir != NULL ? "trace-dir"
                       : args->progress != NULL  ? "progress"
                       : args->versus != NULL    ? "versus"
                                                 : NULL;
  if (beside == NULL)
    return TRUE;
  return nullcurve_bench_refuse (
      error,
      _ ("--%s does not go with --forecast, which measures nothing: allowed is what says which "
         "sweep is meant."),
      beside);
}

/* One place, which has a name. */
static gboolean
check_place (const NullcurveBenchArgs *args, GError **error)
{
  if (args->place.on != NULL && args->place.through != NULL)
    return nullcurve_bench_refuse (
        error, _ ("--on and --through both say where to measure: allowed is one of them."));
  if (args->place.there != NULL && args->place.on == NULL && args->place.through == NULL)
    return nullcurve_bench_refuse (
        error, _ ("--there is of a place that --on or --through names, and neither is given."));
  return TRUE;
}

/* Two setups are one sweep each, from its first point to its last. */
static gboolean
check_versus (const NullcurveBenchArgs *args, GError **error)
{
  const char *clash = args->has_matrix         ? "matrix"
                      : args->resume != NULL   ? "resume"
                      : args->dump_dir != NULL ? "dump-tensors"
                                               : NULL;
  if (clash == NULL)
    return TRUE;
  return nullcurve_bench_refuse (
      error,
      _ ("--versus measures two setups of one sweep side by side, from the start, and does "
         "not go with --%s: allowed is one of the two."),
      clash);
}

/* How starts differ is part of what is judged, so there are several unless the number is given. */
static gboolean
read_versus (NullcurveBenchArgs *args, GError **error)
{
  MoeOptions *options = &args->options;
  if (args->versus == NULL)
    return TRUE;
  if (!check_versus (args, error))
    return FALSE;
  if (options->starts == 0 && !options->until_settled)
    options->starts = MIN (MOE_PLAN_LEAST_STARTS, options->iters);
  options->beside_another = true;
  args->versus_options = *options;
  if (nullcurve_bench_read_changes (args->versus, &args->versus_options, args->versus_given, error))
    return TRUE;
  g_autofree char *shown = g_utf8_make_valid (args->versus, -1);
  g_prefix_error (error, "--versus \"%s\": ", shown);
  return FALSE;
}

static gboolean
read_drawing (NullcurveBenchArgs *args, GError **error)
{
  const NullcurveBenchWanted wanted = {
    .chart = args->chart,
    .plot = args->plot,
    .n_runs = args->files->len > 0   ? args->files->len
              : args->versus != NULL ? 2
                                     : 1,
  };
  return nullcurve_bench_chart_read (&args->look, &wanted, &args->drawing, error);
}

char **
nullcurve_bench_preset_names (GError **error)
{
  g_autoptr (GPtrArray) presets = NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  if (!load_presets (&presets, error))
    return NULL;
  for (guint i = 0; i < presets->len; i++)
    g_strv_builder_add (names, ((const MoePreset *)g_ptr_array_index (presets, i))->name);
  return g_strv_builder_end (names);
}

/* `values` is "a|b|c". */
static gboolean
check_one_of (const char *option, const char *given, const char *values, GError **error)
{
  g_auto (GStrv) allowed = g_strsplit (values, "|", -1);
  if (given == NULL || g_strv_contains ((const char *const *)allowed, given))
    return TRUE;
  g_autofree char *shown = g_utf8_make_valid (given, -1);
  return nullcurve_bench_refuse (error, _ ("--%s \"%s\" is not one of its values: allowed is %s."),
                                 option, shown, values);
}

static gboolean
check_words (const NullcurveBenchArgs *args, GError **error)
{
  return check_one_of ("help-completion", args->help_completion, nullcurve_bench_shells, error)
         && check_one_of ("progress", args->progress, nullcurve_bench_progress_forms, error);
}

/* All arguments are read: find out what they mean together, put preset or matrix under the options
 * that were given, and refuse what does not go together. */
static gboolean
finish (NullcurveBenchArgs *args, GError **error)
{
  moe_options_init (&args->options);
  if (args->matrix_name != NULL && !(read_matrix (args, error) && check_matrix (args, error)))
    return FALSE;
  if (!read_scale (args, error))
    return FALSE;
  if (args->preset != NULL && !apply_preset (args, error))
    return FALSE;
  if (!(check_words (args, error) && apply_given (args, error) && check_files (args, error)
        && check_calibrate (args, error) && check_facts (args, error)
        && check_forecast (args, error) && check_place (args, error) && read_versus (args, error)
        && read_drawing (args, error)))
    return FALSE;
  nullcurve_bench_note_needless (args);
  return TRUE;
}

gboolean
nullcurve_bench_args_parse (char **argv, NullcurveBenchArgs *args, GError **error)
{
  *args = (NullcurveBenchArgs){
    .scale = { .tokens = 1, .widths = 1 },
    .files = g_ptr_array_new_with_free_func (g_free),
    .given = g_array_new (FALSE, FALSE, sizeof (NullcurveBenchGiven)),
    .versus_given = g_array_new (FALSE, FALSE, sizeof (NullcurveBenchGiven)),
    .own = g_ptr_array_new (),
    .notes = g_ptr_array_new_with_free_func (g_free),
  };
  if (nullcurve_bench_read (argv, args, error) && finish (args, error))
    return TRUE;
  nullcurve_bench_args_clear (args);
  return FALSE;
}

void
nullcurve_bench_args_clear (NullcurveBenchArgs *args)
{
  gsize n;
  const NullcurveBenchSpec *specs = nullcurve_bench_specs (&n);
  for (gsize i = 0; i < n; i++)
    if (specs[i].value != NULL && !specs[i].is_file)
      g_clear_pointer (&G_STRUCT_MEMBER (char *, args, specs[i].offset), g_free);
  g_clear_pointer (&args->command_line, g_free);
  g_clear_pointer (&args->files, g_ptr_array_unref);
  g_clear_pointer (&args->given, g_array_unref);
  g_clear_pointer (&args->versus_given, g_array_unref);
  g_clear_pointer (&args->own, g_ptr_array_unref);
  g_clear_pointer (&args->notes, g_ptr_array_unref);
}

gboolean
nullcurve_bench_args_sweeps (const NullcurveBenchArgs *args,
                             MoeOptions sweeps[MOE_MATRIX_MAX_JOBS],
                             gsize *n_sweeps,
                             GError **error)
{
  MoeError engine_error;
  MoeStatus status;
  if (args->has_matrix)
    status = moe_matrix_jobs (args->matrix, &args->options, args->scale, sweeps, n_sweeps,
                              &engine_error);
  else
    {
      sweeps[0] = args->options;
      *n_sweeps = 1;
      status = moe_options_validate (&args->options, &engine_error);
    }
  if (status != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, &engine_error);
  return TRUE;
}

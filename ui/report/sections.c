/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says, section by section, in order. */
#include "ui/report/sections.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/bench/verify.h"
#include "engine/judge/bound.h"
#include "engine/judge/compare.h"
#include "engine/records/run-noise.h"
#include "engine/text/tame.h"
#include "ui/report/charts.h"
#include "ui/report/cut.h"
#include "ui/words/advice.h"
#include "ui/words/cells.h"
#include "ui/words/comparison.h"
#include "ui/words/conclusion.h"
#include "ui/words/grid.h"
#include "ui/words/judged.h"
#include "ui/words/logbook.h"
#include "ui/words/tables.h"

enum
{
  MIN_SAMPLES = 4, /* 4 against 4 is the least that can show a difference */
  MAX_COMPARISONS = 6,
  MAX_SHOWN_FACT = 2000, /* characters */
  MAX_SHOWN_CODE = 20000
};

static MoeRun *
get_run (const GPtrArray *runs, guint index)
{
  return g_ptr_array_index (runs, index);
}

/* Text of others as Markdown: no markup of its own. */
static char *
escape (const char *value)
{
  return moe_cell_clean (value, "|\\`*[]<#");
}

static void
append_item (GString *text, const char *sentence)
{
  g_autofree char *escaped = escape (sentence);
  g_string_append_printf (text, "- %s\n", escaped);
}

/* What `make` has to say of each run, under the run's title where there are several.  NULL or
 * nothing is nothing to say; FALSE when that is all. */
static gboolean
append_runs (GString *text, const NullcurveReport *report, GString *(*make) (const MoeRun *))
{
  gboolean any = FALSE;
  for (guint i = 0; i < report->runs->len; i++)
    {
      g_autoptr (GString) of_run = make (get_run (report->runs, i));
      g_autofree char *title = escape (moe_run_get_title (get_run (report->runs, i)));
      if (of_run == NULL || of_run->len == 0)
        continue;
      any = TRUE;
      if (report->runs->len > 1)
        g_string_append_printf (text, "\n### %s\n", title);
      g_string_append_printf (text, "\n%s", of_run->str);
    }
  return any;
}

/* Takes the text, which is a part or nothing. */
static void
add_if (NullcurveReport *report, gboolean any, GString *text)
{
  if (any)
    nullcurve_report_add_text (report, text);
  else
    g_string_free (text, TRUE);
}

/* A section with what `make` has to say of each run, if anything. */
static void
add_run_section (NullcurveReport *report,
                 const char *heading,
                 const char *words,
                 GString *(*make) (const MoeRun *))
{
  GString *text = nullcurve_report_heading (heading);
  if (words != NULL)
    g_string_append_printf (text, "\n%s\n", words);
  add_if (report, append_runs (text, report, make), text);
}

/* --- head --- */

char *
nullcurve_report_title (const GPtrArray *runs)
{
  if (runs->len == 1)
    return g_strdup_printf (_ ("Null-Routed MoE Benchmark: %s"),
                            moe_run_get_title (get_run (runs, 0)));
  return g_strdup (_ ("Null-Routed MoE Benchmark"));
}

/* "2026-11-24 05:43" of "2026-11-24T05:43:17.199828Z"; other words as they are. */
static char *
short_date (const char *date)
{
  if (date == NULL || strlen (date) < 17 || date[10] != 'T')
    return g_strdup (date);
  char *start = g_strndup (date, 16);
  start[10] = ' ';
  return start;
}

static void
add_run_table (NullcurveReport *report)
{
  static const char *const facts[] = { "host", "cpu", "accelerator", "dtype", "threads", "ranks" };
  static const char *const titles[] = { N_ ("host"), "CPU",          N_ ("accelerator"),
                                        "dtype",     N_ ("threads"), N_ ("ranks") };
  MoeGrid grid;
  moe_grid_init (&grid);
  grid.drop_empty = TRUE;
  if (report->runs->len > 1)
    moe_grid_add (&grid, nullcurve_words_label (MOE_LABEL_RUN));
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    moe_grid_add (&grid, _ (titles[i]));
  moe_grid_add (&grid, _ ("date"));
  grid.n_left = grid.column;
  moe_grid_add (&grid, _ ("points"));
  for (guint i = 0; i < report->runs->len; i++)
    {
      const MoeRun *run = get_run (report->runs, i);
      g_autofree char *date = short_date (moe_run_get_fact (run, "date"));
      moe_grid_begin_row (&grid);
      if (report->runs->len > 1)
        moe_grid_add (&grid, moe_run_get_title (run));
      for (gsize j = 0; j < G_N_ELEMENTS (facts); j++)
        moe_grid_add (&grid, moe_run_get_fact (run, facts[j]));
      moe_grid_add (&grid, date);
      moe_grid_add_real (&grid, (double)moe_run_get_n_records (run), 0, "");
    }
  nullcurve_report_add_text (report, moe_grid_to_markdown (&grid));
  moe_grid_clear (&grid);
}

static void
add_head (NullcurveReport *report)
{
  g_autofree char *title = nullcurve_report_title (report->runs);
  g_autofree char *escaped = escape (title);
  GString *text = g_string_new ("# ");
  g_string_append_printf (text, "%s\n", escaped);
  nullcurve_report_add_text (report, text);
  add_run_table (report);
}

/* --- comparisons --- */

typedef struct AxisValue
{
  MoeAxis axis;
  const char *value;
} AxisValue;

static gboolean
has_value (const MoeRecord *record, gconstpointer data)
{
  const AxisValue *wanted = data;
  return moe_record_axis (record, wanted->axis) == wanted->value;
}

static MoeRun *
run_of_value (const MoeRun *run, MoeAxis axis, const char *value)
{
  const AxisValue wanted = { axis, value };
  MoeRun *subset = moe_run_subset (run, has_value, &wanted);
  g_autofree char *title = g_strdup_printf ("%s, %s", moe_run_get_title (run), value);
  moe_run_set_title (subset, title);
  return subset;
}

static void
append_comparison (GString *text, const MoeComparison *comparison)
{
  g_autoptr (GString) markdown = nullcurve_words_comparison_markdown (comparison);
  g_string_append_printf (text, "\n%s", markdown->str);
}

/* The values of an axis in a run, in order of appearance. */
static GPtrArray *
values_of (const MoeRun *run, MoeAxis axis)
{
  GPtrArray *values = g_ptr_array_new ();
  for (gsize i = 0; i < moe_run_get_n_records (run) && values->len < MAX_COMPARISONS; i++)
    {
      const char *value = moe_record_axis (moe_run_get_record (run, i), axis);
      if (value != NULL && !g_ptr_array_find (values, value, NULL))
        g_ptr_array_add (values, (gpointer)value);
    }
  return values;
}

/* The first value against each of the others, within each run. */
static void
add_axis_comparison (NullcurveReport *report, MoeAxis axis, const char *heading)
{
  GString *text = nullcurve_report_heading (heading);
  gsize n = 0;
  for (guint i = 0; i < report->runs->len; i++)
    {
      const MoeRun *run = get_run (report->runs, i);
      g_autoptr (GPtrArray) values = values_of (run, axis);
      for (guint j = 1; j < values->len && n < MAX_COMPARISONS; j++)
        {
          g_autoptr (MoeRun) a = run_of_value (run, axis, g_ptr_array_index (values, 0));
          g_autoptr (MoeRun) b = run_of_value (run, axis, g_ptr_array_index (values, j));
          g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
          if (comparison->pairs->len == 0)
            continue;
          append_comparison (text, comparison);
          n++;
        }
    }
  add_if (report, n > 0, text);
}

/* For each run with several null modes one item of a list: the joint verdict of the others against
 * the first. */
static void
append_modes (GString *text, const NullcurveReport *report)
{
  for (guint i = 0; i < report->runs->len; i++)
    {
      const MoeRun *run = get_run (report->runs, i);
      g_autoptr (GPtrArray) values = values_of (run, MOE_CHOICE_NULL_MODE);
      for (guint j = 1; j < values->len; j++)
        {
          const char *first = g_ptr_array_index (values, 0), *other = g_ptr_array_index (values, j);
          g_autoptr (MoeRun) a = run_of_value (run, MOE_CHOICE_NULL_MODE, first);
          g_autoptr (MoeRun) b = run_of_value (run, MOE_CHOICE_NULL_MODE, other);
          g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
          g_autofree char *headline =
              nullcurve_words_headline (comparison, NULLCURVE_SIDES_LETTERS);
          if (comparison->pairs->len > 0)
            g_string_append_printf (text, "- **`%s` (B) against `%s` (A)**: %s\n", other, first,
                                    headline);
        }
    }
}

static void
add_run_comparisons (NullcurveReport *report)
{
  GString *text = nullcurve_report_heading (_ ("Runs against each other"));
  gsize n = 0;
  for (guint i = 1; i < report->runs->len && n < MAX_COMPARISONS; i++)
    {
      MoeRun *first = get_run (report->runs, 0);
      MoeRun *other = get_run (report->runs, i);
      g_autoptr (MoeComparison) comparison = moe_compare (&first, 1, &other, 1);
      if (comparison->pairs->len == 0)
        continue;
      append_comparison (text, comparison);
      n++;
    }
  add_if (report, n > 0, text);
}

static void
add_comparisons (NullcurveReport *report)
{
  add_axis_comparison (report, MOE_CHOICE_NULL_MODE, _ ("Null modes, point by point"));
  add_axis_comparison (report, MOE_CHOICE_NULL_DISPATCH, _ ("Null dispatch, point by point"));
  add_run_comparisons (report);
}

/* --- conclusion --- */

static void
add_conclusion (NullcurveReport *report)
{
  GString *text = g_string_append_c (nullcurve_report_heading (_ ("Conclusion")), '\n');
  g_autoptr (GString) conclusion = nullcurve_words_findings_markdown (report->findings);
  gsize head = text->len;
  append_modes (text, report);
  if (text->len > head && report->runs->len > 1)
    g_string_append_c (text, '\n');
  g_string_append (text, conclusion->str);
  nullcurve_report_add_text (report, text);
}

/* --- warnings --- */

static void
append_advice (GString *text, const MoeRun *run)
{
  MoeAdvice advice;
  MoeNoise noise;
  moe_run_get_noise (run, &noise);
  moe_run_advise (run, &noise, &advice);
  g_auto (GStrv) sentences = nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_OPTIONS);
  for (gsize i = 0; sentences[i] != NULL; i++)
    append_item (text, sentences[i]);
}

static void
append_state (GString *text, const MoeRun *run)
{
  const MoeLoadSummary *summary = moe_run_get_summary (run);
  const char *state = moe_run_get_fact (run, "state");
  if (state != NULL && strcmp (state, "complete") != 0)
    {
      g_autofree char *sentence =
          g_strdup_printf (_ ("The run is “%s”: points or samples may be missing."), state);
      append_item (text, sentence);
    }
  if (summary->rows_skipped > 0 || summary->notes != NULL)
    {
      g_autofree char *sentence = moe_run_describe_load (run);
      append_item (text, sentence);
    }
}

/* How much the figures can bear. */
static void
append_samples (GString *text, const MoeRun *run)
{
  static const char *const facts[] = { N_ ("timed"), N_ ("noise") };
  gsize least = G_MAXSIZE, most = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      least = MIN (least, moe_run_get_record (run, i)->n_samples);
      most = MAX (most, moe_run_get_record (run, i)->n_samples);
    }
  if (most == 0)
    append_item (text, /* xgettext:no-c-format */
                 _ ("Single figures without samples, so that there are no intervals; less "
                    "than 2 % counts as a tie."));
  else if (least < MIN_SAMPLES)
    append_item (text, _ ("Some points have fewer than 4 samples: no difference between two of "
                          "them can be told from noise. Measure with --iters 6 or more."));
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    if (moe_run_get_fact (run, facts[i]) != NULL)
      {
        g_autofree char *sentence =
            g_strdup_printf ("%s: %s.", _ (facts[i]), moe_run_get_fact (run, facts[i]));
        append_item (text, sentence);
      }
}

/* What is told of checks against the reference. */
typedef struct Checks
{
  gsize n_points;
  gsize n_told;
  gsize n_failed;
  double worst; /* of those that failed */
} Checks;

static void
count_checks (Checks *checks, const MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      int dtype;
      const MoeRecord *record = moe_run_get_record (run, i);
      checks->n_points++;
      if (isnan (record->max_relative_error))
        continue;
      checks->n_told++;
      if (!moe_record_get_choice (record, MOE_CHOICE_DTYPE, &dtype)
          || !(record->max_relative_error > moe_verify_tolerance ((MoeDtype)dtype, &record->shape)))
        continue;
      checks->n_failed++;
      checks->worst = MAX (checks->worst, record->max_relative_error);
    }
}

static void
append_mismatches (GString *text, const Checks *checks)
{
  if (checks->n_failed == 0)
    return;
  g_autofree char *sentence = g_strdup_printf (
      g_dngettext (NULL,
                   "%zu point differs from the double-precision reference by up to %.2g relative, "
                   "more than is allowed: the figures there mean nothing.",
                   "%zu points differ from the double-precision reference by up to %.2g relative, "
                   "more than is allowed: the figures there mean nothing.",
                   checks->n_failed),
      checks->n_failed, checks->worst);
  append_item (text, sentence);
}

/* When there is nothing to warn of: no more is said to be in order than was told. */
static void
append_all_clear (GString *text, const Checks *checks)
{
  g_string_append_c (text, '\n');
  if (checks->n_told == checks->n_points)
    g_string_append (text,
                     _ ("Nothing to warn of: rows, samples and reference checks are in order."));
  else if (checks->n_told == 0)
    g_string_append (text, _ ("Nothing to warn of: rows and samples are in order. Whether the "
                              "results were checked against the reference is not told."));
  else
    g_string_append_printf (
        text,
        _ ("Nothing to warn of: rows and samples are in order, and so are the "
           "reference checks of %zu of %zu points; of the others none is told."),
        checks->n_told, checks->n_points);
  g_string_append_c (text, '\n');
}

static GString *
warnings_of (const MoeRun *run)
{
  Checks checks = { 0 };
  GString *items = g_string_new (NULL);
  count_checks (&checks, run);
  append_state (items, run);
  append_samples (items, run);
  append_mismatches (items, &checks);
  append_advice (items, run);
  return items;
}

static void
add_warnings (NullcurveReport *report)
{
  GString *text = nullcurve_report_heading (_ ("Warnings and advice"));
  Checks all = { 0 };
  for (guint i = 0; i < report->runs->len; i++)
    count_checks (&all, get_run (report->runs, i));
  if (!append_runs (text, report, warnings_of))
    append_all_clear (text, &all);
  nullcurve_report_add_text (report, text);
}

/* --- size --- */

/* How large the work was: rows that an expert gets, and the floor under a step.  A run with few of
 * them is a run of the memory, whatever its null fraction, and its figures must not be read as
 * those of a large one. */

/* Beyond it a share of the floor is no noise of either. */
static const double impossible_share = 1.05;

/* Of the points of a run. */
typedef struct Size
{
  double least_rows, most_rows;   /* an expert's; NaN before the first */
  double least_share, most_share; /* of the floor */
  gsize n;                        /* points whose floor is known */
  gsize n_weights;                /* those bound by reading weights */
} Size;

static void
add_range (double *least, double *most, double value)
{
  *least = fmin (*least, value);
  *most = fmax (*most, value);
}

static void
add_point (Size *size, const MoeRun *run, const MoeRecord *record)
{
  MoeFloor floor = moe_run_floor (run, record);
  if (record->has_shape && record->shape.experts > 0 && record->real_assignments >= 0)
    add_range (&size->least_rows, &size->most_rows,
               (double)record->real_assignments / (double)record->shape.experts);
  if (floor == MOE_FLOOR_UNKNOWN)
    return;
  size->n++;
  size->n_weights += floor == MOE_FLOOR_WEIGHTS;
  add_range (&size->least_share, &size->most_share, moe_run_bound_share (run, record));
}

/* Two digits at least. */
static void
format_figure (double value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
  g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, value < 9.95 ? "%.2g" : "%.0f", value);
}

/* "3.7 to 68", or one of them where both read alike; the caller's (g_free). */
static char *
format_range (double least, double most)
{
  char from[G_ASCII_DTOSTR_BUF_SIZE], to[G_ASCII_DTOSTR_BUF_SIZE];
  format_figure (least, from);
  format_figure (most, to);
  return g_str_equal (from, to) ? g_strdup (from) : g_strdup_printf (_ ("%s to %s"), from, to);
}

/* A matrix with its tokens divided keeps the weights of the whole. */
static void
append_scale (GString *text, const MoeRun *run)
{
  const char *scale = moe_run_get_fact (run, "scale");
  if (scale == NULL || g_str_equal (scale, "1"))
    return;
  g_autofree char *sentence = g_strdup_printf (
      _ ("The tokens of the published experiment are divided by %s, its weights are not."), scale);
  append_item (text, sentence);
}

static void
append_weights (GString *text, const Size *size)
{
  if (size->n_weights == 0)
    return;
  g_autofree char *sentence =
      size->n_weights == size->n
          ? g_strdup (_ ("At every point the floor is the reading and writing of weights: null "
                         "slots remove work there, but hardly any of those bytes."))
          : g_strdup_printf (_ ("At %zu of %zu points the floor is the reading and writing of "
                                "weights: null slots remove work there, but hardly any of those "
                                "bytes."),
                             size->n_weights, size->n);
  append_item (text, sentence);
}

static void
append_floor (GString *text, const Size *size)
{
  if (isnan (size->most_share))
    return;
  if (size->most_share > impossible_share)
    {
      append_item (text,
                   _ ("Tokens/s is above what this machine's limits allow, so that these were "
                      "not measured well, as when it was busy; nothing is said of a floor."));
      return;
    }
  g_autofree char *share = format_range (100 * size->least_share, 100 * size->most_share);
  g_autofree char *sentence = g_strdup_printf (
      _ ("Tokens/s is %s %% of the roofline, the floor under a step at this machine's limits."),
      share);
  append_item (text, sentence);
  append_weights (text, size);
}

static GString *
size_of (const MoeRun *run)
{
  Size size = { NAN, NAN, NAN, NAN, 0, 0 };
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    add_point (&size, run, moe_run_get_record (run, i));
  if (isnan (size.most_rows))
    return NULL;
  GString *text = g_string_new (NULL);
  append_scale (text, run);
  g_autofree char *rows = format_range (size.least_rows, size.most_rows);
  g_autofree char *sentence =
      g_strdup_printf (_ ("An expert gets %s rows a step, in the mean over all experts."), rows);
  append_item (text, sentence);
  append_floor (text, &size);
  return text;
}

/* --- tables --- */

static void
add_efficiency (NullcurveReport *report)
{
  g_autoptr (GString) table =
      moe_tables_efficiency ((MoeRun *const *)report->runs->pdata, report->runs->len);
  GString *text = nullcurve_report_heading (_ ("Null efficiency"));
  g_string_append_printf (text, "\n%s\n\n",
                          _ ("Tokens/s relative to f = 0, times 1 - f: 1 means that all removed "
                             "work became speed."));
  if (table != NULL)
    g_string_append (text, table->str);
  else
    g_string_append_printf (text, "%s\n", _ ("No curve has a row at f = 0 to compare with."));
  nullcurve_report_add_text (report, text);
}

static void
add_stages (NullcurveReport *report)
{
  gsize before = report->parts->len;
  add_run_section (
      report, _ ("Stages"),
      _ ("Share of each stage in the time of a step, in percent. A stage whose share rises with f "
         "scales worse than the work that is removed."),
      moe_tables_stages);
  if (report->parts->len > before)
    nullcurve_report_add_stage_charts (report);
}

/* --- where it comes from --- */

static gboolean
is_long_fact (const char *key)
{
  return strcmp (key, "command") == 0 || strcmp (key, "options") == 0;
}

static GString *
environment_table (const MoeRun *run)
{
  MoeGrid grid;
  g_autofree char *load = moe_run_describe_load (run);
  moe_grid_init (&grid);
  moe_grid_add (&grid, _ ("fact"));
  moe_grid_add (&grid, _ ("value"));
  grid.n_left = 2;
  moe_grid_begin_row (&grid);
  moe_grid_add (&grid, _ ("rows"));
  moe_grid_add (&grid, load);
  for (gsize i = 0; i < moe_run_get_n_facts (run); i++)
    {
      const char *value = moe_run_get_fact_value (run, i);
      if (is_long_fact (moe_run_get_fact_key (run, i)))
        continue;
      g_autofree char *shown =
          g_utf8_substring (value, 0, MIN (g_utf8_strlen (value, -1), MAX_SHOWN_FACT));
      moe_grid_begin_row (&grid);
      moe_grid_add (&grid, moe_run_get_fact_key (run, i));
      moe_grid_add (&grid, shown);
    }
  GString *table = moe_grid_to_markdown (&grid);
  moe_grid_clear (&grid);
  return table;
}

/* A block of code whose fence is longer than any in it. */
static void
append_code (GString *text, const char *words)
{
  g_autofree char *code = moe_text_tame (words, MAX_SHOWN_CODE);
  gsize longest = 2, now = 0;
  g_autofree char *fence = NULL;
  for (const char *c = code; *c != '\0'; c++)
    {
      now = *c == '`' ? now + 1 : 0;
      longest = MAX (longest, now);
    }
  fence = g_strnfill (longest + 1, '`');
  g_string_append_printf (text, "%s\n", fence);
  g_string_append_printf (text, "%s\n%s\n", code, fence);
}

static GString *
commands_of (const MoeRun *run)
{
  const char *command = moe_run_get_fact (run, "command");
  const char *options = moe_run_get_fact (run, "options");
  GString *text = g_string_new (NULL);
  if (command != NULL)
    append_code (text, command);
  if (options != NULL)
    {
      g_string_append_printf (text, "%s%s\n\n", text->len > 0 ? "\n" : "",
                              _ ("with these options in force:"));
      append_code (text, options);
    }
  return text;
}

static void
add_tables (NullcurveReport *report)
{
  add_efficiency (report);
  add_stages (report);
  add_run_section (report, _ ("Points"), NULL, moe_tables_points_markdown);
  add_run_section (report, _ ("Routing"),
                   _ ("Assignments of each expert, lengths of runs of tokens with the same best "
                      "expert, and what "
                      "capacities and shards did."),
                   moe_tables_routing);
  add_run_section (report, _ ("Environment"), NULL, environment_table);
  add_run_section (report, _ ("Command lines"), NULL, commands_of);
}

/* --- all of it --- */

GPtrArray *
nullcurve_report_parts_new (GPtrArray *runs, gboolean figures)
{
  GString *told;
  g_autoptr (GPtrArray) cut = nullcurve_report_cut (runs, &told);
  NullcurveReport report = { .runs = cut,
                             .parts = nullcurve_report_parts_list (),
                             .findings = moe_findings_new ((MoeRun *const *)cut->pdata, cut->len),
                             .figures = figures };
  add_head (&report);
  if (told != NULL)
    nullcurve_report_add_text (&report, told);
  add_conclusion (&report);
  add_warnings (&report);
  add_run_section (&report, _ ("How large the work is"), NULL, size_of);
  nullcurve_report_add_where_charts (&report);
  nullcurve_report_add_charts (&report);
  nullcurve_report_add_text (&report,
                             moe_tables_logbook ((MoeRun *const *)cut->pdata, cut->len, 0));
  add_comparisons (&report);
  add_tables (&report);
  g_ptr_array_unref (report.findings);
  return report.parts;
}

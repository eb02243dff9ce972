/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/bench/verify.h"
#include "engine/records/run-advice.h"
#include "engine/records/run-noise.h"
#include "ui/report/sections-private.h"
#include "ui/words/advice.h"
#include "ui/words/cells.h"
#include "ui/words/findings.h"
#include "ui/words/grid.h"

enum
{
  MIN_SAMPLES = 4 /* 4 against 4 is the least that can show a difference */
};

MoeRun *
nullcurve_report_get_run (const GPtrArray *runs, guint index)
{
  return g_ptr_array_index (runs, index);
}

static void
part_free (gpointer data)
{
  NullcurveReportPart *part = data;
  g_free (part->markdown);
  g_free (part->description);
  g_clear_pointer (&part->figure, nullcurve_figure_free);
  g_free (part);
}

void
nullcurve_report_add_text (NullcurveReport *report, GString *markdown)
{
  NullcurveReportPart *part = g_new0 (NullcurveReportPart, 1);
  part->markdown = g_string_free (markdown, FALSE);
  g_ptr_array_add (report->parts, part);
}

void
nullcurve_report_add_figure (NullcurveReport *report,
                             NullcurveFigure *figure,
                             double height,
                             char *description)
{
  NullcurveReportPart *part = g_new0 (NullcurveReportPart, 1);
  part->figure = figure;
  part->height = height;
  part->description = description;
  g_ptr_array_add (report->parts, part);
}

void
nullcurve_report_append_escaped (GString *text, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);
      if (character < 0x80 && strchr ("|\\`*[]<#", (char)character) != NULL)
        g_string_append_c (text, '\\');
      g_string_append_unichar (text, g_unichar_iscntrl (character) ? ' ' : character);
    }
}

static void
append_item (GString *text, const char *sentence)
{
  g_string_append (text, "- ");
  nullcurve_report_append_escaped (text, sentence);
  g_string_append_c (text, '\n');
}

void
nullcurve_report_append_run_heading (const NullcurveReport *report,
                                     GString *text,
                                     const MoeRun *run)
{
  if (report->runs->len < 2)
    return;
  g_string_append (text, "\n### ");
  nullcurve_report_append_escaped (text, moe_run_get_title (run));
  g_string_append_c (text, '\n');
}

GString *
nullcurve_report_heading (const char *heading)
{
  GString *text = g_string_new ("## ");
  return g_string_append_c (g_string_append (text, heading), '\n');
}

/* --- head --- */

char *
nullcurve_report_title (const GPtrArray *runs)
{
  if (runs->len == 1)
    return g_strdup_printf (_ ("Null-Routed MoE Benchmark: %s"),
                            moe_run_get_title (nullcurve_report_get_run (runs, 0)));
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
      const MoeRun *run = nullcurve_report_get_run (report->runs, i);
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
  GString *text = g_string_new ("# ");
  nullcurve_report_append_escaped (text, title);
  g_string_append_c (text, '\n');
  nullcurve_report_add_text (report, text);
  add_run_table (report);
}

static void
add_conclusion (NullcurveReport *report)
{
  GString *text = g_string_append_c (nullcurve_report_heading (_ ("Conclusion")), '\n');
  g_autoptr (GString) conclusion = nullcurve_words_findings_markdown (report->findings);
  gsize head = text->len;
  nullcurve_report_append_modes (report, text);
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
      if (record->dtype == NULL || !moe_name_parse (&moe_dtype_names, record->dtype, &dtype)
          || !(record->max_relative_error > moe_verify_tolerance ((MoeDtype)dtype)))
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

static void
add_warnings (NullcurveReport *report)
{
  GString *text = nullcurve_report_heading (_ ("Warnings and advice"));
  gsize start = text->len;
  Checks all = { 0 };
  for (guint i = 0; i < report->runs->len; i++)
    {
      Checks checks = { 0 };
      const MoeRun *run = nullcurve_report_get_run (report->runs, i);
      g_autoptr (GString) items = g_string_new (NULL);
      count_checks (&checks, run);
      count_checks (&all, run);
      append_state (items, run);
      append_samples (items, run);
      append_mismatches (items, &checks);
      append_advice (items, run);
      if (items->len == 0)
        continue;
      nullcurve_report_append_run_heading (report, text, run);
      g_string_append_printf (text, "\n%s", items->str);
    }
  if (text->len == start)
    append_all_clear (text, &all);
  nullcurve_report_add_text (report, text);
}

GPtrArray *
nullcurve_report_parts_new (GPtrArray *runs, gboolean figures)
{
  NullcurveReport report = { .runs = runs,
                             .parts = g_ptr_array_new_with_free_func (part_free),
                             .findings = moe_findings_new ((MoeRun *const *)runs->pdata, runs->len),
                             .figures = figures };
  add_head (&report);
  add_conclusion (&report);
  add_warnings (&report);
  nullcurve_report_add_size (&report);
  nullcurve_report_add_charts (&report);
  nullcurve_report_add_logbook (&report);
  nullcurve_report_add_comparisons (&report);
  nullcurve_report_add_tables (&report);
  g_ptr_array_unref (report.findings);
  return report.parts;
}

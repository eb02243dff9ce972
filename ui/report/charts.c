/* SPDX-License-Identifier: Apache-2.0 */
/* The charts of a report. */
#include "ui/report/charts.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/curves.h"
#include "engine/records/speedup.h"
#include "ui/views/curves.h"
#include "ui/views/throughput.h"
#include "ui/views/where.h"

enum
{
  PANEL_SPEEDUP,
  PANEL_EFFICIENCY,
  MAX_STAGES = 7,  /* of the eight colours, one may be taken by two */
  MAX_SHAPES = 6,  /* that get charts of their own */
  MAX_CURVES = 40, /* in one chart; more tell nothing */
  MAX_STAGE_FIGURES = 4,
  MAX_WHERE_FIGURES = 4
};

static void
set_points (NullcurveSeries *series, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread speedup;
  MoeSpeedup kind = moe_run_speedup (run, record, &speedup);
  double left = 1 - moe_record_realized (record);
  if (kind == MOE_SPEEDUP_NONE || !isfinite (record->null_target) || !isfinite (speedup.median))
    return;
  NullcurvePoint *point =
      nullcurve_series_add_point (series, PANEL_SPEEDUP, record->null_target, speedup.median);
  if (kind != MOE_SPEEDUP_RATES && speedup.n > 1)
    nullcurve_point_set_interval (point, speedup.lower, speedup.upper);
  point = nullcurve_series_add_point (series, PANEL_EFFICIENCY, record->null_target,
                                      speedup.median * left);
  if (kind != MOE_SPEEDUP_RATES && speedup.n > 1)
    nullcurve_point_set_interval (point, speedup.lower * left, speedup.upper * left);
}

NullcurveFigure *
nullcurve_report_figure_gain (MoeRun *const *runs, gsize n_runs, const char *title)
{
  double lo, hi;
  NullcurveFigure *figure = nullcurve_figure_new ();
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (runs, n_runs);
  g_autofree char *common = nullcurve_curves_common (curves);
  NullcurvePanel *speedup = nullcurve_figure_add_panel (
      figure, _ ("Speed-up"), _ ("tokens/s relative to f = 0 of the same curve"),
      NULLCURVE_UNIT_RATIO);
  NullcurvePanel *efficiency = nullcurve_figure_add_panel (
      figure, _ ("Null efficiency"),
      _ ("speed-up times 1 − f: the share of removed work that became speed"),
      NULLCURVE_UNIT_PLAIN);
  nullcurve_figure_set_text (&figure->title, title);
  nullcurve_figure_set_text (&figure->subtitle, common);
  nullcurve_figure_set_x (figure, NULLCURVE_X_FRACTION);
  nullcurve_figure_set_text (&figure->empty_text,
                             _ ("None of these curves has a row at f = 0 to compare with."));
  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);
      NullcurveSeries *series = nullcurve_figure_add_series (figure, curve->label, i);
      for (guint j = 0; j < curve->records->len; j++)
        set_points (series, runs[curve->run], g_ptr_array_index (curve->records, j));
      series->visible = nullcurve_series_n_points (series, PANEL_SPEEDUP) > 0;
    }
  nullcurve_figure_x_range (figure, &lo, &hi);
  nullcurve_throughput_add_ideal (speedup, hi);
  nullcurve_panel_add_line (efficiency, _ ("all of it"), 1.0);
  return figure;
}

/* A stage looks the same in every chart; those that mostly are the largest have a colour each. */
static guint
palette_of (int stage)
{
  static const int colours[] = {
    MOE_STAGE_UP,         MOE_STAGE_DOWN,        MOE_STAGE_UP_DGRAD, MOE_STAGE_UP_WGRAD,
    MOE_STAGE_DOWN_DGRAD, MOE_STAGE_DOWN_WGRAD,  MOE_STAGE_WAIT,     MOE_STAGE_ACTIVATION_BWD,
    MOE_STAGE_COMBINE,    MOE_STAGE_ACTIVATION,  MOE_STAGE_GATHER,   MOE_STAGE_PACK,
    MOE_STAGE_GATHER_BWD, MOE_STAGE_COMBINE_BWD,
  };
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    if (colours[i] == stage)
      return i;
  return (guint)G_N_ELEMENTS (colours) + (guint)stage;
}

/* The stages that matter most anywhere on the curve, by time; returns their number. */
static gsize
choose_stages (const GPtrArray *records, int stages[MAX_STAGES])
{
  double most[MOE_N_STAGES] = { 0 };
  gsize n = 0;
  for (guint i = 0; i < records->len; i++)
    for (int stage = 0; stage < MOE_N_STAGES; stage++)
      {
        const MoeRecord *record = g_ptr_array_index (records, i);
        if (record->stage_s[stage] > most[stage])
          most[stage] = record->stage_s[stage];
      }
  while (n < MAX_STAGES)
    {
      int largest = 0;
      for (int stage = 1; stage < MOE_N_STAGES; stage++)
        if (most[stage] > most[largest])
          largest = stage;
      if (!(most[largest] > 0))
        break;
      stages[n++] = largest;
      most[largest] = 0;
    }
  return n;
}

NullcurveFigure *
nullcurve_report_figure_stages (const MoeFinding *finding, const char *title)
{
  int stages[MAX_STAGES];
  const GPtrArray *records = finding->records;
  gsize n = choose_stages (records, stages);
  if (n == 0 || !finding->last->has_shape)
    return NULL;
  NullcurveFigure *figure = nullcurve_figure_new ();
  nullcurve_figure_add_panel (figure, _ ("Time per token"),
                              _ ("nanoseconds of each stage, largest stages"),
                              NULLCURVE_UNIT_PLAIN);
  nullcurve_figure_set_text (&figure->title, title);
  nullcurve_figure_set_x (figure, NULLCURVE_X_FRACTION);
  for (gsize i = 0; i < n; i++)
    {
      NullcurveSeries *series = nullcurve_figure_add_series (
          figure, moe_name_of (&moe_stage_names, stages[i]), palette_of (stages[i]));
      for (guint j = 0; j < records->len; j++)
        {
          const MoeRecord *record = g_ptr_array_index (records, j);
          double time_s = record->stage_s[stages[i]];
          if (isfinite (time_s))
            nullcurve_series_add_point (series, 0, record->null_target,
                                        1e9 * time_s / (double)record->shape.tokens);
        }
    }
  return figure;
}

/* --- parts --- */

static gboolean
has_shape (const MoeRecord *record, gconstpointer shape)
{
  return record->has_shape && moe_shape_equal (&record->shape, shape);
}

static GArray *
collect_shapes (const GPtrArray *runs)
{
  GArray *shapes = g_array_new (FALSE, FALSE, sizeof (MoeShape));
  g_autoptr (GPtrArray) curves = moe_curves_collect ((MoeRun *const *)runs->pdata, runs->len);
  for (guint i = 0; i < curves->len && shapes->len <= MAX_SHAPES; i++)
    {
      const MoeRecord *first = ((const MoeCurve *)g_ptr_array_index (curves, i))->first;
      gboolean known = FALSE;
      for (guint k = 0; !known && k < shapes->len; k++)
        known = has_shape (first, &g_array_index (shapes, MoeShape, k));
      if (first->has_shape && !known)
        g_array_append_val (shapes, first->shape);
    }
  return shapes;
}

/* The runs with their rows of that shape; runs without any left out. */
static GPtrArray *
runs_of_shape (const GPtrArray *runs, const MoeShape *shape)
{
  GPtrArray *subsets = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (guint i = 0; i < runs->len; i++)
    {
      MoeRun *subset = moe_run_subset (g_ptr_array_index (runs, i), has_shape, shape);
      if (moe_run_get_n_records (subset) > 0)
        g_ptr_array_add (subsets, subset);
      else
        moe_run_unref (subset);
    }
  return subsets;
}

static void
add_shape_figures (NullcurveReport *report, const MoeShape *shape)
{
  char name[MOE_SHAPE_TEXT_SIZE];
  NullcurveThroughputOptions options;
  g_autoptr (GPtrArray) runs = runs_of_shape (report->runs, shape);
  g_autoptr (GPtrArray) curves = moe_curves_collect ((MoeRun *const *)runs->pdata, runs->len);
  moe_shape_format (shape, name);
  if (curves->len > MAX_CURVES)
    {
      GString *text = g_string_new (NULL);
      g_string_printf (text, _ ("There are more than %d curves at %s, too many for a chart."),
                       MAX_CURVES, name);
      g_string_append_c (text, '\n');
      nullcurve_report_add_text (report, text);
      return;
    }
  g_autofree char *throughput = g_strdup_printf (_ ("Throughput at %s"), name);
  g_autofree char *gain = g_strdup_printf (_ ("What null routing buys at %s"), name);
  nullcurve_throughput_options_init (&options);
  options.title = throughput;
  nullcurve_report_add_figure (
      report, nullcurve_figure_throughput ((MoeRun *const *)runs->pdata, runs->len, &options), 620,
      g_strdup_printf (_ ("Tokens per second, and below it the rate of useful work, against the "
                          "null fraction at "
                          "shape %s. The figures are in the tables of points."),
                       name));
  nullcurve_report_add_figure (
      report, nullcurve_report_figure_gain ((MoeRun *const *)runs->pdata, runs->len, gain), 620,
      g_strdup_printf (_ ("Speed-up against f = 0 with the ideal 1/(1-f), and below it null "
                          "efficiency, against the null fraction at shape %s. The figures are "
                          "in the table of null efficiency."),
                       name));
}

void
nullcurve_report_add_charts (NullcurveReport *report)
{
  g_autoptr (GArray) shapes = collect_shapes (report->runs);
  if (!report->figures || shapes->len == 0)
    return;
  nullcurve_report_add_text (report, nullcurve_report_heading (_ ("Charts")));
  for (guint i = 0; i < MIN (shapes->len, MAX_SHAPES); i++)
    add_shape_figures (report, &g_array_index (shapes, MoeShape, i));
  if (shapes->len > MAX_SHAPES)
    {
      GString *text = g_string_new (_ ("The other shapes are in the tables."));
      nullcurve_report_add_text (report, g_string_append_c (text, '\n'));
    }
}

/* "4096x2048x1408x60, top-8, router" */
static char *
name_of (const MoeFinding *finding)
{
  char shape[MOE_SHAPE_TEXT_SIZE];
  moe_shape_format (&finding->last->shape, shape);
  return g_strdup_printf ("%s, top-%d%s%s", finding->last->has_shape ? shape : "–",
                          (int)finding->last->topk, finding->label[0] != '\0' ? ", " : "",
                          finding->label);
}

void
nullcurve_report_add_where_charts (NullcurveReport *report)
{
  gsize n = 0;
  for (guint i = 0; report->figures && i < report->findings->len && n < MAX_WHERE_FIGURES; i++)
    {
      MoeRest rest;
      const MoeFinding *finding = g_ptr_array_index (report->findings, i);
      MoeRun *run = (MoeRun *)finding->run;
      gssize curve = nullcurve_where_find_curve (run, finding->last);
      if (curve < 0 || !moe_rest_find (run, finding->last, &rest))
        continue;
      NullcurveWhereOptions options = { .curve = (guint)curve, .at = finding->last->null_target };
      NullcurveFigure *figure = nullcurve_figure_where (run, &options);
      g_autofree char *name = name_of (finding);
      g_autofree char *title = g_strdup_printf (_ ("Where it goes at %s"), name);
      g_autofree char *rows = figure->bars != NULL ? nullcurve_bars_to_text (figure->bars) : NULL;
      nullcurve_figure_set_text (&figure->title, title);
      if (n == 0)
        nullcurve_report_add_text (report, nullcurve_report_heading (_ ("Where it goes")));
      nullcurve_report_add_figure (report, figure, 460,
                                   g_strdup_printf ("%s. %s", title, rows != NULL ? rows : ""));
      n++;
    }
}

void
nullcurve_report_add_stage_charts (NullcurveReport *report)
{
  gsize n = 0;
  for (guint i = 0; report->figures && i < report->findings->len && n < MAX_STAGE_FIGURES; i++)
    {
      char shape[MOE_SHAPE_TEXT_SIZE];
      const MoeFinding *finding = g_ptr_array_index (report->findings, i);
      if (!finding->rest.has_stages)
        continue;
      moe_shape_format (&finding->last->shape, shape);
      g_autofree char *title =
          g_strdup_printf (_ ("Stages at %s, top-%d%s%s"), shape, (int)finding->last->topk,
                           finding->label[0] != '\0' ? ", " : "", finding->label);
      NullcurveFigure *figure = nullcurve_report_figure_stages (finding, title);
      if (figure == NULL)
        continue;
      nullcurve_report_add_figure (
          report, figure, 380,
          g_strdup_printf (_ ("%s: nanoseconds per token of each stage against the null "
                              "fraction. The figures are in the table of stages."),
                           title));
      n++;
    }
}

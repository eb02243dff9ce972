/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/report/figures.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/axes.h"
#include "ui/views/curves.h"

enum
{
  PANEL_SPEEDUP,
  PANEL_EFFICIENCY,
  MAX_STAGES = 7 /* of the eight colours, one may be taken by two */
};

static void
set_points (NullcurveSeries *series, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread speedup;
  MoeSpeedup kind = moe_run_speedup (run, record, &speedup);
  double left = 1 - (isnan (record->null_realized) ? record->null_target : record->null_realized);
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

static void
add_ideal (NullcurvePanel *panel, double f_max)
{
  NullcurveReference *ideal = nullcurve_panel_add_curve (panel, _ ("ideal 1/(1 − f)"));
  for (int percent = 0; percent <= 99 && percent / 100.0 <= f_max + 1e-9; percent++)
    nullcurve_reference_add (ideal, percent / 100.0, 100.0 / (100.0 - percent));
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
  nullcurve_figure_set_text (&figure->x_label, _ ("null fraction"));
  nullcurve_figure_set_text (&figure->empty_text,
                             _ ("None of these curves has a row at f = 0 to compare with."));
  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);
      NullcurveSeries *series = nullcurve_figure_add_series (figure, curve->label, i);
      for (guint j = 0; j < curve->records->len; j++)
        set_points (
            series, runs[curve->run],
            moe_run_get_record (runs[curve->run], g_array_index (curve->records, gsize, j)));
      series->visible = nullcurve_series_n_points (series, PANEL_SPEEDUP) > 0;
    }
  nullcurve_figure_x_range (figure, &lo, &hi);
  add_ideal (speedup, hi);
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
choose_stages (GPtrArray *records, int stages[MAX_STAGES])
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

static GPtrArray *
curve_records (const MoeFinding *finding)
{
  GPtrArray *records = g_ptr_array_new ();
  for (gsize i = 0; i < moe_run_get_n_records (finding->run); i++)
    {
      const MoeRecord *record = moe_run_get_record (finding->run, i);
      if (moe_record_same_curve (record, finding->last) && isfinite (record->null_target)
          && record->has_shape)
        g_ptr_array_add (records, (gpointer)record);
    }
  return records;
}

NullcurveFigure *
nullcurve_report_figure_stages (const MoeFinding *finding, const char *title)
{
  int stages[MAX_STAGES];
  g_autoptr (GPtrArray) records = curve_records (finding);
  gsize n = choose_stages (records, stages);
  if (n == 0)
    return NULL;
  NullcurveFigure *figure = nullcurve_figure_new ();
  nullcurve_figure_add_panel (figure, _ ("Time per token"),
                              _ ("nanoseconds of each stage, largest stages"),
                              NULLCURVE_UNIT_PLAIN);
  nullcurve_figure_set_text (&figure->title, title);
  nullcurve_figure_set_text (&figure->x_label, _ ("null fraction"));
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

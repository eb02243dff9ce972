/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/stages.h"

#include <math.h>

#include "ui/chart/curves.h"
#include "ui/chart/style.h"

#define MINUS "\342\210\222"
#define MICRO "\302\265"

enum
{
  PANEL_TIME,
  PANEL_SHARE
};

static const char *const kind_labels[NULLCURVE_N_STAGE_KINDS] = {
  [NULLCURVE_STAGE_KIND_FORWARD] = "forward matmuls",
  [NULLCURVE_STAGE_KIND_DGRAD] = "row gradients",
  [NULLCURVE_STAGE_KIND_WGRAD] = "weight gradients",
  [NULLCURVE_STAGE_KIND_ACTIVATION] = "activation",
  [NULLCURVE_STAGE_KIND_MOVE] = "gather and combine",
  [NULLCURVE_STAGE_KIND_PACK] = "pack",
  [NULLCURVE_STAGE_KIND_SHARED] = "shared expert",
  [NULLCURVE_STAGE_KIND_EXCHANGE] = "exchange",
  [NULLCURVE_STAGE_KIND_WAIT] = "wait",
};

static const NullcurveStageKind kinds[MOE_N_STAGES] = {
  [MOE_STAGE_PACK] = NULLCURVE_STAGE_KIND_PACK,
  [MOE_STAGE_GATHER] = NULLCURVE_STAGE_KIND_MOVE,
  [MOE_STAGE_UP] = NULLCURVE_STAGE_KIND_FORWARD,
  [MOE_STAGE_ACTIVATION] = NULLCURVE_STAGE_KIND_ACTIVATION,
  [MOE_STAGE_DOWN] = NULLCURVE_STAGE_KIND_FORWARD,
  [MOE_STAGE_COMBINE] = NULLCURVE_STAGE_KIND_MOVE,
  [MOE_STAGE_COMBINE_BWD] = NULLCURVE_STAGE_KIND_MOVE,
  [MOE_STAGE_DOWN_DGRAD] = NULLCURVE_STAGE_KIND_DGRAD,
  [MOE_STAGE_ACTIVATION_BWD] = NULLCURVE_STAGE_KIND_ACTIVATION,
  [MOE_STAGE_UP_DGRAD] = NULLCURVE_STAGE_KIND_DGRAD,
  [MOE_STAGE_DOWN_WGRAD] = NULLCURVE_STAGE_KIND_WGRAD,
  [MOE_STAGE_UP_WGRAD] = NULLCURVE_STAGE_KIND_WGRAD,
  [MOE_STAGE_GATHER_BWD] = NULLCURVE_STAGE_KIND_MOVE,
  [MOE_STAGE_SHARED] = NULLCURVE_STAGE_KIND_SHARED,
  [MOE_STAGE_SHARED_BWD] = NULLCURVE_STAGE_KIND_SHARED,
  [MOE_STAGE_COMM] = NULLCURVE_STAGE_KIND_EXCHANGE,
  [MOE_STAGE_COMM_BWD] = NULLCURVE_STAGE_KIND_EXCHANGE,
  [MOE_STAGE_WAIT] = NULLCURVE_STAGE_KIND_WAIT,
};

const char *
nullcurve_stage_kind_label (NullcurveStageKind kind)
{
  return kind_labels[kind];
}

double
nullcurve_stage_kind_time_s (const MoeRecord *record, NullcurveStageKind kind)
{
  double time_s = NAN;

  for (int stage = 0; stage < MOE_N_STAGES; stage++)
    if (kinds[stage] == kind && isfinite (record->stage_s[stage]))
      time_s = record->stage_s[stage] + (isfinite (time_s) ? time_s : 0.0);
  return time_s;
}

static double
all_kinds_s (const MoeRecord *record)
{
  double time_s = 0.0;

  for (int kind = 0; kind < NULLCURVE_N_STAGE_KINDS; kind++)
    {
      const double own = nullcurve_stage_kind_time_s (record, kind);

      time_s += isfinite (own) ? own : 0.0;
    }
  return time_s;
}

static gboolean
can_be_shown (const MoeRecord *record)
{
  return record->has_shape && isfinite (record->null_target) && all_kinds_s (record) > 0.0;
}

/* Kinds that no record spends time on are left out; palettes stay with the kinds. */
static void
add_kind (NullcurveFigure *figure,
          const MoeRun *run,
          const NullcurveCurve *curve,
          NullcurveStageKind kind)
{
  const guint palette = kind == NULLCURVE_STAGE_KIND_WAIT ? NULLCURVE_PALETTE_MUTED : (guint)kind;
  NullcurveSeries *series = nullcurve_figure_add_series (figure, kind_labels[kind], palette);
  gboolean any = FALSE;

  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, g_array_index (curve->records, gsize, i));
      const double time_s = nullcurve_stage_kind_time_s (record, kind);

      if (!can_be_shown (record))
        continue;
      any = any || time_s > 0.0;
      nullcurve_series_add_point (series, PANEL_TIME, record->null_target,
                                  1e6 * time_s / (double)record->shape.tokens);
      nullcurve_series_add_point (series, PANEL_SHARE, record->null_target,
                                  time_s / all_kinds_s (record));
    }
  series->visible = any;
}

/* Where the whole step would be if everything shrank with the work. */
static void
add_ideal (NullcurveFigure *figure, const MoeRun *run, const NullcurveCurve *curve)
{
  const MoeRecord *base = moe_run_find_baseline (run, curve->first);
  NullcurveReference *ideal;
  double lo, hi;

  if (base == NULL || !can_be_shown (base))
    return;
  ideal =
      nullcurve_panel_add_curve (&figure->panels[PANEL_TIME], "all of f = 0 times (1 " MINUS " f)");
  nullcurve_figure_x_range (figure, &lo, &hi);
  for (int i = 0; i <= 20; i++)
    {
      const double x = lo + (hi - lo) * i / 20.0;

      nullcurve_reference_add (ideal, x,
                               1e6 * all_kinds_s (base) / (double)base->shape.tokens * (1.0 - x));
    }
}

static void
add_panels (NullcurveFigure *figure)
{
  NullcurvePanel *panel;

  panel = nullcurve_figure_add_panel (figure, "Time per token",
                                      MICRO "s, mean over the threads, median over the samples",
                                      NULLCURVE_UNIT_PLAIN);
  panel->stacked = TRUE;
  panel->weight = 1.3;
  panel = nullcurve_figure_add_panel (figure, "Share of the step", NULL, NULLCURVE_UNIT_SHARE);
  panel->stacked = TRUE;
}

/* Which curve it is, where there are several, and what it is of. */
static void
set_words (NullcurveFigure *figure, const MoeRun *run, const GPtrArray *curves, guint curve)
{
  const NullcurveCurve *chosen = g_ptr_array_index (curves, curve);
  g_autofree char *common = nullcurve_curves_common (curves);
  g_autofree char *both =
      common != NULL ? g_strdup_printf ("%s \302\267 %s", chosen->label, common) : NULL;

  nullcurve_figure_set_text (&figure->date, moe_run_get_fact (run, "date"));
  if (curves->len == 1)
    nullcurve_figure_set_text (&figure->subtitle, common);
  else
    nullcurve_figure_set_text (&figure->subtitle, both != NULL ? both : chosen->label);
}

NullcurveFigure *
nullcurve_figure_stages (MoeRun *run, guint curve)
{
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (&run, 1);
  NullcurveFigure *figure = nullcurve_figure_new ();

  add_panels (figure);
  nullcurve_figure_set_text (&figure->title, "Where the time goes");
  nullcurve_figure_set_text (&figure->x_label, "null fraction");
  nullcurve_figure_set_text (&figure->empty_text, "These rows tell no stage times.");
  if (curve >= curves->len)
    return figure;
  for (int kind = 0; kind < NULLCURVE_N_STAGE_KINDS; kind++)
    add_kind (figure, run, g_ptr_array_index (curves, curve), kind);
  nullcurve_figure_stack (figure, PANEL_TIME);
  nullcurve_figure_stack (figure, PANEL_SHARE);
  add_ideal (figure, run, g_ptr_array_index (curves, curve));
  set_words (figure, run, curves, curve);
  return figure;
}

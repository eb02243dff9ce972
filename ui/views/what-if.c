/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/what-if.h"

#include <glib/gi18n.h>

#include "engine/judge/cost-model.h"

enum
{
  STEPS = 40
};

typedef struct Builder
{
  NullcurveFigure *figure;
  NullcurveWhatIfOf of;
  MoeRun *run; /* whose curves they are */
  gboolean any;
} Builder;

/* What a token would take at a fraction. */
static double
token_s (const MoeCostModel *model, const MoeRecord *record, double fraction)
{
  const double topk = record->topk > 0 ? (double)record->topk : 1.0;
  const double step_s = 0.5 * model->fixed_s + topk * (1.0 - fraction) * model->per_expert_s;

  return step_s / (record->has_shape ? (double)record->shape.tokens : 1.0);
}

/* Of all lines the first is told of in the legend. */
static NullcurveReference *
add_line (Builder *builder, gsize panel, gsize series)
{
  NullcurveReference *line = nullcurve_panel_add_curve (
      &builder->figure->panels[panel],
      builder->any ? NULL : _ ("fixed part halved: computed, not measured"));

  line->keyed = TRUE;
  line->series = (gssize)series;
  builder->any = TRUE;
  return line;
}

static void
add_curve (Builder *builder, const NullcurveCurve *curve, gsize series)
{
  const MoeCurve all = {
    .run = builder->run, .first = curve->first, .records = curve->records, .indices = curve->indices
  };
  g_autoptr (GPtrArray) points = moe_curve_points (&all);
  const MoeCostModel model =
      moe_cost_model_fit ((const MoeRecord *const *)points->pdata, points->len);
  const MoeRecord *first = points->len > 0 ? g_ptr_array_index (points, 0) : NULL;
  const MoeRecord *last = points->len > 0 ? g_ptr_array_index (points, points->len - 1) : NULL;
  const double base_s = token_s (&model, curve->first, 0.0);
  NullcurveReference *lines[2] = { NULL, NULL };

  if (first == NULL || model.state != MOE_COST_STRAIGHT || !(model.fixed_s > 0.0))
    return;
  lines[0] = add_line (builder, 0, series);
  if (builder->of == NULLCURVE_WHAT_IF_OF_SPEEDUP)
    lines[1] = add_line (builder, 1, series);
  for (int i = 0; i <= STEPS; i++)
    {
      const double x =
          first->null_target + (last->null_target - first->null_target) * i / (double)STEPS;
      const double own_s = token_s (&model, curve->first, x);

      nullcurve_reference_add (
          lines[0], x, builder->of == NULLCURVE_WHAT_IF_OF_RATE ? 1.0 / own_s : base_s / own_s);
      if (lines[1] != NULL)
        nullcurve_reference_add (lines[1], x, base_s / own_s * (1.0 - x));
    }
}

/* In the legend and below the title: either may have no room, or be left out. */
static void
say_none (NullcurvePanel *panel)
{
  NullcurveReference *line = nullcurve_panel_add_curve (
      panel, _ ("fixed part halved: not to be computed, the points are no straight line"));
  g_autofree char *words = g_strdup_printf (
      "%s%s%s", _ ("nothing to compute: the points are no straight line"),
      panel->subtitle != NULL ? "; " : "", panel->subtitle != NULL ? panel->subtitle : "");

  line->keyed = TRUE;
  nullcurve_figure_set_text (&panel->subtitle, words);
}

void
nullcurve_what_if_add (NullcurveFigure *figure,
                       NullcurveWhatIfOf of,
                       MoeRun *const *runs,
                       gsize n_runs,
                       const NullcurveThroughputOptions *state)
{
  const gsize leading = state->current_run >= 0 ? (gsize)state->current_run : 0;
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (runs, n_runs);
  Builder builder = { figure, of, NULL, FALSE };

  for (guint i = 0; i < MIN (curves->len, figure->series->len); i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);

      builder.run = runs[leading];
      if (curve->run == leading && nullcurve_figure_get_series (figure, i)->visible)
        add_curve (&builder, curve, i);
    }
  if (!builder.any && curves->len > 0)
    say_none (&figure->panels[0]);
}

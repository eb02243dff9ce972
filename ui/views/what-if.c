/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/what-if.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/judge/cost-model.h"
#include "engine/judge/rest.h"
#include "engine/records/rates.h"

enum
{
  STEPS = 40
};

typedef struct Builder
{
  NullcurveFigure *figure;
  NullcurveWhatIf what_if;
  NullcurveWhatIfOf of;
  MoeRun *run; /* whose curves they are */
  gboolean any;
} Builder;

/* In the legend, and in the legend and below the title where there is none. */
static const struct
{
  const char *label, *label_none, *none;
} texts[NULLCURVE_N_WHAT_IFS] = {
  [NULLCURVE_WHAT_IF_FIXED_HALVED] = { N_ ("fixed part halved: computed, not measured"),
                                       N_ ("fixed part halved: not to be computed, the points are "
                                           "no straight line"),
                                       N_ ("nothing to compute: the points are no straight line") },
  [NULLCURVE_WHAT_IF_WEIGHTS_ONCE] = { N_ ("weights read once: computed, not measured"),
                                       N_ ("weights read once: not to be computed, stages or the "
                                           "read rate are not told"),
                                       N_ ("nothing to compute: stages or the read rate are not "
                                           "told") },
};

/* Of all lines the first is told of in the legend. */
static NullcurveReference *
add_line (Builder *builder, gsize panel, gsize series)
{
  NullcurveReference *line = nullcurve_panel_add_curve (
      &builder->figure->panels[panel], builder->any ? NULL : _ (texts[builder->what_if].label));

  line->keyed = TRUE;
  line->series = (gssize)series;
  builder->any = TRUE;
  return line;
}

/* What the steps of a curve would take. */
typedef struct Steps
{
  double tokens;
  double base_s; /* at f = 0, which gains are against */
  GArray *steps; /* NullcurveXY: fraction, seconds */
} Steps;

static void
add_step (Steps *self, double fraction, double step_s)
{
  const NullcurveXY step = { fraction, step_s };

  if (isfinite (step_s))
    g_array_append_val (self->steps, step);
}

static void
add_lines (Builder *builder, gsize series, const Steps *self)
{
  NullcurveReference *lines[2] = { NULL, NULL };

  lines[0] = add_line (builder, 0, series);
  if (builder->of == NULLCURVE_WHAT_IF_OF_SPEEDUP)
    lines[1] = add_line (builder, 1, series);
  for (guint i = 0; i < self->steps->len; i++)
    {
      const NullcurveXY step = g_array_index (self->steps, NullcurveXY, i);
      const double gain = self->base_s / step.y, rate = self->tokens / step.y;

      nullcurve_reference_add (lines[0], step.x,
                               builder->of == NULLCURVE_WHAT_IF_OF_RATE ? rate : gain);
      if (lines[1] != NULL)
        nullcurve_reference_add (lines[1], step.x, gain * (1.0 - step.x));
    }
}

static void
halve_fixed (GPtrArray *points, Steps *steps)
{
  const MoeCostModel model =
      moe_cost_model_fit ((const MoeRecord *const *)points->pdata, points->len);
  const MoeRecord *first = g_ptr_array_index (points, 0);
  const MoeRecord *last = g_ptr_array_index (points, points->len - 1);
  const double slots_s = (first->topk > 0 ? (double)first->topk : 1.0) * model.per_expert_s;

  if (model.state != MOE_COST_STRAIGHT || !(model.fixed_s > 0.0))
    return;
  steps->base_s = 0.5 * model.fixed_s + slots_s;
  for (int i = 0; i <= STEPS; i++)
    {
      const double x =
          first->null_target + (last->null_target - first->null_target) * i / (double)STEPS;

      add_step (steps, x, 0.5 * model.fixed_s + (1.0 - x) * slots_s);
    }
}

static void
read_once (const Builder *builder, GPtrArray *points, Steps *steps)
{
  for (guint i = 0; i < points->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (points, i);
      MoeRest rest;

      if (moe_rest_find (builder->run, record, &rest))
        add_step (steps, record->null_target, rest.measured_s - moe_rest_weights_once_s (&rest));
      else if (record == moe_run_find_baseline (builder->run, record))
        add_step (steps, 0.0, steps->base_s = moe_record_step_s (record));
    }
}

static void
add_curve (Builder *builder, const NullcurveCurve *curve, gsize series)
{
  const MoeCurve all = {
    .run = builder->run, .first = curve->first, .records = curve->records, .indices = curve->indices
  };
  g_autoptr (GPtrArray) points = moe_curve_points (&all);
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (NullcurveXY));
  Steps steps = { .tokens = curve->first->has_shape ? (double)curve->first->shape.tokens : 1.0,
                  .steps = array };

  if (points->len > 0 && builder->what_if == NULLCURVE_WHAT_IF_WEIGHTS_ONCE)
    read_once (builder, points, &steps);
  else if (points->len > 0)
    halve_fixed (points, &steps);
  if (array->len >= 2)
    add_lines (builder, series, &steps);
}

static void
say_none (const Builder *builder)
{
  NullcurvePanel *panel = &builder->figure->panels[0];
  NullcurveReference *line =
      nullcurve_panel_add_curve (panel, _ (texts[builder->what_if].label_none));
  g_autofree char *words = g_strdup_printf ("%s%s%s", _ (texts[builder->what_if].none),
                                            panel->subtitle != NULL ? "; " : "",
                                            panel->subtitle != NULL ? panel->subtitle : "");

  line->keyed = TRUE;
  nullcurve_figure_set_text (&panel->subtitle, words);
}

void
nullcurve_what_if_add (NullcurveFigure *figure,
                       NullcurveWhatIf what_if,
                       NullcurveWhatIfOf of,
                       MoeRun *const *runs,
                       gsize n_runs,
                       const NullcurveThroughputOptions *state)
{
  const gsize leading = state->current_run >= 0 ? (gsize)state->current_run : 0;
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (runs, n_runs);
  Builder builder = { figure, what_if, of, NULL, FALSE };

  for (guint i = 0; i < MIN (curves->len, figure->series->len); i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);

      builder.run = runs[leading];
      if (curve->run == leading && nullcurve_figure_get_series (figure, i)->visible)
        add_curve (&builder, curve, i);
    }
  if (!builder.any && curves->len > 0)
    say_none (&builder);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/efficiency.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/bench/stats.h"
#include "engine/judge/bound.h"
#include "engine/records/speedup.h"
#include "ui/figure/keys.h"

enum
{
  PANEL_SPEEDUP,
  PANEL_EFFICIENCY,
  PANEL_BOUND
};

typedef struct Builder
{
  NullcurveFigure *figure;
  const NullcurveThroughputOptions *options;
  guint n_unpaired; /* curves whose speed-ups are not taken round by round */
  guint n_without_base;
} Builder;

static NullcurvePoint *
add_point (
    NullcurveSeries *series, gsize panel, const MoeRecord *record, double value, gboolean measuring)
{
  NullcurvePoint *point = nullcurve_series_add_point (series, panel, record->null_target, value);

  point->x_realised = record->null_realized;
  point->measuring = measuring;
  return point;
}

static MoeSpeedup
add_record (const Builder *builder,
            NullcurveSeries *series,
            const MoeRun *run,
            const MoeRecord *record,
            gboolean measuring)
{
  MoeSpread speedup;
  const MoeSpeedup kind = moe_run_speedup (run, record, &speedup);
  /* What is left of the work turns a speed-up into null efficiency. */
  const double left = 1.0 - moe_record_realized (record);
  NullcurvePoint *point;

  point = add_point (series, PANEL_SPEEDUP, record, speedup.median, measuring);
  nullcurve_throughput_note (builder->options, record, point);
  if (speedup.n > 1)
    nullcurve_point_set_interval (point, speedup.lower, speedup.upper);
  point = add_point (series, PANEL_EFFICIENCY, record, moe_run_null_efficiency (run, record),
                     measuring);
  if (speedup.n > 1 && isfinite (point->y))
    nullcurve_point_set_interval (point, speedup.lower * left, speedup.upper * left);
  add_point (series, PANEL_BOUND, record, moe_run_bound_share (run, record), measuring);
  return kind;
}

/* What the forecast rate of a record would be against the measured f = 0; nothing before that. */
static void
add_forecast (NullcurveSeries *series, const MoeRun *run, const MoeRecord *record, double expected)
{
  const MoeRecord *base = moe_run_find_baseline (run, record);
  const double speedup = base != NULL ? expected / base->tokens_per_s : NAN;

  if (!isfinite (speedup) || speedup <= 0.0)
    return;
  nullcurve_series_add_forecast (series, PANEL_SPEEDUP, record->null_target, speedup);
  nullcurve_series_add_forecast (series, PANEL_EFFICIENCY, record->null_target,
                                 speedup * (1.0 - moe_record_realized (record)));
}

static void
add_curve (Builder *builder, const MoeRun *run, const NullcurveCurve *curve)
{
  const NullcurveThroughputOptions *options = builder->options;
  NullcurveSeries *series = nullcurve_throughput_add_series (options, builder->figure, curve);
  gboolean unpaired = FALSE;

  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      const gboolean measuring = nullcurve_throughput_is_measuring (options, curve, i);

      if (measuring || !isfinite (record->tokens_per_s))
        add_forecast (series, run, record, nullcurve_throughput_expected (options, curve, i));
      if (add_record (builder, series, run, record, measuring) == MOE_SPEEDUP_UNPAIRED)
        unpaired = TRUE;
    }
  if (!series->visible)
    return;
  builder->n_unpaired += unpaired;
  builder->n_without_base += moe_run_find_baseline (run, curve->first) == NULL;
}

static void
set_words (Builder *builder, const GPtrArray *curves)
{
  NullcurveFigure *figure = builder->figure;
  const NullcurveThroughputOptions *options = builder->options;
  g_autofree char *common = nullcurve_curves_common (curves);
  g_autoptr (GString) words = g_string_new (_ ("against f = 0 of the same curve"));

  if (builder->n_without_base > 0)
    g_string_append_printf (words,
                            g_dngettext (NULL, "; %u curve has no row at f = 0",
                                         "; %u curves have no row at f = 0",
                                         builder->n_without_base),
                            builder->n_without_base);
  else if (builder->n_unpaired == 0)
    g_string_append (words, _ (", paired round by round"));
  nullcurve_figure_set_text (&figure->panels[PANEL_SPEEDUP].subtitle, words->str);
  nullcurve_figure_set_text (&figure->title, options->title != NULL
                                                 ? options->title
                                                 : _ ("What null routing buys, and what is left"));
  nullcurve_figure_set_text (&figure->subtitle, common);
  nullcurve_figure_set_x (figure, NULLCURVE_X_FRACTION);
  if (options->deltas != NULL)
    nullcurve_figure_set_text (&figure->note_label, _ ("tokens/s against the baseline"));
  nullcurve_figure_set_text (&figure->empty_text,
                             _ ("None of these curves has a row at f = 0 to compare with."));
}

static void
add_panels (NullcurveFigure *figure)
{
  NullcurvePanel *panel;

  panel = nullcurve_figure_add_panel (figure, _ ("Speed-up"), NULL, NULLCURVE_UNIT_RATIO);
  panel->weight = 1.3;
  panel = nullcurve_figure_add_panel (figure, _ ("Null efficiency"),
                                      _ ("speed-up times (1 − f): 1 when all removed work "
                                         "became speed"),
                                      NULLCURVE_UNIT_PLAIN);
  nullcurve_panel_add_line (panel, _ ("ideal"), 1.0);
  nullcurve_figure_set_text (&panel->empty_text,
                             _ ("No curve has a row at f = 0 to compare with."));
  panel = nullcurve_figure_add_panel (figure, _ ("Of the roofline"),
                                      _ ("share of what this machine could do at best"),
                                      NULLCURVE_UNIT_SHARE);
  nullcurve_figure_set_text (&panel->empty_text,
                             _ ("These rows do not tell their machine's limits."));
}

NullcurveFigure *
nullcurve_figure_efficiency (MoeRun *const *runs,
                             gsize n_runs,
                             const NullcurveThroughputOptions *options)
{
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (runs, n_runs);
  NullcurveThroughputOptions defaults;
  Builder builder = { nullcurve_figure_new (), options, 0, 0 };
  double lo, hi;

  nullcurve_throughput_options_init (&defaults);
  if (options == NULL)
    builder.options = &defaults;
  add_panels (builder.figure);
  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);

      add_curve (&builder, runs[curve->run], curve);
    }
  nullcurve_figure_x_range (builder.figure, &lo, &hi);
  nullcurve_throughput_add_ideal (&builder.figure->panels[PANEL_SPEEDUP], hi);
  nullcurve_figure_dress (builder.figure, NULLCURVE_FACETS_NONE);
  set_words (&builder, curves);
  return builder.figure;
}

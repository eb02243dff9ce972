/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/against.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figure/keys.h"
#include "ui/words/judged.h"

enum
{
  PANEL_RATIO,
  PANEL_TIME
};

typedef struct Builder
{
  NullcurveFigure *figure;
  const NullcurveThroughputOptions *options;
  gsize n_alone; /* points shown that the baseline has no match for */
} Builder;

static void
add_pair (NullcurveSeries *series, const MoePair *pair, gboolean measuring)
{
  const MoeRecord *record = pair->b;
  g_autofree char *words = nullcurve_words_judged (&pair->judged);
  NullcurvePoint *point;

  point = nullcurve_series_add_point (series, PANEL_RATIO, record->null_target, pair->judged.ratio);
  point->x_realised = record->null_realized;
  point->measuring = measuring;
  if (isfinite (pair->judged.lower) && isfinite (pair->judged.upper))
    nullcurve_point_set_interval (point, pair->judged.lower, pair->judged.upper);
  nullcurve_figure_set_text (&point->note, words);
  point = nullcurve_series_add_point (series, PANEL_TIME, record->null_target,
                                      1e6 / record->tokens_per_s - 1e6 / pair->a->tokens_per_s);
  point->x_realised = record->null_realized;
  point->measuring = measuring;
}

static void
add_curve (Builder *builder, const MoeRun *run, const NullcurveCurve *curve)
{
  const NullcurveThroughputOptions *options = builder->options;
  NullcurveSeries *series = nullcurve_throughput_add_series (options, builder->figure, curve);

  series->visible = series->visible && run != nullcurve_deltas_get_baseline (options->deltas);
  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      const MoePair *pair = nullcurve_deltas_find (options->deltas, record);

      if (pair != NULL && isfinite (pair->judged.ratio))
        add_pair (series, pair, nullcurve_throughput_is_measuring (options, curve, i));
      else if (series->visible && isfinite (record->tokens_per_s))
        builder->n_alone++;
    }
}

static void
add_panels (Builder *builder)
{
  NullcurveFigure *figure = builder->figure;
  NullcurvePanel *panel;

  panel = nullcurve_figure_add_panel (figure, _ ("Tokens/s relative to the baseline"), NULL,
                                      NULLCURVE_UNIT_RATIO);
  nullcurve_figure_set_text (&panel->brief, _ ("Tokens/s"));
  panel->weight = 1.3;
  /* Twice as fast and half as fast lie equally far from the baseline, and zero is nobody's. */
  panel->scale = NULLCURVE_SCALE_LOG;
  nullcurve_panel_add_line (panel, _ ("baseline"), 1.0);
  panel = nullcurve_figure_add_panel (figure, _ ("Difference in time per token (µs)"),
                                      _ ("more than the baseline, or less (below 0)"),
                                      NULLCURVE_UNIT_PLAIN);
  nullcurve_figure_set_text (&panel->brief, _ ("µs/token"));
  nullcurve_panel_add_line (panel, _ ("baseline"), 0.0);
}

static void
set_words (Builder *builder, const GPtrArray *curves)
{
  NullcurveFigure *figure = builder->figure;
  const NullcurveThroughputOptions *options = builder->options;
  const MoeRun *baseline = nullcurve_deltas_get_baseline (options->deltas);
  g_autofree char *common = nullcurve_curves_common (curves);
  g_autoptr (GString) words = g_string_new (NULL);

  g_string_append_printf (words, _ ("times %s, with the interval of the ratio"),
                          moe_run_get_title (baseline));
  if (builder->n_alone > 0)
    g_string_append_printf (words,
                            g_dngettext (NULL, "; %zu point has no match there",
                                         "; %zu points have no match there", builder->n_alone),
                            builder->n_alone);
  nullcurve_figure_set_text (&figure->panels[PANEL_RATIO].subtitle, words->str);
  nullcurve_figure_set_text (&figure->title,
                             options->title != NULL ? options->title : _ ("Against the baseline"));
  nullcurve_figure_set_text (&figure->subtitle, common);
  nullcurve_figure_set_x (figure, NULLCURVE_X_FRACTION);
  nullcurve_figure_set_text (&figure->note_label, _ ("against the baseline"));
  nullcurve_figure_set_text (&figure->empty_text,
                             builder->n_alone > 0
                                 ? _ ("No point matches one of the baseline: shape, top-k, null "
                                      "mode, fraction and pass must agree.")
                                 : _ ("Nothing is shown besides the baseline itself."));
  nullcurve_figure_set_text (&figure->date, moe_run_get_fact (baseline, "date"));
}

NullcurveFigure *
nullcurve_figure_against (MoeRun *const *runs,
                          gsize n_runs,
                          const NullcurveThroughputOptions *options)
{
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (runs, n_runs);
  Builder builder = { nullcurve_figure_new (), options, 0 };

  add_panels (&builder);
  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);

      add_curve (&builder, runs[curve->run], curve);
    }
  nullcurve_figure_dress (builder.figure, NULLCURVE_FACETS_NONE);
  set_words (&builder, curves);
  return builder.figure;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/throughput.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/bench/stats.h"
#include "engine/judge/bound.h"
#include "engine/records/rates.h"
#include "engine/records/speedup.h"
#include "ui/figure/keys.h"
#include "ui/figure/readout.h"
#include "ui/views/bounds.h"
#include "ui/words/judged.h"
#include "ui/words/work-unit.h"

enum
{
  PANEL_TOKENS,
  PANEL_TFLOPS
};

void
nullcurve_throughput_options_init (NullcurveThroughputOptions *options)
{
  *options = (NullcurveThroughputOptions){ .current_run = -1, .measuring_record = -1 };
}

typedef struct Builder
{
  NullcurveFigure *figure;
  const NullcurveThroughputOptions *options;
  MoeRun *const *runs;
  gsize n_runs;
  /* How the intervals came about, for the words beside the title. */
  gboolean has_intervals;
  gboolean has_ranges;
  guint n_without_base;   /* curves that cannot be shown relative to their f = 0 */
  gboolean has_disturbed; /* samples, */
  gboolean has_processor; /* points of processor time */
  MoeWorkUnit work;
} Builder;

/* What a curve's values are divided by: 1 in absolute figures. */
typedef struct Base
{
  double tokens_per_s;
  double tflops;
} Base;

void
nullcurve_throughput_note (const NullcurveThroughputOptions *options,
                           const MoeRecord *record,
                           NullcurvePoint *point)
{
  const MoePair *pair = nullcurve_deltas_find (options->deltas, record);
  g_autofree char *words = pair != NULL ? nullcurve_words_judged (&pair->judged) : NULL;

  if (words != NULL)
    nullcurve_figure_set_text (&point->note, words);
}

gboolean
nullcurve_throughput_is_measuring (const NullcurveThroughputOptions *options,
                                   const NullcurveCurve *curve,
                                   guint place)
{
  return options->current_run == (gssize)curve->run
         && options->measuring_record == (gssize)g_array_index (curve->indices, gsize, place);
}

double
nullcurve_throughput_expected (const NullcurveThroughputOptions *options,
                               const NullcurveCurve *curve,
                               guint place)
{
  const gsize index = g_array_index (curve->indices, gsize, place);

  return options->current_run == (gssize)curve->run && index < options->n_forecast
             ? options->forecast_tokens_per_s[index]
             : NAN;
}

NullcurveSeries *
nullcurve_throughput_add_series (const NullcurveThroughputOptions *options,
                                 NullcurveFigure *figure,
                                 const NullcurveCurve *curve)
{
  const guint palette =
      options->run_palettes != NULL ? options->run_palettes[curve->run] : (guint)curve->run;
  NullcurveSeries *series = nullcurve_figure_add_series (figure, curve->label, palette);

  series->current = options->current_run == (gssize)curve->run;
  series->visible = options->run_hidden == NULL || !options->run_hidden[curve->run];
  nullcurve_curve_name_series (curve, series);
  return series;
}

static double
positive_or_nan (double value)
{
  return isfinite (value) && value > 0.0 ? value : NAN;
}

/* No work in a second is a figure too, and drawn where an axis has a zero. */
static double
figure_or_nan (double value)
{
  return isfinite (value) && value >= 0.0 ? value : NAN;
}

static Base
find_base (const Builder *builder, const NullcurveCurve *curve, gboolean *has_row)
{
  const MoeRecord *record;

  *has_row = TRUE;
  if (!builder->options->relative)
    return (Base){ 1.0, 1.0 / builder->work.per_tflops };
  record = moe_run_find_baseline (builder->runs[curve->run], curve->first);
  *has_row = record != NULL;
  if (record == NULL)
    return (Base){ NAN, NAN };
  return (Base){ positive_or_nan (record->tokens_per_s), positive_or_nan (record->tflops) };
}

static gboolean
is_disturbed (const MoeRecord *record, gsize sample)
{
  return record->taken != NULL && moe_taken_is_disturbed (&record->taken[sample]);
}

/* Raw rates of the samples, each divided by `base` (in tokens/s): those that were disturbed last.
 */
static void
set_samples (NullcurvePoint *point, const MoeRecord *record, double per_rate)
{
  g_autofree double *rates = NULL;
  gsize n = 0, n_undisturbed = 0;

  if (record->n_samples == 0 || !record->has_shape)
    return;
  rates = g_new (double, record->n_samples);
  for (int disturbed = 0; disturbed < 2; disturbed++)
    {
      for (gsize i = 0; i < record->n_samples; i++)
        if (record->samples_s[i] > 0.0 && is_disturbed (record, i) == disturbed)
          rates[n++] = per_rate * (double)record->shape.tokens / record->samples_s[i];
      n_undisturbed = disturbed == 0 ? n : n_undisturbed;
    }
  nullcurve_point_set_samples (point, rates, n, n - n_undisturbed);
}

/* Of the processors, that others took while its samples were taken; NaN when it is not told. */
static double
others_share (const MoeRecord *record)
{
  g_autofree double *shares = g_new (double, record->n_samples + 1);
  gsize n = 0;

  for (gsize i = 0; record->taken != NULL && i < record->n_samples; i++)
    if (isfinite (record->taken[i].share))
      shares[n++] = record->taken[i].share;
  return n > 0 ? CLAMP (1.0 - moe_median (shares, n), 0.0, 1.0) : NAN;
}

/* Padding is computed and is no work: TF/s fall by it. */
static void
tell_padding (const MoeRecord *record, NullcurvePoint *point)
{
  const double padding = moe_record_padding (record);
  g_autofree char *words =
      isnan (padding) ? NULL : g_strdup_printf (_ ("%.0f %% padding"), 100.0 * padding);

  nullcurve_figure_set_text (&point->aside, words);
}

/* Tokens/s, or how much faster than f = 0: then the very figure that everything else says of it,
 * made of the rounds in which both were taken.  Without samples n is below 2. */
static MoeSpread
spread_of (const Builder *builder, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread spread;

  if (builder->options->relative)
    moe_run_speedup (run, record, &spread);
  else
    {
      moe_record_rate_spread (record, &spread);
      spread.median = positive_or_nan (record->tokens_per_s);
    }
  return spread;
}

/* One record in one panel.  `per_spread` turns what spread_of () tells, `per_rate` the tokens/s of
 * a sample, into the panel's values. */
static void
add_point (Builder *builder,
           NullcurveSeries *series,
           gsize panel,
           const MoeRecord *record,
           double value,
           const MoeSpread *spread,
           double per_spread,
           double per_rate,
           double bound_share,
           gboolean measuring)
{
  NullcurvePoint *point = nullcurve_series_add_point (series, panel, record->null_target, value);

  point->x_realised = record->null_realized;
  point->measuring = measuring;
  point->bound_share = bound_share;
  if (panel == PANEL_TOKENS)
    nullcurve_throughput_note (builder->options, record, point);
  else
    tell_padding (record, point);
  if (!isfinite (value) || !isfinite (per_rate))
    return;
  set_samples (point, record, per_rate);
  builder->has_disturbed |= point->n_disturbed > 0;
  point->processor = moe_record_is_processor (record);
  builder->has_processor |= point->processor;
  if (point->processor)
    point->others_share = others_share (record);
  if (spread->n < 2)
    return;
  /* An interval that says nothing is said, and covers no chart. */
  if (moe_spread_is_wild (spread))
    {
      if (panel == PANEL_TOKENS)
        nullcurve_figure_set_text (&point->aside, _ (nullcurve_readout_wild));
      return;
    }
  nullcurve_point_set_interval (point, spread->lower * per_spread, spread->upper * per_spread);
  if (spread->coverage >= 0.95)
    builder->has_intervals = TRUE;
  else
    builder->has_ranges = TRUE;
}

static void
add_record (Builder *builder,
            NullcurveSeries *series,
            const MoeRun *run,
            const MoeRecord *record,
            Base base,
            gboolean measuring)
{
  const double tokens = positive_or_nan (record->tokens_per_s);
  /* What work was done in time that others took is no rate of this machine's. */
  const double tflops = moe_record_is_processor (record) ? NAN : figure_or_nan (record->tflops);
  const double work = tflops / tokens; /* of a token */
  const double per_spread = work / base.tflops * base.tokens_per_s;
  MoeSpread spread;
  double share;

  if (!isfinite (record->null_target))
    return;
  share = moe_run_bound_share (run, record);
  spread = spread_of (builder, run, record);
  add_point (builder, series, PANEL_TOKENS, record, spread.median, &spread, 1.0,
             1.0 / base.tokens_per_s, share, measuring);
  /* Rows that tell their work alone have it drawn. */
  add_point (builder, series, PANEL_TFLOPS, record,
             isfinite (spread.median * per_spread) ? spread.median * per_spread
                                                   : tflops / base.tflops,
             &spread, per_spread, work / base.tflops, share, measuring);
}

static void
add_forecast (NullcurveSeries *series, const MoeRecord *record, double tokens_per_s, Base base)
{
  const double tokens = tokens_per_s / base.tokens_per_s;
  const double tflops = tokens_per_s * nullcurve_bounds_tflop_per_token (record) / base.tflops;

  if (isfinite (record->null_target) && isfinite (tokens) && tokens > 0.0)
    nullcurve_series_add_forecast (series, PANEL_TOKENS, record->null_target, tokens);
  if (isfinite (record->null_target) && isfinite (tflops) && tflops > 0.0)
    nullcurve_series_add_forecast (series, PANEL_TFLOPS, record->null_target, tflops);
}

static const MoeRun *
leading_run (const Builder *builder)
{
  const gssize current = builder->options->current_run;

  if (current >= 0 && (gsize)current < builder->n_runs)
    return builder->runs[current];
  return builder->n_runs > 0 ? builder->runs[0] : NULL;
}

/* Over the fractions that the curve's records have. */
static void
add_bound (NullcurveSeries *series, const MoeRun *run, const NullcurveCurve *curve, Base base)
{
  const double bases[2] = { base.tokens_per_s, base.tflops };
  const MoeRecord *const *records = (const MoeRecord *const *)curve->records->pdata;
  const guint n = curve->records->len;

  if (n > 0)
    nullcurve_bounds_add (series, run, curve->first, records[0]->null_target,
                          records[n - 1]->null_target, bases);
}

static void
add_curve (Builder *builder, const NullcurveCurve *curve)
{
  const NullcurveThroughputOptions *options = builder->options;
  const MoeRun *run = builder->runs[curve->run];
  gboolean has_row;
  const Base base = find_base (builder, curve, &has_row);
  NullcurveSeries *series = nullcurve_throughput_add_series (options, builder->figure, curve);

  builder->n_without_base += !has_row && series->visible;
  series->visible = series->visible && has_row;
  if (has_row && options->show_bound && run == leading_run (builder))
    add_bound (series, run, curve, base);
  for (guint i = 0; has_row && i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      const gboolean measuring = nullcurve_throughput_is_measuring (options, curve, i);

      add_record (builder, series, run, record, base, measuring);
      /* The forecast of the point in work stays beside its samples, so that a surprise shows. */
      if (measuring || !isfinite (record->tokens_per_s))
        add_forecast (series, record, nullcurve_throughput_expected (options, curve, i), base);
    }
}

static const char *
interval_words (const Builder *builder)
{
  if (builder->has_intervals && builder->has_ranges)
    return _ (", median and interval");
  if (builder->has_intervals)
    /* xgettext:no-c-format */
    return _ (", median and 95 % interval");
  return builder->has_ranges ? _ (", median and range") : "";
}

void
nullcurve_throughput_add_ideal (NullcurvePanel *panel, double x_max)
{
  NullcurveReference *ideal = nullcurve_panel_add_curve (panel, _ ("ideal 1/(1 − f)"));

  for (int percent = 0; percent <= 99 && percent / 100.0 <= x_max + 1e-9; percent++)
    nullcurve_reference_add (ideal, percent / 100.0, 100.0 / (100.0 - percent));
}

/* What faint dots and hollow marks are, where there are any. */
static const char *
taken_words (const Builder *builder)
{
  if (builder->has_processor)
    return builder->has_disturbed ? _ ("; hollow: processor time, faint: disturbed by others")
                                  : _ ("; hollow: processor time");
  return builder->has_disturbed ? _ ("; faint: disturbed by others") : "";
}

static char *
left_out_words (const Builder *builder)
{
  if (builder->n_without_base == 0)
    return g_strdup ("");
  return g_strdup_printf (g_dngettext (NULL, "; %u curve not shown: no row at f = 0",
                                       "; %u curves not shown: no row at f = 0",
                                       builder->n_without_base),
                          builder->n_without_base);
}

static void
finish_panels (Builder *builder)
{
  const NullcurveThroughputOptions *options = builder->options;
  NullcurvePanel *tokens = &builder->figure->panels[PANEL_TOKENS];
  NullcurvePanel *tflops = &builder->figure->panels[PANEL_TFLOPS];
  g_autofree char *left_out = left_out_words (builder);
  const MoeRun *leading = leading_run (builder);
  const double machine_dense = nullcurve_bounds_dense_tflops (leading);
  const gboolean unknown = options->show_bound && leading != NULL && isnan (machine_dense);
  g_autofree char *words = g_strdup_printf (
      "%s%s%s%s%s", options->relative ? _ ("of the same curve") : _ ("tokens per second"),
      interval_words (builder), taken_words (builder), left_out,
      unknown ? _ ("; the run in hand does not tell its machine's limits") : "");
  double lo;
  double hi;

  nullcurve_figure_set_text (&tokens->subtitle, words);
  nullcurve_figure_x_range (builder->figure, &lo, &hi);
  tokens->weight = 1.15;
  tokens->scale = tflops->scale = options->log_y ? NULLCURVE_SCALE_LOG : NULLCURVE_SCALE_LINEAR;
  if (options->relative)
    nullcurve_throughput_add_ideal (tokens, hi);
  else if (options->show_bound && isfinite (machine_dense))
    nullcurve_panel_add_line (tflops, _ ("dense matmul rate of the machine"),
                              machine_dense * builder->work.per_tflops);
  if (options->show_bound)
    nullcurve_figure_set_text (&builder->figure->bound_label, _ ("roofline bound"));
  nullcurve_figure_set_text (
      &tflops->empty_text,
      builder->has_processor    ? _ (moe_work_missing (builder->runs, builder->n_runs))
      : options->n_forecast > 0 ? _ ("TF/s come with the first routing.")
      : options->relative       ? _ ("These rows tell no TF/s at f = 0 to compare with.")
                                : _ (moe_work_missing (builder->runs, builder->n_runs)));
}

static void
set_words (Builder *builder, const GPtrArray *curves)
{
  NullcurveFigure *figure = builder->figure;
  const NullcurveThroughputOptions *options = builder->options;
  const MoeRun *leading = leading_run (builder);
  g_autofree char *common = nullcurve_curves_common (curves);
  const char *title = options->title;

  if (title == NULL && builder->n_runs == 1)
    title = moe_run_get_title (leading);
  nullcurve_figure_set_text (&figure->title,
                             title != NULL ? title : _ ("Throughput against the null fraction"));
  nullcurve_figure_set_text (&figure->subtitle, common);
  nullcurve_figure_set_x (figure, NULLCURVE_X_FRACTION);
  if (options->deltas != NULL)
    nullcurve_figure_set_text (&figure->note_label, _ ("against the baseline"));
  nullcurve_figure_set_text (&figure->empty_text,
                             builder->n_without_base > 0
                                 ? _ ("None of these curves has a row at f = 0 to compare with.")
                             : options->measuring_record >= 0
                                 ? _ ("No points yet: the first is being measured.")
                                 : _ ("No points yet: press Run, or open a file of results."));
  if (leading != NULL)
    nullcurve_figure_set_text (&figure->date, moe_run_get_fact (leading, "date"));
}

NullcurveFigure *
nullcurve_figure_throughput (MoeRun *const *runs,
                             gsize n_runs,
                             const NullcurveThroughputOptions *options)
{
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (runs, n_runs);
  NullcurveThroughputOptions defaults;
  Builder builder = {
    .figure = nullcurve_figure_new (), .options = options, .runs = runs, .n_runs = n_runs
  };
  NullcurveUnit rate;
  NullcurveUnit plain;

  nullcurve_throughput_options_init (&defaults);
  if (options == NULL)
    builder.options = &defaults;
  rate = builder.options->relative ? NULLCURVE_UNIT_RATIO : NULLCURVE_UNIT_RATE;
  plain = builder.options->relative ? NULLCURVE_UNIT_RATIO : NULLCURVE_UNIT_PLAIN;
  builder.work = moe_work_unit_of_runs (runs, n_runs);
  nullcurve_figure_add_panel (
      builder.figure, builder.options->relative ? _ ("Tokens/s relative to f = 0") : _ ("Tokens/s"),
      NULL, rate);
  nullcurve_figure_add_panel (
      builder.figure, builder.options->relative ? _ ("TF/s relative to f = 0") : builder.work.name,
      _ ("useful work only"), plain);
  if (builder.options->relative)
    {
      nullcurve_figure_set_text (&builder.figure->panels[PANEL_TOKENS].brief, _ ("Tokens/s"));
      nullcurve_figure_set_text (&builder.figure->panels[PANEL_TFLOPS].brief, "TF/s");
    }
  for (guint i = 0; i < curves->len; i++)
    add_curve (&builder, g_ptr_array_index (curves, i));
  finish_panels (&builder);
  nullcurve_figure_dress (builder.figure, NULLCURVE_FACETS_NONE);
  set_words (&builder, curves);
  return builder.figure;
}

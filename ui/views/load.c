/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/load.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/rates.h"
#include "ui/figure/axis.h"
#include "ui/figure/readout.h"
#include "ui/figure/style.h"
#include "ui/views/curves.h"
#include "ui/words/work-unit.h"

#define EN_DASH "\342\200\223"

/* --- what all of them say --- */

#define NO_LOADS    N_ ("These rows do not tell the experts' loads.")
#define ALL_EXPERTS N_ ("all experts")

typedef struct PanelWords
{
  const char *title;
  const char *subtitle;
  const char *empty; /* why there is nothing */
  NullcurveUnit unit;
} PanelWords;

static NullcurveFigure *
new_figure (const char *title, const PanelWords *panels, gsize n_panels)
{
  NullcurveFigure *figure = nullcurve_figure_new ();

  for (gsize i = 0; i < n_panels; i++)
    {
      NullcurvePanel *panel = nullcurve_figure_add_panel (figure, _ (panels[i].title),
                                                          _ (panels[i].subtitle), panels[i].unit);

      nullcurve_figure_set_text (&panel->empty_text,
                                 panels[i].empty != NULL ? _ (panels[i].empty) : NULL);
    }
  nullcurve_figure_set_text (&figure->title, title);
  nullcurve_figure_set_text (
      &figure->empty_text, _ ("These rows do not tell how their tokens were routed: published rows "
                              "and older files hold speeds only. Run this setup to see it."));
  return figure;
}

/* --- what the experts get --- */

enum
{
  PANEL_EXPERTS,
  PANEL_TOKENS
};

enum
{
  MAX_BINS = 8 /* besides the tokens that keep none */
};

typedef struct Builder
{
  NullcurveFigure *figure;
  const MoeRun *run;
  const NullcurveCurve *curve;
  const NullcurveDeltas *deltas;
} Builder;

/* The baseline's record of the same point, or NULL. */
static const MoeRecord *
base_of (const Builder *builder, const MoeRecord *record)
{
  const MoePair *pair = nullcurve_deltas_find (builder->deltas, record);

  return pair != NULL ? pair->a : NULL;
}

static NullcurvePoint *
add_point (NullcurveSeries *series, gsize panel, const MoeRecord *record, double y)
{
  NullcurvePoint *point = nullcurve_series_add_point (series, panel, record->null_target, y);

  point->x_realised = record->null_realized;
  return point;
}

/* Load: two bands and a line */

typedef void (*Ends) (const MoeRecord *record, double *lower, double *upper);

static void
all_experts (const MoeRecord *record, double *lower, double *upper)
{
  *lower = record->load_min >= 0 ? (double)record->load_min : NAN;
  *upper = record->load_max >= 0 ? (double)record->load_max : NAN;
}

static void
middle_half (const MoeRecord *record, double *lower, double *upper)
{
  *lower = record->balance.p25;
  *upper = record->balance.p75;
}

static void
note_ends (const Builder *builder, NullcurvePoint *point, const MoeRecord *record, Ends ends)
{
  const MoeRecord *base = base_of (builder, record);
  char low[NULLCURVE_AXIS_LABEL_SIZE];
  char high[NULLCURVE_AXIS_LABEL_SIZE];
  double lower;
  double upper;

  if (base == NULL)
    return;
  ends (base, &lower, &upper);
  nullcurve_format_end (NULLCURVE_UNIT_RATE, lower, low);
  nullcurve_format_end (NULLCURVE_UNIT_RATE, upper, high);
  if (isfinite (lower) && isfinite (upper))
    {
      g_autofree char *words = g_strconcat (low, EN_DASH, high, NULL);

      nullcurve_figure_set_text (&point->note, words);
    }
}

static void
add_band (const Builder *builder, const char *label, double strength, Ends ends)
{
  NullcurveSeries *series =
      nullcurve_figure_add_series (builder->figure, label, nullcurve_palette_tint (0, strength));

  series->band = TRUE;
  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (builder->curve->records, i);
      NullcurvePoint *point;
      double lower;
      double upper;

      ends (record, &lower, &upper);
      if (!isfinite (lower) || !isfinite (upper))
        continue;
      point = add_point (series, PANEL_EXPERTS, record, 0.5 * (lower + upper));
      nullcurve_point_set_interval (point, lower, upper);
      note_ends (builder, point, record, ends);
    }
}

/* "cv 0.12": how far the experts' loads lie apart, in means. */
static void
add_mean (const Builder *builder)
{
  NullcurveSeries *series = nullcurve_figure_add_series (builder->figure, _ ("mean"), 0);

  series->current = TRUE;
  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (builder->curve->records, i);
      const double mean = moe_record_mean_load (record);
      NullcurvePoint *point;

      if (!(mean > 0.0) || record->load_max < 0)
        continue;
      point = add_point (series, PANEL_EXPERTS, record, mean);
      if (isfinite (record->load_std))
        {
          char number[G_ASCII_DTOSTR_BUF_SIZE];
          g_autofree char *cv = g_strconcat (
              "cv ", g_ascii_formatd (number, sizeof number, "%.2f", record->load_std / mean),
              NULL);

          nullcurve_figure_set_text (&point->aside, cv);
        }
    }
}

/* Experts kept: shares of the tokens, from none to all */

typedef struct Bin
{
  gsize first;
  gsize last;
} Bin;

static char *
bin_label (Bin bin)
{
  if (bin.first == 0)
    return g_strdup (_ ("keep none"));
  if (bin.first == bin.last)
    return g_strdup_printf (_ ("keep %zu"), bin.first);
  return g_strdup_printf (_ ("keep %zu–%zu"), bin.first, bin.last);
}

static double
share_of (const MoeRecord *record, Bin bin)
{
  double tokens = 0.0;
  double all = 0.0;

  for (gsize n = 0; n < record->n_kept; n++)
    {
      all += (double)record->kept[n];
      if (n >= bin.first && n <= bin.last)
        tokens += (double)record->kept[n];
    }
  return all > 0.0 ? tokens / all : NAN;
}

/* None stands out: what such a token computed is nothing at all. */
static void
add_bin (const Builder *builder, Bin bin, double strength)
{
  g_autofree char *label = bin_label (bin);
  NullcurveSeries *series = nullcurve_figure_add_series (
      builder->figure, label, bin.first == 0 ? 1 : nullcurve_palette_tint (0, strength));
  gboolean any = FALSE;

  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (builder->curve->records, i);
      const MoeRecord *base = base_of (builder, record);
      const double share = share_of (record, bin);
      NullcurvePoint *point;

      if (!isfinite (share))
        continue;
      any = any || share > 0.0;
      point = add_point (series, PANEL_TOKENS, record, share);
      if (base != NULL && isfinite (share_of (base, bin)))
        {
          char words[NULLCURVE_AXIS_LABEL_SIZE];

          nullcurve_format_value (NULLCURVE_UNIT_SHARE, share_of (base, bin), words);
          nullcurve_figure_set_text (&point->note, words);
        }
    }
  series->visible = any;
}

static void
add_bins (const Builder *builder)
{
  gsize topk = 0;
  gsize width;

  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (builder->curve->records, i);

      if (record->n_kept > topk)
        topk = record->n_kept - 1; /* by a k rule every fraction has another */
    }
  if (topk == 0)
    return;
  width = (topk + MAX_BINS - 1) / MAX_BINS;
  add_bin (builder, (Bin){ 0, 0 }, 1.0);
  for (gsize first = 1; first <= topk; first += width)
    {
      const Bin bin = { first, MIN (first + width - 1, topk) };

      add_bin (builder, bin, 0.2 + 0.8 * (double)bin.last / (double)topk);
    }
  nullcurve_figure_stack (builder->figure, PANEL_TOKENS);
}

static const PanelWords expert_panels[] = {
  [PANEL_EXPERTS] = { N_ ("Tokens per expert"), N_ ("assignments that each real expert gets"),
                      NO_LOADS, NULLCURVE_UNIT_RATE },
  [PANEL_TOKENS] = { N_ ("Experts kept per token"), N_ ("share of the tokens"),
                     N_ ("These rows do not tell how many experts tokens keep."),
                     NULLCURVE_UNIT_SHARE },
};

static void
add_experts (const Builder *builder)
{
  add_band (builder, _ (ALL_EXPERTS), 0.12, all_experts);
  add_band (builder, _ ("middle half"), 0.5, middle_half);
  add_mean (builder);
  add_bins (builder);
}

/* A figure of one curve against the null fraction, of what `add` adds. */
static NullcurveFigure *
figure_of_curve (MoeRun *run,
                 guint curve,
                 const NullcurveDeltas *deltas,
                 const char *title,
                 const PanelWords *panels,
                 gsize n_panels,
                 void (*add) (const Builder *builder))
{
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (&run, 1);
  NullcurveFigure *figure = new_figure (title, panels, n_panels);
  Builder builder = { .figure = figure, .run = run, .deltas = deltas };

  nullcurve_figure_set_x (figure, NULLCURVE_X_FRACTION);
  if (curve >= curves->len)
    return figure;
  builder.curve = g_ptr_array_index (curves, curve);
  add (&builder);
  nullcurve_curves_title_one (figure, curves, run, curve);
  if (deltas != NULL)
    nullcurve_figure_set_text (&figure->note_label, _ ("baseline"));
  return figure;
}

NullcurveFigure *
nullcurve_figure_load (MoeRun *run, guint curve, const NullcurveDeltas *deltas)
{
  return figure_of_curve (run, curve, deltas, _ ("What routing gives the experts"), expert_panels,
                          G_N_ELEMENTS (expert_panels), add_experts);
}

/* --- what it costs --- */

enum
{
  PANEL_FULLEST,
  PANEL_TILES,
  PANEL_ACTIVE
};

static double
active_experts (const MoeRecord *record)
{
  return record->active_experts >= 0 ? (double)record->active_experts : NAN;
}

static double
tiles_of_16 (const MoeRecord *record)
{
  return record->balance.tile_share[MOE_TILES_16];
}

static double
tiles_of_64 (const MoeRecord *record)
{
  return record->balance.tile_share[MOE_TILES_64];
}

static double
tiles_of_128 (const MoeRecord *record)
{
  return record->balance.tile_share[MOE_TILES_128];
}

/* One line of one panel; the readout has the baseline's value too. */
static void
add_cost (const Builder *builder,
          gsize panel,
          const char *label,
          guint palette,
          double (*value) (const MoeRecord *))
{
  NullcurveSeries *series = nullcurve_figure_add_series (builder->figure, label, palette);
  gboolean any = FALSE;

  series->current = TRUE;
  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (builder->curve->records, i);
      const MoeRecord *base = base_of (builder, record);
      NullcurvePoint *point;

      if (!isfinite (value (record)))
        continue;
      any = TRUE;
      point = add_point (series, panel, record, value (record));
      if (base != NULL && isfinite (value (base)))
        {
          char words[NULLCURVE_AXIS_LABEL_SIZE];

          nullcurve_format_value (builder->figure->panels[panel].unit, value (base), words);
          nullcurve_figure_set_text (&point->note, words);
        }
    }
  series->visible = any;
}

static const PanelWords cost_panels[] = {
  [PANEL_FULLEST] = { N_ ("Fullest over mean"), N_ ("1 when all experts have the same"), NO_LOADS,
                      NULLCURVE_UNIT_RATIO },
  [PANEL_TILES] = { N_ ("Useful rows in tiles"),
                    N_ ("share of the rows of whole tiles; every expert begins a "
                        "tile of its own"),
                    N_ ("These rows do not tell what their loads fill of tiles."),
                    NULLCURVE_UNIT_SHARE },
  [PANEL_ACTIVE] = { N_ ("Active experts"), N_ ("with at least one assignment"), NO_LOADS,
                     NULLCURVE_UNIT_PLAIN },
};

/* The lines, in the order of the legend, which is that of their colours. */
static const struct
{
  gsize panel;
  const char *label;
  double (*value) (const MoeRecord *record);
} costs[] = {
  { PANEL_FULLEST, N_ ("fullest expert"), moe_record_imbalance },
  { PANEL_FULLEST, N_ ("fullest shard"), moe_record_shard_imbalance },
  { PANEL_TILES, N_ ("tiles of 16"), tiles_of_16 },
  { PANEL_TILES, N_ ("tiles of 64"), tiles_of_64 },
  { PANEL_TILES, N_ ("tiles of 128"), tiles_of_128 },
  { PANEL_ACTIVE, N_ ("active experts"), active_experts },
};

static void
add_costs (const Builder *builder)
{
  const MoeRecord *first = builder->curve->first;

  for (guint i = 0; i < G_N_ELEMENTS (costs); i++)
    add_cost (builder, costs[i].panel, _ (costs[i].label), i, costs[i].value);
  if (first->has_shape)
    nullcurve_panel_add_line (&builder->figure->panels[PANEL_ACTIVE], _ (ALL_EXPERTS),
                              (double)first->shape.experts);
}

NullcurveFigure *
nullcurve_figure_load_cost (MoeRun *run, guint curve, const NullcurveDeltas *deltas)
{
  return figure_of_curve (run, curve, deltas, _ ("What uneven loads cost"), cost_panels,
                          G_N_ELEMENTS (cost_panels), add_costs);
}

/* --- throughput against it --- */

enum
{
  PANEL_RATE,
  PANEL_WORK
};

/* "f = 0.5": which point of its curve it is. */
static void
tell_fraction (NullcurvePoint *point, const MoeRecord *record)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *words = g_strconcat (
      "f = ", g_ascii_formatd (number, sizeof number, "%g", record->null_target), NULL);

  nullcurve_figure_set_text (&point->aside, words);
}

static void
add_mark (NullcurveSeries *series,
          const NullcurveThroughputOptions *options,
          const MoeRecord *record,
          const MoeWorkUnit *work)
{
  const double imbalance = moe_record_imbalance (record);
  NullcurvePoint *point;
  MoeSpread spread;

  if (!isfinite (imbalance) || !(record->tokens_per_s > 0.0))
    return;
  point = nullcurve_series_add_point (series, PANEL_RATE, imbalance, record->tokens_per_s);
  point->processor = moe_record_is_processor (record);
  nullcurve_throughput_note (options, record, point);
  tell_fraction (point, record);
  if (moe_record_rate_spread (record, &spread) && spread.n >= 2)
    nullcurve_point_set_interval (point, spread.lower, spread.upper);
  if (moe_record_is_processor (record) || !isfinite (record->tflops))
    return;
  point =
      nullcurve_series_add_point (series, PANEL_WORK, imbalance, record->tflops * work->per_tflops);
  tell_fraction (point, record);
}

static void
set_scatter_words (NullcurveFigure *figure, const GPtrArray *curves, const char *title)
{
  g_autofree char *common = nullcurve_curves_common (curves);

  if (title != NULL)
    nullcurve_figure_set_text (&figure->title, title);
  nullcurve_figure_set_text (&figure->subtitle, common);
  nullcurve_figure_set_text (&figure->x_label, _ ("rows of the fullest expert over the mean"));
}

NullcurveFigure *
nullcurve_figure_load_throughput (MoeRun *const *runs,
                                  gsize n_runs,
                                  const NullcurveThroughputOptions *options)
{
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (runs, n_runs);
  const MoeWorkUnit work = moe_work_unit_of_runs (runs, n_runs);
  const PanelWords panels[] = {
    [PANEL_RATE] = { N_ ("Tokens/s"), N_ ("a mark for each point of all curves"), NULL,
                     NULLCURVE_UNIT_RATE },
    [PANEL_WORK] = { work.name, N_ ("useful work only"), moe_work_missing (runs, n_runs),
                     NULLCURVE_UNIT_PLAIN },
  };
  NullcurveFigure *figure =
      new_figure (_ ("Throughput against uneven loads"), panels, G_N_ELEMENTS (panels));
  NullcurveThroughputOptions defaults;

  nullcurve_throughput_options_init (&defaults);
  if (options == NULL)
    options = &defaults;
  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);
      NullcurveSeries *series = nullcurve_throughput_add_series (options, figure, curve);

      /* There are no lines whose dashes could tell the curves of a run apart. */
      series->palette = nullcurve_palette_wear (series->palette, curve->index, 0);
      for (guint j = 0; j < curve->records->len; j++)
        add_mark (series, options, g_ptr_array_index (curve->records, j), &work);
    }
  for (gsize panel = 0; options->log_y && panel < figure->n_panels; panel++)
    figure->panels[panel].scale = NULLCURVE_SCALE_LOG;
  figure->scattered = TRUE;
  figure->x_scale = NULLCURVE_SCALE_LOG;
  set_scatter_words (figure, curves, options->title);
  if (options->deltas != NULL)
    nullcurve_figure_set_text (&figure->note_label, _ ("tokens/s against the baseline"));
  return figure;
}

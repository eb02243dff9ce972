/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/where.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/judge/cost-model.h"
#include "engine/judge/rest.h"
#include "engine/records/curves.h"
#include "engine/records/numbers.h"
#include "engine/records/speedup.h"
#include "ui/figure/style.h"
#include "ui/views/curves.h"
#include "ui/views/stages.h"
#include "ui/words/cells.h"
#include "ui/words/rest.h"

#define MINUS "\342\210\222"
#define NBSP  "\302\240"

enum
{
  MOST_PARTS = 7, /* with a row of their own; the smaller ones are "other" */
  OTHER = MOE_N_STAGE_KINDS,
  N_KINDS = MOE_N_STAGE_KINDS + 1
};

/* Parts below this share of the step are put together. */
static const double least_share = 0.01;

/* A run: the one in hand, or the baseline that it is compared with. */
typedef struct Side
{
  MoeRest rest;
  GPtrArray *points; /* const MoeRecord *: its curve, by fraction; owned */
  MoeCostModel model;
  double excess_s[N_KINDS]; /* NaN: no such part */
  gboolean sure[N_KINDS];
  const MoeRestPart *parts[N_KINDS]; /* NULL where it is no part of the rest */
} Side;

typedef struct Builder
{
  NullcurveFigure *figure;
  const NullcurveWhereOptions *options;
  Side sides[NULLCURVE_BARS_MOST_SIDES];
  gsize n_sides;
  gsize own;          /* which of them is the run in hand */
  int kinds[N_KINDS]; /* with a row, from the top */
  gsize n_kinds;
  int part; /* that the panel is of */
} Builder;

/* --- what is measured --- */

gssize
nullcurve_where_find_curve (MoeRun *run, const MoeRecord *record)
{
  g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);

  for (guint i = 0; i < curves->len; i++)
    {
      const MoeCurve *curve = g_ptr_array_index (curves, i);

      if (g_ptr_array_find (curve->records, record, NULL))
        return (gssize)i;
    }
  return -1;
}

/* NULL where there is no such curve. */
static GPtrArray *
points_of_curve (MoeRun *run, guint index)
{
  g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);

  return index < curves->len ? moe_curve_points (g_ptr_array_index (curves, index)) : NULL;
}

static gboolean
is_told (const MoeRun *run, const MoeRecord *record)
{
  MoeRest rest;

  return record->null_target > 0.0 && moe_rest_find (run, record, &rest);
}

/* The record at the fraction that is meant; NULL where nothing can be told. */
static const MoeRecord *
find_at (const MoeRun *run, const GPtrArray *points, double at)
{
  const MoeRecord *found = NULL;

  for (guint i = 0; points != NULL && i < points->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (points, i);

      if (!is_told (run, record))
        continue;
      if (found == NULL || !(at > 0.0)
          || fabs (record->null_target - at) < fabs (found->null_target - at))
        found = record;
    }
  return found;
}

double
nullcurve_where_snap (MoeRun *run, guint curve, double at)
{
  g_autoptr (GPtrArray) points = points_of_curve (run, curve);
  const MoeRecord *record = find_at (run, points, at);

  return record != NULL ? record->null_target : NAN;
}

double
nullcurve_where_step (MoeRun *run, guint curve, double at, int direction)
{
  g_autoptr (GPtrArray) points = points_of_curve (run, curve);
  double next = at;

  for (guint i = 0; points != NULL && i < points->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (points, i);
      const double x = record->null_target;

      if ((direction > 0 ? x > at : x < at) && is_told (run, record)
          && (next == at || fabs (x - at) < fabs (next - at)))
        next = x;
    }
  return next;
}

/* Microseconds per token of seconds per step. */
static double
per_token_us (const MoeRecord *record, double time_s)
{
  return 1e6 * time_s / (record->has_shape ? (double)record->shape.tokens : 1.0);
}

/* --- sides and their parts --- */

static void
read_parts (Side *side)
{
  for (int kind = 0; kind < N_KINDS; kind++)
    side->excess_s[kind] = NAN;
  for (gsize i = 0; i < side->rest.n_parts; i++)
    {
      const MoeRestPart *part = &side->rest.parts[i];

      side->parts[part->kind] = part;
      side->excess_s[part->kind] = part->excess_s;
      side->sure[part->kind] = part->sure;
    }
}

/* FALSE where there is nothing to tell of the record. */
static gboolean
add_side (Builder *builder, MoeRun *run, const MoeRecord *record)
{
  Side *side = &builder->sides[builder->n_sides];

  if (!moe_rest_find (run, record, &side->rest))
    return FALSE;
  side->points = points_of_curve (run, (guint)nullcurve_where_find_curve (run, record));
  side->model =
      moe_cost_model_fit ((const MoeRecord *const *)side->points->pdata, side->points->len);
  read_parts (side);
  builder->n_sides++;
  return TRUE;
}

/* The baseline first: what was before stands above what is now. */
static void
add_sides (Builder *builder, MoeRun *run, const MoeRecord *record)
{
  const MoePair *pair = nullcurve_deltas_find (builder->options->deltas, record);

  if (pair != NULL)
    add_side (builder, nullcurve_deltas_get_baseline (builder->options->deltas), pair->a);
  builder->own = builder->n_sides;
  add_side (builder, run, record);
}

static double
largest_excess (const Builder *builder, int kind)
{
  double largest = -INFINITY;

  for (gsize i = 0; i < builder->n_sides; i++)
    if (isfinite (builder->sides[i].excess_s[kind]))
      largest = fmax (largest, builder->sides[i].excess_s[kind]);
  return largest;
}

static gboolean
is_small (const Builder *builder, int kind)
{
  for (gsize i = 0; i < builder->n_sides; i++)
    if (fabs (builder->sides[i].excess_s[kind]) >= least_share * builder->sides[i].rest.measured_s)
      return FALSE;
  return TRUE;
}

/* Rows by the largest excess on either side.  TRUE when another was added. */
static gboolean
add_largest (Builder *builder)
{
  int largest = -1;

  for (int kind = 0; kind < OTHER; kind++)
    {
      gboolean taken = !isfinite (largest_excess (builder, kind)) || is_small (builder, kind);

      for (gsize i = 0; i < builder->n_kinds; i++)
        taken = taken || builder->kinds[i] == kind;
      if (!taken
          && (largest < 0 || largest_excess (builder, kind) > largest_excess (builder, largest)))
        largest = kind;
    }
  if (largest >= 0)
    builder->kinds[builder->n_kinds++] = largest;
  return largest >= 0;
}

static gboolean
has_row (const Builder *builder, int kind)
{
  for (gsize i = 0; i < builder->n_kinds; i++)
    if (builder->kinds[i] == kind)
      return TRUE;
  return FALSE;
}

/* What has no row goes into "other", which has one where that is anything. */
static void
choose_kinds (Builder *builder)
{
  gboolean any = FALSE;

  while (builder->n_kinds < MOST_PARTS && add_largest (builder))
    ;
  for (gsize i = 0; i < builder->n_sides; i++)
    {
      Side *side = &builder->sides[i];
      double left_s = side->rest.excess_s;

      for (gsize k = 0; k < builder->n_kinds; k++)
        if (isfinite (side->excess_s[builder->kinds[k]]))
          left_s -= side->excess_s[builder->kinds[k]];
      side->excess_s[OTHER] = left_s;
      side->sure[OTHER] = left_s > side->rest.doubt_s;
      any = any || fabs (left_s) > 1e-9 * side->rest.measured_s;
    }
  if (any || builder->n_kinds == 0)
    builder->kinds[builder->n_kinds++] = OTHER;
}

/* Is the rest one bar, whose name the cost model knows? */
static gboolean
is_fixed (const Side *side)
{
  return !side->rest.has_stages
         && (side->model.state == MOE_COST_STRAIGHT || side->model.state == MOE_COST_TWO);
}

static const char *
kind_label (const Builder *builder, int kind)
{
  const Side *own = &builder->sides[builder->own];

  if (kind != OTHER)
    return nullcurve_words_stage_kind ((MoeStageKind)kind);
  if (builder->n_kinds > 1)
    return _ ("other");
  return is_fixed (own) ? _ ("fixed part") : _ ("above the ideal");
}

/* --- the bars --- */

/* So many decimals that the whole has three digits or more: values in a column add up to be seen.
 */
static char *
value_text (double value, double whole)
{
  const int decimals = CLAMP (2 - (int)floor (log10 (fmax (whole, 1e-6))), 0, 6);
  g_autofree char *text = moe_number_fixed (fabs (value), decimals, "");

  return g_strconcat (value < 0.0 ? MINUS : "", text, NULL);
}

static char *
share_text (double share)
{
  return isfinite (share) ? g_strdup_printf ("%s%.0f" NBSP "%%", share < -0.005 ? MINUS : "",
                                             100.0 * fabs (share))
                          : NULL;
}

/* The parts' shares are of the rest, which must be one. */
static double
share_of (const Side *side, int kind)
{
  return side->rest.excess_s > side->rest.doubt_s ? side->excess_s[kind] / side->rest.excess_s
                                                  : NAN;
}

static void
set_bar (const Side *side, NullcurveBar *bar, double from_s, double to_s, double value_s)
{
  const MoeRecord *record = side->rest.record;

  bar->from = per_token_us (record, from_s);
  bar->to = per_token_us (record, to_s);
  bar->value =
      value_text (per_token_us (record, value_s), per_token_us (record, side->rest.measured_s));
}

/* "0.1 of 45.2 at f = 0" */
static void
add_ideal (const Builder *builder)
{
  const MoeRest *own = &builder->sides[builder->own].rest;
  NullcurveBarRow *row =
      nullcurve_bars_add_row (builder->figure->bars, NULLCURVE_BAR_IDEAL, NULLCURVE_WHERE_STEP,
                              _ ("ideal"), NULLCURVE_PALETTE_MUTED);
  g_autofree char *left = moe_cell_fraction (1.0 - own->realized);
  g_autofree char *base =
      value_text (per_token_us (own->base, own->base_s), per_token_us (own->base, own->base_s));

  row->note = g_strdup_printf (_ ("%s of the %s µs at f = 0"), left, base);
  for (gsize i = 0; i < builder->n_sides; i++)
    set_bar (&builder->sides[i], &row->bars[i], 0.0, builder->sides[i].rest.ideal_s,
             builder->sides[i].rest.ideal_s);
}

static void
add_part (const Builder *builder, int kind, double ends_s[NULLCURVE_BARS_MOST_SIDES])
{
  const Side *own = &builder->sides[builder->own];
  NullcurveBarRow *row =
      nullcurve_bars_add_row (builder->figure->bars, NULLCURVE_BAR_PART,
                              NULLCURVE_WHERE_PART (kind), kind_label (builder, kind),
                              kind != OTHER ? nullcurve_stage_kind_palette ((MoeStageKind)kind)
                              : builder->n_kinds > 1 ? NULLCURVE_PALETTE_MUTED
                                                     : 0);

  if (own->parts[kind] != NULL && (kind != OTHER || builder->n_kinds == 1))
    row->note = nullcurve_words_rest_cause (&own->parts[kind]->cause);
  for (gsize i = 0; i < builder->n_sides; i++)
    {
      const Side *side = &builder->sides[i];

      if (!isfinite (side->excess_s[kind]))
        continue;
      set_bar (side, &row->bars[i], ends_s[i], ends_s[i] + side->excess_s[kind],
               side->excess_s[kind]);
      row->bars[i].share = share_text (share_of (side, kind));
      row->bars[i].doubtful = !side->sure[kind];
      ends_s[i] += side->excess_s[kind];
    }
}

/* "1.98× as fast as f = 0, ideally 10×" */
static void
add_measured (const Builder *builder)
{
  const MoeRest *own = &builder->sides[builder->own].rest;
  NullcurveBarRow *row =
      nullcurve_bars_add_row (builder->figure->bars, NULLCURVE_BAR_WHOLE, NULLCURVE_WHERE_STEP,
                              _ ("measured"), NULLCURVE_PALETTE_MUTED);
  MoeSpread speedup;

  if (moe_run_speedup (own->run, own->record, &speedup) != MOE_SPEEDUP_NONE)
    {
      g_autofree char *ratio = moe_number_significant (speedup.median, 3);
      g_autofree char *most = moe_number_significant (1.0 / (1.0 - own->realized), 3);

      row->note = g_strdup_printf (_ ("%s× as fast as f = 0, ideally %s×"), ratio, most);
    }
  for (gsize i = 0; i < builder->n_sides; i++)
    set_bar (&builder->sides[i], &row->bars[i], 0.0, builder->sides[i].rest.measured_s,
             builder->sides[i].rest.measured_s);
}

/* "5.6 of 9.0 µs per token stand above the ideal" */
static void
title_bars (const Builder *builder)
{
  const MoeRest *own = &builder->sides[builder->own].rest;
  NullcurveBars *bars = builder->figure->bars;
  const double whole = per_token_us (own->record, own->measured_s);
  g_autofree char *at = moe_cell_fraction (own->record->null_target);
  g_autofree char *excess = value_text (per_token_us (own->record, own->excess_s), whole);
  g_autofree char *measured = value_text (whole, whole);

  bars->title = g_strdup_printf (_ ("Where the step goes at f = %s"), at);
  if (own->excess_s > own->doubt_s)
    bars->subtitle =
        g_strdup_printf (_ ("%s of %s µs per token stand above the ideal"), excess, measured);
  else
    bars->subtitle = g_strdup (_ ("nothing stands above the ideal beyond doubt"));
  bars->value_label = g_strdup (_ ("µs/token"));
  bars->share_label = g_strdup (_ ("of the rest"));
}

static void
name_sides (const Builder *builder)
{
  NullcurveBars *bars = builder->figure->bars;

  for (gsize i = 0; builder->n_sides > 1 && i < builder->n_sides; i++)
    {
      const char *title = moe_run_get_title (builder->sides[i].rest.run);

      bars->sides[i] = i == builder->own
                           ? g_strdup (title != NULL ? title : _ ("this run"))
                           : g_strdup_printf (_ ("baseline: %s"), title != NULL ? title : "");
      bars->palettes[i] =
          i == builder->own ? builder->options->palette : builder->options->baseline_palette;
    }
}

static void
choose_part (Builder *builder)
{
  NullcurveBars *bars = builder->figure->bars;

  builder->part = builder->options->part;
  if (builder->part != NULLCURVE_WHERE_STEP
      && (builder->part < NULLCURVE_WHERE_PART (0)
          || !has_row (builder, builder->part - NULLCURVE_WHERE_PART (0))))
    builder->part = NULLCURVE_WHERE_PART (builder->kinds[0]);
  for (gsize i = 0; i < bars->rows->len; i++)
    if (nullcurve_bars_get_row (bars, i)->key == builder->part)
      bars->chosen = (gssize)i;
}

static void
add_bars (Builder *builder)
{
  double ends_s[NULLCURVE_BARS_MOST_SIDES] = { 0.0 };

  builder->figure->bars = nullcurve_bars_new (builder->n_sides);
  title_bars (builder);
  name_sides (builder);
  add_ideal (builder);
  for (gsize i = 0; i < builder->n_sides; i++)
    ends_s[i] = builder->sides[i].rest.ideal_s;
  for (gsize i = 0; i < builder->n_kinds; i++)
    add_part (builder, builder->kinds[i], ends_s);
  add_measured (builder);
  choose_part (builder);
}

/* --- the panel beside them --- */

/* Is the panel of the step rather than of a kind: also where there is but one part? */
static gboolean
is_of_step (const Builder *builder)
{
  return builder->part == NULLCURVE_WHERE_STEP || builder->n_kinds == 1;
}

/* Seconds of a record's step that the part takes. */
static double
part_s (const Builder *builder, const MoeRecord *record)
{
  const int kind = builder->part - NULLCURVE_WHERE_PART (0);
  double time_s = moe_record_step_s (record);

  if (is_of_step (builder))
    return time_s;
  if (kind != OTHER)
    return moe_stage_kind_sum (record->stage_s, (MoeStageKind)kind);
  for (gsize i = 0; i < builder->n_kinds; i++)
    if (builder->kinds[i] != OTHER)
      time_s -= moe_stage_kind_sum (record->stage_s, (MoeStageKind)builder->kinds[i]);
  return time_s;
}

/* The straight line of the part: seconds at x experts per token. */
static double
fit_s (const Builder *builder, const MoeCostModel *model, double experts)
{
  const int kind = builder->part - NULLCURVE_WHERE_PART (0);
  double time_s = moe_cost_model_step_s (model, experts);

  if (is_of_step (builder))
    return time_s;
  if (kind != OTHER)
    return moe_stage_kind_sum (model->stage_fixed_s, (MoeStageKind)kind)
           + experts * moe_stage_kind_sum (model->stage_per_expert_s, (MoeStageKind)kind);
  for (gsize i = 0; i < builder->n_kinds; i++)
    if (builder->kinds[i] != OTHER)
      time_s -=
          moe_stage_kind_sum (model->stage_fixed_s, (MoeStageKind)builder->kinds[i])
          + experts
                * moe_stage_kind_sum (model->stage_per_expert_s, (MoeStageKind)builder->kinds[i]);
  return time_s;
}

static void
add_points (const Builder *builder, gsize index)
{
  const Side *side = &builder->sides[index];
  const gboolean own = index == builder->own;
  const NullcurveBarRow *row =
      nullcurve_bars_get_row (builder->figure->bars, (gsize)builder->figure->bars->chosen);
  NullcurveSeries *series = nullcurve_figure_add_series (
      builder->figure, builder->n_sides > 1 ? builder->figure->bars->sides[index] : _ ("measured"),
      builder->n_sides > 1 ? builder->figure->bars->palettes[index] : row->palette);

  series->current = own;
  for (guint i = 0; i < side->points->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (side->points, i);
      NullcurvePoint *point = nullcurve_series_add_point (
          series, 0, record->null_target, per_token_us (record, part_s (builder, record)));

      point->x_realised = record->null_realized;
    }
}

/* What the part would be if it shrank with the work. */
static void
add_ideal_line (const Builder *builder, double lo, double hi)
{
  const MoeRecord *base = builder->sides[builder->own].rest.base;
  const double us = per_token_us (base, part_s (builder, base));
  NullcurveReference *line;

  if (!isfinite (us))
    return;
  line = nullcurve_panel_add_curve (&builder->figure->panels[0], _ ("ideal"));
  line->keyed = TRUE;
  nullcurve_reference_add (line, lo, us * (1.0 - lo));
  nullcurve_reference_add (line, hi, us * (1.0 - hi));
}

static void
add_fit (const Builder *builder, double lo, double hi)
{
  const Side *own = &builder->sides[builder->own];
  const MoeRecord *record = own->rest.record;
  const double topk = record->topk > 0 ? (double)record->topk : 1.0;
  const double ends[2] = { lo, hi };
  NullcurveReference *line;

  if (own->model.state != MOE_COST_STRAIGHT || !isfinite (fit_s (builder, &own->model, topk)))
    return;
  line = nullcurve_panel_add_curve (&builder->figure->panels[0], _ ("straight line"));
  line->keyed = line->dashed = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    nullcurve_reference_add (
        line, ends[i], per_token_us (record, fit_s (builder, &own->model, topk * (1.0 - ends[i]))));
}

/* "3.1 µs stay, 2.4 µs go with the slots" */
static char *
fit_words (const Builder *builder)
{
  const Side *own = &builder->sides[builder->own];
  const MoeRecord *record = own->rest.record;
  const double fixed_us = per_token_us (record, fit_s (builder, &own->model, 0.0));

  if (own->model.state == MOE_COST_BENT)
    return g_strdup (_ ("µs per token; no straight line in f"));
  if (own->model.state != MOE_COST_STRAIGHT || !isfinite (fixed_us))
    return NULL;
  g_autofree char *fixed = value_text (fixed_us, per_token_us (record, own->rest.measured_s));
  return g_strdup_printf (_ ("%s without any slot"), fixed);
}

static char *
panel_title (const Builder *builder)
{
  const char *label = is_of_step (builder)
                          ? _ ("the whole step")
                          : kind_label (builder, builder->part - NULLCURVE_WHERE_PART (0));
  g_autofree char *first = g_utf8_substring (label, 0, 1);
  g_autofree char *upper = g_utf8_strup (first, -1);

  return g_strdup_printf (_ ("%s%s (µs per token)"), upper, g_utf8_next_char (label));
}

static void
fill_panel (const Builder *builder)
{
  NullcurvePanel *panel = &builder->figure->panels[0];
  g_autofree char *title = panel_title (builder);
  g_autofree char *words = fit_words (builder);
  double lo, hi;

  nullcurve_figure_set_text (&panel->title, title);
  nullcurve_figure_set_text (&panel->brief, _ ("µs/token"));
  nullcurve_figure_set_text (&panel->subtitle, words);
  for (gsize i = 0; i < builder->n_sides; i++)
    add_points (builder, i);
  nullcurve_figure_x_range (builder->figure, &lo, &hi);
  add_ideal_line (builder, lo, hi);
  add_fit (builder, lo, hi);
}

/* --- the whole --- */

static void
fill (Builder *builder, MoeRun *run, const MoeRecord *record)
{
  builder->figure->marker = record->null_target;
  add_sides (builder, run, record);
  choose_kinds (builder);
  add_bars (builder);
  fill_panel (builder);
}

NullcurveFigure *
nullcurve_figure_where (MoeRun *run, const NullcurveWhereOptions *options)
{
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (&run, 1);
  g_autoptr (GPtrArray) points = points_of_curve (run, options->curve);
  const MoeRecord *record = find_at (run, points, options->at);
  NullcurveFigure *figure = nullcurve_figure_new ();
  Builder builder = { .figure = figure, .options = options };

  nullcurve_figure_add_panel (figure, _ ("Time per token"), NULL, NULLCURVE_UNIT_PLAIN);
  nullcurve_figure_set_text (&figure->title, _ ("Where it goes"));
  nullcurve_figure_set_x (figure, NULLCURVE_X_FRACTION);
  nullcurve_figure_set_text (
      &figure->empty_text,
      _ ("What stands above the ideal takes a row at f = 0 and one at a higher null fraction of "
         "the same curve, both with tokens/s. Measure f = 0 too to see where the rest goes."));
  if (options->curve < curves->len)
    nullcurve_curves_title_one (figure, curves, run, options->curve);
  if (record != NULL)
    fill (&builder, run, record);
  for (gsize i = 0; i < builder.n_sides; i++)
    g_ptr_array_unref (builder.sides[i].points);
  return figure;
}

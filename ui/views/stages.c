/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/stages.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/judge/cost-model.h"
#include "ui/figure/style.h"
#include "ui/views/curves.h"
#include "ui/words/rest.h"

#define MINUS "\342\210\222"
#define MICRO "\302\265"

enum
{
  PANEL_TIME,
  PANEL_SHARE
};

typedef struct Kind
{
  guint palette;   /* twins have the same hue */
  double strength; /* of a tint; 1: the colour itself */
} Kind;

static const Kind kind_info[MOE_N_STAGE_KINDS] = {
  [MOE_STAGE_KIND_FORWARD] = { 0, 1.0 },
  [MOE_STAGE_KIND_ACTIVATION] = { 3, 1.0 },
  [MOE_STAGE_KIND_MOVE] = { 4, 1.0 },
  [MOE_STAGE_KIND_PACK] = { 5, 1.0 },
  [MOE_STAGE_KIND_SHARED] = { 6, 1.0 },
  [MOE_STAGE_KIND_EXCHANGE] = { 7, 1.0 },
  [MOE_STAGE_KIND_DGRAD] = { 1, 1.0 },
  [MOE_STAGE_KIND_WGRAD] = { 2, 1.0 },
  [MOE_STAGE_KIND_ACTIVATION_BWD] = { 3, 0.45 },
  [MOE_STAGE_KIND_MOVE_BWD] = { 4, 0.45 },
  [MOE_STAGE_KIND_SHARED_BWD] = { 6, 0.45 },
  [MOE_STAGE_KIND_EXCHANGE_BWD] = { 7, 0.45 },
  [MOE_STAGE_KIND_WAIT] = { NULLCURVE_PALETTE_MUTED, 1.0 },
};

typedef struct Builder
{
  NullcurveFigure *figure;
  const NullcurveStagesOptions *options;
  const MoeRun *run;
  const NullcurveCurve *curve;
} Builder;

guint
nullcurve_stage_kind_palette (MoeStageKind kind)
{
  const Kind *info = &kind_info[kind];

  return info->strength < 1.0 ? nullcurve_palette_tint (info->palette, info->strength)
                              : info->palette;
}

/* Waiting is of both, and of neither alone. */
static gboolean
kind_is_of (MoeStageKind kind, NullcurveStagePhase phase)
{
  if (phase == NULLCURVE_STAGE_PHASE_ALL)
    return TRUE;
  if (kind == MOE_STAGE_KIND_WAIT)
    return FALSE;
  return (kind >= MOE_STAGE_KIND_DGRAD) == (phase == NULLCURVE_STAGE_PHASE_BACKWARD);
}

/* Seconds of a record's step that a kind takes; NaN when the record tells no stage of it. */
static double
kind_time_s (const MoeRecord *record, MoeStageKind kind)
{
  return moe_stage_kind_sum (record->stage_s, kind);
}

static double
phase_s (const MoeRecord *record, NullcurveStagePhase phase)
{
  double time_s = 0.0;

  for (int kind = 0; kind < MOE_N_STAGE_KINDS; kind++)
    {
      const double own = kind_time_s (record, kind);

      if (isfinite (own) && kind_is_of (kind, phase))
        time_s += own;
    }
  return time_s;
}

gboolean
nullcurve_stages_has_backward (const MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    if (phase_s (moe_run_get_record (run, i), NULLCURVE_STAGE_PHASE_BACKWARD) > 0.0)
      return TRUE;
  return FALSE;
}

static gboolean
can_be_shown (const Builder *builder, const MoeRecord *record)
{
  return record->has_shape && phase_s (record, builder->options->phase) > 0.0;
}

static double
per_token_us (const MoeRecord *record, double time_s)
{
  return 1e6 * time_s / (double)record->shape.tokens;
}

/* Of a kind, or of the whole phase: MOE_N_STAGE_KINDS. */
static double
time_of_s (const Builder *builder, const MoeRecord *record, MoeStageKind kind)
{
  return kind < MOE_N_STAGE_KINDS ? kind_time_s (record, kind)
                                  : phase_s (record, builder->options->phase);
}

/* Microseconds of it in the scale that is chosen; NaN where the run has no f = 0 to hold it
 * against. */
static double
scaled_us (const Builder *builder, const MoeRun *run, const MoeRecord *record, MoeStageKind kind)
{
  const double us = per_token_us (record, time_of_s (builder, record, kind));
  const MoeRecord *base;

  switch (builder->options->scale)
    {
    case NULLCURVE_STAGE_PER_SLOT:
      return us / moe_record_experts_per_token (record);
    case NULLCURVE_STAGE_EXCESS:
      base = moe_run_find_baseline (run, record);
      return base != NULL && can_be_shown (builder, base)
                 ? us
                       - (1.0 - moe_record_realized (record))
                             * per_token_us (base, time_of_s (builder, base, kind))
                 : NAN;
    case NULLCURVE_STAGE_PER_TOKEN:
    case NULLCURVE_N_STAGE_SCALES:
    default:
      return us;
    }
}

/* "+0.35 µs" */
static void
note_difference (const Builder *builder,
                 NullcurvePoint *point,
                 const MoeRecord *record,
                 MoeStageKind kind)
{
  const MoePair *pair = nullcurve_deltas_find (builder->options->deltas, record);
  const MoeRecord *base = pair != NULL ? pair->a : NULL;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *words = NULL;
  double difference;

  if (base == NULL || !can_be_shown (builder, base))
    return;
  difference =
      scaled_us (builder, builder->run, record, kind)
      - scaled_us (builder, nullcurve_deltas_get_baseline (builder->options->deltas), base, kind);
  if (!isfinite (difference))
    return;
  g_ascii_formatd (number, sizeof number, "%.3g", fabs (difference));
  words = g_strdup_printf ("%s%s " MICRO "s", difference < 0.0 ? MINUS : "+", number);
  nullcurve_figure_set_text (&point->note, words);
}

static void
add_record (const Builder *builder,
            NullcurveSeries *series,
            const MoeRecord *record,
            MoeStageKind kind)
{
  NullcurvePoint *point = nullcurve_series_add_point (
      series, PANEL_TIME, record->null_target, scaled_us (builder, builder->run, record, kind));

  point->x_realised = record->null_realized;
  note_difference (builder, point, record, kind);
  nullcurve_series_add_point (series, PANEL_SHARE, record->null_target,
                              kind_time_s (record, kind)
                                  / phase_s (record, builder->options->phase));
}

/* Kinds that no record spends time on are left out; palettes stay with the kinds. */
static void
add_kind (const Builder *builder, MoeStageKind kind)
{
  NullcurveSeries *series = nullcurve_figure_add_series (
      builder->figure, nullcurve_words_stage_kind (kind), nullcurve_stage_kind_palette (kind));
  gboolean any = FALSE;

  series->topk = builder->curve->first->topk > 0 ? (double)builder->curve->first->topk : 0.0;
  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (builder->curve->records, i);

      if (!can_be_shown (builder, record))
        continue;
      any = any || kind_time_s (record, kind) > 0.0;
      add_record (builder, series, record, kind);
    }
  series->visible = any && kind_is_of (kind, builder->options->phase);
}

/* Where the whole of it would be if everything shrank with the work. */
static void
add_ideal (const Builder *builder)
{
  const MoeRecord *base = moe_run_find_baseline (builder->run, builder->curve->first);
  const gboolean level = builder->options->scale == NULLCURVE_STAGE_PER_SLOT;
  NullcurveReference *ideal;
  double lo, hi, us;

  if (base == NULL || !can_be_shown (builder, base)
      || builder->options->scale == NULLCURVE_STAGE_EXCESS)
    return;
  ideal = nullcurve_panel_add_curve (&builder->figure->panels[PANEL_TIME],
                                     level ? _ ("ideal: level with f = 0")
                                           : _ ("ideal: f = 0 times (1 − f)"));
  ideal->ideal = TRUE;
  nullcurve_figure_x_range (builder->figure, &lo, &hi);
  us = scaled_us (builder, builder->run, base, MOE_N_STAGE_KINDS);
  for (int i = 0; i <= 20; i++)
    {
      const double x = lo + (hi - lo) * i / 20.0;

      nullcurve_reference_add (ideal, x, level ? us : us * (1.0 - x));
    }
}

/* What all kinds together are above the ideal: those below zero taken off. */
static void
add_loss (const Builder *builder)
{
  NullcurveReference *loss;

  if (builder->options->scale != NULLCURVE_STAGE_EXCESS)
    return;
  loss = nullcurve_panel_add_curve (&builder->figure->panels[PANEL_TIME], _ ("all of it"));
  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (builder->curve->records, i);
      const double us = can_be_shown (builder, record)
                            ? scaled_us (builder, builder->run, record, MOE_N_STAGE_KINDS)
                            : NAN;

      if (isfinite (us))
        nullcurve_reference_add (loss, record->null_target, us);
    }
}

/* The baseline's sum. */
static void
add_baseline (const Builder *builder)
{
  g_autoptr (GPtrArray) bases = g_ptr_array_new ();
  NullcurveReference *reference;

  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoePair *pair = nullcurve_deltas_find (builder->options->deltas,
                                                   g_ptr_array_index (builder->curve->records, i));

      if (pair != NULL && can_be_shown (builder, pair->a))
        g_ptr_array_add (bases, (gpointer)pair->a);
    }
  if (bases->len < 2)
    return;
  reference = nullcurve_panel_add_curve (&builder->figure->panels[PANEL_TIME], _ ("baseline"));
  reference->dashed = TRUE;
  for (guint i = 0; i < bases->len; i++)
    {
      const MoeRecord *base = g_ptr_array_index (bases, i);

      nullcurve_reference_add (reference, base->null_target,
                               scaled_us (builder,
                                          nullcurve_deltas_get_baseline (builder->options->deltas),
                                          base, MOE_N_STAGE_KINDS));
    }
}

/* Forward lies below: where it ends, backward begins. */
static void
add_divider (const Builder *builder)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  NullcurveReference *divider;

  for (guint i = 0; i < builder->curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (builder->curve->records, i);

      if (can_be_shown (builder, record) && phase_s (record, NULLCURVE_STAGE_PHASE_BACKWARD) > 0.0)
        g_ptr_array_add (records, (gpointer)record);
    }
  if (builder->options->phase != NULLCURVE_STAGE_PHASE_ALL || records->len < 2)
    return;
  nullcurve_figure_set_text (&builder->figure->panels[PANEL_SHARE].subtitle,
                             _ ("forward below the dotted line, backward above"));
  divider = nullcurve_panel_add_curve (&builder->figure->panels[PANEL_SHARE], NULL);
  for (guint i = 0; i < records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (records, i);

      nullcurve_reference_add (divider, record->null_target,
                               phase_s (record, NULLCURVE_STAGE_PHASE_FORWARD)
                                   / phase_s (record, NULLCURVE_STAGE_PHASE_ALL));
    }
}

static void
add_panels (const Builder *builder)
{
  static const char *const of[NULLCURVE_N_STAGE_PHASES] = {
    [NULLCURVE_STAGE_PHASE_ALL] = N_ ("Share of the step"),
    [NULLCURVE_STAGE_PHASE_FORWARD] = N_ ("Share of the forward pass"),
    [NULLCURVE_STAGE_PHASE_BACKWARD] = N_ ("Share of the backward pass"),
  };
  static const struct
  {
    const char *title;
    const char *subtitle;
  } times[NULLCURVE_N_STAGE_SCALES] = {
    [NULLCURVE_STAGE_PER_SLOT] = { N_ ("Time per real slot (µs)"),
                                   N_ ("for each slot that is kept: what rises eats the rest") },
    [NULLCURVE_STAGE_PER_TOKEN] = { N_ ("Time per token (µs)"),
                                    N_ ("mean over the threads, median over the samples") },
    [NULLCURVE_STAGE_EXCESS] = { N_ ("Time above the ideal (µs per token)"),
                                 N_ ("above (1 − f) of f = 0; below 0: shrank by more "
                                     "than the work") },
  };
  NullcurvePanel *panel;

  panel = nullcurve_figure_add_panel (builder->figure, _ (times[builder->options->scale].title),
                                      _ (times[builder->options->scale].subtitle),
                                      NULLCURVE_UNIT_PLAIN);
  nullcurve_figure_set_text (&panel->brief, builder->options->scale == NULLCURVE_STAGE_PER_SLOT
                                                ? _ ("µs/slot")
                                                : _ ("µs/token"));
  panel->stacked = TRUE;
  panel->weight = 1.3;
  if (builder->options->scale == NULLCURVE_STAGE_EXCESS)
    nullcurve_figure_set_text (&panel->empty_text,
                               _ ("This curve has no row at f = 0 to be held against."));
  panel = nullcurve_figure_add_panel (builder->figure, _ (of[builder->options->phase]), NULL,
                                      NULLCURVE_UNIT_SHARE);
  panel->stacked = TRUE;
}

NullcurveFigure *
nullcurve_figure_stages (MoeRun *run, const NullcurveStagesOptions *options)
{
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (&run, 1);
  NullcurveFigure *figure = nullcurve_figure_new ();
  const NullcurveStagesOptions defaults = { 0 };
  Builder builder = { .figure = figure, .options = &defaults, .run = run };

  if (options != NULL)
    builder.options = options;
  else
    options = &defaults;
  add_panels (&builder);
  nullcurve_figure_set_text (&figure->title, _ ("Where the time goes"));
  nullcurve_figure_set_x (figure, NULLCURVE_X_FRACTION);
  nullcurve_figure_set_text (&figure->empty_text,
                             options->phase == NULLCURVE_STAGE_PHASE_BACKWARD
                                 ? _ ("These rows tell no times of backward stages.")
                                 : _ ("These rows tell no stage times, as those of most logs do "
                                      "not. Select a run that was measured here."));
  if (options->curve >= curves->len)
    return figure;
  builder.curve = g_ptr_array_index (curves, options->curve);
  for (int kind = 0; kind < MOE_N_STAGE_KINDS; kind++)
    add_kind (&builder, (MoeStageKind)kind);
  nullcurve_figure_stack (figure, PANEL_TIME);
  nullcurve_figure_stack (figure, PANEL_SHARE);
  add_ideal (&builder);
  add_loss (&builder);
  add_baseline (&builder);
  add_divider (&builder);
  nullcurve_curves_title_one (figure, curves, run, options->curve);
  if (options->deltas != NULL)
    nullcurve_figure_set_text (&figure->note_label, _ ("against the baseline"));
  return figure;
}

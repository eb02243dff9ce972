/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/along.h"
#include "ui/words/work-unit.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/reference-rows.h"
#include "engine/records/axes.h"
#include "engine/records/rates.h"

enum
{
  PANEL_TOKENS,
  PANEL_TFLOPS
};

/* Sizes that tell curves apart besides the axes of records, unless they are what x is. */
enum
{
  SIZE_TOKENS,
  SIZE_HIDDEN,
  SIZE_MLP_DIM,
  SIZE_EXPERTS,
  SIZE_SHARED,
  SIZE_TOPK,
  N_SIZES
};

/* Rows that differ in x alone. */
typedef struct Line
{
  MoeRecord common; /* of the first, without what x is; it borrows that one's samples */
  gsize run;
  guint index;        /* among the lines of the run */
  GPtrArray *records; /* const MoeRecord *, of the run */
} Line;

typedef struct Builder
{
  NullcurveFigure *figure;
  const NullcurveThroughputOptions *options;
  MoeRun *const *runs;
  gsize n_runs;
  NullcurveAlong along;
  GPtrArray *lines; /* Line, of two points or more */
  guint n_single;   /* lines of one, which are left out */
  MoeWorkUnit work;
} Builder;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_ptr_array_unref (line->records);
  g_free (line);
}

static gsize
size_of (const MoeRecord *record, int size)
{
  const MoeShape *shape = &record->shape;
  const gsize sizes[N_SIZES] = {
    [SIZE_TOKENS] = shape->tokens,     [SIZE_HIDDEN] = shape->hidden,
    [SIZE_MLP_DIM] = shape->mlp_dim,   [SIZE_EXPERTS] = shape->experts,
    [SIZE_SHARED] = shape->shared_dim, [SIZE_TOPK] = (gsize)MAX (record->topk, 0),
  };

  return sizes[size];
}

/* NAN: the record has no place on this axis. */
static double
x_of (const MoeRecord *record, NullcurveAlong along)
{
  if (along == NULLCURVE_ALONG_CAPACITY)
    return record->capacity_factor;
  if (along == NULLCURVE_ALONG_TOPK)
    return record->topk > 0 ? (double)record->topk : NAN;
  if (!record->has_shape)
    return NAN;
  return (double)size_of (record, along == NULLCURVE_ALONG_TOKENS ? SIZE_TOKENS : SIZE_EXPERTS);
}

/* What is left of a record when x is taken from it. */
static MoeRecord
without_x (const MoeRecord *record, NullcurveAlong along)
{
  MoeRecord common = *record;

  switch (along)
    {
    case NULLCURVE_ALONG_TOKENS:
      common.shape.tokens = 0;
      break;
    case NULLCURVE_ALONG_EXPERTS:
      common.shape.experts = 0;
      break;
    case NULLCURVE_ALONG_TOPK:
      common.topk = 0;
      break;
    default:
      break;
    }
  /* Rows to an expert and what was dropped follow from the factor and the sizes. */
  common.capacity = common.dropped_assignments = -1;
  if (along == NULLCURVE_ALONG_CAPACITY)
    common.capacity_factor = NAN;
  return common;
}

static gboolean
has_x (const Line *line, double x, NullcurveAlong along)
{
  for (guint i = 0; i < line->records->len; i++)
    if (fabs (x_of (g_ptr_array_index (line->records, i), along) - x) < 1e-9)
      return TRUE;
  return FALSE;
}

static void
collect_run (Builder *builder, gsize run, GPtrArray *lines)
{
  g_autoptr (GHashTable) known =
      g_hash_table_new (moe_record_any_mode_hash, moe_record_any_mode_equal);

  for (gsize i = 0; i < moe_run_get_n_records (builder->runs[run]); i++)
    {
      const MoeRecord *record = moe_run_get_record (builder->runs[run], i);
      const double x = x_of (record, builder->along);
      MoeRecord common = without_x (record, builder->along);
      Line *line = g_hash_table_lookup (known, &common);

      if (!isfinite (x) || !moe_fraction_equal (record->null_target, 0)
          || !(record->tokens_per_s > 0.0 || record->tflops > 0.0))
        continue;
      if (line == NULL)
        {
          line = g_new0 (Line, 1);
          *line = (Line){ common, run, g_hash_table_size (known), g_ptr_array_new () };
          g_hash_table_insert (known, &line->common, line);
          g_ptr_array_add (lines, line);
        }
      if (!has_x (line, x, builder->along))
        g_ptr_array_add (line->records, (gpointer)record);
    }
}

static void
collect (Builder *builder)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (gsize run = 0; run < builder->n_runs; run++)
    collect_run (builder, run, all);
  for (guint i = 0; i < all->len; i++)
    {
      Line *line = g_ptr_array_index (all, i);

      if (line->records->len > 1 && builder->lines->len < NULLCURVE_CURVES_MOST)
        g_ptr_array_add (builder->lines, line);
      else
        {
          builder->n_single += line->records->len == 1;
          line_free (line);
        }
    }
}

/* --- what they are called --- */

static gboolean
is_x (const Builder *builder, int size)
{
  return (builder->along == NULLCURVE_ALONG_TOKENS && size == SIZE_TOKENS)
         || (builder->along == NULLCURVE_ALONG_EXPERTS && size == SIZE_EXPERTS)
         || (builder->along == NULLCURVE_ALONG_TOPK && size == SIZE_TOPK);
}

static gboolean
differs_in_size (const Builder *builder, int size)
{
  for (guint i = 1; i < builder->lines->len; i++)
    if (size_of (&((Line *)g_ptr_array_index (builder->lines, i))->common, size)
        != size_of (&((Line *)g_ptr_array_index (builder->lines, 0))->common, size))
      return TRUE;
  return FALSE;
}

static gboolean
differs_in_axis (const Builder *builder, MoeAxis axis)
{
  for (guint i = 1; i < builder->lines->len; i++)
    if (!moe_record_same_axis (&((Line *)g_ptr_array_index (builder->lines, i))->common,
                               &((Line *)g_ptr_array_index (builder->lines, 0))->common, axis))
      return TRUE;
  return FALSE;
}

static void
append_part (GString *text, const char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", part);
}

static char *
dup_size (int size, gsize value)
{
  switch (size)
    {
    case SIZE_TOKENS:
      return g_strdup_printf (_ ("%zu tokens"), value);
    case SIZE_HIDDEN:
      return g_strdup_printf ("H%zu", value);
    case SIZE_MLP_DIM:
      return g_strdup_printf ("M%zu", value);
    case SIZE_EXPERTS:
      return g_strdup_printf (_ ("%zu experts"), value);
    case SIZE_SHARED:
      return g_strdup_printf (_ ("shared %zu"), value);
    default:
      return g_strdup_printf ("top-%zu", value);
    }
}

/* "none" alone says nothing of what there is none of. */
static void
append_axis (GString *text, const MoeRecord *record, MoeAxis axis)
{
  static const char *const terse[] = { "none", "true", "false", NULL };
  const char *words = moe_record_axis (record, axis);
  g_autofree char *told = g_strv_contains (terse, words)
                              ? g_strdup_printf ("%s %s", moe_words (moe_axis_title (axis)), words)
                              : g_strdup (words);

  append_part (text, told);
}

/* What all have in common and is worth saying, or with `own` what tells this one from the others:
 * how it was computed, then its sizes. */
static void
append_words (const Builder *builder, const MoeRecord *record, gboolean own, GString *text)
{
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (axis != MOE_CHOICE_NULL_MODE && moe_record_axis (record, axis) != NULL
        && differs_in_axis (builder, axis) == own
        && (own || axis >= MOE_N_CHOICES || moe_choices[axis].common))
      append_axis (text, record, axis);
  for (int size = N_SIZES - 1; size >= 0; size--)
    {
      const gsize value = size_of (record, size);
      g_autofree char *words = dup_size (size, value);

      if (!is_x (builder, size) && value > 0 && differs_in_size (builder, size) == own)
        append_part (text, words);
    }
}

/* That rows were published stands in the list of runs. */
static void
append_title (GString *text, const MoeRun *run)
{
  const char *title = moe_run_get_title (run);
  const gsize all = strlen (title);
  const gsize remark =
      g_str_has_suffix (title, MOE_PUBLISHED_REMARK) ? strlen (MOE_PUBLISHED_REMARK) : 0;
  g_autofree char *brief = g_strndup (title, all > remark ? all - remark : all);

  append_part (text, brief);
}

static char *
dup_label (const Builder *builder, const Line *line)
{
  GString *text = g_string_new (NULL);

  if (builder->n_runs > 1)
    append_title (text, builder->runs[line->run]);
  append_words (builder, &line->common, TRUE, text);
  if (text->len == 0)
    append_title (text, builder->runs[line->run]);
  /* Runs may have one title. */
  for (guint i = 0; i < builder->figure->series->len; i++)
    if (g_str_equal (nullcurve_figure_get_series (builder->figure, i)->label, text->str))
      {
        g_string_append_printf (text, " (%u)", builder->figure->series->len + 1);
        break;
      }
  return g_string_free (text, FALSE);
}

/* --- the figure --- */

static void
add_rate (NullcurveSeries *series, const MoeRecord *record, double x)
{
  NullcurvePoint *point =
      nullcurve_series_add_point (series, PANEL_TOKENS, x, record->tokens_per_s);
  MoeSpread spread;

  point->processor = moe_record_is_processor (record);
  if (moe_record_rate_spread (record, &spread) && spread.n >= 2)
    nullcurve_point_set_interval (point, spread.lower, spread.upper);
}

static void
add_record (NullcurveSeries *series, const MoeRecord *record, double x, const MoeWorkUnit *work)
{
  if (isfinite (record->tokens_per_s))
    add_rate (series, record, x);
  if (isfinite (record->tflops) && !moe_record_is_processor (record))
    nullcurve_series_add_point (series, PANEL_TFLOPS, x, record->tflops * work->per_tflops);
}

static void
add_line (Builder *builder, const Line *line, guint position)
{
  const NullcurveThroughputOptions *options = builder->options;
  const guint palette =
      options->run_palettes != NULL ? options->run_palettes[line->run] + line->index : position;
  g_autofree char *label = dup_label (builder, line);
  NullcurveSeries *series = nullcurve_figure_add_series (builder->figure, label, palette);

  series->current = options->current_run == (gssize)line->run;
  series->visible = options->run_hidden == NULL || !options->run_hidden[line->run];
  for (guint i = 0; i < line->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (line->records, i);

      add_record (series, record, x_of (record, builder->along), &builder->work);
    }
}

static void
set_words (const Builder *builder)
{
  static const char *const labels[NULLCURVE_N_ALONGS] = {
    [NULLCURVE_ALONG_TOKENS] = N_ ("tokens"),
    [NULLCURVE_ALONG_EXPERTS] = N_ ("experts"),
    [NULLCURVE_ALONG_TOPK] = N_ ("top-k"),
    [NULLCURVE_ALONG_CAPACITY] = N_ ("capacity factor"),
  };
  NullcurveFigure *figure = builder->figure;
  const char *title = builder->options->title;
  g_autoptr (GString) common = g_string_new (NULL);
  g_autofree char *single = g_strdup_printf (
      g_dngettext (NULL, "; %u curve of a single point is left out",
                   "; %u curves of a single point are left out", builder->n_single),
      builder->n_single);
  g_autofree char *words =
      g_strconcat (_ ("tokens per second at f = 0"), builder->n_single > 0 ? single : "", NULL);

  if (title == NULL && builder->n_runs == 1)
    title = moe_run_get_title (builder->runs[0]);
  nullcurve_figure_set_text (&figure->title,
                             title != NULL ? title : _ ("Throughput without null slots"));
  nullcurve_figure_set_text (&figure->x_label, _ (labels[builder->along]));
  nullcurve_figure_set_text (&figure->panels[PANEL_TOKENS].subtitle, words);
  nullcurve_figure_set_text (&figure->panels[PANEL_TFLOPS].empty_text,
                             _ ("These rows tell no TF/s."));
  nullcurve_figure_set_text (&figure->empty_text,
                             _ ("No two rows at f = 0 differ in this alone. What throughput "
                                "stands against is chosen in Axes."));
  if (builder->lines->len > 0)
    append_words (builder, &((Line *)g_ptr_array_index (builder->lines, 0))->common, FALSE, common);
  nullcurve_figure_set_text (&figure->subtitle, common->len > 0 ? common->str : NULL);
}

NullcurveFigure *
nullcurve_figure_along (MoeRun *const *runs,
                        gsize n_runs,
                        NullcurveAlong along,
                        const NullcurveThroughputOptions *options)
{
  NullcurveThroughputOptions defaults;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (line_free);
  Builder builder = { .figure = nullcurve_figure_new (),
                      .options = options != NULL ? options : &defaults,
                      .runs = runs,
                      .n_runs = n_runs,
                      .along = along,
                      .lines = lines };

  nullcurve_throughput_options_init (&defaults);
  nullcurve_figure_add_panel (builder.figure, _ ("Tokens/s"), NULL, NULLCURVE_UNIT_RATE);
  builder.work = moe_work_unit_of_runs (runs, n_runs);
  nullcurve_figure_add_panel (builder.figure, builder.work.name, _ ("useful work only"),
                              NULLCURVE_UNIT_PLAIN);
  for (gsize panel = 0; panel < builder.figure->n_panels; panel++)
    builder.figure->panels[panel].scale =
        builder.options->log_y ? NULLCURVE_SCALE_LOG : NULLCURVE_SCALE_LINEAR;
  collect (&builder);
  for (guint i = 0; i < lines->len; i++)
    add_line (&builder, g_ptr_array_index (lines, i), i);
  set_words (&builder);
  return builder.figure;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/along.h"
#include "ui/words/work-unit.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/reference-rows.h"
#include "engine/judge/bound.h"
#include "engine/records/axes.h"
#include "engine/records/figures.h"
#include "engine/records/rates.h"
#include "ui/figure/axis.h"
#include "ui/figure/keys.h"

enum
{
  PANEL_TOKENS,
  PANEL_TFLOPS
};

/* Of one step. */
enum
{
  PANEL_TIME,
  PANEL_ACTIVE,
  PANEL_BYTES
};

enum
{
  MOST_TOLD = 6 /* curves in a subtitle */
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
  return (double)size_of (record, along == NULLCURVE_ALONG_EXPERTS ? SIZE_EXPERTS : SIZE_TOKENS);
}

/* What is left of a record when x is taken from it. */
static MoeRecord
without_x (const MoeRecord *record, NullcurveAlong along)
{
  MoeRecord common = *record;

  switch (along)
    {
    case NULLCURVE_ALONG_TOKENS:
    case NULLCURVE_ALONG_STEP:
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

/* Of a step every null fraction has lines of its own; elsewhere there is but one. */
static guint
hash_line (gconstpointer data)
{
  const MoeRecord *common = data;

  return moe_record_any_mode_hash (data)
         ^ ((guint)moe_fraction_thousandths (common->null_target) * 2654435761u);
}

static gboolean
equal_lines (gconstpointer a, gconstpointer b)
{
  const MoeRecord *x = a;
  const MoeRecord *y = b;

  return moe_record_any_mode_equal (a, b) && moe_fraction_equal (x->null_target, y->null_target)
         && (moe_fraction_equal (x->null_target, 0) || moe_record_same_curve (a, b));
}

static void
collect_run (Builder *builder, gsize run, GPtrArray *lines)
{
  g_autoptr (GHashTable) known = g_hash_table_new (hash_line, equal_lines);

  for (gsize i = 0; i < moe_run_get_n_records (builder->runs[run]); i++)
    {
      const MoeRecord *record = moe_run_get_record (builder->runs[run], i);
      const double x = x_of (record, builder->along);
      MoeRecord common = without_x (record, builder->along);
      Line *line = g_hash_table_lookup (known, &common);

      if (!isfinite (x) || isnan (record->null_target)
          || (builder->along != NULLCURVE_ALONG_STEP
              && !moe_fraction_equal (record->null_target, 0))
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
  return ((builder->along == NULLCURVE_ALONG_TOKENS || builder->along == NULLCURVE_ALONG_STEP)
          && size == SIZE_TOKENS)
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
        && (own || axis >= MOE_N_CHOICES
            || moe_choice_is_telling (axis, moe_record_axis (record, axis))))
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

static gboolean
differs_in_fraction (const Builder *builder)
{
  for (guint i = 1; i < builder->lines->len; i++)
    if (!moe_fraction_equal (((Line *)g_ptr_array_index (builder->lines, i))->common.null_target,
                             ((Line *)g_ptr_array_index (builder->lines, 0))->common.null_target))
      return TRUE;
  return FALSE;
}

/* What tells a line from others, but for its run. */
static void
append_value (const Builder *builder, const Line *line, GString *text)
{
  append_words (builder, &line->common, TRUE, text);
  if (differs_in_fraction (builder))
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_autofree char *fraction = g_strconcat (
          "f = ", g_ascii_formatd (number, sizeof number, "%g", line->common.null_target), NULL);

      append_part (text, fraction);
    }
}

static char *
dup_label (const Builder *builder, const Line *line)
{
  GString *text = g_string_new (NULL);

  if (builder->n_runs > 1)
    append_title (text, builder->runs[line->run]);
  append_value (builder, line, text);
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

/* --- one step --- */

/* The 99th percentile of the samples: of fewer than a hundred their largest. */
static double
slow_time_s (const MoeRecord *record)
{
  g_autofree double *times = NULL;
  const gsize n = moe_record_figures (record, &times);
  MoeSpread spread;

  if (n == 0)
    return NAN;
  moe_spread_of (times, n, &spread);
  return times[(gsize)ceil (0.99 * (double)n) - 1];
}

static const char *
weights_words (const MoeRun *run, const MoeRecord *record)
{
  switch (moe_run_weights_state (run, record))
    {
    case MOE_WEIGHTS_COLD:
      return _ ("cold weights");
    case MOE_WEIGHTS_WARM:
      return _ ("warm weights");
    case MOE_WEIGHTS_UNKNOWN:
      break;
    }
  return NULL;
}

/* `from`: the tokens from which on its line is bound by compute. */
static void
add_time (NullcurveSeries *series, const MoeRun *run, const MoeRecord *record, double x, gsize from)
{
  const double time_s = (double)record->shape.tokens / record->tokens_per_s;
  const double slow_s = slow_time_s (record);
  const char *weights = weights_words (run, record);
  NullcurvePoint *point = nullcurve_series_add_point (series, PANEL_TIME, x, 1e3 * time_s);
  g_autoptr (GString) aside = g_string_new (NULL);

  point->processor = moe_record_is_processor (record);
  if (isfinite (slow_s) && record->n_samples > 1)
    {
      char number[NULLCURVE_AXIS_LABEL_SIZE];

      nullcurve_point_set_interval (point, 1e3 * time_s, 1e3 * fmax (time_s, slow_s));
      nullcurve_format_value (NULLCURVE_UNIT_PLAIN, 1e3 * slow_s, number);
      g_string_append_printf (aside, "p99 %s", number);
    }
  if (weights != NULL)
    append_part (aside, weights);
  if (record->shape.tokens == from)
    append_part (aside, _ ("compute takes over"));
  if (aside->len > 0)
    nullcurve_figure_set_text (&point->aside, aside->str);
}

static void
add_bytes (NullcurveSeries *series, const MoeRun *run, const MoeRecord *record, double x)
{
  const double bytes_per_s = moe_record_bytes_per_s (record);
  MoeLimits limits;
  NullcurvePoint *point;

  if (!isfinite (bytes_per_s) || moe_record_is_processor (record))
    return;
  point = nullcurve_series_add_point (series, PANEL_BYTES, x, 1e-9 * bytes_per_s);
  if (moe_run_get_limits (run, &limits))
    {
      char share[NULLCURVE_AXIS_LABEL_SIZE];
      g_autofree char *words = NULL;

      nullcurve_format_value (NULLCURVE_UNIT_SHARE, bytes_per_s / limits.read_bytes_per_s, share);
      words = g_strdup_printf (_ ("%s of the read bandwidth"), share);
      nullcurve_figure_set_text (&point->aside, words);
    }
}

static void
add_step (NullcurveSeries *series, const MoeRun *run, const MoeRecord *record, double x, gsize from)
{
  if (record->tokens_per_s > 0.0)
    add_time (series, run, record, x, from);
  if (record->active_experts >= 0)
    nullcurve_series_add_point (series, PANEL_ACTIVE, x, (double)record->active_experts);
  add_bytes (series, run, record, x);
}

/* E (1 - (1 - k(1-f)/E)^T), in the colour of its series. */
static void
add_expected (Builder *builder, const Line *line, gssize series)
{
  const MoeRecord *common = &line->common;
  const double experts = (double)common->shape.experts;
  const double kept = (double)common->topk * (1.0 - common->null_target) / experts;
  NullcurveReference *curve;
  double last = 0.0;

  if (!(kept > 0.0) || kept > 1.0)
    return;
  for (guint i = 0; i < line->records->len; i++)
    last = fmax (last, x_of (g_ptr_array_index (line->records, i), builder->along));
  curve = nullcurve_panel_add_curve (&builder->figure->panels[PANEL_ACTIVE],
                                     series == 0 ? _ ("expected of even routing") : NULL);
  curve->series = series;
  curve->keyed = series == 0;
  for (double x = 1.0; x < last; x *= 1.1)
    nullcurve_reference_add (curve, x, experts * (1.0 - pow (1.0 - kept, x)));
  nullcurve_reference_add (curve, last, experts * (1.0 - pow (1.0 - kept, last)));
}

/* The first number of tokens from which a step's floor is its FLOPs; 0: none. */
static gsize
compute_from (const Builder *builder, const Line *line)
{
  const MoeRun *run = builder->runs[line->run];
  gsize from = 0;

  for (guint i = 0; i < line->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (line->records, i);

      if (moe_run_floor (run, record) == MOE_FLOOR_COMPUTE
          && (from == 0 || record->shape.tokens < from))
        from = record->shape.tokens;
    }
  return from;
}

/* From where on FLOPs are the floor of each line, in the subtitle. */
static char *
describe_compute (const Builder *builder)
{
  const guint n = builder->lines->len;
  gsize least = G_MAXSIZE, most = 0;
  g_autoptr (GString) each = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      const gsize from = compute_from (builder, g_ptr_array_index (builder->lines, i));
      g_autofree char *number =
          from > 0 ? g_strdup_printf ("%zu", from) : g_strdup ("\342\200\224");

      least = MIN (least, from);
      most = MAX (most, from);
      g_string_append_printf (each, "%s%s: %s", i > 0 ? "; " : "",
                              nullcurve_figure_get_series (builder->figure, i)->label, number);
    }
  if (most == 0)
    return NULL;
  if (least == most)
    return g_strdup_printf (_ ("compute takes over at %zu tokens"), most);
  if (n > MOST_TOLD)
    return g_strdup_printf (_ ("compute takes over at up to %zu tokens, as each curve tells"),
                            most);
  return g_strdup_printf (_ ("compute takes over at tokens: %s"), each->str);
}

/* What is said of the weights of every point; NULL where they differ, or nothing is known. */
static const char *
weights_of_all (const Builder *builder)
{
  const char *words = NULL;

  for (guint i = 0; i < builder->lines->len; i++)
    {
      const Line *line = g_ptr_array_index (builder->lines, i);

      for (guint j = 0; j < line->records->len; j++)
        {
          const char *own =
              weights_words (builder->runs[line->run], g_ptr_array_index (line->records, j));

          if (own == NULL || (words != NULL && words != own))
            return NULL;
          words = own;
        }
    }
  return words;
}

static void
append_subtitle (NullcurveFigure *figure, const char *words)
{
  g_autofree char *text = words == NULL || figure->subtitle == NULL
                              ? g_strdup (words)
                              : g_strjoin (", ", figure->subtitle, words, NULL);

  if (words != NULL)
    nullcurve_figure_set_text (&figure->subtitle, text);
}

static void
dress_step (Builder *builder)
{
  NullcurveFigure *figure = builder->figure;
  const Line *first = builder->lines->len > 0 ? g_ptr_array_index (builder->lines, 0) : NULL;
  const char *weights = first != NULL ? weights_of_all (builder) : NULL;
  g_autofree char *takes = describe_compute (builder);
  MoeLimits limits;

  figure->x_scale = NULLCURVE_SCALE_LOG;
  figure->octaves = TRUE;
  /* Over decades of tokens the time of a step spans decades too. */
  figure->panels[PANEL_TIME].scale = NULLCURVE_SCALE_LOG;
  nullcurve_figure_set_text (&figure->panels[PANEL_TIME].subtitle,
                             _ ("milliseconds of a step: median, up to the 99th percentile"));
  nullcurve_figure_set_text (&figure->panels[PANEL_ACTIVE].subtitle,
                             _ ("experts with at least one token"));
  nullcurve_figure_set_text (&figure->panels[PANEL_BYTES].subtitle,
                             _ ("least bytes of a step over its time"));
  append_subtitle (figure, weights);
  append_subtitle (figure, takes);
  nullcurve_figure_set_text (&figure->panels[PANEL_ACTIVE].empty_text,
                             _ ("These rows do not tell the experts' loads."));
  if (first != NULL && moe_run_get_limits (builder->runs[first->run], &limits))
    nullcurve_panel_add_line (&figure->panels[PANEL_BYTES], _ ("read bandwidth"),
                              1e-9 * limits.read_bytes_per_s);
}

/* --- lines --- */

static void
add_line (Builder *builder, const Line *line)
{
  const NullcurveThroughputOptions *options = builder->options;
  const guint palette =
      options->run_palettes != NULL ? options->run_palettes[line->run] : (guint)line->run;
  g_autofree char *label = dup_label (builder, line);
  NullcurveSeries *series = nullcurve_figure_add_series (builder->figure, label, palette);

  const gsize from = builder->along == NULLCURVE_ALONG_STEP ? compute_from (builder, line) : 0;

  series->current = options->current_run == (gssize)line->run;
  series->visible = options->run_hidden == NULL || !options->run_hidden[line->run];
  for (guint i = 0; i < line->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (line->records, i);

      if (builder->along == NULLCURVE_ALONG_STEP)
        add_step (series, builder->runs[line->run], record, x_of (record, builder->along), from);
      else
        add_record (series, record, x_of (record, builder->along), &builder->work);
    }
  if (builder->along == NULLCURVE_ALONG_STEP)
    add_expected (builder, line, (gssize)builder->figure->series->len - 1);
}

static gboolean
has_several (const Builder *builder)
{
  for (guint i = 1; i < builder->lines->len; i++)
    if (((Line *)g_ptr_array_index (builder->lines, i))->run
        == ((Line *)g_ptr_array_index (builder->lines, i - 1))->run)
      return TRUE;
  return FALSE;
}

/* Runs may have one title. */
static char *
dup_run_name (const Builder *builder, gsize run)
{
  GString *name = g_string_new (NULL);
  guint same = 0;

  append_title (name, builder->runs[run]);
  for (gsize i = 0; i < run; i++)
    same += g_strcmp0 (moe_run_get_title (builder->runs[i]), moe_run_get_title (builder->runs[run]))
            == 0;
  if (same > 0)
    g_string_append_printf (name, " (%u)", same + 1);
  return g_string_free (name, FALSE);
}

/* Hue is the run; marker and dash what its lines differ in, where a run has several. */
static void
dress (Builder *builder)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) values = NULL;

  for (guint i = 0; i < builder->lines->len; i++)
    {
      GString *value = g_string_new (NULL);

      append_value (builder, g_ptr_array_index (builder->lines, i), value);
      g_ptr_array_add (words, g_string_free (value, FALSE));
    }
  values = nullcurve_values_sort (words);
  for (guint i = 0; i < builder->lines->len; i++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (builder->figure, i);
      const char *value = has_several (builder) ? g_ptr_array_index (words, i) : NULL;
      g_autofree char *name =
          dup_run_name (builder, ((Line *)g_ptr_array_index (builder->lines, i))->run);

      nullcurve_series_set_part (series, NULLCURVE_PART_RUN, name, 0, NULLCURVE_FACETS_NONE);
      nullcurve_series_set_part (series, NULLCURVE_PART_VALUE, value,
                                 nullcurve_values_rank (values, value), NULLCURVE_FACETS_NONE);
    }
  nullcurve_figure_dress (builder->figure, NULLCURVE_FACETS_NONE);
}

static void
set_words (const Builder *builder)
{
  static const char *const labels[NULLCURVE_N_ALONGS] = {
    [NULLCURVE_ALONG_TOKENS] = N_ ("tokens"), [NULLCURVE_ALONG_EXPERTS] = N_ ("experts"),
    [NULLCURVE_ALONG_TOPK] = N_ ("top-k"),    [NULLCURVE_ALONG_CAPACITY] = N_ ("capacity factor"),
    [NULLCURVE_ALONG_STEP] = N_ ("tokens"),
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
  nullcurve_figure_set_text (&figure->title, title != NULL ? title
                                             : builder->along == NULLCURVE_ALONG_STEP
                                                 ? _ ("One step")
                                                 : _ ("Throughput without null slots"));
  nullcurve_figure_set_text (&figure->x_label, _ (labels[builder->along]));
  if (builder->along != NULLCURVE_ALONG_STEP)
    {
      nullcurve_figure_set_text (&figure->panels[PANEL_TOKENS].subtitle, words);
      nullcurve_figure_set_text (&figure->panels[PANEL_TFLOPS].empty_text,
                                 _ (moe_work_missing (builder->runs, builder->n_runs)));
    }
  nullcurve_figure_set_text (&figure->empty_text,
                             _ ("No two rows at f = 0 differ in this alone. What throughput "
                                "stands against is chosen in Axes."));
  if (builder->lines->len > 0)
    append_words (builder, &((Line *)g_ptr_array_index (builder->lines, 0))->common, FALSE, common);
  nullcurve_figure_set_text (&figure->subtitle, common->len > 0 ? common->str : NULL);
}

static void
add_panels (Builder *builder)
{
  if (builder->along == NULLCURVE_ALONG_STEP)
    {
      nullcurve_figure_add_panel (builder->figure, _ ("Step, ms"), NULL, NULLCURVE_UNIT_PLAIN);
      nullcurve_figure_add_panel (builder->figure, _ ("Active experts"), NULL,
                                  NULLCURVE_UNIT_PLAIN);
      nullcurve_figure_add_panel (builder->figure, _ ("GB/s"), NULL, NULLCURVE_UNIT_PLAIN);
      return;
    }
  nullcurve_figure_add_panel (builder->figure, _ ("Tokens/s"), NULL, NULLCURVE_UNIT_RATE);
  nullcurve_figure_add_panel (builder->figure, builder->work.name, _ ("useful work only"),
                              NULLCURVE_UNIT_PLAIN);
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
  builder.work = moe_work_unit_of_runs (runs, n_runs);
  add_panels (&builder);
  for (gsize panel = 0; panel < builder.figure->n_panels; panel++)
    builder.figure->panels[panel].scale =
        builder.options->log_y ? NULLCURVE_SCALE_LOG : NULLCURVE_SCALE_LINEAR;
  collect (&builder);
  for (guint i = 0; i < lines->len; i++)
    add_line (&builder, g_ptr_array_index (lines, i));
  dress (&builder);
  set_words (&builder);
  if (along == NULLCURVE_ALONG_STEP)
    dress_step (&builder);
  return builder.figure;
}

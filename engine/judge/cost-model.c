/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge/cost-model.h"

#include <math.h>

#include "engine/bench/line.h"
#include "engine/bench/stats.h"
#include "engine/records/axes.h"
#include "engine/records/trials.h"

enum
{
  FEWEST_ROUNDS = 6, /* for an interval, as with medians (stats.h) */
  RESAMPLINGS = 200,
  FEWEST_RESAMPLINGS = 40,
  MOST_WORK = 400000, /* points fitted in all resamplings */
  SEED = 1
};

/* What a fit is made of. */
typedef struct Data
{
  GPtrArray *records; /* const MoeRecord *: those with a time */
  GArray *samples;    /* of MoeLinePoint: experts per token, seconds, 1 / seconds */
  GArray *rounds;     /* of guint, in parallel: the number of the round among those of all */
  guint n_rounds;
  gboolean sampled; /* every record has samples */
} Data;

double
moe_record_experts_per_token (const MoeRecord *record)
{
  return (record->topk > 0 ? (double)record->topk : 1) * (1 - moe_record_realized (record));
}

double
moe_record_step_s (const MoeRecord *record)
{
  return (record->has_shape ? (double)record->shape.tokens : 1) / record->tokens_per_s;
}

static gboolean
has_time (const MoeRecord *record)
{
  return record->tokens_per_s > 0 && isfinite (moe_record_experts_per_token (record));
}

/* --- what is fitted --- */

static void
add_sample (Data *data, const MoeRecord *record, double time_s, guint64 round, GArray *keys)
{
  MoeLinePoint point = { moe_record_experts_per_token (record), time_s, 1 / time_s };
  g_array_append_val (data->samples, point);
  g_array_append_val (keys, round);
}

static void
add_record (Data *data, const MoeRecord *record, GArray *keys)
{
  g_autoptr (GArray) trials = moe_record_trials (record, FALSE);
  double tokens = record->has_shape ? (double)record->shape.tokens : 1;
  g_ptr_array_add (data->records, (gpointer)record);
  if (trials == NULL)
    {
      data->sampled = FALSE;
      add_sample (data, record, moe_record_step_s (record), 0, keys);
      return;
    }
  for (guint i = 0; i < trials->len; i++)
    {
      const MoeTrial *trial = &g_array_index (trials, MoeTrial, i);
      add_sample (data, record, exp (trial->value) * tokens,
                  (guint64)trial->start << 32 | trial->round, keys);
    }
}

/* Numbers for the rounds that occur. */
static void
number_rounds (Data *data, const GArray *keys)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < keys->len; i++)
    {
      gpointer key = &g_array_index (keys, guint64, i), found;
      if (!g_hash_table_lookup_extended (numbers, key, NULL, &found))
        {
          found = GUINT_TO_POINTER (data->n_rounds++);
          g_hash_table_insert (numbers, key, found);
        }
      guint number = GPOINTER_TO_UINT (found);
      g_array_append_val (data->rounds, number);
    }
}

static void
data_init (Data *data, const MoeRecord *const *records, gsize n)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  *data = (Data){ .records = g_ptr_array_new (),
                  .samples = g_array_new (FALSE, FALSE, sizeof (MoeLinePoint)),
                  .rounds = g_array_new (FALSE, FALSE, sizeof (guint)),
                  .sampled = TRUE };
  for (gsize i = 0; i < n; i++)
    if (has_time (records[i]))
      add_record (data, records[i], keys);
  number_rounds (data, keys);
}

static void
data_clear (Data *data)
{
  g_ptr_array_unref (data->records);
  g_array_unref (data->samples);
  g_array_unref (data->rounds);
}

static MoeLinePoint *
samples_of (const Data *data)
{
  return (MoeLinePoint *)(void *)data->samples->data;
}

/* --- is it a line? --- */

static int
compare_x (gconstpointer a, gconstpointer b)
{
  const MoeLinePoint *left = a, *right = b;
  return (left->x > right->x) - (left->x < right->x);
}

/* The figures of the records, in ascending x. */
static GArray *
figures_new (const Data *data)
{
  GArray *figures = g_array_new (FALSE, FALSE, sizeof (MoeLinePoint));
  for (guint i = 0; i < data->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (data->records, i);
      double time_s = moe_record_step_s (record);
      MoeLinePoint figure = { moe_record_experts_per_token (record), time_s, 1 / time_s };
      g_array_append_val (figures, figure);
    }
  g_array_sort (figures, compare_x);
  return figures;
}

static guint
count_different (const GArray *figures)
{
  guint n = 0;
  for (guint i = 0; i < figures->len; i++)
    n += i == 0
         || g_array_index (figures, MoeLinePoint, i).x
                > g_array_index (figures, MoeLinePoint, i - 1).x;
  return n;
}

static gboolean
fit (const MoeLinePoint *points, gsize n, MoeLine *line)
{
  g_autofree MoeLineSlope *scratch = g_new (MoeLineSlope, n);
  return moe_line_fit (points, n, scratch, line);
}

/* A line goes through two of its points in any case, so each is held against that of the others. */
static double
median_error (GArray *figures)
{
  g_autofree double *errors = g_new (double, figures->len);
  gsize n = 0;
  for (guint i = 0; i < figures->len; i++)
    {
      MoeLinePoint *figure = &g_array_index (figures, MoeLinePoint, i);
      double weight = figure->weight;
      MoeLine line;
      figure->weight = 0;
      if (fit ((MoeLinePoint *)(void *)figures->data, figures->len, &line))
        errors[n++] = fabs (moe_line_at (&line, figure->x) / figure->y - 1);
      figure->weight = weight;
    }
  return moe_median (errors, n);
}

/* The inner point at which a line up to it and one from it on leave the least. */
static double
find_bend (const GArray *figures)
{
  const MoeLinePoint *points = (const MoeLinePoint *)(const void *)figures->data;
  double least = INFINITY, bend = NAN;
  for (guint i = 1; i + 1 < figures->len; i++)
    {
      MoeLine left, right;
      if (!fit (points, i + 1, &left) || !fit (points + i, figures->len - i, &right))
        continue;
      double deviation = moe_line_deviation (&left, points, i + 1)
                         + moe_line_deviation (&right, points + i, figures->len - i);
      if (deviation < least)
        {
          least = deviation;
          bend = points[i].x;
        }
    }
  return bend;
}

static gboolean
is_one_curve (const Data *data)
{
  for (guint i = 1; i < data->records->len; i++)
    if (((const MoeRecord *)g_ptr_array_index (data->records, i))->topk
        != ((const MoeRecord *)g_ptr_array_index (data->records, 0))->topk)
      return FALSE;
  return TRUE;
}

static void
find_state (MoeCostModel *model, const Data *data)
{
  g_autoptr (GArray) figures = figures_new (data);
  guint different = count_different (figures);
  if (different < 2 || (different == 2 && !is_one_curve (data)))
    return;
  model->state = MOE_COST_TWO;
  if (different == 2)
    return;
  model->error = median_error (figures);
  model->state = model->error < MOE_COST_MOST_ERROR ? MOE_COST_STRAIGHT : MOE_COST_BENT;
  if (model->state == MOE_COST_BENT)
    model->bend = find_bend (figures);
}

/* --- how sure is it? --- */

/* Rounds drawn with replacement, as many as there are: each sample counts as often as its round was
 * drawn. */
static void
resample (const Data *data, GRand *random, guint *drawn, MoeLinePoint *points)
{
  memset (drawn, 0, data->n_rounds * sizeof *drawn);
  for (guint i = 0; i < data->n_rounds; i++)
    drawn[g_rand_int_range (random, 0, (gint32)data->n_rounds)]++;
  for (guint i = 0; i < data->samples->len; i++)
    points[i].weight = samples_of (data)[i].weight * drawn[g_array_index (data->rounds, guint, i)];
}

static void
interval_of (double *values, gsize n, double value, double *lower, double *upper)
{
  MoeSpread spread;
  moe_spread_of (values, n, &spread); /* sorts */
  gsize tail = n / 40;
  *lower = fmin (values[tail], value);
  *upper = fmax (values[n - 1 - tail], value);
}

static void
find_intervals (MoeCostModel *model, const Data *data)
{
  gsize n = data->samples->len, times = CLAMP (MOST_WORK / n, FEWEST_RESAMPLINGS, RESAMPLINGS);
  if (!data->sampled || data->n_rounds < FEWEST_ROUNDS || model->state == MOE_COST_TWO)
    return;
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  g_autofree guint *drawn = g_new (guint, data->n_rounds);
  g_autofree MoeLinePoint *points = g_memdup2 (samples_of (data), n * sizeof *points);
  g_autofree MoeLineSlope *scratch = g_new (MoeLineSlope, n);
  g_autofree double *fixed = g_new (double, times), *per_expert = g_new (double, times);
  gsize fitted = 0;
  for (gsize i = 0; i < times; i++)
    {
      MoeLine line;
      resample (data, random, drawn, points);
      if (!moe_line_fit (points, n, scratch, &line))
        continue;
      fixed[fitted] = line.at_0;
      per_expert[fitted++] = line.slope;
    }
  if (fitted < FEWEST_RESAMPLINGS)
    return;
  interval_of (fixed, fitted, model->fixed_s, &model->fixed_lower_s, &model->fixed_upper_s);
  interval_of (per_expert, fitted, model->per_expert_s, &model->per_expert_lower_s,
               &model->per_expert_upper_s);
}

/* --- of which stages? --- */

/* Weights with which least squares lean on the points as least absolute deviations did, so that
 * lines of stages add up to the line of their sum. */
static double
weight_of (const MoeCostModel *model, const MoeRecord *record)
{
  double time_s = moe_record_step_s (record);
  double off = fabs (moe_cost_model_step_s (model, moe_record_experts_per_token (record)) - time_s);
  return 1 / (time_s * fmax (off, 0.01 * time_s));
}

static MoeLine
stage_line (const MoeCostModel *model, const Data *data, int stage)
{
  double n = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (guint i = 0; i < data->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (data->records, i);
      double w = weight_of (model, record), x = moe_record_experts_per_token (record),
             y = record->stage_s[stage];
      n += w;
      sum_x += w * x;
      sum_y += w * y;
      sum_xx += w * x * x;
      sum_xy += w * x * y;
    }
  double slope = (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
  return (MoeLine){ (sum_y - slope * sum_x) / n, slope };
}

static void
find_stages (MoeCostModel *model, const Data *data)
{
  model->other_fixed_s = model->fixed_s;
  model->other_per_expert_s = model->per_expert_s;
  for (int i = 0; i < MOE_N_STAGES; i++)
    {
      MoeLine line = stage_line (model, data, i);
      model->stage_fixed_s[i] = line.at_0;
      model->stage_per_expert_s[i] = line.slope;
      if (isnan (line.at_0))
        continue;
      model->has_stages = TRUE;
      model->other_fixed_s -= line.at_0;
      model->other_per_expert_s -= line.slope;
    }
}

static MoeCostModel
model_new (const MoeRecord *const *records, gsize n, gboolean intervals)
{
  MoeCostModel model = { .fixed_s = NAN,
                         .fixed_lower_s = NAN,
                         .fixed_upper_s = NAN,
                         .per_expert_s = NAN,
                         .per_expert_lower_s = NAN,
                         .per_expert_upper_s = NAN,
                         .error = NAN,
                         .bend = NAN };
  MoeLine line;
  Data data;
  data_init (&data, records, n);
  model.n_points = data.records->len;
  find_state (&model, &data);
  if (model.state != MOE_COST_NONE && fit (samples_of (&data), data.samples->len, &line))
    {
      model.fixed_s = line.at_0;
      model.per_expert_s = line.slope;
      if (intervals)
        find_intervals (&model, &data);
      find_stages (&model, &data);
    }
  data_clear (&data);
  return model;
}

MoeCostModel
moe_cost_model_fit (const MoeRecord *const *records, gsize n)
{
  return model_new (records, n, FALSE);
}

MoeCostModel
moe_cost_model_fit_with_intervals (const MoeRecord *const *records, gsize n)
{
  return model_new (records, n, TRUE);
}

gboolean
moe_cost_model_tells_fixed (const MoeCostModel *model)
{
  return (model->state == MOE_COST_STRAIGHT || model->state == MOE_COST_TWO) && model->fixed_s > 0;
}

double
moe_cost_model_step_s (const MoeCostModel *model, double experts)
{
  return model->fixed_s + model->per_expert_s * experts;
}

double
moe_cost_model_fixed_share (const MoeCostModel *model, double experts)
{
  return model->fixed_s / moe_cost_model_step_s (model, experts);
}

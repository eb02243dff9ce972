/* SPDX-License-Identifier: Apache-2.0 */
/* One record: how it starts, what follows from its samples, and which curve it lies on. */
#include <math.h>

#include "engine/moe/flops.h"
#include "engine/records/run-private.h"

void
moe_record_init (MoeRecord *record)
{
  *record = (MoeRecord){
    .topk = -1,
    .null_target = NAN,
    .null_realized = NAN,
    .null_assignments = -1,
    .real_assignments = -1,
    .steps = -1,
    .tflops = NAN,
    .tokens_per_s = NAN,
    .loss = NAN,
    .max_relative_error = NAN,
  };
  for (gsize i = 0; i < MOE_N_STAGES; i++)
    record->stage_s[i] = NAN;
}

static const char *
interned_name (const MoeNames *names, int value)
{
  return g_intern_string (moe_name_of (names, value));
}

void
moe_record_from_point (MoeRecord *record,
                       const MoePoint *point,
                       const MoePointFacts *facts,
                       const char *accelerator)
{
  const MoeBlock *block = &point->block;
  moe_record_init (record);
  record->has_shape = TRUE;
  record->shape = block->shape;
  record->topk = (gint64)block->topk;
  record->null_target = point->routing.null_target;
  record->null_realized = facts->null_realized;
  record->null_assignments = (gint64)facts->null_assignments;
  record->real_assignments = (gint64)facts->real_assignments;
  record->null_mode = interned_name (&moe_null_mode_names, (int)point->routing.null_mode);
  record->distribution = interned_name (&moe_distribution_names, (int)point->routing.distribution);
  record->mode = interned_name (&moe_queue_mode_names, (int)block->queue_mode);
  record->pass = interned_name (&moe_pass_names, (int)block->pass);
  record->impl = interned_name (&moe_impl_names, (int)block->impl);
  record->backend = interned_name (&moe_grouping_names, (int)block->grouping);
  record->accelerator = g_intern_string (accelerator);
  record->dtype = interned_name (&moe_dtype_names, (int)block->dtype);
  record->null_dispatch = interned_name (&moe_null_dispatch_names, (int)block->null_dispatch);
  record->remat_mode = interned_name (&moe_remat_mode_names, (int)block->remat_mode);
}

double
moe_record_median_time_s (const MoeRecord *record)
{
  return record->n_samples > 0 ? moe_median (record->samples_s, record->n_samples) : NAN;
}

void
moe_record_update_rates (MoeRecord *record)
{
  double time_s = moe_record_median_time_s (record);
  if (!(time_s > 0) || !record->has_shape)
    return;
  record->tokens_per_s = (double)record->shape.tokens / time_s;

  int pass;
  if (record->pass == NULL || record->real_assignments < 0
      || !moe_name_parse (&moe_pass_names, record->pass, &pass))
    return;
  double flops = moe_flops (&record->shape, (MoePass)pass, (double)record->real_assignments);
  record->tflops = moe_tflops (flops, time_s);
}

static double
mean_rate (const MoeRecord *record)
{
  double sum = 0;
  for (gsize i = 0; i < record->n_samples; i++)
    sum += (double)record->shape.tokens / record->samples_s[i];
  return sum / (double)record->n_samples;
}

gboolean
moe_record_rate_spread (const MoeRecord *record, MoeSpread *spread)
{
  double rate = record->tokens_per_s;
  *spread = (MoeSpread){ 0, rate, rate, rate, rate, rate, rate, NAN };
  if (record->n_samples == 0 || !record->has_shape)
    return FALSE;

  MoeSpread times;
  moe_spread_of (record->samples_s, record->n_samples, &times);
  if (!(times.min > 0))
    return FALSE;
  double tokens = (double)record->shape.tokens;
  *spread = (MoeSpread){
    .n = times.n,
    .min = tokens / times.max,
    .max = tokens / times.min,
    .mean = mean_rate (record),
    .median = tokens / times.median,
    .lower = tokens / times.upper,
    .upper = tokens / times.lower,
    .coverage = times.coverage,
  };
  return TRUE;
}

static gboolean
same_but_mode (const MoeRecord *a, const MoeRecord *b)
{
  if (a->has_shape != b->has_shape || (a->has_shape && !moe_shape_equal (&a->shape, &b->shape)))
    return FALSE;
  return a->topk == b->topk && a->pass == b->pass && a->impl == b->impl && a->backend == b->backend
         && a->null_dispatch == b->null_dispatch && a->remat_mode == b->remat_mode
         && a->distribution == b->distribution && a->mode == b->mode && a->dtype == b->dtype
         && a->accelerator == b->accelerator;
}

gboolean
moe_record_same_curve (const MoeRecord *a, const MoeRecord *b)
{
  return a->null_mode == b->null_mode && same_but_mode (a, b);
}

static guint64
mix (guint64 hash, guint64 value)
{
  hash = (hash ^ value) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return hash ^ (hash >> 29);
}

guint
moe_record_any_mode_hash (gconstpointer data)
{
  const MoeRecord *record = data;
  const char *const texts[] = { record->pass,          record->impl,         record->backend,
                                record->null_dispatch, record->distribution, record->mode,
                                record->dtype,         record->accelerator,  record->remat_mode };
  guint64 hash = mix (1, (guint64)record->topk);
  if (record->has_shape)
    {
      const MoeShape *shape = &record->shape;
      const size_t dims[] = { shape->tokens, shape->hidden, shape->mlp_dim, shape->experts,
                              shape->shared_dim };
      for (gsize i = 0; i < G_N_ELEMENTS (dims); i++)
        hash = mix (hash, dims[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    hash = mix (hash, (guintptr)texts[i]);
  return (guint)(hash >> 32);
}

gboolean
moe_record_any_mode_equal (gconstpointer a, gconstpointer b)
{
  return same_but_mode (a, b);
}

guint
moe_record_curve_hash (gconstpointer data)
{
  const MoeRecord *record = data;
  return (guint)(mix (moe_record_any_mode_hash (record), (guintptr)record->null_mode) >> 32);
}

gboolean
moe_record_curve_equal (gconstpointer a, gconstpointer b)
{
  return moe_record_same_curve (a, b);
}

gboolean
moe_run_paired_speedup (const MoeRun *run, const MoeRecord *record, MoeSpread *spread)
{
  const MoeRecord *baseline = moe_run_find_baseline (run, record);
  moe_spread_of (NULL, 0, spread);
  if (baseline == NULL || !moe_record_same_curve (baseline, record))
    return FALSE;
  gsize n = MIN (baseline->n_samples, record->n_samples);
  if (MAX (baseline->n_samples, record->n_samples) > n + 1)
    return FALSE;
  return moe_spread_of_ratios (baseline->samples_s, record->samples_s, n, spread);
}

MoeSpeedup
moe_run_speedup (const MoeRun *run, const MoeRecord *record, MoeSpread *spread)
{
  MoeSpread own, base;
  const MoeRecord *baseline = moe_run_find_baseline (run, record);
  if (moe_run_paired_speedup (run, record, spread))
    return MOE_SPEEDUP_PAIRED;
  if (baseline == NULL || isnan (record->tokens_per_s) || isnan (baseline->tokens_per_s))
    return MOE_SPEEDUP_NONE;
  gboolean sampled = moe_record_rate_spread (record, &own);
  sampled &= moe_record_rate_spread (baseline, &base);
  moe_spread_ratio (&own, &base, spread);
  if (sampled)
    return MOE_SPEEDUP_UNPAIRED;
  double ratio = spread->median;
  *spread = (MoeSpread){ 0, ratio, ratio, ratio, ratio, ratio, ratio, NAN };
  return MOE_SPEEDUP_RATES;
}

double
moe_run_null_efficiency (const MoeRun *run, const MoeRecord *record)
{
  const MoeRecord *baseline = moe_run_find_baseline (run, record);
  if (baseline == NULL)
    return NAN;
  double realized = isnan (record->null_realized) ? record->null_target : record->null_realized;
  return moe_null_efficiency (record->tokens_per_s, baseline->tokens_per_s, realized);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/rates.h"

#include <math.h>

#include "engine/moe/flops.h"
#include "engine/records/figures.h"

double
moe_record_median_time_s (const MoeRecord *record)
{
  g_autofree double *times = NULL;
  gsize n = moe_record_figures (record, &times);
  return moe_median (times, n);
}

/* Assignments that are computed and no padding; NaN when nothing tells them. */
static double
useful_rows (const MoeRecord *record)
{
  if (record->real_assignments >= 0)
    return (double)record->real_assignments;
  if (record->topk < 0)
    return NAN;
  double slots = (double)record->shape.tokens * (double)record->topk;
  double kept = slots * (1 - moe_record_realized (record));
  double dropped = (double)MAX (record->dropped_assignments, 0);
  return kept < dropped ? 0 : kept - dropped;
}

double
moe_record_flops (const MoeRecord *record)
{
  int pass;
  double rows = record->has_shape ? useful_rows (record) : NAN;
  if (isnan (rows) || !moe_record_get_choice (record, MOE_CHOICE_PASS, &pass))
    return NAN;
  return moe_flops (&record->shape, (MoePass)pass, rows);
}

gboolean
moe_record_is_padded (const MoeRecord *record)
{
  return moe_record_is (record, MOE_CHOICE_CAPACITY_POLICY, MOE_CAPACITY_PAD);
}

double
moe_record_padding (const MoeRecord *record)
{
  if (!moe_record_is_padded (record) || !record->has_shape || record->capacity <= 0
      || record->real_assignments < 0)
    return NAN;
  double rows = (double)record->shape.experts * (double)record->capacity;
  return fmax (0, 1 - (double)record->real_assignments / rows);
}

double
moe_record_mean_load (const MoeRecord *record)
{
  if (!record->has_shape || record->real_assignments < 0)
    return NAN;
  double routed = (double)record->real_assignments + fmax ((double)record->dropped_assignments, 0);
  return routed / (double)record->shape.experts;
}

static double
over (gint64 most, double mean)
{
  return most >= 0 && mean > 0 ? (double)most / mean : NAN;
}

double
moe_record_imbalance (const MoeRecord *record)
{
  return over (record->load_max, moe_record_mean_load (record));
}

double
moe_record_shard_imbalance (const MoeRecord *record)
{
  double experts = (double)record->shape.experts / (double)MAX (record->ep_size, 1);
  return over (record->balance.shard_load_max, moe_record_mean_load (record) * experts);
}

void
moe_record_update_rates (MoeRecord *record, double time_s)
{
  if (!(time_s > 0) || !record->has_shape)
    return;
  double flops = moe_record_flops (record);
  record->tokens_per_s = (double)record->shape.tokens / time_s;
  if (moe_record_is_processor (record))
    record->tflops = NAN;
  else if (!isnan (flops))
    record->tflops = moe_tflops (flops, time_s);
}

void
moe_record_fill_rates (MoeRecord *record, double time_s)
{
  MoeRecord told = *record;
  if (record->n_samples > 0)
    return;
  moe_record_update_rates (record, time_s);
  if (!isnan (told.tokens_per_s))
    record->tokens_per_s = told.tokens_per_s;
  if (!isnan (told.tflops))
    record->tflops = told.tflops;
}

static double
mean_rate (double tokens, const double *times, gsize n)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += tokens / times[i];
  return sum / (double)n;
}

gboolean
moe_record_rate_spread (const MoeRecord *record, MoeSpread *spread)
{
  double rate = record->tokens_per_s;
  *spread = (MoeSpread){ 0, rate, rate, rate, rate, rate, rate, NAN };
  if (record->n_samples == 0 || !record->has_shape)
    return FALSE;

  MoeSpread times;
  g_autofree double *values = NULL;
  gsize n = moe_record_figures (record, &values);
  double tokens = (double)record->shape.tokens, mean = mean_rate (tokens, values, n);
  moe_spread_of (values, n, &times);
  if (!(times.min > 0))
    return FALSE;
  *spread = (MoeSpread){
    .n = times.n,
    .min = tokens / times.max,
    .max = tokens / times.min,
    .mean = mean,
    .median = tokens / times.median,
    .lower = tokens / times.upper,
    .upper = tokens / times.lower,
    .coverage = times.coverage,
  };
  return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How much faster a record is than f = 0 of its curve. */
#include <math.h>
#include <stdlib.h>

#include "engine/moe/flops.h"
#include "engine/records/figures.h"
#include "engine/records/run-private.h"

enum
{
  LEAST_PAIRS = 3 /* where there are as many samples at all */
};

/* One undisturbed sample. */
typedef struct Timed
{
  guint64 round; /* start and round */
  double time_s;
} Timed;

static int
compare_rounds (const void *a, const void *b)
{
  guint64 left = ((const Timed *)a)->round, right = ((const Timed *)b)->round;
  return (left > right) - (left < right);
}

/* The undisturbed samples by their rounds. */
static Timed *
sort_samples (const MoeRecord *record, gsize *n)
{
  gboolean sorted = TRUE;
  Timed *samples = g_new (Timed, record->n_samples);
  *n = 0;
  for (gsize i = 0; i < record->n_samples; i++)
    {
      const MoeTaken *taken = &record->taken[i];
      if (moe_taken_is_disturbed (taken))
        continue;
      samples[*n] = (Timed){ (guint64)taken->start << 32 | taken->round, record->samples_s[i] };
      sorted = sorted && (*n == 0 || samples[*n - 1].round <= samples[*n].round);
      ++*n;
    }
  if (!sorted)
    qsort (samples, *n, sizeof *samples, compare_rounds);
  return samples;
}

/* Times of the rounds in which nobody disturbed either; both hold n_samples of the smaller. */
static gsize
pair_rounds (const MoeRecord *a, const MoeRecord *b, double *times_a, double *times_b)
{
  gsize n_a, n_b, n = 0;
  g_autofree Timed *in_a = sort_samples (a, &n_a);
  g_autofree Timed *in_b = sort_samples (b, &n_b);
  for (gsize i = 0, j = 0; i < n_a && j < n_b;)
    if (in_a[i].round < in_b[j].round)
      i++;
    else if (in_a[i].round > in_b[j].round)
      j++;
    else
      {
        times_a[n] = in_a[i++].time_s;
        times_b[n++] = in_b[j++].time_s;
      }
  return n;
}

static gboolean
spread_of_rounds (const MoeRecord *baseline, const MoeRecord *record, MoeSpread *spread)
{
  gsize most = MIN (baseline->n_samples, record->n_samples);
  g_autofree double *base_s = g_new (double, most);
  g_autofree double *own_s = g_new (double, most);
  gsize n = pair_rounds (baseline, record, base_s, own_s);
  return n >= MIN (LEAST_PAIRS, most) && moe_spread_of_ratios (base_s, own_s, n, spread);
}

/* Of a source that does not tell rounds: the samples are in their order. */
static gboolean
spread_in_order (const MoeRecord *baseline, const MoeRecord *record, MoeSpread *spread)
{
  gsize n = MIN (baseline->n_samples, record->n_samples);
  return MAX (baseline->n_samples, record->n_samples) <= n + 1
         && moe_spread_of_ratios (baseline->samples_s, record->samples_s, n, spread);
}

static gboolean
is_of_processors (const MoeRecord *record)
{
  return g_strcmp0 (record->time_source, "processor") == 0;
}

gboolean
moe_run_paired_speedup (const MoeRun *run, const MoeRecord *record, MoeSpread *spread)
{
  const MoeRecord *baseline = moe_run_find_baseline (run, record);
  moe_spread_of (NULL, 0, spread);
  if (baseline == NULL || !moe_record_same_curve (baseline, record) || is_of_processors (baseline)
      || is_of_processors (record) || (baseline->taken == NULL) != (record->taken == NULL))
    return FALSE;
  return record->taken != NULL ? spread_of_rounds (baseline, record, spread)
                               : spread_in_order (baseline, record, spread);
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
  MoeSpread speedup;
  double realized = isnan (record->null_realized) ? record->null_target : record->null_realized;
  moe_run_speedup (run, record, &speedup);
  return moe_spread_is_wild (&speedup) ? NAN : moe_null_efficiency (speedup.median, 1, realized);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How much faster a record is than f = 0 of its curve. */
#include "engine/records/speedup.h"

#include <math.h>

#include "engine/moe/flops.h"
#include "engine/records/axes.h"
#include "engine/records/rates.h"
#include "engine/records/trials.h"

enum
{
  LEAST_PAIRS = 3 /* where there are as many samples at all */
};

static double
quotient_at (const GArray *quotients, guint i)
{
  return exp (g_array_index (quotients, MoeTrial, i).value);
}

/* The median over the rounds, with the interval of their mean by start (see contrast.h), which also
 * holds the median; where nothing can be said of how sure that is, all quotients. */
static void
spread_of_quotients (const GArray *quotients, MoeSpread *spread)
{
  MoeEstimate estimate;
  MoeStartSpread known = moe_start_spread_of_rounds ();
  const MoeSeries series = { (const MoeTrial *)(const void *)quotients->data, quotients->len };
  g_autofree double *values = g_new (double, quotients->len);
  for (guint i = 0; i < quotients->len; i++)
    values[i] = quotient_at (quotients, i);
  moe_spread_of (values, quotients->len, spread);
  moe_estimate_series (&series, 1, &known, &estimate);
  double half_width = moe_estimate_half_width (&estimate);
  if (isnan (half_width))
    return;
  spread->lower = fmin (exp (estimate.mean - half_width), spread->median);
  spread->upper = fmax (exp (estimate.mean + half_width), spread->median);
  spread->coverage = MOE_ESTIMATE_COVERAGE;
}

gboolean
moe_run_paired_speedup (const MoeRun *run, const MoeRecord *record, MoeSpread *spread)
{
  const MoeRecord *baseline = moe_run_find_baseline (run, record);
  moe_spread_of (NULL, 0, spread);
  if (baseline == NULL || !moe_record_same_curve (baseline, record)
      || moe_record_is_processor (baseline) != moe_record_is_processor (record))
    return FALSE;
  g_autoptr (GArray) quotients = moe_record_quotients (baseline, record);
  if (quotients == NULL
      || quotients->len < MIN (LEAST_PAIRS, MIN (baseline->n_samples, record->n_samples)))
    return FALSE;
  if (baseline == record)
    *spread = (MoeSpread){ quotients->len, 1, 1, 1, 1, 1, 1, 1 }; /* itself, which is no estimate */
  else
    spread_of_quotients (quotients, spread);
  return TRUE;
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
  moe_run_speedup (run, record, &speedup);
  return moe_spread_is_wild (&speedup)
             ? NAN
             : moe_null_efficiency (speedup.median, 1, moe_record_realized (record));
}

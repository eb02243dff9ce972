/* SPDX-License-Identifier: Apache-2.0 */
/* A run's points as advice sees them. */
#include <math.h>

#include "engine/records/run-private.h"

static MoeAdvicePoint
advice_point (const MoeRun *run, const MoeRecord *record)
{
  MoeAdvicePoint point = { .topk = record->topk > 0 ? (gsize)record->topk : 0,
                           .null_target = record->null_target };
  moe_record_rate_spread (record, &point.rate);
  if (!(record->null_target > 0)
      || moe_run_speedup (run, record, &point.speedup) < MOE_SPEEDUP_UNPAIRED)
    moe_spread_of (NULL, 0, &point.speedup);
  point.sample_s =
      record->steps > 0 ? (double)record->steps * moe_record_median_time_s (record) : NAN;
  return point;
}

void
moe_run_advise (const MoeRun *run, const MoeNoise *noise, MoeAdvice *advice)
{
  gsize n = moe_run_get_n_records (run);
  const char *library = moe_run_get_fact (run, "blas");
  g_autofree MoeAdvicePoint *points = g_new (MoeAdvicePoint, n);
  MoeNoise own = *noise;
  /* The variable means something to that library only. */
  if (library == NULL || !g_str_has_prefix (library, "OpenBLAS"))
    own.coretype[0] = '\0';
  for (gsize i = 0; i < n; i++)
    points[i] = advice_point (run, moe_run_get_record (run, i));
  moe_advice_of (points, n, &own, advice);
}

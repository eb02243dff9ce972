/* SPDX-License-Identifier: Apache-2.0 */
/* A run's points as advice sees them. */
#include "engine/records/run-advice.h"

#include <math.h>
#include <string.h>

#include "engine/records/rates.h"

static MoeAdvicePoint
advice_point (const MoeRecord *record)
{
  MoeAdvicePoint point = { .topk = record->topk > 0 ? (gsize)record->topk : 0,
                           .null_target = record->null_target };
  moe_record_rate_spread (record, &point.rate);
  point.sample_s =
      record->steps > 0 ? (double)record->steps * moe_record_median_time_s (record) : NAN;
  return point;
}

/* Of the options that it was measured with. */
static gboolean
was_until_settled (const MoeRun *run)
{
  const char *options = moe_run_get_fact (run, "options");
  g_auto (GStrv) words = g_strsplit (options != NULL ? options : "", " ", -1);
  return g_strv_contains ((const char *const *)words, "until_settled=true");
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
    points[i] = advice_point (moe_run_get_record (run, i));
  moe_advice_of (points, n, &own, advice);
  advice->until_settled = was_until_settled (run);
}

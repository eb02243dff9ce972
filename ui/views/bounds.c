/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/bounds.h"

#include <math.h>

#include "engine/judge/bound.h"
#include "engine/records/rates.h"

static const double step_of_x = 0.02;
static const double x_end = 0.99; /* at 1 nothing is left to do, and no bound */

double
nullcurve_bounds_tflop_per_token (const MoeRecord *record)
{
  return moe_record_flops (record) / (double)record->shape.tokens / 1e12;
}

static void
add_bound_at (NullcurveSeries *series,
              const MoeRun *run,
              const MoeRecord *record,
              double x,
              const double bases[2])
{
  const double slots = (double)record->shape.tokens * (double)record->topk;
  MoeRecord expected = *record;
  double tokens_per_s;

  expected.real_assignments = MAX ((gint64)llround (slots * (1.0 - x)), 1);
  tokens_per_s = moe_run_bound_tokens_per_s (run, &expected);
  nullcurve_series_add_bound (series, 0, x, tokens_per_s / bases[0]);
  nullcurve_series_add_bound (
      series, 1, x, tokens_per_s * nullcurve_bounds_tflop_per_token (&expected) / bases[1]);
}

void
nullcurve_bounds_add (NullcurveSeries *series,
                      const MoeRun *run,
                      const MoeRecord *record,
                      double x_lo,
                      double x_hi,
                      const double bases[2])
{
  MoeLimits limits;
  const double hi = fmin (x_hi, x_end);

  if (!moe_run_get_limits (run, &limits) || !record->has_shape || record->topk <= 0)
    return;
  for (double x = fmax (x_lo, 0.0); x < hi - 1e-9; x += step_of_x)
    add_bound_at (series, run, record, x, bases);
  if (hi >= x_lo)
    add_bound_at (series, run, record, hi, bases);
}

double
nullcurve_bounds_dense_tflops (const MoeRun *run)
{
  MoeLimits limits;

  return run != NULL && moe_run_get_limits (run, &limits) ? limits.calibration.flops_per_s / 1e12
                                                          : NAN;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/sweep-setup.h"

#include "engine/bench/runner.h"

#include <glib/gi18n.h>
#include <math.h>

gboolean
nullcurve_sweep_setup_forecast (const NullcurveSweepSetup *self,
                                const MoeOptions *options,
                                MoeForecast *forecast,
                                MoeError *problem)
{
  const MoeCalibration *calibration = self->calibrated ? &self->calibration : NULL;
  MoePlan plan;
  *forecast = (MoeForecast){ .time_total_s = NAN };
  if (moe_plan_new (options, &plan, problem) != MOE_OK)
    return FALSE;
  gboolean fits =
      self->backend == NULL
      || (moe_forecast (&plan, self->backend, calibration, moe_available_memory (), forecast,
                        problem)
              == MOE_OK
          && moe_forecast_require_fit (&plan, self->backend, forecast, problem) == MOE_OK);
  moe_plan_clear (&plan);
  return fits;
}

static gboolean
have_as_many_points (const MoeOptions options[MOE_MAX_SETUPS])
{
  MoePlan plans[MOE_MAX_SETUPS] = { 0 };
  MoeSetup setups[MOE_MAX_SETUPS] = { { .plan = &plans[0] }, { .plan = &plans[1] } };
  gboolean good = moe_plan_new (&options[0], &plans[0], NULL) == MOE_OK
                  && moe_plan_new (&options[1], &plans[1], NULL) == MOE_OK
                  && moe_run_check_setups (setups, MOE_MAX_SETUPS, NULL) == MOE_OK;
  for (gsize i = 0; i < MOE_MAX_SETUPS; i++)
    moe_plan_clear (&plans[i]);
  return good;
}

gboolean
nullcurve_sweep_setup_forecast_beside (const NullcurveSweepSetup *self,
                                       const MoeOptions options[MOE_MAX_SETUPS],
                                       MoeForecast forecasts[MOE_MAX_SETUPS],
                                       MoeError *problem)
{
  for (gsize i = 0; i < MOE_MAX_SETUPS; i++)
    if (!nullcurve_sweep_setup_forecast (self, &options[i], &forecasts[i], problem))
      return FALSE;
  if (have_as_many_points (options))
    return TRUE;
  moe_error_set (problem, MOE_ERROR_INVALID, "%s",
                 _ ("The two need as many curves: as many top-k values, implementations and "
                    "distributions."));
  return FALSE;
}

void
nullcurve_sweep_setup_take (MoeOptions *options, const MoeOptions *from, const char *const *names)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      char value[1024];
      moe_options_format (from, moe_option_spec_find (names[i]), value, sizeof value);
      moe_options_set (options, names[i], value, NULL);
    }
}

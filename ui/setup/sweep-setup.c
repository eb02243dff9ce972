/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/sweep-setup.h"

#include "engine/bench/runner.h"

#include <glib/gi18n.h>
#include <math.h>

static gboolean
forecast_plan (NullcurveSweepPlan *self, const NullcurveSweepSetup *setup)
{
  const MoeCalibration *calibration = setup->calibrated ? &setup->calibration : NULL;
  return setup->backend == NULL
         || (moe_forecast (&self->plan, setup->backend, calibration, moe_available_memory (),
                           &self->forecast, &self->problem)
                 == MOE_OK
             && moe_forecast_require_fit (&self->plan, setup->backend, &self->forecast,
                                          &self->problem)
                    == MOE_OK);
}

void
nullcurve_sweep_plan_make (NullcurveSweepPlan *self,
                           const NullcurveSweepSetup *setup,
                           const MoeOptions *options)
{
  *self = (NullcurveSweepPlan){ .forecast = { .time_total_s = NAN } };
  self->fits =
      moe_plan_new (options, &self->plan, &self->problem) == MOE_OK && forecast_plan (self, setup);
}

void
nullcurve_sweep_plan_clear (NullcurveSweepPlan *self)
{
  moe_plan_clear (&self->plan);
}

gboolean
nullcurve_sweep_plans_fit (const NullcurveSweepPlan *a,
                           const NullcurveSweepPlan *b,
                           MoeError *problem)
{
  MoeSetup setups[MOE_MAX_SETUPS] = { { .plan = &a->plan }, { .plan = &b->plan } };
  const MoeError *own = !a->fits ? &a->problem : !b->fits ? &b->problem : NULL;
  if (own != NULL && problem != NULL)
    *problem = *own;
  if (own != NULL)
    return FALSE;
  if (moe_run_check_setups (setups, MOE_MAX_SETUPS, NULL) == MOE_OK)
    return TRUE;
  moe_error_set (problem, MOE_ERROR_INVALID, "%s",
                 _ ("The two need as many curves: as many top-k values, implementations and "
                    "distributions."));
  return FALSE;
}

gboolean
nullcurve_sweep_setup_forecast (const NullcurveSweepSetup *self,
                                const MoeOptions *options,
                                MoeForecast *forecast,
                                MoeError *problem)
{
  NullcurveSweepPlan plan;
  nullcurve_sweep_plan_make (&plan, self, options);
  *forecast = plan.forecast;
  if (!plan.fits && problem != NULL)
    *problem = plan.problem;
  nullcurve_sweep_plan_clear (&plan);
  return plan.fits;
}

gboolean
nullcurve_sweep_setup_forecast_beside (const NullcurveSweepSetup *self,
                                       const MoeOptions options[MOE_MAX_SETUPS],
                                       MoeForecast forecasts[MOE_MAX_SETUPS],
                                       MoeError *problem)
{
  NullcurveSweepPlan plans[MOE_MAX_SETUPS];
  for (gsize i = 0; i < MOE_MAX_SETUPS; i++)
    {
      nullcurve_sweep_plan_make (&plans[i], self, &options[i]);
      forecasts[i] = plans[i].forecast;
    }
  gboolean fit = nullcurve_sweep_plans_fit (&plans[0], &plans[1], problem);
  for (gsize i = 0; i < MOE_MAX_SETUPS; i++)
    nullcurve_sweep_plan_clear (&plans[i]);
  return fit;
}

void
nullcurve_sweep_setup_take (MoeOptions *options, const MoeOptions *from, const char *const *names)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      char value[MOE_OPTION_VALUE_SIZE];
      moe_options_format (from, moe_option_spec_find (names[i]), value, sizeof value);
      moe_options_set (options, names[i], value, NULL);
    }
}

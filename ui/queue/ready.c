/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/ready.h"

#include <glib/gi18n.h>
#include <math.h>

typedef struct Comparison
{
  const char *option;
  const char *values[MOE_MAX_SETUPS];
  const char *words[MOE_MAX_SETUPS]; /* after the name of the setup */
  const char *title;                 /* of the verdict */
  const char *what;                  /* it measures */
} Comparison;

static const Comparison comparisons[NULLCURVE_N_READY] = {
  [NULLCURVE_READY_MODES] = { "null-routing-mode",
                              { "independent", "take_until_null" },
                              { N_ ("independent"), N_ ("take until null") },
                              N_ ("Take until null against independent"),
                              N_ ("Measure this setup with both null modes and say which is "
                                  "faster") },
  [NULLCURVE_READY_DISPATCH] = { "null-dispatch",
                                 { "compact", "carry" },
                                 { N_ ("compact"), N_ ("carry") },
                                 N_ ("Carry against compact"),
                                 N_ ("Measure this setup with null slots dropped and with null "
                                     "slots carried along") },
  [NULLCURVE_READY_REMAP] = { "null-dispatch",
                              { "compact", "remap" },
                              { N_ ("compact"), N_ ("remap") },
                              N_ ("Remap against compact"),
                              N_ ("What does the easy way cost? Measure this setup with null slots "
                                  "dropped and with null slots computed as expert 0") },
};

const char *
nullcurve_ready_describe (NullcurveReady ready)
{
  return _ (comparisons[ready].what);
}

static void
set_options (NullcurveReady ready,
             const NullcurveSweepSetup *setup,
             MoeOptions options[MOE_MAX_SETUPS])
{
  for (gsize i = 0; i < MOE_MAX_SETUPS; i++)
    {
      options[i] = setup->options;
      moe_options_set (&options[i], comparisons[ready].option, comparisons[ready].values[i], NULL);
    }
}

static gboolean
has_null_slots (const MoeOptions *options)
{
  MoePlan plan;
  gboolean any = FALSE;
  if (moe_plan_new (options, &plan, NULL) != MOE_OK)
    return FALSE;
  for (size_t i = 0; i < plan.n_points; i++)
    any = any || plan.points[i].routing.null_target > 0;
  moe_plan_clear (&plan);
  return any;
}

char *
nullcurve_ready_dup_problem (NullcurveReady ready, const NullcurveSweepSetup *setup)
{
  MoeOptions options[MOE_MAX_SETUPS];
  MoeForecast forecasts[MOE_MAX_SETUPS];
  MoeError error = { 0 };
  set_options (ready, setup, options);
  if (!nullcurve_sweep_setup_forecast_beside (setup, options, forecasts, &error))
    return g_strdup (error.message);
  if (!has_null_slots (&options[0]))
    return g_strdup (_ ("Set a null fraction above 0: without null slots the two are the same."));
  return NULL;
}

NullcurveJobItem *
nullcurve_ready_new_job (NullcurveReady ready,
                         const NullcurveSweepSetup *setup,
                         const char *shape_name)
{
  MoeOptions options[MOE_MAX_SETUPS];
  NullcurveJobItem *jobs[MOE_MAX_SETUPS];
  set_options (ready, setup, options);
  for (gsize i = 0; i < MOE_MAX_SETUPS; i++)
    {
      MoeForecast forecast;
      g_autofree char *name =
          g_strdup_printf ("%s, %s", shape_name, _ (comparisons[ready].words[i]));
      nullcurve_sweep_setup_forecast (setup, &options[i], &forecast, NULL);
      jobs[i] = nullcurve_job_item_new (name, &options[i], forecast.time_total_s);
    }
  nullcurve_job_item_beside (jobs[1], jobs[0], _ (comparisons[ready].title));
  return jobs[1];
}

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

static const Comparison comparisons[NULLCURVE_READY_EASY_WAYS] = {
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
                              N_ ("Measure this setup with null slots dropped and with null slots "
                                  "computed as expert 0") },
  [NULLCURVE_READY_ZERO_EXPERT] = { "null-dispatch",
                                    { "compact", "zero_expert" },
                                    { N_ ("compact"), N_ ("zero experts") },
                                    N_ ("Zero experts against compact"),
                                    N_ ("Measure this setup with null slots dropped and with null "
                                        "slots computed by extra experts of zeros") },
};

/* One after the other: each is measured in the same rounds as compact. */
static const NullcurveReady easy_ways[] = { NULLCURVE_READY_DISPATCH, NULLCURVE_READY_REMAP,
                                            NULLCURVE_READY_ZERO_EXPERT };

const char *
nullcurve_ready_describe (NullcurveReady ready)
{
  if (ready == NULLCURVE_READY_EASY_WAYS)
    return _ (
        "What does the easy way cost? Measure this setup with null slots dropped beside each of "
        "the three other ways: carried along, computed as expert 0, computed by experts of zeros");
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

static char *
dup_problem (NullcurveReady ready, const NullcurveSweepSetup *setup)
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

char *
nullcurve_ready_dup_problem (NullcurveReady ready, const NullcurveSweepSetup *setup)
{
  char *problem = NULL;
  if (ready != NULLCURVE_READY_EASY_WAYS)
    return dup_problem (ready, setup);
  for (gsize i = 0; problem == NULL && i < G_N_ELEMENTS (easy_ways); i++)
    problem = dup_problem (easy_ways[i], setup);
  return problem;
}

static NullcurveJobItem *
new_job (NullcurveReady ready, const NullcurveSweepSetup *setup, const char *shape_name)
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

GPtrArray *
nullcurve_ready_new_jobs (NullcurveReady ready,
                          const NullcurveSweepSetup *setup,
                          const char *shape_name)
{
  GPtrArray *jobs = g_ptr_array_new_with_free_func (g_object_unref);
  if (ready != NULLCURVE_READY_EASY_WAYS)
    g_ptr_array_add (jobs, new_job (ready, setup, shape_name));
  else
    for (gsize i = 0; i < G_N_ELEMENTS (easy_ways); i++)
      g_ptr_array_add (jobs, new_job (easy_ways[i], setup, shape_name));
  return jobs;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is set up, as a value, and what is known of the machine that it is for: enough to tell
 * whether a sweep fits, and how long it takes. */
#pragma once

#include "engine/bench/runner.h"
#include "engine/machine/forecast.h"
#include "ui/places/place.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct NullcurveSweepSetup
{
  MoeOptions options;
  NullcurvePlace *place;     /* to measure at, borrowed; NULL: this machine */
  const MoeBackend *backend; /* that the options name, for "auto" what it stands for as far as that
                                is known; NULL: none works, or nobody has looked yet */
  gboolean calibrated;       /* its rates are known: `calibration` */
  MoeCalibration calibration;
} NullcurveSweepSetup;

/* A sweep as it would be measured. */
typedef struct NullcurveSweepPlan
{
  MoePlan plan; /* empty where it cannot be */
  MoeForecast forecast;
  gboolean fits;
  MoeError problem; /* why it does not, or cannot be */
} NullcurveSweepPlan;

/* *self need not be initialised; clear it in any case. */
void nullcurve_sweep_plan_make (NullcurveSweepPlan *self,
                                const NullcurveSweepSetup *setup,
                                const MoeOptions *options);
void nullcurve_sweep_plan_clear (NullcurveSweepPlan *self);

/* Can the two be measured in the same rounds?  FALSE: *problem (may be NULL) says why not. */
gboolean nullcurve_sweep_plans_fit (const NullcurveSweepPlan *a,
                                    const NullcurveSweepPlan *b,
                                    MoeError *problem);

/* What a sweep of `options` takes, as far as that is known: time_total_s may be NaN, and without a
 * backend nothing is.  FALSE when it does not fit or cannot be; *problem (may be NULL) says why. */
gboolean nullcurve_sweep_setup_forecast (const NullcurveSweepSetup *self,
                                         const MoeOptions *options,
                                         MoeForecast *forecast,
                                         MoeError *problem);

/* What two sweeps take that are measured in the same rounds.  Likewise. */
gboolean nullcurve_sweep_setup_forecast_beside (const NullcurveSweepSetup *self,
                                                const MoeOptions options[MOE_MAX_SETUPS],
                                                MoeForecast forecasts[MOE_MAX_SETUPS],
                                                MoeError *problem);

/* Give `options` these options of another setup: names without dashes, NULL-terminated. */
void
nullcurve_sweep_setup_take (MoeOptions *options, const MoeOptions *from, const char *const *names);

G_END_DECLS

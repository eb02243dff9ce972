/* SPDX-License-Identifier: Apache-2.0 */
/* Before a measurement: what can be refused is refused, who measures is chosen, and what it takes
 * is told. */
#pragma once

#include "app/bench/measure.h"

G_BEGIN_DECLS

/* Make the sweep of bench->args, one leg for each of these options.  Everything that can be refused
 * is refused here, before any memory is taken. */
gboolean nullcurve_bench_prepare (NullcurveBench *bench,
                                  const MoeOptions *legs,
                                  gsize n_legs,
                                  GError **error);

/* Choose the backends by what they can do here, which is measured in a few seconds the first time,
 * and say what comes.  On TRUE the run may still have been stopped. */
gboolean nullcurve_bench_choose (NullcurveBench *bench, GError **error);

/* Forecast a leg anew, as memory is now. */
gboolean nullcurve_bench_forecast_leg (NullcurveBench *bench, gsize leg, GError **error);

/* On standard error: a leg that does not fit, or ended early. */
void nullcurve_bench_say_left_out (NullcurveBench *bench, gsize leg);

G_END_DECLS

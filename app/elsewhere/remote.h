/* SPDX-License-Identifier: Apache-2.0 */
/* --on and --through: what the command line asks for is measured at another place, and everything
 * that is made of it is made here. */
#pragma once

#include "app/command-line/args.h"

G_BEGIN_DECLS

/* Does the command line name another place? */
gboolean nullcurve_bench_is_elsewhere (const NullcurveBenchArgs *args);

/* Measure there, print what it prints, keep the run here and make its results.  As
 * nullcurve_bench_run () otherwise; also of what only asks: --facts, --forecast, --calibrate. */
gboolean nullcurve_bench_elsewhere (const NullcurveBenchArgs *args, int *status, GError **error);

G_END_DECLS

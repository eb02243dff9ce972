/* SPDX-License-Identifier: Apache-2.0 */
/* Charts as text on standard output. */
#pragma once

#include "app/command-line/args.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Print the figure of --chart-view and the other choices.  As wide as COLUMNS says, else as the
 * terminal is, else 80 cells; coloured only on a terminal and where NO_COLOR is not set; without
 * anything but ASCII where the locale is not UTF-8.  Fails as nullcurve_bench_figure () does. */
gboolean nullcurve_bench_plot (const NullcurveBenchArgs *args,
                               MoeRun *const *runs,
                               gsize n_runs,
                               GError **error);

G_END_DECLS

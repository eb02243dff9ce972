/* SPDX-License-Identifier: Apache-2.0 */
/* Charts as the command line asks for them. */
#pragma once

#include "app/command-line/args.h"
#include "engine/records/run.h"
#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* The figure that the window shows once it has opened these runs one after the other, and the same
 * choices are made there; free with nullcurve_figure_free ().  NULL with a sentence when the curve
 * that --chart-curve names is not there. */
NullcurveFigure *nullcurve_bench_figure (const NullcurveBenchArgs *args,
                                         MoeRun *const *runs,
                                         gsize n_runs,
                                         GError **error);

/* Write it to --chart, the same bytes as the window's export writes. */
gboolean nullcurve_bench_draw (const NullcurveBenchArgs *args,
                               MoeRun *const *runs,
                               gsize n_runs,
                               GError **error);

G_END_DECLS

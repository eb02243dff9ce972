/* SPDX-License-Identifier: Apache-2.0 */
/* Runs and figures that the chart's tests share.  Numbers are made by formula, not measured. */
#pragma once

#include "engine/records/run.h"
#include "ui/figure/figure.h"

/* Samples of every point of a fixture run. */
enum
{
  FIXTURE_N_SAMPLES = 5
};

/* An empty run with a date. */
MoeRun *fixture_run_new (const char *title);

/* Append a point of a curve: T4096 H512 M352 E60, forward_backward, float32.  A rate that is not
 * finite gives a record without samples.  Returns its index. */
gsize fixture_run_add (MoeRun *run,
                       gint64 topk,
                       const char *null_mode,
                       const char *dispatch,
                       double fraction,
                       double tokens_per_s);

/* f = 0.0 .. 0.9 of one curve in `independent`: tokens/s = rate / (1 - 0.9 f). */
void fixture_run_add_curve (MoeRun *run, gint64 topk, const char *dispatch, double rate);
double fixture_rate (double rate, double fraction);

/* One panel, one series of y = 10 x + 1 at x = 0.0 .. 0.9; the point at 0.5 has no value. */
NullcurveFigure *fixture_figure_with_gap (void);

/* Two panels, `n_series` series with intervals and samples, long labels. */
NullcurveFigure *fixture_figure_crowded (guint n_series);

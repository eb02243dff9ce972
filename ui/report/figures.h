/* SPDX-License-Identifier: Apache-2.0 */
/* The charts of a report.  Private to ui/report. */
#pragma once

#include "engine/judge/findings.h"
#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* Speed-up against f = 0 with the ideal, above null efficiency; free with
 * nullcurve_figure_free (). */
NullcurveFigure *
nullcurve_report_figure_gain (MoeRun *const *runs, gsize n_runs, const char *title);

/* Time per token of the largest stages of one curve against f; NULL when it tells none. */
NullcurveFigure *nullcurve_report_figure_stages (const MoeFinding *finding, const char *title);

G_END_DECLS

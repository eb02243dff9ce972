/* SPDX-License-Identifier: Apache-2.0 */
/* The charts of a report. */
#pragma once

#include "ui/report/parts.h"

G_BEGIN_DECLS

/* Speed-up against f = 0 with the ideal, above null efficiency; free with
 * nullcurve_figure_free (). */
NullcurveFigure *
nullcurve_report_figure_gain (MoeRun *const *runs, gsize n_runs, const char *title);

/* Time per token of the largest stages of one curve against f; NULL when it tells none. */
NullcurveFigure *nullcurve_report_figure_stages (const MoeFinding *finding, const char *title);

/* Nothing without `figures`.  For each shape tokens/s, speed-up and null efficiency. */
void nullcurve_report_add_charts (NullcurveReport *report);

/* From the ideal step to the measured one at the largest fraction, for the first curves that have
 * an f = 0. */
void nullcurve_report_add_where_charts (NullcurveReport *report);

/* Time of each stage, for the first curves that tell it. */
void nullcurve_report_add_stage_charts (NullcurveReport *report);

G_END_DECLS

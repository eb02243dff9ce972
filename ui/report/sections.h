/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a report, in order.  Private to ui/report. */
#pragma once

#include "engine/records/run.h"
#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* Either Markdown or a figure. */
typedef struct NullcurveReportPart
{
  char *markdown;
  NullcurveFigure *figure;
  char *description; /* of the figure, for those who cannot see it */
  double height;     /* of the figure, for a width of NULLCURVE_REPORT_FIGURE_WIDTH */
} NullcurveReportPart;

#define NULLCURVE_REPORT_FIGURE_WIDTH 960.0

/* Of NullcurveReportPart; free with g_ptr_array_unref ().  The figures are left out without
 * `figures`. */
GPtrArray *nullcurve_report_parts_new (GPtrArray *runs, gboolean figures);

/* "Null-Routed MoE Benchmark: my run", not escaped. */
char *nullcurve_report_title (const GPtrArray *runs);

G_END_DECLS

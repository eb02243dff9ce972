/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a report while it is written. */
#pragma once

#include "engine/judge/findings.h"
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

typedef struct NullcurveReport
{
  GPtrArray *runs;     /* MoeRun */
  GPtrArray *parts;    /* NullcurveReportPart */
  GPtrArray *findings; /* of the runs */
  gboolean figures;    /* else there are none */
} NullcurveReport;

/* An empty list of parts that frees them. */
GPtrArray *nullcurve_report_parts_list (void);

/* Add a part.  Takes the string; figure and description. */
void nullcurve_report_add_text (NullcurveReport *report, GString *markdown);
void nullcurve_report_add_figure (NullcurveReport *report,
                                  NullcurveFigure *figure,
                                  double height,
                                  char *description);

/* A new text that begins with a heading of the second order. */
GString *nullcurve_report_heading (const char *heading);

G_END_DECLS

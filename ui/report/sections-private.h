/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of sections*.c share. */
#pragma once

#include "engine/judge/findings.h"
#include "ui/report/sections.h"

G_BEGIN_DECLS

typedef struct NullcurveReport
{
  GPtrArray *runs;
  GPtrArray *parts;
  GPtrArray *findings;
  gboolean figures;
} NullcurveReport;

MoeRun *nullcurve_report_get_run (const GPtrArray *runs, guint index);

/* Add a part.  Takes the string; figure and description. */
void nullcurve_report_add_text (NullcurveReport *report, GString *markdown);
void nullcurve_report_add_figure (NullcurveReport *report,
                                  NullcurveFigure *figure,
                                  double height,
                                  char *description);

/* Text of others as Markdown: no markup of its own. */
void nullcurve_report_append_escaped (GString *text, const char *value);

/* The run's title as a third heading, where there are several runs. */
void nullcurve_report_append_run_heading (const NullcurveReport *report,
                                          GString *text,
                                          const MoeRun *run);

/* sections-charts.c */
void nullcurve_report_add_charts (NullcurveReport *report);
void nullcurve_report_add_stage_charts (NullcurveReport *report);

/* sections-compare.c: modes, dispatches, runs against each other */
void nullcurve_report_add_comparisons (NullcurveReport *report);

/* sections-size.c: rows of an expert, and the floor under a step */
void nullcurve_report_add_size (NullcurveReport *report);

/* sections-tables.c: the logbook's, and all others with environment and commands */
void nullcurve_report_add_logbook (NullcurveReport *report);
void nullcurve_report_add_tables (NullcurveReport *report);

/* For each run with several null modes one item of a list: the joint verdict of the others against
 * the first. */
void nullcurve_report_append_modes (const NullcurveReport *report, GString *text);

/* A new text that begins with a heading of the second order. */
GString *nullcurve_report_heading (const char *heading);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/report/parts.h"

static void
part_free (gpointer data)
{
  NullcurveReportPart *part = data;
  g_free (part->markdown);
  g_free (part->description);
  g_clear_pointer (&part->figure, nullcurve_figure_free);
  g_free (part);
}

GPtrArray *
nullcurve_report_parts_list (void)
{
  return g_ptr_array_new_with_free_func (part_free);
}

void
nullcurve_report_add_text (NullcurveReport *report, GString *markdown)
{
  NullcurveReportPart *part = g_new0 (NullcurveReportPart, 1);
  part->markdown = g_string_free (markdown, FALSE);
  g_ptr_array_add (report->parts, part);
}

void
nullcurve_report_add_figure (NullcurveReport *report,
                             NullcurveFigure *figure,
                             double height,
                             char *description)
{
  NullcurveReportPart *part = g_new0 (NullcurveReportPart, 1);
  part->figure = figure;
  part->height = height;
  part->description = description;
  g_ptr_array_add (report->parts, part);
}

GString *
nullcurve_report_heading (const char *heading)
{
  GString *text = g_string_new ("## ");
  return g_string_append_c (g_string_append (text, heading), '\n');
}

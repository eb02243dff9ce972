/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of the runs: the charts or the table of their points, the bar that chooses, and
 * the way of both to the clipboard and into files.
 *
 * Properties, which are the choices:
 *   "view"     "throughput", "where", "efficiency", "stages", "load" or "table"
 *   "scale"    what throughput is divided by: "absolute" (nothing), "relative" (each curve by its
 *              own f = 0) or "baseline" (each point by the baseline's)
 *   "facets"   "none", "shape" or "topk": a chart for each
 *   "along"    what throughput stands against: "fraction", or of the rows at f = 0 "tokens",
 *              "experts", "topk" or "capacity"
 *   "log-y", "limits" (roofline bounds are drawn)
 *   "x-ideal" (the x axis is the ideal speed-up), "x-experts" (experts per token): one of them
 *   "what-if"  a faint line of what would be: "nothing", "fixed-halved", "weights-once"
 *   "load-scale"   what is shown of loads: "experts", "cost" or "throughput"
 *   "stage-scale"  what times of stages are divided by: "slot", "token", or "excess"
 *   "at"       double, the null fraction whose step "where" takes apart, a marker in every chart
 *              over null fractions; the nearest measured one is taken; below 0: the largest
 * A name that is none stands for the first.
 *
 * Signal "zoomed": another part of the chart is shown.  Main thread only. */
#pragma once

#include <adwaita.h>

#include "ui/figure/figure.h"
#include "ui/runs/runs-model.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_CHART_PAGE (nullcurve_chart_page_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveChartPage, nullcurve_chart_page, NULLCURVE, CHART_PAGE, AdwBin)

/* The runs that are shown; once. */
void nullcurve_chart_page_set_runs (NullcurveChartPage *self, NullcurveRunsModel *runs);

/* Put what can be done here where menus and keys find it: an action for each choice, by its name,
 * and export-chart, export-views, stop-export, export-csv, report, copy-chart, copy-table
 * (markdown, csv or tsv) and open-folder (of a URI).  `map` is of the window that the page is in.
 */
void nullcurve_chart_page_add_actions (NullcurveChartPage *self, GActionMap *map);

/* Take the choices from settings, and keep them there from now on; once. */
void nullcurve_chart_page_set_settings (NullcurveChartPage *self, GSettings *settings);

/* What part of the chart is shown.  Set: of the next chart that has anything, if that has something
 * there. */
NullcurveViewport nullcurve_chart_page_get_zoom (NullcurveChartPage *self);
void nullcurve_chart_page_set_zoom (NullcurveChartPage *self, const NullcurveViewport *zoom);

/* Of the run being measured: the point under way (-1: none), and tokens/s to be expected of each
 * (array of double, NaN where unknown, taken over; NULL: those told before). */
void nullcurve_chart_page_set_measuring (NullcurveChartPage *self, gssize point, GArray *expected);

/* The figure as the chart shows it - split, zoomed, without what is hidden -, for export; owned by
 * the caller.  The table has none of its own: that of the throughput stands for it. */
NullcurveFigure *nullcurve_chart_page_make_figure (NullcurveChartPage *self);

/* Write the run in hand as CSV, the chart in the format that the name's ending tells, or a report
 * of the runs that are shown as Markdown or HTML; TRUE and a toast when done, else FALSE and a
 * dialog. */
gboolean nullcurve_chart_page_export_csv (NullcurveChartPage *self, GFile *file);
gboolean nullcurve_chart_page_export_chart (NullcurveChartPage *self, GFile *file);
gboolean nullcurve_chart_page_export_report (NullcurveChartPage *self, GFile *file);

/* Begin to write every view that has something to show into a folder, each as it would be by
 * itself, under names that are free, while the window goes on; a toast tells how far that is and
 * stops it, another what is saved.  One set at a time.  FALSE and a dialog when it cannot begin. */
gboolean nullcurve_chart_page_export_views (NullcurveChartPage *self, GFile *folder);
gboolean nullcurve_chart_page_is_exporting (NullcurveChartPage *self);

/* A file's name for the chart as it is: run (or how many) and view, in the chosen format.  Owned by
 * the caller. */
char *nullcurve_chart_page_dup_export_name (NullcurveChartPage *self);

G_END_DECLS

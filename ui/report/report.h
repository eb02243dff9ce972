/* SPDX-License-Identifier: Apache-2.0 */
/* A report of a set of runs: what they show, the logbook's tables, comparisons, charts,
 * environment.  As Markdown it is tables only; as HTML it is one file that needs nothing else, no
 * network and no script, in the reader's light or dark, and fit to print.  Needs no display. */
#pragma once

#include <gio/gio.h>

#include "engine/records/run.h"

G_BEGIN_DECLS

#define NULLCURVE_REPORT_ERROR (nullcurve_report_error_quark ())
GQuark nullcurve_report_error_quark (void);

typedef enum NullcurveReportError
{
  NULLCURVE_REPORT_ERROR_EXTENSION, /* not .md, .html or .htm */
  NULLCURVE_REPORT_ERROR_EMPTY,     /* no runs, or none with a point */
} NullcurveReportError;

/* Does the name end in an extension that can be written? */
gboolean nullcurve_report_knows_extension (const char *path);

/* The report of these runs (array of MoeRun), in their order; the first is what the others are
 * compared with.  The same runs give the same bytes: no clock is read.  Everything that comes from
 * files - titles, facts, notes - is escaped.  Of many runs or points it tells as much as cut.h
 * says, and says so.  Free with g_string_free (). */
GString *nullcurve_report_markdown (GPtrArray *runs);
GString *nullcurve_report_html (GPtrArray *runs);

/* Write it to `file`, in the form that its suffix says, aside first and then renamed.  Blocking;
 * any thread.  Errors: NULLCURVE_REPORT_ERROR, or of GIO; a sentence that names the file. */
gboolean nullcurve_report_write (GPtrArray *runs, GFile *file, GError **error);

G_END_DECLS

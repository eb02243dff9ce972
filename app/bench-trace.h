/* SPDX-License-Identifier: Apache-2.0 */
/* --trace-dir: what every thread did in a step, as a file in the Trace Event Format (JSON) that
 * Perfetto and Chrome open: a process for each point, a thread for each of its threads, a slice for
 * each piece of work, named by its stage. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* A file that is being written, aside until it is finished. */
typedef struct NullcurveBenchTrace NullcurveBenchTrace;

/* Make `folder`, with its parents, unless it is there, and find out whether a file can be written
 * into it.  Fails with NULLCURVE_BENCH_ERROR_REFUSED. */
gboolean nullcurve_bench_trace_check (const char *folder, GError **error);

/* Begin a file in `folder`.  NULL and NULLCURVE_BENCH_ERROR_FAILED when it cannot be written. */
NullcurveBenchTrace *nullcurve_bench_trace_new (const char *folder, GError **error);

/* Append the recorded step of a point, a process called `name`.  *lost, events for which there was
 * no room; the file says so too.  Errors as above. */
gboolean nullcurve_bench_trace_add (NullcurveBenchTrace *trace,
                                    const char *name,
                                    const MoeTrace *step,
                                    gsize *lost,
                                    GError **error);

/* End the file with the run's title and facts and give it its name, which *path receives (free with
 * g_free ()): "nullcurve-20260217-101500.json", or with -2, -3, ... where there is such a file.
 * Nothing may be added after.  Errors as above. */
gboolean nullcurve_bench_trace_finish (NullcurveBenchTrace *trace,
                                       const MoeRun *run,
                                       char **path,
                                       GError **error);

/* Also removes what was not finished.  NULL is allowed. */
void nullcurve_bench_trace_free (NullcurveBenchTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveBenchTrace, nullcurve_bench_trace_free)

G_END_DECLS

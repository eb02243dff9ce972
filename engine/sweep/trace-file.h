/* SPDX-License-Identifier: Apache-2.0 */
/* A trace: what every thread did in a step, as a file in the Trace Event Format (JSON) that
 * Perfetto and Chrome open: a process for each point, a thread for each of its threads, a slice for
 * each piece of work, named by its stage. */
#pragma once

#include "engine/options/plan.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* A file that is being written, aside until it is finished. */
typedef struct MoeTraceFile MoeTraceFile;

/* Begin a file in `folder`.  NULL, and an error of G_FILE_ERROR with a sentence, when it cannot
 * be written. */
MoeTraceFile *moe_trace_file_new (const char *folder, GError **error);

/* "top-4 null 0.5 independent fused_w13", and what else tells points of a sweep apart; of several
 * sweeps, the shape too.  Free with g_free (). */
char *moe_trace_file_name_point (const MoePoint *point, gboolean with_shape);

/* Append the recorded step of a point, a process called `name`.  *lost, events for which there was
 * no room; the file says so too.  Errors as above. */
gboolean moe_trace_file_add (
    MoeTraceFile *trace, const char *name, const MoeTrace *step, gsize *lost, GError **error);

/* End the file with the run's title and facts and give it its name, which *path receives (free with
 * g_free ()): "nullcurve-20260217-101500.json", or with -2, -3, ... where there is such a file.
 * Nothing may be added after.  Errors as above. */
gboolean
moe_trace_file_finish (MoeTraceFile *trace, const MoeRun *run, char **path, GError **error);

/* Also removes what was not finished.  NULL is allowed. */
void moe_trace_file_free (MoeTraceFile *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MoeTraceFile, moe_trace_file_free)

G_END_DECLS

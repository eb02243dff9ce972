/* SPDX-License-Identifier: Apache-2.0 */
/* From what waits in the queue to a sweep that can be measured, and on to what comes of it.  Main
 * thread only. */
#pragma once

#include "engine/sweep/accelerators.h"
#include "engine/sweep/growth.h"
#include "engine/sweep/trace-file.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The sweep of n setups (1, or 2 side by side), each with the machine that is known for it; what
 * it needs fits into memory now.  `before` (may be NULL) is a run that is gone on with in its own
 * file; everything may be carried over from it.  NULL, and *problem a sentence, when it cannot be
 * measured; free both. */
MoeSweep *nullcurve_job_sweep_new (const MoeOptions *options,
                                   const MoeAccelerator *const *machines,
                                   gsize n,
                                   MoeRun *before,
                                   char **problem);

/* What a run of these options that begins `now` is called: "Quick, top-2, 4, 8, bfloat16, carry ·
 * 17:42", with what differs from the defaults, so that no two sweeps that differ share a name; with
 * seconds where the minute has a run of that name among `runs` already, and a number where those
 * have.  Free with
 * g_free (). */
char *nullcurve_job_sweep_title (const char *shape_name,
                                 const MoeOptions *options,
                                 GListModel *runs,
                                 GDateTime *now);

/* Open the sweep's runs and keep them: new ones in the library, called after the setups' names[]
 * and the time, but otherwise than any of `runs` (a list of NullcurveRunItem); a run that is gone
 * on with in its own file at `path`.  *problem (to be freed) is what keeps them from being kept;
 * NULL: nothing. */
void nullcurve_job_sweep_open (MoeSweep *sweep,
                               const MoeAccelerator *const *machines,
                               const char *const *names,
                               GListModel *runs,
                               const char *path,
                               char **problem);

/* A trace of the sweep, beside the run files; NULL and *problem (to be freed) when there can be
 * none, which is no reason not to measure. */
MoeTraceFile *nullcurve_job_sweep_new_trace (const MoeSweep *sweep, char **problem);

/* What was measured of a side, with all that is to be said of it, also in its file; what it teaches
 * of the machine is kept.  Owned by the caller. */
MoeRun *nullcurve_job_sweep_finish (MoeSweep *sweep, gsize side, const MoeNoise *noise);

/* End the trace (may be NULL), which is freed, and say where it is or what went wrong; NULL when
 * there is nothing to say.  Free with g_free (). */
char *nullcurve_job_sweep_finish_trace (MoeTraceFile *trace, const MoeRun *run);

G_END_DECLS

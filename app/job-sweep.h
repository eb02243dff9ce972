/* SPDX-License-Identifier: Apache-2.0 */
/* From what waits in the queue to a sweep that can be measured.  Main thread only. */
#pragma once

#include "engine/sweep/accelerators.h"
#include "engine/sweep/growth.h"

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

G_END_DECLS

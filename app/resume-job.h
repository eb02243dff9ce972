/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep for the queue that is the rest of a run file. */
#pragma once

#include "ui/queue/job-item.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Read the run file at `path` off the main thread. */
void nullcurve_resume_job_read_async (const char *path,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/* The same options with the same backend; whether the machine is the same is seen later.  NULL with
 * an error and a sentence when it cannot be read or does not tell how it was measured. */
NullcurveJobItem *nullcurve_resume_job_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Read results off the main thread. */
#pragma once

#include "engine/records/run.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What became of one file: a run or an error. */
typedef struct NullcurveLoaded
{
  MoeRun *run;
  GError *error;
} NullcurveLoaded;

/* Read files, each for itself: one that fails stops none of the others.  `callback` is called on
 * the thread-default main context of the caller. */
void nullcurve_loader_read_async (GFile **files,
                                  gsize n_files,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/* Read the published rows that ship in data_dir. */
void nullcurve_loader_read_reference_async (const char *data_dir,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);

/* Array of NullcurveLoaded *, in the order of the files; owned by the caller.  NULL only when
 * cancelled. */
GPtrArray *nullcurve_loader_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS

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

/* Read files (there may be none), each for itself: one that fails stops none of the others; and
 * after them the published rows that ship in data_dir (NULL: without).  `callback` is called on the
 * thread-default main context of the caller. */
void nullcurve_loader_read_async (GFile **files,
                                  gsize n_files,
                                  const char *data_dir,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/* Array of NullcurveLoaded *: one for each file in their order, then the published runs, or the one
 * error why there are none; owned by the caller.  NULL only when cancelled. */
GPtrArray *nullcurve_loader_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS

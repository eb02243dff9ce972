/* SPDX-License-Identifier: Apache-2.0 */
/* Read results off the main thread. */
#pragma once

#include "engine/draw/given.h"
#include "engine/formats/model-config.h"
#include "engine/records/run.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The published rows stand for files: with the name of a set behind it (MoeReferenceSet) the runs
 * of that set, with nothing those of the first, with a number from 0 one run of all sets.  The last
 * is the source of a published run. */
#define NULLCURVE_PUBLISHED_URI "nullcurve-published:"

gboolean nullcurve_loader_is_published (const MoeRun *run);

/* What became of one file: a run, routing, the shape of a model, or an error. */
typedef struct NullcurveLoaded
{
  MoeRun *run;
  char *routing; /* the path of a file that routing can come from, or of the folder of a dump */
  MoeDistribution distribution; /* of that: MOE_DISTRIBUTION_LOADS or _TRACE */
  char *told;                   /* what is in it */
  MoeModelConfig *model;        /* a shape */
  GError *error;
} NullcurveLoaded;

/* Read files, each for itself: one that fails stops none of the others.  Files with routing
 * and models' config.json are known by their content; of several rows or layers the first is read.
 * `data_dir` has the published rows, if there are any among them.  `callback` is called on the
 * thread-default main context of the caller. */
void nullcurve_loader_read_async (GFile **files,
                                  gsize n_files,
                                  const char *data_dir,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/* Array of NullcurveLoaded *, in the order of the files; owned by the caller.  NULL only when
 * cancelled. */
GPtrArray *nullcurve_loader_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Several charts that are written into one folder, one after the other, on a thread of their own:
 * whoever asks for them goes on meanwhile, sees how far they are, and can stop them.  Each file is
 * there as a whole or not at all. */
#pragma once

#include <gio/gio.h>

#include "ui/export/export.h"

G_BEGIN_DECLS

typedef struct NullcurveExportSet NullcurveExportSet;

/* How far a set is: so many charts of `n` are written.  Called in the main context that is the
 * thread's default where it was started. */
typedef void (*NullcurveExportProgress) (guint written, guint n, gpointer data);

/* An empty one for this folder and format; free with nullcurve_export_set_free (), unless it is
 * written. */
NullcurveExportSet *nullcurve_export_set_new (const char *folder, NullcurveExportFormat format);
void nullcurve_export_set_free (NullcurveExportSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveExportSet, nullcurve_export_set_free)

/* One more chart: the figure is taken over, all else copied.  `stem` is the file's name without its
 * ending; where one of that name is there, as nobody was asked about, it gets a number. */
void nullcurve_export_set_add (NullcurveExportSet *set,
                               NullcurveFigure *figure,
                               const char *stem,
                               const NullcurveExportOptions *options);

guint nullcurve_export_set_length (const NullcurveExportSet *set);

/* Write them all; takes the set over.  `progress` may be NULL; `data` is for both calls, and stays
 * the caller's until `ready`, which is the last. */
void nullcurve_export_set_write (NullcurveExportSet *set,
                                 GCancellable *cancellable,
                                 NullcurveExportProgress progress,
                                 GAsyncReadyCallback ready,
                                 gpointer data);

/* TRUE when all are written; *written is how many are, in any case.  Errors:
 * NULLCURVE_EXPORT_ERROR, or G_IO_ERROR_CANCELLED when it was stopped. */
gboolean nullcurve_export_set_write_finish (GAsyncResult *result, guint *written, GError **error);

G_END_DECLS

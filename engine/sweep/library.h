/* SPDX-License-Identifier: Apache-2.0 */
/* The run library: nullcurve/runs in the user's data folder has a journal for each run that was
 * measured here, in the window or by the command line. */
#pragma once

#include <gio/gio.h>

#include "engine/options/options.h"

G_BEGIN_DECLS

#define MOE_TYPE_LIBRARY_ENTRY (moe_library_entry_get_type ())
G_DECLARE_FINAL_TYPE (MoeLibraryEntry, moe_library_entry, MOE, LIBRARY_ENTRY, GObject)

/* One run, as far as its file tells without being read whole; immutable. */
const char *moe_library_entry_get_path (MoeLibraryEntry *self);
const char *moe_library_entry_get_title (MoeLibraryEntry *self);
/* Points with samples, those of them that have all of theirs, and points that were planned; 0 when
 * the file does not tell. */
gsize moe_library_entry_get_n_points (MoeLibraryEntry *self);
gsize moe_library_entry_get_n_complete (MoeLibraryEntry *self);
gsize moe_library_entry_get_n_planned (MoeLibraryEntry *self);
/* Rounds go over all points: until the last of them few points are complete, and samples tell how
 * far a run came.  FALSE where one sample is a point, where it is not known how many it takes, or
 * the file does not tell. */
gboolean moe_library_entry_get_samples (MoeLibraryEntry *self, gsize *taken, gsize *planned);
/* It has no end, and nobody writes it. */
gboolean moe_library_entry_get_interrupted (MoeLibraryEntry *self);
/* FALSE when the file does not tell. */
gboolean moe_library_entry_get_options (MoeLibraryEntry *self, MoeOptions *options);
/* "30 points · 4096×512×352×60 · OpenBLAS float32 · workstation · 2026-11-02 17:42"; owned by the
 * caller. */
char *moe_library_entry_describe (MoeLibraryEntry *self);
/* Does the entry have every word of `search`, in whatever case, in name, shape, backend, machine or
 * date? */
gboolean moe_library_entry_matches (MoeLibraryEntry *self, const char *search);

/* The folder; owned by the caller. */
char *moe_library_dup_dir (void);

/* Where a run called `name` that begins `now` is kept; `attempt` counts from 0 while there is such
 * a file already.  Makes the folder.  Owned by the caller. */
char *moe_library_dup_path (const char *name, GDateTime *now, guint attempt);

/* Is the file one of the library's? */
gboolean moe_library_owns (const char *path);

/* Remove what crashes left that nobody would ever see: journals without a sample that nobody
 * writes, and drafts of outputs.  Blocking; also done by the two below and before a run is kept. */
void moe_library_tidy (const char *dir);

enum
{
  MOE_LIBRARY_MOST_RUNS = 10000 /* of a folder, the newest */
};

/* What the newest run with points is, when it was interrupted; NULL when it was not, or there is
 * none.  Files that are too large to be read are passed over: *left_alone (may be NULL) becomes a
 * sentence about the first of them, or NULL; owned by the caller.  Blocking. */
MoeLibraryEntry *moe_library_find_interrupted (const char *dir, char **left_alone);

/* Read the ends of all journals, the newest first, off the main thread. */
void moe_library_index_async (const char *dir,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* Array of MoeLibraryEntry, MOE_LIBRARY_MOST_RUNS at most; owned by the caller.  NULL only when
 * cancelled.  *left_out (may be NULL) becomes a sentence about runs that are not listed, since
 * there are more or one is too large to be read, or NULL; owned by the caller. */
GPtrArray *moe_library_index_finish (GAsyncResult *result, char **left_out, GError **error);

/* Write into the run's own file what it is called now. */
gboolean moe_library_rename (const char *path, const char *title, GError **error);

/* Say in the file that the run is as it is: nobody will go on with it. */
gboolean moe_library_settle (const char *path, GError **error);

/* Take back a g_file_trash (): FALSE when the file is not in the user's own trash any more. */
gboolean moe_library_untrash (const char *path);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* How runs come from files, and go back: opening and dropping, recent files, the run library, the
 * published rows, a run that was interrupted, and what was open the last time.  Reads off the main
 * thread; itself for the main thread only. */
#pragma once

#include "ui/files/reading-bar.h"
#include "ui/runs/runs-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_FILE_DESK (nullcurve_file_desk_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveFileDesk, nullcurve_file_desk, NULLCURVE, FILE_DESK, GObject)

/* Signals:
 *   "read"              (const char *, gboolean) what was opened, in a sentence to be told; and
 *                       whether what is shown lies so far apart that it is best seen relative
 *   "routing-read"      (const char *, guint, const char *) the path of a file that routing is to
 *                       come from, the MoeDistribution that it is of, and what is in it
 *   "model-read"        (const MoeModelConfig *) the shape of a model
 *   "resume-requested"  (const char *) the path of a run file whose rest is to be measured */

/* Of the runs of `window`, which gets the actions "open", "open-recent", "open-reference",
 * "show-reference" (of a set's name), "open-routing" and "library", takes files that are dropped,
 * and is told what goes wrong.  `recent` is filled with the files opened last; `hint` is visible
 * while something is dragged over the window. */
NullcurveFileDesk *nullcurve_file_desk_new (GtkApplicationWindow *window,
                                            NullcurveRunsModel *runs,
                                            GMenu *recent,
                                            GtkWidget *hint,
                                            NullcurveReadingBar *bar);

/* The window is closed: what is still being read comes to nobody, what is open is kept. */
void nullcurve_file_desk_close (NullcurveFileDesk *self);

/* The folder that has reference/; without it (NULL) the published rows cannot be shown. */
void nullcurve_file_desk_set_data_dir (NullcurveFileDesk *self, const char *data_dir);

/* Where what is open is kept, and where a file was last opened; NULL: nowhere. */
void nullcurve_file_desk_set_settings (NullcurveFileDesk *self, GSettings *settings);

/* Keep what is open now, unless what was open the last time is still being read. */
void nullcurve_file_desk_save (NullcurveFileDesk *self);

/* Lay files over the chart, the published rows among them (NULLCURVE_PUBLISHED_URI of loader.h);
 * one that is listed already is read anew.  Returns at once. */
void nullcurve_file_desk_open (NullcurveFileDesk *self, GFile **files, gsize n_files);

/* The same of a file that was chosen for the routing in it, and is nothing else to anybody. */
void nullcurve_file_desk_open_routing (NullcurveFileDesk *self, GFile *file);

/* Lay what was open the last time over the charts again. */
void nullcurve_file_desk_restore (NullcurveFileDesk *self);

/* Ask what to do with the last run, if it was interrupted and is none of these (paths,
 * NULL-terminated; NULL: none), which wait to go on. */
void nullcurve_file_desk_look_for_interrupted (NullcurveFileDesk *self, const char *const *waiting);

/* Ask ("resume-requested") that the rest of the run in this file be measured. */
void nullcurve_file_desk_resume (NullcurveFileDesk *self, const char *path);

/* FALSE once nothing is being read; for tests. */
gboolean nullcurve_file_desk_get_loading (NullcurveFileDesk *self);

G_END_DECLS

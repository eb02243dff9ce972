/* SPDX-License-Identifier: Apache-2.0 */
/* The window: what will run on the left, what it shows in the middle, what it is compared with
 * on the right.  It measures nothing itself: it asks ("run-requested"), and is told. */
#pragma once

#include "ui/files/file-desk.h"
#include "ui/page/chart-page.h"
#include "ui/places/places.h"
#include "ui/queue/side-sweeps.h"
#include "ui/queue/sweep-queue.h"
#include "ui/runs/runs-model.h"
#include "ui/setup/setup-panel.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_WINDOW (nullcurve_window_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveWindow, nullcurve_window, NULLCURVE, WINDOW, AdwApplicationWindow)

/* Signals: "run-requested" (what is set up is to be measured) and "measure-requested" (the machine
 * is, again).  Stop and pause are told by the queue. */

GtkWidget *nullcurve_window_new (GtkApplication *application);

/* The folder that has reference/; without it the published rows cannot be shown. */
void nullcurve_window_set_data_dir (NullcurveWindow *self, const char *data_dir);

/* Take size, view and setup from settings, and keep them there.  Without settings (NULL) the
 * window starts with the Quick preset each time. */
void nullcurve_window_set_settings (NullcurveWindow *self, GSettings *settings);

/* Owned by the window. */
NullcurveSetupPanel *nullcurve_window_get_setup (NullcurveWindow *self);
NullcurveChartPage *nullcurve_window_get_page (NullcurveWindow *self);

/* Owned by the window. */
NullcurveRunsModel *nullcurve_window_get_runs (NullcurveWindow *self);
NullcurveFileDesk *nullcurve_window_get_files (NullcurveWindow *self);

/* The sweeps that wait and the one under way, owned by the window. */
NullcurveSweepQueue *nullcurve_window_get_queue (NullcurveWindow *self);

/* The places to measure at, owned by the window. */
NullcurvePlaces *nullcurve_window_get_places (NullcurveWindow *self);

/* Life of a measured run.  begin: `run` joins the list and grows by the caller's hand, who says
 * so with update (`changed`: the records are others, not only the progress); `plan` tells the
 * points to come, `calibration` (may be NULL) what to expect of them.  end: `run` is replaced by
 * what was measured (NULL or no rows: it leaves the list); `problem` is the sentence why it ended
 * early, NULL when it did not or a person stopped it.
 *
 * `first` is what it is measured side by side with, NULL: nothing.  It joins the list before the
 * other, and is pinned, since the other is compared with it, which is told at the end. */
void nullcurve_window_begin_run (NullcurveWindow *self,
                                 MoeRun *first,
                                 MoeRun *run,
                                 const MoePlan *plan,
                                 const MoeCalibration *calibration);
void
nullcurve_window_update_run (NullcurveWindow *self, const MoeProgress *progress, gboolean changed);
void
nullcurve_window_end_run (NullcurveWindow *self, MoeRun *first, MoeRun *run, const char *problem);
/* What is measured at other places beside the run above; owned by the window. */
NullcurveSideSweeps *nullcurve_window_get_sides (NullcurveWindow *self);
/* Say how one of those ended: as the end of a run does, with its title before. */
void nullcurve_window_say_side_ended (NullcurveWindow *self,
                                      const char *title,
                                      gsize measured,
                                      const char *problem);
/* Say why a run broke off, with the way to go on with it, whose file is at `path`. */
void nullcurve_window_offer_resume (NullcurveWindow *self, const char *problem, const char *path);
/* What the sensors of the device show while it measures, in a line; NULL: nothing. */
void nullcurve_window_show_device (NullcurveWindow *self, const char *text);
/* Ask whether to run although another process measures `other`, a title: the dialog, whose response
 * is then "run", and which goes by itself. */
GtkWidget *nullcurve_window_ask_beside (NullcurveWindow *self, const char *other);
gboolean nullcurve_window_get_running (NullcurveWindow *self);

/* The machine itself is being measured: say what, and how much of it is done; NULL: no more. */
void nullcurve_window_show_measuring (NullcurveWindow *self, const char *what, double fraction);

/* A short message that goes away by itself. */
void nullcurve_window_toast (NullcurveWindow *self, const char *message);

G_END_DECLS

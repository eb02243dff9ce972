/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the window's files:
 *   window.c          the widget, its life and layout
 *   window-actions.c  actions, keys, and which of them are enabled
 *   window-runs.c     the run being measured
 *   window-settings.c what is remembered from one start to the next */
#pragma once

#include "ui/page/chart-page.h"
#include "ui/page/teaser.h"
#include "ui/queue/queue-list.h"
#include "ui/queue/sweep-progress.h"
#include "ui/runs/run-list.h"
#include "ui/window/desktop.h"
#include "ui/window/window.h"

struct _NullcurveWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkWidget *open_button;
  GtkButton *run_button;
  GtkButton *stop_button;
  GtkButton *pause_button;
  AdwFlap *runs_flap;
  AdwFlap *setup_flap;
  NullcurveSetupPanel *setup;
  NullcurveRunList *run_list;
  NullcurveQueueList *queue_list;
  GtkStack *stack;
  NullcurveTeaser *teaser;
  NullcurveChartPage *page;
  GtkButton *empty_run_button;
  GtkWidget *ready_modes;
  GtkWidget *ready_dispatch;
  GtkLabel *empty_forecast;
  NullcurveSweepProgress *progress;

  NullcurveRunsModel *runs;
  NullcurveFileDesk *files;
  NullcurveSweepQueue *queue;
  NullcurveDesktop *desktop;
  NullcurveRunItem *live_first; /* what the live run is measured side by side with; NULL: alone */
  gboolean close_after_stop;
  GtkWidget *close_dialog; /* asks whether to stop and close; NULL when it does not */

  GSettings *settings; /* NULL where the schema is not installed */
  gboolean measuring_machine;
};

/* window-actions.c */
void nullcurve_window_install_actions (GtkWidgetClass *widget_class);
/* The one place that decides what can be done now. */
void nullcurve_window_update_actions (NullcurveWindow *self);
/* Which of the ready comparisons the present setup allows, and why not. */
void nullcurve_window_update_ready (NullcurveWindow *self);

/* window-runs.c */
void nullcurve_window_init_runs (NullcurveWindow *self);
void nullcurve_window_dispose_runs (NullcurveWindow *self);
/* Say beside the forecast what keeps the machine from its best; `again`: looked at now and then. */
void nullcurve_window_check_power (NullcurveWindow *self, gboolean again);

/* window-settings.c */
void nullcurve_window_save_settings (NullcurveWindow *self);

/* window.c */
void nullcurve_window_show_error (NullcurveWindow *self, const char *heading, const char *body);

/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the window's files:
 *   window.c          the widget, its life and layout
 *   window-actions.c  actions, keys, and which of them are enabled
 *   window-runs.c     the run being measured
 *   window-queue.c    sweeps that wait for their turn
 *   window-pause.c    holding the run that is being measured
 *   window-ready.c    comparisons of two sweeps that one click starts
 *   window-desktop.c  what a long measurement owes the desktop
 *   window-settings.c what is remembered from one start to the next */
#pragma once

#include "ui/page/chart-page.h"
#include "ui/page/teaser.h"
#include "ui/queue/queue-list.h"
#include "ui/runs/run-list.h"
#include "ui/window/window.h"

/* What is asked of the desktop; tests put their own in its place. */
typedef struct NullcurveDesktop
{
  guint (*inhibit) (NullcurveWindow *self); /* 0: it does not know how */
  void (*uninhibit) (NullcurveWindow *self, guint cookie);
  void (*notify) (NullcurveWindow *self, const char *title, const char *body);
  gint64 (*now_us) (void);
} NullcurveDesktop;

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
  GtkRevealer *progress;
  GtkLabel *progress_what;
  GtkProgressBar *progress_bar;
  GtkLabel *progress_percent;
  GtkLabel *progress_left;
  GtkLabel *progress_device; /* what the device's sensors show; hidden where there are none */

  NullcurveRunsModel *runs;
  NullcurveFileDesk *files;
  GListStore *queue; /* of NullcurveJobItem */
  gboolean queue_held;
  guint sweeps_done;            /* one after the other since the queue began to work */
  double sweeps_done_s;         /* what they took */
  double sweep_s;               /* what the one under way takes, as far as that is known */
  NullcurveJobItem *taken;      /* the job last taken from the queue, until its run ends */
  NullcurveRunItem *live_first; /* what the live run is measured side by side with; NULL: alone */
  gboolean planned;             /* `plan` is the live run's */
  MoePlan plan;
  gboolean stopping;
  gboolean paused; /* a person asked for it */
  gboolean held;   /* and the run stands still */
  gboolean close_after_stop;
  GtkWidget *close_dialog; /* asks whether to stop and close; NULL when it does not */

  GSettings *settings; /* NULL where the schema is not installed */
  gboolean measuring_machine;

  const NullcurveDesktop *desktop;
  const char *sys_root; /* in front of /sys; "" but for tests */
  guint inhibited;      /* cookie while a run goes on; 0: not */
  gint64 run_began_us;
  gint64 power_checked_us;
};

/* window-actions.c */
void nullcurve_window_install_actions (GtkWidgetClass *widget_class);
/* The one place that decides what can be done now. */
void nullcurve_window_update_actions (NullcurveWindow *self);

/* window-runs.c */
void nullcurve_window_init_runs (NullcurveWindow *self);
void nullcurve_window_dispose_runs (NullcurveWindow *self);

/* window-ready.c */
void nullcurve_window_install_ready (GtkWidgetClass *widget_class);
/* Which of the comparisons the present setup allows, and why not. */
void nullcurve_window_update_ready (NullcurveWindow *self);

/* window-versus.c */
void nullcurve_window_install_versus (GtkWidgetClass *widget_class);
/* Can the two be measured in the same rounds?  Else FALSE, and why not.  *expected_s: how long both
 * take together; NaN: not known. */
gboolean nullcurve_window_can_measure_beside (NullcurveWindow *self,
                                              const MoeOptions *first,
                                              const MoeOptions *second,
                                              double *expected_s,
                                              MoeError *problem);
/* Put both into the queue, as one job. */
void nullcurve_window_enqueue_beside (NullcurveWindow *self,
                                      NullcurveJobItem *first,
                                      NullcurveJobItem *second,
                                      const char *title);
/* The live run is over, and so is `first`: say how they compare. */
void nullcurve_window_say_versus (NullcurveWindow *self,
                                  NullcurveJobItem *job,
                                  NullcurveRunItem *first,
                                  NullcurveRunItem *second);

/* window-queue.c */
void nullcurve_window_enqueue_job (NullcurveWindow *self, NullcurveJobItem *job);
/* Does it fit, and how long will it take (NaN: not known)?  *problem (may be NULL) tells why not.
 */
gboolean nullcurve_window_can_measure (NullcurveWindow *self,
                                       const MoeOptions *options,
                                       double *expected_s,
                                       MoeError *problem);
void nullcurve_window_init_queue (NullcurveWindow *self);
/* Put what is set up into the queue. */
void nullcurve_window_enqueue_setup (NullcurveWindow *self);
void nullcurve_window_choose_experiment (NullcurveWindow *self);
/* Nothing is taken from the queue while it is held. */
void nullcurve_window_hold_queue (NullcurveWindow *self, gboolean held);
void nullcurve_window_clear_queue (NullcurveWindow *self);
/* Of all that waits; NaN when it is not known of one. */
double nullcurve_window_queue_expected_s (NullcurveWindow *self);
/* Share that is done of all sweeps since the queue began to work, those that wait included; of the
 * sweep under way alone where it is not known how long the others take. */
double nullcurve_window_queue_done_share (NullcurveWindow *self, const MoeProgress *progress);
/* The sweep under way is over: it counts as done while others wait. */
void nullcurve_window_queue_sweep_done (NullcurveWindow *self);

/* window-pause.c */
void nullcurve_window_install_pause (NullcurveWindowClass *klass);
void nullcurve_window_update_pause (NullcurveWindow *self);
/* The run is over: so is its pause. */
void nullcurve_window_forget_pause (NullcurveWindow *self);

/* window-desktop.c */
void nullcurve_window_init_desktop (NullcurveWindow *self);
void nullcurve_window_dispose_desktop (NullcurveWindow *self);
void nullcurve_window_desktop_begin (NullcurveWindow *self);
void nullcurve_window_desktop_end (NullcurveWindow *self,
                                   const char *title,
                                   gsize measured,
                                   const char *problem);
/* Say beside the forecast what keeps the machine from its best. */
void nullcurve_window_check_power (NullcurveWindow *self);
void nullcurve_window_check_power_at_times (NullcurveWindow *self);

/* window-settings.c */
void nullcurve_window_save_settings (NullcurveWindow *self);

/* window.c */
void nullcurve_window_show_error (NullcurveWindow *self, const char *heading, const char *body);

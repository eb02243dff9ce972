/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the window's files:
 *   window.c          the widget, its life and layout
 *   window-actions.c  actions, keys, and which of them are enabled
 *   window-runs.c     the run being measured
 *   window-queue.c    sweeps that wait for their turn
 *   window-pause.c    holding the run that is being measured
 *   window-files.c    opening and dropping files, the published rows
 *   window-chart.c    the figure of what is shown
 *   window-ready.c    comparisons of two sweeps that one click starts
 *   window-views.c    which view is shown, and the bar that chooses
 *   window-copy.c     chart and table on the clipboard
 *   window-desktop.c  what a long measurement owes the desktop
 *   window-export.c   writing CSV, charts and reports
 *   window-library.c  the run library, and a run that was interrupted
 *   window-recent.c   files that were opened last
 *   window-restore.c  what was open comes back
 *   window-settings.c what is remembered from one start to the next */
#pragma once

#include "ui/figure/figure.h"
#include "ui/page/chart-view.h"
#include "ui/page/export-choice.h"
#include "ui/page/points-table.h"
#include "ui/page/teaser.h"
#include "ui/queue/queue-list.h"
#include "ui/runs/run-list.h"
#include "ui/views/stages.h"
#include "ui/window/window.h"

/* What is shown of the runs; by names for the action and the settings. */
typedef enum NullcurveView
{
  NULLCURVE_VIEW_THROUGHPUT, /* tokens/s and TF/s */
  NULLCURVE_VIEW_EFFICIENCY, /* speed-up, null efficiency, share of the roofline */
  NULLCURVE_VIEW_STAGES,     /* where the time of one curve goes */
  NULLCURVE_VIEW_LOAD,       /* what routing gives the experts of one curve */
  NULLCURVE_VIEW_TABLE,      /* every point of every run */
  NULLCURVE_N_VIEWS
} NullcurveView;

/* What throughput is divided by: the scale, in the words of the action and the settings. */
typedef enum NullcurveRelation
{
  NULLCURVE_RELATION_ABSOLUTE,
  NULLCURVE_RELATION_RELATIVE, /* each curve by its own f = 0 */
  NULLCURVE_RELATION_BASELINE, /* each point by the baseline's */
  NULLCURVE_N_RELATIONS
} NullcurveRelation;

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
  GtkButton *empty_run_button;
  GtkWidget *ready_modes;
  GtkWidget *ready_dispatch;
  GtkLabel *empty_forecast;
  GtkStack *middle; /* the charts, or the table */
  GtkMenuButton *view_button;
  GtkMenuButton *scale_button;
  GtkWidget *limits_button;
  GtkMenuButton *axes_button;
  NullcurveChartView *chart;
  GtkDropDown *stages_choice; /* which curve of the selected run */
  GtkDropDown *phase_choice;  /* which of its stages */
  NullcurvePointsTable *table;
  GtkRevealer *progress;
  GtkLabel *progress_what;
  GtkProgressBar *progress_bar;
  GtkLabel *progress_percent;
  GtkLabel *progress_left;
  GtkLabel *progress_device; /* what the device's sensors show; hidden where there are none */
  GtkWidget *drop_hint;
  GMenu *recent_menu;

  NullcurveRunsModel *runs;
  GListStore *queue; /* of NullcurveJobItem */
  gboolean queue_held;
  guint sweeps_done;            /* one after the other since the queue began to work */
  double sweeps_done_s;         /* what they took */
  double sweep_s;               /* what the one under way takes, as far as that is known */
  NullcurveJobItem *taken;      /* the job last taken from the queue, until its run ends */
  NullcurveRunItem *live_first; /* what the live run is measured side by side with; NULL: alone */
  gboolean planned;             /* `plan` is the live run's */
  MoePlan plan;
  MoeCalibration calibration; /* of the machine, for what the plan is expected to give */
  gboolean calibrated;
  gboolean stopping;
  gboolean paused; /* a person asked for it */
  gboolean held;   /* and the run stands still */
  gboolean close_after_stop;
  GtkWidget *close_dialog; /* asks whether to stop and close; NULL when it does not */
  gsize measuring;         /* index in the plan of the point being measured; SIZE_MAX: none */

  AdwToast *offer; /* offers the relative view; not owned, NULL once it is gone */
  char *data_dir;
  char *last_folder;         /* URI of the folder a file was last opened or saved in; NULL: none */
  GSettings *settings;       /* NULL where the schema is not installed */
  GCancellable *cancellable; /* of everything that is being read */
  guint loading;             /* files batches under way */
  gboolean restoring;        /* one of them is what was open the last time */
  guint chart_id;            /* the one pending redraw of the chart */
  guint save_id;             /* likewise of keeping in the settings what is open */
  NullcurveView view;
  NullcurveRelation relation;
  guint stages_curve; /* of the selected run, in the stages and load views */
  NullcurveStagePhase phase;
  gboolean log_y;
  gboolean limits;           /* the roofline bounds are drawn */
  gboolean x_ideal;          /* the x axis is the ideal speed-up */
  gboolean x_ideal_made_log; /* and brought the logarithmic y along */
  NullcurveFaceting facets;
  gboolean measuring_machine;
  NullcurveExportChoice export_choice;

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
void nullcurve_window_set_log_y (NullcurveWindow *self, gboolean log_y);
void nullcurve_window_set_limits (NullcurveWindow *self, gboolean limits);

/* window-axes.c */
void nullcurve_window_install_axes (GtkWidgetClass *widget_class);
void nullcurve_window_set_x_ideal (NullcurveWindow *self, gboolean x_ideal);
const char *nullcurve_window_facets_name (NullcurveFaceting facets);
void nullcurve_window_set_facets_by_name (NullcurveWindow *self, const char *name);
/* Scale, split, zoom and hide as the window has it. */
void nullcurve_window_arrange_figure (NullcurveWindow *self, NullcurveFigure *figure);

/* window-views.c */
void nullcurve_window_install_views (GtkWidgetClass *widget_class);
void nullcurve_window_update_bar (NullcurveWindow *self);
void nullcurve_window_set_view (NullcurveWindow *self, NullcurveView view);
void nullcurve_window_set_relation (NullcurveWindow *self, NullcurveRelation relation);
const char *nullcurve_window_view_name (NullcurveView view);
const char *nullcurve_window_scale_name (NullcurveRelation relation);
/* Names that are none stand for throughput, and for the absolute scale. */
void nullcurve_window_set_view_by_name (NullcurveWindow *self, const char *name);
void nullcurve_window_set_scale_by_name (NullcurveWindow *self, const char *name);

/* window-runs.c */
void nullcurve_window_init_runs (NullcurveWindow *self);
void nullcurve_window_dispose_runs (NullcurveWindow *self);

/* window-chart.c */
void nullcurve_window_init_chart (NullcurveWindow *self);
/* Draw the chart anew, before the next frame. */
void nullcurve_window_queue_chart (NullcurveWindow *self);
/* The figure that the chart shows, for export; owned by the caller. */
NullcurveFigure *nullcurve_window_make_figure (NullcurveWindow *self);

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

/* window-files.c */
void nullcurve_window_init_drop (NullcurveWindow *self);
void nullcurve_window_choose_files (NullcurveWindow *self);
/* Which of the published runs an item is, from 1; 0: none of them. */
void nullcurve_window_mark_published (NullcurveRunItem *item, int number);
int nullcurve_window_published_number (NullcurveRunItem *item);

/* window-library.c */
void nullcurve_window_install_library (NullcurveWindowClass *klass);
/* Write a run's title into its file, if that is the library's. */
void nullcurve_window_keep_title (NullcurveWindow *self, NullcurveRunItem *item);

/* window-recent.c */
void nullcurve_window_install_recent (GtkWidgetClass *widget_class);
void nullcurve_window_init_recent (NullcurveWindow *self);
void nullcurve_window_note_recent (NullcurveWindow *self, MoeRun *run);

/* window-restore.c */
void nullcurve_window_save_runs (NullcurveWindow *self);
/* Soon: a program that is killed has what was open a second ago. */
void nullcurve_window_queue_save_runs (NullcurveWindow *self);

/* window-export.c */
typedef gboolean (*NullcurveWindowExport) (NullcurveWindow *self, GFile *file);
/* Write `file`; a person was asked about `asked` only, so that another file that is there already
 * is asked about here. */
void nullcurve_window_export_as (NullcurveWindow *self,
                                 GFile *asked,
                                 GFile *file,
                                 NullcurveWindowExport export);
void nullcurve_window_choose_csv (NullcurveWindow *self);
void nullcurve_window_choose_chart (NullcurveWindow *self);
/* How charts are exported; *caption and *provenance own what the options point to. */
void nullcurve_window_get_export_options (NullcurveWindow *self,
                                          NullcurveExportOptions *options,
                                          char **caption,
                                          char **provenance);
void nullcurve_window_choose_report (NullcurveWindow *self);

/* window-copy.c */
void nullcurve_window_copy_chart (NullcurveWindow *self);
/* "markdown", "csv" or "tsv". */
void nullcurve_window_copy_table (NullcurveWindow *self, const char *format);

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
/* Start a file dialog where the last one ended; remember where this one did. */
void nullcurve_window_prepare_chooser (NullcurveWindow *self, GtkFileChooser *chooser);
void
nullcurve_window_remember_folder (NullcurveWindow *self, GtkFileChooser *chooser, int response);

/* window.c */
void nullcurve_window_show_error (NullcurveWindow *self, const char *heading, const char *body);

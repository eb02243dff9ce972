/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/window.h"

#include "engine/formats/reference-rows.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "ui/help/shortcuts.h"
#include "ui/notice.h"
#include "ui/page/teaser.h"
#include "ui/places/command-dialog.h"
#include "ui/places/places-dialog.h"
#include "ui/presets/preset-name.h"
#include "ui/presets/presets-dialog.h"
#include "ui/queue/queue-list.h"
#include "ui/queue/sweep-actions.h"
#include "ui/queue/sweep-progress.h"
#include "ui/resources.h"
#include "ui/runs/run-actions.h"
#include "ui/runs/run-list.h"
#include "ui/window/desktop.h"
#include "ui/window/kept.h"
#include "ui/words/judged.h"
#include "ui/words/rest.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

enum
{
  VERDICT_S = 20 /* that the toast stays: a sentence to be read, not a receipt */
};

struct _NullcurveWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkWidget *run_button;
  GtkWidget *stop_button;
  GtkWidget *pause_button;
  AdwFlap *setup_flap;
  guint fold_id; /* tick callback; 0: none */
  NullcurveSetupPanel *setup;
  NullcurveRunList *run_list;
  GtkStack *stack; /* the page to begin with, or the charts */
  GtkLabel *empty_forecast;
  NullcurveChartPage *page;
  NullcurveSweepProgress *progress;

  NullcurveRunsModel *runs;
  NullcurveSweepQueue *queue;
  NullcurveFileDesk *files;
  NullcurveDesktop *desktop;
  NullcurvePlaces *places;
  NullcurveOwnPresets *presets;
  NullcurveRunItem *live_first; /* what the live run is measured side by side with; NULL: alone */
  gboolean measuring_machine;
  gboolean close_after_stop;
  GtkWidget *close_dialog; /* asks whether to stop and close; NULL when it does not */
  NullcurveKept *kept;     /* NULL where the schema is not installed */
};

enum
{
  RUN_REQUESTED,
  MEASURE_REQUESTED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveWindow, nullcurve_window, ADW_TYPE_APPLICATION_WINDOW)

static gpointer
get_child (NullcurveWindow *self, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (self), NULLCURVE_TYPE_WINDOW, name);
}

void
nullcurve_window_toast (NullcurveWindow *self, const char *message)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  nullcurve_notice_say (GTK_WIDGET (self), message);
}

NullcurveChartPage *
nullcurve_window_get_page (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->page;
}

NullcurveSweepQueue *
nullcurve_window_get_queue (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->queue;
}

NullcurveSetupPanel *
nullcurve_window_get_setup (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->setup;
}

NullcurveRunsModel *
nullcurve_window_get_runs (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->runs;
}

NullcurveFileDesk *
nullcurve_window_get_files (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->files;
}

NullcurvePlaces *
nullcurve_window_get_places (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->places;
}

NullcurveSideSweeps *
nullcurve_window_get_sides (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return get_child (self, "sides");
}

gboolean
nullcurve_window_get_running (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), FALSE);
  return nullcurve_sweep_queue_get_state (self->queue) != NULLCURVE_SWEEP_NONE;
}

/* --- what can be done, by which keys, and when --- */

static void
update_pause_button (NullcurveWindow *self, NullcurveSweepState state)
{
  GtkWidget *button = self->pause_button;
  gboolean paused = state == NULLCURVE_SWEEP_PAUSING || state == NULLCURVE_SWEEP_PAUSED;
  gtk_widget_set_visible (button, state != NULLCURVE_SWEEP_NONE);
  gtk_button_set_icon_name (GTK_BUTTON (button), paused ? "media-playback-start-symbolic"
                                                        : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (button, paused ? _ ("Go on measuring (Ctrl+Shift+P)")
                                              : _ ("Pause before the next sample (Ctrl+Shift+P)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  paused ? _ ("Go on measuring") : _ ("Pause"), -1);
}

enum
{
  WIDE_PX = 1100 /* from here on setup, charts and runs may stand side by side */
};

static int
natural_width (GtkWidget *widget)
{
  int natural;
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* In a narrow window what was measured comes before what might be next: the setup folds as soon as
 * there is a run, before the list of runs would, and lies over the charts when it is asked for. */
static void
update_fold (NullcurveWindow *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self->toasts));
  GtkWidget *beside = adw_flap_get_flap (ADW_FLAP (get_child (self, "runs_flap")));
  int needed = natural_width (GTK_WIDGET (self->setup)) + natural_width (GTK_WIDGET (self->stack))
               + natural_width (beside) + 2; /* separators */
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->runs)) > 0;
  gboolean narrow = any && width > 0 && width < MAX (WIDE_PX, needed);
  AdwFlapFoldPolicy policy = narrow ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_AUTO;
  if (policy == adw_flap_get_fold_policy (self->setup_flap))
    return;
  adw_flap_set_fold_policy (self->setup_flap, policy);
  /* The flap folds while it gets its place, and then asks for another one of what it lies in.  That
   * has to be in the midst of placing it, or it is drawn without a place. */
  gtk_widget_queue_resize (GTK_WIDGET (self->setup_flap));
}

static gboolean
fold_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  self->fold_id = 0;
  if (self->runs != NULL)
    update_fold (self);
  return G_SOURCE_REMOVE;
}

/* Its room or its runs are others: it folds before the next frame is laid out. */
static void
queue_fold (NullcurveWindow *self)
{
  if (self->fold_id == 0)
    self->fold_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), fold_cb, NULL, NULL);
}

static void close_when_quiet (NullcurveWindow *self);

/* The one place that decides which of the window's own actions can be done now. */
static void
update_actions (NullcurveWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  NullcurveSweepState state = nullcurve_sweep_queue_get_state (self->queue);
  gboolean running = state != NULLCURVE_SWEEP_NONE;
  gboolean can_stop = running && state != NULLCURVE_SWEEP_STOPPING;
  const char *problem = nullcurve_setup_panel_get_problem (self->setup);
  gboolean have_runs = g_list_model_get_n_items (G_LIST_MODEL (self->runs)) > 0;

  gtk_widget_action_set_enabled (widget, "win.run", !running && problem == NULL);
  gtk_widget_action_set_enabled (widget, "win.stop", can_stop);
  gtk_widget_action_set_enabled (widget, "win.pause", can_stop);
  gtk_widget_action_set_enabled (widget, "win.measure-machine",
                                 !running && !self->measuring_machine);

  gtk_widget_set_visible (self->run_button, !running);
  gtk_widget_set_visible (self->stop_button, running);
  gtk_widget_set_tooltip_text (self->run_button,
                               problem != NULL ? problem : _ ("Measure what is set up (Ctrl+R)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run_button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  problem != NULL ? problem : "", -1);
  update_pause_button (self, state);
  gtk_stack_set_visible_child_name (self->stack, have_runs ? "charts" : "empty");
  queue_fold (self);
}

static void
run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  if (!nullcurve_window_get_running (self)
      && nullcurve_setup_panel_get_problem (self->setup) == NULL)
    g_signal_emit (self, signals[RUN_REQUESTED], 0);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_sweep_queue_stop (NULLCURVE_WINDOW (widget)->queue);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveSweepQueue *queue = NULLCURVE_WINDOW (widget)->queue;
  nullcurve_sweep_queue_pause (queue,
                               nullcurve_sweep_queue_get_state (queue) == NULLCURVE_SWEEP_GOING);
}

static void
measure_machine_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  if (!nullcurve_window_get_running (self) && !self->measuring_machine)
    g_signal_emit (self, signals[MEASURE_REQUESTED], 0);
}

static void
places_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  gtk_window_present (GTK_WINDOW (nullcurve_places_dialog_new (GTK_WINDOW (self), self->places)));
}

static void
show_command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (self->setup, &setup);
  gtk_window_present (
      GTK_WINDOW (nullcurve_command_dialog_new (GTK_WINDOW (self), setup.place, &setup.options)));
}

static void
reset_setup_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_setup_panel_reset (NULLCURVE_WINDOW (widget)->setup);
}

/* The name that it has, if it is one of them, else that of its shape. */
static void
save_preset_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  MoeOptions options;
  nullcurve_setup_panel_get_options (self->setup, &options);
  NullcurveOwnPreset *same = nullcurve_own_presets_match (self->presets, &options);
  g_autofree char *shape = nullcurve_setup_panel_dup_shape_name (self->setup);
  gtk_window_present (GTK_WINDOW (nullcurve_preset_name_new (
      GTK_WINDOW (self), self->presets, same != NULL ? nullcurve_own_preset_get_name (same) : shape,
      &options)));
}

static void
presets_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  gtk_window_present (GTK_WINDOW (nullcurve_presets_dialog_new (GTK_WINDOW (self), self->presets)));
}

static void
toggle_setup_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  gboolean reveal = !adw_flap_get_reveal_flap (self->setup_flap);
  adw_flap_set_reveal_flap (self->setup_flap, reveal);
  if (reveal)
    nullcurve_setup_panel_focus_first (self->setup);
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  NullcurveSweepState state = nullcurve_sweep_queue_get_state (NULLCURVE_WINDOW (widget)->queue);
  if (state == NULLCURVE_SWEEP_NONE || state == NULLCURVE_SWEEP_STOPPING)
    return FALSE;
  gtk_widget_activate_action (widget, "win.stop", NULL);
  return TRUE;
}

/* --- the run being measured --- */

/* Say beside the forecast what keeps the machine from its best; `again`: looked at now and then. */
static void
check_power (NullcurveWindow *self, gboolean again)
{
  nullcurve_setup_panel_set_warning (self->setup,
                                     nullcurve_desktop_check_power (self->desktop, again));
}

static void
begin_first (NullcurveWindow *self, MoeRun *run)
{
  g_set_object (&self->live_first, nullcurve_runs_model_begin (self->runs, run));
  nullcurve_runs_model_set_baseline (self->runs, self->live_first);
  g_object_set (self->page, "view", "throughput", "scale", "baseline", NULL);
}

/* Tokens/s of each point, as far as this machine has been measured. */
static GArray *
expected_rates (const MoePlan *plan, const MoeCalibration *calibration)
{
  GArray *rates = g_array_new (FALSE, FALSE, sizeof (double));
  for (gsize i = 0; i < plan->n_points; i++)
    {
      const MoePoint *point = &plan->points[i];
      double rate = calibration != NULL ? (double)point->block.shape.tokens
                                              / moe_forecast_step_s (point, calibration)
                                        : NAN;
      g_array_append_val (rates, rate);
    }
  return rates;
}

void
nullcurve_window_begin_run (NullcurveWindow *self,
                            MoeRun *first,
                            MoeRun *run,
                            const MoePlan *plan,
                            const MoeCalibration *calibration)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (first != NULL)
    begin_first (self, first);
  NullcurveRunItem *item = nullcurve_runs_model_begin (self->runs, run);
  nullcurve_runs_model_select (self->runs, item);
  nullcurve_chart_page_set_measuring (self->page, -1, expected_rates (plan, calibration));

  check_power (self, FALSE);
  nullcurve_desktop_begin (self->desktop);
  nullcurve_sweep_queue_begin (self->queue, run, plan);
  gtk_widget_grab_focus (self->stop_button);
}

void
nullcurve_window_show_device (NullcurveWindow *self, const char *text)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  nullcurve_sweep_progress_show_device (self->progress, text);
}

void
nullcurve_window_update_run (NullcurveWindow *self, const MoeProgress *progress, gboolean changed)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (!nullcurve_window_get_running (self))
    return;
  nullcurve_sweep_queue_update (self->queue, progress);
  check_power (self, TRUE);
  if (changed)
    nullcurve_runs_model_touch_live (self->runs);
  nullcurve_chart_page_set_measuring (self->page, nullcurve_sweep_queue_get_point (self->queue),
                                      NULL);
}

void
nullcurve_window_show_measuring (NullcurveWindow *self, const char *what, double fraction)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (nullcurve_window_get_running (self))
    return;
  self->measuring_machine = what != NULL;
  nullcurve_sweep_progress_show_other (self->progress, what, fraction);
  update_actions (self);
}

/* What is measured here, or in its place elsewhere, stands still. */
static void
show_paused_cb (NullcurveWindow *self)
{
  gboolean paused = nullcurve_sweep_queue_get_state (self->queue) == NULLCURVE_SWEEP_PAUSED;
  NullcurveRunItem *live = nullcurve_runs_model_get_live (self->runs);
  if (live != NULL)
    nullcurve_run_item_set_paused (live, paused);
  if (self->live_first != NULL)
    nullcurve_run_item_set_paused (self->live_first, paused);
}

static void
say_how_it_ended (NullcurveWindow *self, gsize measured, gboolean stopped, const char *problem)
{
  if (problem != NULL)
    {
      nullcurve_notice_error (GTK_WIDGET (self), _ ("The Run Ended Early"), problem);
      return;
    }
  if (measured == 0)
    {
      nullcurve_window_toast (self, _ ("Stopped before a point was measured"));
      return;
    }
  g_autofree char *points =
      g_strdup_printf (g_dngettext (NULL, "%zu point", "%zu points", measured), measured);
  g_autofree char *message = g_strdup_printf (
      stopped ? _ ("Stopped; %s measured and kept") : _ ("Done: %s measured"), points);
  nullcurve_window_toast (self, message);
}

static void
toast_sentence (NullcurveWindow *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, VERDICT_S);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* "At f = 0.9 null routing buys 7.20× of the ideal 10.0× (72 % of it).  What eats the rest: ..." */
static void
say_answer (NullcurveWindow *self, NullcurveRunItem *item)
{
  MoeRun *run = nullcurve_run_item_get_run (item);
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  g_autofree char *answer = nullcurve_words_answer (findings, 0, findings->len, "");
  if (answer != NULL)
    toast_sentence (self, answer);
}

/* "Take until null against independent: This run is faster: +3.1 % over 10 points, ..." */
static void
say_versus (NullcurveWindow *self,
            NullcurveJobItem *job,
            NullcurveRunItem *first,
            NullcurveRunItem *second)
{
  MoeRun *a = nullcurve_run_item_get_run (first);
  MoeRun *b = nullcurve_run_item_get_run (second);
  const char *title = job != NULL ? nullcurve_job_item_get_title (job) : NULL;
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  g_autofree char *headline = nullcurve_words_headline (comparison, NULLCURVE_SIDES_BASELINE);
  g_autofree char *verdict =
      g_strdup_printf ("%s: %s", title != NULL ? title : moe_run_get_title (b), headline);
  toast_sentence (self, verdict);
  nullcurve_runs_model_select (self->runs, second);
}

void
nullcurve_window_end_run (NullcurveWindow *self, MoeRun *first, MoeRun *run, const char *problem)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (!nullcurve_window_get_running (self))
    return;
  g_autoptr (NullcurveRunItem) item = g_object_ref (nullcurve_runs_model_get_live (self->runs));
  g_autoptr (NullcurveRunItem) first_item = g_steal_pointer (&self->live_first);
  gboolean stopped = nullcurve_sweep_queue_get_state (self->queue) == NULLCURVE_SWEEP_STOPPING;
  if (first_item != NULL)
    nullcurve_runs_model_end (self->runs, first_item, first);
  gsize measured = nullcurve_runs_model_end (self->runs, item, run);
  nullcurve_desktop_end (self->desktop, moe_run_get_title (nullcurve_run_item_get_run (item)),
                         measured, problem);
  g_autoptr (NullcurveJobItem) job = nullcurve_sweep_queue_end (self->queue);
  if (self->close_after_stop)
    {
      close_when_quiet (self);
      return;
    }
  say_how_it_ended (self, measured, stopped, problem);
  if (measured > 0 && !stopped && problem == NULL)
    {
      if (first_item != NULL)
        say_versus (self, job, first_item, item);
      else
        say_answer (self, item);
    }
  nullcurve_setup_panel_queue_refresh (self->setup);
}

void
nullcurve_window_say_side_ended (NullcurveWindow *self,
                                 const char *title,
                                 gsize measured,
                                 const char *problem)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  g_autofree char *points =
      g_strdup_printf (g_dngettext (NULL, "%zu point", "%zu points", measured), measured);
  g_autofree char *done = g_strdup_printf (_ ("Done: %s measured"), points);
  g_autofree char *message = g_strdup_printf ("%s: %s", title, problem != NULL ? problem : done);
  nullcurve_window_toast (self, message);
}

GtkWidget *
nullcurve_window_ask_beside (NullcurveWindow *self, const char *other)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  g_autofree char *body = g_strdup_printf (
      _ ("“%s” is being measured.  Two at a time take the processors from each other: both become "
         "slower, and say less."),
      *other != '\0' ? other : _ ("A run"));
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (self), _ ("Another Nullcurve Is Measuring"), body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "run",
                                    _ ("_Run All the Same"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}

static void
resume_offer_cb (GtkWidget *dialog, const char *response, NullcurveWindow *self)
{
  if (g_str_equal (response, "resume"))
    nullcurve_file_desk_resume (self->files, g_object_get_data (G_OBJECT (dialog), "path"));
}

void
nullcurve_window_offer_resume (NullcurveWindow *self, const char *problem, const char *path)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (self), _ ("The Run Was Interrupted"), problem);
  g_object_set_data_full (G_OBJECT (dialog), "path", g_strdup (path), g_free);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Later"), "resume",
                                    _ ("_Resume"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "resume",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "resume");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  g_signal_connect_object (dialog, "response", G_CALLBACK (resume_offer_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- what is set up, and what is remembered from one start to the next --- */

static void
setup_changed_cb (NullcurveWindow *self)
{
  const char *problem = nullcurve_setup_panel_get_problem (self->setup);
  g_autofree char *setup = nullcurve_setup_panel_describe (self->setup);
  /* While a run goes on the title says what runs, not what might run next. */
  if (!nullcurve_window_get_running (self))
    adw_window_title_set_subtitle (self->title, setup);
  gtk_label_set_label (self->empty_forecast, problem != NULL ? problem : setup);
  update_actions (self);
}

void
nullcurve_window_set_data_dir (NullcurveWindow *self, const char *data_dir)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  nullcurve_file_desk_set_data_dir (self->files, data_dir);
  /* Two small files that ship with the program: read at once, so that the first look is the whole.
   */
  g_autoptr (GPtrArray) runs =
      data_dir != NULL ? moe_formats_read_reference (data_dir, NULL) : NULL;
  if (runs != NULL)
    nullcurve_teaser_set_runs (get_child (self, "teaser"), (MoeRun *const *)runs->pdata, runs->len);
}

void
nullcurve_window_set_settings (NullcurveWindow *self, GSettings *settings)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self) && self->kept == NULL);
  if (settings == NULL)
    return;
  NullcurveKeptParts parts = { .window = GTK_WINDOW (self),
                               .setup_flap = self->setup_flap,
                               .setup = self->setup,
                               .page = self->page,
                               .runs = self->runs,
                               .files = self->files,
                               .places = self->places,
                               .presets = self->presets,
                               .queue = self->queue };
  self->kept = nullcurve_kept_new (settings, &parts);
  guint missing = nullcurve_kept_restore (self->kept);
  if (missing == 0)
    return;
  g_autofree char *message =
      g_strdup_printf (g_dngettext (NULL, "%u sweep that waited is for a place that is gone",
                                    "%u sweeps that waited are for places that are gone", missing),
                       missing);
  nullcurve_window_toast (self, message);
}

/* --- life of the window --- */

/* Does anything measure, here or elsewhere? */
static gboolean
is_measuring (NullcurveWindow *self)
{
  return nullcurve_window_get_running (self)
         || nullcurve_side_sweeps_get_n (get_child (self, "sides")) > 0;
}

static void
close_when_quiet (NullcurveWindow *self)
{
  if (self->close_after_stop && !is_measuring (self))
    gtk_window_close (GTK_WINDOW (self));
}

static void
close_response_cb (NullcurveWindow *self, const char *response)
{
  if (strcmp (response, "stop") != 0)
    return;
  self->close_after_stop = TRUE;
  nullcurve_side_sweeps_stop_all (get_child (self, "sides"));
  if (nullcurve_window_get_running (self))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.stop", NULL);
  close_when_quiet (self);
}

static void
ask_to_close (NullcurveWindow *self)
{
  if (self->close_dialog != NULL)
    return;
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Stop the Run and Close?"),
                                              _ ("The points measured so far are kept in the run "
                                                 "file."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Keep Running"),
                                    "stop", _ ("_Stop and Close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_response_cb), self,
                           G_CONNECT_SWAPPED);
  g_set_weak_pointer (&self->close_dialog, dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
nullcurve_window_close_request (GtkWindow *window)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (window);
  if (is_measuring (self))
    {
      ask_to_close (self);
      return GDK_EVENT_STOP;
    }
  nullcurve_file_desk_close (self->files);
  g_clear_pointer (&self->kept, nullcurve_kept_free);
  return GTK_WINDOW_CLASS (nullcurve_window_parent_class)->close_request (window);
}

/* What one came for has the focus first. */
static void
nullcurve_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (nullcurve_window_parent_class)->map (widget);
  gtk_widget_grab_focus (NULLCURVE_WINDOW (widget)->run_button);
}

static void
nullcurve_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (nullcurve_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout",
                           G_CALLBACK (queue_fold), widget, G_CONNECT_SWAPPED);
}

static void
active_cb (NullcurveWindow *self)
{
  check_power (self, FALSE);
}

/* Those of a property hold what they are of, the flap and the page, whose content reaches the
 * window's actions: they would keep each other. */
static void
drop_actions (NullcurveWindow *self)
{
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self));
  for (gsize i = 0; names[i] != NULL; i++)
    g_action_map_remove_action (G_ACTION_MAP (self), names[i]);
}

static void
nullcurve_window_dispose (GObject *object)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (object);
  g_clear_pointer (&self->kept, nullcurve_kept_free);
  if (self->files != NULL)
    nullcurve_file_desk_close (self->files);
  g_clear_object (&self->files);
  /* Nobody is asked any more. */
  if (self->setup != NULL)
    nullcurve_there_set_place (nullcurve_setup_panel_get_there (self->setup), NULL);
  drop_actions (self);
  g_signal_handlers_disconnect_by_func (self, active_cb, NULL);
  g_clear_pointer (&self->desktop, nullcurve_desktop_free);
  g_clear_object (&self->live_first);
  G_OBJECT_CLASS (nullcurve_window_parent_class)->dispose (object);
}

static void
nullcurve_window_finalize (GObject *object)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (object);
  g_clear_object (&self->runs);
  g_clear_object (&self->queue);
  g_clear_object (&self->places);
  g_clear_object (&self->presets);
  g_clear_weak_pointer (&self->close_dialog);
  G_OBJECT_CLASS (nullcurve_window_parent_class)->finalize (object);
}

/* Bindings of the window come last: what has the focus, a menu or an entry, may want the key first,
 * as for undoing its own text. */
static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "win.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "win.measure-machine", NULL,
                                   measure_machine_action);
  gtk_widget_class_install_action (widget_class, "win.places", NULL, places_action);
  gtk_widget_class_install_action (widget_class, "win.show-command", NULL, show_command_action);
  gtk_widget_class_install_action (widget_class, "win.reset-setup", NULL, reset_setup_action);
  gtk_widget_class_install_action (widget_class, "win.save-preset", NULL, save_preset_action);
  gtk_widget_class_install_action (widget_class, "win.presets", NULL, presets_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-setup", NULL, toggle_setup_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_b, 0, "win.pin-baseline", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.redo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, 0, "win.toggle-setup", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, GDK_SHIFT_MASK, "win.toggle-runs",
                                       NULL);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  /* Children that are asked for once, by their names. */
  static const char *const others[] = {
    "open_button", "runs_flap", "queue_list",  "teaser",    "ready_modes",      "ready_dispatch",
    "undo_menu",   "sides",     "recent_menu", "drop_hint", "empty_run_button", "reading_bar"
  };
  g_type_ensure (NULLCURVE_TYPE_CHART_PAGE);
  g_type_ensure (NULLCURVE_TYPE_QUEUE_LIST);
  g_type_ensure (NULLCURVE_TYPE_READING_BAR);
  g_type_ensure (NULLCURVE_TYPE_RUN_LIST);
  g_type_ensure (NULLCURVE_TYPE_SETUP_PANEL);
  g_type_ensure (NULLCURVE_TYPE_SIDE_SWEEPS);
  g_type_ensure (NULLCURVE_TYPE_SWEEP_PROGRESS);
  g_type_ensure (NULLCURVE_TYPE_TEASER);
  gtk_widget_class_set_template_from_resource (widget_class, NULLCURVE_RESOURCE_BASE "window.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, title);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, run_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, stop_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, setup_flap);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, setup);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, run_list);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, empty_forecast);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, page);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, progress);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    gtk_widget_class_bind_template_child_full (widget_class, others[i], FALSE, 0);
}

static void
nullcurve_window_class_init (NullcurveWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = nullcurve_window_dispose;
  object_class->finalize = nullcurve_window_finalize;
  widget_class->realize = nullcurve_window_realize;
  widget_class->map = nullcurve_window_map;
  GTK_WINDOW_CLASS (klass)->close_request = nullcurve_window_close_request;
  signals[RUN_REQUESTED] = g_signal_new ("run-requested", NULLCURVE_TYPE_WINDOW, G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MEASURE_REQUESTED] =
      g_signal_new ("measure-requested", NULLCURVE_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  install_actions (widget_class);
  bind_template (widget_class);
}

/* The arrow of a split button has a tooltip, which names nothing. */
static void
name_open_arrow (NullcurveWindow *self)
{
  GtkWidget *child = gtk_widget_get_first_child (get_child (self, "open_button"));
  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_MENU_BUTTON (child))
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Recent files and the run library"), -1);
}

/* Is there something that a relative view would show better? */
static gboolean
shows_rates (NullcurveWindow *self)
{
  g_autofree char *view = NULL, *scale = NULL;
  g_object_get (self->page, "view", &view, "scale", &scale, NULL);
  return g_str_equal (view, "throughput") && g_str_equal (scale, "absolute");
}

/* Say what was read, with the way to a scale that shows it better, as long as that is another. */
static void
read_cb (NullcurveWindow *self, const char *message, gboolean far_apart)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (markup);
  if (far_apart && shows_rates (self))
    {
      adw_toast_set_timeout (toast, 10);
      adw_toast_set_button_label (toast, _ ("Compare Relative to f = 0"));
      adw_toast_set_action_name (toast, "win.scale");
      adw_toast_set_action_target_value (toast, g_variant_new_string ("relative"));
      g_signal_connect_object (self->page, "notify::scale", G_CALLBACK (adw_toast_dismiss), toast,
                               G_CONNECT_SWAPPED);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* A file with routing belongs into the form, where it is then seen. */
static void
routing_read_cb (NullcurveWindow *self, const char *path, guint distribution, const char *told)
{
  g_autofree char *problem =
      nullcurve_setup_panel_take_routing (self->setup, path, (MoeDistribution)distribution);
  g_autofree char *message = g_strdup_printf (_ ("Routing from %s"), told);
  if (problem != NULL)
    nullcurve_notice_error (GTK_WIDGET (self), _ ("Routing Cannot Come From This File"), problem);
  else
    {
      adw_flap_set_reveal_flap (self->setup_flap, TRUE);
      nullcurve_notice_say (GTK_WIDGET (self), message);
    }
}

/* So does the shape of a model. */
static void
model_read_cb (NullcurveWindow *self, const MoeModelConfig *config)
{
  g_autofree char *problem = nullcurve_setup_panel_take_shape (self->setup, config);
  if (problem != NULL)
    {
      nullcurve_notice_error (GTK_WIDGET (self), _ ("The Shape Cannot Be That of This Model"),
                              problem);
      return;
    }
  const char *name = *config->name != '\0' ? config->name : _ ("the model");
  g_autofree char *message =
      g_strdup_printf (_ ("The shape is that of %s: hidden %zu, MLP dim %zu, %zu experts, top-%zu"),
                       name, config->hidden, config->mlp_dim, config->experts, config->topk);
  adw_flap_set_reveal_flap (self->setup_flap, TRUE);
  nullcurve_notice_say (GTK_WIDGET (self), message);
}

static void
init_runs (NullcurveWindow *self)
{
  g_autoptr (GPropertyAction) toggle =
      g_property_action_new ("toggle-runs", get_child (self, "runs_flap"), "reveal-flap");
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (toggle));
  self->runs = nullcurve_runs_model_new ();
  nullcurve_run_list_set_runs (self->run_list, self->runs);
  nullcurve_run_actions_add (G_ACTION_MAP (self), self->run_list, get_child (self, "undo_menu"));
  nullcurve_chart_page_set_runs (self->page, self->runs);
  nullcurve_chart_page_add_actions (self->page, G_ACTION_MAP (self));
  self->files = nullcurve_file_desk_new (
      GTK_APPLICATION_WINDOW (self), self->runs, get_child (self, "recent_menu"),
      get_child (self, "drop_hint"), get_child (self, "reading_bar"));
  g_signal_connect_object (self->runs, "items-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "read", G_CALLBACK (read_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "model-read", G_CALLBACK (model_read_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "routing-read", G_CALLBACK (routing_read_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
init_queue (NullcurveWindow *self)
{
  GtkWidget *const ready[NULLCURVE_N_READY] = {
    [NULLCURVE_READY_MODES] = get_child (self, "ready_modes"),
    [NULLCURVE_READY_DISPATCH] = get_child (self, "ready_dispatch"),
  };
  self->queue = nullcurve_sweep_queue_new ();
  nullcurve_queue_list_set_queue (get_child (self, "queue_list"), self->queue);
  nullcurve_sweep_progress_set_queue (self->progress, self->queue);
  g_signal_connect_object (get_child (self, "sides"), "changed", G_CALLBACK (close_when_quiet),
                           self, G_CONNECT_SWAPPED);
  nullcurve_sweep_actions_add (GTK_APPLICATION_WINDOW (self), self->setup, self->queue, self->runs,
                               ready);
  g_signal_connect_object (self->queue, "state-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->queue, "state-changed", G_CALLBACK (show_paused_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
init_desktop (NullcurveWindow *self)
{
  self->desktop = nullcurve_desktop_new (NULL, self, "");
  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);
  active_cb (self);
}

static void
nullcurve_window_init (NullcurveWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  name_open_arrow (self);
  nullcurve_shortcuts_add_overlay (GTK_APPLICATION_WINDOW (self));
  self->places = nullcurve_places_new ();
  nullcurve_setup_panel_set_places (self->setup, self->places);
  self->presets = nullcurve_own_presets_new ();
  nullcurve_setup_panel_set_presets (self->setup, self->presets);
  init_runs (self);
  init_queue (self);
  init_desktop (self);
  g_signal_connect_object (self->setup, "changed", G_CALLBACK (setup_changed_cb), self,
                           G_CONNECT_SWAPPED);
  setup_changed_cb (self);
}

GtkWidget *
nullcurve_window_new (GtkApplication *application)
{
  nullcurve_resources_init ();
  return g_object_new (NULLCURVE_TYPE_WINDOW, "application", application, NULL);
}

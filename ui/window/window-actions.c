/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done in the window, by which keys, and when. */
#include "engine/sweep/run-options.h"
#include "ui/queue/experiment-dialog.h"
#include "ui/queue/ready.h"
#include "ui/queue/versus-dialog.h"
#include "ui/runs/compare-dialog.h"
#include "ui/window/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

static void
update_pause_button (NullcurveWindow *self, NullcurveSweepState state)
{
  GtkWidget *button = GTK_WIDGET (self->pause_button);
  gboolean paused = state == NULLCURVE_SWEEP_PAUSING || state == NULLCURVE_SWEEP_PAUSED;
  gtk_widget_set_visible (button, state != NULLCURVE_SWEEP_NONE);
  gtk_button_set_icon_name (GTK_BUTTON (button), paused ? "media-playback-start-symbolic"
                                                        : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (button, paused ? _ ("Go on measuring (Ctrl+Shift+P)")
                                              : _ ("Pause before the next sample (Ctrl+Shift+P)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  paused ? _ ("Go on measuring") : _ ("Pause"), -1);
}

void
nullcurve_window_update_actions (NullcurveWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  NullcurveSweepState state = nullcurve_sweep_queue_get_state (self->queue);
  gboolean running = state != NULLCURVE_SWEEP_NONE;
  gboolean can_stop = running && state != NULLCURVE_SWEEP_STOPPING;
  const char *problem = nullcurve_setup_panel_get_problem (self->setup);
  gboolean have_runs = g_list_model_get_n_items (G_LIST_MODEL (self->runs)) > 0;
  NullcurveRunItem *selected = nullcurve_runs_model_get_selected (self->runs);

  gtk_widget_action_set_enabled (widget, "win.run", !running && problem == NULL);
  gtk_widget_action_set_enabled (widget, "win.stop", can_stop);
  gtk_widget_action_set_enabled (widget, "win.pause", can_stop);
  gtk_widget_action_set_enabled (widget, "win.compare",
                                 g_list_model_get_n_items (G_LIST_MODEL (self->runs)) > 1);
  gtk_widget_action_set_enabled (widget, "win.enqueue", problem == NULL);
  gtk_widget_action_set_enabled (widget, "win.queue-go-on",
                                 nullcurve_sweep_queue_get_held (self->queue));
  gtk_widget_action_set_enabled (widget, "win.queue-clear",
                                 g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0);
  gtk_widget_action_set_enabled (widget, "win.use-setup", selected != NULL);
  gtk_widget_action_set_enabled (widget, "win.measure-against",
                                 selected != NULL && !nullcurve_run_item_get_live (selected)
                                     && problem == NULL);
  gtk_widget_action_set_enabled (widget, "win.measure-machine",
                                 !running && !self->measuring_machine && problem == NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->run_button), !running);
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button), running);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->run_button),
                               problem != NULL ? problem : _ ("Measure what is set up (Ctrl+R)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run_button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  problem != NULL ? problem : "", -1);
  update_pause_button (self, state);
  gtk_stack_set_visible_child_name (self->stack, have_runs ? "charts" : "empty");
}

static void
run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  if (!nullcurve_window_get_running (self)
      && nullcurve_setup_panel_get_problem (self->setup) == NULL)
    g_signal_emit_by_name (self, "run-requested");
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  if (nullcurve_sweep_queue_stop (self->queue))
    g_signal_emit_by_name (self, "stop-requested");
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  gboolean pause = nullcurve_sweep_queue_get_state (self->queue) == NULLCURVE_SWEEP_GOING;
  if (nullcurve_sweep_queue_pause (self->queue, pause))
    g_signal_emit_by_name (self, "pause-requested", pause);
}

static void
measure_machine_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  if (!nullcurve_window_get_running (self) && !self->measuring_machine)
    g_signal_emit_by_name (self, "measure-requested");
}

static void
enqueue_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  NullcurveSweepSetup setup;
  double expected_s;
  if (nullcurve_setup_panel_get_problem (self->setup) != NULL)
    return;
  nullcurve_setup_panel_get_setup (self->setup, &setup);
  nullcurve_sweep_setup_estimate (&setup, &setup.options, &expected_s, NULL);
  g_autofree char *shape = nullcurve_setup_panel_dup_shape_name (self->setup);
  g_autoptr (NullcurveJobItem) job = nullcurve_job_item_new (shape, &setup.options, expected_s);
  nullcurve_sweep_queue_append (self->queue, job);
}

static void
experiment_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  gtk_window_present (
      GTK_WINDOW (nullcurve_experiment_dialog_new (GTK_WINDOW (self), self->setup, self->queue)));
}

static void
queue_go_on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_sweep_queue_hold (NULLCURVE_WINDOW (widget)->queue, FALSE);
}

static void
queue_clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_sweep_queue_clear (NULLCURVE_WINDOW (widget)->queue);
}

/* Comparisons that are ready to be made: an action and a button of the empty page for each. */

static const char *const ready_actions[NULLCURVE_N_READY] = {
  [NULLCURVE_READY_MODES] = "win.compare-modes",
  [NULLCURVE_READY_DISPATCH] = "win.compare-dispatch",
};

/* Why a comparison cannot be made of what is set up, owned by the caller; NULL: it can. */
static char *
find_ready_problem (NullcurveWindow *self, NullcurveReady ready, NullcurveSweepSetup *setup)
{
  const char *problem = nullcurve_setup_panel_get_problem (self->setup);
  nullcurve_setup_panel_get_setup (self->setup, setup);
  return problem != NULL ? g_strdup (problem) : nullcurve_ready_dup_problem (ready, setup);
}

void
nullcurve_window_update_ready (NullcurveWindow *self)
{
  GtkWidget *buttons[] = { self->ready_modes, self->ready_dispatch };
  NullcurveSweepSetup setup;
  for (int ready = 0; ready < NULLCURVE_N_READY; ready++)
    {
      g_autofree char *problem = find_ready_problem (self, (NullcurveReady)ready, &setup);
      const char *said =
          problem != NULL ? problem : nullcurve_ready_describe ((NullcurveReady)ready);
      gtk_widget_action_set_enabled (GTK_WIDGET (self), ready_actions[ready], problem == NULL);
      gtk_widget_set_tooltip_text (buttons[ready], said);
      gtk_accessible_update_property (GTK_ACCESSIBLE (buttons[ready]),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, said, -1);
    }
}

static void
ready_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  NullcurveSweepSetup setup;
  NullcurveReady ready = strcmp (name, ready_actions[NULLCURVE_READY_MODES]) == 0
                             ? NULLCURVE_READY_MODES
                             : NULLCURVE_READY_DISPATCH;
  g_autofree char *problem = find_ready_problem (self, ready, &setup);
  if (problem != NULL)
    return;
  g_autofree char *shape = nullcurve_setup_panel_dup_shape_name (self->setup);
  g_autoptr (NullcurveJobItem) job = nullcurve_ready_new_job (ready, &setup, shape);
  nullcurve_sweep_queue_append (self->queue, job);
  nullcurve_sweep_queue_hold (self->queue, FALSE);
}

static void
measure_against_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  NullcurveRunItem *item = nullcurve_runs_model_get_selected (self->runs);
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (self->setup, &setup);
  GtkWidget *dialog = item != NULL ? nullcurve_versus_dialog_new (
                          GTK_WINDOW (self), self->queue, &setup, nullcurve_run_item_get_run (item))
                                   : NULL;
  if (dialog != NULL)
    gtk_window_present (GTK_WINDOW (dialog));
  else
    nullcurve_window_toast (self, _ ("This run does not tell how it was measured"));
}

/* The run in hand against the one above it. */
static void
compare_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, FALSE);
  guint b = 0;
  if (runs->len < 2)
    return;
  nullcurve_runs_model_find (self->runs, nullcurve_runs_model_get_selected (self->runs), &b);
  gtk_window_present (
      GTK_WINDOW (nullcurve_compare_dialog_new (GTK_WINDOW (self), runs, b > 0 ? b - 1 : 1, b)));
}

/* What the run does not tell stays as it is set up. */
static void
use_setup_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  NullcurveRunItem *selected = nullcurve_runs_model_get_selected (self->runs);
  MoeOptions options;
  nullcurve_setup_panel_get_options (self->setup, &options);
  if (!moe_run_to_options (nullcurve_run_item_get_run (selected), &options))
    {
      nullcurve_window_toast (self, _ ("This run does not tell how it was measured"));
      return;
    }
  nullcurve_setup_panel_set_options (self->setup, &options);
  adw_flap_set_reveal_flap (self->setup_flap, TRUE);
  nullcurve_window_toast (self, _ ("The setup is that of the run now"));
}

static void
toggle_flap (AdwFlap *flap)
{
  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
toggle_setup_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  toggle_flap (self->setup_flap);
  if (adw_flap_get_reveal_flap (self->setup_flap))
    nullcurve_setup_panel_focus_first (self->setup);
}

static void
toggle_runs_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  toggle_flap (NULLCURVE_WINDOW (widget)->runs_flap);
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

/* Bindings of the window come last: what has the focus, a menu or an entry, may want the key first,
 * as for undoing its own text. */
void
nullcurve_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "win.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "win.measure-machine", NULL,
                                   measure_machine_action);
  gtk_widget_class_install_action (widget_class, "win.compare", NULL, compare_action);
  gtk_widget_class_install_action (widget_class, "win.enqueue", NULL, enqueue_action);
  gtk_widget_class_install_action (widget_class, "win.experiment", NULL, experiment_action);
  gtk_widget_class_install_action (widget_class, "win.queue-go-on", NULL, queue_go_on_action);
  gtk_widget_class_install_action (widget_class, "win.queue-clear", NULL, queue_clear_action);
  gtk_widget_class_install_action (widget_class, "win.measure-against", NULL,
                                   measure_against_action);
  for (int ready = 0; ready < NULLCURVE_N_READY; ready++)
    gtk_widget_class_install_action (widget_class, ready_actions[ready], NULL, ready_action);
  gtk_widget_class_install_action (widget_class, "win.use-setup", NULL, use_setup_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-setup", NULL, toggle_setup_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-runs", NULL, toggle_runs_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_b, 0, "win.pin-baseline", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.redo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, 0, "win.toggle-setup", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, GDK_SHIFT_MASK, "win.toggle-runs",
                                       NULL);
}

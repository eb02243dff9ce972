/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done in the window, by which keys, and when. */
#include "engine/sweep/run-options.h"
#include "ui/runs/compare-dialog.h"
#include "ui/window/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

void
nullcurve_window_update_actions (NullcurveWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean running = nullcurve_window_get_running (self);
  const char *problem = nullcurve_setup_panel_get_problem (self->setup);
  gboolean have_runs = g_list_model_get_n_items (G_LIST_MODEL (self->runs)) > 0;
  NullcurveRunItem *selected = nullcurve_runs_model_get_selected (self->runs);

  gtk_widget_action_set_enabled (widget, "win.run", !running && problem == NULL);
  gtk_widget_action_set_enabled (widget, "win.stop", running && !self->stopping);
  nullcurve_window_update_pause (self);
  gtk_widget_action_set_enabled (widget, "win.compare",
                                 g_list_model_get_n_items (G_LIST_MODEL (self->runs)) > 1);
  gtk_widget_action_set_enabled (widget, "win.enqueue", problem == NULL);
  gtk_widget_action_set_enabled (widget, "win.queue-go-on", self->queue_held);
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
  if (!nullcurve_window_get_running (self) || self->stopping)
    return;
  self->stopping = TRUE;
  gtk_label_set_label (self->progress_what, _ ("Stopping…"));
  /* Whoever stops one run does not want the next to begin by itself. */
  nullcurve_window_hold_queue (self, TRUE);
  nullcurve_window_update_actions (self);
  g_signal_emit_by_name (self, "stop-requested");
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
  nullcurve_window_enqueue_setup (NULLCURVE_WINDOW (widget));
}

static void
experiment_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_window_choose_experiment (NULLCURVE_WINDOW (widget));
}

static void
queue_go_on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_window_hold_queue (NULLCURVE_WINDOW (widget), FALSE);
}

static void
queue_clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_window_clear_queue (NULLCURVE_WINDOW (widget));
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
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  if (!nullcurve_window_get_running (self) || self->stopping)
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
  gtk_widget_class_install_action (widget_class, "win.measure-machine", NULL,
                                   measure_machine_action);
  gtk_widget_class_install_action (widget_class, "win.compare", NULL, compare_action);
  gtk_widget_class_install_action (widget_class, "win.enqueue", NULL, enqueue_action);
  gtk_widget_class_install_action (widget_class, "win.experiment", NULL, experiment_action);
  gtk_widget_class_install_action (widget_class, "win.queue-go-on", NULL, queue_go_on_action);
  gtk_widget_class_install_action (widget_class, "win.queue-clear", NULL, queue_clear_action);
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

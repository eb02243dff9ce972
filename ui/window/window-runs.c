/* SPDX-License-Identifier: Apache-2.0 */
/* The runs, and the one being measured. */
#include "ui/window/window-private.h"

#include "ui/runs/run-actions.h"
#include "ui/words/judged.h"

#include <glib/gi18n.h>
#include <math.h>

enum
{
  VERDICT_S = 20 /* that the toast stays: a sentence to be read, not a receipt */
};

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

gboolean
nullcurve_window_get_running (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), FALSE);
  return nullcurve_sweep_queue_get_state (self->queue) != NULLCURVE_SWEEP_NONE;
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

static gpointer
get_child (NullcurveWindow *self, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (self), NULLCURVE_TYPE_WINDOW, name);
}

void
nullcurve_window_init_runs (NullcurveWindow *self)
{
  self->runs = nullcurve_runs_model_new ();
  nullcurve_run_list_set_runs (self->run_list, self->runs);
  nullcurve_chart_page_set_runs (self->page, self->runs);
  nullcurve_chart_page_add_actions (self->page, G_ACTION_MAP (self));
  g_signal_connect_object (self->runs, "items-changed",
                           G_CALLBACK (nullcurve_window_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runs, "notify", G_CALLBACK (nullcurve_window_update_actions), self,
                           G_CONNECT_SWAPPED);
  nullcurve_run_actions_add (G_ACTION_MAP (self), self->run_list, get_child (self, "undo_menu"));
  self->files =
      nullcurve_file_desk_new (GTK_APPLICATION_WINDOW (self), self->runs,
                               get_child (self, "recent_menu"), get_child (self, "drop_hint"));
  g_signal_connect_object (self->files, "read", G_CALLBACK (read_cb), self, G_CONNECT_SWAPPED);
}

void
nullcurve_window_dispose_runs (NullcurveWindow *self)
{
  g_clear_object (&self->live_first);
}

/* The run being measured */

void
nullcurve_window_check_power (NullcurveWindow *self, gboolean again)
{
  nullcurve_setup_panel_set_warning (self->setup,
                                     nullcurve_desktop_check_power (self->desktop, again));
}

void
nullcurve_window_begin_first (NullcurveWindow *self, MoeRun *run)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self) && self->live_first == NULL);
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
                            MoeRun *run,
                            const MoePlan *plan,
                            const MoeCalibration *calibration)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  NullcurveRunItem *item = nullcurve_runs_model_begin (self->runs, run);
  nullcurve_runs_model_select (self->runs, item);
  nullcurve_chart_page_set_measuring (self->page, -1, expected_rates (plan, calibration));

  nullcurve_window_check_power (self, FALSE);
  nullcurve_desktop_begin (self->desktop);
  nullcurve_sweep_queue_begin (self->queue, run, plan);
  gtk_widget_grab_focus (GTK_WIDGET (self->stop_button));
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
  nullcurve_window_check_power (self, TRUE);
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
  nullcurve_window_update_actions (self);
}

static void
say_how_it_ended (NullcurveWindow *self, gsize measured, gboolean stopped, const char *problem)
{
  if (problem != NULL)
    {
      nullcurve_window_show_error (self, _ ("The Run Ended Early"), problem);
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
  g_autofree char *markup = g_markup_escape_text (verdict, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, VERDICT_S);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->toasts, toast);
  nullcurve_runs_model_select (self->runs, second);
}

void
nullcurve_window_end_first (NullcurveWindow *self, MoeRun *run)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (self->live_first != NULL)
    nullcurve_runs_model_end (self->runs, self->live_first, run);
}

void
nullcurve_window_end_run (NullcurveWindow *self, MoeRun *run, const char *problem)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (!nullcurve_window_get_running (self))
    return;
  g_autoptr (NullcurveRunItem) item = g_object_ref (nullcurve_runs_model_get_live (self->runs));
  g_autoptr (NullcurveRunItem) first = g_steal_pointer (&self->live_first);
  gboolean stopped = nullcurve_sweep_queue_get_state (self->queue) == NULLCURVE_SWEEP_STOPPING;
  gsize measured = nullcurve_runs_model_end (self->runs, item, run);
  nullcurve_desktop_end (self->desktop, moe_run_get_title (nullcurve_run_item_get_run (item)),
                         measured, problem);
  g_autoptr (NullcurveJobItem) job = nullcurve_sweep_queue_end (self->queue);
  if (self->close_after_stop)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  say_how_it_ended (self, measured, stopped, problem);
  if (first != NULL && measured > 0 && !stopped && problem == NULL)
    say_versus (self, job, first, item);
  nullcurve_setup_panel_queue_refresh (self->setup);
}

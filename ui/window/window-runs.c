/* SPDX-License-Identifier: Apache-2.0 */
/* The runs, and the one being measured. */
#include "ui/window/window-private.h"

#include "engine/bench/stats.h"
#include "engine/records/rates.h"
#include "engine/sweep/quantities.h"
#include "ui/runs/run-actions.h"

#include <glib/gi18n.h>
#include <math.h>

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
  return nullcurve_runs_model_get_live (self->runs) != NULL;
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

static void
clear_plan (NullcurveWindow *self)
{
  if (self->planned)
    moe_plan_clear (&self->plan);
  self->planned = FALSE;
  self->stopping = FALSE;
}

void
nullcurve_window_dispose_runs (NullcurveWindow *self)
{
  clear_plan (self);
  g_clear_object (&self->live_first);
}

/* The run being measured */

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
  self->planned = moe_plan_copy (plan, &self->plan, NULL) == MOE_OK;
  NullcurveRunItem *item = nullcurve_runs_model_begin (self->runs, run);
  nullcurve_runs_model_select (self->runs, item);
  nullcurve_chart_page_set_measuring (self->page, -1, expected_rates (plan, calibration));

  nullcurve_window_check_power (self);
  nullcurve_window_desktop_begin (self);
  gtk_label_set_label (self->progress_what, _ ("Preparing…"));
  gtk_label_set_label (self->progress_percent, "");
  gtk_label_set_label (self->progress_left, "");
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_revealer_set_reveal_child (self->progress, TRUE);
  nullcurve_window_update_actions (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->stop_button));
}

/* "top-8, null 0.6, sample 3 of 5" */
static char *
describe_progress (NullcurveWindow *self, const MoeProgress *progress)
{
  if (progress->phase == MOE_RUN_PHASE_CHECK)
    return g_strdup (_ ("Checking against the reference…"));
  if (progress->phase == MOE_RUN_PHASE_QUIET)
    return g_strdup (_ ("Waiting for a quiet machine…"));
  if (progress->phase == MOE_RUN_PHASE_SETUP || !self->planned
      || progress->point >= self->plan.n_points)
    return g_strdup (_ ("Taking memory, sampling routings…"));
  const MoePoint *point = &self->plan.points[progress->point];
  if (progress->phase == MOE_RUN_PHASE_WARMUP)
    return g_strdup_printf (_ ("top-%zu, null %.2g, warming up"), point->block.topk,
                            point->routing.null_target);
  if (progress->to_settle > 0)
    return g_strdup_printf (_ ("%zu of %zu points settled · top-%zu, null %.2g"), progress->settled,
                            progress->to_settle, point->block.topk, point->routing.null_target);
  return g_strdup_printf (_ ("top-%zu, null %.2g, sample %zu of %zu"), point->block.topk,
                          point->routing.null_target, progress->round + 1,
                          MAX (self->plan.options.iters, progress->round + 1));
}

static void
append_part (GString *text, char *part)
{
  if (part != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
  g_free (part);
}

/* "spread 0.8 %" of the samples that the point in work has so far; NULL before the second. */
static char *
describe_spread (NullcurveWindow *self, const MoeProgress *progress)
{
  MoeRun *run = nullcurve_run_item_get_run (nullcurve_runs_model_get_live (self->runs));
  MoeSpread spread;
  if (progress->phase != MOE_RUN_PHASE_MEASURE || progress->point >= moe_run_get_n_records (run)
      || !moe_record_rate_spread (moe_run_get_record (run, progress->point), &spread)
      || spread.n < 2)
    return NULL;
  if (moe_spread_is_wild (&spread))
    return g_strdup (_ ("spread more than 2×"));
  return g_strdup_printf (_ ("spread %.1f %%"), 100 * moe_spread_relative (&spread));
}

/* "42 s left · spread 0.8 % · governor performance", as far as it is known. */
static char *
describe_rest (NullcurveWindow *self, const MoeProgress *progress)
{
  GString *text = g_string_new (NULL);
  const char *governor = moe_run_get_fact (
      nullcurve_run_item_get_run (nullcurve_runs_model_get_live (self->runs)), "governor");
  if (!isnan (progress->remaining_s))
    {
      /* All of it: this run and what waits. */
      double waiting_s = self->queue_held ? 0 : nullcurve_window_queue_expected_s (self);
      g_autofree char *duration =
          moe_text_duration (progress->remaining_s + (isnan (waiting_s) ? 0 : waiting_s));
      append_part (text, g_strdup_printf (_ ("%s left"), duration));
    }
  append_part (text, describe_spread (self, progress));
  append_part (text, governor != NULL ? g_strdup_printf (_ ("governor %s"), governor) : NULL);
  return g_string_free (text, FALSE);
}

/* "2 of 6: top-8, null 0.6, sample 3 of 5" where several sweeps are measured in a row. */
static char *
name_sweep (NullcurveWindow *self, const char *point)
{
  guint n_waiting = self->queue_held ? 0 : g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  guint n_sweeps = self->sweeps_done + 1 + n_waiting;
  return n_sweeps > 1 ? g_strdup_printf (_ ("%u of %u: %s"), self->sweeps_done + 1, n_sweeps, point)
                      : g_strdup (point);
}

static void
show_progress (NullcurveWindow *self, const MoeProgress *progress)
{
  double share = CLAMP (nullcurve_window_queue_done_share (self, progress), 0, 1);
  g_autofree char *percent = g_strdup_printf (_ ("%.0f %%"), 100 * share);
  gtk_progress_bar_set_fraction (self->progress_bar, share);
  gtk_label_set_label (self->progress_percent, percent);
  if (self->stopping || self->paused)
    return;
  g_autofree char *point = describe_progress (self, progress);
  g_autofree char *what = name_sweep (self, point);
  gtk_label_set_label (self->progress_what, what);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->progress_what),
                               progress->phase == MOE_RUN_PHASE_QUIET
                                   ? _ ("Other programs keep the processors busy. How long to "
                                        "wait is set under Advanced, as Wait for quiet.")
                                   : NULL);
  g_autofree char *rest = describe_rest (self, progress);
  gtk_label_set_label (self->progress_left, rest);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->progress_left), rest);
}

void
nullcurve_window_show_device (NullcurveWindow *self, const char *text)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  gtk_label_set_label (self->progress_device, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->progress_device), text != NULL);
}

void
nullcurve_window_update_run (NullcurveWindow *self, const MoeProgress *progress, gboolean changed)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (!nullcurve_window_get_running (self))
    return;
  gboolean at_point =
      progress->phase == MOE_RUN_PHASE_WARMUP || progress->phase == MOE_RUN_PHASE_MEASURE;
  show_progress (self, progress);
  nullcurve_window_check_power_at_times (self);
  if (changed)
    nullcurve_runs_model_touch_live (self->runs);
  nullcurve_chart_page_set_measuring (self->page, at_point ? (gssize)progress->point : -1, NULL);
}

void
nullcurve_window_show_measuring (NullcurveWindow *self, const char *what, double fraction)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (nullcurve_window_get_running (self))
    return;
  self->measuring_machine = what != NULL;
  if (what != NULL)
    {
      gtk_label_set_label (self->progress_what, what);
      gtk_label_set_label (self->progress_percent, "");
      gtk_label_set_label (self->progress_left, "");
      gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (fraction, 0, 1));
    }
  gtk_revealer_set_reveal_child (self->progress, what != NULL);
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
  g_autoptr (NullcurveJobItem) job = g_steal_pointer (&self->taken);
  gboolean stopped = self->stopping;
  clear_plan (self);
  nullcurve_window_forget_pause (self);
  nullcurve_window_queue_sweep_done (self);
  gsize measured = nullcurve_runs_model_end (self->runs, item, run);
  nullcurve_window_desktop_end (self, moe_run_get_title (nullcurve_run_item_get_run (item)),
                                measured, problem);
  gtk_revealer_set_reveal_child (self->progress, FALSE);
  nullcurve_window_update_actions (self);
  if (self->close_after_stop)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  say_how_it_ended (self, measured, stopped, problem);
  if (first != NULL && measured > 0 && !stopped && problem == NULL)
    nullcurve_window_say_versus (self, job, first, item);
  nullcurve_setup_panel_queue_refresh (self->setup);
}

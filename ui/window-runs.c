/* SPDX-License-Identifier: Apache-2.0 */
/* The list of runs, the one being measured, and the chart of them. */
#include "ui/window-private.h"

#include "ui/chart/throughput.h"
#include "ui/text.h"

#include <glib/gi18n.h>
#include <math.h>

GListModel *
nullcurve_window_get_runs (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return G_LIST_MODEL (self->runs);
}

NullcurveRunItem *
nullcurve_window_get_selected (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return nullcurve_run_list_get_selected (self->run_list);
}

gboolean
nullcurve_window_get_running (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), FALSE);
  return self->live != NULL;
}

/* The chart */

static GPtrArray *
dup_runs (NullcurveWindow *self, GArray *hidden)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      gboolean hide = !nullcurve_run_item_get_visible (item);
      g_ptr_array_add (runs, moe_run_ref (nullcurve_run_item_get_run (item)));
      if (hidden != NULL)
        g_array_append_val (hidden, hide);
    }
  return runs;
}

GPtrArray *
nullcurve_window_dup_visible_runs (NullcurveWindow *self)
{
  g_autoptr (GArray) hidden = g_array_new (FALSE, FALSE, sizeof (gboolean));
  GPtrArray *runs = dup_runs (self, hidden);
  for (guint i = runs->len; i > 0; i--)
    if (g_array_index (hidden, gboolean, i - 1))
      g_ptr_array_remove_index (runs, i - 1);
  return runs;
}

/* Expected tokens/s of each point of the live run, as far as this machine has been measured. */
static GArray *
forecast_rates (NullcurveWindow *self)
{
  GArray *rates = g_array_new (FALSE, FALSE, sizeof (double));
  const MoeCalibration *calibration = self->calibrated ? &self->calibration : NULL;
  for (gsize i = 0; self->planned && i < self->plan.n_points; i++)
    {
      const MoePoint *point = &self->plan.points[i];
      double rate = calibration != NULL ? (double)point->block.shape.tokens
                                              / moe_forecast_step_s (point, calibration)
                                        : NAN;
      g_array_append_val (rates, rate);
    }
  return rates;
}

static gssize
run_index (NullcurveWindow *self, NullcurveRunItem *item)
{
  guint position;
  if (item == NULL || !g_list_store_find (self->runs, item, &position))
    return -1;
  return position;
}

/* Say in the list which colour and marker each run has in the chart. */
static void
publish_palettes (NullcurveWindow *self, const NullcurveFigure *figure)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      int palette = -1;
      for (guint j = 0; palette < 0 && j < figure->series->len; j++)
        {
          const NullcurveSeries *series = nullcurve_figure_get_series (figure, j);
          if (series->source_run == (int)i)
            palette = (int)series->palette;
        }
      nullcurve_run_item_set_palette (item, palette);
    }
}

NullcurveFigure *
nullcurve_window_make_figure (NullcurveWindow *self)
{
  g_autoptr (GArray) hidden = g_array_new (FALSE, FALSE, sizeof (gboolean));
  g_autoptr (GPtrArray) runs = dup_runs (self, hidden);
  g_autoptr (GArray) forecast = forecast_rates (self);
  NullcurveThroughputOptions options;
  nullcurve_throughput_options_init (&options);
  options.relative = self->relative;
  options.log_y = self->log_y;
  options.show_bound = self->limits;
  options.run_hidden = (const gboolean *)hidden->data;
  NullcurveRunItem *current =
      self->live != NULL ? self->live : nullcurve_run_list_get_selected (self->run_list);
  options.current_run = run_index (self, current);
  if (self->live != NULL)
    {
      options.measuring_record = self->measuring == SIZE_MAX ? -1 : (gssize)self->measuring;
      options.forecast_tokens_per_s = (const double *)forecast->data;
      options.n_forecast = forecast->len;
    }
  return nullcurve_figure_throughput ((MoeRun *const *)runs->pdata, runs->len, &options);
}

static void
update_chart (NullcurveWindow *self)
{
  NullcurveFigure *figure = nullcurve_window_make_figure (self);
  publish_palettes (self, figure);
  nullcurve_chart_view_set_figure (self->chart, figure);
}

static gboolean
update_chart_cb (gpointer data)
{
  NullcurveWindow *self = data;
  self->chart_id = 0;
  update_chart (self);
  return G_SOURCE_REMOVE;
}

void
nullcurve_window_queue_chart (NullcurveWindow *self)
{
  if (self->chart_id == 0)
    self->chart_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_chart_cb, self, NULL);
}

/* The list */

NullcurveRunItem *
nullcurve_window_add_run (NullcurveWindow *self, MoeRun *run)
{
  g_autoptr (NullcurveRunItem) item = nullcurve_run_item_new (run);
  g_signal_connect_object (item, "changed", G_CALLBACK (nullcurve_window_queue_chart), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "notify::visible", G_CALLBACK (nullcurve_window_queue_chart), self,
                           G_CONNECT_SWAPPED);
  g_list_store_append (self->runs, item);
  return item;
}

void
nullcurve_window_remove_run (NullcurveWindow *self, NullcurveRunItem *item)
{
  guint position;
  if (item != self->live && g_list_store_find (self->runs, item, &position))
    g_list_store_remove (self->runs, position);
}

static void
runs_changed_cb (NullcurveWindow *self)
{
  nullcurve_window_update_actions (self);
  nullcurve_window_queue_chart (self);
}

void
nullcurve_window_init_runs (NullcurveWindow *self)
{
  self->runs = g_list_store_new (NULLCURVE_TYPE_RUN_ITEM);
  nullcurve_run_list_set_runs (self->run_list, G_LIST_MODEL (self->runs));
  nullcurve_points_table_set_runs (self->table, G_LIST_MODEL (self->runs));
  g_signal_connect_object (self->runs, "items-changed", G_CALLBACK (runs_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
clear_live (NullcurveWindow *self)
{
  if (self->planned)
    moe_plan_clear (&self->plan);
  self->planned = FALSE;
  self->stopping = FALSE;
  self->measuring = SIZE_MAX;
  g_clear_object (&self->live);
}

void
nullcurve_window_dispose_runs (NullcurveWindow *self)
{
  g_clear_handle_id (&self->chart_id, g_source_remove);
  clear_live (self);
}

/* The run being measured */

void
nullcurve_window_begin_run (NullcurveWindow *self,
                            MoeRun *run,
                            const MoePlan *plan,
                            const MoeCalibration *calibration)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self) && self->live == NULL);
  self->calibrated = calibration != NULL;
  if (calibration != NULL)
    self->calibration = *calibration;
  self->planned = moe_plan_copy (plan, &self->plan, NULL) == MOE_OK;
  self->live = g_object_ref (nullcurve_window_add_run (self, run));
  nullcurve_run_item_set_live (self->live, TRUE);
  nullcurve_run_list_select (self->run_list, self->live);

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
  if (progress->phase == MOE_RUN_PHASE_SETUP || !self->planned
      || progress->point >= self->plan.n_points)
    return g_strdup (_ ("Taking memory, sampling routings…"));
  const MoePoint *point = &self->plan.points[progress->point];
  if (progress->phase == MOE_RUN_PHASE_WARMUP)
    return g_strdup_printf (_ ("top-%zu, null %.2g, warming up"), point->block.topk,
                            point->routing.null_target);
  return g_strdup_printf (_ ("top-%zu, null %.2g, sample %zu of %zu"), point->block.topk,
                          point->routing.null_target, progress->round + 1,
                          self->plan.options.iters);
}

static void
show_progress (NullcurveWindow *self, const MoeProgress *progress)
{
  g_autofree char *percent = g_strdup_printf (_ ("%.0f %%"), 100 * progress->fraction);
  gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (progress->fraction, 0, 1));
  gtk_label_set_label (self->progress_percent, percent);
  if (self->stopping)
    return;
  g_autofree char *what = describe_progress (self, progress);
  gtk_label_set_label (self->progress_what, what);
  if (isnan (progress->remaining_s))
    gtk_label_set_label (self->progress_left, "");
  else
    {
      g_autofree char *duration = nullcurve_text_duration (progress->remaining_s);
      g_autofree char *left = g_strdup_printf (_ ("%s left"), duration);
      gtk_label_set_label (self->progress_left, left);
    }
}

void
nullcurve_window_update_run (NullcurveWindow *self, const MoeProgress *progress, gboolean changed)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (self->live == NULL)
    return;
  gboolean at_point =
      progress->phase == MOE_RUN_PHASE_WARMUP || progress->phase == MOE_RUN_PHASE_MEASURE;
  gsize measuring = at_point ? progress->point : SIZE_MAX;
  show_progress (self, progress);
  if (changed)
    nullcurve_run_item_touch (self->live);
  else if (measuring != self->measuring)
    nullcurve_window_queue_chart (self);
  self->measuring = measuring;
}

void
nullcurve_window_show_measuring (NullcurveWindow *self, const char *what, double fraction)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (self->live != NULL)
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
nullcurve_window_end_run (NullcurveWindow *self,
                          MoeRun *run,
                          const MoeNoise *noise,
                          const char *problem)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (self->live == NULL)
    return;
  g_autoptr (NullcurveRunItem) item = g_object_ref (self->live);
  gboolean stopped = self->stopping;
  clear_live (self);
  nullcurve_run_item_set_live (item, FALSE);
  if (noise != NULL)
    nullcurve_run_item_set_noise (item, noise);
  if (run != NULL)
    nullcurve_run_item_set_run (item, run);
  gsize measured = nullcurve_run_item_count_measured (item);
  if (run == NULL || measured == 0)
    nullcurve_window_remove_run (self, item);
  gtk_revealer_set_reveal_child (self->progress, FALSE);
  nullcurve_window_update_actions (self);
  nullcurve_window_queue_chart (self);
  if (self->close_after_stop)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  say_how_it_ended (self, measured, stopped, problem);
  nullcurve_setup_panel_queue_refresh (self->setup);
}

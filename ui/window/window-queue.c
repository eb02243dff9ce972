/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps that wait for their turn: the present setup, or the published experiment. */
#include "ui/window/window-private.h"

#include "engine/options/matrix.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

GListModel *
nullcurve_window_get_queue (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return G_LIST_MODEL (self->queue);
}

static void
queue_changed (NullcurveWindow *self)
{
  nullcurve_window_update_actions (self);
  g_signal_emit_by_name (self, "queue-changed");
}

void
nullcurve_window_enqueue (NullcurveWindow *self,
                          const char *name,
                          const MoeOptions *options,
                          double expected_s)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  g_autoptr (NullcurveJobItem) job = nullcurve_job_item_new (name, options, expected_s);
  nullcurve_window_enqueue_job (self, job);
}

void
nullcurve_window_enqueue_job (NullcurveWindow *self, NullcurveJobItem *job)
{
  g_list_store_append (self->queue, job);
  queue_changed (self);
}

void
nullcurve_window_enqueue_first (NullcurveWindow *self, NullcurveJobItem *job)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  g_list_store_insert (self->queue, 0, job);
  queue_changed (self);
}

NullcurveJobItem *
nullcurve_window_take_job (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  /* One that was taken before is over, or could not begin. */
  g_clear_object (&self->taken);
  if (self->queue_held || g_list_model_get_n_items (G_LIST_MODEL (self->queue)) == 0)
    return NULL;
  NullcurveJobItem *job = g_list_model_get_item (G_LIST_MODEL (self->queue), 0);
  g_list_store_remove (self->queue, 0);
  g_set_object (&self->taken, job);
  nullcurve_window_update_actions (self);
  return job;
}

void
nullcurve_window_hold_queue (NullcurveWindow *self, gboolean held)
{
  self->queue_held = held && g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0;
  nullcurve_queue_list_set_held (self->queue_list, self->queue_held);
  queue_changed (self);
}

void
nullcurve_window_clear_queue (NullcurveWindow *self)
{
  g_list_store_remove_all (self->queue);
  nullcurve_window_hold_queue (self, FALSE);
}

double
nullcurve_window_queue_expected_s (NullcurveWindow *self)
{
  double total_s = 0;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queue)); i++)
    {
      g_autoptr (NullcurveJobItem) job = g_list_model_get_item (G_LIST_MODEL (self->queue), i);
      total_s += nullcurve_job_item_get_expected_s (job);
    }
  return total_s;
}

static gboolean
is_waiting (NullcurveWindow *self)
{
  return !self->queue_held && g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0;
}

double
nullcurve_window_queue_done_share (NullcurveWindow *self, const MoeProgress *progress)
{
  double sweep_s = progress->remaining_s / (1 - progress->fraction);
  double waiting_s = is_waiting (self) ? nullcurve_window_queue_expected_s (self) : 0;
  if (isfinite (sweep_s))
    self->sweep_s = sweep_s;
  double all_s = self->sweeps_done_s + self->sweep_s + waiting_s;
  return all_s > 0 ? (self->sweeps_done_s + progress->fraction * self->sweep_s) / all_s
                   : progress->fraction;
}

void
nullcurve_window_queue_sweep_done (NullcurveWindow *self)
{
  gboolean more = is_waiting (self);
  self->sweeps_done = more ? self->sweeps_done + 1 : 0;
  self->sweeps_done_s = more ? self->sweeps_done_s + self->sweep_s : 0;
  self->sweep_s = 0;
}

static void
remove_job_cb (NullcurveWindow *self, NullcurveJobItem *job)
{
  guint position;
  if (g_list_store_find (self->queue, job, &position))
    g_list_store_remove (self->queue, position);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->queue)) == 0)
    nullcurve_window_hold_queue (self, FALSE);
  else
    queue_changed (self);
}

static void
move_job_cb (NullcurveWindow *self, NullcurveJobItem *job, int place)
{
  guint position;
  if (!g_list_store_find (self->queue, job, &position))
    return;
  g_autoptr (NullcurveJobItem) moved = g_object_ref (job);
  g_list_store_remove (self->queue, position);
  g_list_store_insert (self->queue, (guint)place, moved);
}

void
nullcurve_window_init_queue (NullcurveWindow *self)
{
  self->queue = g_list_store_new (NULLCURVE_TYPE_JOB_ITEM);
  nullcurve_queue_list_set_jobs (self->queue_list, G_LIST_MODEL (self->queue));
  g_signal_connect_swapped (self->queue_list, "remove", G_CALLBACK (remove_job_cb), self);
  g_signal_connect_swapped (self->queue_list, "move", G_CALLBACK (move_job_cb), self);
}

/* What one sweep takes on this machine as far as it is known. */
typedef struct Estimate
{
  double time_s;    /* NaN: unknown */
  gboolean fits;    /* into the memory there is */
  MoeError problem; /* why it does not, or why it cannot be measured at all */
} Estimate;

static Estimate
estimate (NullcurveWindow *self, const MoeOptions *options)
{
  const MoeBackend *backend = nullcurve_setup_panel_get_backend (self->setup);
  const MoeAccelerator *machine = nullcurve_setup_panel_get_machine (self->setup);
  const MoeCalibration *calibration =
      machine != NULL && machine->measured ? &machine->limits.calibration : NULL;
  Estimate result = { .time_s = NAN };
  MoePlan plan;
  MoeForecast forecast;
  if (moe_plan_new (options, &plan, &result.problem) != MOE_OK)
    return result;
  if (backend == NULL)
    result.fits = TRUE;
  else if (moe_forecast (&plan, backend, calibration, moe_available_memory (), &forecast,
                         &result.problem)
               == MOE_OK
           && moe_forecast_require_fit (&plan, backend, &forecast, &result.problem) == MOE_OK)
    {
      result.fits = TRUE;
      result.time_s = forecast.time_total_s;
    }
  moe_plan_clear (&plan);
  return result;
}

gboolean
nullcurve_window_can_measure (NullcurveWindow *self,
                              const MoeOptions *options,
                              double *expected_s,
                              MoeError *problem)
{
  Estimate e = estimate (self, options);
  *expected_s = e.time_s;
  if (problem != NULL)
    *problem = e.problem;
  return e.fits;
}

void
nullcurve_window_enqueue_setup (NullcurveWindow *self)
{
  MoeOptions options;
  if (nullcurve_setup_panel_get_problem (self->setup) != NULL)
    return;
  nullcurve_setup_panel_get_options (self->setup, &options);
  g_autofree char *name = nullcurve_setup_panel_dup_shape_name (self->setup);
  nullcurve_window_enqueue (self, name, &options, estimate (self, &options).time_s);
}

/* The published experiment */

static const gsize scales[] = { 1, 4, 8, 16, 32, 64, 128, 256 };

typedef struct Experiment
{
  NullcurveWindow *window;
  GtkDropDown *matrix;
  GtkDropDown *scale;
  GtkLabel *forecast;
  AdwMessageDialog *dialog;
  MoeOptions jobs[MOE_MATRIX_MAX_JOBS];
  Estimate estimates[MOE_MATRIX_MAX_JOBS];
  gsize n_jobs;
} Experiment;

static char *
job_name (const MoeOptions *options, gboolean with_mode)
{
  char shape[MOE_SHAPE_TEXT_SIZE];
  moe_shape_format (&options->shape, shape);
  if (!with_mode)
    return g_strdup (shape);
  return g_strdup_printf ("%s, %s", shape,
                          moe_name_of (&moe_null_mode_names, (int)options->null_routing_mode));
}

/* What all sweeps have in common: the published runs', on this machine as it is set up. */
static MoeOptions
common_options (Experiment *e)
{
  MoeOptions setup, common;
  nullcurve_setup_panel_get_options (e->window->setup, &setup);
  moe_matrix_init_options ((MoeMatrix)gtk_drop_down_get_selected (e->matrix), &common);
  common.dtype = setup.dtype;
  common.threads = setup.threads;
  common.null_dispatch = setup.null_dispatch;
  g_strlcpy (common.accelerator, setup.accelerator, sizeof common.accelerator);
  return common;
}

static char *
describe_experiment (Experiment *e)
{
  GString *text = g_string_new (NULL);
  double total_s = 0;
  gsize n_fit = 0;
  for (gsize i = 0; i < e->n_jobs; i++)
    {
      if (e->estimates[i].fits)
        {
          n_fit++;
          total_s += e->estimates[i].time_s;
          continue;
        }
      g_autofree char *name = job_name (&e->jobs[i], e->n_jobs > 3);
      g_string_append_printf (text, _ ("Left out: %s. %s\n"), name,
                              e->estimates[i].problem.message);
    }
  g_autofree char *sweeps = g_strdup_printf (
      g_dngettext (NULL, "%zu sweep of 30 points", "%zu sweeps of 30 points", n_fit), n_fit);
  g_string_append (text, sweeps);
  if (!isnan (total_s))
    {
      g_autofree char *time = moe_text_duration (total_s);
      g_string_append_printf (text, _ (", about %s"), time);
    }
  return g_string_free (text, FALSE);
}

static void
update_experiment (Experiment *e)
{
  MoeOptions common = common_options (e);
  MoeError error = { 0 };
  gboolean any = FALSE;
  if (moe_matrix_jobs ((MoeMatrix)gtk_drop_down_get_selected (e->matrix), &common,
                       scales[gtk_drop_down_get_selected (e->scale)], e->jobs, &e->n_jobs, &error)
      != MOE_OK)
    {
      e->n_jobs = 0;
      gtk_label_set_label (e->forecast, error.message);
    }
  for (gsize i = 0; i < e->n_jobs; i++)
    {
      e->estimates[i] = estimate (e->window, &e->jobs[i]);
      any = any || e->estimates[i].fits;
    }
  if (e->n_jobs > 0)
    {
      g_autofree char *text = describe_experiment (e);
      gtk_label_set_label (e->forecast, text);
    }
  adw_message_dialog_set_response_enabled (e->dialog, "add", any);
}

static void
experiment_response_cb (AdwMessageDialog *dialog, const char *response, Experiment *e)
{
  if (strcmp (response, "add") != 0)
    return;
  for (gsize i = 0; i < e->n_jobs; i++)
    if (e->estimates[i].fits)
      {
        g_autofree char *name = job_name (&e->jobs[i], e->n_jobs > 3);
        nullcurve_window_enqueue (e->window, name, &e->jobs[i], e->estimates[i].time_s);
      }
}

static GtkWidget *
new_choice_row (const char *title, const char *const *choices, GtkDropDown **choice)
{
  GtkWidget *row = adw_action_row_new ();
  *choice = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (choices));
  gtk_widget_set_valign (GTK_WIDGET (*choice), GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (*choice));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), GTK_WIDGET (*choice));
  gtk_accessible_update_property (GTK_ACCESSIBLE (*choice), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  return row;
}

static GtkWidget *
new_experiment_form (Experiment *e)
{
  static const char *const matrices[] = { N_ ("Logbook"), N_ ("Both null modes"), NULL };
  const char *names[] = { _ (matrices[0]), _ (matrices[1]), NULL };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      g_autofree char *scale = g_strdup_printf (_ ("tokens / %zu"), scales[i]);
      g_strv_builder_add (builder, scales[i] == 1 ? _ ("as published") : scale);
    }
  g_auto (GStrv) sizes = g_strv_builder_end (builder);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *list = gtk_list_box_new ();
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_list_box_append (GTK_LIST_BOX (list), new_choice_row (_ ("Sweeps"), names, &e->matrix));
  gtk_list_box_append (GTK_LIST_BOX (list),
                       new_choice_row (_ ("Size"), (const char *const *)sizes, &e->scale));
  gtk_box_append (GTK_BOX (box), list);
  e->forecast = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (e->forecast, TRUE);
  gtk_label_set_max_width_chars (e->forecast, 44);
  gtk_label_set_xalign (e->forecast, 0);
  gtk_widget_add_css_class (GTK_WIDGET (e->forecast), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (e->forecast));
  return box;
}

void
nullcurve_window_choose_experiment (NullcurveWindow *self)
{
  Experiment *e = g_new0 (Experiment, 1);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (self), _ ("The Published Experiment"),
      _ ("Three shapes, top-2, 4 and 8, null fractions 0 to 0.9, forward and backward, as in the "
         "logbook; with the data type and accelerator that are set up."));
  e->window = self;
  e->dialog = ADW_MESSAGE_DIALOG (dialog);
  adw_message_dialog_set_extra_child (e->dialog, new_experiment_form (e));
  adw_message_dialog_add_responses (e->dialog, "cancel", _ ("_Cancel"), "add", _ ("_Add to Queue"),
                                    NULL);
  adw_message_dialog_set_response_appearance (e->dialog, "add", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (e->dialog, "add");
  adw_message_dialog_set_close_response (e->dialog, "cancel");
  gtk_drop_down_set_selected (e->scale, 5); /* tokens / 64: minutes, not hours */
  g_signal_connect_swapped (e->matrix, "notify::selected", G_CALLBACK (update_experiment), e);
  g_signal_connect_swapped (e->scale, "notify::selected", G_CALLBACK (update_experiment), e);
  g_signal_connect_data (dialog, "response", G_CALLBACK (experiment_response_cb), e,
                         (GClosureNotify)(void (*) (void))g_free, 0);
  update_experiment (e);
  gtk_window_present (GTK_WINDOW (dialog));
}

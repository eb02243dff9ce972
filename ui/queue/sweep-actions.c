/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/sweep-actions.h"

#include "engine/sweep/quantities.h"
#include "engine/sweep/run-options.h"
#include "ui/follow.h"
#include "ui/notice.h"
#include "ui/queue/experiment-dialog.h"
#include "ui/queue/versus-dialog.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

typedef struct SweepActions
{
  GtkWindow *window;
  NullcurveSetupPanel *setup;
  NullcurveSweepQueue *queue;
  NullcurveRunsModel *runs;
  GtkWidget *ready[NULLCURVE_N_READY];
  guint ready_id; /* which comparisons can be made is to be looked at; 0: it is known */
} SweepActions;

static const char *const ready_names[NULLCURVE_N_READY] = {
  [NULLCURVE_READY_MODES] = "compare-modes",
  [NULLCURVE_READY_DISPATCH] = "compare-dispatch",
  [NULLCURVE_READY_REMAP] = "compare-remap",
  [NULLCURVE_READY_ZERO_EXPERT] = "compare-zero-expert",
  [NULLCURVE_READY_EASY_WAYS] = "compare-easy-ways",
  [NULLCURVE_READY_K_RULES] = "compare-k-rules",
};

/* What is set up takes so long, where it is to be measured; NaN: that is not known. */
static double
expected_s (SweepActions *self, const NullcurveSweepSetup *setup)
{
  MoeForecast forecast;
  MoeToldForecast told;
  if (setup->place == NULL)
    {
      nullcurve_sweep_setup_forecast (setup, &setup->options, &forecast, NULL);
      return forecast.time_total_s;
    }
  return nullcurve_there_get_forecast (nullcurve_setup_panel_get_there (self->setup), &told)
             ? told.forecast.time_total_s
             : NAN;
}

static void
enqueue_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SweepActions *self = data;
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (self->setup, &setup);
  g_autofree char *shape = nullcurve_setup_panel_dup_shape_name (self->setup);
  g_autoptr (NullcurveJobItem) job =
      nullcurve_job_item_new (shape, &setup.options, expected_s (self, &setup));
  nullcurve_job_item_set_place (job, setup.place);
  nullcurve_sweep_queue_append (self->queue, job);
}

static void
experiment_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SweepActions *self = data;
  gtk_window_present (
      GTK_WINDOW (nullcurve_experiment_dialog_new (self->window, self->setup, self->queue)));
}

static void
go_on_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  nullcurve_sweep_queue_hold (((SweepActions *)data)->queue, FALSE);
}

static void
clear_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  nullcurve_sweep_queue_clear (((SweepActions *)data)->queue);
}

static void
ready_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SweepActions *self = data;
  NullcurveSweepSetup setup;
  NullcurveReady ready = 0;
  while (!g_str_equal (g_action_get_name (G_ACTION (action)), ready_names[ready]))
    ready++;
  g_autofree char *shape = nullcurve_setup_panel_dup_shape_name (self->setup);
  nullcurve_setup_panel_get_setup (self->setup, &setup);
  g_autoptr (NullcurveReadyPlans) plans = nullcurve_ready_plans_new (&setup);
  g_autoptr (GPtrArray) jobs = nullcurve_ready_new_jobs (ready, plans, shape);
  for (guint i = 0; i < jobs->len; i++)
    nullcurve_sweep_queue_append (self->queue, g_ptr_array_index (jobs, i));
  nullcurve_sweep_queue_hold (self->queue, FALSE);
}

static MoeRun *
run_in_hand (SweepActions *self)
{
  return nullcurve_run_item_get_run (nullcurve_runs_model_get_selected (self->runs));
}

static void
say_unknown (SweepActions *self)
{
  nullcurve_notice_say (GTK_WIDGET (self->window),
                        _ ("This run does not tell how it was measured"));
}

static void
against_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SweepActions *self = data;
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (self->setup, &setup);
  GtkWidget *dialog =
      nullcurve_versus_dialog_new (self->window, self->queue, &setup, run_in_hand (self));
  if (dialog != NULL)
    gtk_window_present (GTK_WINDOW (dialog));
  else
    say_unknown (self);
}

/* What the run does not tell stays as it is set up. */
static void
use_setup_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SweepActions *self = data;
  MoeOptions options;
  GtkWidget *flap = gtk_widget_get_ancestor (GTK_WIDGET (self->setup), ADW_TYPE_FLAP);
  nullcurve_setup_panel_get_options (self->setup, &options);
  if (!moe_run_to_options (run_in_hand (self), &options))
    {
      say_unknown (self);
      return;
    }
  nullcurve_setup_panel_set_options (self->setup, &options);
  if (flap != NULL)
    adw_flap_set_reveal_flap (ADW_FLAP (flap), TRUE);
  nullcurve_notice_say (GTK_WIDGET (self->window), _ ("The setup is that of the run now"));
}

/* (run, record): the point alone, after what waits, at the place that is chosen. */
static void
point_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SweepActions *self = data;
  guint at, record;
  NullcurveSweepSetup setup;
  g_variant_get (parameter, "(uu)", &at, &record);
  g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), at);
  MoeRun *run = item != NULL ? nullcurve_run_item_get_run (item) : NULL;
  if (run == NULL || record >= moe_run_get_n_records (run))
    return;
  nullcurve_setup_panel_get_setup (self->setup, &setup);
  if (!moe_run_point_to_options (run, moe_run_get_record (run, record), &setup.options))
    {
      say_unknown (self);
      return;
    }
  g_autofree char *name = moe_text_shape (&setup.options.shape);
  g_autoptr (NullcurveJobItem) job = nullcurve_job_item_new (
      name, &setup.options, setup.place == NULL ? expected_s (self, &setup) : NAN);
  nullcurve_job_item_set_place (job, setup.place);
  nullcurve_sweep_queue_append (self->queue, job);
}

static void
set_enabled (SweepActions *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), name);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static gboolean
is_here (SweepActions *self)
{
  return nullcurve_there_get_place (nullcurve_setup_panel_get_there (self->setup)) == NULL;
}

static void
update (SweepActions *self)
{
  NullcurveRunItem *item = nullcurve_runs_model_get_selected (self->runs);
  gboolean can = nullcurve_setup_panel_get_problem (self->setup) == NULL;
  gboolean here = is_here (self);
  set_enabled (self, "enqueue", can);
  set_enabled (self, "experiment", here);
  set_enabled (self, "queue-go-on", nullcurve_sweep_queue_get_held (self->queue));
  set_enabled (self, "queue-clear", g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0);
  set_enabled (self, "measure-against",
               here && can && item != NULL && !nullcurve_run_item_get_live (item));
  set_enabled (self, "use-setup", item != NULL);
}

/* Which of the comparisons what is set up allows, and why not. */
static gboolean
update_ready_cb (gpointer data)
{
  SweepActions *self = data;
  const char *fault =
      is_here (self) ? nullcurve_setup_panel_get_problem (self->setup)
                     : _ ("Two setups are measured side by side on this machine only: see Where.");
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (self->setup, &setup);
  g_autoptr (NullcurveReadyPlans) plans = nullcurve_ready_plans_new (&setup);
  self->ready_id = 0;
  for (NullcurveReady ready = 0; ready < NULLCURVE_N_READY; ready++)
    {
      g_autofree char *problem =
          fault != NULL ? g_strdup (fault) : nullcurve_ready_dup_problem (ready, plans);
      const char *said = problem != NULL ? problem : nullcurve_ready_describe (ready);
      set_enabled (self, ready_names[ready], problem == NULL);
      if (self->ready[ready] == NULL)
        continue;
      gtk_widget_set_tooltip_text (self->ready[ready], said);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->ready[ready]),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, said, -1);
    }
  return G_SOURCE_REMOVE;
}

static void
setup_changed_cb (SweepActions *self)
{
  update (self);
  /* It takes a dozen plans: once for all that is set in one go. */
  if (self->ready_id == 0)
    self->ready_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_ready_cb, self, NULL);
}

static void
sweep_actions_free (gpointer data)
{
  SweepActions *self = data;
  g_clear_handle_id (&self->ready_id, g_source_remove);
  g_free (self);
}

void
nullcurve_sweep_actions_add (GtkApplicationWindow *window,
                             NullcurveSetupPanel *setup,
                             NullcurveSweepQueue *queue,
                             NullcurveRunsModel *runs,
                             GtkWidget *const ready[NULLCURVE_N_READY])
{
  static const GActionEntry entries[] = {
    { "enqueue", enqueue_action },
    { "experiment", experiment_action },
    { "queue-go-on", go_on_action },
    { "queue-clear", clear_action },
    { "compare-modes", ready_action },
    { "compare-dispatch", ready_action },
    { "compare-remap", ready_action },
    { "compare-zero-expert", ready_action },
    { "compare-easy-ways", ready_action },
    { "compare-k-rules", ready_action },
    { "measure-against", against_action },
    { "use-setup", use_setup_action },
    { "measure-point", point_action, "(uu)" },
  };
  SweepActions *self = g_new (SweepActions, 1);
  *self = (SweepActions){ GTK_WINDOW (window), setup, queue, runs };
  memcpy (self->ready, ready, sizeof self->ready);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), self);
  g_object_set_data_full (G_OBJECT (window), "nullcurve-sweep-actions", self, sweep_actions_free);
  nullcurve_follow (G_OBJECT (window), self, setup, "changed", G_CALLBACK (setup_changed_cb));
  nullcurve_follow (G_OBJECT (window), self, queue, "items-changed", G_CALLBACK (update));
  nullcurve_follow (G_OBJECT (window), self, queue, "changed", G_CALLBACK (update));
  nullcurve_follow (G_OBJECT (window), self, runs, "notify", G_CALLBACK (update));
  setup_changed_cb (self);
}

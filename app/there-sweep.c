/* SPDX-License-Identifier: Apache-2.0 */
#include "app/there-sweep.h"

#include "app/job-sweep.h"
#include "engine/elsewhere/errand.h"

struct NullcurveThereSweep
{
  NullcurveWindow *window; /* not owned */
  NullcurvePlace *place;
  MoeErrand *errand;
  MoeRun *before; /* that is gone on with; NULL: it is a new run */
  MoePlan plan;
  gboolean beside;            /* it is one of the window's sides */
  NullcurveSweepQueue *queue; /* for its state and progress; NULL: it has not begun */
  NullcurveRunItem *item;
  gulong follows;
  gboolean finishing; /* the window is being told, which may close on it */
  gboolean unwanted;  /* it has been freed meanwhile */
  NullcurveThereSweepEnded ended;
  GObject *owner;
};

/* --- what is heard --- */

/* The point of the plan that a place tells by its top-k and null fraction: the first of them; as
 * many as there are: none. */
static gsize
find_point (const MoePlan *plan, double topk, double f)
{
  const double alike = 1e-5; /* lines have six figures */
  for (gsize i = 0; i < plan->n_points; i++)
    if ((double)plan->points[i].block.topk == topk
        && ABS (plan->points[i].routing.null_target - f) < alike)
      return i;
  return plan->n_points;
}

static void
progress_cb (gpointer data, const MoeRelayProgress *progress)
{
  NullcurveThereSweep *self = data;
  MoeProgress state = progress->state;
  nullcurve_sweep_queue_set_paused (self->queue, progress->paused);
  if (progress->paused)
    return;
  state.point = find_point (&self->plan, progress->topk, progress->f);
  state.round = state.samples_done / MAX (self->plan.n_points, 1);
  if (state.point == self->plan.n_points
      && (state.phase == MOE_RUN_PHASE_MEASURE || state.phase == MOE_RUN_PHASE_WARMUP))
    state.phase = MOE_RUN_PHASE_SETUP;
  if (self->beside)
    nullcurve_sweep_queue_update (self->queue, &state);
  else
    nullcurve_window_update_run (self->window, &state, FALSE);
}

static void
grown_cb (gpointer data, MoeRun *run)
{
  NullcurveThereSweep *self = data;
  moe_run_set_title (run, nullcurve_run_item_get_title (self->item));
  nullcurve_sweep_queue_grow (self->queue, run);
  nullcurve_run_item_set_run (self->item, run);
}

static void
end_beside (NullcurveThereSweep *self, MoeRun *run, const char *problem)
{
  g_autofree char *title = g_strdup (nullcurve_run_item_get_title (self->item));
  gsize measured =
      nullcurve_runs_model_end (nullcurve_window_get_runs (self->window), self->item, run);
  nullcurve_sweep_queue_end (self->queue);
  nullcurve_window_say_side_ended (self->window, title, measured, problem);
  nullcurve_side_sweeps_remove (nullcurve_window_get_sides (self->window), self->queue);
}

static void
sweep_free (NullcurveThereSweep *self)
{
  if (self->queue != NULL)
    g_signal_handler_disconnect (self->queue, self->follows);
  moe_errand_free (self->errand);
  nullcurve_place_set_busy (self->place, FALSE);
  g_object_unref (self->place);
  g_clear_object (&self->queue);
  g_clear_object (&self->item);
  g_clear_pointer (&self->before, moe_run_unref);
  moe_plan_clear (&self->plan);
  g_free (self);
}

void
nullcurve_there_sweep_free (NullcurveThereSweep *self)
{
  if (self == NULL)
    return;
  if (self->finishing)
    self->unwanted = TRUE;
  else
    sweep_free (self);
}

/* What was gone on with in vain stays as it was. */
static void
tell_window (NullcurveThereSweep *self, const MoeErrandResult *result)
{
  MoeRun *run = result->run != NULL ? result->run : self->before;
  g_autofree char *broken = result->broken ? g_strdup (moe_run_get_source (run)) : NULL;
  const char *problem = broken != NULL ? NULL : result->problem;
  if (run != NULL)
    moe_run_set_title (run, nullcurve_run_item_get_title (self->item));
  if (self->beside)
    end_beside (self, run, problem);
  else
    nullcurve_window_end_run (self->window, NULL, run, problem);
  if (broken != NULL && !self->unwanted)
    nullcurve_window_offer_resume (self->window, result->problem, broken);
}

/* The window may close on this, and free what it is told by. */
static void
finished_cb (gpointer data, const MoeErrandResult *result)
{
  NullcurveThereSweep *self = data;
  NullcurveWindow *window = g_object_ref (self->window);
  GObject *owner = g_object_ref (self->owner);
  self->finishing = TRUE;
  nullcurve_place_set_busy (self->place, FALSE);
  tell_window (self, result);
  self->ended (owner, self);
  sweep_free (self);
  g_object_unref (owner);
  g_object_unref (window);
}

/* --- beginning --- */

static const char *
path_before (NullcurveJobItem *job)
{
  return job != NULL ? nullcurve_job_item_get_path (job) : NULL;
}

/* The same plan as there, but for who computes it: that may be nobody here. */
static gboolean
make_plan (NullcurveThereSweep *self, const MoeOptions *options, char **problem)
{
  MoeOptions planned = *options;
  MoeError error = { 0 };
  g_strlcpy (planned.accelerator, "auto", sizeof planned.accelerator);
  if (moe_plan_new (&planned, &self->plan, &error) == MOE_OK)
    return TRUE;
  *problem = g_strdup (error.message);
  return FALSE;
}

static gboolean
start (NullcurveThereSweep *self,
       const MoeOptions *options,
       const char *name,
       const char *title,
       const char *before,
       char **problem)
{
  const MoeErrandHooks hooks = {
    .data = self, .progress = progress_cb, .grown = grown_cb, .finished = finished_cb
  };
  const MoePlace place = nullcurve_place_get_engine (self->place);
  g_autoptr (GError) error = NULL;
  if (nullcurve_place_check (self->place, &error))
    self->errand = moe_errand_start (&place, options, name, title, before, &hooks, &error);
  if (self->errand == NULL)
    *problem = g_strdup (error->message);
  return self->errand != NULL;
}

static MoeRun *
new_run (NullcurveThereSweep *self, const char *title)
{
  if (self->before != NULL)
    return moe_run_ref (self->before);
  return moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
}

/* What a person asks for. */
static void
follow_cb (NullcurveThereSweep *self)
{
  NullcurveSweepState state = nullcurve_sweep_queue_get_state (self->queue);
  nullcurve_run_item_set_paused (self->item, state == NULLCURVE_SWEEP_PAUSED);
  if (state == NULLCURVE_SWEEP_STOPPING)
    moe_errand_stop (self->errand);
  else if (state != NULLCURVE_SWEEP_NONE)
    moe_errand_pause (self->errand, state != NULLCURVE_SWEEP_GOING);
}

static void
show (NullcurveThereSweep *self, MoeRun *run)
{
  NullcurveRunsModel *runs = nullcurve_window_get_runs (self->window);
  nullcurve_place_set_busy (self->place, TRUE);
  if (self->beside)
    {
      self->queue = g_object_ref (nullcurve_side_sweeps_add (
          nullcurve_window_get_sides (self->window), nullcurve_place_get_name (self->place)));
      self->item = g_object_ref (nullcurve_runs_model_begin_elsewhere (runs, run));
      nullcurve_sweep_queue_begin (self->queue, run, &self->plan);
    }
  else
    {
      self->queue = g_object_ref (nullcurve_window_get_queue (self->window));
      nullcurve_window_begin_run (self->window, NULL, run, &self->plan, NULL);
      self->item = g_object_ref (nullcurve_runs_model_get_live (runs));
    }
  self->follows =
      g_signal_connect_swapped (self->queue, "state-changed", G_CALLBACK (follow_cb), self);
}

NullcurveThereSweep *
nullcurve_there_sweep_new (NullcurveWindow *window,
                           NullcurveJobItem *job,
                           gboolean beside,
                           NullcurveThereSweepEnded ended,
                           GObject *owner,
                           char **problem)
{
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (window);
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (panel, &setup);
  const MoeOptions *options = job != NULL ? nullcurve_job_item_get_options (job) : &setup.options;
  NullcurveThereSweep *self = g_new0 (NullcurveThereSweep, 1);
  MoeRun *before = job != NULL ? nullcurve_job_item_get_before (job) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *shape = job != NULL ? g_strdup (nullcurve_job_item_get_name (job))
                                       : nullcurve_setup_panel_dup_shape_name (panel);
  self->window = window;
  self->beside = beside;
  self->place = g_object_ref (job != NULL ? nullcurve_job_item_get_place (job) : setup.place);
  self->before = before != NULL ? moe_run_ref (before) : NULL;
  self->ended = ended;
  self->owner = owner;
  g_autofree char *name = g_strdup_printf ("%s, %s", shape, nullcurve_place_get_name (self->place));
  g_autofree char *title =
      before != NULL ? g_strdup (moe_run_get_title (before))
                     : nullcurve_job_sweep_title (
                         name, options, G_LIST_MODEL (nullcurve_window_get_runs (window)), now);
  if (!make_plan (self, options, problem)
      || !start (self, options, name, title, path_before (job), problem))
    {
      nullcurve_there_sweep_free (self);
      return NULL;
    }
  MoeRun *run = new_run (self, title);
  show (self, run);
  moe_run_unref (run);
  return self;
}

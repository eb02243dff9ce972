/* SPDX-License-Identifier: Apache-2.0 */
#include "app/session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/device-watch.h"
#include "app/job-sweep.h"
#include "app/machine-watch.h"
#include "app/resume-job.h"
#include "app/there-sweep.h"
#include "engine/formats/formats.h"
#include "engine/formats/journal.h"
#include "engine/host/measuring.h"
#include "engine/sweep/library.h"
#include "engine/sweep/worker.h"

struct _NullcurveSession
{
  GObject parent_instance;

  NullcurveWindow *window; /* not owned */
  MoeWorker *worker;

  /* Found out last and before that, as many as that is; what it holds for is in each. */
  MoeAccelerator machines[MOE_MAX_SETUPS];
  gsize n_machines;
  MoeAccelerator asked;  /* what the machine job under way is for */
  gboolean again;        /* that job measures what was known */
  gboolean again_wanted; /* a person asked for that */

  gboolean advancing;    /* advance () is at work; what happens meanwhile is due after that */
  gboolean due;          /* something changed that advance () decides by */
  gboolean run_wanted;   /* Run was pressed while the machine was being measured */
  NullcurveJobItem *job; /* taken from the queue: to be measured, or being measured */
  gboolean running;
  MoeSweep *sweep;             /* being measured, or measured last; NULL before the first */
  NullcurveDeviceWatch *watch; /* of the device that measures; NULL: none with sensors */
  NullcurveMachineWatch *machine_watch; /* what else this machine does */
  guint retry_id;                       /* what was measured under load is tried again */
  MoeTraceFile *trace;                  /* of the run, NULL when none was asked for */
  NullcurveThereSweep *there;           /* being measured at another place; NULL: none is */
  GPtrArray *sides;                     /* of NullcurveThereSweep, beside what is measured above */
};

G_DEFINE_FINAL_TYPE (NullcurveSession, nullcurve_session, G_TYPE_OBJECT)

/* What is known about the machine follows the setup. */

static void begin_run (NullcurveSession *self);
static void begin_there (NullcurveSession *self);
static void begin_sides (NullcurveSession *self);

static const MoeAccelerator *
find_machine (NullcurveSession *self, const MoeOptions *options)
{
  for (gsize i = 0; i < self->n_machines; i++)
    if (moe_accelerator_fits (&self->machines[i], options))
      return &self->machines[i];
  return NULL;
}

/* Of the sweep whose turn it is, else what is set up; the first of two is what is compared with. */
static gsize
wanted_options (NullcurveSession *self, MoeOptions options[MOE_MAX_SETUPS])
{
  NullcurveJobItem *first = self->job != NULL ? nullcurve_job_item_get_first (self->job) : NULL;
  gsize n = 0;
  if (first != NULL)
    options[n++] = *nullcurve_job_item_get_options (first);
  if (self->job != NULL)
    options[n++] = *nullcurve_job_item_get_options (self->job);
  else
    nullcurve_setup_panel_get_options (nullcurve_window_get_setup (self->window), &options[n++]);
  return n;
}

/* Of the same; NULL: this machine. */
static NullcurvePlace *
wanted_place (NullcurveSession *self)
{
  if (self->job != NULL)
    return nullcurve_job_item_get_place (self->job);
  return nullcurve_places_get_chosen (nullcurve_window_get_places (self->window));
}

/* For which of them the machine is not known yet; the last, when a person wants it measured anew;
 * NULL: for none. */
static const MoeOptions *
find_unknown (NullcurveSession *self, const MoeOptions *options, gsize n)
{
  if (self->again_wanted)
    return &options[n - 1];
  for (gsize i = 0; i < n; i++)
    if (find_machine (self, &options[i]) == NULL)
      return &options[i];
  return NULL;
}

/* Do what is due next, as far as the worker is free. */
static void
do_next (NullcurveSession *self)
{
  MoeOptions options[MOE_MAX_SETUPS];
  if (self->job == NULL && !self->running && !self->run_wanted)
    self->job = nullcurve_sweep_queue_take (nullcurve_window_get_queue (self->window));
  begin_sides (self);
  gboolean there = wanted_place (self) != NULL;
  if (there && !self->running && (self->run_wanted || self->job != NULL))
    {
      begin_there (self);
      return;
    }
  gsize n = wanted_options (self, options);
  const MoeOptions *unknown = there ? NULL : find_unknown (self, options, n);
  if (moe_worker_get_busy (self->worker))
    {
      /* What nobody wants any more need not be measured to its end. */
      if (!self->running && !self->again
          && !moe_accelerator_fits (&self->asked, unknown != NULL ? unknown : &options[n - 1]))
        moe_worker_cancel (self->worker);
      return;
    }
  if (unknown != NULL && moe_worker_find_out (self->worker, unknown, self->again_wanted))
    {
      moe_accelerator_init (&self->asked, unknown);
      self->again = self->again_wanted;
      self->again_wanted = FALSE;
    }
  else if (unknown == NULL && !there && (self->run_wanted || self->job != NULL))
    {
      self->run_wanted = self->run_wanted && self->job != NULL;
      begin_run (self);
    }
}

/* Called whenever something changed that do_next () decides by, also by what do_next () itself
 * brings about: two at a time would take two sweeps from the queue. */
static void
advance (NullcurveSession *self)
{
  self->due = TRUE;
  if (self->advancing)
    return;
  self->advancing = TRUE;
  while (self->due && self->window != NULL)
    {
      self->due = FALSE;
      do_next (self);
    }
  self->advancing = FALSE;
  /* Where another machine measures, or would, this one says nothing of it. */
  if (self->window != NULL)
    nullcurve_machine_watch_set_wanted (self->machine_watch, wanted_place (self) == NULL);
}

static void
looked_cb (gpointer data, MoeAccelerators *backends)
{
  NullcurveSession *self = data;
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (self->window), backends);
}

static void
measuring_cb (gpointer data, const MoeBackend *backend, gsize step, gsize n_steps)
{
  NullcurveSession *self = data;
  const char *dtype = moe_choice_name (MOE_CHOICE_DTYPE, self->asked.dtype);
  g_autofree char *what = g_strdup_printf (
      self->run_wanted ? _ ("Measuring this machine before the run: %s %s, %zu of %zu")
                       : _ ("Measuring this machine: %s %s, %zu of %zu"),
      backend->title, dtype, step, n_steps);
  nullcurve_window_show_measuring (self->window, what, (double)(step - 1) / (double)n_steps);
}

static gboolean
is_same (const MoeAccelerator *a, const MoeAccelerator *b)
{
  return g_str_equal (a->accelerator, b->accelerator) && a->dtype == b->dtype
         && a->threads == b->threads;
}

/* Whoever asked for it sees the figures, or why there are none. */
static void
say_what_was_measured (NullcurveSession *self, const MoeAccelerator *machine)
{
  g_autofree char *figures = moe_accelerator_describe (machine);
  nullcurve_window_toast (self->window, figures != NULL ? figures : machine->failure);
}

/* What was known before the last is forgotten, and what was known of the same. */
static void
keep_machine (NullcurveSession *self, const MoeAccelerator *machine)
{
  gsize at = 0;
  while (at < self->n_machines && !is_same (&self->machines[at], machine))
    at++;
  if (at == MOE_MAX_SETUPS)
    at--;
  if (at < self->n_machines)
    moe_accelerator_clear (&self->machines[at]);
  else
    self->n_machines++;
  memmove (self->machines + 1, self->machines, at * sizeof self->machines[0]);
  moe_accelerator_copy (&self->machines[0], machine);
}

/* --- what was measured under load --- */

enum
{
  RETRY_S = 5 /* looks whether others are at rest now */
};

static gboolean
is_idle (NullcurveSession *self)
{
  return self->window != NULL && !self->running && self->job == NULL && !self->run_wanted
         && !moe_worker_get_busy (self->worker);
}

/* It is measured again only if this is a quiet moment; nothing is asked where another Nullcurve
 * measures. */
static gboolean
retry_cb (gpointer data)
{
  NullcurveSession *self = data;
  MoeOptions options[MOE_MAX_SETUPS];
  if (!is_idle (self) || wanted_place (self) != NULL)
    return G_SOURCE_CONTINUE;
  gsize n = wanted_options (self, options);
  const MoeAccelerator *machine = find_machine (self, &options[n - 1]);
  if (machine == NULL || !machine->measured || !moe_limits_is_disturbed (&machine->limits))
    {
      self->retry_id = 0;
      return G_SOURCE_REMOVE;
    }
  g_autofree char *other = moe_measuring_find_other ();
  if (other == NULL && moe_worker_find_out (self->worker, &options[n - 1], FALSE))
    moe_accelerator_init (&self->asked, &options[n - 1]);
  return G_SOURCE_CONTINUE;
}

/* Until it is true. */
static void
retry_later (NullcurveSession *self, const MoeAccelerator *machine)
{
  if (self->retry_id == 0 && machine->measured && moe_limits_is_disturbed (&machine->limits))
    self->retry_id = g_timeout_add_seconds (RETRY_S, retry_cb, self);
}

static void
found_out_cb (gpointer data, const MoeAccelerator *machine)
{
  NullcurveSession *self = data;
  nullcurve_window_show_measuring (self->window, NULL, 0);
  if (machine != NULL)
    {
      keep_machine (self, machine);
      nullcurve_setup_panel_set_machine (nullcurve_window_get_setup (self->window), machine);
      retry_later (self, machine);
      if (self->again)
        say_what_was_measured (self, machine);
    }
  self->again = FALSE;
  advance (self);
}

/* The run as the window shows it while it grows */

static void
news_cb (gpointer data, const MoeProgress *progress, gboolean changed)
{
  NullcurveSession *self = data;
  nullcurve_window_update_run (self->window, progress, changed);
}

static void
told_cb (gpointer data, const char *sentence)
{
  NullcurveSession *self = data;
  nullcurve_window_toast (self->window, sentence);
}

/* The sensors of the machine and of the device */

static void
watch_changed_cb (NullcurveSession *self)
{
  const char *device = self->watch != NULL ? nullcurve_device_watch_get_text (self->watch) : NULL;
  const char *machine = nullcurve_machine_watch_get_text (self->machine_watch);
  g_autofree char *text =
      g_strdup_printf ("%s%s%s", device != NULL ? device : "",
                       device != NULL && *machine != '\0' ? " · " : "", machine);
  if (self->window != NULL)
    nullcurve_window_show_device (self->window, *text != '\0' ? text : NULL);
}

static void
begin_watch (NullcurveSession *self)
{
  MoeDevice device;
  gsize last = self->sweep->n_sides - 1;
  const MoeBackend *backend = self->sweep->sides[last].backend;
  nullcurve_machine_watch_set_measuring (self->machine_watch, TRUE);
  if (backend->device == NULL
      || backend->device (moe_sweep_get_plan (self->sweep, last)->device, &device, NULL) != MOE_OK)
    return;
  self->watch = nullcurve_device_watch_new (&device, NULL);
  g_signal_connect_object (self->watch, "changed", G_CALLBACK (watch_changed_cb), self,
                           G_CONNECT_SWAPPED);
  watch_changed_cb (self);
}

/* What was seen stands in the runs from now on. */
static void
end_watch (NullcurveSession *self, MoeRun *const *runs, gsize n_runs)
{
  if (self->watch != NULL)
    {
      nullcurve_device_watch_stop (self->watch);
      for (gsize i = 0; i < n_runs; i++)
        nullcurve_device_watch_describe (self->watch, runs[i]);
      g_clear_object (&self->watch);
    }
  nullcurve_machine_watch_set_measuring (self->machine_watch, FALSE);
  watch_changed_cb (self);
}

/* To be told once the window knows that the run is over. */
static void
say_problems (NullcurveSession *self, const MoeSweep *sweep)
{
  for (gsize s = 0; s < sweep->n_sides; s++)
    {
      if (self->window != NULL && sweep->sides[s].problem != NULL)
        nullcurve_window_toast (self->window, sweep->sides[s].problem);
      if (self->window != NULL && sweep->sides[s].disagreed)
        nullcurve_window_toast (self->window, _ ("A point disagrees with the reference: its "
                                                 "figures are not to be trusted"));
    }
}

static void
finished_cb (gpointer data, MoeStatus status, const MoeError *error, const MoeNoise *noise)
{
  NullcurveSession *self = data;
  g_autoptr (MoeSweep) sweep = moe_sweep_ref (self->sweep);
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  gboolean ended_early = status != MOE_OK && status != MOE_ERROR_CANCELLED;
  for (gsize s = 0; s < sweep->n_sides; s++)
    g_ptr_array_add (runs, nullcurve_job_sweep_finish (sweep, s, noise));
  MoeRun *last = g_ptr_array_index (runs, runs->len - 1);
  end_watch (self, (MoeRun *const *)runs->pdata, runs->len);
  g_clear_object (&self->job);
  self->running = FALSE;

  /* The window may close on this, and take the session with it. */
  g_object_ref (self);
  nullcurve_window_end_run (self->window, runs->len > 1 ? g_ptr_array_index (runs, 0) : NULL, last,
                            ended_early ? error->message : NULL);
  g_autofree char *traced = nullcurve_job_sweep_finish_trace (g_steal_pointer (&self->trace), last);
  if (self->window != NULL && traced != NULL)
    nullcurve_window_toast (self->window, traced);
  say_problems (self, sweep);
  if (self->window != NULL)
    advance (self);
  g_object_unref (self);
}

/* A sweep begins */

/* Nothing is missing but the file's end. */
static void
finish_file (NullcurveSession *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  moe_journal_close (moe_journal_reopen (path, NULL), "complete");
  nullcurve_file_desk_open (nullcurve_window_get_files (self->window), &file, 1);
  nullcurve_window_toast (self->window, _ ("The run lacks nothing: every point has its samples"));
}

/* Say why the sweep whose turn it is cannot be measured; the others that wait are not to blame. */
static void
drop_job (NullcurveSession *self, const char *problem)
{
  if (problem != NULL)
    nullcurve_window_toast (self->window, problem);
  if (self->job == NULL)
    return;
  g_clear_object (&self->job);
  advance (self);
}

static void
begin_sweep (NullcurveSession *self, const MoeAccelerator *const *machines)
{
  NullcurveJobItem *first = self->job != NULL ? nullcurve_job_item_get_first (self->job) : NULL;
  MoeSweep *sweep = self->sweep;
  gsize last = sweep->n_sides - 1;
  g_autofree char *problem = NULL;
  g_autofree char *no_trace = NULL;
  g_autofree char *name =
      self->job != NULL
          ? g_strdup (nullcurve_job_item_get_name (self->job))
          : nullcurve_setup_panel_dup_shape_name (nullcurve_window_get_setup (self->window));
  const char *names[MOE_MAX_SETUPS] = { name, name };
  if (first != NULL)
    names[0] = nullcurve_job_item_get_name (first);
  nullcurve_job_sweep_open (
      sweep, machines, names, G_LIST_MODEL (nullcurve_window_get_runs (self->window)),
      self->job != NULL ? nullcurve_job_item_get_path (self->job) : NULL, &problem);
  if (problem != NULL)
    nullcurve_window_toast (self->window, problem);
  self->running = TRUE;
  nullcurve_window_begin_run (self->window, last > 0 ? sweep->sides[0].run : NULL,
                              sweep->sides[last].run, moe_sweep_get_plan (sweep, last),
                              moe_sweep_get_calibration (sweep, last));
  begin_watch (self);
  if (nullcurve_setup_panel_get_trace (nullcurve_window_get_setup (self->window)))
    self->trace = nullcurve_job_sweep_new_trace (sweep, &no_trace);
  if (no_trace != NULL)
    nullcurve_window_toast (self->window, no_trace);
  moe_worker_run (self->worker, sweep, self->trace);
}

/* The machine is known for the options of the sweep. */
static void
begin_run (NullcurveSession *self)
{
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (self->window);
  MoeOptions options[MOE_MAX_SETUPS];
  const MoeAccelerator *machines[MOE_MAX_SETUPS];
  g_autofree char *problem = NULL;
  if (self->running || (self->job == NULL && nullcurve_setup_panel_get_problem (panel) != NULL))
    return;
  gsize n = wanted_options (self, options);
  MoeRun *before = self->job != NULL ? nullcurve_job_item_get_before (self->job) : NULL;
  for (gsize s = 0; s < n; s++)
    machines[s] = find_machine (self, &options[s]);
  MoeSweep *sweep = nullcurve_job_sweep_new (options, machines, n, before, &problem);
  if (sweep == NULL)
    {
      drop_job (self, problem);
      return;
    }
  g_clear_pointer (&self->sweep, moe_sweep_unref);
  self->sweep = sweep;
  if (moe_sweep_total (sweep).points > 0)
    begin_sweep (self, machines);
  else
    {
      finish_file (self, nullcurve_job_item_get_path (self->job));
      drop_job (self, NULL);
    }
}

/* A sweep at another place */

static void
there_ended_cb (GObject *owner, NullcurveThereSweep *sweep)
{
  NullcurveSession *self = NULLCURVE_SESSION (owner);
  if (sweep == self->there)
    {
      self->there = NULL;
      self->running = FALSE;
      g_clear_object (&self->job);
    }
  else
    g_ptr_array_remove (self->sides, sweep);
  if (self->window != NULL)
    advance (self);
}

static void
begin_there (NullcurveSession *self)
{
  NullcurvePlace *place = wanted_place (self);
  g_autofree char *problem = NULL;
  self->run_wanted = FALSE;
  if (nullcurve_place_get_busy (place))
    problem = g_strdup_printf (_ ("%s measures already: add the setup to the queue."),
                               nullcurve_place_get_name (place));
  else
    self->there = nullcurve_there_sweep_new (self->window, self->job, FALSE, there_ended_cb,
                                             G_OBJECT (self), &problem);
  self->running = self->there != NULL;
  if (self->there == NULL)
    drop_job (self, problem);
}

/* While something is measured, what waits for another place need not. */
static void
begin_sides (NullcurveSession *self)
{
  NullcurveSweepQueue *queue = nullcurve_window_get_queue (self->window);
  NullcurveJobItem *job;
  while (self->running && (job = nullcurve_sweep_queue_take_beside (queue)) != NULL)
    {
      g_autofree char *problem = NULL;
      NullcurveThereSweep *side = nullcurve_there_sweep_new (
          self->window, job, TRUE, there_ended_cb, G_OBJECT (self), &problem);
      if (side != NULL)
        g_ptr_array_add (self->sides, side);
      else
        nullcurve_window_toast (self->window, problem);
      g_object_unref (job);
    }
}

static void
run_now (NullcurveSession *self)
{
  self->run_wanted = !self->running;
  advance (self);
}

static void
other_response_cb (NullcurveSession *self, const char *response)
{
  if (g_str_equal (response, "run") && self->window != NULL)
    run_now (self);
}

/* Two at a time take the processors from each other: whoever wants that says so. */
static void
run_requested_cb (NullcurveSession *self)
{
  g_autofree char *other = wanted_place (self) == NULL ? moe_measuring_find_other () : NULL;
  if (other == NULL)
    run_now (self);
  else
    g_signal_connect_object (nullcurve_window_ask_beside (self->window, other), "response",
                             G_CALLBACK (other_response_cb), self, G_CONNECT_SWAPPED);
}

static void
measure_requested_cb (NullcurveSession *self)
{
  if (wanted_place (self) != NULL)
    nullcurve_there_look_again (
        nullcurve_setup_panel_get_there (nullcurve_window_get_setup (self->window)));
  else
    self->again_wanted = !self->running;
  advance (self);
}

/* What a person asks for. */
static void
state_changed_cb (NullcurveSession *self, NullcurveSweepQueue *queue)
{
  NullcurveSweepState state = nullcurve_sweep_queue_get_state (queue);
  if (self->there != NULL)
    return; /* it follows by itself */
  if (state == NULLCURVE_SWEEP_STOPPING)
    moe_worker_cancel (self->worker);
  else if (state != NULLCURVE_SWEEP_NONE)
    moe_worker_pause (self->worker, state != NULLCURVE_SWEEP_GOING);
}

static void
paused_cb (gpointer data, gboolean paused)
{
  NullcurveSession *self = data;
  nullcurve_sweep_queue_set_paused (nullcurve_window_get_queue (self->window), paused);
}

/* What was measured at another place goes on there: at one that a person has saved, since a file
 * is no reason to start anything anywhere.  FALSE and *error when there is none. */
static gboolean
find_origin (NullcurveSession *self, NullcurveJobItem *job, GError **error)
{
  const char *origin = moe_run_get_fact (nullcurve_job_item_get_before (job), "place");
  NullcurvePlaces *places = nullcurve_window_get_places (self->window);
  NullcurvePlace *place = origin != NULL ? nullcurve_places_find_origin (places, origin) : NULL;
  nullcurve_job_item_set_place (job, place);
  if (origin == NULL || place != NULL)
    return TRUE;
  g_set_error (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_INVALID,
               _ ("This run was measured at %s, which is none of the places: add it under Where, "
                  "and the run can go on there."),
               origin);
  return FALSE;
}

/* --- rests of runs that waited when the program ended --- */

typedef struct Rest
{
  NullcurveSession *session;
  NullcurveJobItem *job; /* as it was kept */
} Rest;

static void
rest_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Rest *rest = data;
  NullcurveWindow *window = rest->session->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (NullcurveJobItem) job = nullcurve_resume_job_read_finish (result, &error);
  guint place;
  if (window != NULL
      && nullcurve_sweep_queue_find (nullcurve_window_get_queue (window), rest->job, &place))
    {
      if (job != NULL && find_origin (rest->session, job, &error))
        nullcurve_sweep_queue_replace (nullcurve_window_get_queue (window), rest->job, job);
      else
        {
          nullcurve_window_toast (window, error->message);
          nullcurve_sweep_queue_remove (nullcurve_window_get_queue (window), rest->job);
        }
    }
  g_object_unref (rest->session);
  g_object_unref (rest->job);
  g_free (rest);
}

static void
read_rest (NullcurveSession *self, NullcurveJobItem *job)
{
  Rest *rest = g_new (Rest, 1);
  rest->session = g_object_ref (self);
  rest->job = g_object_ref (job);
  nullcurve_resume_job_read_async (nullcurve_job_item_get_path (job), rest_read_cb, rest);
}

/* What is found when the session begins, and what comes later. */
static void
items_changed_cb (NullcurveSession *self, guint position, guint removed, guint added)
{
  if (self->window == NULL)
    return;
  GListModel *queue = G_LIST_MODEL (nullcurve_window_get_queue (self->window));
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (NullcurveJobItem) job = g_list_model_get_item (queue, i);
      if (nullcurve_job_item_is_unread (job))
        read_rest (self, job);
    }
}

/* --- */

static void
resume_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NullcurveSession) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (NullcurveJobItem) job = nullcurve_resume_job_read_finish (result, &error);
  if (self->window == NULL)
    return;
  if (job != NULL && find_origin (self, job, &error))
    nullcurve_sweep_queue_prepend (nullcurve_window_get_queue (self->window), job);
  else
    nullcurve_window_toast (self->window, error->message);
}

static void
resume_requested_cb (NullcurveSession *self, const char *path)
{
  nullcurve_resume_job_read_async (path, resume_read_cb, g_object_ref (self));
}

static void
end_there (NullcurveSession *self)
{
  g_clear_pointer (&self->there, nullcurve_there_sweep_free);
  for (guint i = 0; i < self->sides->len; i++)
    nullcurve_there_sweep_free (g_ptr_array_index (self->sides, i));
  g_ptr_array_set_size (self->sides, 0);
}

static void
window_destroyed_cb (NullcurveSession *self)
{
  self->window = NULL;
  end_there (self);
  moe_worker_shutdown (self->worker);
}

gboolean
nullcurve_session_get_busy (NullcurveSession *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SESSION (self), FALSE);
  return self->there != NULL || self->sides->len > 0 || moe_worker_get_busy (self->worker);
}

static void
nullcurve_session_dispose (GObject *object)
{
  NullcurveSession *self = NULLCURVE_SESSION (object);
  end_there (self);
  if (self->worker != NULL)
    moe_worker_shutdown (self->worker);
  g_clear_object (&self->worker);
  if (self->machine_watch != NULL)
    end_watch (self, NULL, 0);
  g_clear_object (&self->machine_watch);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  G_OBJECT_CLASS (nullcurve_session_parent_class)->dispose (object);
}

static void
nullcurve_session_finalize (GObject *object)
{
  NullcurveSession *self = NULLCURVE_SESSION (object);
  g_clear_pointer (&self->sweep, moe_sweep_unref);
  g_clear_object (&self->job);
  for (gsize i = 0; i < self->n_machines; i++)
    moe_accelerator_clear (&self->machines[i]);
  g_clear_pointer (&self->trace, moe_trace_file_free);
  g_ptr_array_unref (self->sides);
  G_OBJECT_CLASS (nullcurve_session_parent_class)->finalize (object);
}

static void
nullcurve_session_class_init (NullcurveSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = nullcurve_session_finalize;
}

static void
nullcurve_session_init (NullcurveSession *self)
{
  self->sides = g_ptr_array_new ();
}

NullcurveSession *
nullcurve_session_new (NullcurveWindow *window)
{
  NullcurveSession *self = g_object_new (NULLCURVE_TYPE_SESSION, NULL);
  NullcurveSweepQueue *queue = nullcurve_window_get_queue (window);
  MoeWorkerCallbacks callbacks = { .data = self,
                                   .looked = looked_cb,
                                   .measuring = measuring_cb,
                                   .found_out = found_out_cb,
                                   .news = news_cb,
                                   .told = told_cb,
                                   .paused = paused_cb,
                                   .finished = finished_cb };
  self->window = window;
  self->worker = moe_worker_new (&callbacks);
  self->machine_watch = nullcurve_machine_watch_new ("");
  g_signal_connect_object (self->machine_watch, "changed", G_CALLBACK (watch_changed_cb), self,
                           G_CONNECT_SWAPPED);
  nullcurve_machine_watch_set_window (self->machine_watch, GTK_WINDOW (window));
  g_object_set_data_full (G_OBJECT (window), "nullcurve-session", g_object_ref (self),
                          g_object_unref);
  g_signal_connect_object (window, "run-requested", G_CALLBACK (run_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (nullcurve_window_get_files (window), "resume-requested",
                           G_CALLBACK (resume_requested_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "measure-requested", G_CALLBACK (measure_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "state-changed", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "changed", G_CALLBACK (advance), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  items_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (queue)));
  g_signal_connect_object (nullcurve_window_get_setup (window), "changed", G_CALLBACK (advance),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "destroy", G_CALLBACK (window_destroyed_cb), self,
                           G_CONNECT_SWAPPED);
  advance (self);
  return self;
}

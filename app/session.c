/* SPDX-License-Identifier: Apache-2.0 */
#include "app/session-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/device-watch.h"
#include "engine/records/bound.h"
#include "engine/records/environment.h"
#include "engine/records/formats.h"
#include "ui/library.h"
#include "ui/text.h"
#include "ui/words/advice.h"

G_DEFINE_FINAL_TYPE (NullcurveSession, nullcurve_session, G_TYPE_OBJECT)

/* What is known about the machine follows the setup. */

static void begin_run (NullcurveSession *self);

static gboolean
is_known (NullcurveSession *self, const MoeOptions *options)
{
  return self->known && nullcurve_machine_fits (&self->machine, options);
}

/* What a job under way is for, in the words of what it finds out. */
static gboolean
is_asked (NullcurveSession *self, const MoeOptions *options)
{
  NullcurveMachine asked;
  nullcurve_machine_init (&asked, &self->asked);
  gboolean same = nullcurve_machine_fits (&asked, options);
  nullcurve_machine_clear (&asked);
  return same;
}

/* Of the sweep whose turn it is, else what is set up. */
static void
wanted_options (NullcurveSession *self, MoeOptions *options)
{
  if (self->job != NULL)
    *options = *nullcurve_job_item_get_options (self->job);
  else
    nullcurve_setup_panel_get_options (nullcurve_window_get_setup (self->window), options);
}

/* Do what is due next, as far as the worker is free. */
static void
do_next (NullcurveSession *self)
{
  MoeOptions options;
  if (self->job == NULL && !self->running && !self->run_wanted)
    self->job = nullcurve_window_take_job (self->window);
  wanted_options (self, &options);
  gboolean known = is_known (self, &options) && !self->again_wanted;
  if (nullcurve_worker_get_busy (self->worker))
    {
      /* What nobody wants any more need not be measured to its end. */
      if (!self->running && !self->again && !is_asked (self, &options))
        nullcurve_worker_cancel (self->worker);
      return;
    }
  if (!known && nullcurve_worker_find_out (self->worker, &options, self->again_wanted))
    {
      self->asked = options;
      self->again = self->again_wanted;
      self->again_wanted = FALSE;
    }
  else if (known && (self->run_wanted || self->job != NULL))
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
}

static void
looked_cb (gpointer data, NullcurveBackends *backends)
{
  NullcurveSession *self = data;
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (self->window), backends);
}

static void
measuring_cb (gpointer data, const MoeBackend *backend, gsize step, gsize n_steps)
{
  NullcurveSession *self = data;
  const char *dtype = moe_name_of (&moe_dtype_names, (int)self->asked.dtype);
  g_autofree char *what = g_strdup_printf (
      self->run_wanted ? _ ("Measuring this machine before the run: %s %s, %zu of %zu")
                       : _ ("Measuring this machine: %s %s, %zu of %zu"),
      backend->title, dtype, step, n_steps);
  nullcurve_window_show_measuring (self->window, what, (double)(step - 1) / (double)n_steps);
}

/* Whoever asked for it sees the figures, or why there are none. */
static void
say_what_was_measured (NullcurveSession *self)
{
  g_autofree char *figures = nullcurve_machine_describe (&self->machine);
  nullcurve_window_toast (self->window, figures != NULL ? figures : self->machine.failure);
}

static void
found_out_cb (gpointer data, const NullcurveMachine *machine)
{
  NullcurveSession *self = data;
  nullcurve_window_show_measuring (self->window, NULL, 0);
  if (machine != NULL)
    {
      nullcurve_machine_clear (&self->machine);
      nullcurve_machine_copy (&self->machine, machine);
      self->known = TRUE;
      nullcurve_setup_panel_set_machine (nullcurve_window_get_setup (self->window), &self->machine);
      if (self->again)
        say_what_was_measured (self);
    }
  self->again = FALSE;
  advance (self);
}

/* The run as the window shows it while it grows */

static void
append_expected_point (NullcurveSession *self, const MoePoint *point)
{
  MoeRecord record;
  /* Not sampled yet: what the routing will tell is missing. */
  MoePointFacts unknown = { .point = point->index,
                            .null_assignments = SIZE_MAX,
                            .real_assignments = SIZE_MAX,
                            .null_realized = NAN };
  moe_record_from_point (&record, point, &unknown, self->backend->name);
  moe_run_append (self->run, &record);
}

static void
take_facts (NullcurveSession *self, const MoePointFacts *facts)
{
  MoeRecord record;
  const MoeRecord *old = moe_run_get_record (self->run, facts->point);
  if (old->n_samples > 0)
    return;
  moe_record_from_point (&record, &self->plan.points[facts->point], facts, self->backend->name);
  record.max_relative_error = old->max_relative_error;
  moe_run_replace (self->run, facts->point, &record);
}

static void
take_sample (NullcurveSession *self, const MoeSample *sample)
{
  if (isnan (moe_run_get_record (self->run, sample->point)->loss))
    {
      MoeRecord record = *moe_run_get_record (self->run, sample->point);
      record.loss = sample->loss;
      record.steps = (gint64)sample->steps;
      moe_run_replace (self->run, sample->point, &record);
    }
  moe_run_add_sample (self->run, sample->point, sample->time_s, &sample->stages, &sample->taken);
}

static void
take_verification (NullcurveSession *self, const MoeVerification *verification)
{
  moe_run_set_check (self->run, verification->point, NAN, verification->max_relative_error);
  self->disagreed |= !verification->passed;
}

static void
news_cb (gpointer data,
         const NullcurveWorkerEvent *events,
         gsize n_events,
         const MoeProgress *progress)
{
  NullcurveSession *self = data;
  MoeProgress overall = *progress;
  for (gsize i = 0; i < n_events; i++)
    {
      NullcurveWorkerEvent event = events[i];
      nullcurve_session_map_event (self, &event);
      if (event.kind == NULLCURVE_WORKER_POINT)
        take_facts (self, &event.facts);
      else if (event.kind == NULLCURVE_WORKER_SAMPLE)
        take_sample (self, &event.sample);
      else
        take_verification (self, &event.verification);
    }
  nullcurve_session_map_progress (self, &overall);
  nullcurve_window_update_run (self->window, &overall, n_events > 0);
}

/* A copy without the points that were never measured. */
static MoeRun *
measured_part (const MoeRun *run)
{
  MoeRun *part = moe_run_new (MOE_RUN_FORMAT_MEASURED, moe_run_get_title (run));
  moe_run_set_source (part, moe_run_get_source (run));
  for (gsize i = 0; i < moe_run_get_n_facts (run); i++)
    moe_run_set_fact (part, moe_run_get_fact_key (run, i), moe_run_get_fact_value (run, i));
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    if (moe_run_get_record (run, i)->n_samples > 0)
      moe_run_append (part, moe_run_get_record (run, i));
  return part;
}

/* The sensors of the device */

static void
watch_changed_cb (NullcurveSession *self)
{
  if (self->window != NULL)
    nullcurve_window_show_device (self->window, nullcurve_device_watch_get_text (self->watch));
}

static void
begin_watch (NullcurveSession *self)
{
  MoeDevice device;
  if (self->backend->device == NULL
      || self->backend->device (self->plan.device, &device, NULL) != MOE_OK)
    return;
  self->watch = nullcurve_device_watch_new (&device, NULL);
  g_signal_connect_object (self->watch, "changed", G_CALLBACK (watch_changed_cb), self,
                           G_CONNECT_SWAPPED);
  watch_changed_cb (self);
}

/* What was seen stands in the run (may be NULL) from now on. */
static void
end_watch (NullcurveSession *self, MoeRun *run)
{
  if (self->watch == NULL)
    return;
  nullcurve_device_watch_stop (self->watch);
  if (run != NULL)
    nullcurve_device_watch_describe (self->watch, run);
  g_clear_object (&self->watch);
  if (self->window != NULL)
    nullcurve_window_show_device (self->window, NULL);
}

/* The trace gets its name; the person is told it, or what went wrong. */
static void
finish_trace (NullcurveSession *self, const MoeRun *run)
{
  g_autofree char *path = NULL;
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;
  if (self->trace == NULL)
    return;
  if (moe_run_get_n_records (run) > 0 && nullcurve_trace_finish (self->trace, run, &path, &error))
    {
      g_autofree char *shown = g_filename_display_name (path);
      message = g_strdup_printf (_ ("The trace is in %s"), shown);
    }
  g_clear_pointer (&self->trace, nullcurve_trace_free);
  if (self->window != NULL && (message != NULL || error != NULL))
    nullcurve_window_toast (self->window, message != NULL ? message : error->message);
}

/* What disturbed the run and what is to be said about it, in the run and in its file. */
static void
keep_advice (NullcurveSession *self, MoeRun *run, const MoeNoise *noise)
{
  MoeAdvice advice;
  moe_run_advise (run, noise, &advice);
  g_auto (GStrv) sentences = nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_OPTIONS);
  moe_run_set_noise (run, noise);
  moe_run_set_warnings (run, (const char *const *)sentences, g_strv_length (sentences));
  MoeJournal *journal =
      self->journal_path != NULL ? moe_journal_reopen (self->journal_path, NULL, 0, NULL) : NULL;
  if (journal != NULL)
    moe_journal_add_noise (journal, run, NULL);
  moe_journal_close (journal, NULL);
}

/* Of this machine only what this run has measured, and rightly. */
static void
raise_limits (const NullcurveSession *self, MoeRun *part)
{
  MoeLimits limits;
  if (!self->disagreed && moe_run_raise_limits (part, &limits) && self->origin == NULL)
    moe_machine_raise (self->backend, self->plan.device, self->plan.threads,
                       self->plan.options.dtype, &limits);
}

static void
finished_cb (gpointer data,
             MoeStatus status,
             const MoeError *error,
             const char *journal_problem,
             const MoeNoise *noise)
{
  NullcurveSession *self = data;
  g_autoptr (MoeRun) part = measured_part (self->run);
  gboolean ended_early = status != MOE_OK && status != MOE_ERROR_CANCELLED;
  end_watch (self, part);
  raise_limits (self, part);
  if (noise != NULL && moe_run_get_n_records (part) > 0)
    keep_advice (self, part, noise);
  if (self->disagreed)
    moe_run_set_fact (part, "warning", "a point disagrees with the reference");
  g_clear_pointer (&self->run, moe_run_unref);
  g_clear_object (&self->job);
  moe_plan_clear (&self->plan);
  nullcurve_session_forget_resumed (self);
  self->running = FALSE;

  /* The window may close on this, and take the session with it. */
  g_object_ref (self);
  nullcurve_window_end_run (self->window, part, ended_early ? error->message : NULL);
  finish_trace (self, part);
  if (self->window != NULL && journal_problem != NULL)
    {
      g_autofree char *message =
          g_strdup_printf (_ ("The run file is incomplete: %s"), journal_problem);
      nullcurve_window_toast (self->window, message);
    }
  if (self->window != NULL && self->disagreed)
    nullcurve_window_toast (self->window, _ ("A point disagrees with the reference: its figures "
                                             "are not to be trusted"));
  if (self->window != NULL)
    advance (self);
  g_object_unref (self);
}

/* The run file */

char *
nullcurve_session_dup_runs_dir (void)
{
  return nullcurve_library_dup_dir ();
}

static char *
file_name_part (const char *text)
{
  char *name = g_ascii_strdown (text, -1);
  for (char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '.')
      *p = '-';
  return name;
}

static MoeJournal *
create_journal (NullcurveSession *self, const char *shape_name, GDateTime *now)
{
  g_autofree char *dir = nullcurve_session_dup_runs_dir ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%d-%H%M%S");
  g_autofree char *part = file_name_part (shape_name);
  g_autoptr (GError) error = NULL;
  MoeJournal *journal = NULL;
  g_mkdir_with_parents (dir, 0755);
  for (guint attempt = 0; journal == NULL && attempt < 10; attempt++)
    {
      g_autofree char *number = attempt > 0 ? g_strdup_printf ("-%u", attempt + 1) : g_strdup ("");
      g_autofree char *name = g_strdup_printf ("%s-%s%s.journal", stamp, part, number);
      g_free (self->journal_path);
      self->journal_path = g_build_filename (dir, name, NULL);
      g_clear_error (&error);
      journal = moe_journal_create (self->journal_path, self->run, &error);
    }
  if (journal != NULL)
    return journal;
  g_clear_pointer (&self->journal_path, g_free);
  g_autofree char *message =
      g_strdup_printf (_ ("This run is not kept in a file: %s"), error->message);
  nullcurve_window_toast (self->window, message);
  return NULL;
}

static gboolean
is_title_taken (NullcurveSession *self, const char *title)
{
  GListModel *runs = nullcurve_window_get_runs (self->window);
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (runs, i);
      if (strcmp (moe_run_get_title (nullcurve_run_item_get_run (item)), title) == 0)
        return TRUE;
    }
  return FALSE;
}

/* "Quick, top-2, 4, 8, bfloat16, carry · 17:42"; with seconds where the minute has a run of that
 * name already. */
static char *
title_for (NullcurveSession *self,
           const char *shape_name,
           const MoeOptions *options,
           GDateTime *now)
{
  g_autofree char *topk = nullcurve_text_topk (options);
  const char *dtype = options->dtype == MOE_DTYPE_BFLOAT16 ? ", bfloat16" : "";
  gboolean is_carry = options->null_dispatch == MOE_NULL_DISPATCH_CARRY;
  const char *carry =
      is_carry && !g_str_has_suffix (shape_name, _ (", carry")) ? _ (", carry") : "";
  g_autofree char *minute = g_date_time_format (now, "%H:%M");
  g_autofree char *title =
      g_strdup_printf ("%s, %s%s%s · %s", shape_name, topk, dtype, carry, minute);
  if (!is_title_taken (self, title))
    return g_steal_pointer (&title);
  g_autofree char *second = g_date_time_format (now, "%H:%M:%S");
  return g_strdup_printf ("%s, %s%s%s · %s", shape_name, topk, dtype, carry, second);
}

static const MoeCalibration *
calibration_of (const NullcurveMachine *machine)
{
  return machine->measured ? &machine->limits.calibration : NULL;
}

/* Beside the run files.  A run is worth measuring without its trace too. */
static NullcurveTrace *
create_trace (NullcurveSession *self)
{
  g_autofree char *dir = nullcurve_session_dup_runs_dir ();
  g_autoptr (GError) error = NULL;
  if (!nullcurve_setup_panel_get_trace (nullcurve_window_get_setup (self->window)))
    return NULL;
  if (self->backend->trace == NULL)
    {
      g_autofree char *message = g_strdup_printf (
          _ ("There is no trace: %s cannot tell what its threads do"), self->backend->title);
      nullcurve_window_toast (self->window, message);
      return NULL;
    }
  NullcurveTrace *trace = nullcurve_trace_new (dir, &error);
  if (trace == NULL)
    nullcurve_window_toast (self->window, error->message);
  return trace;
}

static void
start_worker (NullcurveSession *self, MoeJournal *journal)
{
  const MoePlan *plan = self->origin != NULL ? &self->todo : &self->plan;
  self->trace = create_trace (self);
  if (nullcurve_worker_run (self->worker, plan, self->backend, calibration_of (&self->machine),
                            journal, self->trace))
    return;
  moe_journal_close (journal, "stopped");
  MoeError error = { .message = "There is no memory left to begin." };
  finished_cb (self, MOE_ERROR_MEMORY, &error, NULL, NULL);
}

/* An empty run that tells all about itself: its limits travel with its files. */
static MoeRun *
new_run (NullcurveSession *self, const char *title)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  moe_environment_describe (run, &self->plan, self->backend, NULL);
  if (self->machine.why != NULL)
    moe_run_set_fact (run, "accelerator chosen", self->machine.why);
  if (self->machine.measured)
    moe_run_set_limits (run, &self->machine.limits);
  return run;
}

/* A sweep of the queue was fit when it was put there, which may be long ago. */
static MoeStatus
check_fit (NullcurveSession *self, MoeError *error)
{
  MoeForecast forecast;
  MoeStatus status =
      moe_forecast (&self->plan, self->backend, NULL, moe_available_memory (), &forecast, error);
  return status == MOE_OK ? moe_forecast_require_fit (&self->plan, self->backend, &forecast, error)
                          : status;
}

/* Make the plan of what is wanted; FALSE, with a word to the person, when it cannot be. */
static gboolean
make_plan (NullcurveSession *self, const MoeOptions *options)
{
  MoeError error = { 0 };
  self->backend = self->machine.backend;
  if (self->backend == NULL)
    return FALSE;
  if (moe_plan_new (options, &self->plan, &error) == MOE_OK && check_fit (self, &error) == MOE_OK)
    return TRUE;
  moe_plan_clear (&self->plan);
  nullcurve_window_toast (self->window, error.message);
  return FALSE;
}

/* An empty run and its file, or what there is of an earlier one. */
static MoeJournal *
open_run (NullcurveSession *self, const MoeOptions *options)
{
  if (self->origin != NULL)
    {
      self->run = nullcurve_session_new_resumed_run (self);
      return nullcurve_session_reopen_journal (self);
    }
  NullcurveSetupPanel *setup = nullcurve_window_get_setup (self->window);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *shape_name = self->job != NULL
                                    ? g_strdup (nullcurve_job_item_get_name (self->job))
                                    : nullcurve_setup_panel_dup_shape_name (setup);
  g_autofree char *title = title_for (self, shape_name, options, now);
  self->run = new_run (self, title);
  MoeJournal *journal = create_journal (self, shape_name, now);
  for (gsize i = 0; i < self->plan.n_points; i++)
    append_expected_point (self, &self->plan.points[i]);
  return journal;
}

/* FALSE when it cannot be measured; the others that wait are not to blame. */
static gboolean
prepare (NullcurveSession *self, const MoeOptions *options)
{
  gboolean good = make_plan (self, options);
  if (good && self->job != NULL && nullcurve_job_item_get_before (self->job) != NULL)
    good = nullcurve_session_narrow (self);
  if (good)
    return TRUE;
  moe_plan_clear (&self->plan);
  if (self->job != NULL)
    {
      g_clear_object (&self->job);
      advance (self);
    }
  return FALSE;
}

/* The machine is known for the options of the sweep. */
static void
begin_run (NullcurveSession *self)
{
  NullcurveSetupPanel *setup = nullcurve_window_get_setup (self->window);
  MoeOptions options;
  wanted_options (self, &options);
  if (self->running || (self->job == NULL && nullcurve_setup_panel_get_problem (setup) != NULL)
      || !prepare (self, &options))
    return;
  MoeJournal *journal = open_run (self, &options);
  moe_run_set_source (self->run, self->journal_path);
  self->running = TRUE;
  self->disagreed = FALSE;
  nullcurve_window_begin_run (self->window, self->run, &self->plan,
                              calibration_of (&self->machine));
  begin_watch (self);
  start_worker (self, journal);
}

static void
run_requested_cb (NullcurveSession *self)
{
  self->run_wanted = !self->running;
  advance (self);
}

static void
measure_requested_cb (NullcurveSession *self)
{
  self->again_wanted = !self->running;
  advance (self);
}

static void
stop_requested_cb (NullcurveSession *self)
{
  nullcurve_worker_cancel (self->worker);
}

static void
pause_requested_cb (NullcurveSession *self, gboolean pause)
{
  nullcurve_worker_pause (self->worker, pause);
}

static void
held_cb (gpointer data, gboolean held)
{
  NullcurveSession *self = data;
  nullcurve_window_show_held (self->window, held);
}

static void
resume_requested_cb (NullcurveSession *self, const char *path)
{
  nullcurve_session_resume (self, path);
}

static void
window_destroyed_cb (NullcurveSession *self)
{
  self->window = NULL;
  nullcurve_worker_shutdown (self->worker);
}

const char *
nullcurve_session_get_journal_path (NullcurveSession *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SESSION (self), NULL);
  return self->journal_path;
}

gboolean
nullcurve_session_get_busy (NullcurveSession *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SESSION (self), FALSE);
  return nullcurve_worker_get_busy (self->worker);
}

static void
nullcurve_session_dispose (GObject *object)
{
  NullcurveSession *self = NULLCURVE_SESSION (object);
  if (self->worker != NULL)
    nullcurve_worker_shutdown (self->worker);
  g_clear_object (&self->worker);
  end_watch (self, NULL);
  G_OBJECT_CLASS (nullcurve_session_parent_class)->dispose (object);
}

static void
nullcurve_session_finalize (GObject *object)
{
  NullcurveSession *self = NULLCURVE_SESSION (object);
  g_clear_pointer (&self->run, moe_run_unref);
  g_clear_object (&self->job);
  moe_plan_clear (&self->plan);
  nullcurve_session_forget_resumed (self);
  nullcurve_machine_clear (&self->machine);
  g_clear_pointer (&self->trace, nullcurve_trace_free);
  g_free (self->journal_path);
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
}

NullcurveSession *
nullcurve_session_new (NullcurveWindow *window)
{
  NullcurveSession *self = g_object_new (NULLCURVE_TYPE_SESSION, NULL);
  NullcurveWorkerCallbacks callbacks = { .data = self,
                                         .looked = looked_cb,
                                         .measuring = measuring_cb,
                                         .found_out = found_out_cb,
                                         .news = news_cb,
                                         .held = held_cb,
                                         .finished = finished_cb };
  self->window = window;
  self->worker = nullcurve_worker_new (&callbacks);
  g_object_set_data_full (G_OBJECT (window), "nullcurve-session", g_object_ref (self),
                          g_object_unref);
  g_signal_connect_object (window, "run-requested", G_CALLBACK (run_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "stop-requested", G_CALLBACK (stop_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "pause-requested", G_CALLBACK (pause_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "resume-requested", G_CALLBACK (resume_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "measure-requested", G_CALLBACK (measure_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "queue-changed", G_CALLBACK (advance), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "setup-changed", G_CALLBACK (advance), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "destroy", G_CALLBACK (window_destroyed_cb), self,
                           G_CONNECT_SWAPPED);
  advance (self);
  return self;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "app/session-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/device-watch.h"
#include "engine/host/environment.h"
#include "engine/host/machine-file.h"
#include "engine/judge/starts.h"
#include "engine/records/bound.h"
#include "engine/records/run-noise.h"
#include "engine/sweep/library.h"
#include "engine/sweep/quantities.h"
#include "ui/words/advice.h"

/* What starts differ by, as engine/judge/starts.h keeps it in a run. */
#define STARTS_FACT "starts differ by"

G_DEFINE_FINAL_TYPE (NullcurveSession, nullcurve_session, G_TYPE_OBJECT)

/* What is known about the machine follows the setup. */

static void begin_run (NullcurveSession *self);

static const MoeAccelerator *
find_machine (NullcurveSession *self, const MoeOptions *options)
{
  for (gsize i = 0; i < self->n_machines; i++)
    if (moe_accelerator_fits (&self->machines[i], options))
      return &self->machines[i];
  return NULL;
}

/* What a job under way is for, in the words of what it finds out. */
static gboolean
is_asked (NullcurveSession *self, const MoeOptions *options)
{
  MoeAccelerator asked;
  moe_accelerator_init (&asked, &self->asked);
  gboolean same = moe_accelerator_fits (&asked, options);
  moe_accelerator_clear (&asked);
  return same;
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
  gsize n = wanted_options (self, options);
  const MoeOptions *unknown = find_unknown (self, options, n);
  if (moe_worker_get_busy (self->worker))
    {
      /* What nobody wants any more need not be measured to its end. */
      if (!self->running && !self->again
          && !is_asked (self, unknown != NULL ? unknown : &options[n - 1]))
        moe_worker_cancel (self->worker);
      return;
    }
  if (unknown != NULL && moe_worker_find_out (self->worker, unknown, self->again_wanted))
    {
      self->asked = *unknown;
      self->again = self->again_wanted;
      self->again_wanted = FALSE;
    }
  else if (unknown == NULL && (self->run_wanted || self->job != NULL))
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
looked_cb (gpointer data, MoeAccelerators *backends)
{
  NullcurveSession *self = data;
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (self->window), backends);
}

static void
measuring_cb (gpointer data, const MoeBackend *backend, gsize step, gsize n_steps)
{
  NullcurveSession *self = data;
  const char *dtype = moe_choice_name (MOE_CHOICE_DTYPE, self->asked.choice[MOE_CHOICE_DTYPE]);
  g_autofree char *what = g_strdup_printf (
      self->run_wanted ? _ ("Measuring this machine before the run: %s %s, %zu of %zu")
                       : _ ("Measuring this machine: %s %s, %zu of %zu"),
      backend->title, dtype, step, n_steps);
  nullcurve_window_show_measuring (self->window, what, (double)(step - 1) / (double)n_steps);
}

/* Whoever asked for it sees the figures, or why there are none. */
static void
say_what_was_measured (NullcurveSession *self, const MoeAccelerator *machine)
{
  g_autofree char *figures = moe_accelerator_describe (machine);
  nullcurve_window_toast (self->window, figures != NULL ? figures : machine->failure);
}

/* What was known before the last is forgotten. */
static void
keep_machine (NullcurveSession *self, const MoeAccelerator *machine)
{
  if (self->n_machines == MOE_MAX_SETUPS)
    moe_accelerator_clear (&self->machines[--self->n_machines]);
  memmove (self->machines + 1, self->machines, self->n_machines * sizeof self->machines[0]);
  moe_accelerator_copy (&self->machines[0], machine);
  self->n_machines++;
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
      if (self->again)
        say_what_was_measured (self, machine);
    }
  self->again = FALSE;
  advance (self);
}

/* The run as the window shows it while it grows */

static void
append_expected_point (NullcurveMeasured *setup, const MoePoint *point)
{
  MoeRecord record;
  /* Not sampled yet: what the routing will tell is missing. */
  MoePointFacts unknown = { .point = point->index,
                            .null_assignments = SIZE_MAX,
                            .real_assignments = SIZE_MAX,
                            .null_realized = NAN };
  moe_record_from_point (&record, point, &unknown, setup->backend->name);
  moe_run_append (setup->run, &record);
}

static void
take_facts (NullcurveMeasured *setup, const MoePointFacts *facts)
{
  MoeRecord record;
  const MoeRecord *old = moe_run_get_record (setup->run, facts->point);
  if (old->n_samples > 0)
    return;
  moe_record_from_point (&record, &setup->plan.points[facts->point], facts, setup->backend->name);
  record.max_relative_error = old->max_relative_error;
  moe_run_replace (setup->run, facts->point, &record);
}

static void
take_sample (NullcurveMeasured *setup, const MoeSample *sample)
{
  if (isnan (moe_run_get_record (setup->run, sample->point)->loss))
    {
      MoeRecord record = *moe_run_get_record (setup->run, sample->point);
      record.loss = sample->loss;
      record.steps = (gint64)sample->steps;
      moe_run_replace (setup->run, sample->point, &record);
    }
  moe_run_add_sample (setup->run, sample->point, sample->time_s, &sample->stages, &sample->taken);
}

static void
take_verification (NullcurveMeasured *setup, const MoeVerification *verification)
{
  moe_run_set_check (setup->run, verification->point, NAN, verification->max_relative_error);
  setup->disagreed |= !verification->passed;
}

static void
news_cb (gpointer data, const MoeWorkerEvent *events, gsize n_events, const MoeProgress *progress)
{
  NullcurveSession *self = data;
  MoeProgress overall = *progress;
  for (gsize i = 0; i < n_events; i++)
    {
      MoeWorkerEvent event = events[i];
      nullcurve_session_map_event (self, &event);
      if (event.kind == MOE_WORKER_POINT)
        take_facts (&self->setups[event.facts.setup], &event.facts);
      else if (event.kind == MOE_WORKER_SAMPLE)
        take_sample (&self->setups[event.sample.setup], &event.sample);
      else
        take_verification (&self->setups[event.verification.setup], &event.verification);
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
  const NullcurveMeasured *setup = &self->setups[self->n_setups - 1];
  if (setup->backend->device == NULL
      || setup->backend->device (setup->plan.device, &device, NULL) != MOE_OK)
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
  if (self->watch == NULL)
    return;
  nullcurve_device_watch_stop (self->watch);
  for (gsize i = 0; i < n_runs; i++)
    nullcurve_device_watch_describe (self->watch, runs[i]);
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
  if (moe_run_get_n_records (run) > 0 && moe_trace_file_finish (self->trace, run, &path, &error))
    {
      g_autofree char *shown = g_filename_display_name (path);
      message = g_strdup_printf (_ ("The trace is in %s"), shown);
    }
  g_clear_pointer (&self->trace, moe_trace_file_free);
  if (self->window != NULL && (message != NULL || error != NULL))
    nullcurve_window_toast (self->window, message != NULL ? message : error->message);
}

/* What disturbed the run, what its starts show and what is to be said about it, in the run and in
 * its file. */
static void
keep_advice (const NullcurveMeasured *setup, MoeRun *run, const MoeNoise *noise)
{
  MoeAdvice advice;
  moe_run_advise (run, noise, &advice);
  g_auto (GStrv) sentences = nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_OPTIONS);
  moe_run_set_noise (run, noise);
  moe_run_set_warnings (run, (const char *const *)sentences, g_strv_length (sentences));
  MoeJournal *journal =
      setup->journal_path != NULL ? moe_journal_reopen (setup->journal_path, NULL, 0, NULL) : NULL;
  if (journal != NULL)
    {
      moe_journal_add_noise (journal, run, NULL);
      if (moe_run_get_fact (run, STARTS_FACT) != NULL)
        moe_journal_set_fact (journal, STARTS_FACT, moe_run_get_fact (run, STARTS_FACT), NULL);
    }
  moe_journal_close (journal, NULL);
}

/* Of this machine only what this run has measured, and rightly. */
static void
learn (const NullcurveSession *self, const NullcurveMeasured *setup, MoeRun *part)
{
  MoeLimits limits;
  const MoePlan *plan = &setup->plan;
  if (setup->disagreed)
    return;
  gboolean raised = moe_run_raise_limits (part, &limits);
  if (self->origin != NULL)
    return;
  if (raised)
    moe_machine_raise (setup->backend, plan->device, plan->threads,
                       plan->options.choice[MOE_CHOICE_DTYPE], &limits);
  moe_starts_learn (part, setup->backend, plan->threads, plan->options.choice[MOE_CHOICE_DTYPE]);
}

/* What was measured of a setup, with all that is to be said of it; owned by the caller. */
static MoeRun *
finish_setup (NullcurveSession *self, NullcurveMeasured *setup, const MoeNoise *noise)
{
  MoeRun *part = measured_part (setup->run);
  if (moe_run_get_n_records (part) > 0)
    learn (self, setup, part);
  if (noise != NULL && moe_run_get_n_records (part) > 0)
    keep_advice (setup, part, noise);
  if (setup->disagreed)
    moe_run_set_fact (part, "warning", "a point disagrees with the reference");
  g_clear_pointer (&setup->run, moe_run_unref);
  moe_plan_clear (&setup->plan);
  return part;
}

/* To be told once the window knows that the run is over. */
static void
say_problems (NullcurveSession *self, const char *journal_problem, gboolean disagreed)
{
  if (self->window != NULL && journal_problem != NULL)
    {
      g_autofree char *message =
          g_strdup_printf (_ ("The run file is incomplete: %s"), journal_problem);
      nullcurve_window_toast (self->window, message);
    }
  if (self->window != NULL && disagreed)
    nullcurve_window_toast (self->window, _ ("A point disagrees with the reference: its figures "
                                             "are not to be trusted"));
}

static void
finished_cb (gpointer data,
             MoeStatus status,
             const MoeError *error,
             const char *journal_problem,
             const MoeNoise *noise)
{
  NullcurveSession *self = data;
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  gboolean ended_early = status != MOE_OK && status != MOE_ERROR_CANCELLED;
  gboolean disagreed = FALSE;
  for (gsize s = 0; s < self->n_setups; s++)
    {
      disagreed |= self->setups[s].disagreed;
      g_ptr_array_add (parts, finish_setup (self, &self->setups[s], noise));
    }
  MoeRun *last = g_ptr_array_index (parts, parts->len - 1);
  end_watch (self, (MoeRun *const *)parts->pdata, parts->len);
  g_clear_object (&self->job);
  nullcurve_session_forget_resumed (self);
  self->running = FALSE;

  /* The window may close on this, and take the session with it. */
  g_object_ref (self);
  if (parts->len > 1)
    nullcurve_window_end_first (self->window, g_ptr_array_index (parts, 0));
  nullcurve_window_end_run (self->window, last, ended_early ? error->message : NULL);
  finish_trace (self, last);
  say_problems (self, journal_problem, disagreed);
  if (self->window != NULL)
    advance (self);
  g_object_unref (self);
}

/* The run file */

char *
nullcurve_session_dup_runs_dir (void)
{
  return moe_library_dup_dir ();
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
create_journal (NullcurveSession *self,
                NullcurveMeasured *setup,
                const char *shape_name,
                GDateTime *now)
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
      g_free (setup->journal_path);
      setup->journal_path = g_build_filename (dir, name, NULL);
      g_clear_error (&error);
      journal = moe_journal_create (setup->journal_path, setup->run, &error);
    }
  if (journal != NULL)
    return journal;
  g_clear_pointer (&setup->journal_path, g_free);
  g_autofree char *message =
      g_strdup_printf (_ ("This run is not kept in a file: %s"), error->message);
  nullcurve_window_toast (self->window, message);
  return NULL;
}

static gboolean
is_title_taken (NullcurveSession *self, const char *title)
{
  GListModel *runs = G_LIST_MODEL (nullcurve_window_get_runs (self->window));
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
  g_autofree char *topk = moe_text_topk (options);
  const char *dtype = options->choice[MOE_CHOICE_DTYPE] == MOE_DTYPE_BFLOAT16 ? ", bfloat16" : "";
  gboolean is_carry = moe_carries_nulls (options->choice);
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
calibration_of (const MoeAccelerator *machine)
{
  return machine->measured ? &machine->limits.calibration : NULL;
}

/* Beside the run files.  A run is worth measuring without its trace too. */
static MoeTraceFile *
create_trace (NullcurveSession *self)
{
  g_autofree char *dir = nullcurve_session_dup_runs_dir ();
  g_autoptr (GError) error = NULL;
  if (!nullcurve_setup_panel_get_trace (nullcurve_window_get_setup (self->window)))
    return NULL;
  for (gsize s = 0; s < self->n_setups; s++)
    {
      const MoeBackend *backend = self->setups[s].backend;
      if (backend->trace != NULL)
        continue;
      g_autofree char *message = g_strdup_printf (
          _ ("There is no trace: %s cannot tell what its threads do"), backend->title);
      nullcurve_window_toast (self->window, message);
      return NULL;
    }
  MoeTraceFile *trace = moe_trace_file_new (dir, &error);
  if (trace == NULL)
    nullcurve_window_toast (self->window, error->message);
  return trace;
}

static void
start_worker (NullcurveSession *self, MoeJournal *const *journals)
{
  MoeWorkerSetup setups[MOE_MAX_SETUPS];
  self->trace = create_trace (self);
  for (gsize s = 0; s < self->n_setups; s++)
    setups[s] =
        (MoeWorkerSetup){ self->origin != NULL ? &self->todo : &self->setups[s].plan,
                          self->setups[s].backend, self->setups[s].calibration, journals[s] };
  if (moe_worker_run (self->worker, setups, self->n_setups, self->alternate, self->trace))
    return;
  for (gsize s = 0; s < self->n_setups; s++)
    moe_journal_close (journals[s], "stopped");
  MoeError error;
  moe_error_set (&error, MOE_ERROR_MEMORY, "There is no memory left to begin.");
  finished_cb (self, MOE_ERROR_MEMORY, &error, NULL, NULL);
}

/* An empty run that tells all about itself: its limits travel with its files. */
static MoeRun *
new_run (const NullcurveMeasured *setup, const MoeAccelerator *machine, const char *title)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  moe_environment_describe (run, &setup->plan, setup->backend, NULL);
  if (machine->why != NULL)
    moe_run_set_fact (run, "accelerator chosen", machine->why);
  if (machine->measured)
    moe_run_set_limits (run, &machine->limits);
  return run;
}

/* A sweep of the queue was fit when it was put there, which may be long ago. */
static MoeStatus
forecast_fit (const NullcurveMeasured *setup, MoeForecast *forecast, MoeError *error)
{
  MoeStatus status =
      moe_forecast (&setup->plan, setup->backend, NULL, moe_available_memory (), forecast, error);
  return status == MOE_OK ? moe_forecast_require_fit (&setup->plan, setup->backend, forecast, error)
                          : status;
}

static gboolean
make_plan (NullcurveSession *self, const MoeOptions *options, MoeForecast *forecast)
{
  MoeError error = { 0 };
  NullcurveMeasured *setup = &self->setups[self->n_setups];
  const MoeAccelerator *machine = find_machine (self, options);
  setup->backend = machine->backend;
  setup->calibration = calibration_of (machine);
  setup->disagreed = FALSE;
  if (setup->backend == NULL)
    return FALSE;
  if (moe_plan_new (options, &setup->plan, &error) == MOE_OK
      && forecast_fit (setup, forecast, &error) == MOE_OK)
    {
      self->n_setups++;
      return TRUE;
    }
  moe_plan_clear (&setup->plan);
  nullcurve_window_toast (self->window, error.message);
  return FALSE;
}

static void
clear_plans (NullcurveSession *self)
{
  for (gsize s = 0; s < MOE_MAX_SETUPS; s++)
    moe_plan_clear (&self->setups[s].plan);
}

/* Make the plans of what is wanted; FALSE, with a word to the person, when it cannot be. */
static gboolean
make_plans (NullcurveSession *self, const MoeOptions *options, gsize n)
{
  MoeForecast forecasts[MOE_MAX_SETUPS];
  self->n_setups = 0;
  for (gsize s = 0; s < n; s++)
    if (!make_plan (self, &options[s], &forecasts[s]))
      {
        clear_plans (self);
        self->n_setups = 1;
        return FALSE;
      }
  self->alternate = n > 1
                    && !moe_forecast_fits_beside (&forecasts[0], &forecasts[1],
                                                  self->setups[0].backend == self->setups[1].backend
                                                      && self->setups[0].plan.device
                                                             == self->setups[1].plan.device);
  return TRUE;
}

/* An empty run and its file. */
static MoeJournal *
open_setup (NullcurveSession *self,
            NullcurveMeasured *setup,
            const char *shape_name,
            const char *rounds,
            GDateTime *now)
{
  const MoeOptions *options = &setup->plan.options;
  g_autofree char *title = title_for (self, shape_name, options, now);
  setup->run = new_run (setup, find_machine (self, options), title);
  moe_run_set_fact (setup->run, "rounds", rounds);
  MoeJournal *journal = create_journal (self, setup, shape_name, now);
  for (gsize i = 0; i < setup->plan.n_points; i++)
    append_expected_point (setup, &setup->plan.points[i]);
  moe_run_set_source (setup->run, setup->journal_path);
  return journal;
}

/* Empty runs and their files, or what there is of an earlier one. */
static void
open_runs (NullcurveSession *self, MoeJournal *journals[MOE_MAX_SETUPS])
{
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (self->window);
  NullcurveJobItem *first = self->job != NULL ? nullcurve_job_item_get_first (self->job) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *rounds = first != NULL ? g_uuid_string_random () : NULL;
  g_autofree char *shape_name = self->job != NULL
                                    ? g_strdup (nullcurve_job_item_get_name (self->job))
                                    : nullcurve_setup_panel_dup_shape_name (panel);
  if (self->origin != NULL)
    {
      self->setups[0].run = nullcurve_session_new_resumed_run (self);
      journals[0] = nullcurve_session_reopen_journal (self);
      moe_run_set_source (self->setups[0].run, self->setups[0].journal_path);
      return;
    }
  for (gsize s = 0; s < self->n_setups; s++)
    journals[s] = open_setup (
        self, &self->setups[s],
        s + 1 < self->n_setups ? nullcurve_job_item_get_name (first) : shape_name, rounds, now);
}

/* FALSE when it cannot be measured; the others that wait are not to blame. */
static gboolean
prepare (NullcurveSession *self)
{
  MoeOptions options[MOE_MAX_SETUPS];
  gsize n = wanted_options (self, options);
  gboolean good = make_plans (self, options, n);
  if (good && self->job != NULL && nullcurve_job_item_get_before (self->job) != NULL)
    good = nullcurve_session_narrow (self);
  if (good)
    return TRUE;
  clear_plans (self);
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
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (self->window);
  MoeJournal *journals[MOE_MAX_SETUPS] = { NULL };
  if (self->running || (self->job == NULL && nullcurve_setup_panel_get_problem (panel) != NULL)
      || !prepare (self))
    return;
  open_runs (self, journals);
  const NullcurveMeasured *last = &self->setups[self->n_setups - 1];
  self->running = TRUE;
  if (self->n_setups > 1)
    nullcurve_window_begin_first (self->window, self->setups[0].run);
  nullcurve_window_begin_run (self->window, last->run, &last->plan, last->calibration);
  begin_watch (self);
  start_worker (self, journals);
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
  moe_worker_cancel (self->worker);
}

static void
pause_requested_cb (NullcurveSession *self, gboolean pause)
{
  moe_worker_pause (self->worker, pause);
}

static void
held_cb (gpointer data, gboolean held)
{
  NullcurveSession *self = data;
  nullcurve_sweep_queue_set_paused (nullcurve_window_get_queue (self->window), held);
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
  moe_worker_shutdown (self->worker);
}

const char *
nullcurve_session_get_journal_path (NullcurveSession *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SESSION (self), NULL);
  return self->setups[self->n_setups - 1].journal_path;
}

gboolean
nullcurve_session_get_busy (NullcurveSession *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SESSION (self), FALSE);
  return moe_worker_get_busy (self->worker);
}

static void
nullcurve_session_dispose (GObject *object)
{
  NullcurveSession *self = NULLCURVE_SESSION (object);
  if (self->worker != NULL)
    moe_worker_shutdown (self->worker);
  g_clear_object (&self->worker);
  end_watch (self, NULL, 0);
  G_OBJECT_CLASS (nullcurve_session_parent_class)->dispose (object);
}

static void
nullcurve_session_finalize (GObject *object)
{
  NullcurveSession *self = NULLCURVE_SESSION (object);
  for (gsize s = 0; s < MOE_MAX_SETUPS; s++)
    {
      g_clear_pointer (&self->setups[s].run, moe_run_unref);
      moe_plan_clear (&self->setups[s].plan);
      g_free (self->setups[s].journal_path);
    }
  g_clear_object (&self->job);
  nullcurve_session_forget_resumed (self);
  for (gsize i = 0; i < self->n_machines; i++)
    moe_accelerator_clear (&self->machines[i]);
  g_clear_pointer (&self->trace, moe_trace_file_free);
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
  self->n_setups = 1;
}

NullcurveSession *
nullcurve_session_new (NullcurveWindow *window)
{
  NullcurveSession *self = g_object_new (NULLCURVE_TYPE_SESSION, NULL);
  MoeWorkerCallbacks callbacks = { .data = self,
                                   .looked = looked_cb,
                                   .measuring = measuring_cb,
                                   .found_out = found_out_cb,
                                   .news = news_cb,
                                   .held = held_cb,
                                   .finished = finished_cb };
  self->window = window;
  self->worker = moe_worker_new (&callbacks);
  g_object_set_data_full (G_OBJECT (window), "nullcurve-session", g_object_ref (self),
                          g_object_unref);
  g_signal_connect_object (window, "run-requested", G_CALLBACK (run_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "stop-requested", G_CALLBACK (stop_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "pause-requested", G_CALLBACK (pause_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (nullcurve_window_get_files (window), "resume-requested",
                           G_CALLBACK (resume_requested_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "measure-requested", G_CALLBACK (measure_requested_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (nullcurve_window_get_queue (window), "changed", G_CALLBACK (advance),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "setup-changed", G_CALLBACK (advance), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "destroy", G_CALLBACK (window_destroyed_cb), self,
                           G_CONNECT_SWAPPED);
  advance (self);
  return self;
}

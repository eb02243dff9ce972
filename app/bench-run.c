/* SPDX-License-Identifier: Apache-2.0 */
/* Leading a measurement: what can be refused is refused, what it takes is told, then one sweep
 * after the other. */
#include "app/bench-run.h"

#include <stdio.h>
#include <string.h>

#include "app/bench-dump.h"
#include "app/bench-error.h"
#include "app/bench-output.h"
#include "app/bench-private.h"
#include "app/bench-ranks.h"
#include "app/bench-resume.h"
#include "app/bench-signals.h"
#include "engine/records/bound.h"
#include "engine/records/environment.h"
#include "engine/records/machine.h"
#include "ui/text.h"
#include "ui/words/advice.h"

static gboolean
refuse (GError **error, const MoeError *engine_error)
{
  return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, engine_error);
}

static const MoePlan *
first_plan (const NullcurveBench *bench)
{
  const NullcurveBenchJob *first = g_ptr_array_index (bench->jobs, 0);
  return &first->plan;
}

/* Bytes that every rank can take. */
static gboolean
find_available (gsize *bytes, GError **error)
{
  MoeError engine_error;
  return nullcurve_bench_ranks_available_memory (bytes, &engine_error) == MOE_OK
         || nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
}

static gboolean
forecast_jobs (NullcurveBench *bench, const MoeCalibration *calibration, GError **error)
{
  gsize available;
  return find_available (&available, error)
         && nullcurve_bench_jobs_forecast (bench->jobs, bench->args, bench->backend, calibration,
                                           available, error);
}

/* --- before anything is begun --- */

/* The first that can do it; choose_backend () looks for the fastest once it is known to fit. */
static gboolean
prepare_backend (NullcurveBench *bench, GError **error)
{
  MoeError engine_error;
  bench->own_backend =
      moe_backend_find (nullcurve_bench_resume_accelerator (bench->args, bench->before),
                        first_plan (bench)->options.dtype, &engine_error);
  if (bench->own_backend == NULL)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  bench->backend = nullcurve_bench_ranks_spread (bench->own_backend);
  if (!nullcurve_bench_resume_check_backend (bench->args, bench->before, bench->backend, error))
    return FALSE;
  nullcurve_bench_resume_apply (bench->jobs, bench->before, bench->backend->name);
  return TRUE;
}

static gboolean
prepare_dump (NullcurveBench *bench, GError **error)
{
  const char *folder = bench->args->dump_dir;
  MoeError engine_error;
  MoeForecast forecast;
  gsize available;
  if (folder == NULL)
    return TRUE;
  if (!find_available (&available, error))
    return FALSE;
  if (nullcurve_bench_dump_plan (first_plan (bench), &bench->dump_plan, &engine_error) != MOE_OK
      || moe_forecast (&bench->dump_plan, bench->backend, NULL, available, &forecast, &engine_error)
             != MOE_OK
      || moe_forecast_require_fit (&bench->dump_plan, bench->backend, &forecast, &engine_error)
             != MOE_OK)
    return refuse (error, &engine_error);
  return nullcurve_bench_dump_check (&bench->dump_plan, folder, error);
}

/* Everything that can be refused is refused here, before any memory is taken. */
static gboolean
prepare (NullcurveBench *bench, GError **error)
{
  const NullcurveBenchArgs *args = bench->args;
  return nullcurve_bench_output_check (args, error)
         && nullcurve_bench_resume_read (args, bench->jobs, &bench->before, error)
         && prepare_backend (bench, error) && forecast_jobs (bench, NULL, error)
         && prepare_dump (bench, error)
         && (args->trace_dir == NULL
             || nullcurve_bench_output_check_trace (args->trace_dir, error));
}

/* --- this machine --- */

/* What --accelerator auto stands for on this machine, and what that backend can do here.  Measured
 * in a few seconds the first time, then kept.  A run that is gone on with keeps its backend. */
static MoeStatus
choose_backend (NullcurveBench *bench, MoeError *engine_error)
{
  MoeCancel *cancel = nullcurve_bench_signals_cancel ();
  const MoePlan *plan = first_plan (bench);
  MoeStatus status = MOE_OK;
  if (bench->before == NULL && strcmp (plan->options.accelerator, "auto") == 0)
    bench->own_backend = moe_machine_choose (plan->threads, plan->options.dtype, cancel,
                                             &bench->limits, &bench->why, engine_error);
  else
    status = moe_machine_limits (bench->own_backend, plan->device, plan->threads,
                                 plan->options.dtype, FALSE, cancel, &bench->limits, engine_error);
  if (moe_cancel_requested (cancel))
    return MOE_ERROR_CANCELLED;
  if (bench->own_backend == NULL)
    return engine_error->status;
  nullcurve_bench_ranks_scale (&bench->limits);
  bench->backend = nullcurve_bench_ranks_spread (bench->own_backend);
  return status;
}

static gboolean
check_can_trace (const NullcurveBench *bench, GError **error)
{
  if (bench->args->trace_dir == NULL || bench->backend->trace != NULL)
    return TRUE;
  g_autoptr (GString) able = g_string_new (NULL);
  gsize n;
  const MoeBackend *const *backends = moe_backends (&n);
  for (gsize i = 0; i < n; i++)
    if (backends[i]->trace != NULL)
      g_string_append_printf (able, "%s--accelerator %s", able->len > 0 ? ", " : "",
                              backends[i]->name);
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
               "--trace-dir %s: %s cannot tell what its threads do: allowed is %s.",
               bench->args->trace_dir, bench->backend->title,
               able->len > 0 ? able->str : "no backend of this build");
  return FALSE;
}

static void
say_forecast (const NullcurveBench *bench)
{
  NullcurveBenchTotal total = nullcurve_bench_jobs_total (bench->jobs);
  g_autofree char *memory = nullcurve_text_bytes (total.memory_bytes);
  g_autofree char *work = nullcurve_text_flops (total.flops);
  g_autofree char *time = nullcurve_text_duration (total.time_s);
  g_autofree char *sweeps =
      total.jobs > 1 ? g_strdup_printf ("%zu sweeps, ", total.jobs) : g_strdup ("");
  fprintf (stderr, "Forecast: %s%zu %s, %s of memory%s, %s of work, about %s.\n", sweeps,
           total.points, total.points == 1 ? "point" : "points", memory,
           total.jobs > 1 ? " at most" : "", work, time);
}

static gboolean
is_begun (const NullcurveBenchJob *job)
{
  for (gsize i = 0; i < job->plan.n_points; i++)
    if (job->points[i].has_record)
      return TRUE;
  return FALSE;
}

static void
say_left_out (NullcurveBench *bench, const NullcurveBenchJob *job)
{
  g_autofree char *name = nullcurve_bench_job_name (job);
  nullcurve_bench_say (bench, "Warning: the sweep %s is %s: %s", name,
                       is_begun (job) ? "not complete" : "left out", job->left_out);
}

static gboolean
is_all_carried (const NullcurveBench *bench)
{
  for (guint i = 0; i < bench->jobs->len; i++)
    if (((const NullcurveBenchJob *)g_ptr_array_index (bench->jobs, i))->todo.n_points > 0)
      return FALSE;
  return TRUE;
}

/* On TRUE the run may still have been stopped. */
static gboolean
calibrate (NullcurveBench *bench, GError **error)
{
  MoeError engine_error = { 0 };
  if (is_all_carried (bench))
    {
      fputs ("Nothing is left to measure.\n", stderr);
      return TRUE;
    }
  MoeStatus status = choose_backend (bench, &engine_error);
  if (status == MOE_ERROR_CANCELLED)
    return TRUE;
  if (status != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  if (!check_can_trace (bench, error) || !forecast_jobs (bench, &bench->limits.calibration, error))
    return FALSE;
  if (bench->why != NULL)
    fprintf (stderr, "%s\n", bench->why);
  if (nullcurve_bench_jobs_total (bench->jobs).jobs > 0)
    say_forecast (bench);
  for (guint i = 0; i < bench->jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (bench->jobs, i);
      if (job->left_out != NULL)
        say_left_out (bench, job);
    }
  return TRUE;
}

/* --- measuring --- */

static void
print_devices (const NullcurveBench *bench)
{
  MoeBackendFacts facts = { 0 };
  bench->backend->facts (first_plan (bench)->device, &facts);
  printf ("devices=[%s: %s, %s%s%s%s, threads=%zu]\n", facts.device, moe_environment_cpu (),
          facts.library, facts.kernels[0] != '\0' ? " (" : "", facts.kernels,
          facts.kernels[0] != '\0' ? ")" : "", first_plan (bench)->threads);
}

/* What is written besides the points that were asked for. */
static void
say_others (NullcurveBench *bench)
{
  g_autoptr (MoeRun) others = moe_run_new (MOE_RUN_FORMAT_MEASURED, "");
  if (bench->before == NULL)
    return;
  nullcurve_bench_resume_append_others (bench->jobs, bench->before, bench->backend->name, others);
  gsize n = moe_run_get_n_records (others);
  g_autofree char *name = g_utf8_make_valid (bench->args->resume, -1);
  if (n > 0)
    nullcurve_bench_say (bench,
                         "Note: %zu %s of %s %s to no sweep of this command; %s kept beside the "
                         "others.",
                         n, n == 1 ? "point" : "points", name, n == 1 ? "belongs" : "belong",
                         n == 1 ? "it is" : "they are");
}

static gboolean
begin (NullcurveBench *bench, GError **error)
{
  const NullcurveBenchArgs *args = bench->args;
  moe_environment_describe (bench->run, first_plan (bench), bench->backend, args->command_line);
  moe_run_set_limits (bench->run, &bench->limits);
  if (args->has_matrix)
    {
      g_autofree char *scale = g_strdup_printf ("%zu", args->scale);
      moe_run_set_fact (bench->run, "matrix", args->matrix_name);
      moe_run_set_fact (bench->run, "scale", scale);
    }
  if (bench->before != NULL && nullcurve_bench_resume_count (bench->jobs) > 0)
    nullcurve_bench_resume_describe (args, bench->jobs, bench->before, bench->run);
  say_others (bench);
  if (args->trace_dir != NULL
      && (bench->trace = nullcurve_trace_new (args->trace_dir, error)) == NULL)
    return FALSE;
  print_devices (bench);
  bench->began_us = g_get_monotonic_time ();
  return TRUE;
}

/* What goes wrong in one of several sweeps - memory that has become scarce since the first
 * forecast, results that cannot be trusted - does not keep the others from being measured. */
static gboolean
measure_current (NullcurveBench *bench, const MoeClock *clock, GError **error)
{
  MoeError engine_error;
  gsize available;
  NullcurveBenchJob *job = g_ptr_array_index (bench->jobs, bench->current);
  if (job->left_out == NULL || job->todo.n_points < job->plan.n_points)
    nullcurve_bench_print_job_head (bench);
  if (job->left_out != NULL || job->todo.n_points == 0)
    return TRUE;
  if (bench->current > 0
      && !(find_available (&available, error)
           && nullcurve_bench_job_forecast (bench->jobs, bench->current, bench->args,
                                            bench->backend, &bench->limits.calibration, available,
                                            error)))
    return FALSE;
  MoeStatus status =
      job->left_out != NULL ? MOE_OK : nullcurve_bench_measure_job (bench, clock, &engine_error);
  if (status != MOE_OK && bench->jobs->len > 1)
    job->left_out = g_strdup (engine_error.message);
  else if (status != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  if (job->left_out != NULL)
    say_left_out (bench, job);
  return TRUE;
}

static gboolean
measure (NullcurveBench *bench, GError **error)
{
  MoeClock clock = moe_clock_monotonic ();
  gboolean good = TRUE;
  for (guint i = 0; good && i < bench->jobs->len; i++)
    {
      if (moe_cancel_requested (nullcurve_bench_signals_cancel ()))
        break;
      bench->current = i;
      good = measure_current (bench, &clock, error);
    }
  nullcurve_bench_print_summary (bench);
  return good;
}

/* --- afterwards --- */

static gboolean
dump (NullcurveBench *bench, GError **error)
{
  const NullcurveBenchArgs *args = bench->args;
  MoeCancel *cancel = nullcurve_bench_signals_cancel ();
  if (args->dump_dir == NULL || moe_cancel_requested (cancel))
    return TRUE;
  if (!nullcurve_bench_dump_write (&bench->dump_plan, &args->options, bench->backend, cancel,
                                   args->dump_dir, error))
    {
      gboolean stopped = moe_cancel_requested (cancel);
      if (stopped)
        g_clear_error (error);
      return stopped;
    }
  bench->dumped = TRUE;
  fprintf (stderr, "Tensors are in %s.\n", args->dump_dir);
  return TRUE;
}

static void
finish_trace (NullcurveBench *bench)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  if (bench->trace == NULL || bench->trace_failed || moe_run_get_n_records (bench->run) == 0)
    return;
  if (nullcurve_trace_finish (bench->trace, bench->run, &path, &error))
    fprintf (stderr, "Trace is in %s.\n", path);
  else
    {
      bench->trace_failed = TRUE;
      nullcurve_bench_say (bench, "Warning: %s", error->message);
    }
}

/* Of this machine only what this run has measured, and rightly; limits of several processes
 * together are none of it. */
static void
raise_limits (NullcurveBench *bench, MoeRun *run)
{
  const MoePlan *plan = first_plan (bench);
  MoeLimits limits;
  if (!bench->disagreed && moe_run_raise_limits (run, &limits) && bench->before == NULL
      && nullcurve_bench_ranks_size () == 0)
    moe_machine_raise (bench->own_backend, plan->device, plan->threads, plan->options.dtype,
                       &limits);
}

/* What disturbed the run and what is said about it are written with it. */
static void
keep_advice (MoeRun *run, const MoeNoise *noise, GStrv sentences)
{
  moe_run_set_noise (run, noise);
  moe_run_set_warnings (run, (const char *const *)sentences, g_strv_length (sentences));
}

/* What was measured is written even when the run ended in an error. */
static gboolean
run_prepared (NullcurveBench *bench, GError **error)
{
  MoeNoiseWatch watch;
  MoeNoise noise;
  MoeAdvice advice = { 0 };
  if (!calibrate (bench, error))
    return FALSE;
  if (moe_cancel_requested (nullcurve_bench_signals_cancel ()))
    return TRUE;
  if (!begin (bench, error))
    return FALSE;
  moe_noise_start (&watch, "");
  gboolean measured = measure (bench, error);
  moe_noise_stop (&watch, "", first_plan (bench)->threads, &noise);
  nullcurve_bench_ranks_quieten (&noise);
  finish_trace (bench);
  g_autoptr (MoeRun) all = nullcurve_bench_collect (bench);
  if (moe_run_get_n_records (all) == 0)
    return measured;
  raise_limits (bench, all);
  /* What was carried over may be all there is. */
  gboolean fresh = moe_run_get_n_records (bench->run) > 0;
  if (fresh || moe_run_get_noise (all, &noise))
    moe_run_advise (all, &noise, &advice);
  g_auto (GStrv) sentences = nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_OPTIONS);
  if (fresh)
    keep_advice (all, &noise, sentences);
  gboolean saved = nullcurve_bench_output_finish (bench->args, all, measured ? error : NULL);
  for (gsize i = 0; sentences[i] != NULL; i++)
    fprintf (stderr, "nullcurve-bench: Note: %s\n", sentences[i]);
  return measured && saved && dump (bench, error);
}

static gboolean
is_any_left_out (const NullcurveBench *bench)
{
  for (guint i = 0; i < bench->jobs->len; i++)
    if (((const NullcurveBenchJob *)g_ptr_array_index (bench->jobs, i))->left_out != NULL)
      return TRUE;
  return FALSE;
}

/* Points of the plans that have samples, old or new. */
static void
count_points (const NullcurveBench *bench, gsize *sampled, gsize *all)
{
  *sampled = *all = 0;
  for (guint i = 0; i < bench->jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (bench->jobs, i);
      *all += job->plan.n_points;
      for (gsize p = 0; p < job->plan.n_points; p++)
        *sampled += job->points[p].has_record || job->points[p].before != NULL;
    }
}

/* The exit status of a run that raised no error. */
static int
status_of (const NullcurveBench *bench)
{
  gsize sampled, all;
  int stopped = nullcurve_bench_signals_status ();
  if (stopped == 0)
    return bench->disagreed || bench->trace_failed || is_any_left_out (bench)
               ? NULLCURVE_BENCH_ERROR_FAILED
               : 0;
  count_points (bench, &sampled, &all);
  fprintf (stderr, "nullcurve-bench: Stopped; %zu of %zu points have samples%s.\n", sampled, all,
           bench->args->dump_dir != NULL && !bench->dumped ? ", and no tensors were written" : "");
  return stopped;
}

static void
bench_clear (NullcurveBench *bench)
{
  g_clear_pointer (&bench->run, moe_run_unref);
  g_clear_pointer (&bench->jobs, g_ptr_array_unref);
  g_clear_pointer (&bench->before, moe_run_unref);
  g_clear_pointer (&bench->trace, nullcurve_trace_free);
  g_clear_pointer (&bench->why, g_free);
  moe_plan_clear (&bench->dump_plan);
}

static MoeRun *
new_run (const NullcurveBenchArgs *args)
{
  g_autofree char *what = args->has_matrix       ? g_strdup_printf ("Matrix %s", args->matrix_name)
                          : args->preset != NULL ? g_utf8_make_valid (args->preset, -1)
                                                 : g_strdup ("Null-routed MoE block");
  g_autofree char *scaled =
      args->scale > 1 ? g_strdup_printf (", tokens / %zu,", args->scale) : g_strdup ("");
  g_autofree char *title = g_strdup_printf ("%s%s on %s", what, scaled, moe_environment_cpu ());
  return moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
}

gboolean
nullcurve_bench_run_sweeps (const NullcurveBenchArgs *args,
                            const MoeOptions *sweeps,
                            gsize n_sweeps,
                            int *status,
                            GError **error)
{
  NullcurveBench bench = { .args = args };
  bench.jobs = nullcurve_bench_jobs_new (sweeps, n_sweeps, error);
  if (bench.jobs == NULL || !prepare (&bench, error))
    {
      bench_clear (&bench);
      return FALSE;
    }
  nullcurve_bench_signals_watch ();
  nullcurve_bench_progress_init (&bench.progress);
  bench.run = new_run (args);

  gboolean done = run_prepared (&bench, error);
  if (done)
    *status = status_of (&bench);
  bench_clear (&bench);
  return done;
}

gboolean
nullcurve_bench_run (const NullcurveBenchArgs *args, int *status, GError **error)
{
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  gsize n;
  return nullcurve_bench_args_sweeps (args, sweeps, &n, error)
         && nullcurve_bench_run_sweeps (args, sweeps, n, status, error);
}

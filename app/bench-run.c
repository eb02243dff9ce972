/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench-run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/bench-dump.h"
#include "app/bench-error.h"
#include "app/bench-output.h"
#include "app/bench-progress.h"
#include "app/bench-ranks.h"
#include "app/bench-signals.h"
#include "engine/bench/runner.h"
#include "engine/records/bound.h"
#include "engine/records/environment.h"
#include "engine/records/formats.h"
#include "engine/records/machine.h"
#include "ui/text.h"

/* What is known of one point of the plan. */
typedef struct PointState
{
  MoePointFacts facts;
  double max_relative_error; /* NaN: not checked yet */
  gboolean has_record;
  gsize record; /* index in the run, from the first sample on */
  gboolean printed;
} PointState;

typedef struct Bench
{
  const NullcurveBenchArgs *args;
  MoePlan plan;
  MoePlan dump_plan;             /* no points unless tensors are dumped */
  const MoeBackend *own_backend; /* of this process */
  const MoeBackend *backend;     /* the same, or as all ranks together run it */
  MoeLimits limits;              /* of the machine with this backend */
  char *why;                     /* the sentence that tells what --accelerator auto chose */
  MoeRun *run;
  PointState *points; /* [plan.n_points] */
  NullcurveBenchProgress progress;
  gboolean disagreed; /* a point failed the reference check */
  gboolean csv_failed;
  gboolean dumped;
} Bench;

static void
say_line (Bench *bench, GString *line)
{
  nullcurve_bench_progress_erase (&bench->progress);
  fputs (line->str, stdout);
  g_string_free (line, TRUE);
}

static void
on_progress (void *data, const MoeProgress *state)
{
  Bench *bench = data;
  gboolean at_point = state->phase == MOE_RUN_PHASE_WARMUP || state->phase == MOE_RUN_PHASE_MEASURE;
  if (state->phase == MOE_RUN_PHASE_DONE)
    nullcurve_bench_progress_erase (&bench->progress);
  else
    nullcurve_bench_progress_show (
        &bench->progress, state,
        at_point && state->point < bench->plan.n_points ? &bench->plan.points[state->point] : NULL);
}

static void
on_point (void *data, const MoePoint *point, const MoePointFacts *facts)
{
  Bench *bench = data;
  bench->points[point->index].facts = *facts;
}

static void
on_verified (void *data, const MoeVerification *verification)
{
  Bench *bench = data;
  PointState *state = &bench->points[verification->point];
  const MoePoint *point = &bench->plan.points[verification->point];
  state->max_relative_error = verification->max_relative_error;
  if (state->has_record)
    {
      MoeRecord record = *moe_run_get_record (bench->run, state->record);
      record.max_relative_error = verification->max_relative_error;
      moe_run_replace (bench->run, state->record, &record);
    }
  if (verification->passed)
    return;
  bench->disagreed = TRUE;
  nullcurve_bench_progress_erase (&bench->progress);
  fprintf (stderr,
           "nullcurve-bench: Warning: top-%zu at null fraction %g differs from the reference by "
           "%.3g relative, where %.3g is allowed: its figures are not to be trusted.\n",
           point->block.topk, point->routing.null_target, verification->max_relative_error,
           verification->tolerance);
}

static void
begin_record (Bench *bench, const MoeSample *sample)
{
  MoeRecord record;
  PointState *state = &bench->points[sample->point];
  moe_record_from_point (&record, &bench->plan.points[sample->point], &state->facts,
                         bench->backend->name);
  record.loss = sample->loss;
  record.steps = (gint64)sample->steps;
  record.max_relative_error = state->max_relative_error;
  state->record = moe_run_append (bench->run, &record);
  state->has_record = TRUE;
}

static void
on_sample (void *data, const MoeSample *sample)
{
  Bench *bench = data;
  PointState *state = &bench->points[sample->point];
  if (!state->has_record)
    begin_record (bench, sample);
  moe_run_add_sample (bench->run, state->record, sample->time_s, &sample->stages);
}

static void
print_point (Bench *bench, gsize index)
{
  PointState *state = &bench->points[index];
  if (!state->has_record || state->printed)
    return;
  const MoeRecord *record = moe_run_get_record (bench->run, state->record);
  say_line (bench, moe_formats_chatter (record, &state->facts, bench->plan.options.stage_timing));
  say_line (bench, moe_formats_result_line (record));
  state->printed = TRUE;
}

/* The points measured so far in the plan's order; samples come in the order of the rounds. */
static MoeRun *
run_in_order (const Bench *bench)
{
  MoeRun *ordered = moe_run_new (MOE_RUN_FORMAT_MEASURED, moe_run_get_title (bench->run));
  for (gsize i = 0; i < moe_run_get_n_facts (bench->run); i++)
    moe_run_set_fact (ordered, moe_run_get_fact_key (bench->run, i),
                      moe_run_get_fact_value (bench->run, i));
  for (gsize i = 0; i < bench->plan.n_points; i++)
    if (bench->points[i].has_record)
      moe_run_append (ordered, moe_run_get_record (bench->run, bench->points[i].record));
  return ordered;
}

static gboolean
save_csv (const Bench *bench, GError **error)
{
  g_autoptr (MoeRun) ordered = run_in_order (bench);
  return nullcurve_bench_output_csv (bench->args, ordered, error);
}

/* The CSV grows with the run, so that whatever happens later loses nothing. */
static void
on_point_done (void *data, const MoePoint *point)
{
  Bench *bench = data;
  g_autoptr (GError) error = NULL;
  print_point (bench, point->index);
  if (bench->args->csv == NULL || bench->csv_failed || save_csv (bench, &error))
    return;
  bench->csv_failed = TRUE;
  nullcurve_bench_progress_erase (&bench->progress);
  fprintf (stderr, "nullcurve-bench: Warning: %s  Measuring goes on.\n", error->message);
}

static void
print_head (Bench *bench)
{
  MoeBackendFacts facts = { 0 };
  bench->backend->facts (&facts);
  printf ("devices=[%s: %s, %s%s%s%s, threads=%zu]\n", facts.device, moe_environment_cpu (),
          facts.library, facts.kernels[0] != '\0' ? " (" : "", facts.kernels,
          facts.kernels[0] != '\0' ? ")" : "", bench->plan.threads);
  say_line (bench, moe_formats_shape_line (&bench->plan.options));
  if (bench->plan.options.use_custom_sort_vjp)
    puts ("[note] --use-custom-sort-vjp changes nothing here: a hand-written backward has no "
          "autodiff variant.");
}

static gboolean
refuse (GError **error, const MoeError *engine_error)
{
  return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, engine_error);
}

static gboolean
require_fit (const MoePlan *plan,
             const MoeBackend *backend,
             const MoeCalibration *calibration,
             MoeForecast *forecast,
             GError **error)
{
  MoeError engine_error;
  gsize available;
  if (nullcurve_bench_ranks_available_memory (&available, &engine_error) != MOE_OK
      || moe_forecast (plan, backend, calibration, available, forecast, &engine_error) != MOE_OK
      || moe_forecast_require_fit (plan, backend, forecast, &engine_error) != MOE_OK)
    return refuse (error, &engine_error);
  return TRUE;
}

/* Everything that can be refused is refused here, before any memory is taken. */
static gboolean
prepare (Bench *bench, GError **error)
{
  const NullcurveBenchArgs *args = bench->args;
  MoeError engine_error;
  MoeForecast forecast;
  if (moe_plan_new (&args->options, &bench->plan, &engine_error) != MOE_OK)
    return refuse (error, &engine_error);
  if (!nullcurve_bench_output_check (args, error))
    return FALSE;
  /* The first that can do it; choose_backend () looks for the fastest once it is known to fit. */
  bench->own_backend =
      moe_backend_find (bench->plan.options.accelerator, bench->plan.options.dtype, &engine_error);
  if (bench->own_backend == NULL)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  bench->backend = nullcurve_bench_ranks_spread (bench->own_backend);
  if (!require_fit (&bench->plan, bench->backend, NULL, &forecast, error))
    return FALSE;
  if (args->dump_dir == NULL)
    return TRUE;
  if (nullcurve_bench_dump_plan (&bench->plan, &bench->dump_plan, &engine_error) != MOE_OK)
    return refuse (error, &engine_error);
  return require_fit (&bench->dump_plan, bench->backend, NULL, &forecast, error)
         && nullcurve_bench_dump_check (&bench->dump_plan, args->dump_dir, error);
}

/* What --accelerator auto stands for on this machine, and what that backend can do here.  Measured
 * in a few seconds the first time, then kept. */
static MoeStatus
choose_backend (Bench *bench, MoeError *engine_error)
{
  MoeCancel *cancel = nullcurve_bench_signals_cancel ();
  const MoeOptions *options = &bench->plan.options;
  if (strcmp (options->accelerator, "auto") == 0)
    bench->own_backend =
        moe_machine_choose (bench->plan.threads, options->dtype, cancel, &bench->why, engine_error);
  if (moe_cancel_requested (cancel))
    return MOE_ERROR_CANCELLED;
  if (bench->own_backend == NULL)
    return engine_error->status;
  MoeStatus status = moe_machine_limits (bench->own_backend, bench->plan.threads, options->dtype,
                                         FALSE, cancel, &bench->limits, engine_error);
  nullcurve_bench_ranks_scale (&bench->limits);
  bench->backend = nullcurve_bench_ranks_spread (bench->own_backend);
  return status;
}

static gboolean
calibrate (Bench *bench, GError **error)
{
  MoeError engine_error = { 0 };
  MoeForecast forecast;
  MoeStatus status = choose_backend (bench, &engine_error);
  if (status == MOE_ERROR_CANCELLED)
    return TRUE;
  if (status != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  if (!require_fit (&bench->plan, bench->backend, &bench->limits.calibration, &forecast, error))
    return FALSE;
  if (bench->why != NULL)
    fprintf (stderr, "%s\n", bench->why);

  g_autofree char *memory = nullcurve_text_bytes (forecast.memory.total_bytes);
  g_autofree char *work = nullcurve_text_flops (forecast.flops_total);
  g_autofree char *time = nullcurve_text_duration (forecast.time_total_s);
  fprintf (stderr, "Forecast: %zu %s, %s of memory, %s of work, about %s.\n", bench->plan.n_points,
           bench->plan.n_points == 1 ? "point" : "points", memory, work, time);
  return TRUE;
}

/* MOE_ERROR_CANCELLED is no error here: what was measured is kept. */
static gboolean
measure (Bench *bench, const MoeClock *clock, GError **error)
{
  MoeError engine_error;
  const MoeRunEvents events = { .data = bench,
                                .progress = on_progress,
                                .point = on_point,
                                .verified = on_verified,
                                .sample = on_sample,
                                .point_done = on_point_done };
  MoeStatus status = moe_run (&bench->plan, bench->backend, &bench->limits.calibration, clock,
                              nullcurve_bench_signals_cancel (), &events, &engine_error);
  nullcurve_bench_progress_erase (&bench->progress);
  for (gsize i = 0; i < bench->plan.n_points; i++)
    print_point (bench, i);
  if (status == MOE_OK || status == MOE_ERROR_CANCELLED)
    return TRUE;
  return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
}

static gboolean
dump (Bench *bench, GError **error)
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
advise (const MoeRun *run, const MoeNoise *noise)
{
  MoeAdvice advice;
  moe_run_advise (run, noise, &advice);
  for (gsize i = 0; i < advice.n; i++)
    fprintf (stderr, "nullcurve-bench: Note: %s\n", advice.text[i]);
}

/* What was measured is written even when the run ended in an error. */
static gboolean
run_prepared (Bench *bench, GError **error)
{
  MoeClock clock = moe_clock_monotonic ();
  if (!calibrate (bench, error))
    return FALSE;
  if (moe_cancel_requested (nullcurve_bench_signals_cancel ()))
    return TRUE;
  moe_environment_describe (bench->run, &bench->plan, bench->backend, bench->args->command_line);
  moe_run_set_limits (bench->run, &bench->limits);
  print_head (bench);
  MoeNoiseWatch watch;
  MoeNoise noise;
  moe_noise_start (&watch, "");
  gboolean measured = measure (bench, &clock, error);
  if (moe_run_get_n_records (bench->run) == 0)
    return measured;
  moe_noise_stop (&watch, "", bench->plan.threads, &noise);
  nullcurve_bench_ranks_quieten (&noise);
  g_autoptr (MoeRun) ordered = run_in_order (bench);
  gboolean saved = nullcurve_bench_output_finish (bench->args, ordered, measured ? error : NULL);
  advise (ordered, &noise);
  return measured && saved && dump (bench, error);
}

/* The exit status of a run that raised no error. */
static int
status_of (const Bench *bench)
{
  int stopped = nullcurve_bench_signals_status ();
  if (stopped == 0)
    return bench->disagreed ? NULLCURVE_BENCH_ERROR_FAILED : 0;
  fprintf (stderr, "nullcurve-bench: Stopped; %zu of %zu points have samples%s.\n",
           (size_t)moe_run_get_n_records (bench->run), bench->plan.n_points,
           bench->args->dump_dir != NULL && !bench->dumped ? ", and no tensors were written" : "");
  return stopped;
}

static void
bench_clear (Bench *bench)
{
  g_clear_pointer (&bench->run, moe_run_unref);
  g_clear_pointer (&bench->points, g_free);
  g_clear_pointer (&bench->why, g_free);
  moe_plan_clear (&bench->plan);
  moe_plan_clear (&bench->dump_plan);
}

static MoeRun *
new_run (const NullcurveBenchArgs *args)
{
  g_autofree char *what = args->preset != NULL ? g_utf8_make_valid (args->preset, -1)
                                               : g_strdup ("Null-routed MoE block");
  g_autofree char *title = g_strdup_printf ("%s on %s", what, moe_environment_cpu ());
  return moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
}

gboolean
nullcurve_bench_run (const NullcurveBenchArgs *args, int *status, GError **error)
{
  Bench bench = { .args = args };
  if (!prepare (&bench, error))
    {
      bench_clear (&bench);
      return FALSE;
    }
  nullcurve_bench_signals_watch ();
  nullcurve_bench_progress_init (&bench.progress);
  bench.points = g_new0 (PointState, bench.plan.n_points);
  for (gsize i = 0; i < bench.plan.n_points; i++)
    bench.points[i].max_relative_error = NAN;
  bench.run = new_run (args);

  gboolean done = run_prepared (&bench, error);
  if (done)
    *status = status_of (&bench);
  bench_clear (&bench);
  return done;
}

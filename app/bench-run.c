/* SPDX-License-Identifier: Apache-2.0 */
/* Leading a measurement: what can be refused is refused, what it takes is told, then one sweep
 * after the other. */
#include "app/bench-run.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/bench-dump.h"
#include "app/bench-error.h"
#include "app/bench-output.h"
#include "app/bench-private.h"
#include "app/bench-ranks.h"
#include "app/bench-resume.h"
#include "app/bench-signals.h"
#include "engine/host/environment.h"
#include "engine/judge/starts.h"
#include "engine/records/bound.h"
#include "engine/sweep/quantities.h"
#include "ui/words/advice.h"
#include "engine/host/machine-limits.h"
#include "engine/host/machine-file.h"
#include "engine/records/run-noise.h"

static gboolean
refuse (GError **error, const MoeError *engine_error)
{
  return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, engine_error);
}

static const MoePlan *
first_plan (const NullcurveBenchSide *side)
{
  const NullcurveBenchJob *first = g_ptr_array_index (side->jobs, 0);
  return &first->plan;
}

/* Say that an error is of the second of two setups; returns FALSE. */
static gboolean
fail_in (const NullcurveBench *bench, const NullcurveBenchSide *side, GError **error)
{
  if (side == &bench->sides[0])
    return FALSE;
  g_autofree char *shown = g_utf8_make_valid (bench->args->versus, -1);
  g_prefix_error (error, "--versus \"%s\": ", shown);
  return FALSE;
}

/* Bytes that every rank can take. */
static gboolean
find_available (gsize *bytes, GError **error)
{
  MoeError engine_error;
  return nullcurve_bench_ranks_available_memory (bytes, &engine_error) == MOE_OK
         || nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
}

/* Two setups are open at once where both fit. */
static void
choose_turns (NullcurveBench *bench)
{
  const NullcurveBenchSide *a = &bench->sides[0], *b = &bench->sides[1];
  const NullcurveBenchJob *first = g_ptr_array_index (a->jobs, 0);
  const NullcurveBenchJob *second = g_ptr_array_index (b->jobs, 0);
  gboolean same_device = a->backend == b->backend && first->plan.device == second->plan.device;
  bench->alternate = !moe_forecast_fits_beside (&first->forecast, &second->forecast, same_device);
}

static gboolean
forecast_jobs (NullcurveBench *bench, gboolean calibrated, GError **error)
{
  gsize available;
  if (!find_available (&available, error))
    return FALSE;
  for (gsize s = 0; s < bench->n_sides; s++)
    {
      NullcurveBenchSide *side = &bench->sides[s];
      if (!nullcurve_bench_jobs_forecast (side->jobs, bench->args, side->backend,
                                          calibrated ? &side->limits.calibration : NULL, available,
                                          error))
        return fail_in (bench, side, error);
    }
  if (bench->n_sides > 1)
    choose_turns (bench);
  return TRUE;
}

/* --- before anything is begun --- */

/* The first that can do it; choose_backend () looks for the fastest once it is known to fit. */
static gboolean
prepare_backend (NullcurveBench *bench, NullcurveBenchSide *side, GError **error)
{
  MoeError engine_error;
  const MoeOptions *options = &first_plan (side)->options;
  side->own_backend =
      moe_backend_find (nullcurve_bench_resume_accelerator (options->accelerator, bench->before),
                        options->choice[MOE_CHOICE_DTYPE], &engine_error);
  if (side->own_backend == NULL)
    {
      nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
      return fail_in (bench, side, error);
    }
  side->backend = nullcurve_bench_ranks_spread (side->own_backend);
  if (!nullcurve_bench_resume_check_backend (bench->args, bench->before, side->backend, error))
    return FALSE;
  nullcurve_bench_resume_apply (side->jobs, bench->before, side->backend->name);
  return TRUE;
}

/* Backends of both setups, which must have their points place by place. */
static gboolean
prepare_sides (NullcurveBench *bench, GError **error)
{
  MoeSetup setups[MOE_MAX_SETUPS];
  MoeError engine_error;
  for (gsize s = 0; s < bench->n_sides; s++)
    {
      if (!prepare_backend (bench, &bench->sides[s], error))
        return FALSE;
      setups[s] = (MoeSetup){ .plan = first_plan (&bench->sides[s]) };
    }
  return moe_run_check_setups (setups, bench->n_sides, &engine_error) == MOE_OK
         || refuse (error, &engine_error);
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
  const NullcurveBenchSide *side = &bench->sides[0];
  if (nullcurve_bench_dump_plan (first_plan (side), &bench->dump_plan, &engine_error) != MOE_OK
      || moe_forecast (&bench->dump_plan, side->backend, NULL, available, &forecast, &engine_error)
             != MOE_OK
      || moe_forecast_require_fit (&bench->dump_plan, side->backend, &forecast, &engine_error)
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
         && nullcurve_bench_resume_read (args, bench->sides[0].jobs, &bench->before, error)
         && prepare_sides (bench, error) && forecast_jobs (bench, FALSE, error)
         && prepare_dump (bench, error)
         && (args->trace_dir == NULL
             || nullcurve_bench_output_check_trace (args->trace_dir, error));
}

/* --- this machine --- */

/* What --accelerator auto stands for on this machine, and what that backend can do here.  Measured
 * in a few seconds the first time, then kept.  A run that is gone on with keeps its backend. */
static MoeStatus
choose_backend (const NullcurveBench *bench, NullcurveBenchSide *side, MoeError *engine_error)
{
  MoeCancel *cancel = nullcurve_bench_signals_cancel ();
  const MoePlan *plan = first_plan (side);
  MoeStatus status = MOE_OK;
  if (bench->before == NULL && strcmp (plan->options.accelerator, "auto") == 0)
    side->own_backend = moe_machine_choose (plan->threads, plan->options.choice[MOE_CHOICE_DTYPE],
                                            cancel, &side->limits, &side->why, engine_error);
  else
    status = moe_machine_limits (side->own_backend, plan->device, plan->threads,
                                 plan->options.choice[MOE_CHOICE_DTYPE], FALSE, cancel,
                                 &side->limits, engine_error);
  if (moe_cancel_requested (cancel))
    return MOE_ERROR_CANCELLED;
  if (side->own_backend == NULL)
    return engine_error->status;
  nullcurve_bench_ranks_scale (&side->limits);
  side->backend = nullcurve_bench_ranks_spread (side->own_backend);
  return status;
}

/* Do both setups ask the same of the machine?  Then they get the same answer. */
static gboolean
asks_the_same (const NullcurveBenchSide *a, const NullcurveBenchSide *b)
{
  const MoePlan *one = first_plan (a), *other = first_plan (b);
  return one->threads == other->threads
         && one->options.choice[MOE_CHOICE_DTYPE] == other->options.choice[MOE_CHOICE_DTYPE]
         && strcmp (one->options.accelerator, other->options.accelerator) == 0;
}

static MoeStatus
choose_backends (NullcurveBench *bench, MoeError *engine_error)
{
  NullcurveBenchSide *first = &bench->sides[0], *second = &bench->sides[1];
  MoeStatus status = choose_backend (bench, first, engine_error);
  if (status != MOE_OK || bench->n_sides == 1)
    return status;
  if (!asks_the_same (first, second))
    return choose_backend (bench, second, engine_error);
  second->own_backend = first->own_backend;
  second->backend = first->backend;
  second->limits = first->limits;
  return MOE_OK;
}

static gboolean
check_can_trace (const NullcurveBench *bench, const NullcurveBenchSide *side, GError **error)
{
  if (bench->args->trace_dir == NULL || side->backend->trace != NULL)
    return TRUE;
  g_autoptr (GString) able = g_string_new (NULL);
  gsize n;
  const MoeBackend *const *backends = moe_backends (&n);
  for (gsize i = 0; i < n; i++)
    if (backends[i]->trace != NULL)
      g_string_append_printf (able, "%s--accelerator %s", able->len > 0 ? ", " : "",
                              backends[i]->name);
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
               _ ("--trace-dir %s: %s cannot tell what its threads do: allowed is %s."),
               bench->args->trace_dir, side->backend->title,
               able->len > 0 ? able->str : _ ("no backend of this build"));
  return FALSE;
}

static gboolean
can_trace (const NullcurveBench *bench, GError **error)
{
  for (gsize s = 0; s < bench->n_sides; s++)
    if (!check_can_trace (bench, &bench->sides[s], error))
      return FALSE;
  return TRUE;
}

/* "2 min 10 s", or "20 s to 3 min 00 s" where nobody knows how long settling takes. */
static char *
describe_time (const NullcurveBenchTotal *total)
{
  g_autofree char *least = moe_text_duration (total->time_least_s);
  g_autofree char *most = moe_text_duration (total->time_most_s);
  if (strcmp (least, most) == 0)
    return g_steal_pointer (&most);
  return g_strdup_printf ("%s to %s", least, most);
}

static void
say_forecast (const NullcurveBench *bench)
{
  const GPtrArray *jobs = bench->sides[0].jobs;
  NullcurveBenchTotal total =
      bench->n_sides > 1
          ? nullcurve_bench_jobs_total_versus (jobs, bench->sides[1].jobs, bench->alternate)
          : nullcurve_bench_jobs_total (jobs);
  g_autofree char *memory = moe_text_bytes (total.memory_bytes);
  g_autofree char *work = moe_text_flops (total.flops);
  g_autofree char *time = describe_time (&total);
  if (total.jobs > 1)
    fprintf (stderr,
             _ ("Forecast: %zu sweeps, %zu points, %s of memory at most, %s of work, about %s.\n"),
             total.jobs, total.points, memory, work, time);
  else if (bench->n_sides > 1)
    fprintf (stderr, _ ("Forecast: two setups, %zu points, %s of memory, %s of work, about %s.\n"),
             total.points, memory, work, time);
  else
    fprintf (stderr,
             g_dngettext (NULL, "Forecast: %zu point, %s of memory, %s of work, about %s.\n",
                          "Forecast: %zu points, %s of memory, %s of work, about %s.\n",
                          total.points),
             total.points, memory, work, time);
  if (bench->alternate)
    fputs (_ ("Both setups do not fit into memory at once: they take turns, start by start.\n"),
           stderr);
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
  nullcurve_bench_say (bench,
                       is_begun (job) ? _ ("Warning: the sweep %s is not complete: %s")
                                      : _ ("Warning: the sweep %s is left out: %s"),
                       name, job->left_out);
}

static gboolean
is_all_carried (const GPtrArray *jobs)
{
  for (guint i = 0; i < jobs->len; i++)
    if (((const NullcurveBenchJob *)g_ptr_array_index (jobs, i))->todo.n_points > 0)
      return FALSE;
  return TRUE;
}

static void
say_what_comes (NullcurveBench *bench)
{
  const GPtrArray *jobs = bench->sides[0].jobs;
  for (gsize s = 0; s < bench->n_sides; s++)
    if (bench->sides[s].why != NULL)
      fprintf (stderr, "%s\n", bench->sides[s].why);
  if (nullcurve_bench_jobs_total (jobs).jobs > 0)
    say_forecast (bench);
  for (guint i = 0; i < jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      if (job->left_out != NULL)
        say_left_out (bench, job);
    }
}

/* On TRUE the run may still have been stopped. */
static gboolean
calibrate (NullcurveBench *bench, GError **error)
{
  MoeError engine_error = { 0 };
  if (is_all_carried (bench->sides[0].jobs))
    {
      fputs (_ ("Nothing is left to measure.\n"), stderr);
      return TRUE;
    }
  MoeStatus status = choose_backends (bench, &engine_error);
  if (status == MOE_ERROR_CANCELLED)
    return TRUE;
  if (status != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  if (!can_trace (bench, error) || !forecast_jobs (bench, TRUE, error))
    return FALSE;
  say_what_comes (bench);
  return TRUE;
}

/* --- measuring --- */

static gboolean
computes_alike (const NullcurveBenchSide *a, const NullcurveBenchSide *b)
{
  return a->backend == b->backend && first_plan (a)->device == first_plan (b)->device
         && first_plan (a)->threads == first_plan (b)->threads;
}

static void
print_devices (const NullcurveBenchSide *side)
{
  MoeBackendFacts facts = { 0 };
  side->backend->facts (first_plan (side)->device, &facts);
  printf ("devices=[%s: %s, %s%s%s%s, threads=%zu]\n", facts.device, moe_environment_cpu (),
          facts.library, facts.kernels[0] != '\0' ? " (" : "", facts.kernels,
          facts.kernels[0] != '\0' ? ")" : "", first_plan (side)->threads);
}

/* What is written besides the points that were asked for. */
static void
say_others (NullcurveBench *bench)
{
  g_autoptr (MoeRun) others = moe_run_new (MOE_RUN_FORMAT_MEASURED, "");
  if (bench->before == NULL)
    return;
  nullcurve_bench_resume_append_others (bench->sides[0].jobs, bench->before,
                                        bench->sides[0].backend->name, others);
  gsize n = moe_run_get_n_records (others);
  g_autofree char *name = g_utf8_make_valid (bench->args->resume, -1);
  if (n > 0)
    nullcurve_bench_say (bench,
                         g_dngettext (NULL,
                                      "Note: %zu point of %s belongs to no sweep of this command; "
                                      "it is kept beside the others.",
                                      "Note: %zu points of %s belong to no sweep of this command; "
                                      "they are kept beside the others.",
                                      n),
                         n, name);
}

static void
describe_side (const NullcurveBench *bench, const NullcurveBenchSide *side)
{
  const NullcurveBenchArgs *args = bench->args;
  moe_environment_describe (side->run, first_plan (side), side->backend, args->command_line);
  moe_run_set_limits (side->run, &side->limits);
  if (args->has_matrix)
    {
      g_autofree char *scale = g_strdup_printf ("%zu", args->scale);
      moe_run_set_fact (side->run, "matrix", args->matrix_name);
      moe_run_set_fact (side->run, "scale", scale);
    }
  if (bench->before != NULL && nullcurve_bench_resume_count (side->jobs) > 0)
    nullcurve_bench_resume_describe (args, side->jobs, bench->before, side->run);
}

/* What two runs have in common that were measured in the same rounds, and no other two; also the
 * parts of a run that measures two modes so, when they are looked at apart. */
static void
describe_rounds (const NullcurveBench *bench)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *rounds = g_strdup_printf ("%s-%08x%08x", date, g_random_int (), g_random_int ());
  if (bench->n_sides == 1 && !first_plan (&bench->sides[0])->options.beside_independent)
    return;
  for (gsize s = 0; s < bench->n_sides; s++)
    moe_run_set_fact (bench->sides[s].run, "rounds", rounds);
}

/* Devices, and ranks that share the work. */
static void
say_wall_only (NullcurveBench *bench, const NullcurveBenchSide *side)
{
  if (side->backend->usage == NULL)
    nullcurve_bench_say (bench,
                         _ ("Note: %s tells no processor times here: samples are wall times, and "
                            "which of them others disturbed cannot be told."),
                         side->backend->title);
}

static gboolean
begin (NullcurveBench *bench, GError **error)
{
  const NullcurveBenchArgs *args = bench->args;
  for (gsize s = 0; s < bench->n_sides; s++)
    describe_side (bench, &bench->sides[s]);
  describe_rounds (bench);
  say_others (bench);
  if (args->trace_dir != NULL
      && (bench->trace = moe_trace_file_new (args->trace_dir, error)) == NULL)
    return FALSE;
  print_devices (&bench->sides[0]);
  if (bench->n_sides > 1 && !computes_alike (&bench->sides[0], &bench->sides[1]))
    print_devices (&bench->sides[1]);
  for (gsize s = 0; s < bench->n_sides; s++)
    say_wall_only (bench, &bench->sides[s]);
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
  NullcurveBenchSide *side = &bench->sides[0];
  NullcurveBenchJob *job = g_ptr_array_index (side->jobs, bench->current);
  if (job->left_out == NULL || job->todo.n_points < job->plan.n_points)
    nullcurve_bench_print_job_head (bench);
  if (job->left_out != NULL || job->todo.n_points == 0)
    return TRUE;
  if (bench->current > 0
      && !(find_available (&available, error)
           && nullcurve_bench_job_forecast (side->jobs, bench->current, bench->args, side->backend,
                                            &side->limits.calibration, available, error)))
    return FALSE;
  MoeStatus status =
      job->left_out != NULL ? MOE_OK : nullcurve_bench_measure_job (bench, clock, &engine_error);
  if (status != MOE_OK && side->jobs->len > 1)
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
  for (guint i = 0; good && i < bench->sides[0].jobs->len; i++)
    {
      if (moe_cancel_requested (nullcurve_bench_signals_cancel ()))
        break;
      bench->current = i;
      good = measure_current (bench, &clock, error);
    }
  if (bench->n_sides > 1)
    nullcurve_bench_print_versus (bench);
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
  if (!nullcurve_bench_dump_write (&bench->dump_plan, &args->options, bench->sides[0].backend,
                                   cancel, args->dump_dir, error))
    {
      gboolean stopped = moe_cancel_requested (cancel);
      if (stopped)
        g_clear_error (error);
      return stopped;
    }
  bench->dumped = TRUE;
  fprintf (stderr, _ ("Tensors are in %s.\n"), args->dump_dir);
  return TRUE;
}

static void
finish_trace (NullcurveBench *bench)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  if (bench->trace == NULL || bench->trace_failed
      || moe_run_get_n_records (bench->sides[0].run) == 0)
    return;
  if (moe_trace_file_finish (bench->trace, bench->sides[0].run, &path, &error))
    fprintf (stderr, _ ("Trace is in %s.\n"), path);
  else
    {
      bench->trace_failed = TRUE;
      nullcurve_bench_say (bench, _ ("Warning: %s"), error->message);
    }
}

/* Of this machine only what this run has measured, and rightly; limits of several processes
 * together are none of it. */
static void
raise_limits (const NullcurveBench *bench, const NullcurveBenchSide *side, MoeRun *run)
{
  const MoePlan *plan = first_plan (side);
  MoeLimits limits;
  if (!bench->disagreed && moe_run_raise_limits (run, &limits) && bench->before == NULL
      && nullcurve_bench_ranks_size () == 0)
    moe_machine_raise (side->own_backend, plan->device, plan->threads,
                       plan->options.choice[MOE_CHOICE_DTYPE], &limits);
}

static gboolean
is_any_left_out (const NullcurveBench *bench)
{
  const GPtrArray *jobs = bench->sides[0].jobs;
  for (guint i = 0; i < jobs->len; i++)
    if (((const NullcurveBenchJob *)g_ptr_array_index (jobs, i))->left_out != NULL)
      return TRUE;
  return FALSE;
}

/* Is anything of the plans left to measure? */
static gboolean
is_cut_short (const NullcurveBench *bench)
{
  return nullcurve_bench_signals_status () != 0 || is_any_left_out (bench);
}

static gsize
most_threads (const NullcurveBench *bench)
{
  gsize threads = 0;
  for (gsize s = 0; s < bench->n_sides; s++)
    threads = MAX (threads, first_plan (&bench->sides[s])->threads);
  return threads;
}

/* What is said about a run, and to be written with it. */
static GPtrArray *
advise (const MoeRun *run, const MoeNoise *noise)
{
  MoeAdvice advice;
  GPtrArray *sentences = nullcurve_bench_closing (run);
  moe_run_advise (run, noise, &advice);
  g_autofree GStrv words = nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_OPTIONS);
  for (gsize i = 0; words[i] != NULL; i++)
    g_ptr_array_add (sentences, words[i]);
  return sentences;
}

/* Of the second setup under its name, but what was said of the first already. */
static void
add_notes (GPtrArray *notes, const GPtrArray *sentences, gsize setup)
{
  guint before = notes->len;
  for (guint i = 0; i < sentences->len; i++)
    {
      const char *sentence = g_ptr_array_index (sentences, i);
      gboolean said = FALSE;
      for (guint k = 0; k < before; k++)
        said |= strcmp (g_ptr_array_index (notes, k), sentence) == 0;
      if (!said)
        g_ptr_array_add (notes, g_strconcat (setup > 0 ? "B: " : "", sentence, NULL));
    }
}

/* Starts of several processes together are none of this machine.  Returns what is known now if the
 * run has taught something of it, else NaN. */
static double
learn_starts (const NullcurveBenchSide *side, MoeRun *run)
{
  const MoePlan *plan = first_plan (side);
  gboolean teaches = moe_starts_measure (run).df >= MOE_PLAN_LEAST_STARTS - 1;
  if (nullcurve_bench_ranks_size () > 0)
    return NAN;
  double sd = moe_starts_learn (run, side->own_backend, plan->threads,
                                plan->options.choice[MOE_CHOICE_DTYPE]);
  return teaches ? sd : NAN;
}

/* What a person should know of a setup's run, or NULL; a carried over one's is of its time. */
static GPtrArray *
find_sentences (const NullcurveBench *bench, gsize setup, const MoeRun *run, const MoeNoise *noise)
{
  MoeNoise earlier;
  if (moe_run_get_n_records (bench->sides[setup].run) == 0)
    return moe_run_get_noise (run, &earlier) ? advise (run, &earlier) : NULL;
  GPtrArray *sentences = advise (run, noise);
  char *unsettled = setup > 0 || is_cut_short (bench) ? NULL : nullcurve_bench_unsettled (bench);
  if (unsettled != NULL)
    g_ptr_array_insert (sentences, 0, unsettled);
  return sentences;
}

/* All that there is of a setup, with what disturbed it; what a person should know is added to
 * `notes`. */
static MoeRun *
close_side (
    NullcurveBench *bench, gsize setup, const MoeNoise *noise, gboolean whole, GPtrArray *notes)
{
  const NullcurveBenchSide *side = &bench->sides[setup];
  MoeRun *run = nullcurve_bench_collect (bench, setup);
  g_autoptr (GPtrArray) sentences = find_sentences (bench, setup, run, noise);
  raise_limits (bench, side, run);
  if (sentences != NULL)
    add_notes (notes, sentences, setup);
  if (moe_run_get_n_records (side->run) == 0)
    return run;
  moe_run_set_noise (run, noise);
  moe_run_set_warnings (run, (const char *const *)sentences->pdata, sentences->len);
  if (whole && first_plan (side)->options.until_settled && !is_cut_short (bench))
    moe_run_set_fact (run, "state", "complete");
  return run;
}

/* All that there is of each setup of which there is anything. */
static GPtrArray *
close_sides (NullcurveBench *bench, const MoeNoise *noise, gboolean whole, GPtrArray *notes)
{
  double spread = NAN;
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (gsize s = 0; s < bench->n_sides; s++)
    {
      g_autoptr (MoeRun) run = close_side (bench, s, noise, whole, notes);
      if (moe_run_get_n_records (run) == 0)
        break;
      double learnt = moe_run_get_n_records (bench->sides[s].run) > 0
                          ? learn_starts (&bench->sides[s], run)
                          : NAN;
      spread = isnan (learnt) ? spread : learnt;
      g_ptr_array_add (runs, g_steal_pointer (&run));
    }
  if (!isnan (spread))
    fprintf (stderr, _ ("Starts of this machine differ by %.1f %%.\n"), 100 * spread);
  return runs;
}

/* What was measured is written even when the run ended in an error. */
static gboolean
run_prepared (NullcurveBench *bench, GError **error)
{
  MoeNoiseWatch watch;
  MoeNoise noise;
  if (!calibrate (bench, error))
    return FALSE;
  if (moe_cancel_requested (nullcurve_bench_signals_cancel ()))
    return TRUE;
  if (!begin (bench, error))
    return FALSE;
  moe_noise_start (&watch, "");
  gboolean measured = measure (bench, error);
  moe_noise_stop (&watch, "", most_threads (bench), &noise);
  nullcurve_bench_ranks_quieten (&noise);
  finish_trace (bench);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) runs = close_sides (bench, &noise, measured, notes);
  if (runs->len == 0)
    return measured;
  gboolean saved = nullcurve_bench_output_finish (bench->args, runs, measured ? error : NULL);
  for (guint i = 0; i < notes->len; i++)
    nullcurve_bench_say (bench, "Note: %s", (const char *)g_ptr_array_index (notes, i));
  return measured && saved && dump (bench, error);
}

/* Points of the plans that have samples, old or new. */
static void
count_points (const NullcurveBenchSide *side, gsize *sampled, gsize *all)
{
  for (guint i = 0; i < side->jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (side->jobs, i);
      *all += job->plan.n_points;
      for (gsize p = 0; p < job->plan.n_points; p++)
        *sampled += job->points[p].has_record || job->points[p].before != NULL;
    }
}

/* The exit status of a run that raised no error. */
static int
status_of (const NullcurveBench *bench)
{
  gsize sampled = 0, all = 0;
  int stopped = nullcurve_bench_signals_status ();
  if (stopped == 0)
    return bench->disagreed || bench->trace_failed || is_any_left_out (bench)
               ? NULLCURVE_BENCH_ERROR_FAILED
               : 0;
  for (gsize s = 0; s < bench->n_sides; s++)
    count_points (&bench->sides[s], &sampled, &all);
  fprintf (stderr,
           bench->args->dump_dir != NULL && !bench->dumped
               ? _ ("nullcurve-bench: Stopped; %zu of %zu points have samples, and no tensors were "
                    "written.\n")
               : _ ("nullcurve-bench: Stopped; %zu of %zu points have samples.\n"),
           sampled, all);
  return stopped;
}

static void
bench_clear (NullcurveBench *bench)
{
  for (gsize s = 0; s < bench->n_sides; s++)
    {
      g_clear_pointer (&bench->sides[s].run, moe_run_unref);
      g_clear_pointer (&bench->sides[s].jobs, g_ptr_array_unref);
      g_clear_pointer (&bench->sides[s].why, g_free);
    }
  g_clear_pointer (&bench->before, moe_run_unref);
  g_clear_pointer (&bench->trace, moe_trace_file_free);
  moe_plan_clear (&bench->dump_plan);
}

static MoeRun *
new_run (const NullcurveBenchArgs *args, gsize setup)
{
  g_autofree char *changes = setup > 0 ? g_utf8_make_valid (args->versus, -1) : NULL;
  g_autofree char *what = args->has_matrix       ? g_strdup_printf ("Matrix %s", args->matrix_name)
                          : args->preset != NULL ? g_utf8_make_valid (args->preset, -1)
                                                 : g_strdup ("Null-routed MoE block");
  g_autofree char *scaled =
      args->scale > 1 ? g_strdup_printf (", tokens / %zu,", args->scale) : g_strdup ("");
  g_autofree char *title =
      g_strdup_printf ("%s%s on %s%s%s", what, scaled, moe_environment_cpu (),
                       changes != NULL ? ", " : "", changes != NULL ? changes : "");
  return moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
}

static gboolean
make_jobs (NullcurveBench *bench, const MoeOptions *sweeps, gsize n_sweeps, GError **error)
{
  bench->n_sides = bench->args->versus != NULL ? 2 : 1;
  bench->sides[0].jobs = nullcurve_bench_jobs_new (sweeps, n_sweeps, error);
  if (bench->sides[0].jobs == NULL || bench->n_sides == 1)
    return bench->sides[0].jobs != NULL;
  bench->sides[1].jobs = nullcurve_bench_jobs_new (&bench->args->versus_options, 1, error);
  return bench->sides[1].jobs != NULL || fail_in (bench, &bench->sides[1], error);
}

gboolean
nullcurve_bench_run_sweeps (const NullcurveBenchArgs *args,
                            const MoeOptions *sweeps,
                            gsize n_sweeps,
                            int *status,
                            GError **error)
{
  NullcurveBench bench = { .args = args };
  if (!make_jobs (&bench, sweeps, n_sweeps, error) || !prepare (&bench, error))
    {
      bench_clear (&bench);
      return FALSE;
    }
  nullcurve_bench_signals_watch ();
  nullcurve_bench_progress_init (&bench.progress);
  for (gsize s = 0; s < bench.n_sides; s++)
    bench.sides[s].run = new_run (args, s);

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
  if (args->versus != NULL && nullcurve_bench_ranks_size () > 0)
    {
      g_set_error (
          error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
          _ ("--versus measures two setups in one process, and here are %zu ranks: allowed "
             "is a start without them."),
          nullcurve_bench_ranks_size ());
      return FALSE;
    }
  return nullcurve_bench_args_sweeps (args, sweeps, &n, error)
         && nullcurve_bench_run_sweeps (args, sweeps, n, status, error);
}

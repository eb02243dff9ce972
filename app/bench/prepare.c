/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/prepare.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "app/bench/dump.h"
#include "app/bench/fit.h"
#include "app/bench/ranks.h"
#include "app/bench/resume.h"
#include "app/command-line/error.h"
#include "app/command-line/signals.h"
#include "app/command-line/tell.h"
#include "app/results/output.h"
#include "engine/backends/modules.h"
#include "engine/sweep/quantities.h"
#include "engine/threads/topology.h"

static gboolean
refuse (GError **error, const MoeError *engine_error)
{
  return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, engine_error);
}

/* Say that an error is of the second of two setups; returns FALSE. */
static gboolean
fail_in (const NullcurveBench *bench, gsize side, GError **error)
{
  if (side == 0)
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

static gboolean
forecast (NullcurveBench *bench, GError **error)
{
  gsize available;
  if (!find_available (&available, error))
    return FALSE;
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    if (!nullcurve_bench_fit_side (bench->sweep, s, bench->args, available, error))
      return fail_in (bench, s, error);
  moe_sweep_choose_turns (bench->sweep);
  return TRUE;
}

gboolean
nullcurve_bench_forecast_leg (NullcurveBench *bench, gsize leg, GError **error)
{
  gsize available;
  return find_available (&available, error)
         && nullcurve_bench_fit_leg (bench->sweep, 0, leg, bench->args, available, error);
}

/* --- what can be refused --- */

static gboolean
add_legs (NullcurveBench *bench, const MoeOptions *legs, gsize n_legs, GError **error)
{
  MoeError engine_error;
  for (gsize i = 0; i < n_legs; i++)
    if (moe_sweep_add_leg (bench->sweep, 0, &legs[i], &engine_error) != MOE_OK)
      return refuse (error, &engine_error);
  if (bench->args->versus == NULL
      || moe_sweep_add_leg (bench->sweep, 1, &bench->args->versus_options, &engine_error) == MOE_OK)
    return TRUE;
  refuse (error, &engine_error);
  return fail_in (bench, 1, error);
}

/* The first that can do it; choose_backend () looks for the fastest once it is known to fit.  A run
 * that is gone on with keeps its backend. */
static gboolean
prepare_backend (NullcurveBench *bench, gsize side, const MoeRun *before, GError **error)
{
  MoeError engine_error;
  MoeAccelerator *machine = &bench->machines[side];
  const MoePlan *plan = moe_sweep_get_plan (bench->sweep, side);
  moe_accelerator_init (machine, &plan->options);
  machine->threads = plan->threads;
  g_strlcpy (machine->accelerator,
             nullcurve_bench_resume_accelerator (machine->accelerator, before),
             sizeof machine->accelerator);
  machine->backend = moe_backend_find (machine->accelerator, machine->dtype, &engine_error);
  if (machine->backend == NULL)
    {
      nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
      return fail_in (bench, side, error);
    }
  const MoeBackend *backend = nullcurve_bench_ranks_spread (machine->backend);
  moe_sweep_set_backend (bench->sweep, side, backend, NULL);
  return nullcurve_bench_resume_check_backend (bench->args, before, backend, error);
}

/* Backends of both setups, which must have their points place by place. */
static gboolean
prepare_sides (NullcurveBench *bench, GError **error)
{
  MoeError engine_error;
  g_autoptr (MoeRun) before = NULL;
  if (!nullcurve_bench_resume_read (bench->args, moe_sweep_get_plan (bench->sweep, 0), &before,
                                    error))
    return FALSE;
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    if (!prepare_backend (bench, s, before, error))
      return FALSE;
  if (before != NULL)
    moe_sweep_resume (bench->sweep, before, FALSE);
  return moe_sweep_check (bench->sweep, &engine_error) == MOE_OK || refuse (error, &engine_error);
}

static gboolean
prepare_dump (NullcurveBench *bench, GError **error)
{
  const char *folder = bench->args->dump_dir;
  const MoeBackend *backend = bench->sweep->sides[0].backend;
  MoePlan *plan = &bench->dump_plan;
  MoeError engine_error;
  MoeForecast dump_forecast;
  gsize available;
  if (folder == NULL)
    return TRUE;
  if (!find_available (&available, error))
    return FALSE;
  if (nullcurve_bench_dump_plan (moe_sweep_get_plan (bench->sweep, 0), plan, &engine_error)
          != MOE_OK
      || moe_forecast (plan, backend, NULL, available, &dump_forecast, &engine_error) != MOE_OK
      || moe_forecast_require_fit (plan, backend, &dump_forecast, &engine_error) != MOE_OK)
    return refuse (error, &engine_error);
  return nullcurve_bench_dump_check (plan, folder, error);
}

gboolean
nullcurve_bench_prepare (NullcurveBench *bench,
                         const MoeOptions *legs,
                         gsize n_legs,
                         GError **error)
{
  const NullcurveBenchArgs *args = bench->args;
  bench->sweep = moe_sweep_new ();
  return add_legs (bench, legs, n_legs, error) && nullcurve_bench_output_check (args, error)
         && prepare_sides (bench, error) && forecast (bench, error) && prepare_dump (bench, error)
         && (args->trace_dir == NULL
             || nullcurve_bench_output_check_trace (args->trace_dir, error));
}

/* --- this machine --- */

/* Nothing else is said until the last of the tries. */
static void
say_calibrating (gpointer data, const MoeBackend *backend, gsize step, gsize n_steps)
{
  const MoeAccelerator *machine = data;
  if (step == 1)
    nullcurve_bench_tell (g_dngettext (NULL,
                                       "Measuring what this machine does with %zu thread; that is "
                                       "kept for the next time.",
                                       "Measuring what this machine does with %zu threads; that is "
                                       "kept for the next time.",
                                       machine->threads),
                          machine->threads);
}

/* What --accelerator auto stands for on this machine, and what that backend can do here: asked
 * once where both setups ask for the same. */
static MoeStatus
choose_backend (NullcurveBench *bench, gsize side)
{
  MoeCancel *cancel = nullcurve_bench_signals_cancel ();
  MoeAccelerator *machine = &bench->machines[side];
  const MoePlan *plan = moe_sweep_get_plan (bench->sweep, side);
  if (side > 0 && moe_accelerator_fits (&bench->machines[0], &plan->options))
    {
      moe_accelerator_clear (machine);
      moe_accelerator_copy (machine, &bench->machines[0]);
      g_clear_pointer (&machine->why, g_free);
    }
  else if (moe_accelerator_find_out (machine, FALSE, cancel, say_calibrating, machine) != MOE_OK)
    return MOE_ERROR_CANCELLED;
  else if (machine->measured)
    nullcurve_bench_ranks_scale (&machine->limits);
  if (!machine->measured)
    return MOE_ERROR_BACKEND;
  moe_sweep_set_backend (bench->sweep, side, nullcurve_bench_ranks_spread (machine->backend),
                         &machine->limits.calibration);
  return MOE_OK;
}

static gboolean
check_can_trace (const NullcurveBench *bench, const MoeBackend *backend, GError **error)
{
  if (bench->args->trace_dir == NULL || backend->trace != NULL)
    return TRUE;
  g_autoptr (GString) able = g_string_new (NULL);
  gsize n;
  const MoeBackend *const *backends = moe_backends (&n);
  for (gsize i = 0; i < n; i++)
    if (backends[i]->trace != NULL)
      g_string_append_printf (able, "%s--accelerator %s", able->len > 0 ? ", " : "",
                              backends[i]->name);
  return nullcurve_bench_refuse (
      error, _ ("--trace-dir %s: %s cannot tell what its threads do: allowed is %s."),
      bench->args->trace_dir, backend->title,
      able->len > 0 ? able->str : _ ("no backend of this build"));
}

static gboolean
can_trace (const NullcurveBench *bench, GError **error)
{
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    if (!check_can_trace (bench, bench->sweep->sides[s].backend, error))
      return FALSE;
  return TRUE;
}

/* "2 min 10 s", or "20 s to 3 min 00 s" where nobody knows how long settling takes. */
static char *
describe_time (const MoeSweepTotal *total)
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
  MoeSweepTotal total = moe_sweep_total (bench->sweep);
  g_autofree char *memory = moe_text_bytes (total.memory_bytes);
  g_autofree char *work = moe_text_flops (total.flops);
  g_autofree char *time = describe_time (&total);
  if (total.legs > 1)
    nullcurve_bench_tell (
        _ ("Forecast: %zu sweeps, %zu points, %s of memory at most, %s of work, about %s.\n"),
        total.legs, total.points, memory, work, time);
  else if (bench->sweep->n_sides > 1)
    nullcurve_bench_tell (
        _ ("Forecast: two setups, %zu points, %s of memory, %s of work, about %s.\n"), total.points,
        memory, work, time);
  else
    nullcurve_bench_tell (
        g_dngettext (NULL, "Forecast: %zu point, %s of memory, %s of work, about %s.\n",
                     "Forecast: %zu points, %s of memory, %s of work, about %s.\n", total.points),
        total.points, memory, work, time);
  if (bench->sweep->alternate)
    nullcurve_bench_tell (
        _ ("Both setups do not fit into memory at once: they take turns, start by start.\n"));
}

static gboolean
is_begun (const MoeSweep *sweep, gsize leg)
{
  for (gsize i = 0; i < moe_sweep_get_leg (sweep, 0, leg)->plan.n_points; i++)
    if (moe_sweep_is_measured (sweep, 0, leg, i))
      return TRUE;
  return FALSE;
}

void
nullcurve_bench_say_left_out (NullcurveBench *bench, gsize leg)
{
  const MoeSweepLeg *of = moe_sweep_get_leg (bench->sweep, 0, leg);
  g_autofree char *name = nullcurve_bench_leg_name (of);
  nullcurve_bench_say (bench,
                       is_begun (bench->sweep, leg)
                           ? _ ("Warning: the sweep %s is not complete: %s")
                           : _ ("Warning: the sweep %s is left out: %s"),
                       name, of->left_out);
}

/* More of them have an effect, but not the one that they are given for. */
static void
say_threads (NullcurveBench *bench)
{
  gsize threads = 0, processors = moe_topology ()->processors;
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    threads = MAX (threads, moe_sweep_get_plan (bench->sweep, s)->threads);
  if (threads > processors)
    nullcurve_bench_say (
        bench,
        g_dngettext (NULL,
                     "Note: %zu threads take turns on %zu processor, and wait for "
                     "each other: more than that make nothing faster.",
                     "Note: %zu threads take turns on %zu processors, and wait for "
                     "each other: more than these make nothing faster.",
                     processors),
        threads, processors);
}

/* Which "auto" would have looked at, and passes by. */
static void
say_faulty_modules (NullcurveBench *bench)
{
  gsize n;
  const MoeBackend *const *modules = moe_backend_modules (&n);
  gboolean looks = FALSE;
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    looks |= strcmp (bench->machines[s].accelerator, "auto") == 0;
  for (gsize i = 0; looks && i < n; i++)
    if (moe_backend_module_fault (modules[i]) != NULL)
      nullcurve_bench_say (bench, "Note: %s", moe_backend_module_fault (modules[i]));
}

static void
say_what_comes (NullcurveBench *bench)
{
  MoeSweep *sweep = bench->sweep;
  say_threads (bench);
  say_faulty_modules (bench);
  for (gsize s = 0; s < sweep->n_sides; s++)
    if (bench->machines[s].why != NULL)
      nullcurve_bench_tell ("%s", bench->machines[s].why);
  if (moe_sweep_total (sweep).legs > 0)
    say_forecast (bench);
  for (guint i = 0; i < moe_sweep_n_legs (sweep); i++)
    if (moe_sweep_get_leg (sweep, 0, i)->left_out != NULL)
      nullcurve_bench_say_left_out (bench, i);
}

gboolean
nullcurve_bench_choose (NullcurveBench *bench, GError **error)
{
  if (moe_sweep_count_carried (bench->sweep) == moe_sweep_count_points (bench->sweep, 0))
    {
      nullcurve_bench_tell (_ ("Nothing is left to measure.\n"));
      return TRUE;
    }
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    {
      MoeStatus status = choose_backend (bench, s);
      if (status == MOE_ERROR_CANCELLED)
        return TRUE;
      if (status == MOE_OK)
        continue;
      g_set_error_literal (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED,
                           bench->machines[s].failure);
      return FALSE;
    }
  if (!can_trace (bench, error) || !forecast (bench, error))
    return FALSE;
  say_what_comes (bench);
  return TRUE;
}

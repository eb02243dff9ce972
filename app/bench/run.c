/* SPDX-License-Identifier: Apache-2.0 */
/* Leading a measurement: one leg of the sweep after the other, and what is written of it. */
#include "app/bench/run.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "app/bench/closing.h"
#include "app/bench/dump.h"
#include "app/bench/prepare.h"
#include "app/bench/ranks.h"
#include "app/command-line/error.h"
#include "app/command-line/signals.h"
#include "app/command-line/stream.h"
#include "app/command-line/tell.h"
#include "app/results/output.h"
#include "engine/files/output.h"
#include "engine/host/environment.h"
#include "engine/host/measuring.h"
#include "engine/judge/bound.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"

/* --- the runs --- */

/* Shape, top-k, and what differs from the window's defaults, so that both name a sweep alike:
 * sweeps that differ have names that do. */
static char *
setup_of (const MoeOptions *options, gboolean named)
{
  MoeOptions defaults;
  moe_presets_init_options (&defaults);
  g_autofree char *block = moe_text_block (options);
  g_autofree char *topk = moe_text_topk (options);
  g_autofree char *changes = named ? moe_text_changes (options, &defaults)
                                   : moe_text_changes_beside_block (options, &defaults);
  return g_strdup_printf ("%s%s, %s%s%s", named ? "" : " ", named ? "" : block, topk,
                          *changes != '\0' ? ", " : "", changes);
}

static char *
title_of (const NullcurveBench *bench, gsize side)
{
  const NullcurveBenchArgs *args = bench->args;
  g_autofree char *setup =
      args->has_matrix
          ? g_strdup ("")
          : setup_of (&moe_sweep_get_plan (bench->sweep, 0)->options, args->preset != NULL);
  g_autofree char *changes = side > 0 ? g_utf8_make_valid (args->versus, -1) : NULL;
  g_autofree char *what = args->has_matrix       ? g_strdup_printf ("Matrix %s", args->matrix_name)
                          : args->preset != NULL ? g_utf8_make_valid (args->preset, -1)
                                                 : g_strdup ("Null-routed MoE block");
  const MoeMatrixScale *scale = &args->scale;
  g_autofree char *tokens =
      scale->tokens > 1 ? g_strdup_printf (", tokens / %zu", scale->tokens) : g_strdup ("");
  g_autofree char *widths =
      scale->widths > 1 ? g_strdup_printf (", widths / %zu", scale->widths) : g_strdup ("");
  const char *end = scale->tokens > 1 || scale->widths > 1 ? "," : "";
  return g_strdup_printf ("%s%s%s%s%s on %s%s%s", what, setup, tokens, widths, end,
                          moe_environment_cpu (), changes != NULL ? ", " : "",
                          changes != NULL ? changes : "");
}

static void
open_run (const NullcurveBench *bench, gsize side)
{
  const NullcurveBenchArgs *args = bench->args;
  g_autofree char *title = title_of (bench, side);
  moe_sweep_open (bench->sweep, side, title, args->command_line);
  MoeRun *run = bench->sweep->sides[side].run;
  moe_run_set_limits (run, &bench->machines[side].limits);
  if (args->has_matrix)
    {
      g_autofree char *tokens = g_strdup_printf ("%zu", args->scale.tokens);
      g_autofree char *widths = g_strdup_printf ("%zu", args->scale.widths);
      moe_run_set_fact (run, "matrix", args->matrix_name);
      moe_run_set_fact (run, "scale", tokens);
      if (args->scale.widths > 1)
        moe_run_set_fact (run, "scale-widths", widths);
    }
  if (bench->sweep->before != NULL && moe_sweep_count_carried (bench->sweep) > 0)
    {
      g_autofree char *name = g_utf8_make_valid (args->resume, -1);
      g_autofree char *carried = moe_sweep_describe_carried (bench->sweep, name);
      moe_run_set_fact (run, "resumed", carried);
    }
}

/* What two runs have in common that were measured in the same rounds, and no other two; also the
 * parts of a run that measures two modes so, when they are looked at apart. */
static void
describe_rounds (const MoeSweep *sweep)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *rounds = g_strdup_printf ("%s-%08x%08x", date, g_random_int (), g_random_int ());
  if (sweep->n_sides == 1 && !moe_sweep_get_plan (sweep, 0)->options.beside_independent)
    return;
  for (gsize s = 0; s < sweep->n_sides; s++)
    moe_run_set_fact (sweep->sides[s].run, "rounds", rounds);
}

/* What the run's file in the library is called after. */
static char *
library_name (const NullcurveBench *bench)
{
  return bench->args->has_matrix ? g_strdup_printf ("matrix %s", bench->args->matrix_name)
         : bench->args->preset != NULL
             ? g_strdup (bench->args->preset)
             : moe_text_block_plain (&moe_sweep_get_plan (bench->sweep, 0)->options);
}

/* Where the run goes is the reader's business, who asked for nothing else. */
static gboolean
keep_in_stream (NullcurveBench *bench, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (moe_sweep_keep_in_stream (bench->sweep, 0, bench->stream, &failure))
    return TRUE;
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED, "%s", failure->message);
  return FALSE;
}

/* A run is worth measuring without its journal too. */
static void
keep_run (NullcurveBench *bench, gsize side, GDateTime *now)
{
  const NullcurveBenchArgs *args = bench->args;
  g_autofree char *path = nullcurve_bench_output_path (args->journal, side);
  g_autofree char *name = library_name (bench);
  g_autoptr (GError) error = NULL;
  gboolean replace = path != NULL && args->resume != NULL && moe_output_same (path, args->resume);
  gboolean kept = path != NULL ? moe_sweep_keep (bench->sweep, side, path, replace, &error)
                               : moe_sweep_keep_in_library (bench->sweep, side, name, now, &error);
  if (!kept)
    {
      nullcurve_bench_say (bench, _ ("Warning: %s  Measuring goes on."), error->message);
      return;
    }
  g_autofree char *shown = g_filename_display_name (bench->sweep->sides[side].journal_path);
  nullcurve_bench_tell (_ ("Journal is in %s.\n"), shown);
}

static gboolean
open_runs (NullcurveBench *bench, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    open_run (bench, s);
  describe_rounds (bench->sweep);
  if (bench->stream >= 0)
    return keep_in_stream (bench, error);
  for (gsize s = 0; s < bench->sweep->n_sides && moe_sweep_total (bench->sweep).legs > 0; s++)
    keep_run (bench, s, now);
  return TRUE;
}

/* --- measuring --- */

static gboolean
computes_alike (const MoeSweep *sweep)
{
  const MoePlan *a = moe_sweep_get_plan (sweep, 0), *b = moe_sweep_get_plan (sweep, 1);
  return sweep->sides[0].backend == sweep->sides[1].backend && a->device == b->device
         && a->threads == b->threads;
}

static void
print_devices (const MoeSweep *sweep, gsize side)
{
  MoeBackendFacts facts = { 0 };
  const MoePlan *plan = moe_sweep_get_plan (sweep, side);
  sweep->sides[side].backend->facts (plan->device, &facts);
  nullcurve_bench_print ("devices=[%s: %s, %s%s%s%s, threads=%zu]", facts.device,
                         moe_environment_cpu (), facts.library,
                         facts.kernels[0] != '\0' ? " (" : "", facts.kernels,
                         facts.kernels[0] != '\0' ? ")" : "", plan->threads);
}

/* What is written besides the points that were asked for. */
static void
say_others (NullcurveBench *bench)
{
  g_autoptr (MoeRun) others = moe_run_new (MOE_RUN_FORMAT_MEASURED, "");
  if (bench->sweep->before == NULL)
    return;
  moe_sweep_append_others (bench->sweep, others);
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

/* Devices, and ranks that share the work. */
static void
say_wall_only (NullcurveBench *bench, const MoeBackend *backend)
{
  if (backend->usage == NULL)
    nullcurve_bench_say (bench,
                         _ ("Note: %s tells no processor times here: samples are wall times, and "
                            "which of them others disturbed cannot be told."),
                         backend->title);
}

/* Nobody is there to be asked, so it goes on all the same. */
static void
say_other (NullcurveBench *bench)
{
  g_autofree char *other = moe_measuring_find_other ();
  if (other != NULL)
    nullcurve_bench_say (bench,
                         _ ("Note: another Nullcurve measures on this machine: %s.  Two at a time "
                            "take the processors from each other: both become slower, and say "
                            "less."),
                         *other != '\0' ? other : _ ("A run"));
}

static gboolean
begin (NullcurveBench *bench, GError **error)
{
  const NullcurveBenchArgs *args = bench->args;
  const MoeSweep *sweep = bench->sweep;
  if (args->trace_dir != NULL
      && (bench->trace = moe_trace_file_new (args->trace_dir, error)) == NULL)
    return FALSE;
  if (!open_runs (bench, error))
    return FALSE;
  say_others (bench);
  print_devices (sweep, 0);
  if (sweep->n_sides > 1 && !computes_alike (sweep))
    print_devices (sweep, 1);
  for (gsize s = 0; s < sweep->n_sides; s++)
    say_wall_only (bench, sweep->sides[s].backend);
  bench->began_us = g_get_monotonic_time ();
  return TRUE;
}

/* What goes wrong in one of several sweeps - memory that has become scarce since the first
 * forecast, results that cannot be trusted - does not keep the others from being measured. */
static gboolean
measure_current (NullcurveBench *bench, const MoeClock *clock, GError **error)
{
  MoeError engine_error;
  MoeSweepLeg *leg = moe_sweep_get_leg (bench->sweep, 0, bench->current);
  if (leg->left_out == NULL || leg->todo.n_points < leg->plan.n_points)
    nullcurve_bench_print_head (bench);
  if (leg->left_out != NULL || leg->todo.n_points == 0)
    return TRUE;
  if (bench->current > 0 && !nullcurve_bench_forecast_leg (bench, bench->current, error))
    return FALSE;
  MoeStatus status =
      leg->left_out != NULL ? MOE_OK : nullcurve_bench_measure (bench, clock, &engine_error);
  if (status != MOE_OK && moe_sweep_n_legs (bench->sweep) > 1)
    leg->left_out = g_strdup (engine_error.message);
  else if (status != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  if (leg->left_out != NULL)
    nullcurve_bench_say_left_out (bench, bench->current);
  return TRUE;
}

static gboolean
measure (NullcurveBench *bench, GError **error)
{
  MoeClock clock = moe_clock_monotonic ();
  gboolean good = TRUE;
  for (guint i = 0; good && i < moe_sweep_n_legs (bench->sweep); i++)
    {
      if (moe_cancel_requested (nullcurve_bench_signals_cancel ()))
        break;
      bench->current = i;
      good = measure_current (bench, &clock, error);
    }
  if (bench->sweep->n_sides > 1)
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
  if (!nullcurve_bench_dump_write (&bench->dump_plan, &args->options,
                                   bench->sweep->sides[0].backend, cancel, args->dump_dir, error))
    {
      gboolean stopped = moe_cancel_requested (cancel);
      if (stopped)
        g_clear_error (error);
      return stopped;
    }
  bench->dumped = TRUE;
  nullcurve_bench_tell (_ ("Tensors are in %s.\n"), args->dump_dir);
  return TRUE;
}

static void
finish_trace (NullcurveBench *bench)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  if (bench->trace == NULL || bench->trace_failed || !moe_sweep_has_measured (bench->sweep, 0))
    return;
  if (moe_trace_file_finish (bench->trace, bench->sweep->sides[0].run, &path, &error))
    nullcurve_bench_tell (_ ("Trace is in %s.\n"), path);
  else
    {
      bench->trace_failed = TRUE;
      nullcurve_bench_say (bench, _ ("Warning: %s"), error->message);
    }
}

static void
say_unkept (NullcurveBench *bench)
{
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    if (bench->sweep->sides[s].problem != NULL)
      nullcurve_bench_say (bench, _ ("Warning: %s"), bench->sweep->sides[s].problem);
}

static gsize
most_threads (const MoeSweep *sweep)
{
  gsize threads = 0;
  for (gsize s = 0; s < sweep->n_sides; s++)
    threads = MAX (threads, moe_sweep_get_plan (sweep, s)->threads);
  return threads;
}

/* What was measured is written even when the run ended in an error. */
static gboolean
run_prepared (NullcurveBench *bench, GError **error)
{
  MoeNoise noise;
  say_other (bench);
  if (!nullcurve_bench_choose (bench, error))
    return FALSE;
  if (moe_cancel_requested (nullcurve_bench_signals_cancel ()))
    return TRUE;
  if (!begin (bench, error))
    return FALSE;
  moe_noise_start (&bench->watch, "");
  gboolean measured = measure (bench, error);
  moe_noise_stop (&bench->watch, "", most_threads (bench->sweep), &noise);
  nullcurve_bench_ranks_quieten (&noise);
  moe_sweep_close_journals (
      bench->sweep, measured && !nullcurve_bench_is_cut_short (bench) ? "complete" : "stopped");
  say_unkept (bench);
  finish_trace (bench);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) runs = nullcurve_bench_close (bench, &noise, measured, notes);
  if (runs->len == 0)
    return measured;
  gboolean saved = nullcurve_bench_output_finish (bench->args, runs, measured ? error : NULL);
  for (guint i = 0; i < notes->len; i++)
    nullcurve_bench_say (bench, "Note: %s", (const char *)g_ptr_array_index (notes, i));
  return measured && saved && dump (bench, error);
}

/* Points of the plans that have samples, old or new. */
static gsize
count_sampled (const MoeSweep *sweep, gsize side)
{
  gsize n = 0;
  for (guint l = 0; sweep->sides[side].run != NULL && l < moe_sweep_n_legs (sweep); l++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (sweep, side, l);
      for (gsize i = 0; i < leg->plan.n_points; i++)
        n += leg->points[i].before != NULL || moe_sweep_is_measured (sweep, side, l, i);
    }
  return n;
}

static gboolean
is_any_disagreed (const MoeSweep *sweep)
{
  return sweep->sides[0].disagreed || (sweep->n_sides > 1 && sweep->sides[1].disagreed);
}

/* The exit status of a run that raised no error. */
static int
status_of (const NullcurveBench *bench)
{
  gsize sampled = 0, all = 0;
  int stopped = nullcurve_bench_signals_status ();
  if (stopped == 0)
    return is_any_disagreed (bench->sweep) || bench->trace_failed
                   || nullcurve_bench_is_any_left_out (bench)
               ? NULLCURVE_BENCH_ERROR_FAILED
               : 0;
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    {
      sampled += count_sampled (bench->sweep, s);
      all += moe_sweep_count_points (bench->sweep, s);
    }
  nullcurve_bench_tell (
      bench->args->dump_dir != NULL && !bench->dumped
          ? _ ("nullcurve-bench: Stopped; %zu of %zu points have samples, and no tensors were "
               "written.\n")
          : _ ("nullcurve-bench: Stopped; %zu of %zu points have samples.\n"),
      sampled, all);
  return stopped;
}

gboolean
nullcurve_bench_run_sweeps (const NullcurveBenchArgs *args,
                            const MoeOptions *sweeps,
                            gsize n_sweeps,
                            int *status,
                            GError **error)
{
  NullcurveBench bench = { .args = args, .stream = -1 };
  gboolean done = nullcurve_bench_prepare (&bench, sweeps, n_sweeps, error);
  if (done)
    {
      nullcurve_bench_signals_watch ();
      nullcurve_bench_progress_init (&bench.progress, args->progress);
      if (g_strcmp0 (args->journal, "-") == 0)
        done = (bench.stream = nullcurve_bench_stream_begin (error)) >= 0;
    }
  if (done)
    {
      done = run_prepared (&bench, error);
    }
  if (done)
    *status = status_of (&bench);
  nullcurve_bench_clear (&bench);
  return done;
}

gboolean
nullcurve_bench_run (const NullcurveBenchArgs *args, int *status, GError **error)
{
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  gsize n;
  if (args->versus != NULL && nullcurve_bench_ranks_size () > 0)
    {
      return nullcurve_bench_refuse (
          error,
          _ ("--versus measures two setups in one process, and here are %zu ranks: allowed "
             "is a start without them."),
          nullcurve_bench_ranks_size ());
    }
  return nullcurve_bench_args_sweeps (args, sweeps, &n, error)
         && nullcurve_bench_run_sweeps (args, sweeps, n, status, error);
}

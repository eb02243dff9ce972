/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/measure.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "app/bench/ranks.h"
#include "app/command-line/needless.h"
#include "app/command-line/signals.h"
#include "app/command-line/stream.h"
#include "app/command-line/tell.h"
#include "app/results/output.h"
#include "engine/files/output.h"
#include "engine/formats/harness/harness.h"
#include "engine/options/sweep-axis.h"

enum
{
  LOOK_US = 50000 /* how often a pause asks whether it is over */
};

void
nullcurve_bench_say (NullcurveBench *bench, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *sentence = g_strdup_vprintf (format, list);
  va_end (list);
  nullcurve_bench_progress_erase (&bench->progress);
  nullcurve_bench_tell ("nullcurve-bench: %s", sentence);
}

/* --- lines --- */

static void
say_line (NullcurveBench *bench, GString *line)
{
  nullcurve_bench_progress_erase (&bench->progress);
  nullcurve_bench_print_text (line->str);
  g_string_free (line, TRUE);
}

static void
print_notes (const GArray *given, const MoeOptions *options)
{
  g_autoptr (GPtrArray) notes = nullcurve_bench_find_idle (given, options);
  for (guint i = 0; i < notes->len; i++)
    nullcurve_bench_print ("[note] %s", (const char *)g_ptr_array_index (notes, i));
}

/* The next line says what follows it is of. */
static void
print_shape (NullcurveBench *bench, const MoeOptions *options)
{
  say_line (bench, moe_formats_shape_line (options));
  bench->printed_size = 0;
}

/* Of several shapes each has a shape line of its own, since a RESULT line tells none. */
static void
print_size (NullcurveBench *bench, const MoeOptions *options, const MoeRecord *record)
{
  const gsize size = moe_shape_size_along (&record->shape, moe_options_axis (options));
  if (!moe_options_has_sizes (options) || size == bench->printed_size)
    return;
  const MoeOptions one = moe_options_of_size (options, size);
  print_shape (bench, &one);
  bench->printed_size = size;
}

void
nullcurve_bench_print_head (NullcurveBench *bench)
{
  const MoeSweepLeg *leg = moe_sweep_get_leg (bench->sweep, 0, bench->current);
  gsize carried = leg->plan.n_points - leg->todo.n_points;
  print_shape (bench, &leg->plan.options);
  print_notes (bench->args->given,
               leg->plan.given != NULL ? &bench->args->options : &leg->plan.options);
  if (carried == 0)
    return;
  g_autofree char *name = g_utf8_make_valid (bench->args->resume, -1);
  nullcurve_bench_print (_ ("[note] %zu of %zu points are carried over from %s.\n"), carried,
                         leg->plan.n_points, name);
  for (gsize i = 0; i < leg->plan.n_points; i++)
    if (leg->points[i].carried)
      {
        print_size (bench, &leg->plan.options, leg->points[i].before);
        say_line (bench, moe_formats_result_line (leg->points[i].before));
      }
}

static void
print_point (NullcurveBench *bench, gsize side, gsize point)
{
  const MoeSweepLeg *leg = moe_sweep_get_leg (bench->sweep, side, bench->current);
  if (!moe_sweep_is_measured (bench->sweep, side, bench->current, point))
    return;
  const MoeRecord *record = moe_sweep_get_record (bench->sweep, side, bench->current, point);
  print_size (bench, &leg->plan.options, record);
  say_line (bench, moe_formats_chatter (record, &leg->points[point].facts,
                                        leg->plan.options.stage_timing));
  say_line (bench, moe_formats_result_line (record));
}

/* Of a point that is done the lines were printed then. */
static void
print_points (NullcurveBench *bench, gsize side, gboolean with_done)
{
  const MoeSweepLeg *leg = moe_sweep_get_leg (bench->sweep, side, bench->current);
  for (gsize i = 0; i < leg->plan.n_points; i++)
    if (with_done || !leg->points[i].done)
      print_point (bench, side, i);
}

/* Under a shape line of its own, all at once: a reader takes what it is of from the last one. */
void
nullcurve_bench_print_versus (NullcurveBench *bench)
{
  const MoeOptions *options = &moe_sweep_get_plan (bench->sweep, 1)->options;
  g_autofree char *changes = g_utf8_make_valid (bench->args->versus, -1);
  nullcurve_bench_print ("[note] versus: %s", changes);
  print_shape (bench, options);
  print_notes (bench->args->versus_given, options);
  print_points (bench, 1, TRUE);
}

/* Without shape lines: after one of them a reader would take the rows for new ones. */
void
nullcurve_bench_print_summary (const NullcurveBench *bench)
{
  const MoeSweep *sweep = bench->sweep;
  g_autoptr (GString) lines = g_string_new (NULL);
  gsize n = 0;
  for (gsize s = 0; s < sweep->n_sides; s++)
    for (guint l = 0; l < moe_sweep_n_legs (sweep); l++)
      for (gsize i = 0; i < moe_sweep_get_leg (sweep, s, l)->plan.n_points; i++)
        {
          const MoeRecord *record = moe_sweep_get_record (sweep, s, l, i);
          if (record == NULL)
            continue;
          g_autoptr (GString) line = moe_formats_result_line (record);
          g_string_append (lines, line->str);
          n++;
        }
  if (n >= 2)
    printf ("RESULT_SUMMARY\n%s", lines->str);
}

/* --- events --- */

static void
progress_cb (gpointer data, const MoeProgress *state)
{
  NullcurveBench *bench = data;
  const MoeSweepLeg *leg = moe_sweep_get_leg (bench->sweep, state->setup, bench->current);
  gboolean at_point =
      (state->phase == MOE_RUN_PHASE_WARMUP || state->phase == MOE_RUN_PHASE_MEASURE)
      && state->point < leg->plan.n_points;
  MoeProgress overall;
  moe_sweep_progress (bench->sweep, bench->current, state,
                      (double)(g_get_monotonic_time () - bench->began_us) * 1e-6, &overall);
  nullcurve_bench_progress_show (&bench->progress, &overall,
                                 at_point ? &leg->plan.points[state->point] : NULL);
}

static void
say_disagreed (NullcurveBench *bench, const MoeSweepEvent *event)
{
  const MoeVerification *verification = &event->verification;
  const MoePoint *point =
      &moe_sweep_get_leg (bench->sweep, event->side, event->leg)->plan.points[event->point];
  nullcurve_bench_say (bench,
                       _ ("Warning: top-%zu at null fraction %g differs from the reference by %.3g "
                          "relative, where %.3g is allowed: its figures are not to be trusted."),
                       point->block.topk, point->routing.null_target,
                       verification->max_relative_error, verification->tolerance);
}

/* The CSV grows with the run.  What keeps nothing to be replaced, as /dev/stdout, gets it at the
 * end.  Where it cannot be written, that is told once, and tried again with the next point. */
static void
write_csv (NullcurveBench *bench, gsize side)
{
  g_autoptr (GError) error = NULL;
  if (bench->args->csv == NULL || moe_output_is_stream (bench->args->csv))
    return;
  g_autoptr (MoeRun) so_far = moe_sweep_collect (bench->sweep, side);
  gboolean failed = bench->csv_failed;
  bench->csv_failed = !nullcurve_bench_output_csv (bench->args, side, so_far, &error);
  if (bench->csv_failed && !failed)
    nullcurve_bench_say (bench, _ ("Warning: %s  Measuring goes on."), error->message);
}

static void
event_cb (gpointer data, const MoeSweepEvent *event)
{
  NullcurveBench *bench = data;
  moe_sweep_take (bench->sweep, event);
  if (event->kind == MOE_SWEEP_VERIFIED && !event->verification.passed)
    say_disagreed (bench, event);
  if (event->kind != MOE_SWEEP_DONE)
    return;
  if (event->side == 0)
    print_point (bench, event->side, event->point);
  write_csv (bench, event->side);
}

static void
told_cb (gpointer data, gsize side, const char *sentence)
{
  nullcurve_bench_say (data, _ ("Warning: %s"), sentence);
}

static void
traced_cb (gpointer data, gsize side, const MoePoint *point, const MoeTrace *step)
{
  NullcurveBench *bench = data;
  g_autoptr (GError) error = NULL;
  gsize lost = 0;
  if (bench->trace_failed)
    return;
  g_autofree char *plain = moe_trace_file_name_point (point, moe_sweep_n_legs (bench->sweep) > 1);
  g_autofree char *name = g_strconcat (side > 0 ? "versus: " : "", plain, NULL);
  if (!moe_trace_file_add (bench->trace, name, step, &lost, &error))
    {
      bench->trace_failed = TRUE;
      nullcurve_bench_say (bench, _ ("Warning: %s  Measuring goes on."), error->message);
    }
  else if (lost > 0)
    nullcurve_bench_say (
        bench, _ ("Note: the trace of %s lacks %zu events, for which it had no room."), name, lost);
}

/* What the machine does during a pause is nothing to the run.  Ranks take every step together, and
 * only one of them hears of a pause. */
static bool
pause_cb (void *data)
{
  NullcurveBench *bench = data;
  MoeNoiseWatch pause;
  if (!nullcurve_bench_stream_is_paused ())
    return false;
  moe_noise_start (&pause, "");
  nullcurve_bench_progress_pause (&bench->progress);
  while (nullcurve_bench_stream_is_paused ())
    g_usleep (LOOK_US);
  moe_noise_skip (&bench->watch, &pause, "");
  return true;
}

MoeStatus
nullcurve_bench_measure (NullcurveBench *bench, const MoeClock *clock, MoeError *error)
{
  gboolean can_pause = bench->stream >= 0 && nullcurve_bench_ranks_size () == 0;
  const MoeSweepHooks hooks = { .data = bench,
                                .event = event_cb,
                                .progress = progress_cb,
                                .pause = can_pause ? pause_cb : NULL,
                                .traced = bench->trace != NULL ? traced_cb : NULL,
                                .told = told_cb };
  MoeStatus status = moe_sweep_run (bench->sweep, bench->current, clock,
                                    nullcurve_bench_signals_cancel (), &hooks, error);
  nullcurve_bench_progress_erase (&bench->progress);
  print_points (bench, 0, FALSE);
  return status == MOE_ERROR_CANCELLED ? MOE_OK : status;
}

void
nullcurve_bench_clear (NullcurveBench *bench)
{
  for (gsize s = 0; s < MOE_MAX_SETUPS; s++)
    moe_accelerator_clear (&bench->machines[s]);
  g_clear_pointer (&bench->sweep, moe_sweep_unref);
  g_clear_pointer (&bench->trace, moe_trace_file_free);
  moe_plan_clear (&bench->dump_plan);
}

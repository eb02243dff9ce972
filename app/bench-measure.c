/* SPDX-License-Identifier: Apache-2.0 */
/* One sweep: what happens while it is measured, and the lines that it prints. */
#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>

#include "app/bench-output.h"
#include "app/bench-private.h"
#include "app/bench-resume.h"
#include "app/bench-signals.h"
#include "engine/formats/harness.h"

void
nullcurve_bench_say (NullcurveBench *bench, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *sentence = g_strdup_vprintf (format, list);
  va_end (list);
  nullcurve_bench_progress_erase (&bench->progress);
  fprintf (stderr, "nullcurve-bench: %s\n", sentence);
}

static NullcurveBenchJob *
current_job (const NullcurveBench *bench, gsize setup)
{
  return g_ptr_array_index (bench->sides[setup].jobs, bench->current);
}

/* The point that the runner calls `index`; *planned receives the same point of the whole plan. */
static NullcurveBenchPoint *
find_point (const NullcurveBench *bench, gsize setup, gsize index, const MoePoint **planned)
{
  NullcurveBenchJob *job = current_job (bench, setup);
  gsize origin = job->origin[index];
  *planned = &job->plan.points[origin];
  return &job->points[origin];
}

static void
say_line (NullcurveBench *bench, GString *line)
{
  nullcurve_bench_progress_erase (&bench->progress);
  fputs (line->str, stdout);
  g_string_free (line, TRUE);
}

/* --- what there is so far --- */

static void
append_new (const NullcurveBenchSide *side, const NullcurveBenchPoint *point, MoeRun *run)
{
  if (point->has_record)
    moe_run_append (run, moe_run_get_record (side->run, point->record));
}

/* What an earlier run has of a group gives way to new samples only when there are all of them:
 * samples of two starts are no pairs. */
static void
append_group (
    const NullcurveBenchSide *side, const NullcurveBenchJob *job, gsize first, gsize n, MoeRun *run)
{
  gboolean has_old = FALSE, all_new = TRUE;
  for (gsize i = first; i < first + n; i++)
    {
      has_old |= job->points[i].before != NULL;
      all_new &= job->points[i].done;
    }
  for (gsize i = first; i < first + n; i++)
    if (!has_old || all_new)
      append_new (side, &job->points[i], run);
    else if (job->points[i].before != NULL)
      moe_run_append (run, job->points[i].before);
}

/* With nothing measured now the facts are the earlier run's: that is what its points are of. */
static MoeRun *
new_like (const NullcurveBench *bench, const NullcurveBenchSide *side)
{
  const MoeRun *source =
      moe_run_get_n_records (side->run) > 0 || bench->before == NULL ? side->run : bench->before;
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, moe_run_get_title (source));
  for (gsize i = 0; i < moe_run_get_n_facts (source); i++)
    moe_run_set_fact (run, moe_run_get_fact_key (source, i), moe_run_get_fact_value (source, i));
  return run;
}

MoeRun *
nullcurve_bench_collect (const NullcurveBench *bench, gsize setup)
{
  const NullcurveBenchSide *side = &bench->sides[setup];
  MoeRun *run = new_like (bench, side);
  for (guint i = 0; i < side->jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (side->jobs, i);
      for (gsize first = 0, n; first < job->plan.n_points; first += n)
        {
          n = nullcurve_bench_job_group_size (job, first);
          append_group (side, job, first, n, run);
        }
    }
  if (bench->before != NULL)
    nullcurve_bench_resume_append_others (side->jobs, bench->before, side->backend->name, run);
  return run;
}

/* --- lines --- */

/* What a RESULT line is printed of: new samples before old ones; NULL when there are none. */
static const MoeRecord *
printed_record (const NullcurveBenchSide *side, const NullcurveBenchPoint *point)
{
  if (point->has_record)
    return moe_run_get_record (side->run, point->record);
  return point->carried ? point->before : NULL;
}

static void
print_notes (const MoeOptions *options)
{
  char note[512];
  for (gsize i = 0; moe_options_note (options, i, note, sizeof note); i++)
    printf ("[note] %s\n", note);
}

void
nullcurve_bench_print_job_head (NullcurveBench *bench)
{
  const NullcurveBenchJob *job = current_job (bench, 0);
  gsize carried = job->plan.n_points - job->todo.n_points;
  say_line (bench, moe_formats_shape_line (&job->plan.options));
  print_notes (&job->plan.options);
  if (carried == 0)
    return;
  g_autofree char *name = g_utf8_make_valid (bench->args->resume, -1);
  printf (_ ("[note] %zu of %zu points are carried over from %s.\n"), carried, job->plan.n_points,
          name);
  for (gsize i = 0; i < job->plan.n_points; i++)
    if (job->points[i].carried)
      say_line (bench, moe_formats_result_line (job->points[i].before));
}

static void
print_point (NullcurveBench *bench, gsize setup, NullcurveBenchPoint *point)
{
  const NullcurveBenchJob *job = current_job (bench, setup);
  if (!point->has_record || point->printed)
    return;
  const MoeRecord *record = moe_run_get_record (bench->sides[setup].run, point->record);
  say_line (bench, moe_formats_chatter (record, &point->facts, job->plan.options.stage_timing));
  say_line (bench, moe_formats_result_line (record));
  point->printed = TRUE;
}

static void
print_points (NullcurveBench *bench, gsize setup)
{
  NullcurveBenchJob *job = current_job (bench, setup);
  for (gsize i = 0; i < job->plan.n_points; i++)
    print_point (bench, setup, &job->points[i]);
}

/* Under a shape line of its own, all at once: a reader takes what it is of from the last one. */
void
nullcurve_bench_print_versus (NullcurveBench *bench)
{
  const MoeOptions *options = &current_job (bench, 1)->plan.options;
  g_autofree char *changes = g_utf8_make_valid (bench->args->versus, -1);
  printf ("[note] versus: %s\n", changes);
  say_line (bench, moe_formats_shape_line (options));
  print_notes (options);
  print_points (bench, 1);
}

static gsize
count_printed (const NullcurveBenchSide *side, const NullcurveBenchJob *job)
{
  gsize n = 0;
  for (gsize i = 0; i < job->plan.n_points; i++)
    n += printed_record (side, &job->points[i]) != NULL;
  return n;
}

/* Without shape lines: after one of them a reader would take the rows for new ones. */
static void
print_job_summary (const NullcurveBenchSide *side, const NullcurveBenchJob *job)
{
  for (gsize i = 0; i < job->plan.n_points; i++)
    {
      const MoeRecord *record = printed_record (side, &job->points[i]);
      if (record == NULL)
        continue;
      g_autoptr (GString) line = moe_formats_result_line (record);
      fputs (line->str, stdout);
    }
}

void
nullcurve_bench_print_summary (const NullcurveBench *bench)
{
  gsize n = 0;
  for (gsize s = 0; s < bench->n_sides; s++)
    for (guint i = 0; i < bench->sides[s].jobs->len; i++)
      n += count_printed (&bench->sides[s], g_ptr_array_index (bench->sides[s].jobs, i));
  if (n < 2)
    return;
  puts ("RESULT_SUMMARY");
  for (gsize s = 0; s < bench->n_sides; s++)
    for (guint i = 0; i < bench->sides[s].jobs->len; i++)
      print_job_summary (&bench->sides[s], g_ptr_array_index (bench->sides[s].jobs, i));
}

/* --- events of the runner --- */

static void
on_progress (void *data, const MoeProgress *state)
{
  NullcurveBench *bench = data;
  const MoePoint *point = NULL;
  MoeProgress overall;
  gboolean at_point = state->phase == MOE_RUN_PHASE_WARMUP || state->phase == MOE_RUN_PHASE_MEASURE;
  NullcurveBenchJob *job = current_job (bench, 0);
  job->settled = state->settled;
  if (at_point && state->point < job->todo.n_points)
    find_point (bench, state->setup, state->point, &point);
  nullcurve_bench_jobs_progress (bench->sides[0].jobs, bench->current, state,
                                 (double)(g_get_monotonic_time () - bench->began_us) * 1e-6,
                                 &overall);
  if (state->phase == MOE_RUN_PHASE_DONE)
    nullcurve_bench_progress_erase (&bench->progress);
  else
    nullcurve_bench_progress_show (&bench->progress, &overall, point);
}

static void
on_point (void *data, const MoePoint *point, const MoePointFacts *facts)
{
  const MoePoint *planned;
  find_point (data, facts->setup, point->index, &planned)->facts = *facts;
}

static void
on_verified (void *data, const MoeVerification *verification)
{
  NullcurveBench *bench = data;
  const MoePoint *planned;
  NullcurveBenchPoint *point =
      find_point (bench, verification->setup, verification->point, &planned);
  point->max_relative_error = verification->max_relative_error;
  if (point->has_record)
    moe_run_set_check (bench->sides[verification->setup].run, point->record, NAN,
                       verification->max_relative_error);
  if (verification->passed)
    return;
  bench->disagreed = TRUE;
  nullcurve_bench_say (bench,
                       _ ("Warning: top-%zu at null fraction %g differs from the reference by %.3g "
                          "relative, where %.3g is allowed: its figures are not to be trusted."),
                       planned->block.topk, planned->routing.null_target,
                       verification->max_relative_error, verification->tolerance);
}

static void
begin_record (NullcurveBench *bench, const MoeSample *sample)
{
  MoeRecord record;
  const MoePoint *planned;
  NullcurveBenchPoint *point = find_point (bench, sample->setup, sample->point, &planned);
  NullcurveBenchSide *side = &bench->sides[sample->setup];
  moe_record_from_point (&record, planned, &point->facts, side->backend->name);
  record.loss = sample->loss;
  record.steps = (gint64)sample->steps;
  record.max_relative_error = point->max_relative_error;
  point->record = moe_run_append (side->run, &record);
  point->has_record = TRUE;
}

static void
on_sample (void *data, const MoeSample *sample)
{
  NullcurveBench *bench = data;
  const MoePoint *planned;
  NullcurveBenchPoint *point = find_point (bench, sample->setup, sample->point, &planned);
  if (!point->has_record)
    begin_record (bench, sample);
  moe_run_add_sample (bench->sides[sample->setup].run, point->record, sample->time_s,
                      &sample->stages, &sample->taken);
}

/* The CSV grows with the run, so that whatever happens later loses nothing. */
static void
on_point_done (void *data, size_t setup, const MoePoint *point)
{
  NullcurveBench *bench = data;
  const MoePoint *planned;
  g_autoptr (GError) error = NULL;
  NullcurveBenchPoint *state = find_point (bench, setup, point->index, &planned);
  state->done = TRUE;
  if (setup == 0)
    print_point (bench, setup, state);
  if (bench->args->csv == NULL || bench->csv_failed)
    return;
  g_autoptr (MoeRun) so_far = nullcurve_bench_collect (bench, setup);
  if (nullcurve_bench_output_csv (bench->args, setup, so_far, &error))
    return;
  bench->csv_failed = TRUE;
  nullcurve_bench_say (bench, _ ("Warning: %s  Measuring goes on."), error->message);
}

static void
on_traced (void *data, size_t setup, const MoePoint *point, const MoeTrace *step)
{
  NullcurveBench *bench = data;
  const MoePoint *planned;
  g_autoptr (GError) error = NULL;
  gsize lost = 0;
  if (bench->trace_failed)
    return;
  find_point (bench, setup, point->index, &planned);
  g_autofree char *plain = moe_trace_file_name_point (planned, bench->sides[setup].jobs->len > 1);
  g_autofree char *name = g_strconcat (setup > 0 ? "versus: " : "", plain, NULL);
  if (!moe_trace_file_add (bench->trace, name, step, &lost, &error))
    {
      bench->trace_failed = TRUE;
      nullcurve_bench_say (bench, _ ("Warning: %s  Measuring goes on."), error->message);
    }
  else if (lost > 0)
    nullcurve_bench_say (
        bench, _ ("Note: the trace of %s lacks %zu events, for which it had no room."), name, lost);
}

MoeStatus
nullcurve_bench_measure_job (NullcurveBench *bench, const MoeClock *clock, MoeError *error)
{
  MoeSetup setups[MOE_MAX_SETUPS];
  const MoeRunEvents events = { .data = bench,
                                .progress = on_progress,
                                .point = on_point,
                                .verified = on_verified,
                                .sample = on_sample,
                                .point_done = on_point_done,
                                .traced = bench->trace != NULL ? on_traced : NULL };
  for (gsize s = 0; s < bench->n_sides; s++)
    setups[s] = (MoeSetup){ .plan = &current_job (bench, s)->todo,
                            .backend = bench->sides[s].backend,
                            .calibration = &bench->sides[s].limits.calibration };
  MoeStatus status = moe_run_setups (setups, bench->n_sides, bench->alternate, clock,
                                     nullcurve_bench_signals_cancel (), &events, error);
  nullcurve_bench_progress_erase (&bench->progress);
  print_points (bench, 0);
  return status == MOE_ERROR_CANCELLED ? MOE_OK : status;
}

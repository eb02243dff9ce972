/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench-jobs.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/bench-error.h"
#include "engine/sweep/quantities.h"
#include "engine/sweep/resume.h"

enum
{
  MAX_SCALE = 32768 /* the tokens of the matrix's smallest shape */
};

static void
job_free (gpointer data)
{
  NullcurveBenchJob *job = data;
  moe_plan_clear (&job->plan);
  moe_plan_clear (&job->todo);
  g_free (job->points);
  g_free (job->origin);
  g_free (job->left_out);
  g_free (job);
}

static NullcurveBenchJob *
job_new (const MoeOptions *sweep, MoeError *engine_error)
{
  NullcurveBenchJob *job = g_new0 (NullcurveBenchJob, 1);
  if (moe_plan_new (sweep, &job->plan, engine_error) != MOE_OK
      || moe_plan_copy (&job->plan, &job->todo, engine_error) != MOE_OK)
    {
      job_free (job);
      return NULL;
    }
  job->points = g_new0 (NullcurveBenchPoint, job->plan.n_points);
  job->origin = g_new (gsize, job->plan.n_points);
  for (gsize i = 0; i < job->plan.n_points; i++)
    {
      job->points[i].max_relative_error = NAN;
      job->origin[i] = i;
    }
  return job;
}

GPtrArray *
nullcurve_bench_jobs_new (const MoeOptions *sweeps, gsize n_sweeps, GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (job_free);
  for (gsize i = 0; i < n_sweeps; i++)
    {
      MoeError engine_error;
      NullcurveBenchJob *job = job_new (&sweeps[i], &engine_error);
      if (job == NULL)
        {
          nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, &engine_error);
          return NULL;
        }
      g_ptr_array_add (jobs, job);
    }
  return g_steal_pointer (&jobs);
}

gsize
nullcurve_bench_job_group_size (const NullcurveBenchJob *job, gsize first)
{
  gsize n = 1;
  while (first + n < job->plan.n_points
         && job->plan.points[first + n].group == job->plan.points[first].group)
    n++;
  return n;
}

void
nullcurve_bench_job_narrow (NullcurveBenchJob *job)
{
  g_autofree gboolean *carried = g_new (gboolean, job->plan.n_points);
  for (gsize i = 0; i < job->plan.n_points; i++)
    carried[i] = job->points[i].carried;
  moe_resume_narrow (&job->plan, carried, &job->todo, job->origin);
  for (gsize i = 0; i < job->plan.n_points; i++)
    job->points[i].carried = carried[i];
}

char *
nullcurve_bench_job_name (const NullcurveBenchJob *job)
{
  const MoeOptions *options = &job->plan.options;
  char shape[MOE_SHAPE_TEXT_SIZE];
  g_autofree char *topk = moe_text_topk (options);
  moe_shape_format (&options->shape, shape);
  return g_strdup_printf (
      "%s, %s, %s%s", shape, topk, options->beside_independent ? "independent, " : "",
      moe_choice_name (MOE_CHOICE_NULL_MODE, options->choice[MOE_CHOICE_NULL_MODE]));
}

/* --- what fits --- */

/* Would job `index` of the matrix fit with these options and scale? */
static gboolean
scale_fits (const NullcurveBenchArgs *args,
            const MoeOptions *common,
            gsize scale,
            gsize index,
            const MoeBackend *backend,
            gsize available_bytes)
{
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  MoePlan plan;
  MoeForecast forecast;
  size_t n;
  if (moe_matrix_jobs (args->matrix, common, scale, sweeps, &n, NULL) != MOE_OK || index >= n
      || moe_plan_new (&sweeps[index], &plan, NULL) != MOE_OK)
    return FALSE;
  gboolean good = moe_forecast (&plan, backend, NULL, available_bytes, &forecast, NULL) == MOE_OK
                  && forecast.fits;
  moe_plan_clear (&plan);
  return good;
}

/* The smallest scale that fits, by halving, since memory shrinks with it; 0 when none does. */
static gsize
least_scale (const NullcurveBenchArgs *args,
             const MoeOptions *common,
             gsize index,
             const MoeBackend *backend,
             gsize available_bytes)
{
  gsize low = args->scale, high = MAX_SCALE;
  if (!scale_fits (args, common, high, index, backend, available_bytes))
    return 0;
  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      if (scale_fits (args, common, middle, index, backend, available_bytes))
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* What to change so that a job of the matrix fits: as little as possible of it. */
static char *
advise_scale (const NullcurveBenchArgs *args,
              gsize index,
              const MoeBackend *backend,
              gsize available_bytes)
{
  static const struct
  {
    gboolean narrow, forward;
    const char *format;
  } changes[] = { { FALSE, FALSE, N_ ("--scale %zu would fit") },
                  { TRUE, FALSE, N_ ("--dtype bfloat16 with --scale %zu would fit") },
                  { FALSE, TRUE, N_ ("--bench-pass forward with --scale %zu would fit") },
                  { TRUE, TRUE,
                    N_ ("--dtype bfloat16 --bench-pass forward with --scale %zu would fit") } };
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      MoeOptions common = args->options;
      if (changes[i].narrow)
        common.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16;
      if (changes[i].forward)
        common.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
      gsize scale = least_scale (args, &common, index, backend, available_bytes);
      if (scale > 0)
        return g_strdup_printf (_ (changes[i].format), scale);
    }
  return g_strdup (_ ("no --scale would fit"));
}

static char *
explain_left_out (const NullcurveBenchJob *job,
                  gsize index,
                  const NullcurveBenchArgs *args,
                  const MoeBackend *backend)
{
  const MoeForecast *forecast = &job->forecast;
  if (!args->has_matrix)
    {
      MoeError engine_error;
      moe_forecast_require_fit (&job->todo, backend, forecast, &engine_error);
      return g_strdup (engine_error.message);
    }
  g_autofree char *need = moe_text_bytes (forecast->memory.total_bytes
                                          + (forecast->on_device ? 0 : forecast->routing_bytes));
  g_autofree char *there = moe_text_bytes (forecast->available_bytes);
  g_autofree char *hint = advise_scale (args, index, backend, forecast->host_bytes);
  return g_strdup_printf (
      forecast->on_device
          ? _ (
              "it needs %s of device memory, with a reserve for the rest of the machine beside it, "
              "and %s are available; %s.")
          : _ ("it needs %s, with a reserve for the rest of the machine beside it, and %s are "
               "available; %s."),
      need, there, hint);
}

gboolean
nullcurve_bench_job_forecast (const GPtrArray *jobs,
                              gsize index,
                              const NullcurveBenchArgs *args,
                              const MoeBackend *backend,
                              const MoeCalibration *calibration,
                              gsize available_bytes,
                              GError **error)
{
  NullcurveBenchJob *job = g_ptr_array_index (jobs, index);
  MoeError engine_error;
  g_clear_pointer (&job->left_out, g_free);
  job->forecast = (MoeForecast){ .fits = true };
  if (job->todo.n_points == 0)
    return TRUE;
  if (moe_forecast (&job->todo, backend, calibration, available_bytes, &job->forecast,
                    &engine_error)
      != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, &engine_error);
  if (!job->forecast.fits)
    job->left_out = explain_left_out (job, index, args, backend);
  return TRUE;
}

static gboolean
is_any_carried (const GPtrArray *jobs)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      if (job->todo.n_points < job->plan.n_points)
        return TRUE;
    }
  return FALSE;
}

gboolean
nullcurve_bench_jobs_forecast (const GPtrArray *jobs,
                               const NullcurveBenchArgs *args,
                               const MoeBackend *backend,
                               const MoeCalibration *calibration,
                               gsize available_bytes,
                               GError **error)
{
  const NullcurveBenchJob *unfit = NULL;
  for (guint i = 0; i < jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      if (!nullcurve_bench_job_forecast (jobs, i, args, backend, calibration, available_bytes,
                                         error))
        return FALSE;
      if (unfit == NULL && job->left_out != NULL)
        unfit = job;
    }
  if (unfit == NULL || nullcurve_bench_jobs_total (jobs).jobs > 0 || is_any_carried (jobs))
    return TRUE;
  if (jobs->len == 1)
    {
      g_set_error_literal (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
                           unfit->left_out);
      return FALSE;
    }
  g_autofree char *name = nullcurve_bench_job_name (unfit);
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
               _ ("None of the %u sweeps fits into memory.  The first, %s: %s"), jobs->len, name,
               unfit->left_out);
  return FALSE;
}

/* --- all jobs together --- */

static gboolean
is_measured (const NullcurveBenchJob *job)
{
  return job->todo.n_points > 0 && job->left_out == NULL;
}

NullcurveBenchTotal
nullcurve_bench_jobs_total (const GPtrArray *jobs)
{
  NullcurveBenchTotal total = { 0 };
  for (guint i = 0; i < jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      if (!is_measured (job))
        continue;
      total.jobs++;
      total.points += job->todo.n_points;
      total.memory_bytes = MAX (total.memory_bytes, job->forecast.memory.total_bytes);
      total.flops += job->forecast.flops_total;
      total.time_s += job->forecast.time_total_s;
      total.time_least_s += job->forecast.time_least_s;
      total.time_most_s += job->forecast.time_most_s;
    }
  return total;
}

NullcurveBenchTotal
nullcurve_bench_jobs_total_versus (const GPtrArray *jobs,
                                   const GPtrArray *versus,
                                   gboolean alternate)
{
  NullcurveBenchTotal a = nullcurve_bench_jobs_total (jobs);
  NullcurveBenchTotal b = nullcurve_bench_jobs_total (versus);
  const NullcurveBenchJob *first = g_ptr_array_index (jobs, 0);
  const NullcurveBenchJob *second = g_ptr_array_index (versus, 0);
  gboolean settles = first->plan.options.until_settled;
  double most_s = a.time_most_s + (settles ? second->forecast.setup_s : b.time_most_s);
  return (NullcurveBenchTotal){
    .jobs = a.jobs,
    .points = a.points + b.points,
    .memory_bytes =
        alternate ? MAX (a.memory_bytes, b.memory_bytes) : a.memory_bytes + b.memory_bytes,
    .flops = a.flops + b.flops,
    .time_s = MIN (a.time_s + b.time_s, most_s),
    .time_least_s = MIN (a.time_least_s + b.time_least_s, most_s),
    .time_most_s = most_s,
  };
}

/* In forecast seconds; without a calibration, in FLOPs. */
static double
work_of (const NullcurveBenchJob *job)
{
  if (!is_measured (job))
    return 0;
  return isnan (job->forecast.time_total_s) ? job->forecast.flops_total
                                            : job->forecast.time_total_s;
}

/* Of a job that is not the present one. */
static void
add_counts (const NullcurveBenchJob *job, gboolean before, MoeProgress *overall)
{
  gsize n = is_measured (job) ? job->todo.n_points : 0;
  gboolean settles = job->plan.options.until_settled;
  gsize samples = settles ? 0 : n * job->plan.options.iters;
  overall->samples_total += samples;
  overall->to_settle += settles ? n : 0;
  overall->samples_done += before ? samples : 0;
  overall->settled += before ? job->settled : 0;
}

/* Seconds that forecast work really takes: at first what was forecast, and once a share worth
 * speaking of is done, what that took. */
static double
seconds_per_work (double done, double total, double elapsed_s, double time_total_s)
{
  const double telling_share = 0.02;
  if (done > telling_share * total && elapsed_s > 0)
    return elapsed_s / done;
  return isnan (time_total_s) ? NAN : 1;
}

void
nullcurve_bench_jobs_progress (const GPtrArray *jobs,
                               gsize current,
                               const MoeProgress *state,
                               double elapsed_s,
                               MoeProgress *overall)
{
  double before = 0, after = 0;
  *overall = *state;
  for (guint i = 0; i < jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      if (i != current)
        add_counts (job, i < current, overall);
      if (i < current)
        before += work_of (job);
      else if (i > current)
        after += work_of (job);
    }
  double own = work_of (g_ptr_array_index (jobs, current));
  double total = before + own + after, done = before + own * state->fraction;
  if (total > 0)
    overall->fraction = done / total;
  if (after > 0)
    overall->remaining_s +=
        after * seconds_per_work (done, total, elapsed_s, nullcurve_bench_jobs_total (jobs).time_s);
}

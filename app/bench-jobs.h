/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be measured: a list of sweeps, one after the other.  A single plan is a list of
 * one. */
#pragma once

#include "app/bench-args.h"
#include "engine/bench/runner.h"
#include "engine/records/run.h"

#include <glib.h>

G_BEGIN_DECLS

/* What is known of one point. */
typedef struct NullcurveBenchPoint
{
  MoePointFacts facts;       /* once its routing was sampled */
  double max_relative_error; /* NaN: not checked yet */
  const MoeRecord *before;   /* what the resumed file has of it, perhaps in part; NULL */
  gboolean carried;          /* `before` is all of it, and it is not measured again */
  gboolean has_record;       /* from the first sample on */
  gsize record;              /* index in the run of what is measured now */
  gboolean done;             /* all its samples were taken now */
  gboolean printed;          /* its RESULT line was */
} NullcurveBenchPoint;

typedef struct NullcurveBenchJob
{
  MoePlan plan;                /* every point of the sweep */
  NullcurveBenchPoint *points; /* [plan.n_points] */
  MoePlan todo;                /* those that are to be measured, in the same order */
  gsize *origin;               /* [todo.n_points] their index in the plan */
  MoeForecast forecast;        /* of todo, as far as one was made */
  gsize settled;               /* points of todo that are, until settled */
  char *left_out;              /* why it is not measured; NULL: it is */
} NullcurveBenchJob;

/* All of a list's jobs together, those left out aside. */
typedef struct NullcurveBenchTotal
{
  gsize jobs;         /* with points to measure */
  gsize points;       /* to measure */
  gsize memory_bytes; /* the most that a job takes */
  double flops;
  double time_s;       /* NaN without a calibration */
  double time_least_s; /* until settled; otherwise both are time_s */
  double time_most_s;
} NullcurveBenchTotal;

/* Multiply the sweeps out into jobs with all their points to measure: an array of
 * NullcurveBenchJob *, which it frees.  Fails with NULLCURVE_BENCH_ERROR_REFUSED and the first
 * fault of the options. */
GPtrArray *nullcurve_bench_jobs_new (const MoeOptions *sweeps, gsize n_sweeps, GError **error);

/* The points of a group of the plan: first .. first + n - 1. */
gsize nullcurve_bench_job_group_size (const NullcurveBenchJob *job, gsize first);

/* Bring `todo` up to date with what the points carry over.
 *
 * A group is measured whole or not at all: its samples are paired round by round, and rounds of two
 * starts are no pairs.  So when one of its points is not `carried`, none of them stays so. */
void nullcurve_bench_job_narrow (NullcurveBenchJob *job);

/* "32768x2048x1408x60, top-2, 4, 8, independent"; free with g_free (). */
char *nullcurve_bench_job_name (const NullcurveBenchJob *job);

/* Forecast the points to measure of job `index` against the memory that there is.  A job that does
 * not fit gets `left_out`, a sentence that says what would fit: with --matrix, which --scale.
 * `calibration` may be NULL.  Fails with NULLCURVE_BENCH_ERROR_REFUSED when the backend cannot
 * compute the job at all. */
gboolean nullcurve_bench_job_forecast (const GPtrArray *jobs,
                                       gsize index,
                                       const NullcurveBenchArgs *args,
                                       const MoeBackend *backend,
                                       const MoeCalibration *calibration,
                                       gsize available_bytes,
                                       GError **error);

/* The same for all jobs.  Fails also when nothing of what there is to measure fits and no point is
 * carried over either. */
gboolean nullcurve_bench_jobs_forecast (const GPtrArray *jobs,
                                        const NullcurveBenchArgs *args,
                                        const MoeBackend *backend,
                                        const MoeCalibration *calibration,
                                        gsize available_bytes,
                                        GError **error);

NullcurveBenchTotal nullcurve_bench_jobs_total (const GPtrArray *jobs);

/* Of two lists that are measured side by side, at the same time or, with `alternate`, in turns.
 * What bounds the time until settled is the first's, and holds for both together. */
NullcurveBenchTotal nullcurve_bench_jobs_total_versus (const GPtrArray *jobs,
                                                       const GPtrArray *versus,
                                                       gboolean alternate);

/* Where the whole list stands when job `current` stands at *state: shares are weighted by the
 * jobs' forecast times, and what the jobs to come will take is corrected by what the work so far
 * took (`elapsed_s` since the first job began).  Samples and settled points are those of all
 * jobs. */
void nullcurve_bench_jobs_progress (const GPtrArray *jobs,
                                    gsize current,
                                    const MoeProgress *state,
                                    double elapsed_s,
                                    MoeProgress *overall);

G_END_DECLS

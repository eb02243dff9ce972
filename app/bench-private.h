/* SPDX-License-Identifier: Apache-2.0 */
/* A measurement under way: what bench-run.c, which leads it, and bench-measure.c, which measures
 * one sweep of it, share. */
#pragma once

#include "app/bench-jobs.h"
#include "app/bench-progress.h"
#include "app/trace.h"
#include "engine/bench/limits.h"

G_BEGIN_DECLS

typedef struct NullcurveBench
{
  const NullcurveBenchArgs *args;
  GPtrArray *jobs;               /* of NullcurveBenchJob * */
  MoePlan dump_plan;             /* no points unless tensors are dumped */
  const MoeBackend *own_backend; /* of this process */
  const MoeBackend *backend;     /* the same, or as all ranks together run it */
  MoeLimits limits;              /* of the machine with this backend */
  char *why;                     /* the sentence that tells what --accelerator auto chose */
  MoeRun *run;                   /* what is measured now, in the order of the first samples */
  MoeRun *before;                /* what --resume names, or NULL */
  NullcurveTrace *trace;         /* being written, or NULL */
  NullcurveBenchProgress progress;
  gsize current;      /* index of the job that is measured */
  gint64 began_us;    /* monotonic time when the first job began */
  gboolean disagreed; /* a point failed the reference check */
  gboolean csv_failed;
  gboolean trace_failed;
  gboolean dumped;
} NullcurveBench;

/* Say something on standard error, after "nullcurve-bench: " and without disturbing the line of
 * progress. */
void nullcurve_bench_say (NullcurveBench *bench, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Everything there is so far, in the order of the plans: samples come in the order of the rounds.
 * A group that an earlier run has in part stays as it was until it is measured anew as a whole;
 * points of the earlier run that are in none of the jobs come last. */
MoeRun *nullcurve_bench_collect (const NullcurveBench *bench);

/* Print the lines of job `current` up to its points: shape, notes, and the RESULT lines of what is
 * carried over. */
void nullcurve_bench_print_job_head (NullcurveBench *bench);

/* Measure what job `current` has to measure, print a point's lines when it is done and bring CSV
 * and trace up to date.  Lines of points that have only some of their samples are printed at the
 * end.  Stopping is no error. */
MoeStatus
nullcurve_bench_measure_job (NullcurveBench *bench, const MoeClock *clock, MoeError *error);

/* RESULT_SUMMARY and all RESULT lines once more, as the published harness ends. */
void nullcurve_bench_print_summary (const NullcurveBench *bench);

G_END_DECLS

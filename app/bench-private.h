/* SPDX-License-Identifier: Apache-2.0 */
/* A measurement under way: what bench-run.c, which leads it, bench-measure.c, which measures one
 * sweep of it, and bench-closing.c, which says how it went, share. */
#pragma once

#include "app/bench-jobs.h"
#include "app/bench-progress.h"
#include "engine/machine/limits.h"
#include "engine/sweep/trace-file.h"

G_BEGIN_DECLS

/* One setup: the only one, or one of two side by side. */
typedef struct NullcurveBenchSide
{
  GPtrArray *jobs;               /* of NullcurveBenchJob *; as many as the other side has */
  const MoeBackend *own_backend; /* of this process */
  const MoeBackend *backend;     /* the same, or as all ranks together run it */
  MoeLimits limits;              /* of the machine with this backend */
  char *why;                     /* the sentence that tells what --accelerator auto chose */
  MoeRun *run;                   /* what is measured now, in the order of the first samples */
} NullcurveBenchSide;

typedef struct NullcurveBench
{
  const NullcurveBenchArgs *args;
  NullcurveBenchSide sides[MOE_MAX_SETUPS];
  gsize n_sides;
  gboolean alternate;  /* both sides do not fit into memory at once */
  MoePlan dump_plan;   /* no points unless tensors are dumped */
  MoeRun *before;      /* what --resume names, or NULL; then there is one side */
  MoeTraceFile *trace; /* being written, or NULL */
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
MoeRun *nullcurve_bench_collect (const NullcurveBench *bench, gsize setup);

/* Print the lines of job `current` up to its points: shape, notes, and the RESULT lines of what is
 * carried over.  Of the first setup. */
void nullcurve_bench_print_job_head (NullcurveBench *bench);

/* Print all lines of the second setup. */
void nullcurve_bench_print_versus (NullcurveBench *bench);

/* Measure what job `current` has to measure, print a point's lines when it is done and bring CSV
 * and trace up to date; lines of a second setup are left for nullcurve_bench_print_versus (). Lines
 * of points that have only some of their samples are printed at the end.  Stopping is no error. */
MoeStatus
nullcurve_bench_measure_job (NullcurveBench *bench, const MoeClock *clock, MoeError *error);

/* RESULT_SUMMARY and all RESULT lines once more, as the published harness ends. */
void nullcurve_bench_print_summary (const NullcurveBench *bench);

/* What a person should know of how a run's samples were taken, as sentences; an array of char *,
 * which it frees. */
GPtrArray *nullcurve_bench_closing (const MoeRun *run);

/* How many points did not settle, and why as far as is known; NULL when all did, or when nothing
 * was to settle.  Free with g_free (). */
char *nullcurve_bench_unsettled (const NullcurveBench *bench);

G_END_DECLS

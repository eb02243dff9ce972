/* SPDX-License-Identifier: Apache-2.0 */
/* A measurement of the command line under way: what is said and written while it is measured. */
#pragma once

#include "app/bench/progress.h"
#include "app/command-line/args.h"
#include "engine/sweep/accelerators.h"
#include "engine/sweep/growth.h"
#include "engine/sweep/trace-file.h"

G_BEGIN_DECLS

typedef struct NullcurveBench
{
  const NullcurveBenchArgs *args;
  MoeSweep *sweep;
  MoeAccelerator machines[MOE_MAX_SETUPS]; /* of this process; the sides', or what all ranks run */
  MoePlan dump_plan;                       /* no points unless tensors are dumped */
  MoeTraceFile *trace;                     /* being written, or NULL */
  NullcurveBenchProgress progress;
  MoeNoiseWatch watch; /* while it measures */
  int stream;          /* what the journal goes to with --journal -; -1: a file */
  gint64 began_us;     /* monotonic time when the first leg began */
  gsize current;       /* leg that is measured */
  gsize printed_size;  /* of the last shape line that was printed for one of several sizes */
  gboolean csv_failed;
  gboolean trace_failed;
  gboolean dumped;
} NullcurveBench;

/* Give back what it owns. */
void nullcurve_bench_clear (NullcurveBench *bench);

/* Say something on standard error, after "nullcurve-bench: " and without disturbing the line of
 * progress. */
void nullcurve_bench_say (NullcurveBench *bench, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Print the lines of the current leg up to its points: shape, notes, and the RESULT lines of what
 * is carried over.  Of the first side. */
void nullcurve_bench_print_head (NullcurveBench *bench);

/* Print all lines of the second side. */
void nullcurve_bench_print_versus (NullcurveBench *bench);

/* Measure what the current leg has to measure, print a point's lines when it is done and bring CSV
 * and trace up to date; lines of a second side are left for nullcurve_bench_print_versus ().  Lines
 * of points that have only some of their samples are printed at the end.  Stopping is no error. */
MoeStatus nullcurve_bench_measure (NullcurveBench *bench, const MoeClock *clock, MoeError *error);

/* RESULT_SUMMARY and all RESULT lines once more, as the published harness ends. */
void nullcurve_bench_print_summary (const NullcurveBench *bench);

G_END_DECLS

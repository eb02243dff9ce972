/* SPDX-License-Identifier: Apache-2.0 */
/* Where results go besides standard output. */
#pragma once

#include "app/command-line/args.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* "points.csv", and "points.versus.csv" of a second setup; NULL of NULL.  Free with g_free (). */
char *nullcurve_bench_output_path (const char *path, gsize setup);

/* Say that a file is in the way of --journal; returns FALSE. */
gboolean nullcurve_bench_output_refuse_journal (const char *path, GError **error);

/* Can everything that is asked for be written?  Touches nothing; looked at before measuring. */
gboolean nullcurve_bench_output_check (const NullcurveBenchArgs *args, GError **error);

/* Make the folder of traces, with its parents, unless it is there, and find out whether a file can
 * be written into it. */
gboolean nullcurve_bench_output_check_trace (const char *folder, GError **error);

/* Write the CSV of a setup so far, replacing an earlier state of it: where --csv says, and of the
 * second of two beside it, with "versus" in its name. */
gboolean nullcurve_bench_output_csv (const NullcurveBenchArgs *args,
                                     gsize setup,
                                     const MoeRun *run,
                                     GError **error);

/* At the end: CSV, chart and report, then on standard output the tables, the logbook's tables and,
 * of two runs that were measured side by side, their comparison, as asked for; says on standard
 * error what was written. */
gboolean
nullcurve_bench_output_finish (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error);

/* The same of runs that were read: without a CSV, and compared only when that is asked for. */
gboolean
nullcurve_bench_output_files (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error);

G_END_DECLS

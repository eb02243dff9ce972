/* SPDX-License-Identifier: Apache-2.0 */
/* Files instead of a measurement. */
#pragma once

#include "app/command-line/args.h"

G_BEGIN_DECLS

/* Read the files that the arguments name and make of them what is asked for: table, chart, report,
 * logbook's tables, comparison.  Says on standard error what each gave.  Fails with
 * NULLCURVE_BENCH_ERROR_REFUSED before anything is written when something cannot be, else with the
 * error of what could not be read or written. */
gboolean nullcurve_bench_files (const NullcurveBenchArgs *args, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Files of any kind that is read, as Nullcurve CSV. */
#pragma once

#include "app/command-line/args.h"

G_BEGIN_DECLS

/* Can --csv take what --convert makes of the files?  It is a file (or standard output, where it is
 * not given) for one of them, and a folder for any number, in which each becomes a file of its own
 * name with .csv.  Touches nothing.  NULLCURVE_BENCH_ERROR_REFUSED with a sentence when two would
 * become one, one would replace what is read, or it cannot be written. */
gboolean nullcurve_bench_convert_check (const NullcurveBenchArgs *args, GError **error);

/* Write them; `runs` (of MoeRun) are those of args->files.  Says on standard error where each is,
 * what was left out of it and what it does not tell. */
gboolean nullcurve_bench_convert (const NullcurveBenchArgs *args, GPtrArray *runs, GError **error);

G_END_DECLS

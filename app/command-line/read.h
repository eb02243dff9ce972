/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a command line, argument by argument. */
#pragma once

#include "app/command-line/specs.h"

G_BEGIN_DECLS

/* Take every argument of `argv` after the first (NULL-terminated; it must outlive *args).  Fails
 * with NULLCURVE_BENCH_ERROR_REFUSED and a sentence that names it. */
gboolean nullcurve_bench_read (char **argv, NullcurveBenchArgs *args, GError **error);

/* Read changes as a shell would split them, engine options only, apply them to *options and append
 * which they are to `given` (of NullcurveBenchGiven, without values).  Fails with
 * NULLCURVE_BENCH_ERROR_REFUSED and a sentence. */
gboolean nullcurve_bench_read_changes (const char *changes,
                                       MoeOptions *options,
                                       GArray *given,
                                       GError **error);

G_END_DECLS

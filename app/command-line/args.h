/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of nullcurve-bench, and what its arguments mean together. */
#pragma once

#include "app/command-line/specs.h"

G_BEGIN_DECLS

/* Read the arguments and refuse those that do not go together; what the engine's options mean
 * beside one another is left to moe_options_validate ().  `argv` must outlive *args.  On success
 * the caller clears *args.  On failure *args is cleared and *error is NULLCURVE_BENCH_ERROR_REFUSED
 * with a sentence that names the option (NULLCURVE_BENCH_ERROR_FAILED when the presets cannot be
 * read). */
gboolean nullcurve_bench_args_parse (char **argv, NullcurveBenchArgs *args, GError **error);
void nullcurve_bench_args_clear (NullcurveBenchArgs *args);

/* Names of the presets, NULL-terminated; free with g_strfreev ().  NULL and
 * NULLCURVE_BENCH_ERROR_FAILED when they cannot be read. */
char **nullcurve_bench_preset_names (GError **error);

/* The sweeps that the arguments ask for: one, or those of the matrix.  Fails as parsing does, with
 * the first fault that validation finds. */
gboolean nullcurve_bench_args_sweeps (const NullcurveBenchArgs *args,
                                      MoeOptions sweeps[MOE_MATRIX_MAX_JOBS],
                                      gsize *n_sweeps,
                                      GError **error);

G_END_DECLS

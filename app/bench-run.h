/* SPDX-License-Identifier: Apache-2.0 */
/* Measure what the command line asks for and print the harness's lines. */
#pragma once

#include "app/bench-args.h"

G_BEGIN_DECLS

/* On success *status is the exit status: 0, or 1 when results disagreed with the reference (said
 * on standard error), or 128 + the signal that stopped the run.  Points measured before an error
 * have been printed and saved. */
gboolean nullcurve_bench_run (const NullcurveBenchArgs *args, int *status, GError **error);

G_END_DECLS

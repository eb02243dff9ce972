/* SPDX-License-Identifier: Apache-2.0 */
/* Measure what the command line asks for and print the harness's lines. */
#pragma once

#include "app/command-line/args.h"

G_BEGIN_DECLS

/* On success *status is the exit status: 0, or 1 when results disagreed with the reference, when
 * one of several sweeps did not fit into memory or when the trace was lost (all said on standard
 * error), or 128 + the signal that stopped the run.  Points measured before an error have been
 * printed and saved. */
gboolean nullcurve_bench_run (const NullcurveBenchArgs *args, int *status, GError **error);

/* The same with these sweeps, whatever sweeps the arguments ask for. */
gboolean nullcurve_bench_run_sweeps (const NullcurveBenchArgs *args,
                                     const MoeOptions *sweeps,
                                     gsize n_sweeps,
                                     int *status,
                                     GError **error);

G_END_DECLS

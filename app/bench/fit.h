/* SPDX-License-Identifier: Apache-2.0 */
/* What fits into the memory that there is, and what would. */
#pragma once

#include "app/command-line/args.h"
#include "engine/sweep/sweep.h"

G_BEGIN_DECLS

/* "32768x2048x1408x60, top-2, 4, 8, independent"; free with g_free (). */
char *nullcurve_bench_leg_name (const MoeSweepLeg *leg);

/* Forecast what a leg has to measure against the memory that there is.  One that does not fit gets
 * `left_out`, a sentence that says what would fit: with --matrix, which --scale.  Fails with
 * NULLCURVE_BENCH_ERROR_REFUSED when the backend cannot compute it at all. */
gboolean nullcurve_bench_fit_leg (MoeSweep *sweep,
                                  gsize side,
                                  gsize leg,
                                  const NullcurveBenchArgs *args,
                                  gsize available_bytes,
                                  GError **error);

/* The same for all legs of a side.  Fails also when nothing of what there is to measure fits and no
 * point is carried over either. */
gboolean nullcurve_bench_fit_side (MoeSweep *sweep,
                                   gsize side,
                                   const NullcurveBenchArgs *args,
                                   gsize available_bytes,
                                   GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* What is said and kept when a measurement is over: what its figures are made of, what is not
 * settled, what was learnt. */
#pragma once

#include "app/bench/measure.h"

G_BEGIN_DECLS

/* What a person should know of how a run's samples were taken, as sentences; an array of char *,
 * which it frees. */
GPtrArray *nullcurve_bench_closing (const MoeRun *run);

/* Did a leg not fit, or end early? */
gboolean nullcurve_bench_is_any_left_out (const NullcurveBench *bench);

/* Is anything of the plans left to measure? */
gboolean nullcurve_bench_is_cut_short (const NullcurveBench *bench);

/* All that there is of each side of which there is anything: an array of MoeRun *, which it frees.
 * What a person should know is added to `notes`, an array of char *.  `whole`: no error ended it.
 */
GPtrArray *nullcurve_bench_close (NullcurveBench *bench,
                                  const MoeNoise *noise,
                                  gboolean whole,
                                  GPtrArray *notes);

G_END_DECLS

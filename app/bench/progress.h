/* SPDX-License-Identifier: Apache-2.0 */
/* One line of progress on standard error, only when that is a terminal. */
#pragma once

#include "engine/bench/runner.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct NullcurveBenchProgress
{
  gboolean enabled;
  gboolean shown;
  gint64 shown_us; /* monotonic time of the last change */
} NullcurveBenchProgress;

void nullcurve_bench_progress_init (NullcurveBenchProgress *progress);

/* The line: share, phase, point, how far the samples are, time left.  `point` may be NULL while
 * none is worked on.  Free with g_free (). */
char *nullcurve_bench_progress_describe (const MoeProgress *state, const MoePoint *point);

/* Replace the line; `point` may be NULL while none is worked on.  At most ten times a second. */
void nullcurve_bench_progress_show (NullcurveBenchProgress *progress,
                                    const MoeProgress *state,
                                    const MoePoint *point);

/* Take the line away, so that other text can be printed. */
void nullcurve_bench_progress_erase (NullcurveBenchProgress *progress);

G_END_DECLS

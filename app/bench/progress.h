/* SPDX-License-Identifier: Apache-2.0 */
/* How far the run is, on standard error: one line that changes, only when that is a terminal, or
 * lines that a program reads. */
#pragma once

#include "engine/bench/runner.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct NullcurveBenchProgress
{
  gboolean enabled;
  gboolean lines;    /* for a program */
  MoeRunPhase phase; /* of the last of them */
  gboolean shown;
  gint64 shown_us; /* monotonic time of the last change */
} NullcurveBenchProgress;

/* `form`: as --progress has it, or NULL. */
void nullcurve_bench_progress_init (NullcurveBenchProgress *progress, const char *form);

/* The line: share, phase, point, how far the samples are, time left.  `point` may be NULL while
 * none is worked on.  Free with g_free (). */
char *nullcurve_bench_progress_describe (const MoeProgress *state, const MoePoint *point);

/* The line for a program, without its end: "progress phase=measure share=0.41 topk=2 f=0.5
 * samples=12 of=30 settled=1 to_settle=4 left_s=8.1", of which what is not known is left out.  Free
 * with g_free (). */
char *nullcurve_bench_progress_line (const MoeProgress *state, const MoePoint *point);

/* Replace the line, or write the next; `point` may be NULL while none is worked on.  At most ten
 * times a second but for another phase. */
void nullcurve_bench_progress_show (NullcurveBenchProgress *progress,
                                    const MoeProgress *state,
                                    const MoePoint *point);

/* Say to a program that the run stands still. */
void nullcurve_bench_progress_pause (NullcurveBenchProgress *progress);

/* Take the line away, so that other text can be printed. */
void nullcurve_bench_progress_erase (NullcurveBenchProgress *progress);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* The first SIGINT or SIGTERM asks the run to stop; a second one ends the program at once. */
#pragma once

#include "engine/threads/cancel.h"

/* Watch from now on.  Call once, from the main thread. */
void nullcurve_bench_signals_watch (void);

/* Requested by the first signal; lives for ever. */
MoeCancel *nullcurve_bench_signals_cancel (void);

/* As a hang-up does; any thread. */
void nullcurve_bench_signals_hang_up (void);

/* 128 + the signal that came, 0 while none has. */
int nullcurve_bench_signals_status (void);

/* SPDX-License-Identifier: Apache-2.0 */
/* nullcurve-bench as one of several processes that mpirun started: rank 0 measures and reports, the
 * others do their part of every step.  A process that is alone comes through all of this unchanged.
 * Main thread only. */
#pragma once

#include <glib.h>

#include "engine/backends/backend.h"
#include "engine/machine/limits.h"
#include "engine/machine/noise.h"

G_BEGIN_DECLS

/* Was this process started as another rank than 0?  Then it has nothing to say to people.  Known
 * before joining. */
gboolean nullcurve_bench_ranks_is_silent (void);

/* Find the other ranks, if there are any. */
gboolean nullcurve_bench_ranks_join (GError **error);

/* Processes that joined; 0 when this one is alone. */
gsize nullcurve_bench_ranks_size (void);

/* On a silent rank: do what rank 0 says until it lets go; the exit status. */
int nullcurve_bench_ranks_serve (void);

/* `backend` as all ranks together run it; the same when this process is alone. */
const MoeBackend *nullcurve_bench_ranks_spread (const MoeBackend *backend);

/* Bytes that every rank can take at the same time. */
MoeStatus nullcurve_bench_ranks_available_memory (gsize *bytes, MoeError *error);

/* Limits and calibration of one rank become those of all together, as far as they add up: matmul
 * rates of every rank, the memory of every machine. */
void nullcurve_bench_ranks_scale (MoeLimits *limits);

/* Load of the other ranks on this machine is not noise. */
void nullcurve_bench_ranks_quieten (MoeNoise *noise);

/* Let the others go; all states must be closed. */
void nullcurve_bench_ranks_leave (void);

G_END_DECLS

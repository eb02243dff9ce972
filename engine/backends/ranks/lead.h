/* SPDX-License-Identifier: Apache-2.0 */
/* Rank 0 of several: a backend that has the other ranks do their part of each block with expert
 * parallelism.  Whoever measures with it need not know of ranks.  The others are in moe_serve ()
 * meanwhile. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/ranks/ranks.h"

/* `backend` as all ranks together run it.  A block with expert parallelism has one shard on each
 * rank; any other is computed by this rank alone.
 *
 * What differs from a backend of one process: supports () wants one shard for each rank; memory ()
 * tells what each rank needs; stage times are the mean over the ranks, and comm_bytes what they
 * sent together; facts () name the ranks; a trace shows this rank's threads.  An error of another
 * rank has "Rank N: " before its message.  One state with expert parallelism at a time.
 *
 * Borrows both arguments.  Static storage, changed by the next call, before which all states must
 * be closed. */
const MoeBackend *moe_lead (MoeRanks *ranks, const MoeBackend *backend);

/* Bytes that every rank can take at the same time: on each machine what is available, divided by
 * its ranks; the least of all machines.  `available` tells this rank's.  While no state is open. */
MoeStatus moe_lead_available_memory (MoeRanks *ranks,
                                     size_t (*available) (void),
                                     size_t *bytes,
                                     MoeError *error);

/* Let the others return from moe_serve (); all states must be closed. */
MoeStatus moe_lead_quit (MoeRanks *ranks, MoeError *error);

/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks that are threads of one process: everything above the transport can be tested without MPI,
 * and under ThreadSanitizer. */
#pragma once

#include "engine/ranks/ranks.h"

typedef struct ThreadHub ThreadHub;

ThreadHub *thread_hub_new (size_t size);

/* Asserts that nothing is under way. */
void thread_hub_free (ThreadHub *hub);

/* The transport of one rank, to be used by one thread.  A send is done when it has been received.
 * Ends with its stop (). */
MoeTransport *thread_transport_new (ThreadHub *hub, size_t rank);

/* From now on every call of `rank` fails with "the cable of rank N was cut". */
void thread_hub_cut (ThreadHub *hub, size_t rank);

/* Messages that were left under way by a stop () of some rank alone are dropped. */
void thread_hub_drop (ThreadHub *hub);

/* How often stop () was called with `together` true. */
size_t thread_hub_stopped_together (ThreadHub *hub);

/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that compute one block together, each with experts of its own, on one machine or many.
 *
 * All functions but the accessors are collective: every rank calls the same ones in the same order
 * with matching arguments, on the thread that made the MoeRanks.  They block, but never for good:
 * while a rank waits it looks
 *  - every 50 ms whether the process of a rank it waits for is gone, as far as it can see it;
 *  - whether a stop was asked for: then it waits 10 s more for ranks that it sees alive and 0.3 s
 *    for others, less than mpirun leaves between its SIGTERM and its SIGKILL.
 * Either breaks the exchange off: an error that names the rank, the same one from every later call,
 * and nothing is waited for any more.  A rank that merely wants to stop says so with
 * moe_ranks_agree (), which ends the step on all of them in good order.
 *
 * Apart from moe_ranks_new () nothing here takes memory, so all may be in a timed region. */
#pragma once

#include "engine/moe/types.h"
#include "engine/ranks/peer.h"
#include "engine/ranks/transport.h"
#include "engine/threads/cancel.h"

typedef struct MoeRanks MoeRanks;

/* Make ranks of a started transport, which they own from now on, also on failure.  `self` is what
 * the others are told of this process, `cancel` (may be NULL) the request to stop; it must outlive
 * the ranks.  Fails with MOE_ERROR_UNSUPPORTED on all ranks when not all run this very version of
 * the program, and as above.  Caller frees *ranks. */
MoeStatus moe_ranks_new (MoeTransport *transport,
                         const MoePeer *self,
                         const MoeCancel *cancel,
                         MoeRanks **ranks,
                         MoeError *error);

/* End: together with the others, unless the exchange was broken off or `together` is false; then
 * this process lets go without waiting, which mpirun takes for the end of all of them.  NULL is
 * allowed. */
void moe_ranks_free (MoeRanks *ranks, bool together);

size_t moe_ranks_rank (const MoeRanks *ranks);
size_t moe_ranks_size (const MoeRanks *ranks);

/* Name and version of the library that carries the messages. */
const char *moe_ranks_library (const MoeRanks *ranks);

/* MOE_OK, or the error that broke the exchange off. */
MoeStatus moe_ranks_status (const MoeRanks *ranks, MoeError *error);

/* How many ranks were given the same processors as this one, itself included, and which of them
 * this one is, 0 .. parts - 1, in rank order. */
void moe_ranks_part (const MoeRanks *ranks, size_t *part, size_t *parts);

/* Ranks on the machine of `rank`, itself included; 1 when machines are unknown. */
size_t moe_ranks_on_machine_of (const MoeRanks *ranks, size_t rank);

/* Bytes that this rank has sent in all_reduce (), all_gather () and reduce_scatter () so far. */
uint64_t moe_ranks_bytes_sent (const MoeRanks *ranks);

/* One status for all: MOE_OK when all ranks bring MOE_OK; else that of the lowest rank with an
 * error, a stop (MOE_ERROR_CANCELLED) counting only when nobody has worse.  A rank that brings an
 * error has its message in *error; afterwards it is in everybody's, that of another rank with
 * "Rank N: " before it.  `error` must not be NULL. */
MoeStatus moe_ranks_agree (MoeRanks *ranks, MoeStatus mine, MoeError *error);

/* all[size] records of `bytes` bytes in rank order, from `mine` of each rank.  Small records: they
 * all go to everybody. */
MoeStatus
moe_ranks_gather (MoeRanks *ranks, const void *mine, size_t bytes, void *all, MoeError *error);

/* data[bytes] of rank `from` to rank `to`; only these two call them.  `idle`: the rank waits for
 * its next task: then it rests now and then to leave the processor to others, and is not stopped.
 */
MoeStatus
moe_ranks_send (MoeRanks *ranks, size_t to, const void *data, size_t bytes, MoeError *error);
MoeStatus moe_ranks_receive (
    MoeRanks *ranks, size_t from, void *data, size_t bytes, bool idle, MoeError *error);

/* data[bytes] of rank 0 to all others. */
MoeStatus moe_ranks_broadcast (MoeRanks *ranks, void *data, size_t bytes, MoeError *error);

/* Arrays data[n] of `dtype`, one on each rank, cut into slices (slices.h), one for each rank.
 *
 * all_reduce: every rank gets the sums of all elements.
 * reduce_scatter: every rank gets the sums of its slice; the other slices are undefined.
 * all_gather: every rank brings its slice and gets all others.
 *
 * Sums are taken in float32 in rank order and rounded once, so that they are, bit by bit, those of
 * moe_exchange within one process: each rank is sent the slice that it sums by all others directly.
 * A ring would send as many bytes, but round a bfloat16 sum at every hop (or send it in float32,
 * twice the bytes), and in an order that differs from slice to slice.  With S ranks each sends
 * (S-1)/S of the bytes of the array, for all_reduce twice that. */
MoeStatus
moe_ranks_all_reduce (MoeRanks *ranks, MoeDtype dtype, void *data, size_t n, MoeError *error);
MoeStatus
moe_ranks_reduce_scatter (MoeRanks *ranks, MoeDtype dtype, void *data, size_t n, MoeError *error);
MoeStatus
moe_ranks_all_gather (MoeRanks *ranks, MoeDtype dtype, void *data, size_t n, MoeError *error);

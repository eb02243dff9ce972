/* SPDX-License-Identifier: Apache-2.0 */
/* Messages under way between ranks, and waiting for them without ever waiting for good. */
#pragma once

#include "engine/ranks/peer.h"
#include "engine/ranks/transport.h"
#include "engine/threads/cancel.h"

typedef struct MoeRanks MoeRanks;

/* Each rank has four slots for messages to and from each peer: two that it receives into by turns
 * and two that it sends from, so that one can be summed while the next is under way. */
typedef enum MoeLine
{
  MOE_LINE_SEND,
  MOE_LINE_SEND_NEXT,
  MOE_LINE_RECEIVE,
  MOE_LINE_RECEIVE_NEXT,
  MOE_N_LINES
} MoeLine;

_Static_assert((int)MOE_N_LINES == (int)MOE_TRANSPORT_SLOTS, "a slot for each line and peer");

enum
{
  MOE_RANKS_CHUNK_BYTES = 1 << 19 /* of each peer, received and summed at a time */
};

struct MoeRanks
{
  MoeTransport *transport;
  const MoeCancel *cancel;
  size_t rank;
  size_t size;
  MoePeer *peers;        /* [size] */
  bool *pending;         /* [MOE_N_LINES, size] messages under way */
  unsigned char *chunks; /* [2, size, MOE_RANKS_CHUNK_BYTES] received contributions */
  int32_t *statuses;     /* [size] of moe_ranks_agree () */
  uint64_t bytes_sent;
  MoeError broken; /* status MOE_OK while the exchange is whole */
  MoeRanks *next_abandoned;
};

/* Start a message on a line that is free; nothing happens for 0 bytes. */
MoeStatus moe_ranks_start_send (
    MoeRanks *ranks, MoeLine line, size_t to, const void *data, size_t bytes, MoeError *error);
MoeStatus moe_ranks_start_receive (
    MoeRanks *ranks, MoeLine line, size_t from, void *data, size_t bytes, MoeError *error);

/* Wait until nothing is under way on the lines (bits of MoeLine), see ranks.h; or the error that
 * broke the exchange off. */
MoeStatus moe_ranks_await (MoeRanks *ranks, unsigned lines, bool idle, MoeError *error);

/* The `step`-th peer that this rank serves, step = 1 .. size - 1: each rank starts with another. */
static inline size_t
moe_ranks_nth_peer (const MoeRanks *ranks, size_t step)
{
  return (ranks->rank + step) % ranks->size;
}

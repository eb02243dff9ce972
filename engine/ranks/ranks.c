/* SPDX-License-Identifier: Apache-2.0 */
/* Life of the ranks, and what they tell each other in few bytes. */
#include "engine/ranks/ranks.h"

#include "engine/base/size.h"
#include "engine/ranks/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  ALL_SENDS = 1u << MOE_LINE_SEND | 1u << MOE_LINE_SEND_NEXT,
  ALL_RECEIVES = 1u << MOE_LINE_RECEIVE | 1u << MOE_LINE_RECEIVE_NEXT
};

/* What ranks send each other first: whether they can talk, and who they are. */
typedef struct Greeting
{
  char version[32];
  uint64_t layout; /* size and byte order of what is sent as plain memory */
  MoePeer peer;
} Greeting;

static void
make_greeting (Greeting *greeting, const MoePeer *self)
{
  memset (greeting, 0, sizeof *greeting);
  snprintf (greeting->version, sizeof greeting->version, "%s", NULLCURVE_VERSION);
  greeting->layout = (uint64_t)sizeof (void *) << 32 | sizeof (Greeting);
  greeting->peer = *self;
}

static MoeStatus
greet (MoeRanks *ranks, const MoePeer *self, MoeError *error)
{
  Greeting mine, *all = calloc (ranks->size, sizeof *all);
  MoeStatus status = all != NULL ? MOE_OK : MOE_ERROR_MEMORY;
  make_greeting (&mine, self);
  if (status == MOE_OK)
    status = moe_ranks_gather (ranks, &mine, sizeof mine, all, error);
  else
    moe_error_set (error, status, "no memory for %zu ranks", ranks->size);
  for (size_t i = 0; status == MOE_OK && i < ranks->size; i++)
    {
      ranks->peers[i] = all[i].peer;
      if (memcmp (all[i].version, all[0].version, sizeof mine.version) != 0
          || all[i].layout != all[0].layout)
        status = moe_error_set (error, MOE_ERROR_UNSUPPORTED,
                                "Rank 0 runs version %s of the program and rank %zu version %s, or "
                                "another kind of processor; all ranks must run the same.",
                                all[0].version, i, all[i].version);
    }
  free (all);
  return status;
}

static MoeStatus
take_memory (MoeRanks *ranks, MoeError *error)
{
  size_t chunks;
  ranks->peers = calloc (ranks->size, sizeof *ranks->peers);
  ranks->pending = calloc (MOE_N_LINES * ranks->size, sizeof *ranks->pending);
  ranks->statuses = calloc (ranks->size, sizeof *ranks->statuses);
  if (moe_size_mul (2 * ranks->size, MOE_RANKS_CHUNK_BYTES, &chunks))
    ranks->chunks = aligned_alloc (64, chunks);
  if (ranks->peers != NULL && ranks->pending != NULL && ranks->statuses != NULL
      && ranks->chunks != NULL)
    return MOE_OK;
  return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for %zu ranks", ranks->size);
}

MoeStatus
moe_ranks_new (MoeTransport *transport,
               const MoePeer *self,
               const MoeCancel *cancel,
               MoeRanks **out,
               MoeError *error)
{
  MoeRanks *ranks = calloc (1, sizeof *ranks);
  if (ranks == NULL)
    {
      transport->stop (transport, false);
      return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for ranks");
    }
  ranks->transport = transport;
  ranks->cancel = cancel;
  ranks->rank = transport->rank;
  ranks->size = transport->size;
  MoeStatus status = take_memory (ranks, error);
  if (status == MOE_OK)
    status = greet (ranks, self, error);
  if (status == MOE_OK)
    *out = ranks;
  else
    moe_ranks_free (ranks, status == MOE_ERROR_UNSUPPORTED); /* which all have found out */
  return status;
}

/* Ranks that were broken off: messages under way may still be written into their memory, so they
 * are kept as long as the process. */
static _Atomic (MoeRanks *) abandoned;

static void
abandon (MoeRanks *ranks)
{
  ranks->next_abandoned = atomic_load (&abandoned);
  while (!atomic_compare_exchange_weak (&abandoned, &ranks->next_abandoned, ranks))
    continue;
}

void
moe_ranks_free (MoeRanks *ranks, bool together)
{
  if (ranks == NULL)
    return;
  bool whole = together && ranks->broken.status == MOE_OK;
  ranks->transport->stop (ranks->transport, whole);
  ranks->transport = NULL;
  if (!whole)
    {
      abandon (ranks);
      return;
    }
  free (ranks->peers);
  free (ranks->pending);
  free (ranks->statuses);
  free (ranks->chunks);
  free (ranks);
}

size_t
moe_ranks_rank (const MoeRanks *ranks)
{
  return ranks->rank;
}

size_t
moe_ranks_size (const MoeRanks *ranks)
{
  return ranks->size;
}

const char *
moe_ranks_library (const MoeRanks *ranks)
{
  return ranks->transport->library;
}

MoeStatus
moe_ranks_status (const MoeRanks *ranks, MoeError *error)
{
  if (ranks->broken.status != MOE_OK && error != NULL)
    *error = ranks->broken;
  return ranks->broken.status;
}

void
moe_ranks_part (const MoeRanks *ranks, size_t *part, size_t *parts)
{
  *part = *parts = 0;
  for (size_t i = 0; i < ranks->size; i++)
    if (i == ranks->rank || moe_peer_same_processors (&ranks->peers[ranks->rank], &ranks->peers[i]))
      {
        *part += i < ranks->rank;
        *parts += 1;
      }
}

size_t
moe_ranks_on_machine_of (const MoeRanks *ranks, size_t rank)
{
  size_t n = 0;
  for (size_t i = 0; i < ranks->size; i++)
    n += i == rank || moe_peer_same_machine (&ranks->peers[rank], &ranks->peers[i]);
  return n;
}

uint64_t
moe_ranks_bytes_sent (const MoeRanks *ranks)
{
  return ranks->bytes_sent;
}

MoeStatus
moe_ranks_gather (MoeRanks *ranks, const void *mine, size_t bytes, void *all, MoeError *error)
{
  unsigned char *records = all;
  MoeStatus status = MOE_OK;
  memcpy (records + ranks->rank * bytes, mine, bytes);
  for (size_t step = 1; status == MOE_OK && step < ranks->size; step++)
    {
      size_t peer = moe_ranks_nth_peer (ranks, step);
      status = moe_ranks_start_receive (ranks, MOE_LINE_RECEIVE, peer, records + peer * bytes,
                                        bytes, error);
      if (status == MOE_OK)
        status = moe_ranks_start_send (ranks, MOE_LINE_SEND, peer, records + ranks->rank * bytes,
                                       bytes, error);
    }
  return status == MOE_OK ? moe_ranks_await (ranks, ALL_SENDS | ALL_RECEIVES, false, error)
                          : status;
}

MoeStatus
moe_ranks_send (MoeRanks *ranks, size_t to, const void *data, size_t bytes, MoeError *error)
{
  const unsigned char *from = data;
  MoeStatus status = moe_ranks_status (ranks, error);
  for (size_t at = 0; status == MOE_OK && at < bytes; at += MOE_TRANSPORT_MAX)
    {
      status = moe_ranks_start_send (ranks, MOE_LINE_SEND, to, from + at,
                                     moe_size_min (bytes - at, MOE_TRANSPORT_MAX), error);
      if (status == MOE_OK)
        status = moe_ranks_await (ranks, ALL_SENDS, false, error);
    }
  return status;
}

MoeStatus
moe_ranks_receive (
    MoeRanks *ranks, size_t from, void *data, size_t bytes, bool idle, MoeError *error)
{
  unsigned char *to = data;
  MoeStatus status = moe_ranks_status (ranks, error);
  for (size_t at = 0; status == MOE_OK && at < bytes; at += MOE_TRANSPORT_MAX)
    {
      status = moe_ranks_start_receive (ranks, MOE_LINE_RECEIVE, from, to + at,
                                        moe_size_min (bytes - at, MOE_TRANSPORT_MAX), error);
      if (status == MOE_OK)
        status = moe_ranks_await (ranks, ALL_RECEIVES, idle, error);
    }
  return status;
}

static MoeStatus
send_to_all (MoeRanks *ranks, const unsigned char *data, size_t bytes, MoeError *error)
{
  MoeStatus status = moe_ranks_status (ranks, error);
  for (size_t at = 0; status == MOE_OK && at < bytes; at += MOE_TRANSPORT_MAX)
    {
      for (size_t step = 1; status == MOE_OK && step < ranks->size; step++)
        status =
            moe_ranks_start_send (ranks, MOE_LINE_SEND, moe_ranks_nth_peer (ranks, step), data + at,
                                  moe_size_min (bytes - at, MOE_TRANSPORT_MAX), error);
      if (status == MOE_OK)
        status = moe_ranks_await (ranks, ALL_SENDS, false, error);
    }
  return status;
}

MoeStatus
moe_ranks_broadcast (MoeRanks *ranks, void *data, size_t bytes, MoeError *error)
{
  return ranks->rank == 0 ? send_to_all (ranks, data, bytes, error)
                          : moe_ranks_receive (ranks, 0, data, bytes, false, error);
}

/* The rank whose status counts, or `size` when all is well. */
static size_t
rank_at_fault (const MoeRanks *ranks)
{
  size_t stopped = ranks->size;
  for (size_t i = ranks->size; i-- > 0;)
    if (ranks->statuses[i] == MOE_ERROR_CANCELLED)
      stopped = i;
  for (size_t i = 0; i < ranks->size; i++)
    if (ranks->statuses[i] != MOE_OK && ranks->statuses[i] != MOE_ERROR_CANCELLED)
      return i;
  return stopped;
}

/* The message of rank `from` reaches all; the field at fault is a pointer and stays behind. */
static MoeStatus
share_message (MoeRanks *ranks, size_t from, MoeError *error)
{
  char message[MOE_ERROR_MESSAGE_SIZE];
  if (from == ranks->rank)
    return send_to_all (ranks, (const unsigned char *)error->message, sizeof error->message, error);
  MoeStatus status = moe_ranks_receive (ranks, from, message, sizeof message, false, error);
  if (status == MOE_OK)
    moe_error_set (error, (MoeStatus)ranks->statuses[from], "Rank %zu: %.900s", from, message);
  return status;
}

MoeStatus
moe_ranks_agree (MoeRanks *ranks, MoeStatus mine, MoeError *error)
{
  int32_t own = (int32_t)mine;
  MoeError broken;
  MoeStatus status = moe_ranks_gather (ranks, &own, sizeof own, ranks->statuses, &broken);
  size_t from = status == MOE_OK ? rank_at_fault (ranks) : ranks->size;
  if (status == MOE_OK && from < ranks->size)
    {
      status = share_message (ranks, from, error);
      return status == MOE_OK ? (MoeStatus)ranks->statuses[from] : status;
    }
  if (status != MOE_OK)
    *error = broken;
  return status;
}

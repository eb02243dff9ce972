/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange of arrays between ranks: part of the timed region. */
#include "engine/ranks/ranks.h"

#include "engine/base/size.h"
#include "engine/ranks/lines.h"
#include "engine/ranks/slices.h"
#include "engine/ranks/sum.h"

enum
{
  ALL_LINES = (1u << MOE_N_LINES) - 1
};

/* An array being reduced; chunk c of every slice is its elements c * chunk .. . */
typedef struct Reduce
{
  MoeRanks *ranks;
  MoeDtype dtype;
  unsigned char *data; /* [n] */
  size_t n;
  size_t element_bytes;
  size_t chunk; /* elements */
} Reduce;

/* Elements of chunk `c` of the slice of `rank`. */
static size_t
chunk_length (const Reduce *r, size_t rank, size_t c)
{
  size_t length = moe_slice_length (r->n, r->ranks->size, rank), first = c * r->chunk;
  return first < length ? moe_size_min (r->chunk, length - first) : 0;
}

static unsigned char *
chunk_data (const Reduce *r, size_t rank, size_t c)
{
  size_t first = moe_slice_first (r->n, r->ranks->size, rank) + c * r->chunk;
  return r->data + first * r->element_bytes;
}

/* Where chunk `c` of this rank's slice is received from `peer`. */
static unsigned char *
received_chunk (const Reduce *r, size_t peer, size_t c)
{
  return r->ranks->chunks + (c % 2 * r->ranks->size + peer) * MOE_RANKS_CHUNK_BYTES;
}

static MoeLine
line_of (MoeLine line, size_t c)
{
  return (MoeLine)((size_t)line + c % 2);
}

/* Let chunk `c` of all slices go to those that sum them. */
static MoeStatus
start_chunk (const Reduce *r, size_t c, MoeError *error)
{
  MoeRanks *ranks = r->ranks;
  size_t own = chunk_length (r, ranks->rank, c) * r->element_bytes;
  MoeStatus status = MOE_OK;
  for (size_t step = 1; status == MOE_OK && step < ranks->size; step++)
    status = moe_ranks_start_receive (
        ranks, line_of (MOE_LINE_RECEIVE, c), moe_ranks_nth_peer (ranks, step),
        received_chunk (r, moe_ranks_nth_peer (ranks, step), c), own, error);
  for (size_t step = 1; status == MOE_OK && step < ranks->size; step++)
    {
      size_t peer = moe_ranks_nth_peer (ranks, step);
      size_t bytes = chunk_length (r, peer, c) * r->element_bytes;
      status = moe_ranks_start_send (ranks, line_of (MOE_LINE_SEND, c), peer,
                                     chunk_data (r, peer, c), bytes, error);
      ranks->bytes_sent += bytes;
    }
  return status;
}

/* Own chunk `c` = sum of all ranks' contributions to it, in rank order. */
static void
sum_chunk (const Reduce *r, size_t c)
{
  float sums[MOE_SUM_BLOCK];
  const MoeRanks *ranks = r->ranks;
  size_t length = chunk_length (r, ranks->rank, c);
  unsigned char *own = chunk_data (r, ranks->rank, c);
  for (size_t at = 0; at < length; at += MOE_SUM_BLOCK)
    {
      size_t n = moe_size_min (MOE_SUM_BLOCK, length - at);
      for (size_t i = 0; i < ranks->size; i++)
        {
          const unsigned char *in = i == ranks->rank ? own : received_chunk (r, i, c);
          (i == 0 ? moe_sum_set : moe_sum_add) (sums, r->dtype, in + at * r->element_bytes, n);
        }
      moe_sum_store (own + at * r->element_bytes, r->dtype, sums, n);
    }
}

MoeStatus
moe_ranks_reduce_scatter (MoeRanks *ranks, MoeDtype dtype, void *data, size_t n, MoeError *error)
{
  size_t bytes = moe_dtype_bytes (dtype);
  Reduce r = { ranks, dtype, data, n, bytes, MOE_RANKS_CHUNK_BYTES / bytes };
  /* The first slice is the longest. */
  size_t chunks = (moe_slice_length (n, ranks->size, 0) + r.chunk - 1) / r.chunk;
  MoeStatus status = moe_ranks_status (ranks, error);
  if (status == MOE_OK && chunks > 0)
    status = start_chunk (&r, 0, error);
  for (size_t c = 0; status == MOE_OK && c < chunks; c++)
    {
      if (c + 1 < chunks)
        status = moe_ranks_await (ranks, 1u << line_of (MOE_LINE_SEND, c + 1), false, error);
      if (status == MOE_OK && c + 1 < chunks)
        status = start_chunk (&r, c + 1, error);
      if (status == MOE_OK)
        status = moe_ranks_await (ranks, 1u << line_of (MOE_LINE_RECEIVE, c), false, error);
      if (status == MOE_OK)
        sum_chunk (&r, c);
    }
  return status == MOE_OK ? moe_ranks_await (ranks, ALL_LINES, false, error) : status;
}

/* Start moving the piece of the slices that begins `at` bytes behind their starts. */
static MoeStatus
start_piece (MoeRanks *ranks,
             size_t element_bytes,
             unsigned char *data,
             size_t n,
             size_t at,
             MoeError *error)
{
  MoeStatus status = MOE_OK;
  size_t own_first = moe_slice_first (n, ranks->size, ranks->rank) * element_bytes;
  size_t own_bytes = moe_slice_length (n, ranks->size, ranks->rank) * element_bytes;
  size_t own = at < own_bytes ? moe_size_min (own_bytes - at, MOE_TRANSPORT_MAX) : 0;
  for (size_t step = 1; status == MOE_OK && step < ranks->size; step++)
    {
      size_t peer = moe_ranks_nth_peer (ranks, step);
      size_t bytes = moe_slice_length (n, ranks->size, peer) * element_bytes;
      unsigned char *place = data + moe_slice_first (n, ranks->size, peer) * element_bytes + at;
      if (at < bytes)
        status = moe_ranks_start_receive (ranks, MOE_LINE_RECEIVE, peer, place,
                                          moe_size_min (bytes - at, MOE_TRANSPORT_MAX), error);
      if (status == MOE_OK)
        status =
            moe_ranks_start_send (ranks, MOE_LINE_SEND, peer, data + own_first + at, own, error);
      ranks->bytes_sent += own;
    }
  return status;
}

MoeStatus
moe_ranks_all_gather (MoeRanks *ranks, MoeDtype dtype, void *data, size_t n, MoeError *error)
{
  size_t element_bytes = moe_dtype_bytes (dtype);
  size_t longest = moe_slice_length (n, ranks->size, 0) * element_bytes;
  MoeStatus status = moe_ranks_status (ranks, error);
  for (size_t at = 0; status == MOE_OK && at < longest; at += MOE_TRANSPORT_MAX)
    {
      status = start_piece (ranks, element_bytes, data, n, at, error);
      if (status == MOE_OK)
        status = moe_ranks_await (ranks, ALL_LINES, false, error);
    }
  return status;
}

MoeStatus
moe_ranks_all_reduce (MoeRanks *ranks, MoeDtype dtype, void *data, size_t n, MoeError *error)
{
  MoeStatus status = moe_ranks_reduce_scatter (ranks, dtype, data, n, error);
  return status == MOE_OK ? moe_ranks_all_gather (ranks, dtype, data, n, error) : status;
}

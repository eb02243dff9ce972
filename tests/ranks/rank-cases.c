/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ranks/rank-cases.h"

#include <glib.h>
#include <string.h>

#include "engine/ranks/exchange.h"
#include "engine/ranks/slices.h"
#include "engine/threads/team.h"
#include "tests/ranks/plain-sum.h"

static void
run_gather (MoeRanks *ranks)
{
  size_t size = moe_ranks_size (ranks), rank = moe_ranks_rank (ranks);
  g_autofree guint64 *all = g_new0 (guint64, 3 * size);
  for (guint64 round = 0; round < 50; round++)
    {
      guint64 mine[3] = { rank, round, rank * round };
      g_assert_cmpint (moe_ranks_gather (ranks, mine, sizeof mine, all, NULL), ==, MOE_OK);
      for (size_t i = 0; i < size; i++)
        {
          g_assert_cmpuint (all[3 * i], ==, i);
          g_assert_cmpuint (all[3 * i + 1], ==, round);
          g_assert_cmpuint (all[3 * i + 2], ==, i * round);
        }
    }
}

static void
run_broadcast (MoeRanks *ranks)
{
  const size_t sizes[] = { 0, 1, 1000, 3000000 };
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *data = g_malloc (sizes[i] + 1);
      memset (data, (int)moe_ranks_rank (ranks) + 1, sizes[i] + 1);
      g_assert_cmpint (moe_ranks_broadcast (ranks, data, sizes[i], NULL), ==, MOE_OK);
      for (size_t at = 0; at < sizes[i]; at++)
        g_assert_cmpuint (data[at], ==, 1);
      g_assert_cmpuint (data[sizes[i]], ==, moe_ranks_rank (ranks) + 1);
    }
}

/* Round a ring, each with another message. */
static void
run_send (MoeRanks *ranks)
{
  size_t size = moe_ranks_size (ranks), rank = moe_ranks_rank (ranks);
  guint64 token = 42;
  if (size == 1)
    return;
  if (rank > 0)
    g_assert_cmpint (moe_ranks_receive (ranks, rank - 1, &token, sizeof token, rank % 2 == 1, NULL),
                     ==, MOE_OK);
  g_assert_cmpuint (token, ==, 42 + rank);
  token++;
  g_assert_cmpint (moe_ranks_send (ranks, (rank + 1) % size, &token, sizeof token, NULL), ==,
                   MOE_OK);
  if (rank == 0)
    {
      g_assert_cmpint (moe_ranks_receive (ranks, size - 1, &token, sizeof token, false, NULL), ==,
                       MOE_OK);
      g_assert_cmpuint (token, ==, 42 + size);
    }
}

static void
run_agree (MoeRanks *ranks)
{
  size_t size = moe_ranks_size (ranks), rank = moe_ranks_rank (ranks);
  MoeError error = { 0 };
  g_assert_cmpint (moe_ranks_agree (ranks, MOE_OK, &error), ==, MOE_OK);
  g_assert_cmpint (error.status, ==, MOE_OK);

  /* One rank has an error: all get it. */
  for (size_t culprit = 0; culprit < size; culprit++)
    {
      MoeStatus mine = MOE_OK;
      error = (MoeError){ 0 };
      if (rank == culprit)
        mine = moe_error_set (&error, MOE_ERROR_UNSUPPORTED, "no such thing at %zu", culprit);
      g_assert_cmpint (moe_ranks_agree (ranks, mine, &error), ==, MOE_ERROR_UNSUPPORTED);
      g_autofree char *own = g_strdup_printf ("no such thing at %zu", culprit);
      g_autofree char *other = g_strdup_printf ("Rank %zu: %s", culprit, own);
      g_assert_cmpstr (error.message, ==, rank == culprit ? own : other);
      g_assert_cmpint (error.status, ==, MOE_ERROR_UNSUPPORTED);
    }

  /* A stop gives way to an error; of several the lowest rank's counts. */
  MoeStatus mine = moe_error_set (&error, MOE_ERROR_CANCELLED, "stopped at %zu", rank);
  g_assert_cmpint (moe_ranks_agree (ranks, mine, &error), ==, MOE_ERROR_CANCELLED);
  g_assert_cmpstr (error.message, ==, rank == 0 ? "stopped at 0" : "Rank 0: stopped at 0");
  mine = rank == 0 && size > 1 ? moe_error_set (&error, MOE_ERROR_CANCELLED, "stopped")
                               : moe_error_set (&error, MOE_ERROR_MEMORY, "no memory at %zu", rank);
  g_assert_cmpint (moe_ranks_agree (ranks, mine, &error), ==, MOE_ERROR_MEMORY);
  if (size > 1)
    g_assert_cmpstr (error.message, ==, rank == 1 ? "no memory at 1" : "Rank 1: no memory at 1");
}

typedef enum Kind
{
  ALL_REDUCE,
  REDUCE_SCATTER,
  ALL_GATHER,
} Kind;

/* Bits that element `index` must have afterwards; false when it is undefined. */
static bool
expect (Kind kind, MoeDtype dtype, const MoeRanks *ranks, size_t n, size_t index, uint32_t *bits)
{
  size_t size = moe_ranks_size (ranks), owner = 0;
  while (index >= moe_slice_first (n, size, owner + 1))
    owner++;
  *bits =
      kind == ALL_GATHER ? plain_value (dtype, owner, index, n) : plain_sum (dtype, size, index, n);
  return kind != REDUCE_SCATTER || owner == moe_ranks_rank (ranks);
}

static void
exchange_array (MoeRanks *ranks, Kind kind, MoeDtype dtype, size_t n)
{
  static MoeStatus (*const functions[]) (MoeRanks *, MoeDtype, void *, size_t, MoeError *) = {
    moe_ranks_all_reduce, moe_ranks_reduce_scatter, moe_ranks_all_gather
  };
  size_t bytes = n * moe_dtype_bytes (dtype), size = moe_ranks_size (ranks);
  size_t rank = moe_ranks_rank (ranks);
  g_autofree guint8 *data = g_malloc (bytes + 1);
  uint64_t before = moe_ranks_bytes_sent (ranks);
  plain_fill (dtype, data, n, rank, n);
  data[bytes] = 0xa5;
  g_assert_cmpint (functions[kind](ranks, dtype, data, n, NULL), ==, MOE_OK);
  for (size_t i = 0; i < n; i++)
    {
      uint32_t bits;
      if (expect (kind, dtype, ranks, n, i, &bits))
        g_assert_cmphex (plain_bits (dtype, data, i), ==, bits);
    }
  g_assert_cmphex (data[bytes], ==, 0xa5);

  size_t own = moe_slice_length (n, size, rank);
  size_t sent =
      (kind != ALL_GATHER ? n - own : 0) + (kind != REDUCE_SCATTER ? own * (size - 1) : 0);
  g_assert_cmpuint (moe_ranks_bytes_sent (ranks) - before, ==, sent * moe_dtype_bytes (dtype));
}

/* Up to several chunks of every slice. */
static void
exchange_arrays (MoeRanks *ranks, Kind kind)
{
  const size_t lengths[] = { 0, 1, 2, 1021, 4096, 700001 };
  for (int dtype = 0; dtype < (int)moe_choices[MOE_CHOICE_DTYPE].names.n; dtype++)
    for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
      exchange_array (ranks, kind, (MoeDtype)dtype, lengths[i]);
}

static void
run_all_reduce (MoeRanks *ranks)
{
  exchange_arrays (ranks, ALL_REDUCE);
}

static void
run_reduce_scatter (MoeRanks *ranks)
{
  exchange_arrays (ranks, REDUCE_SCATTER);
}

static void
run_all_gather (MoeRanks *ranks)
{
  exchange_arrays (ranks, ALL_GATHER);
}

/* A step of a rank with a team of threads, as the block does it. */
typedef struct Step
{
  MoeExchange exchange;
  MoeCancel cancel;
  size_t n;
  void *array;
  size_t stopping_rank; /* raises its stop before the second exchange; SIZE_MAX: none does */
  bool first[3];        /* [members] whether the member came through the first exchange */
  bool second[3];
} Step;

static void
step_member (void *data, size_t member)
{
  Step *s = data;
  void *const arrays[] = { s->array };
  s->first[member] = moe_exchange_arrive (&s->exchange, member, &s->cancel)
                     && moe_exchange_all_reduce (&s->exchange, arrays, s->n, member, &s->cancel);
  if (!s->first[member])
    return;
  if (member == 2 && moe_ranks_rank (s->exchange.ranks) == s->stopping_rank)
    moe_cancel_request (&s->cancel);
  s->second[member] = moe_exchange_arrive (&s->exchange, member, &s->cancel)
                      && moe_exchange_all_gather (&s->exchange, arrays, s->n, member, &s->cancel);
}

static void
run_step (MoeRanks *ranks, MoeTeam *team, size_t stopping_rank)
{
  g_autofree float *array = g_new0 (float, 5001);
  Step step = { .n = 5001, .array = array, .stopping_rank = stopping_rank };
  size_t size = moe_ranks_size (ranks);
  plain_fill (MOE_DTYPE_FLOAT32, array, step.n, moe_ranks_rank (ranks), 3);
  moe_cancel_init (&step.cancel);
  moe_exchange_init (&step.exchange, MOE_DTYPE_FLOAT32, size, 3, ranks);
  moe_exchange_begin (&step.exchange);
  moe_team_run (team, step_member, &step);
  for (size_t i = 0; i < step.n; i++)
    g_assert_cmphex (plain_bits (MOE_DTYPE_FLOAT32, array, i), ==,
                     plain_sum (MOE_DTYPE_FLOAT32, size, i, 3));
  bool goes_on = stopping_rank == SIZE_MAX;
  g_assert_true (step.first[0]);
  g_assert_true (step.second[0] == goes_on);
  g_assert_true (step.second[1] == goes_on && step.second[2] == goes_on);
  g_assert_cmpint (atomic_load (&step.exchange.status), ==, goes_on ? MOE_OK : MOE_ERROR_CANCELLED);
  size_t own = moe_slice_length (step.n, size, moe_ranks_rank (ranks));
  size_t sent = step.n - own + (goes_on ? 2 : 1) * own * (size - 1);
  g_assert_cmpfloat (step.exchange.bytes, ==, (double)(sent * sizeof (float)));
  if (!goes_on)
    g_assert_nonnull (strstr (step.exchange.error.message, "stopped in the middle of a step"));
}

/* A stop on one rank ends the step on all of them, at the same place. */
static void
run_steps (MoeRanks *ranks)
{
  MoeTeam *team = NULL;
  g_assert_cmpint (moe_team_new (3, &team, NULL), ==, MOE_OK);
  for (size_t round = 0; round < 5; round++)
    {
      run_step (ranks, team, SIZE_MAX);
      for (size_t rank = 0; rank < moe_ranks_size (ranks); rank++)
        run_step (ranks, team, rank);
    }
  moe_team_free (team);
}

static void
run_facts (MoeRanks *ranks)
{
  size_t part, parts;
  size_t size = moe_ranks_size (ranks), rank = moe_ranks_rank (ranks);
  g_assert_cmpuint (rank, <, size);
  g_assert_cmpint (moe_ranks_status (ranks, NULL), ==, MOE_OK);
  g_assert_cmpstr (moe_ranks_library (ranks), !=, "");
  moe_ranks_part (ranks, &part, &parts);
  g_assert_cmpuint (part, <, parts);
  g_assert_cmpuint (parts, <=, size);
  for (size_t i = 0; i < size; i++)
    g_assert_cmpuint (moe_ranks_on_machine_of (ranks, i), ==, size);
}

static const RankCase cases[] = {
  { "facts", run_facts },
  { "gather", run_gather },
  { "broadcast", run_broadcast },
  { "send", run_send },
  { "agree", run_agree },
  { "all-reduce", run_all_reduce },
  { "reduce-scatter", run_reduce_scatter },
  { "all-gather", run_all_gather },
  { "steps", run_steps },
};

const RankCase *
rank_cases (size_t *n)
{
  *n = G_N_ELEMENTS (cases);
  return cases;
}

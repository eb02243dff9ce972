/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange between shards of one process against plain loops, and its end by a stop. */
#include <glib.h>
#include <string.h>

#include "engine/ranks/exchange.h"
#include "engine/ranks/slices.h"
#include "engine/threads/team.h"
#include "tests/ranks/plain-sum.h"

enum
{
  GUARD = 64 /* bytes behind each array that nobody may write */
};

typedef enum Kind
{
  ALL_REDUCE,
  REDUCE_SCATTER,
  ALL_GATHER,
  N_KINDS
} Kind;

typedef struct Group
{
  MoeExchange exchange;
  MoeTeam *team;
  MoeCancel cancel;
  Kind kind;
  size_t n;
  size_t rounds;
  unsigned char **arrays; /* [shards] */
  bool *finished;         /* [members] */
} Group;

static bool
exchange_once (Group *g, Kind kind, size_t member)
{
  void *const *arrays = (void *const *)g->arrays;
  if (!moe_exchange_arrive (&g->exchange, member, &g->cancel))
    return false;
  if (kind == ALL_REDUCE)
    return moe_exchange_all_reduce (&g->exchange, arrays, g->n, member, &g->cancel);
  return kind == REDUCE_SCATTER
             ? moe_exchange_reduce_scatter (&g->exchange, arrays, g->n, member, &g->cancel)
             : moe_exchange_all_gather (&g->exchange, arrays, g->n, member, &g->cancel);
}

static void
exchange_rounds (void *data, size_t member)
{
  Group *g = data;
  g->finished[member] = true;
  for (size_t round = 0; round < g->rounds && g->finished[member]; round++)
    g->finished[member] = exchange_once (g, g->kind, member);
}

static void
group_init (Group *g, MoeDtype dtype, size_t shards, size_t members, size_t n)
{
  *g = (Group){ .n = n, .rounds = 1 };
  moe_exchange_init (&g->exchange, dtype, shards, members, NULL);
  moe_cancel_init (&g->cancel);
  g_assert_cmpint (moe_team_new (members, &g->team, NULL), ==, MOE_OK);
  g->finished = g_new0 (bool, members);
  g->arrays = g_new0 (unsigned char *, shards);
  for (size_t s = 0; s < shards; s++)
    g->arrays[s] = g_malloc (n * moe_dtype_bytes (dtype) + GUARD);
}

static void
group_fill (Group *g, size_t seed)
{
  size_t bytes = g->n * moe_dtype_bytes (g->exchange.dtype);
  for (size_t s = 0; s < g->exchange.shards; s++)
    {
      plain_fill (g->exchange.dtype, g->arrays[s], g->n, s, seed);
      memset (g->arrays[s] + bytes, 0xa5, GUARD);
    }
}

static void
group_clear (Group *g)
{
  moe_team_free (g->team);
  for (size_t s = 0; s < g->exchange.shards; s++)
    g_free (g->arrays[s]);
  g_free (g->arrays);
  g_free (g->finished);
}

static size_t
owner_of (size_t n, size_t shards, size_t index)
{
  size_t owner = 0;
  while (index >= moe_slice_first (n, shards, owner + 1))
    owner++;
  return owner;
}

static void
check_result (const Group *g, size_t seed)
{
  const MoeExchange *x = &g->exchange;
  for (size_t s = 0; s < x->shards; s++)
    {
      for (size_t i = 0; i < g->n; i++)
        {
          size_t owner = owner_of (g->n, x->shards, i);
          uint32_t expected = g->kind == ALL_GATHER ? plain_value (x->dtype, owner, i, seed)
                                                    : plain_sum (x->dtype, x->shards, i, seed);
          if (g->kind != REDUCE_SCATTER || owner == s)
            g_assert_cmphex (plain_bits (x->dtype, g->arrays[s], i), ==, expected);
        }
      for (size_t i = 0; i < GUARD; i++)
        g_assert_cmphex (g->arrays[s][g->n * moe_dtype_bytes (x->dtype) + i], ==, 0xa5);
    }
}

static void
check_bytes (const Group *g)
{
  const MoeExchange *x = &g->exchange;
  double times = g->kind == ALL_REDUCE ? 2 : 1;
  double each = times * (double)(x->shards - 1) / (double)x->shards * (double)g->n
                * (double)moe_dtype_bytes (x->dtype);
  g_assert_cmpfloat_with_epsilon (x->bytes, each * (double)x->shards, 1e-6);
}

/* Members of shards: fewer and more threads than shards, of sizes that divide nothing. */
static void
test_sums (gconstpointer data)
{
  Kind kind = (Kind)GPOINTER_TO_INT (data);
  static const size_t lengths[] = { 0, 1, 3, 4, 2048, 2049, 10007 };
  static const size_t members[] = { 1, 2, 3, 5 };
  for (int dtype = 0; dtype < (int)moe_choices[MOE_CHOICE_DTYPE].names.n; dtype++)
    for (size_t shards = 1; shards <= 5; shards++)
      for (size_t m = 0; m < G_N_ELEMENTS (members); m++)
        for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
          {
            Group g;
            group_init (&g, (MoeDtype)dtype, shards, members[m], lengths[i]);
            g.kind = kind;
            group_fill (&g, i);
            moe_exchange_begin (&g.exchange);
            moe_team_run (g.team, exchange_rounds, &g);
            for (size_t member = 0; member < members[m]; member++)
              g_assert_true (g.finished[member]);
            check_result (&g, i);
            check_bytes (&g);
            group_clear (&g);
          }
}

/* Each round multiplies by the number of shards: after many in one step all must have met each
 * time. */
static void
test_many_rounds (void)
{
  Group g;
  group_init (&g, MOE_DTYPE_FLOAT32, 2, 4, 5000);
  g.rounds = 60;
  group_fill (&g, 1);
  moe_exchange_begin (&g.exchange);
  moe_team_run (g.team, exchange_rounds, &g);
  for (size_t s = 0; s < 2; s++)
    for (size_t i = 0; i < g.n; i++)
      {
        uint32_t bits = plain_sum (MOE_DTYPE_FLOAT32, 2, i, 1);
        float first, last;
        memcpy (&first, &bits, sizeof first);
        memcpy (&last, g.arrays[s] + i * sizeof last, sizeof last);
        g_assert_cmpfloat (last, ==, first * 576460752303423488.0f); /* 2^59 */
      }
  group_clear (&g);
}

typedef struct Handover
{
  Group group;
  MoeBarrier checked; /* the test's own: nobody writes while others still look */
} Handover;

/* Every member fills a part of every array, then looks at all of all arrays; one dawdles. */
static void
hand_over (void *data, size_t member)
{
  Handover *h = data;
  Group *g = &h->group;
  const size_t members = g->exchange.members, shards = g->exchange.shards;
  for (size_t round = 1; round <= 40; round++)
    {
      if (round % members == member)
        g_usleep (300);
      for (size_t s = 0; s < shards; s++)
        for (size_t i = member; i < g->n; i += members)
          ((float *)g->arrays[s])[i] = (float)round;
      g->finished[member] = exchange_once (g, ALL_REDUCE, member);
      for (size_t s = 0; s < shards; s++)
        for (size_t i = 0; i < g->n; i++)
          g_assert_cmpfloat (((float *)g->arrays[s])[i], ==, (float)(round * shards));
      moe_barrier_wait (&h->checked, NULL);
    }
}

/* What members wrote before is in the sums, and what comes out is there for all of them. */
static void
test_hand_over (void)
{
  Handover h;
  group_init (&h.group, MOE_DTYPE_FLOAT32, 3, 4, 20000);
  moe_barrier_init (&h.checked, 4);
  moe_exchange_begin (&h.group.exchange);
  moe_team_run (h.group.team, hand_over, &h);
  for (size_t member = 0; member < 4; member++)
    g_assert_true (h.group.finished[member]);
  group_clear (&h.group);
}

/* The last member stops everybody instead of coming. */
static void
stay_away (void *data, size_t member)
{
  Group *g = data;
  g->finished[member] = true;
  if (member + 1 < g->exchange.members)
    {
      g->finished[member] = exchange_once (g, ALL_REDUCE, member);
      return;
    }
  g_usleep (2000);
  moe_cancel_request (&g->cancel);
  g->finished[member] = false;
}

static void
test_stop_while_waiting (void)
{
  Group g;
  group_init (&g, MOE_DTYPE_BFLOAT16, 2, 3, 4096);
  for (size_t run = 0; run < 20; run++)
    {
      group_fill (&g, run);
      moe_exchange_begin (&g.exchange);
      moe_team_run (g.team, stay_away, &g);
      for (size_t member = 0; member < 3; member++)
        g_assert_false (g.finished[member]);

      /* The same exchange serves again. */
      moe_cancel_init (&g.cancel);
      group_fill (&g, run);
      moe_exchange_begin (&g.exchange);
      moe_team_run (g.team, exchange_rounds, &g);
      g_assert_true (g.finished[0] && g.finished[1] && g.finished[2]);
      check_result (&g, run);
    }
  group_clear (&g);
}

static gpointer
stop_soon (gpointer data)
{
  Group *g = data;
  g_usleep (g_random_int_range (0, 1500));
  moe_cancel_request (&g->cancel);
  return NULL;
}

/* A stop at any moment of an endless exchange ends it on all members. */
static void
test_stop_anywhere (void)
{
  Group g;
  group_init (&g, MOE_DTYPE_FLOAT32, 3, 4, 9000);
  g.rounds = SIZE_MAX;
  for (size_t run = 0; run < 60; run++)
    {
      g.kind = (Kind)(run % N_KINDS);
      moe_cancel_init (&g.cancel);
      for (size_t s = 0; s < 3; s++)
        memset (g.arrays[s], 0, g.n * sizeof (float));
      GThread *thread = g_thread_new ("stop", stop_soon, &g);
      moe_exchange_begin (&g.exchange);
      moe_team_run (g.team, exchange_rounds, &g);
      for (size_t member = 0; member < 4; member++)
        g_assert_false (g.finished[member]);
      g_thread_join (thread);
    }
  group_clear (&g);
}

/* Slices cover the array, in order, of nearly equal lengths. */
static void
test_slices (void)
{
  for (size_t n = 0; n < 40; n++)
    for (size_t slices = 1; slices < 9; slices++)
      {
        g_assert_cmpuint (moe_slice_first (n, slices, 0), ==, 0);
        g_assert_cmpuint (moe_slice_first (n, slices, slices), ==, n);
        for (size_t i = 0; i < slices; i++)
          {
            size_t length = moe_slice_length (n, slices, i);
            g_assert_cmpuint (moe_slice_first (n, slices, i + 1), ==,
                              moe_slice_first (n, slices, i) + length);
            g_assert_true (length == n / slices || length == n / slices + 1);
            g_assert_cmpuint (length, <=, moe_slice_length (n, slices, 0));
          }
      }
  g_assert_cmpuint (moe_slice_first (SIZE_MAX, 4, 4), ==, SIZE_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange/slices", test_slices);
  g_test_add_data_func ("/exchange/all-reduce", GINT_TO_POINTER (ALL_REDUCE), test_sums);
  g_test_add_data_func ("/exchange/reduce-scatter", GINT_TO_POINTER (REDUCE_SCATTER), test_sums);
  g_test_add_data_func ("/exchange/all-gather", GINT_TO_POINTER (ALL_GATHER), test_sums);
  g_test_add_func ("/exchange/many-rounds", test_many_rounds);
  g_test_add_func ("/exchange/hand-over", test_hand_over);
  g_test_add_func ("/exchange/stop/while-waiting", test_stop_while_waiting);
  g_test_add_func ("/exchange/stop/anywhere", test_stop_anywhere);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, checked sizes, the clock, the team of threads and the arena. */
#include <glib.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "engine/base/bfloat16.h"
#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/size.h"
#include "engine/threads/arena.h"
#include "engine/threads/barrier.h"
#include "engine/threads/cancel.h"
#include "engine/threads/pause.h"
#include "engine/threads/team.h"

static void
test_error (void)
{
  MoeError error = { 0 };
  g_assert_cmpint (moe_error_set_option (&error, MOE_ERROR_INVALID, "topk", "--topk %d.", 9), ==,
                   MOE_ERROR_INVALID);
  g_assert_cmpint (error.status, ==, MOE_ERROR_INVALID);
  g_assert_cmpstr (error.option, ==, "topk");
  g_assert_cmpstr (error.message, ==, "--topk 9.");

  g_assert_cmpint (moe_error_set (&error, MOE_ERROR_MEMORY, "No %s.", "memory"), ==,
                   MOE_ERROR_MEMORY);
  g_assert_cmpint (error.status, ==, MOE_ERROR_MEMORY);
  g_assert_null (error.option);
  g_assert_cmpstr (error.message, ==, "No memory.");
  g_assert_cmpint (moe_error_set (NULL, MOE_ERROR_BACKEND, "Nobody reads %d.", 1), ==,
                   MOE_ERROR_BACKEND);
}

static void
test_error_too_long (void)
{
  g_autofree char *text = g_strnfill (3 * MOE_ERROR_MESSAGE_SIZE, 'a');
  MoeError error = { 0 };
  moe_error_set (&error, MOE_ERROR_INVALID, "%s", text);
  g_assert_cmpuint (strlen (error.message), ==, MOE_ERROR_MESSAGE_SIZE - 1);
}

static void
test_sizes (void)
{
  size_t out = 7;
  g_assert_true (moe_size_mul (3, 5, &out));
  g_assert_cmpuint (out, ==, 15);
  g_assert_true (moe_size_add (SIZE_MAX - 1, 1, &out));
  g_assert_cmpuint (out, ==, SIZE_MAX);
  g_assert_true (moe_size_mul4 (2, 3, 5, 7, &out));
  g_assert_cmpuint (out, ==, 210);
  g_assert_cmpuint (moe_size_min (2, 3), ==, 2);
  g_assert_cmpuint (moe_size_max (2, 3), ==, 3);

  out = 7;
  g_assert_false (moe_size_mul (SIZE_MAX / 2 + 1, 2, &out));
  g_assert_false (moe_size_add (SIZE_MAX, 1, &out));
  g_assert_false (moe_size_mul4 (SIZE_MAX / 4, 2, 3, 1, &out));
  g_assert_false (moe_size_mul4 (1, 3, SIZE_MAX / 2, 1, &out));
  g_assert_false (moe_size_mul4 (1, 1, SIZE_MAX, 2, &out));
  g_assert_cmpuint (out, ==, 7);
}

static uint64_t
next_tick (void *data)
{
  uint64_t *ticks = data;
  return (*ticks)++;
}

static void
test_clock (void)
{
  MoeClock clock = moe_clock_monotonic ();
  uint64_t first = moe_clock_now (&clock);
  g_assert_cmpuint (first, >, 0);
  g_assert_cmpuint (moe_clock_now (&clock), >=, first);

  uint64_t ticks = 41;
  MoeClock fake = { .now_ns = next_tick, .data = &ticks };
  g_assert_cmpuint (moe_clock_now (&fake), ==, 41);
  g_assert_cmpuint (moe_clock_now (&fake), ==, 42);
}

static void
test_cancel (void)
{
  MoeCancel cancel;
  moe_cancel_init (&cancel);
  g_assert_false (moe_cancel_requested (&cancel));
  g_assert_false (moe_cancel_requested (NULL));
  moe_cancel_request (&cancel);
  g_assert_true (moe_cancel_requested (&cancel));
  moe_cancel_init (&cancel);
  g_assert_false (moe_cancel_requested (&cancel));
}

static MoeTeam *
new_team (size_t threads)
{
  MoeTeam *team = NULL;
  MoeError error = { 0 };
  g_assert_cmpint (moe_team_new (threads, &team, &error), ==, MOE_OK);
  g_assert_cmpuint (moe_team_size (team), ==, threads);
  return team;
}

typedef struct Tally
{
  size_t runs[16]; /* by member; plain memory: the team must order the accesses */
  GThread *thread[16];
} Tally;

static void
count_run (void *data, size_t thread)
{
  Tally *tally = data;
  tally->runs[thread]++;
  tally->thread[thread] = g_thread_self ();
}

/* Every member runs once per run, the caller as member 0, and each on a thread of its own. */
static void
test_team_runs (void)
{
  static const size_t sizes[] = { 1, 2, 3, 8 };
  enum
  {
    RUNS = 300
  };
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      MoeTeam *team = new_team (sizes[i]);
      Tally tally = { 0 };
      for (size_t run = 1; run <= RUNS; run++)
        {
          moe_team_run (team, count_run, &tally);
          for (size_t member = 0; member < G_N_ELEMENTS (tally.runs); member++)
            g_assert_cmpuint (tally.runs[member], ==, member < sizes[i] ? run : 0);
          /* now and then long enough for the members to fall asleep */
          if (run % 100 == 0)
            g_usleep (2000);
        }
      g_assert_true (tally.thread[0] == g_thread_self ());
      for (size_t a = 0; a < sizes[i]; a++)
        for (size_t b = 0; b < a; b++)
          g_assert_true (tally.thread[a] != tally.thread[b]);
      moe_team_free (team);
    }
}

typedef struct Meeting
{
  atomic_size_t arrived;
  size_t expected;
} Meeting;

static void
wait_for_all (void *data, size_t thread)
{
  Meeting *meeting = data;
  (void)thread;
  atomic_fetch_add (&meeting->arrived, 1);
  while (atomic_load (&meeting->arrived) < meeting->expected)
    g_thread_yield ();
}

/* Members run at the same time: each waits here until all have come. */
static void
test_team_is_concurrent (void)
{
  MoeTeam *team = new_team (4);
  for (size_t run = 0; run < 20; run++)
    {
      Meeting meeting = { .expected = 4 };
      atomic_init (&meeting.arrived, 0);
      moe_team_run (team, wait_for_all, &meeting);
      g_assert_cmpuint (atomic_load (&meeting.arrived), ==, 4);
    }
  moe_team_free (team);
}

static void
sleep_except_caller (void *data, size_t thread)
{
  size_t *done = data;
  if (thread > 0)
    g_usleep (3000);
  done[thread] = 1;
}

/* The caller waits for the slowest, also beyond its spin. */
static void
test_team_waits (void)
{
  MoeTeam *team = new_team (3);
  for (size_t run = 0; run < 10; run++)
    {
      size_t done[3] = { 0 };
      moe_team_run (team, sleep_except_caller, done);
      g_assert_cmpuint (done[0] + done[1] + done[2], ==, 3);
    }
  moe_team_free (team);
}

static double
thread_cpu_s (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Member 1 works for 20 ms of its processor time, the others have nothing to do. */
static void
burn_on_one (void *data, size_t thread)
{
  double until_s = thread_cpu_s () + 0.02;
  (void)data;
  while (thread == 1 && thread_cpu_s () < until_s)
    ;
}

static MoeUsage
usage_since (MoeTeam *team, const MoeUsage *before)
{
  MoeUsage now;
  moe_team_usage (team, &now);
  now.cpu_s -= before->cpu_s;
  now.waited_s -= before->waited_s;
  now.switches -= before->switches;
  return now;
}

/* Who works uses the processor, who has nothing to do waits, and the time is the one or the other;
 * how much of it others take is not up to the test. */
static void
test_team_usage (void)
{
  MoeTeam *team = new_team (3);
  MoeUsage before, used;
  gint64 start_us = g_get_monotonic_time ();
  moe_team_usage (team, &before);
  g_assert_cmpuint (before.threads, ==, 3);
  g_assert_cmpint (before.switches, >=, 0);
  moe_team_run (team, burn_on_one, NULL);
  used = usage_since (team, &before);
  double wall_s = 1e-6 * (double)(g_get_monotonic_time () - start_us);
  g_assert_cmpfloat (used.cpu_s, >=, 0.02);
  g_assert_cmpfloat (used.waited_s, >, 0);
  g_assert_cmpfloat (used.cpu_s + used.waited_s, <=, 3 * wall_s + 0.001);
  g_assert_cmpint (used.switches, >=, 0);

  /* Between runs all but the caller wait, and use next to nothing. */
  moe_team_usage (team, &before);
  do
    {
      g_usleep (20000);
      used = usage_since (team, &before);
    }
  while (used.waited_s < 0.02);
  g_assert_cmpfloat (used.cpu_s, <, used.waited_s);
  moe_team_free (team);
}

static void
test_team_unused (void)
{
  moe_team_free (NULL);
  moe_team_free (new_team (5));
  g_assert_cmpuint (moe_team_default_size (), >=, 1);
}

typedef struct Rounds
{
  MoeBarrier barrier;
  MoeCancel cancel;
  size_t members;
  size_t counts[4]; /* by member; plain memory: the barrier must order the accesses */
  size_t seen[4];   /* meetings that the member came through */
} Rounds;

enum
{
  N_ROUNDS = 2000
};

/* Between two meetings everybody sees what all wrote before the first. */
static void
meet_often (void *data, size_t thread)
{
  Rounds *r = data;
  for (size_t round = 1; round <= N_ROUNDS; round++)
    {
      r->counts[thread] = round;
      g_assert_true (moe_barrier_wait (&r->barrier, &r->cancel));
      for (size_t i = 0; i < r->members; i++)
        g_assert_cmpuint (r->counts[i], ==, round);
      g_assert_true (moe_barrier_wait (&r->barrier, NULL));
    }
  r->seen[thread] = N_ROUNDS;
}

static void
test_barrier (void)
{
  for (size_t members = 1; members <= 4; members++)
    {
      MoeTeam *team = new_team (members);
      Rounds r = { .members = members };
      moe_cancel_init (&r.cancel);
      moe_barrier_init (&r.barrier, members);
      moe_team_run (team, meet_often, &r);
      for (size_t i = 0; i < members; i++)
        g_assert_cmpuint (r.seen[i], ==, N_ROUNDS);
      moe_team_free (team);
    }
}

/* Member 0 comes twice, then asks to stop instead of coming again. */
static void
meet_twice (void *data, size_t thread)
{
  Rounds *r = data;
  for (size_t i = 0; i < 2; i++)
    r->seen[thread] += moe_barrier_wait (&r->barrier, &r->cancel);
  if (thread == 0)
    {
      g_usleep (3000);
      moe_cancel_request (&r->cancel);
    }
  else
    r->seen[thread] += moe_barrier_wait (&r->barrier, &r->cancel);
}

static void
test_barrier_broken_off (void)
{
  MoeTeam *team = new_team (3);
  for (size_t run = 0; run < 10; run++)
    {
      Rounds r = { .members = 3 };
      moe_cancel_init (&r.cancel);
      moe_barrier_init (&r.barrier, 3);
      moe_team_run (team, meet_twice, &r);
      for (size_t i = 0; i < 3; i++)
        g_assert_cmpuint (r.seen[i], ==, 2);
    }
  moe_team_free (team);
}

static void
test_bfloat16 (void)
{
  const struct
  {
    float number;
    uint16_t bits;
  } cases[] = {
    { 1.0f, 0x3f80 },        { -2.0f, 0xc000 },
    { 1.00390625f, 0x3f80 }, /* halfway: to the even one below */
    { 1.01171875f, 0x3f82 }, /* halfway: to the even one above */
    { 1.00390637f, 0x3f81 }, /* just above halfway */
    { 3.4e38f, 0x7f80 },     /* rounds to infinity */
    { INFINITY, 0x7f80 },    { 0.0f, 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (moe_bf16_from_float (cases[i].number), ==, cases[i].bits);
  g_assert_cmpfloat (moe_bf16_to_float (0xc000), ==, -2.0f);
  uint32_t bits = 0x7f800001u;
  float nan;
  memcpy (&nan, &bits, sizeof nan);
  g_assert_true (isnan (moe_bf16_to_float (moe_bf16_from_float (nan))));
}

static MoeArena *
new_arena (size_t bytes)
{
  MoeArena *arena = NULL;
  MoeError error = { 0 };
  g_assert_cmpint (moe_arena_new (bytes, &arena, &error), ==, MOE_OK);
  return arena;
}

static void
test_arena_pieces (void)
{
  g_assert_cmpuint (moe_arena_piece_bytes (0), ==, 0);
  g_assert_cmpuint (moe_arena_piece_bytes (1), ==, MOE_ARENA_ALIGNMENT);
  g_assert_cmpuint (moe_arena_piece_bytes (MOE_ARENA_ALIGNMENT), ==, MOE_ARENA_ALIGNMENT);
  g_assert_cmpuint (moe_arena_piece_bytes (MOE_ARENA_ALIGNMENT + 1), ==, 2 * MOE_ARENA_ALIGNMENT);
  g_assert_cmpuint (moe_arena_piece_bytes (SIZE_MAX - 1), ==, SIZE_MAX);
}

static void
test_arena_take (void)
{
  MoeArena *arena = new_arena (4 * MOE_ARENA_ALIGNMENT);
  unsigned char *first = moe_arena_take (arena, 1);
  unsigned char *second = moe_arena_take (arena, MOE_ARENA_ALIGNMENT + 1);
  g_assert_nonnull (first);
  g_assert_nonnull (second);
  g_assert_cmpuint ((uintptr_t)first % MOE_ARENA_ALIGNMENT, ==, 0);
  g_assert_cmpuint ((size_t)(second - first), ==, MOE_ARENA_ALIGNMENT);
  for (size_t i = 0; i < 2 * MOE_ARENA_ALIGNMENT; i++)
    g_assert_cmpuint (second[i], ==, 0);

  g_assert_null (moe_arena_take (arena, MOE_ARENA_ALIGNMENT + 1));
  g_assert_null (moe_arena_take (arena, SIZE_MAX));
  g_assert_nonnull (moe_arena_take (arena, MOE_ARENA_ALIGNMENT));
  g_assert_null (moe_arena_take (arena, 1));
  moe_arena_free (arena);
  moe_arena_free (NULL);
}

static void
test_arena_refused (void)
{
  MoeArena *arena = NULL;
  MoeError error = { 0 };
  g_assert_cmpint (moe_arena_new (SIZE_MAX / 2, &arena, &error), ==, MOE_ERROR_MEMORY);
  g_assert_null (arena);
  g_assert_cmpstr (error.message, !=, "");
  g_assert_cmpint (moe_arena_new (SIZE_MAX, &arena, NULL), ==, MOE_ERROR_MEMORY);
}

static void
test_arena_touch (void)
{
  const size_t bytes = 40u << 20;
  MoeArena *arena = new_arena (bytes);
  MoeTeam *team = new_team (3);
  MoeCancel cancel;
  MoeError error = { 0 };
  unsigned char *piece = moe_arena_take (arena, bytes);
  moe_cancel_init (&cancel);
  g_assert_cmpint (moe_arena_touch (arena, team, NULL, &error), ==, MOE_OK);
  g_assert_cmpint (moe_arena_touch (arena, team, &cancel, &error), ==, MOE_OK);
  for (size_t i = 0; i < bytes; i += 4096)
    g_assert_cmpuint (piece[i], ==, 0);

  moe_cancel_request (&cancel);
  g_assert_cmpint (moe_arena_touch (arena, team, &cancel, &error), ==, MOE_ERROR_CANCELLED);
  g_assert_cmpint (error.status, ==, MOE_ERROR_CANCELLED);
  moe_team_free (team);
  moe_arena_free (arena);
}

typedef struct PausedWork
{
  MoePause pause;
  MoeCancel reached;
  size_t passes; /* plain memory: the pause must order the accesses */
} PausedWork;

static gpointer
work_paused (gpointer data)
{
  PausedWork *work = data;
  moe_cancel_request (&work->reached);
  moe_pause_wait (&work->pause);
  work->passes++;
  return NULL;
}

/* A thread waits for as long as the pause lasts, and goes through when there is none. */
static void
test_pause (void)
{
  PausedWork work = { .passes = 0 };
  moe_pause_init (&work.pause);
  moe_cancel_init (&work.reached);
  g_assert_false (moe_pause_requested (&work.pause));
  moe_pause_wait (&work.pause);

  moe_pause_set (&work.pause, true);
  GThread *thread = g_thread_new ("paused", work_paused, &work);
  while (!moe_cancel_requested (&work.reached))
    g_usleep (100);
  g_usleep (2000);
  g_assert_true (moe_pause_requested (&work.pause));
  g_assert_cmpuint (work.passes, ==, 0);
  moe_pause_set (&work.pause, false);
  g_thread_join (thread);
  g_assert_cmpuint (work.passes, ==, 1);
  moe_pause_clear (&work.pause);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error", test_error);
  g_test_add_func ("/base/error/too-long", test_error_too_long);
  g_test_add_func ("/base/sizes", test_sizes);
  g_test_add_func ("/base/clock", test_clock);
  g_test_add_func ("/base/cancel", test_cancel);
  g_test_add_func ("/base/pause", test_pause);
  g_test_add_func ("/base/team/runs", test_team_runs);
  g_test_add_func ("/base/team/concurrent", test_team_is_concurrent);
  g_test_add_func ("/base/team/waits", test_team_waits);
  g_test_add_func ("/base/team/usage", test_team_usage);
  g_test_add_func ("/base/team/unused", test_team_unused);
  g_test_add_func ("/base/barrier", test_barrier);
  g_test_add_func ("/base/barrier/broken-off", test_barrier_broken_off);
  g_test_add_func ("/base/bfloat16", test_bfloat16);
  g_test_add_func ("/base/arena/pieces", test_arena_pieces);
  g_test_add_func ("/base/arena/take", test_arena_take);
  g_test_add_func ("/base/arena/refused", test_arena_refused);
  g_test_add_func ("/base/arena/touch", test_arena_touch);
  return g_test_run ();
}

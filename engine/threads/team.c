/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* pthread_setaffinity_np, RUSAGE_THREAD */
#include "engine/threads/team.h"

#include "engine/base/assert.h"
#include "engine/base/clock.h"
#include "engine/base/size.h"
#include "engine/threads/relax.h"
#include "engine/threads/topology.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum
{
  SPINS_BEFORE_SLEEP = 4000 /* some ten microseconds: the gap between two phases of a step */
};

typedef struct Member
{
  MoeTeam *team;
  size_t index;
  pthread_t thread;
  uint64_t slept_ns; /* its own to write */
  MoeUsage usage;    /* read last */
} Member;

/* Where members sleep until something happens; guarded by the team's mutex but for the number of
 * sleepers, which says without it that there is nobody to call. */
typedef struct Bed
{
  pthread_cond_t condition;
  atomic_size_t sleepers;
  uint64_t called_ns; /* when those that slept were woken last */
} Bed;

struct MoeTeam
{
  size_t size;
  size_t started; /* members with a thread of their own */
  MoeTeamFunction function;
  void *data;
  atomic_uint generation; /* raised once per run; members wait for the next */
  atomic_size_t busy;     /* members still working on the current run */
  atomic_bool quit;
  pthread_mutex_t mutex;
  Bed wake;        /* a new generation, or quit */
  Bed done;        /* busy fell to 0 */
  Member *members; /* [size]; member 0 is the caller */
  bool pinned_caller;
};

/* A thread may lead several teams at once and free them in any order: where it ran before the
 * first pinned it is where it runs again after the last. */
static _Thread_local size_t caller_pins;
static _Thread_local cpu_set_t caller_mask;

/* After what sleepers wait for was stored.  Here it is stored before the sleepers are counted,
 * there a sleeper is counted before it looks, all in one order: either sees the other.  The clock
 * is asked only where somebody really sleeps. */
static void
call_sleepers (MoeTeam *team, Bed *bed)
{
  if (atomic_load (&bed->sleepers) == 0)
    return;
  pthread_mutex_lock (&team->mutex);
  bed->called_ns = moe_now_ns ();
  pthread_cond_broadcast (&bed->condition);
  pthread_mutex_unlock (&team->mutex);
}

static void
lie_down (MoeTeam *team, Bed *bed)
{
  pthread_mutex_lock (&team->mutex);
  atomic_fetch_add (&bed->sleepers, 1);
}

static void
sleep_once (MoeTeam *team, Bed *bed, Member *member)
{
  uint64_t asleep_ns = moe_now_ns ();
  pthread_cond_wait (&bed->condition, &team->mutex);
  if (bed->called_ns > asleep_ns)
    member->slept_ns += bed->called_ns - asleep_ns;
}

static void
get_up (MoeTeam *team, Bed *bed)
{
  atomic_fetch_sub (&bed->sleepers, 1);
  pthread_mutex_unlock (&team->mutex);
}

static unsigned
wait_for_generation (MoeTeam *team, Member *member, unsigned seen)
{
  for (int spin = 0; spin < SPINS_BEFORE_SLEEP; spin++)
    {
      unsigned now = atomic_load_explicit (&team->generation, memory_order_acquire);
      if (now != seen)
        return now;
      moe_cpu_relax ();
    }

  lie_down (team, &team->wake);
  unsigned now;
  while ((now = atomic_load (&team->generation)) == seen)
    sleep_once (team, &team->wake, member);
  get_up (team, &team->wake);
  return now;
}

static void
leave_run (MoeTeam *team)
{
  if (atomic_fetch_sub (&team->busy, 1) == 1)
    call_sleepers (team, &team->done);
}

static void *
member_main (void *data)
{
  Member *member = data;
  MoeTeam *team = member->team;
  unsigned seen = 0;

  for (;;)
    {
      seen = wait_for_generation (team, member, seen);
      if (atomic_load_explicit (&team->quit, memory_order_acquire))
        return NULL;
      team->function (team->data, member->index);
      leave_run (team);
    }
}

static void
wake_members (MoeTeam *team)
{
  atomic_fetch_add (&team->generation, 1);
  call_sleepers (team, &team->wake);
}

static MoeStatus
start_members (MoeTeam *team, MoeError *error)
{
  for (size_t i = 1; i < team->size; i++)
    {
      Member *member = &team->members[i];
      member->team = team;
      member->index = i;
      int code = pthread_create (&member->thread, NULL, member_main, member);
      if (code != 0)
        return moe_error_set_option (error, MOE_ERROR_BACKEND, "threads",
                                     "thread %zu of %zu could not be started: %s", i + 1,
                                     team->size, strerror (code));
      team->started++;
    }
  return MOE_OK;
}

MoeStatus
moe_team_new (size_t threads, MoeTeam **out, MoeError *error)
{
  MoeTeam *team = calloc (1, sizeof *team);
  Member *members = calloc (threads, sizeof *members);
  if (team == NULL || members == NULL || threads == 0)
    {
      free (team);
      free (members);
      return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for a team of %zu threads",
                            threads);
    }

  team->size = threads;
  team->members = members;
  atomic_init (&team->generation, 0);
  atomic_init (&team->busy, 0);
  atomic_init (&team->quit, false);
  atomic_init (&team->wake.sleepers, 0);
  atomic_init (&team->done.sleepers, 0);
  pthread_mutex_init (&team->mutex, NULL);
  pthread_cond_init (&team->wake.condition, NULL);
  pthread_cond_init (&team->done.condition, NULL);

  MoeStatus status = start_members (team, error);
  if (status != MOE_OK)
    {
      moe_team_free (team);
      return status;
    }
  if (moe_topology ()->nodes > 1 || team->size == moe_topology ()->cores)
    moe_team_pin (team);
  *out = team;
  return MOE_OK;
}

static bool
keep_on (pthread_t thread, size_t processor)
{
  cpu_set_t mask;
  CPU_ZERO (&mask);
  CPU_SET (processor, &mask);
  return pthread_setaffinity_np (thread, sizeof mask, &mask) == 0;
}

static bool
pin_caller (MoeTeam *team, size_t processor)
{
  cpu_set_t before;
  if (team->pinned_caller)
    return true;
  if (pthread_getaffinity_np (pthread_self (), sizeof before, &before) != 0
      || !keep_on (pthread_self (), processor))
    return false;
  if (caller_pins++ == 0)
    caller_mask = before;
  team->pinned_caller = true;
  return true;
}

static void
unpin_caller (MoeTeam *team)
{
  if (team->pinned_caller && --caller_pins == 0)
    pthread_setaffinity_np (pthread_self (), sizeof caller_mask, &caller_mask);
}

size_t
moe_team_pin (MoeTeam *team)
{
  const MoeTopology *topology = moe_topology ();
  size_t kept = 0;
  if (topology->core == NULL || team->size > topology->cores)
    return 0;
  for (size_t i = 1; i < team->size; i++)
    kept += keep_on (team->members[i].thread, topology->core[i].processor);
  return kept + pin_caller (team, topology->core[0].processor);
}

void
moe_team_free (MoeTeam *team)
{
  if (team == NULL)
    return;
  atomic_store_explicit (&team->quit, true, memory_order_release);
  wake_members (team);
  for (size_t i = 1; i <= team->started; i++)
    pthread_join (team->members[i].thread, NULL);
  unpin_caller (team);
  pthread_cond_destroy (&team->done.condition);
  pthread_cond_destroy (&team->wake.condition);
  pthread_mutex_destroy (&team->mutex);
  free (team->members);
  free (team);
}

size_t
moe_team_size (const MoeTeam *team)
{
  return team->size;
}

static void
wait_until_done (MoeTeam *team)
{
  for (int spin = 0; spin < SPINS_BEFORE_SLEEP; spin++)
    {
      if (atomic_load_explicit (&team->busy, memory_order_acquire) == 0)
        return;
      moe_cpu_relax ();
    }
  lie_down (team, &team->done);
  while (atomic_load (&team->busy) != 0)
    sleep_once (team, &team->done, &team->members[0]);
  get_up (team, &team->done);
}

void
moe_team_run (MoeTeam *team, MoeTeamFunction function, void *data)
{
  MOE_ASSERT (atomic_load (&team->busy) == 0);
  if (team->size > 1)
    {
      team->function = function;
      team->data = data;
      atomic_store_explicit (&team->busy, team->size - 1, memory_order_relaxed);
      wake_members (team);
    }
  function (data, 0);
  if (team->size > 1)
    wait_until_done (team);
}

static void
read_usage (void *data, size_t thread)
{
  Member *member = &((MoeTeam *)data)->members[thread];
  struct timespec cpu;
  struct rusage own;
  member->usage = (MoeUsage){ .cpu_s = NAN, .switches = -1 };
  if (getrusage (RUSAGE_THREAD, &own) == 0)
    member->usage.switches = own.ru_nivcsw;
  member->usage.waited_s = 1e-9 * (double)member->slept_ns;
  if (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &cpu) == 0)
    member->usage.cpu_s = (double)cpu.tv_sec + 1e-9 * (double)cpu.tv_nsec;
}

void
moe_team_usage (MoeTeam *team, MoeUsage *usage)
{
  *usage = (MoeUsage){ .threads = team->size };
  moe_team_run (team, read_usage, team);
  for (size_t i = 0; i < team->size; i++)
    {
      const MoeUsage *own = &team->members[i].usage;
      usage->cpu_s += own->cpu_s;
      usage->waited_s += own->waited_s;
      usage->switches =
          own->switches < 0 || usage->switches < 0 ? -1 : usage->switches + own->switches;
    }
}

size_t
moe_team_default_size (void)
{
  return moe_topology_team (moe_topology ()->cores, moe_topology ()->quota);
}

size_t
moe_team_most (void)
{
  return moe_size_max (MOE_TEAM_LEAST_MOST, MOE_TEAM_PER_PROCESSOR * moe_topology ()->processors);
}

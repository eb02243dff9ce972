/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/ranks/lines.h"

#include "engine/base/assert.h"
#include "engine/base/clock.h"
#include "engine/threads/relax.h"

#include <sched.h>
#include <time.h>

enum
{
  SPINS_BEFORE_YIELD = 200, /* looks at the messages; some ten microseconds */
  SPINS_PER_LOOK = 64       /* looks at the messages for one at the clock */
};

static const uint64_t idle_before_rest_ns = 5000000;
static const uint64_t rest_ns = 100000;
static const uint64_t look_ns = 50000000;
static const uint64_t grace_alive_ns = 10000000000;
static const uint64_t grace_unknown_ns = 300000000;

/* One wait, from the last message that was done on. */
typedef struct Wait
{
  unsigned lines;
  bool idle;
  size_t spins;
  uint64_t began_ns;   /* 0: not looked at the clock yet */
  uint64_t looked_ns;  /* at the other processes */
  uint64_t stopped_ns; /* when a stop was first seen; 0: not */
} Wait;

static MoeStatus
report_broken (MoeRanks *ranks, MoeError *error)
{
  if (error != NULL)
    *error = ranks->broken;
  return ranks->broken.status;
}

static MoeStatus
start (MoeRanks *ranks, MoeLine line, size_t peer, void *data, size_t bytes, MoeError *error)
{
  MoeTransport *t = ranks->transport;
  size_t slot = (size_t)line * ranks->size + peer;
  if (ranks->broken.status != MOE_OK)
    return report_broken (ranks, error);
  if (bytes == 0)
    return MOE_OK;
  MOE_ASSERT (peer < ranks->size && peer != ranks->rank && bytes <= MOE_TRANSPORT_MAX);
  MOE_ASSERT (!ranks->pending[slot]);
  MoeStatus status = line <= MOE_LINE_SEND_NEXT
                         ? t->send (t, slot, peer, data, bytes, &ranks->broken)
                         : t->receive (t, slot, peer, data, bytes, &ranks->broken);
  if (status != MOE_OK)
    return report_broken (ranks, error);
  ranks->pending[slot] = true;
  return MOE_OK;
}

MoeStatus
moe_ranks_start_send (
    MoeRanks *ranks, MoeLine line, size_t to, const void *data, size_t bytes, MoeError *error)
{
  return start (ranks, line, to, (void *)data, bytes, error);
}

MoeStatus
moe_ranks_start_receive (
    MoeRanks *ranks, MoeLine line, size_t from, void *data, size_t bytes, MoeError *error)
{
  return start (ranks, line, from, data, bytes, error);
}

static bool
waits_for (const MoeRanks *ranks, const Wait *wait, size_t peer)
{
  for (unsigned line = 0; line < MOE_N_LINES; line++)
    if ((wait->lines & 1u << line) != 0 && ranks->pending[line * ranks->size + peer])
      return true;
  return false;
}

/* Look once at every message of the lines; *left says whether some are still under way, *moved
 * whether one was done. */
static MoeStatus
look_at_messages (MoeRanks *ranks, unsigned lines, bool *left, bool *moved)
{
  MoeTransport *t = ranks->transport;
  *left = *moved = false;
  for (size_t slot = 0; slot < MOE_N_LINES * ranks->size; slot++)
    {
      bool done;
      if (!ranks->pending[slot] || (lines & 1u << slot / ranks->size) == 0)
        continue;
      MoeStatus status = t->test (t, slot, &done, &ranks->broken);
      if (status != MOE_OK)
        return status;
      ranks->pending[slot] = !done;
      *moved = *moved || done;
      *left = *left || !done;
    }
  return MOE_OK;
}

static MoeStatus
look_for_lost (MoeRanks *ranks, const Wait *wait)
{
  for (size_t peer = 0; peer < ranks->size; peer++)
    if (waits_for (ranks, wait, peer)
        && moe_peer_state (&ranks->peers[ranks->rank], &ranks->peers[peer]) == MOE_PEER_GONE)
      return moe_error_set (&ranks->broken, MOE_ERROR_BACKEND,
                            "Rank %zu was lost: its process %lld is gone.  The exchange between "
                            "the %zu ranks was broken off.",
                            peer, (long long)ranks->peers[peer].pid, ranks->size);
  return MOE_OK;
}

/* A stop was asked for: has a rank been waited for longer than it is worth? */
static MoeStatus
look_at_grace (MoeRanks *ranks, const Wait *wait, uint64_t now)
{
  for (size_t peer = 0; peer < ranks->size; peer++)
    {
      if (!waits_for (ranks, wait, peer))
        continue;
      MoePeerState state = moe_peer_state (&ranks->peers[ranks->rank], &ranks->peers[peer]);
      uint64_t grace = state == MOE_PEER_ALIVE ? grace_alive_ns : grace_unknown_ns;
      if (now - wait->stopped_ns >= grace)
        return moe_error_set (&ranks->broken, MOE_ERROR_BACKEND,
                              "Rank %zu did not answer within %g s of the request to stop and may "
                              "be lost.  The exchange between the %zu ranks was broken off.",
                              peer, 1e-9 * (double)grace, ranks->size);
    }
  return MOE_OK;
}

static MoeStatus
look_around (MoeRanks *ranks, Wait *wait, uint64_t now)
{
  if (wait->stopped_ns == 0 && !wait->idle && moe_cancel_requested (ranks->cancel))
    wait->stopped_ns = now;
  if (now - wait->looked_ns < look_ns)
    return MOE_OK;
  wait->looked_ns = now;
  MoeStatus status = look_for_lost (ranks, wait);
  if (status == MOE_OK && wait->stopped_ns != 0)
    status = look_at_grace (ranks, wait, now);
  return status;
}

/* Between two looks at the messages. */
static MoeStatus
pause_a_little (MoeRanks *ranks, Wait *wait)
{
  if (wait->spins++ < SPINS_BEFORE_YIELD)
    {
      moe_cpu_relax ();
      return MOE_OK;
    }
  if (wait->spins % SPINS_PER_LOOK == 0 || wait->idle)
    {
      uint64_t now = moe_now_ns ();
      if (wait->began_ns == 0)
        wait->began_ns = wait->looked_ns = now;
      MoeStatus status = look_around (ranks, wait, now);
      if (status != MOE_OK)
        return status;
      if (wait->idle && now - wait->began_ns > idle_before_rest_ns)
        {
          nanosleep (&(struct timespec){ .tv_nsec = (long)rest_ns }, NULL);
          return MOE_OK;
        }
    }
  sched_yield ();
  return MOE_OK;
}

MoeStatus
moe_ranks_await (MoeRanks *ranks, unsigned lines, bool idle, MoeError *error)
{
  Wait wait = { .lines = lines, .idle = idle };
  bool left = true;
  while (ranks->broken.status == MOE_OK && left)
    {
      bool moved;
      MoeStatus status = look_at_messages (ranks, lines, &left, &moved);
      if (status == MOE_OK && moved)
        wait = (Wait){ .lines = lines, .idle = idle };
      else if (status == MOE_OK && left)
        pause_a_little (ranks, &wait);
    }
  return ranks->broken.status == MOE_OK ? MOE_OK : report_broken (ranks, error);
}

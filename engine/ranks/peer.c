/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "engine/ranks/peer.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel draws a new number whenever it starts. */
static void
read_machine (char machine[MOE_PEER_MACHINE_SIZE])
{
  FILE *file = fopen ("/proc/sys/kernel/random/boot_id", "re");
  if (file == NULL)
    return;
  if (fgets (machine, MOE_PEER_MACHINE_SIZE, file) != NULL)
    machine[strcspn (machine, "\n")] = '\0';
  fclose (file);
}

void
moe_peer_self (MoePeer *peer)
{
  struct stat space;
  cpu_set_t mask;
  memset (peer, 0, sizeof *peer);
  read_machine (peer->machine);
  if (stat ("/proc/self/ns/pid", &space) == 0)
    peer->pid_namespace = (uint64_t)space.st_ino;
  peer->pid = (int64_t)getpid ();
  if (sched_getaffinity (0, sizeof mask, &mask) == 0)
    memcpy (peer->allowed, &mask,
            sizeof mask < sizeof peer->allowed ? sizeof mask : sizeof peer->allowed);
}

bool
moe_peer_same_machine (const MoePeer *a, const MoePeer *b)
{
  return a->machine[0] != '\0' && strncmp (a->machine, b->machine, sizeof a->machine) == 0;
}

bool
moe_peer_same_processors (const MoePeer *a, const MoePeer *b)
{
  static const unsigned char none[MOE_PEER_MASK_SIZE];
  return moe_peer_same_machine (a, b) && memcmp (a->allowed, none, sizeof none) != 0
         && memcmp (a->allowed, b->allowed, sizeof none) == 0;
}

/* The letter of a process's state in /proc/PID/stat, after the name in parentheses, which may hold
 * anything; '\0' when there is no such process.  Takes no memory: asked for in timed regions. */
static char
state_letter (int64_t pid)
{
  char path[48], line[512];
  snprintf (path, sizeof path, "/proc/%lld/stat", (long long)pid);
  int file = open (path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return '\0';
  ssize_t length = read (file, line, sizeof line - 1);
  close (file);
  line[length > 0 ? length : 0] = '\0';
  const char *end = strrchr (line, ')');
  return end != NULL && end[1] == ' ' ? end[2] : '\0';
}

/* A process that ended and whose parent has not looked yet is as good as gone. */
MoePeerState
moe_peer_state (const MoePeer *self, const MoePeer *peer)
{
  if (!moe_peer_same_machine (self, peer) || self->pid_namespace == 0
      || self->pid_namespace != peer->pid_namespace || state_letter (self->pid) == '\0')
    return MOE_PEER_UNKNOWN;
  char letter = state_letter (peer->pid);
  return letter == '\0' || letter == 'Z' || letter == 'X' ? MOE_PEER_GONE : MOE_PEER_ALIVE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Who another rank is, as far as the system can tell: whether its process is still there, and
 * whether it shares this machine and these processors. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum
{
  MOE_PEER_MACHINE_SIZE = 64,
  MOE_PEER_MASK_SIZE = 128 /* bytes: 1024 processors */
};

/* Plain bytes, so that ranks can send each other theirs; unused bytes are 0. */
typedef struct MoePeer
{
  char machine[MOE_PEER_MACHINE_SIZE];       /* one for each booted kernel; "" when unknown */
  uint64_t pid_namespace;                    /* in which `pid` means something; 0 when unknown */
  int64_t pid;                               /* process */
  unsigned char allowed[MOE_PEER_MASK_SIZE]; /* processors it may run on; zeros when unknown */
} MoePeer;

typedef enum MoePeerState
{
  MOE_PEER_UNKNOWN, /* on another machine, or out of sight */
  MOE_PEER_ALIVE,
  MOE_PEER_GONE, /* its process has ended */
} MoePeerState;

/* This process. */
void moe_peer_self (MoePeer *peer);

/* Does the process of `peer`, seen from this one, still run?  A system call or two. */
MoePeerState moe_peer_state (const MoePeer *self, const MoePeer *peer);

/* Are both on the same machine? */
bool moe_peer_same_machine (const MoePeer *a, const MoePeer *b);

/* And were they given the very same processors? */
bool moe_peer_same_processors (const MoePeer *a, const MoePeer *b);

/* SPDX-License-Identifier: Apache-2.0 */
/* Where the threads of one step wait for each other: spins first, then yields, and can be broken
 * off by a request to stop. */
#pragma once

#include "engine/threads/cancel.h"

typedef struct MoeBarrier
{
  _Alignas(128) atomic_size_t arrived;
  _Alignas(128) atomic_uint generation; /* raised once per meeting */
  size_t members;
} MoeBarrier;

/* For `members` threads (>= 1); also to make a barrier that was broken off whole again.  No thread
 * may be waiting. */
void moe_barrier_init (MoeBarrier *barrier, size_t members);

/* Wait until every member has come.  True: all have, and what each wrote before is visible to all.
 * False: `cancel` (may be NULL) was raised first; others may have left by then or be still to come,
 * so the barrier must not be used again before moe_barrier_init (). */
bool moe_barrier_wait (MoeBarrier *barrier, const MoeCancel *cancel);

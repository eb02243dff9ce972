/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/threads/barrier.h"

#include "engine/base/assert.h"
#include "engine/threads/relax.h"

#include <sched.h>

enum
{
  SPINS_BEFORE_YIELD = 4000 /* some ten microseconds; then others may have the core */
};

void
moe_barrier_init (MoeBarrier *barrier, size_t members)
{
  MOE_ASSERT (members >= 1);
  atomic_init (&barrier->arrived, 0);
  atomic_init (&barrier->generation, 0);
  barrier->members = members;
}

bool
moe_barrier_wait (MoeBarrier *barrier, const MoeCancel *cancel)
{
  unsigned seen = atomic_load_explicit (&barrier->generation, memory_order_relaxed);
  if (atomic_fetch_add_explicit (&barrier->arrived, 1, memory_order_acq_rel) + 1
      == barrier->members)
    {
      /* The others still wait for the generation, so nobody can have come for the next meeting. */
      atomic_store_explicit (&barrier->arrived, 0, memory_order_relaxed);
      atomic_fetch_add_explicit (&barrier->generation, 1, memory_order_release);
      return true;
    }
  for (size_t spin = 0; atomic_load_explicit (&barrier->generation, memory_order_acquire) == seen;
       spin++)
    {
      if (moe_cancel_requested (cancel))
        return false;
      if (spin < SPINS_BEFORE_YIELD)
        moe_cpu_relax ();
      else
        sched_yield ();
    }
  return true;
}

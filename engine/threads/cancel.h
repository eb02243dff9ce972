/* SPDX-License-Identifier: Apache-2.0 */
/* A request to stop, raised by any thread (or a signal handler) and looked at by
 * working threads between tiles. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct MoeCancel
{
  atomic_bool requested;
} MoeCancel;

static inline void
moe_cancel_init (MoeCancel *cancel)
{
  atomic_init (&cancel->requested, false);
}

/* Any thread; async-signal-safe. */
static inline void
moe_cancel_request (MoeCancel *cancel)
{
  atomic_store_explicit (&cancel->requested, true, memory_order_relaxed);
}

/* `cancel` may be NULL: then nothing is ever cancelled. */
static inline bool
moe_cancel_requested (const MoeCancel *cancel)
{
  return cancel != NULL && atomic_load_explicit (&cancel->requested, memory_order_relaxed);
}

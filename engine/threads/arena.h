/* SPDX-License-Identifier: Apache-2.0 */
/* One block of memory for a whole sweep, handed out from front to back.
 *
 * The arena is mapped once, huge pages advised, and touched by the team before
 * anything is timed, so that no page fault falls into a measurement. */
#pragma once

#include "engine/threads/cancel.h"
#include "engine/threads/team.h"

enum
{
  MOE_ARENA_ALIGNMENT = 4096 /* bytes; every piece starts on such a boundary */
};

typedef struct MoeArena MoeArena;

/* Bytes that a piece of `bytes` takes in an arena (rounded up to the alignment); SIZE_MAX on
 * overflow. */
size_t moe_arena_piece_bytes (size_t bytes);

/* Map `bytes` bytes (not yet touched).  Caller owns *arena.  MOE_ERROR_MEMORY when the system
 * refuses. */
MoeStatus moe_arena_new (size_t bytes, MoeArena **arena, MoeError *error);

/* Unmaps everything; NULL is allowed. */
void moe_arena_free (MoeArena *arena);

/* Write every page once, in parallel on `team`.  Returns MOE_ERROR_CANCELLED early when asked. */
MoeStatus
moe_arena_touch (MoeArena *arena, MoeTeam *team, const MoeCancel *cancel, MoeError *error);

/* The next `bytes` bytes, zeroed when first used, or NULL when the arena is exhausted.  The piece
 * belongs to the arena. */
void *moe_arena_take (MoeArena *arena, size_t bytes);

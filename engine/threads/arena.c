/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/threads/arena.h"

#include "engine/base/size.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum
{
  PAGE_BYTES = 4096,
  TOUCH_CHUNK_BYTES = 16 << 20 /* between two looks at the cancel flag */
};

struct MoeArena
{
  unsigned char *base;
  size_t bytes;
  size_t used;
};

size_t
moe_arena_piece_bytes (size_t bytes)
{
  size_t padded;
  if (!moe_size_add (bytes, MOE_ARENA_ALIGNMENT - 1, &padded))
    return SIZE_MAX;
  return padded & ~(size_t)(MOE_ARENA_ALIGNMENT - 1);
}

MoeStatus
moe_arena_new (size_t bytes, MoeArena **out, MoeError *error)
{
  MoeArena *arena = calloc (1, sizeof *arena);
  if (arena == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for an arena of %zu bytes", bytes);

  arena->bytes = moe_size_max (moe_arena_piece_bytes (bytes), MOE_ARENA_ALIGNMENT);
  void *base = mmap (NULL, arena->bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED)
    {
      MoeStatus status =
          moe_error_set (error, MOE_ERROR_MEMORY, "The system refused %zu bytes of memory: %s.",
                         arena->bytes, strerror (errno));
      free (arena);
      return status;
    }
  madvise (base, arena->bytes, MADV_HUGEPAGE); /* a wish: refusal costs speed only */
  arena->base = base;
  *out = arena;
  return MOE_OK;
}

void
moe_arena_free (MoeArena *arena)
{
  if (arena == NULL)
    return;
  munmap (arena->base, arena->bytes);
  free (arena);
}

typedef struct Touch
{
  MoeArena *arena;
  size_t threads;
  const MoeCancel *cancel;
} Touch;

static void
touch_share (void *data, size_t thread)
{
  Touch *touch = data;
  size_t bytes = touch->arena->bytes;
  size_t stride = touch->threads * (size_t)TOUCH_CHUNK_BYTES;

  for (size_t at = thread * (size_t)TOUCH_CHUNK_BYTES; at < bytes; at += stride)
    {
      if (moe_cancel_requested (touch->cancel))
        return;
      size_t end = at + moe_size_min (TOUCH_CHUNK_BYTES, bytes - at);
      for (size_t page = at; page < end; page += PAGE_BYTES)
        ((volatile unsigned char *)touch->arena->base)[page] = 0;
    }
}

MoeStatus
moe_arena_touch (MoeArena *arena, MoeTeam *team, const MoeCancel *cancel, MoeError *error)
{
  Touch touch = { .arena = arena, .threads = moe_team_size (team), .cancel = cancel };
  moe_team_run (team, touch_share, &touch);
  if (moe_cancel_requested (cancel))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped while taking memory");
  return MOE_OK;
}

void *
moe_arena_take (MoeArena *arena, size_t bytes)
{
  size_t piece = moe_arena_piece_bytes (bytes);
  if (piece > arena->bytes - arena->used)
    return NULL;
  void *start = arena->base + arena->used;
  arena->used += piece;
  return start;
}

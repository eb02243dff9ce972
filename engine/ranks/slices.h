/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of an array belongs to which shard. */
#pragma once

#include "engine/base/assert.h"

#include <stddef.h>

/* First element of slice `slice` of n elements cut into `slices` nearly equal ones, the larger ones
 * first; n for slice == slices. */
static inline size_t
moe_slice_first (size_t n, size_t slices, size_t slice)
{
  MOE_ASSERT (slices > 0 && slice <= slices);
  size_t rest = n % slices;
  return n / slices * slice + (slice < rest ? slice : rest);
}

static inline size_t
moe_slice_length (size_t n, size_t slices, size_t slice)
{
  MOE_ASSERT (slice < slices);
  return n / slices + (slice < n % slices);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/ranks/exchange.h"

#include "engine/base/assert.h"
#include "engine/base/size.h"
#include "engine/ranks/slices.h"
#include "engine/ranks/sum.h"

#include <string.h>

/* What a member does with elements first .. first+n-1, all of the slice of shard `owner`. */
typedef void (*RangeFunction) (
    const MoeExchange *x, void *const *arrays, size_t owner, size_t first, size_t n);

/* The same between ranks. */
typedef MoeStatus (*RanksFunction) (
    MoeRanks *ranks, MoeDtype dtype, void *data, size_t n, MoeError *error);

void
moe_exchange_init (MoeExchange *x, MoeDtype dtype, size_t shards, size_t members, MoeRanks *ranks)
{
  x->dtype = dtype;
  x->shards = shards;
  x->local = ranks != NULL ? 1 : shards;
  x->members = members;
  x->ranks = ranks;
  moe_exchange_begin (x);
}

void
moe_exchange_begin (MoeExchange *x)
{
  moe_barrier_init (&x->barrier, x->members);
  x->bytes = 0;
  atomic_init (&x->status, MOE_OK);
}

/* Only member 0 changes the status; with ranks, the others may leave while it goes on. */
static bool
goes_on (const MoeExchange *x)
{
  return atomic_load_explicit (&x->status, memory_order_relaxed) == MOE_OK;
}

static void
set_status (MoeExchange *x, MoeStatus status)
{
  atomic_store_explicit (&x->status, status, memory_order_relaxed);
}

/* A member that was stopped does not come to the barrier, so the others see the stop there too;
 * only between ranks it takes more. */
bool
moe_exchange_arrive (MoeExchange *x, size_t member, const MoeCancel *cancel)
{
  MOE_ASSERT (member < x->members);
  bool all_here = moe_barrier_wait (&x->barrier, cancel) && !moe_cancel_requested (cancel);
  if (x->ranks == NULL)
    return all_here;
  if (member == 0)
    {
      MoeStatus mine = MOE_OK;
      if (!all_here)
        mine = moe_error_set (&x->error, MOE_ERROR_CANCELLED, "stopped in the middle of a step");
      set_status (x, moe_ranks_agree (x->ranks, mine, &x->error));
      moe_barrier_wait (&x->barrier, cancel);
      return goes_on (x);
    }
  return all_here && moe_barrier_wait (&x->barrier, cancel) && goes_on (x);
}

static void *
element (const MoeExchange *x, void *array, size_t index)
{
  return (unsigned char *)array + index * moe_dtype_bytes (x->dtype);
}

/* sums[n] = sum of all arrays from element `first` on. */
static void
sum_block (const MoeExchange *x, void *const *arrays, size_t first, size_t n, float *sums)
{
  moe_sum_set (sums, x->dtype, element (x, arrays[0], first), n);
  for (size_t s = 1; s < x->shards; s++)
    moe_sum_add (sums, x->dtype, element (x, arrays[s], first), n);
}

static void
reduce_range (const MoeExchange *x, void *const *arrays, size_t owner, size_t first, size_t n)
{
  float sums[MOE_SUM_BLOCK];
  for (size_t at = 0; at < n; at += MOE_SUM_BLOCK)
    {
      size_t length = moe_size_min (MOE_SUM_BLOCK, n - at);
      sum_block (x, arrays, first + at, length, sums);
      moe_sum_store (element (x, arrays[owner], first + at), x->dtype, sums, length);
    }
}

static void
gather_range (const MoeExchange *x, void *const *arrays, size_t owner, size_t first, size_t n)
{
  const void *from = element (x, arrays[owner], first);
  for (size_t s = 0; s < x->shards; s++)
    if (s != owner)
      memcpy (element (x, arrays[s], first), from, n * moe_dtype_bytes (x->dtype));
}

/* Block by block, so that a sum is copied while it is in the cache. */
static void
all_reduce_range (const MoeExchange *x, void *const *arrays, size_t owner, size_t first, size_t n)
{
  for (size_t at = 0; at < n; at += MOE_SUM_BLOCK)
    {
      size_t length = moe_size_min (MOE_SUM_BLOCK, n - at);
      reduce_range (x, arrays, owner, first + at, length);
      gather_range (x, arrays, owner, first + at, length);
    }
}

/* A member's share: elements share .. of n, in whole blocks of MOE_SUM_BLOCK. */
static size_t
share_first (const MoeExchange *x, size_t n, size_t member)
{
  size_t blocks = n / MOE_SUM_BLOCK + (n % MOE_SUM_BLOCK != 0);
  return moe_size_min (n, moe_slice_first (blocks, x->members, member) * MOE_SUM_BLOCK);
}

static void
do_share (
    const MoeExchange *x, void *const *arrays, size_t n, size_t member, RangeFunction function)
{
  size_t share = share_first (x, n, member), share_end = share_first (x, n, member + 1);
  for (size_t owner = 0; owner < x->shards; owner++)
    {
      size_t first = moe_size_max (share, moe_slice_first (n, x->shards, owner));
      size_t end = moe_size_min (share_end, moe_slice_first (n, x->shards, owner + 1));
      if (first < end)
        function (x, arrays, owner, first, end - first);
    }
}

static bool
exchange_here (MoeExchange *x,
               void *const *arrays,
               size_t n,
               size_t member,
               const MoeCancel *cancel,
               RangeFunction function,
               double times)
{
  do_share (x, arrays, n, member, function);
  if (member == 0)
    x->bytes += times * (double)(x->shards - 1) * (double)n * (double)moe_dtype_bytes (x->dtype);
  return moe_barrier_wait (&x->barrier, cancel);
}

static bool
exchange_ranks (MoeExchange *x,
                void *const *arrays,
                size_t n,
                size_t member,
                const MoeCancel *cancel,
                RanksFunction function)
{
  if (member != 0)
    return moe_barrier_wait (&x->barrier, cancel) && goes_on (x);
  uint64_t before = moe_ranks_bytes_sent (x->ranks);
  set_status (x, function (x->ranks, x->dtype, arrays[0], n, &x->error));
  x->bytes += (double)(moe_ranks_bytes_sent (x->ranks) - before);
  moe_barrier_wait (&x->barrier, cancel);
  return goes_on (x);
}

bool
moe_exchange_all_reduce (
    MoeExchange *x, void *const *arrays, size_t n, size_t member, const MoeCancel *cancel)
{
  return x->ranks != NULL ? exchange_ranks (x, arrays, n, member, cancel, moe_ranks_all_reduce)
                          : exchange_here (x, arrays, n, member, cancel, all_reduce_range, 2);
}

bool
moe_exchange_reduce_scatter (
    MoeExchange *x, void *const *arrays, size_t n, size_t member, const MoeCancel *cancel)
{
  return x->ranks != NULL ? exchange_ranks (x, arrays, n, member, cancel, moe_ranks_reduce_scatter)
                          : exchange_here (x, arrays, n, member, cancel, reduce_range, 1);
}

bool
moe_exchange_all_gather (
    MoeExchange *x, void *const *arrays, size_t n, size_t member, const MoeCancel *cancel)
{
  return x->ranks != NULL ? exchange_ranks (x, arrays, n, member, cancel, moe_ranks_all_gather)
                          : exchange_here (x, arrays, n, member, cancel, gather_range, 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/balance.h"

#include <math.h>

#include "engine/base/size.h"

const size_t moe_tile_rows[MOE_N_TILES] = { 16, 64, 128 };

double
moe_tile_share (const size_t *rows, size_t n, size_t tile)
{
  double useful = 0, computed = 0;
  for (size_t e = 0; e < n; e++)
    {
      useful += (double)rows[e];
      computed += (double)tile * (double)(rows[e] / tile + (rows[e] % tile > 0));
    }
  return computed > 0 ? useful / computed : NAN;
}

size_t
moe_fullest_shard (const size_t *rows, size_t n, size_t shards)
{
  const size_t own = n / shards;
  size_t most = 0;
  for (size_t s = 0; s < shards; s++)
    {
      size_t sum = 0;
      for (size_t e = 0; e < own; e++)
        sum += rows[s * own + e];
      most = moe_size_max (most, sum);
    }
  return most;
}

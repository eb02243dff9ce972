/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/facts.h"

#include "engine/base/size.h"
#include "engine/moe/capacity.h"
#include "engine/moe/flops.h"

#include <math.h>
#include <stdlib.h>

static int
compare_counts (const void *a, const void *b)
{
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return x < y ? -1 : x > y;
}

/* Of counts in ascending order. */
static double
quantile (const size_t *counts, size_t n, double part)
{
  double rank = part * (double)(n - 1);
  size_t below = (size_t)rank;
  size_t above = moe_size_min (below + 1, n - 1);
  return (double)counts[below]
         + (rank - (double)below) * ((double)counts[above] - (double)counts[below]);
}

/* What their loads cost, before the counts are sorted. */
static void
describe_balance (const size_t *counts, size_t experts, size_t shards, MoePointFacts *facts)
{
  for (int tile = 0; tile < MOE_N_TILES; tile++)
    facts->tile_share[tile] = moe_tile_share (counts, experts, moe_tile_rows[tile]);
  if (shards > 1)
    facts->shard_load_max = moe_fullest_shard (counts, experts, shards);
}

/* Load of the real experts; sorts the counts. */
static void
describe_load (const MoeRouting *routing, size_t shards, size_t *counts, MoePointFacts *facts)
{
  size_t E = routing->experts;
  double mean = (double)routing->real_assignments / (double)E, squares = 0;
  facts->expert_load_min = SIZE_MAX;
  moe_routing_expert_counts (routing, counts);
  for (size_t e = 0; e < E; e++)
    {
      double off = (double)counts[e] - mean;
      facts->expert_load_min = moe_size_min (facts->expert_load_min, counts[e]);
      facts->expert_load_max = moe_size_max (facts->expert_load_max, counts[e]);
      facts->active_experts += counts[e] > 0;
      squares += off * off;
    }
  facts->expert_load_std = sqrt (squares / (double)E);
  describe_balance (counts, E, shards, facts);
  qsort (counts, E, sizeof *counts, compare_counts);
  facts->expert_load_p25 = quantile (counts, E, 0.25);
  facts->expert_load_p50 = quantile (counts, E, 0.5);
  facts->expert_load_p75 = quantile (counts, E, 0.75);
}

static void
describe_kept (const MoeRouting *routing, MoePointFacts *facts)
{
  if (routing->topk > MOE_KEPT_MAX)
    return;
  facts->n_kept = routing->topk + 1;
  moe_routing_kept_histogram (routing, facts->kept);
}

MoeStatus
moe_point_facts (const MoePoint *point,
                 const MoeOptions *options,
                 const MoeRouting *routing,
                 size_t *counts,
                 MoePointFacts *facts,
                 MoeError *error)
{
  const MoeBlock *block = &point->block;
  *facts = (MoePointFacts){ .point = point->index,
                            .null_experts = routing->null_experts,
                            .null_assignments = routing->null_assignments,
                            .real_assignments = routing->real_assignments,
                            .null_realized = routing->null_realized,
                            .capacity = block->capacity,
                            .run_lengths = routing->run_lengths };
  describe_load (routing, block->ep_size, counts, facts);
  describe_kept (routing, facts);
  if (block->choice[MOE_CHOICE_CAPACITY_POLICY] != MOE_CAPACITY_NONE)
    {
      MoeRouting kept;
      MoeStatus status =
          moe_capacity_apply (routing, block->choice[MOE_CHOICE_PACK_STRATEGY], block->capacity,
                              &kept, &facts->dropped_assignments, error);
      if (status != MOE_OK)
        return status;
      facts->capacity_factor = options->capacity_factor;
      facts->real_assignments = kept.real_assignments;
      moe_routing_clear (&kept);
    }
  facts->flops =
      moe_flops (&block->shape, block->choice[MOE_CHOICE_PASS], (double)facts->real_assignments);
  return MOE_OK;
}

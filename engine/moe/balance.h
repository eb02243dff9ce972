/* SPDX-License-Identifier: Apache-2.0 */
/* What uneven loads cost: rows[n] are the assignments of each expert.  The fullest over the mean is
 * the imbalance that recorded loads are published with (data/real-loads.csv: rows_max over
 * rows_mean_all), which is n max / sum; a step cannot end before the fullest shard has. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Rows of a tile that grouped matmuls are cut into. */
enum
{
  MOE_TILES_16,
  MOE_TILES_64,
  MOE_TILES_128,
  MOE_N_TILES
};

extern const size_t moe_tile_rows[MOE_N_TILES]; /* 16, 64, 128 */

/* Rows over those of the whole tiles that hold them, sum r / sum (tile ceil (r / tile)), 0 .. 1:
 * each expert begins a tile of its own, as in kernels that pad (MegaBlocks, arXiv 2211.15841: 128
 * rows; vLLM's moe_align_block_size: 16 to 128).  NaN without a row.  `tile` is above 0. */
double moe_tile_share (const size_t *rows, size_t n, size_t tile);

/* Rows of the shard that has most, where each holds n / shards consecutive experts.  `shards`
 * divides n. */
size_t moe_fullest_shard (const size_t *rows, size_t n, size_t shards);

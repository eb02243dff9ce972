/* SPDX-License-Identifier: Apache-2.0 */
/* Waves: with remat the rows of a step are worked on a part at a time, so that what is computed
 * again takes memory for that part only. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/types.h"

/* Rows of the dispatch that are worked on together: those of whole experts, then null rows. */
typedef struct MoeWave
{
  size_t first_expert;
  size_t end_expert;
  size_t first_row;
  size_t end_row;
} MoeWave;

/* Rows of a wave at most.  Without remat there is one.  With it, an eighth of all rows, but never
 * less than one expert should get. */
size_t moe_wave_rows (MoeRematMode remat, size_t max_rows, size_t max_expert_rows);

/* The wave after `before` (zeros: the first one), where expert e has rows offset[e] ..
 * offset[e + 1] - 1 and null rows follow up to `rows`: as many experts as have at most `max_rows`
 * rows together (at least one), then null rows up to that many. */
MoeWave moe_wave_next (
    const MoeWave *before, const size_t *offset, size_t experts, size_t rows, size_t max_rows);

/* With remat an expert's rows must fit into one wave: the error where they do not. */
MoeStatus
moe_wave_check (MoeRematMode remat, size_t expert, size_t rows, size_t max_rows, MoeError *error);

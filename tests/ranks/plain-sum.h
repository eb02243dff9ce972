/* SPDX-License-Identifier: Apache-2.0 */
/* Contributions of shards, and what an exchange must make of them, by plain loops. */
#pragma once

#include "engine/moe/types.h"

/* Elements 0 .. n-1 of what shard `shard` brings, of `dtype`: varied values of both signs. */
void plain_fill (MoeDtype dtype, void *array, size_t n, size_t shard, size_t seed);

/* Bits of the sum over all shards of element `index`. */
uint32_t plain_sum (MoeDtype dtype, size_t shards, size_t index, size_t seed);

/* Bits of element `index` of an array. */
uint32_t plain_bits (MoeDtype dtype, const void *array, size_t index);

/* Bits of what shard `shard` brings at `index`. */
uint32_t plain_value (MoeDtype dtype, size_t shard, size_t index, size_t seed);

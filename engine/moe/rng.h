/* SPDX-License-Identifier: Apache-2.0 */
/* Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * A number is a pure function of (seed, stream, index), so any thread may make any
 * part of a tensor and the whole is the same whatever the thread count. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One stream for each independent use of randomness.  The numbers decide what is drawn: to change
 * one changes every routing or tensor made from it, so they are written out. */
typedef enum MoeStream
{
  MOE_STREAM_X = 1,
  MOE_STREAM_W1 = 2,
  MOE_STREAM_W3 = 3,
  MOE_STREAM_W2 = 4,
  MOE_STREAM_SHARED_W1 = 5,
  MOE_STREAM_SHARED_W3 = 6,
  MOE_STREAM_SHARED_W2 = 7,
  MOE_STREAM_NULL_VECTORS = 8,
  MOE_STREAM_LOGITS = 16,
  MOE_STREAM_NULL_SLOTS = 20,
  MOE_STREAM_NULL_LOGITS = 24,
  MOE_STREAM_NULL_TOKENS = 26,
  MOE_STREAM_RUNS = 28,
  MOE_STREAM_EXPERT_ORDER = 32,
  MOE_STREAM_HOT_SLOTS = 36,
  MOE_STREAM_DEAL = 40,
} MoeStream;

/* The bijection itself: out = philox4x32_10 (counter, key).  Known answers are in the tests.
 * Number i of a stream comes from word i % 4 of counter { low, high word of i / 4, stream, 0 }
 * under key { low, high word of the seed }; a normal from the pair of words that its own belongs
 * to. */
void moe_philox (const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* out[i] = scale * N(0,1) number `first + i` of the stream, i < count (Box-Muller in float32,
 * from philox block (first + i) / 4).  Bit-identical on every CPU and for every way to cut a
 * range into calls. */
void moe_rng_normal (
    uint64_t seed, MoeStream stream, uint64_t first, size_t count, float scale, float *out);

/* out[i] = number `first + i` of the stream, uniform in [0, 1) with 24 bits. */
void moe_rng_uniform (uint64_t seed, MoeStream stream, uint64_t first, size_t count, float *out);

/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange of arrays between shards in the timed region: within this process through memory,
 * by the threads of all shards together, or between ranks of one shard each.
 *
 * Life of one step: begin () on one thread; then on all `members` threads any number of
 * { arrive () -> all_reduce () | reduce_scatter () | all_gather () }, the same ones in the same
 * order; and the members must have ended before the next begin ().  Each function returns false
 * when the step is over: a stop was asked for, or, with ranks, one of them has an error; the member
 * then leaves the step without another call.
 *
 * With ranks, member 0 is the thread that made them and exchanges for all.  It follows what the
 * ranks agreed on, even after a stop was asked for, so that all ranks leave at the same place:
 * after a stop it goes on to the next arrive (), which then returns false. */
#pragma once

#include "engine/moe/types.h"
#include "engine/ranks/ranks.h"
#include "engine/threads/barrier.h"

typedef struct MoeExchange
{
  MoeBarrier barrier;
  MoeDtype dtype;
  size_t shards;   /* of all processes */
  size_t local;    /* shards in this process: all of them, or one with ranks */
  size_t members;  /* threads of the local shards together */
  MoeRanks *ranks; /* NULL: all shards are in this process */
  double bytes;    /* sent by the local shards since begin (); for after the step, as `error` */
  MoeError error;  /* of the ranks, when `status` is not MOE_OK */
  atomic_int status;
} MoeExchange;

/* `ranks` (may be NULL) is borrowed and must have `shards` of them.  shards, members >= 1. */
void moe_exchange_init (
    MoeExchange *exchange, MoeDtype dtype, size_t shards, size_t members, MoeRanks *ranks);

void moe_exchange_begin (MoeExchange *exchange);

/* Wait until all members of all shards are here, so that what they have written may be exchanged.
 * The time it takes is the shards' imbalance, no communication. */
bool moe_exchange_arrive (MoeExchange *exchange, size_t member, const MoeCancel *cancel);

/* arrays[local], each of n elements of `dtype` cut into slices, one for each shard (slices.h):
 *
 * all_reduce: all arrays become the sum of the arrays of all shards;
 * reduce_scatter: the slice of each shard in its array becomes the sum; the rest is undefined;
 * all_gather: the slice of each shard in its array is copied to the others.
 *
 * Sums are taken in float32 in the order of the shards, rounded once.  Each member does its share,
 * and all return when all is done.  Takes no memory.  Bytes are counted as a ring would send them:
 * for n elements and S shards (S-1)/S n by each, for all_reduce twice that. */
bool moe_exchange_all_reduce (
    MoeExchange *exchange, void *const *arrays, size_t n, size_t member, const MoeCancel *cancel);
bool moe_exchange_reduce_scatter (
    MoeExchange *exchange, void *const *arrays, size_t n, size_t member, const MoeCancel *cancel);
bool moe_exchange_all_gather (
    MoeExchange *exchange, void *const *arrays, size_t n, size_t member, const MoeCancel *cancel);

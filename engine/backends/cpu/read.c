/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/read.h"

#include "engine/backends/cpu/state.h"
#include "engine/backends/cpu/tensors.h"
#include "engine/base/size.h"

#include <math.h>
#include <string.h>

/* Which shard here holds row `row` of a tensor, and the row in that shard's array.  Where every
 * rank has its own shard, that is what there is to be read. */
static const MoeCpuShard *
shard_of_row (const MoeBackendState *state, MoeTensor tensor, size_t *row)
{
  MoeTensorOwner owner = moe_tensor_owner (tensor);
  size_t dims[3], shard = 0;
  if (owner == MOE_TENSOR_OF_TOKENS)
    while (state->n_shards > 1 && *row >= state->shards[shard].end_token)
      shard++;
  if (owner != MOE_TENSOR_OF_EXPERTS)
    return &state->shards[shard];
  moe_tensor_dims (tensor, &state->problem.shape, dims);
  if (state->n_shards > 1)
    shard = *row / dims[1] / state->shards[0].shape.experts;
  *row -= state->shards[shard].first_expert * dims[1];
  return &state->shards[shard];
}

MoeStatus
moe_cpu_read (MoeBackendState *state,
              MoeTensor tensor,
              size_t first,
              size_t count,
              float *out,
              MoeError *error)
{
  const MoeShape *shape = &state->problem.shape;
  size_t dims[3];
  if (!moe_tensor_exists (tensor, shape, state->problem.choice[MOE_CHOICE_PASS]))
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "there is no tensor %s in this problem: gradients need a backward, "
                          "shared tensors a shared expert, v and dv constant null slots",
                          moe_name_of (&moe_tensor_names, (int)tensor));
  size_t width = dims[moe_tensor_dims (tensor, shape, dims) - 1];
  while (count > 0)
    {
      size_t row = first / width, column = first % width;
      size_t n = moe_size_min (count, width - column);
      const MoeCpuShard *s = shard_of_row (state, tensor, &row);
      s->ops->to_float (out, moe_state_element (s, moe_cpu_tensor_row (s, tensor, row), column), n);
      out += n;
      first += n;
      count -= n;
    }
  return MOE_OK;
}

enum
{
  POISON_ELEMENTS = 4096
};

/* Bytes that are NaN in the storage dtype. */
typedef struct Poison
{
  _Alignas(16) unsigned char nans[POISON_ELEMENTS * sizeof (float)];
  size_t bytes;
} Poison;

/* Chunks are dealt out in turn. */
static void
poison_range (const MoeCpuShard *s, const Poison *poison, size_t thread, void *start, size_t bytes)
{
  for (size_t at = thread * poison->bytes; at < bytes; at += s->threads * poison->bytes)
    memcpy ((unsigned char *)start + at, poison->nans, moe_size_min (poison->bytes, bytes - at));
}

/* Where tokens are spread, those of other shards are computed, too: gathered anew in each step. */
static void
poison_foreign_tokens (const MoeCpuShard *s, const Poison *poison, size_t thread)
{
  size_t row = s->shape.hidden * s->ops->element_bytes;
  if (s->problem.ep_size == 1 || s->problem.choice[MOE_CHOICE_EP_COMM_PATH] != MOE_EP_RING_AG_RS)
    return;
  poison_range (s, poison, thread, s->x, s->first_token * row);
  poison_range (s, poison, thread, (unsigned char *)s->x + s->end_token * row,
                (s->shape.tokens - s->end_token) * row);
}

static void
poison_chunks (MoeCpuShard *s, size_t thread, void *data)
{
  const Poison *poison = data;
  for (size_t i = 0; i < s->n_computed; i++)
    if (!s->prequeued || s->computed[i].data != s->rows.x.data)
      poison_range (s, poison, thread, s->computed[i].data, s->computed[i].bytes);
  if (!s->prequeued)
    poison_foreign_tokens (s, poison, thread);
}

void
moe_cpu_poison (MoeBackendState *state)
{
  const MoeRowOps *ops = state->shards[0].ops;
  const float nan = NAN;
  Poison poison = { .bytes = POISON_ELEMENTS * ops->element_bytes };
  for (size_t i = 0; i < POISON_ELEMENTS; i++)
    ops->from_float (poison.nans + i * ops->element_bytes, &nan, 1);
  moe_cpu_run_shards (state, poison_chunks, &poison);
}

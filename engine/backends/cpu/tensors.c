/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/tensors.h"

#include "engine/backends/cpu/products.h"
#include "engine/base/size.h"

#include <string.h>

void *
moe_cpu_tensor_row (const MoeCpuShard *s, MoeTensor tensor, size_t row)
{
  size_t H = s->shape.hidden;
  switch (tensor)
    {
    case MOE_TENSOR_X:
      return moe_state_element (s, s->x, row * H);
    case MOE_TENSOR_Y:
      return moe_state_element (s, s->y, row * H);
    case MOE_TENSOR_DX:
      return moe_state_element (s, s->dx, row * H);
    case MOE_TENSOR_W2:
      return moe_state_element (s, s->w2, row * H);
    case MOE_TENSOR_DW2:
      return moe_state_element (s, s->dw2, row * H);
    case MOE_TENSOR_SW2:
      return moe_state_element (s, s->shared.w2, row * H);
    case MOE_TENSOR_DSW2:
      return moe_state_element (s, s->shared.dw2, row * H);
    case MOE_TENSOR_V:
      return moe_state_element (s, s->nulls.v, row * H);
    case MOE_TENSOR_DV:
      return moe_state_element (s, s->nulls.dv, row * H);
    case MOE_TENSOR_W1:
    case MOE_TENSOR_W3:
      return moe_gated_row (s, &s->w13, row, tensor == MOE_TENSOR_W3);
    case MOE_TENSOR_DW1:
    case MOE_TENSOR_DW3:
      return moe_gated_row (s, &s->dw13, row, tensor == MOE_TENSOR_DW3);
    case MOE_TENSOR_SW1:
    case MOE_TENSOR_SW3:
      return moe_gated_row (s, &s->shared.w13, row, tensor == MOE_TENSOR_SW3);
    case MOE_TENSOR_DSW1:
    case MOE_TENSOR_DSW3:
      return moe_gated_row (s, &s->shared.dw13, row, tensor == MOE_TENSOR_DSW3);
    case MOE_N_TENSORS:
      break;
    }
  return NULL;
}

/* --- initial values --- */

/* Rows of one input tensor. */
typedef struct Input
{
  MoeTensor tensor;
  size_t width;  /* elements of a row */
  size_t first;  /* row of the tensor where this shard's rows begin */
  size_t rows;   /* of this shard */
  size_t before; /* of the rows in the shard's array, those that are not its own */
} Input;

enum
{
  CHUNK_ROWS = 256, /* made between two looks at a request to stop */
  CHUNK_VALUES = 1024,
  MAX_INPUTS = 8
};

/* Rounded to the storage dtype. */
static void
fill_row (MoeCpuShard *s, const Input *input, size_t row)
{
  float values[CHUNK_VALUES];
  size_t tensor_row = input->first + row;
  void *out = moe_cpu_tensor_row (s, input->tensor, input->before + row);
  for (size_t column = 0; column < input->width; column += CHUNK_VALUES)
    {
      size_t n = moe_size_min (CHUNK_VALUES, input->width - column);
      moe_tensor_fill (input->tensor, &s->problem.shape, s->problem.seed,
                       tensor_row * input->width + column, n, values);
      s->ops->from_float (moe_state_element (s, out, column), values, n);
    }
}

static size_t
list_inputs (const MoeCpuShard *s, Input inputs[MAX_INPUTS])
{
  size_t H = s->shape.hidden, M = s->shape.mlp_dim, S = s->shape.shared_dim;
  size_t E = s->real_experts, e0 = s->first_expert, n = 0;
  bool own_only =
      s->problem.ep_size > 1 && s->problem.choice[MOE_CHOICE_EP_COMM_PATH] == MOE_EP_RING_AG_RS;
  size_t t0 = own_only ? s->first_token : 0;
  size_t tokens = own_only ? s->end_token - s->first_token : s->shape.tokens;
  inputs[n++] = (Input){ MOE_TENSOR_W1, M, e0 * H, E * H, 0 };
  inputs[n++] = (Input){ MOE_TENSOR_W3, M, e0 * H, E * H, 0 };
  inputs[n++] = (Input){ MOE_TENSOR_W2, H, e0 * M, E * M, 0 };
  inputs[n++] = (Input){ MOE_TENSOR_X, H, t0, tokens, t0 };
  if (s->shape.null_vectors > 0)
    inputs[n++] = (Input){ MOE_TENSOR_V, H, 0, s->shape.null_vectors, 0 };
  if (S == 0)
    return n;
  inputs[n++] = (Input){ MOE_TENSOR_SW1, S, 0, H, 0 };
  inputs[n++] = (Input){ MOE_TENSOR_SW3, S, 0, H, 0 };
  inputs[n++] = (Input){ MOE_TENSOR_SW2, H, 0, S, 0 };
  return n;
}

/* Zeros are the same in any layout. */
static void
clear_zero_experts (MoeCpuShard *s)
{
  size_t H = s->shape.hidden, M = s->shape.mlp_dim, E = s->real_experts;
  size_t bytes = s->shape.zero_experts * H * M * s->ops->element_bytes;
  if (bytes == 0)
    return;
  memset (moe_state_element (s, s->w13.data, E * H * 2 * M), 0, 2 * bytes);
  memset (moe_state_element (s, s->w2, E * M * H), 0, bytes);
}

/* Chunks are dealt out in turn. */
static void
fill_chunks (MoeCpuShard *s, size_t thread, void *data)
{
  (void)data;
  Input inputs[MAX_INPUTS];
  size_t n = list_inputs (s, inputs);
  if (thread == 0)
    clear_zero_experts (s);
  for (size_t i = 0; i < n; i++)
    for (size_t first = thread * CHUNK_ROWS; first < inputs[i].rows;
         first += s->threads * CHUNK_ROWS)
      {
        size_t end = moe_size_min (first + CHUNK_ROWS, inputs[i].rows);
        for (size_t row = first; row < end && !moe_cancel_requested (s->cancel); row++)
          fill_row (s, &inputs[i], row);
      }
}

MoeStatus
moe_cpu_fill_inputs (MoeBackendState *state, MoeError *error)
{
  moe_cpu_run_shards (state, fill_chunks, NULL);
  if (moe_cancel_requested (state->cancel))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped while filling the weights");
  return MOE_OK;
}

/* --- layout, turned expert by expert --- */

static void
turn_pair (MoeCpuShard *s, size_t expert, void *scratch, bool fused)
{
  size_t H = s->shape.hidden, M = s->shape.mlp_dim, bytes = M * s->ops->element_bytes;
  void *pair = moe_state_element (s, s->w13.data, expert * H * 2 * M);
  const MoeGated from = { scratch, H, M, !fused }, to = { pair, H, M, fused };
  memcpy (scratch, pair, 2 * H * bytes);
  for (size_t h = 0; h < H; h++)
    for (int up = 0; up < 2; up++)
      memcpy (moe_gated_row (s, &to, h, up != 0), moe_gated_row (s, &from, h, up != 0), bytes);
}

static void
turn_pairs (MoeCpuShard *s, size_t thread, void *data)
{
  const bool *fused = data;
  size_t pair = s->shape.hidden * 2 * s->shape.mlp_dim;
  size_t threads = moe_size_min (s->threads, s->real_experts);
  if (thread >= threads || s->w13.fused == *fused)
    return;
  void *scratch = moe_state_element (s, s->layout_scratch, thread * pair);
  for (size_t e = thread; e < s->real_experts; e += threads)
    turn_pair (s, e, scratch, *fused);
}

void
moe_cpu_choose_layout (MoeBackendState *state, bool fused)
{
  if (state->shards[0].w13.fused == fused)
    return;
  moe_cpu_run_shards (state, turn_pairs, &fused);
  for (size_t i = 0; i < state->n_shards; i++)
    {
      state->shards[i].w13.fused = fused;
      state->shards[i].packed_w2.current = false;
    }
}

/* --- packed once --- */

static void
pack_pair (const MoeCpuShard *s, const MoeGated *gated, size_t pair)
{
  const MoeCpuKernels *k = s->kernels;
  size_t H = gated->inputs, W = gated->width;
  const void *gate = moe_gated_row (s, gated, pair * H, false);
  unsigned char *packed = moe_packed_at (&gated->packed, pair);
  if (gated->fused)
    k->pack (k, gate, 2 * W, H, 2 * W, packed);
  else
    {
      k->pack (k, gate, W, H, W, packed);
      k->pack (k, moe_gated_row (s, gated, pair * H, true), W, H, W,
               packed + gated->packed.stride / 2);
    }
}

/* Experts are dealt out in turn; the shared one comes after them. */
static void
pack_experts (MoeCpuShard *s, size_t thread, void *data)
{
  (void)data;
  const MoeCpuKernels *k = s->kernels;
  size_t H = s->shape.hidden, M = s->shape.mlp_dim, S = s->shape.shared_dim, E = s->shape.experts;
  if (s->w13.packed.data == NULL || s->packed_w2.current)
    return;
  for (size_t e = thread; e < E && !moe_cancel_requested (s->cancel); e += s->threads)
    {
      pack_pair (s, &s->w13, e);
      k->pack (k, moe_state_element (s, s->w2, e * M * H), H, M, H,
               moe_packed_at (&s->packed_w2, e));
    }
  if (S == 0 || thread != E % s->threads)
    return;
  pack_pair (s, &s->shared.w13, 0);
  k->pack (k, s->shared.w2, H, S, H, moe_packed_at (&s->shared.packed_w2, 0));
}

MoeStatus
moe_cpu_pack_weights (MoeBackendState *state, MoeError *error)
{
  moe_cpu_run_shards (state, pack_experts, NULL);
  if (moe_cancel_requested (state->cancel))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped while packing the weights");
  for (size_t i = 0; i < state->n_shards; i++)
    state->shards[i].packed_w2.current = true;
  return MOE_OK;
}

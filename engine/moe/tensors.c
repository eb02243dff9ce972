/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/tensors.h"

#include "engine/base/assert.h"
#include "engine/moe/rng.h"

#include <math.h>

static const char *const tensor_names[MOE_N_TENSORS] = {
  [MOE_TENSOR_X] = "x",       [MOE_TENSOR_W1] = "w1",     [MOE_TENSOR_W3] = "w3",
  [MOE_TENSOR_W2] = "w2",     [MOE_TENSOR_SW1] = "sw1",   [MOE_TENSOR_SW3] = "sw3",
  [MOE_TENSOR_SW2] = "sw2",   [MOE_TENSOR_Y] = "y",       [MOE_TENSOR_DX] = "dx",
  [MOE_TENSOR_DW1] = "dw1",   [MOE_TENSOR_DW3] = "dw3",   [MOE_TENSOR_DW2] = "dw2",
  [MOE_TENSOR_DSW1] = "dsw1", [MOE_TENSOR_DSW3] = "dsw3", [MOE_TENSOR_DSW2] = "dsw2",
  [MOE_TENSOR_V] = "v",       [MOE_TENSOR_DV] = "dv",
};
const MoeNames moe_tensor_names = { tensor_names, MOE_N_TENSORS };

typedef enum Dim
{
  NONE,
  T,
  H,
  M,
  E,
  S,
  N
} Dim;

/* Dimensions, and of inputs the stream of the initial values. */
static const struct
{
  Dim dims[3];
  MoeStream stream;
} kinds[MOE_N_TENSORS] = {
  [MOE_TENSOR_X] = { { T, H }, MOE_STREAM_X },
  [MOE_TENSOR_W1] = { { E, H, M }, MOE_STREAM_W1 },
  [MOE_TENSOR_W3] = { { E, H, M }, MOE_STREAM_W3 },
  [MOE_TENSOR_W2] = { { E, M, H }, MOE_STREAM_W2 },
  [MOE_TENSOR_SW1] = { { H, S }, MOE_STREAM_SHARED_W1 },
  [MOE_TENSOR_SW3] = { { H, S }, MOE_STREAM_SHARED_W3 },
  [MOE_TENSOR_SW2] = { { S, H }, MOE_STREAM_SHARED_W2 },
  [MOE_TENSOR_V] = { { N, H }, MOE_STREAM_NULL_VECTORS },
  [MOE_TENSOR_Y] = { .dims = { T, H } },
  [MOE_TENSOR_DX] = { .dims = { T, H } },
  [MOE_TENSOR_DW1] = { .dims = { E, H, M } },
  [MOE_TENSOR_DW3] = { .dims = { E, H, M } },
  [MOE_TENSOR_DW2] = { .dims = { E, M, H } },
  [MOE_TENSOR_DSW1] = { .dims = { H, S } },
  [MOE_TENSOR_DSW3] = { .dims = { H, S } },
  [MOE_TENSOR_DSW2] = { .dims = { S, H } },
  [MOE_TENSOR_DV] = { .dims = { N, H } },
};

MoeTensorOwner
moe_tensor_owner (MoeTensor tensor)
{
  Dim outermost = kinds[tensor].dims[0];
  return outermost == T   ? MOE_TENSOR_OF_TOKENS
         : outermost == E ? MOE_TENSOR_OF_EXPERTS
         : outermost == N ? MOE_TENSOR_OF_NULLS
                          : MOE_TENSOR_OF_SHARED;
}

bool
moe_tensor_exists (MoeTensor tensor, const MoeShape *shape, MoePass pass)
{
  if (tensor > MOE_TENSOR_Y && pass == MOE_PASS_FORWARD)
    return false;
  if (moe_tensor_owner (tensor) == MOE_TENSOR_OF_NULLS)
    return shape->null_vectors > 0;
  return moe_tensor_owner (tensor) != MOE_TENSOR_OF_SHARED || shape->shared_dim > 0;
}

bool
moe_tensor_is_output (MoeTensor tensor)
{
  return tensor >= MOE_TENSOR_Y;
}

size_t
moe_tensor_dims (MoeTensor tensor, const MoeShape *shape, size_t dims[3])
{
  const size_t sizes[] = {
    [T] = shape->tokens,  [H] = shape->hidden,     [M] = shape->mlp_dim,
    [E] = shape->experts, [S] = shape->shared_dim, [N] = shape->null_vectors
  };
  size_t n = 0;
  for (; n < 3 && kinds[tensor].dims[n] != NONE; n++)
    dims[n] = sizes[kinds[tensor].dims[n]];
  return n;
}

size_t
moe_tensor_elements (MoeTensor tensor, const MoeShape *shape)
{
  size_t dims[3];
  size_t n = moe_tensor_dims (tensor, shape, dims);
  size_t elements = 1;
  for (size_t i = 0; i < n; i++)
    elements *= dims[i];
  return elements;
}

/* Rows of a weight are what it sums over. */
MoeTensorInit
moe_tensor_init (MoeTensor tensor, const MoeShape *shape)
{
  size_t dims[3], n = moe_tensor_dims (tensor, shape, dims);
  MOE_ASSERT (!moe_tensor_is_output (tensor));
  return (MoeTensorInit){ .stream = (uint32_t)kinds[tensor].stream,
                          .scale = tensor == MOE_TENSOR_X || tensor == MOE_TENSOR_V
                                       ? 1.0f
                                       : (float)(1.0 / sqrt ((double)dims[n - 2])) };
}

void
moe_tensor_fill (
    MoeTensor tensor, const MoeShape *shape, uint64_t seed, size_t first, size_t count, float *out)
{
  MoeTensorInit init = moe_tensor_init (tensor, shape);
  moe_rng_normal (seed, init.stream, first, count, init.scale, out);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/tensors.h"

#include <math.h>

#include "engine/moe/rng.h"

static const char *const tensor_names[MOE_N_TENSORS] = {
  [MOE_TENSOR_X] = "x",       [MOE_TENSOR_W1] = "w1",     [MOE_TENSOR_W3] = "w3",
  [MOE_TENSOR_W2] = "w2",     [MOE_TENSOR_SW1] = "sw1",   [MOE_TENSOR_SW3] = "sw3",
  [MOE_TENSOR_SW2] = "sw2",   [MOE_TENSOR_Y] = "y",       [MOE_TENSOR_DX] = "dx",
  [MOE_TENSOR_DW1] = "dw1",   [MOE_TENSOR_DW3] = "dw3",   [MOE_TENSOR_DW2] = "dw2",
  [MOE_TENSOR_DSW1] = "dsw1", [MOE_TENSOR_DSW3] = "dsw3", [MOE_TENSOR_DSW2] = "dsw2",
};
const MoeNames moe_tensor_names = { tensor_names, MOE_N_TENSORS };

static bool
is_shared (MoeTensor tensor)
{
  return (tensor >= MOE_TENSOR_SW1 && tensor <= MOE_TENSOR_SW2)
         || (tensor >= MOE_TENSOR_DSW1 && tensor <= MOE_TENSOR_DSW2);
}

bool
moe_tensor_exists (MoeTensor tensor, const MoeShape *shape, MoePass pass)
{
  if (tensor > MOE_TENSOR_Y && pass == MOE_PASS_FORWARD)
    return false;
  return !is_shared (tensor) || shape->shared_dim > 0;
}

bool
moe_tensor_is_output (MoeTensor tensor)
{
  return tensor >= MOE_TENSOR_Y;
}

size_t
moe_tensor_dims (MoeTensor tensor, const MoeShape *shape, size_t dims[3])
{
  switch (tensor)
    {
    case MOE_TENSOR_W1:
    case MOE_TENSOR_W3:
    case MOE_TENSOR_DW1:
    case MOE_TENSOR_DW3:
      dims[0] = shape->experts;
      dims[1] = shape->hidden;
      dims[2] = shape->mlp_dim;
      return 3;
    case MOE_TENSOR_W2:
    case MOE_TENSOR_DW2:
      dims[0] = shape->experts;
      dims[1] = shape->mlp_dim;
      dims[2] = shape->hidden;
      return 3;
    case MOE_TENSOR_SW1:
    case MOE_TENSOR_SW3:
    case MOE_TENSOR_DSW1:
    case MOE_TENSOR_DSW3:
      dims[0] = shape->hidden;
      dims[1] = shape->shared_dim;
      return 2;
    case MOE_TENSOR_SW2:
    case MOE_TENSOR_DSW2:
      dims[0] = shape->shared_dim;
      dims[1] = shape->hidden;
      return 2;
    default:
      dims[0] = shape->tokens;
      dims[1] = shape->hidden;
      return 2;
    }
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

void
moe_tensor_fill (
    MoeTensor tensor, const MoeShape *shape, uint64_t seed, size_t first, size_t count, float *out)
{
  const float up_scale = (float)(1.0 / sqrt ((double)shape->hidden));
  const float down_scale = (float)(1.0 / sqrt ((double)shape->mlp_dim));
  const float shared_scale = (float)(1.0 / sqrt ((double)shape->shared_dim));
  switch (tensor)
    {
    case MOE_TENSOR_X:
      moe_rng_normal (seed, MOE_STREAM_X, first, count, 1.0f, out);
      break;
    case MOE_TENSOR_W1:
      moe_rng_normal (seed, MOE_STREAM_W1, first, count, up_scale, out);
      break;
    case MOE_TENSOR_W3:
      moe_rng_normal (seed, MOE_STREAM_W3, first, count, up_scale, out);
      break;
    case MOE_TENSOR_W2:
      moe_rng_normal (seed, MOE_STREAM_W2, first, count, down_scale, out);
      break;
    case MOE_TENSOR_SW1:
      moe_rng_normal (seed, MOE_STREAM_SHARED_W1, first, count, up_scale, out);
      break;
    case MOE_TENSOR_SW3:
      moe_rng_normal (seed, MOE_STREAM_SHARED_W3, first, count, up_scale, out);
      break;
    case MOE_TENSOR_SW2:
      moe_rng_normal (seed, MOE_STREAM_SHARED_W2, first, count, shared_scale, out);
      break;
    default: /* outputs have no initial values */
      break;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/tensors.h"

#include <math.h>

#include "engine/moe/rng.h"

static const char *const tensor_names[MOE_N_TENSORS] = {
  [MOE_TENSOR_X] = "x",     [MOE_TENSOR_W1] = "w1",   [MOE_TENSOR_W3] = "w3",
  [MOE_TENSOR_W2] = "w2",   [MOE_TENSOR_Y] = "y",     [MOE_TENSOR_DX] = "dx",
  [MOE_TENSOR_DW1] = "dw1", [MOE_TENSOR_DW3] = "dw3", [MOE_TENSOR_DW2] = "dw2",
};
const MoeNames moe_tensor_names = { tensor_names, MOE_N_TENSORS };

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
  float up_scale = (float)(1.0 / sqrt ((double)shape->hidden));
  float down_scale = (float)(1.0 / sqrt ((double)shape->mlp_dim));
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
    default: /* outputs have no initial values */
      break;
    }
}

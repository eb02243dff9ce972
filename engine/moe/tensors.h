/* SPDX-License-Identifier: Apache-2.0 */
/* The tensors of the block: their names, sizes and initial values (SPEC 1). */
#pragma once

#include "engine/moe/types.h"

typedef enum MoeTensor
{
  MOE_TENSOR_X,    /* [T,H]   input */
  MOE_TENSOR_W1,   /* [E,H,M] gate */
  MOE_TENSOR_W3,   /* [E,H,M] up */
  MOE_TENSOR_W2,   /* [E,M,H] down */
  MOE_TENSOR_SW1,  /* [H,S]   shared expert's gate; the shared tensors exist when S > 0 */
  MOE_TENSOR_SW3,  /* [H,S]   shared expert's up */
  MOE_TENSOR_SW2,  /* [S,H]   shared expert's down */
  MOE_TENSOR_V,    /* [N,H]   what null slots add; exists with null kind constant, N > 0 */
  MOE_TENSOR_Y,    /* [T,H]   output */
  MOE_TENSOR_DX,   /* [T,H]   gradients of L = mean (y^2) */
  MOE_TENSOR_DW1,  /* [E,H,M] */
  MOE_TENSOR_DW3,  /* [E,H,M] */
  MOE_TENSOR_DW2,  /* [E,M,H] */
  MOE_TENSOR_DSW1, /* [H,S] */
  MOE_TENSOR_DSW3, /* [H,S] */
  MOE_TENSOR_DSW2, /* [S,H] */
  MOE_TENSOR_DV,   /* [N,H] */
  MOE_N_TENSORS
} MoeTensor;
extern const MoeNames moe_tensor_names; /* "x", "w1", ... "dw2", "dsw1", "dsw3", "dsw2", "dv" */

/* Whose a tensor is: what its outermost side counts, or the shared expert's. */
typedef enum MoeTensorOwner
{
  MOE_TENSOR_OF_TOKENS,
  MOE_TENSOR_OF_EXPERTS,
  MOE_TENSOR_OF_SHARED,
  MOE_TENSOR_OF_NULLS /* whole wherever experts are */
} MoeTensorOwner;
MoeTensorOwner moe_tensor_owner (MoeTensor tensor);

/* Does a block of this shape and pass have the tensor?  Gradients need a backward, shared tensors a
 * shared expert, null vectors such null experts. */
bool moe_tensor_exists (MoeTensor tensor, const MoeShape *shape, MoePass pass);

/* Is it computed by a step, and not given? */
bool moe_tensor_is_output (MoeTensor tensor);

/* Dimensions of a tensor, outermost first; returns the number of dimensions (2 or 3). */
size_t moe_tensor_dims (MoeTensor tensor, const MoeShape *shape, size_t dims[3]);

/* Elements of a tensor.  The shape must have passed option validation (no overflow). */
size_t moe_tensor_elements (MoeTensor tensor, const MoeShape *shape);

/* Where the initial values of an input tensor (X to V) come from: normal numbers of a stream
 * (rng.h), by row-major element, times `scale`: x and v are N(0,1), weights are N(0, 1/fan_in)
 * (fan_in = H for w1, w3, sw1 and sw3, M for w2, S for sw2). */
typedef struct MoeTensorInit
{
  uint32_t stream;
  float scale;
} MoeTensorInit;
MoeTensorInit moe_tensor_init (MoeTensor tensor, const MoeShape *shape);

/* Initial values of elements first .. first+count-1 of an input tensor.  A pure function of (seed,
 * tensor, element): any thread may fill any part.  float32; backends round to their dtype. */
void moe_tensor_fill (
    MoeTensor tensor, const MoeShape *shape, uint64_t seed, size_t first, size_t count, float *out);

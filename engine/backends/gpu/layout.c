/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/gpu/layout.h"

#include "engine/backends/parts/waves.h"
#include "engine/base/assert.h"
#include "engine/base/size.h"

#include <stdint.h>
#include <string.h>

enum
{
  ARRAY_ALIGN = 256,   /* what matmul libraries like best */
  MAX_ROWS = INT32_MAX /* and slots: blocks of one launch, elements of one sort */
};

typedef struct Kind
{
  size_t *use;
  size_t element_bytes;
  bool computed;
  bool packed;
} Kind;

static void
add (MoeGpuLayout *layout, Kind kind, void *target, size_t a, size_t b, size_t c)
{
  size_t bytes, whole;
  if (!moe_size_mul4 (a, b, c, kind.element_bytes, &bytes)
      || !moe_size_add (bytes, ARRAY_ALIGN - 1, &whole)
      || !moe_size_add (layout->arena_bytes, whole / ARRAY_ALIGN * ARRAY_ALIGN,
                        &layout->arena_bytes)
      || layout->arena_bytes > SIZE_MAX / 2)
    {
      layout->overflow = true;
      return;
    }
  MOE_ASSERT (layout->n < MOE_GPU_MAX_ARRAYS);
  whole = whole / ARRAY_ALIGN * ARRAY_ALIGN;
  layout->places[layout->n++] = (MoeGpuPlace){ .target = target,
                                               .offset = layout->arena_bytes - whole,
                                               .bytes = bytes,
                                               .computed = kind.computed,
                                               .packed = kind.packed };
  *kind.use += whole; /* no overflow: part of arena_bytes */
}

static void
add_rows (MoeGpuLayout *layout,
          const MoeProblem *p,
          Kind kind,
          MoeGpuRowArray *rows,
          size_t width,
          bool full)
{
  rows->width = width;
  rows->full = full;
  add (layout, kind, &rows->data, full ? p->max_rows : layout->wave_rows, width, 1);
}

/* Saved for the backward are gathered x and the pre-activation; remat saves less. */
static void
describe_rows (MoeGpuLayout *layout, const MoeProblem *p, MoeGpuArrays *a)
{
  size_t H = p->shape.hidden, M = p->shape.mlp_dim;
  Kind kind = { &layout->need.activations_bytes, moe_dtype_bytes (p->choice[MOE_CHOICE_DTYPE]),
                true, false };
  Kind gathered = kind;
  gathered.packed = true;
  bool none = moe_remat (p->choice) == MOE_REMAT_NONE;
  add_rows (layout, p, gathered, &a->rows_x, H, none || p->choice[MOE_CHOICE_QUEUE_MODE]);
  add_rows (layout, p, kind, &a->rows_h, 2 * M, none || moe_remat (p->choice) == MOE_REMAT_COMBINE);
  add_rows (layout, p, kind, &a->rows_act, M, none);
  add_rows (layout, p, kind, &a->rows_out, H, true);
  if (p->choice[MOE_CHOICE_PERMUTE_MODE] == MOE_PERMUTE_REPEAT_SORT)
    add (layout, gathered, &a->slots_x, p->shape.tokens, p->max_topk, H);
  if (p->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    add_rows (layout, p, kind, &a->rows_dout, H, none);
}

static void
describe_shared (MoeGpuLayout *layout, const MoeProblem *p, MoeGpuArrays *a)
{
  size_t T = p->shape.tokens, H = p->shape.hidden, S = p->shape.shared_dim;
  size_t b = moe_dtype_bytes (p->choice[MOE_CHOICE_DTYPE]);
  Kind weights = { &layout->need.weights_bytes, b, false, false };
  Kind gradients = { &layout->need.gradients_bytes, b, true, false };
  Kind rows = { &layout->need.activations_bytes, b, true, false };
  if (S == 0)
    return;
  add (layout, weights, &a->sw13, H, 2, S);
  add (layout, weights, &a->sw2, S, H, 1);
  add (layout, rows, &a->shared_h, T, 2, S);
  add (layout, rows, &a->shared_act, T, S, 1);
  add (layout, rows, &a->shared_out, T, H, 1);
  if (p->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    return;
  add (layout, gradients, &a->dsw13, H, 2, S);
  add (layout, gradients, &a->dsw2, S, H, 1);
  add (layout, rows, &a->shared_dx, T, H, 1);
}

static void
describe_nulls (MoeGpuLayout *layout, const MoeProblem *p, MoeGpuArrays *a)
{
  size_t T = p->shape.tokens, k = p->max_topk, H = p->shape.hidden, N = p->shape.null_vectors;
  size_t b = moe_dtype_bytes (p->choice[MOE_CHOICE_DTYPE]);
  Kind rows = { &layout->need.activations_bytes, b, true, false };
  Kind given = { &layout->need.activations_bytes, sizeof (uint32_t), false, false };
  bool backward = p->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD;
  if (!moe_weighs_nulls (p->choice))
    return;
  add (layout, rows, &a->null_out, T, H, 1);
  add (layout, given, &a->null_row, T, k, 1);
  add (layout, given, &a->null_weights, T, k, 1);
  if (N > 0)
    add (layout, (Kind){ &layout->need.weights_bytes, b, false, false }, &a->v, N, H, 1);
  if (backward && N > 0)
    add (layout, (Kind){ &layout->need.gradients_bytes, b, true, false }, &a->dv, N, H, 1);
  if (!backward || p->choice[MOE_CHOICE_NULL_KIND] != MOE_NULL_KIND_COPY)
    return;
  add (layout, rows, &a->null_dx, T, H, 1);
  add (layout, given, &a->null_scaled_weights, T, k, 1);
}

static void
describe_packing (MoeGpuLayout *layout, const MoeProblem *p, MoeGpuArrays *a)
{
  size_t T = p->shape.tokens, k = p->max_topk, R = p->max_rows;
  size_t *use = &layout->need.activations_bytes;
  Kind given = { use, sizeof (uint32_t), false, false };
  Kind packed = { use, sizeof (uint32_t), true, true };
  add (layout, given, &a->topk_idx, T, k, 1);
  add (layout, given, &a->topk_weights, T, k, 1);
  add (layout, given, &a->offset, p->shape.experts + p->shape.zero_experts + 2, 1, 1);
  add (layout, packed, &a->row_token, R, 1, 1);
  add (layout, packed, &a->row_slot, R, 1, 1);
  add (layout, packed, &a->row_weight, R, 1, 1);
  add (layout, packed, &a->slot_row, T, k, 1);
  add (layout, (Kind){ use, 1, false, false }, &a->pack_scratch, layout->traits.scratch_bytes, 1,
       1);
}

static void
describe (MoeGpuLayout *layout, const MoeProblem *p, MoeGpuArrays *a)
{
  size_t T = p->shape.tokens, H = p->shape.hidden, M = p->shape.mlp_dim;
  size_t E = p->shape.experts + p->shape.zero_experts;
  size_t b = moe_dtype_bytes (p->choice[MOE_CHOICE_DTYPE]);
  Kind weights = { &layout->need.weights_bytes, b, false, false };
  Kind gradients = { &layout->need.gradients_bytes, b, true, false };
  Kind given = { &layout->need.activations_bytes, b, false, false };
  Kind rows = { &layout->need.activations_bytes, b, true, false };
  Kind sums = { &layout->need.activations_bytes, sizeof (double), true, false };
  layout->wave_rows = moe_wave_rows (moe_remat (p->choice), p->max_rows, p->max_expert_rows);
  add (layout, weights, &a->w13, E, H, 2 * M);
  add (layout, weights, &a->w2, E, M, H);
  add (layout, given, &a->x, T, H, 1);
  add (layout, rows, &a->y, T, H, 1);
  if (p->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    {
      add (layout, gradients, &a->dw13, E, H, 2 * M);
      add (layout, gradients, &a->dw2, E, M, H);
      add (layout, rows, &a->dx, T, H, 1);
    }
  describe_rows (layout, p, a);
  describe_shared (layout, p, a);
  describe_nulls (layout, p, a);
  add (layout, sums, &a->squares, T, 1, 1);
  add (layout, sums, &a->loss, 1, 1, 1);
  describe_packing (layout, p, a);
}

/* Sides that no machine has would overflow before they are multiplied with each other. */
static bool
is_sane (const MoeProblem *p)
{
  const size_t limit = SIZE_MAX >> 20; /* null vectors too */
  return p->shape.mlp_dim < limit && p->shape.experts < limit && p->shape.hidden < limit
         && p->shape.null_vectors < limit && p->shape.zero_experts < limit
         && p->max_rows <= MAX_ROWS;
}

MoeStatus
moe_gpu_lay_out (const MoeGpuOps *ops,
                 const MoeProblem *problem,
                 MoeGpuArrays *a,
                 MoeGpuLayout *layout,
                 void *memory,
                 MoeError *error)
{
  size_t slots;
  char shape[MOE_SHAPE_TEXT_SIZE];
  memset (a, 0, sizeof *a);
  memset (layout, 0, sizeof *layout);
  bool good = is_sane (problem) && moe_size_mul (problem->shape.tokens, problem->max_topk, &slots)
              && slots <= MAX_ROWS;
  if (good)
    {
      ops->traits (problem->device, slots, problem->shape.experts + problem->shape.zero_experts,
                   &layout->traits);
      describe (layout, problem, a);
    }
  if (!good || layout->overflow)
    {
      moe_shape_format (&problem->shape, shape);
      return moe_error_set (error, MOE_ERROR_INVALID,
                            "shape %s at top-%zu has more rows than a device can number, or its "
                            "memory does not fit a 64-bit size",
                            shape, problem->max_topk);
    }
  layout->need.activations_bytes += layout->traits.extra_bytes;
  layout->need.total_bytes = layout->arena_bytes + layout->traits.extra_bytes;
  for (size_t i = 0; memory != NULL && i < layout->n; i++)
    {
      void *start = (unsigned char *)memory + layout->places[i].offset;
      memcpy (layout->places[i].target, &start, sizeof start);
    }
  return MOE_OK;
}

static MoeGpuView
half_of (void *pair, size_t width, bool up)
{
  return (MoeGpuView){ pair, width, 2 * width, up ? width : 0 };
}

MoeGpuView
moe_gpu_view (const MoeGpuArrays *a, const MoeShape *shape, MoeTensor tensor)
{
  size_t H = shape->hidden, M = shape->mlp_dim, S = shape->shared_dim;
  switch (tensor)
    {
    case MOE_TENSOR_X:
      return (MoeGpuView){ a->x, H, H, 0 };
    case MOE_TENSOR_Y:
      return (MoeGpuView){ a->y, H, H, 0 };
    case MOE_TENSOR_DX:
      return (MoeGpuView){ a->dx, H, H, 0 };
    case MOE_TENSOR_W2:
      return (MoeGpuView){ a->w2, H, H, 0 };
    case MOE_TENSOR_DW2:
      return (MoeGpuView){ a->dw2, H, H, 0 };
    case MOE_TENSOR_SW2:
      return (MoeGpuView){ a->sw2, H, H, 0 };
    case MOE_TENSOR_DSW2:
      return (MoeGpuView){ a->dsw2, H, H, 0 };
    case MOE_TENSOR_V:
      return (MoeGpuView){ a->v, H, H, 0 };
    case MOE_TENSOR_DV:
      return (MoeGpuView){ a->dv, H, H, 0 };
    case MOE_TENSOR_W1:
    case MOE_TENSOR_W3:
      return half_of (a->w13, M, tensor == MOE_TENSOR_W3);
    case MOE_TENSOR_DW1:
    case MOE_TENSOR_DW3:
      return half_of (a->dw13, M, tensor == MOE_TENSOR_DW3);
    case MOE_TENSOR_SW1:
    case MOE_TENSOR_SW3:
      return half_of (a->sw13, S, tensor == MOE_TENSOR_SW3);
    case MOE_TENSOR_DSW1:
    case MOE_TENSOR_DSW3:
      return half_of (a->dsw13, S, tensor == MOE_TENSOR_DSW3);
    case MOE_N_TENSORS:
      break;
    }
  return (MoeGpuView){ NULL, 1, 1, 0 };
}

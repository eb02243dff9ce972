/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/block.h"

#include "engine/backends/cpu/state.h"
#include "engine/base/size.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

MoeStatus
moe_cpu_supports (const MoeBlock *block, MoeError *error)
{
  if (block->grouping != MOE_GROUPING_GMM)
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "backend",
                                 "--backend %s: this backend groups matmuls by gmm only",
                                 moe_name_of (&moe_grouping_names, (int)block->grouping));
  if (block->impl != MOE_IMPL_FUSED_W13)
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "impl",
                                 "--impl %s: this backend computes fused_w13 only",
                                 moe_name_of (&moe_impl_names, (int)block->impl));
  if (block->queue_mode != MOE_QUEUE_MODE_FULL)
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "queue-mode",
                                 "--queue-mode %s: this backend measures full only",
                                 moe_name_of (&moe_queue_mode_names, (int)block->queue_mode));
  if (block->shape.shared_dim != 0)
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "shared-expert-dim",
                                 "--shared-expert-dim %zu: this backend has no shared expert; "
                                 "allowed is 0",
                                 block->shape.shared_dim);
  return MOE_OK;
}

static MoeStatus
open_state (MoeBackendState *state, MoeError *error)
{
  MoeStatus status = moe_team_new (state->problem.threads, &state->team, error);
  if (status == MOE_OK)
    status = moe_cpu_take_memory (state, error);
  return status == MOE_OK ? moe_cpu_fill_inputs (state, error) : status;
}

MoeStatus
moe_cpu_open (const MoeProblem *problem,
              const MoeCpuKernels *kernels,
              const MoeCancel *cancel,
              MoeBackendState **out,
              MoeError *error)
{
  MoeBackendState *state = calloc (1, sizeof *state);
  if (state == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for the state of a backend");
  state->problem = *problem;
  state->kernels = kernels;
  state->ops = moe_row_ops (problem->dtype);
  state->cancel = cancel;

  MoeStatus status = open_state (state, error);
  if (status != MOE_OK)
    {
      moe_cpu_close (state);
      return status;
    }
  *out = state;
  return MOE_OK;
}

/* With remat an expert's rows must fit into one wave. */
static MoeStatus
check_waves (const MoeBackendState *state, const MoeRouting *routing, MoeError *error)
{
  if (state->wave_rows == state->problem.max_rows)
    return MOE_OK;
  /* The dispatch's offsets are free until the next step. */
  size_t *counts = state->dispatch.expert_offset;
  moe_routing_expert_counts (routing, counts);
  for (size_t e = 0; e < state->problem.shape.experts; e++)
    if (counts[e] > state->wave_rows)
      return moe_error_set_option (
          error, MOE_ERROR_UNSUPPORTED, "remat-mode",
          "--remat-mode %s: expert %zu has %zu rows, and memory was taken "
          "for %zu at a time; use --remat-mode none.",
          moe_name_of (&moe_remat_mode_names, (int)state->problem.remat_mode), e, counts[e],
          state->wave_rows);
  return MOE_OK;
}

MoeStatus
moe_cpu_prepare (MoeBackendState *state,
                 const MoeBlock *block,
                 const MoeRouting *routing,
                 MoeError *error)
{
  const MoeProblem *problem = &state->problem;
  size_t rows = moe_dispatch_rows (routing, block->null_dispatch);
  if (!moe_shape_equal (&block->shape, &problem->shape) || routing->topk > problem->max_topk
      || rows > problem->max_rows || routing->tokens != problem->shape.tokens
      || block->null_dispatch != problem->null_dispatch || block->dtype != problem->dtype
      || block->remat_mode != problem->remat_mode
      || (block->pass == MOE_PASS_FORWARD_BACKWARD && problem->pass == MOE_PASS_FORWARD))
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "a point with %zu rows at top-%zu does not fit what was opened "
                          "(%zu rows, top-%zu)",
                          rows, routing->topk, problem->max_rows, problem->max_topk);
  MoeStatus status = moe_cpu_supports (block, error);
  if (status != MOE_OK)
    return status;
  status = check_waves (state, routing, error);
  if (status != MOE_OK)
    return status;
  state->block = *block;
  state->routing = routing;
  /* As the published harness does it: null rows that ride along force the scatter combine. */
  state->scatter = block->null_dispatch == MOE_NULL_DISPATCH_CARRY && routing->null_assignments > 0;
  return MOE_OK;
}

enum
{
  POISON_ELEMENTS = 4096
};

typedef struct Poison
{
  MoeBackendState *state;
  void *array;
  size_t n;
  unsigned char nans[POISON_ELEMENTS * sizeof (float)];
} Poison;

/* Chunks are dealt out in turn. */
static void
poison_share (void *data, size_t thread)
{
  const Poison *poison = data;
  const MoeBackendState *s = poison->state;
  size_t stride = s->problem.threads * POISON_ELEMENTS;
  for (size_t i = thread * POISON_ELEMENTS; i < poison->n; i += stride)
    memcpy (moe_state_element (s, poison->array, i), poison->nans,
            moe_size_min (POISON_ELEMENTS, poison->n - i) * s->ops->element_bytes);
}

static void
poison_array (Poison *poison, void *array, size_t n)
{
  poison->array = array;
  poison->n = n;
  if (array != NULL)
    moe_team_run (poison->state->team, poison_share, poison);
}

void
moe_cpu_poison (MoeBackendState *s)
{
  const MoeShape *shape = &s->problem.shape;
  size_t T = shape->tokens, H = shape->hidden, M = shape->mlp_dim, E = shape->experts;
  const float nan = NAN;
  Poison poison = { .state = s };
  for (size_t i = 0; i < POISON_ELEMENTS; i++)
    s->ops->from_float (poison.nans + i * s->ops->element_bytes, &nan, 1);
  poison_array (&poison, s->y, T * H);
  poison_array (&poison, s->dx, T * H);
  poison_array (&poison, s->dw13, E * H * 2 * M);
  poison_array (&poison, s->dw2, E * M * H);
  MoeRows *rows[] = { &s->rows_x,   &s->rows_h,    &s->rows_act,
                      &s->rows_out, &s->rows_dout, &s->rows_dact };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    poison_array (&poison, rows[i]->data,
                  (rows[i]->full ? s->problem.max_rows : s->wave_rows) * rows[i]->width);
}

void
moe_cpu_close (MoeBackendState *state)
{
  if (state == NULL)
    return;
  moe_team_free (state->team);
  moe_arena_free (state->arena);
  free (state);
}

/* Elements first .. first+count-1 of a [rows, width] part of an array whose rows are `stride`
 * apart. */
static void
read_strided (const MoeBackendState *s,
              void *array,
              size_t width,
              size_t stride,
              size_t first,
              size_t count,
              float *out)
{
  while (count > 0)
    {
      size_t row = first / width, column = first % width;
      size_t run = moe_size_min (count, width - column);
      s->ops->to_float (out, moe_state_element (s, array, row * stride + column), run);
      out += run;
      first += run;
      count -= run;
    }
}

MoeStatus
moe_cpu_read (
    MoeBackendState *s, MoeTensor tensor, size_t first, size_t count, float *out, MoeError *error)
{
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  void *array = NULL;
  size_t width = H, stride = H;
  switch (tensor)
    {
    case MOE_TENSOR_X:
      array = s->x;
      break;
    case MOE_TENSOR_Y:
      array = s->y;
      break;
    case MOE_TENSOR_DX:
      array = s->dx;
      break;
    case MOE_TENSOR_W2:
      array = s->w2;
      break;
    case MOE_TENSOR_DW2:
      array = s->dw2;
      break;
    case MOE_TENSOR_W1:
    case MOE_TENSOR_W3:
    case MOE_TENSOR_DW1:
    case MOE_TENSOR_DW3:
      {
        bool gradient = tensor == MOE_TENSOR_DW1 || tensor == MOE_TENSOR_DW3;
        bool up = tensor == MOE_TENSOR_W3 || tensor == MOE_TENSOR_DW3;
        array = gradient ? s->dw13 : s->w13;
        if (array != NULL && up)
          array = moe_state_element (s, array, M);
        width = M;
        stride = 2 * M;
        break;
      }
    case MOE_N_TENSORS:
      break;
    }
  if (array == NULL)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "there is no tensor %s in a forward-only problem",
                          moe_name_of (&moe_tensor_names, (int)tensor));
  read_strided (s, array, width, stride, first, count, out);
  return MOE_OK;
}

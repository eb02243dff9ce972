/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/block.h"

#include "engine/backends/cpu/state.h"
#include "engine/base/size.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One array of the arena: where its pointer goes, how long it is and what it counts as. */
typedef struct Piece
{
  void *target; /* the pointer variable to set, of whatever pointer type */
  size_t elements;
  size_t element_bytes;
  size_t *use; /* field of MoeMemoryNeed */
} Piece;

enum
{
  MAX_PIECES = 24
};

typedef struct Layout
{
  Piece pieces[MAX_PIECES];
  size_t n;
  bool overflow;
} Layout;

static void
add_piece (
    Layout *layout, size_t *use, void *target, size_t element_bytes, size_t a, size_t b, size_t c)
{
  size_t elements = 0;
  if (!moe_size_mul4 (a, b, c, 1, &elements))
    layout->overflow = true;
  layout->pieces[layout->n++] = (Piece){ target, elements, element_bytes, use };
}

/* Memory that is handed on to other parts. */
typedef struct Extra
{
  void *schedule;
  const void **slot_rows; /* [threads, max_topk] */
  float *slot_weights;    /* [threads, max_topk] */
  unsigned char *scratch; /* [threads] of scratch_stride () */
} Extra;

/* Scratches of two threads never share a page. */
static size_t
scratch_stride (const MoeCpuKernels *kernels)
{
  return moe_arena_piece_bytes (kernels->scratch_bytes);
}

/* The scatter combine sums in float32; in float32 y itself holds the sums. */
static bool
needs_sums (const MoeProblem *p)
{
  return p->dtype != MOE_DTYPE_FLOAT32 && p->null_dispatch == MOE_NULL_DISPATCH_CARRY;
}

static void
describe_bookkeeping (
    Layout *layout, const MoeProblem *p, MoeBackendState *s, Extra *extra, size_t *use)
{
  size_t R = p->max_rows, threads = p->threads;
  add_piece (layout, use, &s->dispatch.expert_offset, sizeof (size_t), p->shape.experts + 1, 1, 1);
  add_piece (layout, use, &s->dispatch.row_token, sizeof (uint32_t), R, 1, 1);
  add_piece (layout, use, &s->dispatch.row_weight, sizeof (float), R, 1, 1);
  add_piece (layout, use, &s->dispatch.slot_row, sizeof (uint32_t), p->shape.tokens, p->max_topk,
             1);
  add_piece (layout, use, &s->lanes, sizeof (MoeLane), threads, 1, 1);
  add_piece (layout, use, &extra->slot_rows, sizeof (void *), threads, p->max_topk, 1);
  add_piece (layout, use, &extra->slot_weights, sizeof (float), threads, p->max_topk, 1);
  add_piece (layout, use, &extra->scratch, 1, threads, scratch_stride (s->kernels), 1);
  add_piece (layout, use, &extra->schedule, 1, moe_schedule_bytes (&p->shape, R), 1, 1);
}

/* Rows of a wave.  Without remat there is one.  With it, an eighth of all rows, but never less than
 * the largest expert of a balanced routing should have: E balls thrown R times, mean plus eight
 * standard deviations. */
static size_t
wave_rows (const MoeProblem *p)
{
  if (p->remat_mode == MOE_REMAT_NONE)
    return p->max_rows;
  double mean = (double)p->max_rows / (double)p->shape.experts;
  double largest = ceil (mean + 8 * sqrt (mean)) + 64;
  double eighth = ceil ((double)p->max_rows / 8);
  double rows = largest > eighth ? largest : eighth;
  return rows < (double)p->max_rows ? (size_t)rows : p->max_rows;
}

static void
add_rows (Layout *layout, const MoeProblem *p, MoeRows *rows, size_t *use, size_t width, bool full)
{
  rows->width = width;
  rows->full = full;
  add_piece (layout, use, &rows->data, moe_dtype_bytes (p->dtype),
             full ? p->max_rows : wave_rows (p), width, 1);
}

static void
describe_rows (Layout *layout, const MoeProblem *p, MoeBackendState *s, size_t *use)
{
  size_t H = p->shape.hidden, M = p->shape.mlp_dim;
  bool keep_mlp = p->remat_mode == MOE_REMAT_COMBINE;
  add_rows (layout, p, &s->rows_x, use, H, false);
  add_rows (layout, p, &s->rows_h, use, 2 * M, keep_mlp);
  add_rows (layout, p, &s->rows_act, use, M, keep_mlp);
  add_rows (layout, p, &s->rows_out, use, H, true);
  if (p->pass == MOE_PASS_FORWARD)
    return;
  add_rows (layout, p, &s->rows_dout, use, H, false);
  add_rows (layout, p, &s->rows_dact, use, M, false);
}

/* The one description of the memory: forecast and open both read it, so they cannot differ. */
static void
describe_layout (
    Layout *layout, const MoeProblem *p, MoeBackendState *s, Extra *extra, MoeMemoryNeed *need)
{
  size_t T = p->shape.tokens, H = p->shape.hidden, M = p->shape.mlp_dim, E = p->shape.experts;
  size_t b = moe_dtype_bytes (p->dtype);
  size_t *weights = &need->weights_bytes, *gradients = &need->gradients_bytes;
  size_t *rows = &need->activations_bytes;
  *layout = (Layout){ 0 };

  add_piece (layout, weights, &s->w13, b, E, H, 2 * M);
  add_piece (layout, weights, &s->w2, b, E, M, H);
  add_piece (layout, rows, &s->x, b, T, H, 1);
  add_piece (layout, rows, &s->y, b, T, H, 1);
  describe_rows (layout, p, s, rows);
  if (p->pass == MOE_PASS_FORWARD_BACKWARD)
    {
      add_piece (layout, gradients, &s->dw13, b, E, H, 2 * M);
      add_piece (layout, gradients, &s->dw2, b, E, M, H);
      add_piece (layout, rows, &s->dx, b, T, H, 1);
    }
  if (needs_sums (p))
    add_piece (layout, rows, &s->sums, sizeof (float), T, H, 1);
  add_piece (layout, rows, &s->partial_loss, sizeof (double), T + H, 1, 1);
  describe_bookkeeping (layout, p, s, extra, rows);
}

/* Sum the pieces up into *need; false on overflow. */
static bool
sum_layout (const Layout *layout, MoeMemoryNeed *need)
{
  if (layout->overflow)
    return false;
  for (size_t i = 0; i < layout->n; i++)
    {
      size_t bytes;
      if (!moe_size_mul (layout->pieces[i].elements, layout->pieces[i].element_bytes, &bytes)
          || bytes > SIZE_MAX / 2)
        return false;
      bytes = moe_arena_piece_bytes (bytes);
      if (!moe_size_add (*layout->pieces[i].use, bytes, layout->pieces[i].use)
          || !moe_size_add (need->total_bytes, bytes, &need->total_bytes))
        return false;
    }
  return true;
}

static MoeStatus
plan_memory (const MoeProblem *problem,
             MoeBackendState *state,
             Extra *extra,
             Layout *layout,
             MoeMemoryNeed *need,
             MoeError *error)
{
  *need = (MoeMemoryNeed){ 0 };
  describe_layout (layout, problem, state, extra, need);
  if (!sum_layout (layout, need))
    {
      char shape[MOE_SHAPE_TEXT_SIZE];
      moe_shape_format (&problem->shape, shape);
      return moe_error_set (error, MOE_ERROR_INVALID,
                            "the memory for shape %s does not fit a 64-bit size", shape);
    }
  return MOE_OK;
}

MoeStatus
moe_cpu_memory (const MoeProblem *problem,
                const MoeCpuKernels *kernels,
                MoeMemoryNeed *need,
                MoeError *error)
{
  MoeBackendState state = { .kernels = kernels };
  Extra extra;
  Layout layout;
  return plan_memory (problem, &state, &extra, &layout, need, error);
}

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

/* Initial values are made in chunks so that a stop is seen in between. */
typedef struct Fill
{
  MoeBackendState *state;
  atomic_size_t next;
  size_t x_chunks, w13_chunks, w2_chunks;
  size_t chunk_rows; /* rows of x, w13 or w2 in a chunk */
} Fill;

static size_t
chunks_of (size_t rows, size_t chunk)
{
  return rows / chunk + (rows % chunk != 0);
}

static void *
element (const MoeBackendState *s, void *array, size_t index)
{
  return (unsigned char *)array + index * s->ops->element_bytes;
}

/* Rows of `width` initial values, `stride` apart, rounded to the storage dtype. */
static void
fill_rows (MoeBackendState *s,
           MoeTensor tensor,
           void *out,
           size_t width,
           size_t stride,
           size_t first,
           size_t count)
{
  float values[1024];
  for (size_t row = first; row < first + count; row++)
    for (size_t column = 0; column < width; column += 1024)
      {
        size_t n = moe_size_min (1024, width - column);
        moe_tensor_fill (tensor, &s->problem.shape, s->problem.seed, row * width + column, n,
                         values);
        s->ops->from_float (element (s, out, row * stride + column), values, n);
      }
}

static void
fill_chunk (Fill *fill, size_t chunk)
{
  MoeBackendState *s = fill->state;
  const MoeShape *shape = &s->problem.shape;
  size_t H = shape->hidden, M = shape->mlp_dim, E = shape->experts;
  size_t rows, first;

  if (chunk < fill->w13_chunks)
    {
      first = chunk * fill->chunk_rows;
      rows = moe_size_min (fill->chunk_rows, E * H - first);
      fill_rows (s, MOE_TENSOR_W1, s->w13, M, 2 * M, first, rows);
      fill_rows (s, MOE_TENSOR_W3, element (s, s->w13, M), M, 2 * M, first, rows);
      return;
    }
  chunk -= fill->w13_chunks;
  if (chunk < fill->w2_chunks)
    {
      first = chunk * fill->chunk_rows;
      rows = moe_size_min (fill->chunk_rows, E * M - first);
      fill_rows (s, MOE_TENSOR_W2, s->w2, H, H, first, rows);
      return;
    }
  chunk -= fill->w2_chunks;
  first = chunk * fill->chunk_rows;
  rows = moe_size_min (fill->chunk_rows, shape->tokens - first);
  fill_rows (s, MOE_TENSOR_X, s->x, H, H, first, rows);
}

static void
fill_share (void *data, size_t thread)
{
  (void)thread;
  Fill *fill = data;
  size_t total = fill->w13_chunks + fill->w2_chunks + fill->x_chunks;
  size_t chunk;
  while (!moe_cancel_requested (fill->state->cancel)
         && (chunk = atomic_fetch_add (&fill->next, 1)) < total)
    fill_chunk (fill, chunk);
}

static MoeStatus
fill_inputs (MoeBackendState *state, MoeError *error)
{
  const MoeShape *shape = &state->problem.shape;
  Fill fill = { .state = state, .chunk_rows = 256 };
  atomic_init (&fill.next, 0);
  fill.w13_chunks = chunks_of (shape->experts * shape->hidden, fill.chunk_rows);
  fill.w2_chunks = chunks_of (shape->experts * shape->mlp_dim, fill.chunk_rows);
  fill.x_chunks = chunks_of (shape->tokens, fill.chunk_rows);
  moe_team_run (state->team, fill_share, &fill);
  if (moe_cancel_requested (state->cancel))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped while filling the weights");
  return MOE_OK;
}

static MoeStatus
open_state (MoeBackendState *state, MoeError *error)
{
  Layout layout;
  MoeMemoryNeed need;
  Extra extra;
  MoeStatus status = plan_memory (&state->problem, state, &extra, &layout, &need, error);
  if (status == MOE_OK)
    status = moe_team_new (state->problem.threads, &state->team, error);
  if (status == MOE_OK)
    status = moe_arena_new (need.total_bytes, &state->arena, error);
  if (status == MOE_OK)
    status = moe_arena_touch (state->arena, state->team, state->cancel, error);
  if (status != MOE_OK)
    return status;

  for (size_t i = 0; i < layout.n; i++)
    {
      const Piece *piece = &layout.pieces[i];
      void *start = moe_arena_take (state->arena, piece->elements * piece->element_bytes);
      memcpy (piece->target, &start, sizeof start);
    }
  if (!needs_sums (&state->problem) && state->problem.dtype == MOE_DTYPE_FLOAT32)
    state->sums = state->y;
  for (size_t i = 0; i < state->problem.threads; i++)
    {
      MoeLane *lane = &state->lanes[i];
      lane->scratch = extra.scratch + i * scratch_stride (state->kernels);
      lane->slot_rows = extra.slot_rows + i * state->problem.max_topk;
      lane->slot_weights = extra.slot_weights + i * state->problem.max_topk;
    }
  moe_schedule_init (&state->schedule, &state->problem.shape, state->problem.max_rows,
                     extra.schedule);
  return fill_inputs (state, error);
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
  state->wave_rows = wave_rows (problem);
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
    memcpy (element (s, poison->array, i), poison->nans,
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
      s->ops->to_float (out, element (s, array, row * stride + column), run);
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
          array = element (s, array, M);
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

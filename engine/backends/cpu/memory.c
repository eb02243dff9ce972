/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of the CPU block: one description that forecasts it and hands it out. */
#include "engine/backends/cpu/state.h"
#include "engine/base/size.h"

#include <math.h>
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
  MAX_PIECES = 32
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

/* Point the state into its arena. */
static void
hand_out (MoeBackendState *state, const Layout *layout)
{
  for (size_t i = 0; i < layout->n; i++)
    {
      const Piece *piece = &layout->pieces[i];
      void *start = moe_arena_take (state->arena, piece->elements * piece->element_bytes);
      memcpy (piece->target, &start, sizeof start);
    }
  if (state->problem.dtype == MOE_DTYPE_FLOAT32)
    state->sums = state->y;
}

static void
equip_lanes (MoeBackendState *state, const Extra *extra)
{
  for (size_t i = 0; i < state->problem.threads; i++)
    {
      MoeLane *lane = &state->lanes[i];
      lane->scratch = extra->scratch + i * scratch_stride (state->kernels);
      lane->slot_rows = extra->slot_rows + i * state->problem.max_topk;
      lane->slot_weights = extra->slot_weights + i * state->problem.max_topk;
    }
}

MoeStatus
moe_cpu_take_memory (MoeBackendState *state, MoeError *error)
{
  Layout layout;
  MoeMemoryNeed need;
  Extra extra;
  MoeStatus status = plan_memory (&state->problem, state, &extra, &layout, &need, error);
  if (status == MOE_OK)
    status = moe_arena_new (need.total_bytes, &state->arena, error);
  if (status == MOE_OK)
    status = moe_arena_touch (state->arena, state->team, state->cancel, error);
  if (status != MOE_OK)
    return status;
  state->wave_rows = wave_rows (&state->problem);
  hand_out (state, &layout);
  equip_lanes (state, &extra);
  moe_schedule_init (&state->schedule, &state->problem.shape, state->problem.max_rows,
                     extra.schedule);
  return MOE_OK;
}

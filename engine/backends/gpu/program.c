/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/gpu/program.h"

#include "engine/backends/gpu/state.h"
#include "engine/backends/parts/waves.h"
#include "engine/base/assert.h"
#include "engine/base/size.h"

enum
{
  GROUPED_ROWS = 2048 /* rows per expert from which on a product of its own fills any card */
};

/* A list this long takes some 10 ms on a fast card: so long may a stop wait. */
static const double LIST_FLOPS = 6e12;

bool
moe_gpu_wants_grouped (size_t rows, size_t active_experts)
{
  return active_experts > 1 && rows / active_experts < GROUPED_ROWS;
}

/* What the operations of one wave have in common. */
typedef struct Builder
{
  const MoeBackendState *s;
  MoeGpuProgram *program;
  MoeWave wave;
  size_t experts; /* that have rows in the wave */
} Builder;

static MoeGpuOp *
add_op (Builder *b, MoeGpuOpKind kind, MoeStage stage)
{
  MoeGpuProgram *p = b->program;
  if (p->n == MOE_GPU_MAX_OPS)
    {
      p->overflow = true;
      p->n--;
    }
  MoeGpuOp *op = &p->ops[p->n++];
  *op = (MoeGpuOp){ .kind = kind, .stage = stage, .dtype = b->s->problem.choice[MOE_CHOICE_DTYPE] };
  return op;
}

static void
end_list (MoeGpuProgram *p)
{
  MOE_ASSERT (p->n_lists < MOE_GPU_MAX_SLOTS);
  p->list_end[p->n_lists++] = p->n;
  p->flops = 0;
}

/* The list ends here when it is long enough; the last one takes all that is left. */
static void
maybe_end_list (Builder *b, size_t reserved)
{
  if (b->program->flops >= LIST_FLOPS && b->program->n_lists + 1 < reserved)
    end_list (b->program);
}

static void
end_last_list (MoeGpuProgram *p)
{
  size_t begun = p->n_lists > 0 ? p->list_end[p->n_lists - 1] : 0;
  if (p->n > begun)
    end_list (p);
}

static size_t
element_bytes (const MoeBackendState *s)
{
  return moe_dtype_bytes (s->problem.choice[MOE_CHOICE_DTYPE]);
}

/* NULL of an array that is not there, as where a shape has no rows. */
static void *
element (const MoeBackendState *s, void *array, size_t index)
{
  return array == NULL ? NULL : (unsigned char *)array + index * element_bytes (s);
}

/* The first row that an array holds, and where row `row` of the dispatch is in it. */
static size_t
first_held (const Builder *b, const MoeGpuRowArray *rows)
{
  return rows->full ? 0 : b->wave.first_row;
}

static void *
row_of (const Builder *b, const MoeGpuRowArray *rows, size_t row)
{
  return element (b->s, rows->data, (row - first_held (b, rows)) * rows->width);
}

static size_t
wave_count (const Builder *b)
{
  return b->wave.end_row - b->wave.first_row;
}

/* Rows of real experts in the wave. */
static size_t
real_end (const Builder *b)
{
  return moe_size_min (b->wave.end_row, b->s->rows[b->s->experts]);
}

static void
add_clear (Builder *b, MoeStage stage, void *to, size_t bytes)
{
  if (bytes == 0)
    return;
  MoeGpuOp *op = add_op (b, MOE_GPU_CLEAR, stage);
  op->u.bytes.to = to;
  op->u.bytes.bytes = bytes;
}

/* What products leave out: null rows that ride along are zeros. */
static void
clear_nulls (Builder *b, MoeStage stage, const MoeGpuRowArray *rows)
{
  size_t first = moe_size_max (b->wave.first_row, real_end (b));
  if (first < b->wave.end_row)
    add_clear (b, stage, row_of (b, rows, first),
               (b->wave.end_row - first) * rows->width * element_bytes (b->s));
}

/* --- products --- */

static bool
wants_grouped (const Builder *b, size_t n, size_t k)
{
  const MoeBackendState *s = b->s;
  size_t first = s->rows[b->wave.first_expert], end = s->rows[b->wave.end_expert];
  return s->block.choice[MOE_CHOICE_GROUPING] == MOE_GROUPING_GMM && s->ops->has_grouped != NULL
         && s->ops->has_grouped (s->gpu, s->problem.choice[MOE_CHOICE_DTYPE], n, k)
         && moe_gpu_wants_grouped (end - first, moe_size_max (1, b->experts));
}

/* A product with what is the same for all of the routed experts' filled in. */
static MoeGpuMatmul *
add_matmul (Builder *b, MoeStage stage, MoeGpuForm form, size_t n, size_t k)
{
  const MoeBackendState *s = b->s;
  MoeGpuOp *op = add_op (b, MOE_GPU_MATMUL, stage);
  size_t rows = s->rows[b->wave.end_expert] - s->rows[b->wave.first_expert];
  op->u.matmul =
      (MoeGpuMatmul){ .form = form,
                      .n = n,
                      .k = k,
                      .grouped = wants_grouped (b, n, k),
                      .if_faster = true,
                      .in_order = s->block.choice[MOE_CHOICE_GROUPING] == MOE_GROUPING_RAGGED_DOT,
                      .first_expert = b->wave.first_expert,
                      .end_expert = b->wave.end_expert,
                      .first_row = b->wave.first_row,
                      .rows = s->rows,
                      .offset = s->a.offset };
  b->program->flops += 2.0 * (double)rows * (double)n * (double)k;
  return &op->u.matmul;
}

/* Where the rows of the wave begin in an array, from a column of theirs on. */
static void *
wave_rows (const Builder *b, const MoeGpuRowArray *rows, size_t column)
{
  return element (b->s, row_of (b, rows, b->wave.first_row), column);
}

static void
set_product (
    MoeGpuMatmul *p, const void *a, size_t lda, const void *matrix, size_t ldb, void *c, size_t ldc)
{
  p->a = a;
  p->lda = lda;
  p->b = matrix;
  p->ldb = ldb;
  p->c = c;
  p->ldc = ldc;
}

static bool
is_fused (const MoeBackendState *s)
{
  return moe_impl_fuses_w13 (s->block.choice[MOE_CHOICE_IMPL]);
}

/* Gate and up: one product of 2M columns or two of M. */
static void
add_up (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeGpuArrays *a = &s->a;
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t n = is_fused (s) ? 2 * M : M;
  for (size_t column = 0; column < 2 * M; column += n)
    {
      MoeGpuMatmul *p = add_matmul (b, MOE_STAGE_UP, MOE_GPU_ROWS, n, H);
      set_product (p, wave_rows (b, &a->rows_x, 0), H, element (s, a->w13, column), 2 * M,
                   wave_rows (b, &a->rows_h, column), 2 * M);
      p->b_stride = H * 2 * M;
    }
  clear_nulls (b, MOE_STAGE_UP, &a->rows_h);
}

static void
add_down (Builder *b)
{
  const MoeGpuArrays *a = &b->s->a;
  size_t H = b->s->problem.shape.hidden, M = b->s->problem.shape.mlp_dim;
  MoeGpuMatmul *p = add_matmul (b, MOE_STAGE_DOWN, MOE_GPU_ROWS, H, M);
  set_product (p, wave_rows (b, &a->rows_act, 0), M, a->w2, H, wave_rows (b, &a->rows_out, 0), H);
  p->b_stride = M * H;
  clear_nulls (b, MOE_STAGE_DOWN, &a->rows_out);
}

/* dact = dout w2^T */
static void
add_down_dgrad (Builder *b)
{
  const MoeGpuArrays *a = &b->s->a;
  size_t H = b->s->problem.shape.hidden, M = b->s->problem.shape.mlp_dim;
  MoeGpuMatmul *p = add_matmul (b, MOE_STAGE_DOWN_DGRAD, MOE_GPU_ROWS_TRANSPOSED, M, H);
  set_product (p, wave_rows (b, &a->rows_dout, 0), H, a->w2, H, wave_rows (b, &a->rows_act, 0), M);
  p->b_stride = M * H;
  clear_nulls (b, MOE_STAGE_DOWN_DGRAD, &a->rows_act);
}

/* dx of the rows = dh w13^T; the second of two products adds to the first. */
static void
add_up_dgrad (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeGpuArrays *a = &s->a;
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t k = is_fused (s) ? 2 * M : M;
  for (size_t column = 0; column < 2 * M; column += k)
    {
      MoeGpuMatmul *p = add_matmul (b, MOE_STAGE_UP_DGRAD, MOE_GPU_ROWS_TRANSPOSED, H, k);
      set_product (p, wave_rows (b, &a->rows_h, column), 2 * M, element (s, a->w13, column), 2 * M,
                   wave_rows (b, &a->rows_out, 0), H);
      p->b_stride = H * 2 * M;
      p->accumulate = column > 0;
    }
  clear_nulls (b, MOE_STAGE_UP_DGRAD, &a->rows_out);
}

static void
add_down_wgrad (Builder *b)
{
  const MoeGpuArrays *a = &b->s->a;
  size_t H = b->s->problem.shape.hidden, M = b->s->problem.shape.mlp_dim;
  MoeGpuMatmul *p = add_matmul (b, MOE_STAGE_DOWN_WGRAD, MOE_GPU_WGRAD, H, M);
  set_product (p, wave_rows (b, &a->rows_act, 0), M, wave_rows (b, &a->rows_dout, 0), H, a->dw2, H);
  p->c_stride = M * H;
}

static void
add_up_wgrad (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeGpuArrays *a = &s->a;
  size_t H = s->problem.shape.hidden, M = s->problem.shape.mlp_dim;
  size_t n = is_fused (s) ? 2 * M : M;
  for (size_t column = 0; column < 2 * M; column += n)
    {
      MoeGpuMatmul *p = add_matmul (b, MOE_STAGE_UP_WGRAD, MOE_GPU_WGRAD, n, H);
      set_product (p, wave_rows (b, &a->rows_x, 0), H, wave_rows (b, &a->rows_h, column), 2 * M,
                   element (s, a->dw13, column), 2 * M);
      p->c_stride = H * 2 * M;
    }
}

/* Experts without rows have gradients too. */
static void
clear_empty (Builder *b, MoeStage stage, void *to, size_t elements)
{
  const MoeBackendState *s = b->s;
  size_t experts = s->experts, empty = 0;
  for (size_t e = 0; e < experts; e++)
    empty += s->rows[e] == s->rows[e + 1];
  if (empty == 0)
    return;
  MoeGpuOp *op = add_op (b, MOE_GPU_CLEAR_EMPTY, stage);
  op->u.empty.to = to;
  op->u.empty.offset = s->a.offset;
  op->u.empty.bytes = elements * element_bytes (s);
  op->u.empty.experts = experts;
}

/* --- rows --- */

static void
add_pack (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeGpuArrays *a = &s->a;
  MoeGpuOp *op = add_op (b, MOE_GPU_PACK, MOE_STAGE_PACK);
  op->u.pack = (MoeGpuPack){ .topk_idx = a->topk_idx,
                             .topk_weights = a->topk_weights,
                             .offset = a->offset,
                             .row_token = a->row_token,
                             .row_slot = a->row_slot,
                             .row_weight = a->row_weight,
                             .slot_row = a->slot_row,
                             .scratch = a->pack_scratch,
                             .scratch_bytes = s->layout.traits.scratch_bytes,
                             .tokens = s->problem.shape.tokens,
                             .topk = s->topk,
                             .experts = s->experts,
                             .rows = s->rows[s->experts + 1],
                             .capacity = s->block.capacity,
                             .capacity_policy = s->block.choice[MOE_CHOICE_CAPACITY_POLICY],
                             .carries_nulls = moe_carries_nulls (s->block.choice),
                             .remaps_nulls = moe_remaps_nulls (s->block.choice),
                             .strategy = s->block.choice[MOE_CHOICE_PACK_STRATEGY] };
}

static bool
repeats (const MoeBackendState *s)
{
  return s->block.choice[MOE_CHOICE_PERMUTE_MODE] == MOE_PERMUTE_REPEAT_SORT;
}

static void
add_repeat (Builder *b)
{
  const MoeBackendState *s = b->s;
  if (!repeats (s))
    return;
  MoeGpuOp *op = add_op (b, MOE_GPU_REPEAT, MOE_STAGE_GATHER);
  op->u.rows = (MoeGpuRows){ .from = s->a.x,
                             .to = s->a.slots_x,
                             .scale = 1,
                             .count = s->problem.shape.tokens * s->topk,
                             .width = s->problem.shape.hidden,
                             .divide = s->topk };
}

static void
add_gather (Builder *b)
{
  const MoeBackendState *s = b->s;
  if (wave_count (b) == 0)
    return;
  MoeGpuOp *op = add_op (b, MOE_GPU_GATHER, MOE_STAGE_GATHER);
  op->u.rows = (MoeGpuRows){ .from = repeats (s) ? s->a.slots_x : s->a.x,
                             .to = wave_rows (b, &s->a.rows_x, 0),
                             .index = repeats (s) ? s->a.row_slot : s->a.row_token,
                             .scale = 1,
                             .first = b->wave.first_row,
                             .count = wave_count (b),
                             .width = s->problem.shape.hidden,
                             .divide = 1 };
}

static const float *
activation_weight (const Builder *b)
{
  return b->s->preweight ? b->s->a.row_weight + b->wave.first_row : NULL;
}

static void
add_activate (Builder *b, bool backward)
{
  const MoeBackendState *s = b->s;
  if (wave_count (b) == 0)
    return;
  void *h = wave_rows (b, &s->a.rows_h, 0);
  void *act = wave_rows (b, &s->a.rows_act, 0);
  MoeGpuOp *op = backward ? add_op (b, MOE_GPU_ACTIVATE_BWD, MOE_STAGE_ACTIVATION_BWD)
                          : add_op (b, MOE_GPU_ACTIVATE, MOE_STAGE_ACTIVATION);
  op->u.activate = (MoeGpuActivate){ .h = h,
                                     .act = act,
                                     .dh = backward ? h : NULL,
                                     .dact = backward ? act : NULL,
                                     .weight = activation_weight (b),
                                     .count = wave_count (b),
                                     .width = s->problem.shape.mlp_dim };
}

/* L = mean (y^2), so the gradient of y is 2 / (T H) y. */
static float
loss_scale (const MoeBackendState *s)
{
  return (float)(2.0 / ((double)s->problem.shape.tokens * (double)s->problem.shape.hidden));
}

static void
add_combine_backward (Builder *b)
{
  const MoeBackendState *s = b->s;
  if (wave_count (b) == 0)
    return;
  MoeGpuOp *op = add_op (b, MOE_GPU_SCALE, MOE_STAGE_COMBINE_BWD);
  op->u.rows = (MoeGpuRows){ .from = s->a.y,
                             .to = wave_rows (b, &s->a.rows_dout, 0),
                             .index = s->a.row_token,
                             .weight = s->preweight ? NULL : s->a.row_weight,
                             .scale = loss_scale (s),
                             .first = b->wave.first_row,
                             .count = wave_count (b),
                             .width = s->problem.shape.hidden,
                             .divide = 1 };
}

/* What null slots add to y, on top of the shared expert's outputs: a combine of its own, of rows of
 * x or of their vectors. */
static void
add_nulls (Builder *b)
{
  const MoeBackendState *s = b->s;
  bool copy = s->block.choice[MOE_CHOICE_NULL_KIND] == MOE_NULL_KIND_COPY;
  if (!s->adds_nulls)
    return;
  MoeGpuOp *op = add_op (b, MOE_GPU_COMBINE, MOE_STAGE_COMBINE);
  op->u.combine = (MoeGpuCombine){ .rows = copy ? s->a.x : s->a.v,
                                   .row = s->a.null_row,
                                   .weight = s->a.null_weights,
                                   .extra = s->a.shared_out,
                                   .y = s->a.null_out,
                                   .tokens = s->problem.shape.tokens,
                                   .slots = s->topk,
                                   .width = s->problem.shape.hidden };
}

/* The gradients of that: of x likewise, of the vectors as sums over the slots of each. */
static void
add_nulls_backward (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeShape *shape = &s->problem.shape;
  if (!s->adds_nulls && s->block.shape.null_vectors == 0)
    return;
  if (s->block.choice[MOE_CHOICE_NULL_KIND] == MOE_NULL_KIND_COPY)
    {
      MoeGpuOp *op = add_op (b, MOE_GPU_COMBINE, MOE_STAGE_GATHER_BWD);
      op->u.combine = (MoeGpuCombine){ .rows = s->a.y,
                                       .row = s->a.null_row,
                                       .weight = s->a.null_scaled_weights,
                                       .extra = s->a.shared_dx,
                                       .y = s->a.null_dx,
                                       .tokens = shape->tokens,
                                       .slots = s->topk,
                                       .width = shape->hidden };
      return;
    }
  MoeGpuOp *op = add_op (b, MOE_GPU_NULL_SUMS, MOE_STAGE_COMBINE_BWD);
  op->u.null_sums = (MoeGpuNullSums){ .y = s->a.y,
                                      .id = s->a.topk_idx,
                                      .weight = s->a.null_weights,
                                      .dv = s->a.dv,
                                      .scale = loss_scale (s),
                                      .first_id = (int32_t)shape->experts,
                                      .experts = s->block.shape.null_vectors,
                                      .slots = shape->tokens * s->topk,
                                      .topk = s->topk,
                                      .width = shape->hidden };
}

static void
add_combine (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeShape *shape = &s->problem.shape;
  add_nulls (b);
  MoeGpuOp *op = add_op (b, MOE_GPU_COMBINE, MOE_STAGE_COMBINE);
  op->u.combine = (MoeGpuCombine){ .rows = s->a.rows_out.data,
                                   .row = s->a.slot_row,
                                   .weight = s->preweight ? NULL : s->a.topk_weights,
                                   .extra = s->adds_nulls ? s->a.null_out : s->a.shared_out,
                                   .y = s->a.y,
                                   .squares = s->a.squares,
                                   .tokens = shape->tokens,
                                   .slots = s->topk,
                                   .width = shape->hidden,
                                   .row_order = s->scatter };
  op = add_op (b, MOE_GPU_LOSS, MOE_STAGE_COMBINE);
  op->u.loss.squares = s->a.squares;
  op->u.loss.sum = s->a.loss;
  op->u.loss.n = shape->tokens;
}

/* Rows back to their slots first, where that is how they came. */
static void
add_gather_backward (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeShape *shape = &s->problem.shape;
  const void *extra = s->adds_nulls && s->a.null_dx != NULL ? s->a.null_dx : s->a.shared_dx;
  add_nulls_backward (b);
  if (repeats (s))
    {
      MoeGpuOp *op = add_op (b, MOE_GPU_GATHER, MOE_STAGE_GATHER_BWD);
      op->u.rows = (MoeGpuRows){ .from = s->a.rows_out.data,
                                 .to = s->a.slots_x,
                                 .index = s->a.slot_row,
                                 .scale = 1,
                                 .count = shape->tokens * s->topk,
                                 .width = shape->hidden,
                                 .divide = 1 };
    }
  MoeGpuOp *op = add_op (b, MOE_GPU_COMBINE, MOE_STAGE_GATHER_BWD);
  op->u.combine = (MoeGpuCombine){ .rows = repeats (s) ? s->a.slots_x : s->a.rows_out.data,
                                   .row = s->a.slot_row,
                                   .extra = extra,
                                   .y = s->a.dx,
                                   .tokens = shape->tokens,
                                   .slots = s->topk,
                                   .width = shape->hidden,
                                   .by_slot = repeats (s) };
}

/* --- the shared expert: one expert that has all tokens --- */

static MoeGpuMatmul *
add_shared_matmul (Builder *b, MoeStage stage, MoeGpuForm form, size_t n, size_t k)
{
  const MoeBackendState *s = b->s;
  MoeGpuOp *op = add_op (b, MOE_GPU_MATMUL, stage);
  op->u.matmul =
      (MoeGpuMatmul){ .form = form, .n = n, .k = k, .end_expert = 1, .rows = s->shared_rows };
  b->program->flops += 2.0 * (double)s->problem.shape.tokens * (double)n * (double)k;
  return &op->u.matmul;
}

static void
add_shared_activate (Builder *b, bool backward)
{
  const MoeBackendState *s = b->s;
  MoeGpuOp *op = backward ? add_op (b, MOE_GPU_ACTIVATE_BWD, MOE_STAGE_SHARED_BWD)
                          : add_op (b, MOE_GPU_ACTIVATE, MOE_STAGE_SHARED);
  op->u.activate = (MoeGpuActivate){ .h = s->a.shared_h,
                                     .act = s->a.shared_act,
                                     .dh = backward ? s->a.shared_h : NULL,
                                     .dact = backward ? s->a.shared_act : NULL,
                                     .count = s->problem.shape.tokens,
                                     .width = s->problem.shape.shared_dim };
}

static void
add_shared_forward (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeGpuArrays *a = &s->a;
  size_t H = s->problem.shape.hidden, S = s->problem.shape.shared_dim;
  size_t n = s->block.choice[MOE_CHOICE_SHARED_FUSED] ? 2 * S : S;
  if (S == 0)
    return;
  for (size_t column = 0; column < 2 * S; column += n)
    set_product (add_shared_matmul (b, MOE_STAGE_SHARED, MOE_GPU_ROWS, n, H), a->x, H,
                 element (s, a->sw13, column), 2 * S, element (s, a->shared_h, column), 2 * S);
  add_shared_activate (b, false);
  set_product (add_shared_matmul (b, MOE_STAGE_SHARED, MOE_GPU_ROWS, H, S), a->shared_act, S,
               a->sw2, H, a->shared_out, H);
}

static void
add_shared_dgrads (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeGpuArrays *a = &s->a;
  size_t H = s->problem.shape.hidden, S = s->problem.shape.shared_dim;
  size_t k = s->block.choice[MOE_CHOICE_SHARED_FUSED] ? 2 * S : S;
  MoeGpuOp *op = add_op (b, MOE_GPU_SCALE, MOE_STAGE_SHARED_BWD);
  op->u.rows = (MoeGpuRows){ .from = a->y,
                             .to = a->shared_out,
                             .scale = loss_scale (s),
                             .count = s->problem.shape.tokens,
                             .width = H,
                             .divide = 1 };
  set_product (add_shared_matmul (b, MOE_STAGE_SHARED_BWD, MOE_GPU_ROWS_TRANSPOSED, S, H),
               a->shared_out, H, a->sw2, H, a->shared_act, S);
  add_shared_activate (b, true);
  for (size_t column = 0; column < 2 * S; column += k)
    {
      MoeGpuMatmul *p = add_shared_matmul (b, MOE_STAGE_SHARED_BWD, MOE_GPU_ROWS_TRANSPOSED, H, k);
      set_product (p, element (s, a->shared_h, column), 2 * S, element (s, a->sw13, column), 2 * S,
                   a->shared_dx, H);
      p->accumulate = column > 0;
    }
}

static void
add_shared_wgrads (Builder *b)
{
  const MoeBackendState *s = b->s;
  const MoeGpuArrays *a = &s->a;
  size_t H = s->problem.shape.hidden, S = s->problem.shape.shared_dim;
  size_t n = s->block.choice[MOE_CHOICE_SHARED_FUSED] ? 2 * S : S;
  set_product (add_shared_matmul (b, MOE_STAGE_SHARED_BWD, MOE_GPU_WGRAD, H, S), a->shared_act, S,
               a->shared_out, H, a->dsw2, H);
  for (size_t column = 0; column < 2 * S; column += n)
    set_product (add_shared_matmul (b, MOE_STAGE_SHARED_BWD, MOE_GPU_WGRAD, n, H), a->x, H,
                 element (s, a->shared_h, column), 2 * S, element (s, a->dsw13, column), 2 * S);
}

/* --- whole passes --- */

static bool
next_wave (Builder *b)
{
  const MoeBackendState *s = b->s;
  size_t E = s->experts;
  if (b->wave.end_expert == E && b->wave.end_row == s->rows[E + 1])
    return false;
  b->wave = moe_wave_next (&b->wave, s->rows, E, s->rows[E + 1], s->layout.wave_rows);
  b->experts = 0;
  for (size_t e = b->wave.first_expert; e < b->wave.end_expert; e++)
    b->experts += s->rows[e] < s->rows[e + 1];
  return true;
}

void
moe_gpu_program_prequeue (const MoeBackendState *state, MoeGpuProgram *program)
{
  Builder b = { .s = state, .program = program };
  size_t E = state->experts;
  add_pack (&b);
  add_repeat (&b);
  b.wave = (MoeWave){ 0, E, 0, state->rows[E + 1] };
  add_gather (&b);
  end_last_list (program);
}

void
moe_gpu_program_forward (const MoeBackendState *state, MoeGpuProgram *program)
{
  const size_t reserved = MOE_GPU_MAX_SLOTS / 3;
  Builder b = { .s = state, .program = program };
  if (!state->prequeued)
    {
      add_pack (&b);
      add_repeat (&b);
    }
  while (next_wave (&b))
    {
      if (!state->prequeued)
        add_gather (&b);
      add_up (&b);
      maybe_end_list (&b, reserved);
      add_activate (&b, false);
      add_down (&b);
      maybe_end_list (&b, reserved);
    }
  add_shared_forward (&b);
  add_combine (&b);
  end_last_list (program);
}

/* What the forward did not keep is computed again; the activation is anyway, in its backward. */
static void
add_remat (Builder *b)
{
  MoeRematMode mode = moe_remat (b->s->block.choice);
  if (mode != MOE_REMAT_NONE)
    add_gather (b);
  if (mode == MOE_REMAT_EXPERT_MLP)
    add_up (b);
}

void
moe_gpu_program_backward (const MoeBackendState *state, MoeGpuProgram *program)
{
  const size_t reserved = MOE_GPU_MAX_SLOTS / 2;
  size_t H = state->problem.shape.hidden, M = state->problem.shape.mlp_dim;
  Builder b = { .s = state, .program = program };
  clear_empty (&b, MOE_STAGE_DOWN_WGRAD, state->a.dw2, M * H);
  clear_empty (&b, MOE_STAGE_UP_WGRAD, state->a.dw13, H * 2 * M);
  while (next_wave (&b))
    {
      add_remat (&b);
      add_combine_backward (&b);
      add_down_dgrad (&b);
      add_activate (&b, true);
      maybe_end_list (&b, reserved);
      add_down_wgrad (&b);
      add_up_dgrad (&b);
      maybe_end_list (&b, reserved);
      add_up_wgrad (&b);
      maybe_end_list (&b, reserved);
    }
  if (state->problem.shape.shared_dim > 0)
    {
      add_shared_dgrads (&b);
      add_shared_wgrads (&b);
    }
  add_gather_backward (&b);
  end_last_list (program);
}

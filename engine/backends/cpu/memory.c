/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/memory.h"

#include "engine/backends/cpu/anchor.h"
#include "engine/backends/cpu/state.h"
#include "engine/base/assert.h"
#include "engine/base/size.h"
#include "engine/ranks/slices.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One array of a shard: where its pointer goes, how long it is and what it counts as. */
typedef struct Array
{
  void *target; /* the pointer variable to set, of whatever pointer type */
  size_t elements;
  size_t element_bytes;
  size_t *use;   /* field of MoeMemoryNeed */
  bool computed; /* by steps: to be poisoned */
} Array;

typedef struct Layout
{
  Array arrays[MOE_CPU_MAX_ARRAYS];
  size_t n;
  bool overflow;
} Layout;

/* Memory that is handed on to other parts. */
typedef struct Extra
{
  void *schedule;
  const void **slot_rows; /* [threads, lane_slots ()] */
  float *slot_weights;    /* likewise */
  unsigned char *scratch; /* [threads] of scratch_stride () */
  unsigned char *anchor;  /* [threads] of anchor_stride () */
} Extra;

static void
add_array (
    Layout *layout, size_t *use, void *target, size_t element_bytes, size_t a, size_t b, size_t c)
{
  size_t elements = 0;
  if (!moe_size_mul4 (a, b, c, 1, &elements))
    layout->overflow = true;
  MOE_ASSERT (layout->n < MOE_CPU_MAX_ARRAYS);
  layout->arrays[layout->n++] = (Array){ target, elements, element_bytes, use, false };
}

/* The same for an array of the storage dtype that steps compute. */
static void
add_computed (Layout *layout, const MoeCpuShard *s, size_t *use, void *target, size_t a, size_t b)
{
  add_array (layout, use, target, moe_dtype_bytes (s->problem.choice[MOE_CHOICE_DTYPE]), a, b, 1);
  layout->arrays[layout->n - 1].computed = true;
}

/* Scratches of two threads never share a page. */
static size_t
scratch_stride (const MoeCpuKernels *kernels)
{
  return moe_arena_piece_bytes (kernels->scratch_bytes);
}

static size_t
anchor_stride (const MoeProblem *p)
{
  return moe_arena_piece_bytes (moe_cpu_anchor_bytes (p->choice[MOE_CHOICE_DTYPE]));
}

static bool
computes (const MoeProblem *p, bool (*is_such) (MoeImpl impl), bool such)
{
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    if ((p->choice[MOE_CHOICE_IMPL] & (1u << impl)) && is_such ((MoeImpl)impl) == such)
      return true;
  return false;
}

/* The scatter combine sums in float32; in float32 y itself holds the sums. */
static bool
needs_sums (const MoeProblem *p)
{
  return p->choice[MOE_CHOICE_DTYPE] != MOE_DTYPE_FLOAT32
         && (moe_carries_nulls (p->choice) || computes (p, moe_impl_scatters, true));
}

static bool
needs_separate (const MoeProblem *p)
{
  return computes (p, moe_impl_fuses_w13, false);
}

static bool
needs_both_layouts (const MoeProblem *p)
{
  return needs_separate (p) && computes (p, moe_impl_fuses_w13, true);
}

/* Rows that may be added to one token: a slot that is null may have one of its own and add another.
 */
static size_t
lane_slots (const MoeProblem *p)
{
  return 2 * p->max_topk + MOE_CPU_SHARED_ROWS + MOE_CPU_NULL_ROWS;
}

static void
describe_bookkeeping (Layout *layout, MoeCpuShard *s, Extra *extra, size_t *use)
{
  const MoeProblem *p = &s->problem;
  size_t R = s->max_rows, threads = s->threads, slots = lane_slots (p);
  add_array (layout, use, &s->dispatch.expert_offset, sizeof (size_t), s->shape.experts + 1, 1, 1);
  add_array (layout, use, &s->dispatch.row_token, sizeof (uint32_t), R, 1, 1);
  add_array (layout, use, &s->dispatch.row_slot, sizeof (uint32_t), R, 1, 1);
  add_array (layout, use, &s->dispatch.row_weight, sizeof (float), R, 1, 1);
  add_array (layout, use, &s->dispatch.slot_row, sizeof (uint32_t), p->shape.tokens, p->max_topk,
             1);
  if (p->choice[MOE_CHOICE_PACK_STRATEGY] != MOE_PACK_ARGSORT)
    add_array (layout, use, &s->dispatch.keys, sizeof (uint64_t), p->shape.tokens, p->max_topk, 2);
  add_array (layout, use, &s->lanes, sizeof (MoeLane), threads, 1, 1);
  add_array (layout, use, &extra->slot_rows, sizeof (void *), threads, slots, 1);
  add_array (layout, use, &extra->slot_weights, sizeof (float), threads, slots, 1);
  add_array (layout, use, &extra->scratch, 1, threads, scratch_stride (s->kernels), 1);
  add_array (layout, use, &extra->anchor, 1, threads, anchor_stride (p), 1);
  add_array (layout, use, &extra->schedule, 1, moe_schedule_bytes (&s->shape, R), 1, 1);
}

static void
add_rows (Layout *layout, MoeCpuShard *s, MoeRows *rows, size_t *use, size_t width, bool full)
{
  rows->width = width;
  rows->full = full;
  add_computed (layout, s, use, &rows->data, full ? s->max_rows : s->rows.wave_rows, width);
}

static void
describe_rows (Layout *layout, MoeCpuShard *s, size_t *use)
{
  const MoeProblem *p = &s->problem;
  size_t H = s->shape.hidden, M = s->shape.mlp_dim;
  bool keep_mlp = moe_remat (p->choice) == MOE_REMAT_COMBINE;
  add_rows (layout, s, &s->rows.x, use, H, p->choice[MOE_CHOICE_QUEUE_MODE]);
  add_rows (layout, s, &s->rows.h, use, 2 * M, keep_mlp);
  add_rows (layout, s, &s->rows.act, use, M, keep_mlp);
  add_rows (layout, s, &s->rows.out, use, H, true);
  if (p->choice[MOE_CHOICE_PERMUTE_MODE] == MOE_PERMUTE_REPEAT_SORT)
    add_computed (layout, s, use, &s->slots_x, s->shape.tokens * p->max_topk, H);
  if (p->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    return;
  add_rows (layout, s, &s->rows.dout, use, H, false);
  add_rows (layout, s, &s->rows.dact, use, M, false);
  if (needs_separate (p))
    add_rows (layout, s, &s->rows.dx_up, use, H, false);
}

static MoeGated
gated (size_t inputs, size_t width, bool fused)
{
  return (MoeGated){ .inputs = inputs, .width = width, .fused = fused };
}

/* Room for a pair packed as it is wanted, in one or in two. */
static size_t
packed_pair_bytes (const MoeCpuKernels *kernels, const MoeGated *gated)
{
  size_t whole = kernels->packed_bytes (kernels, gated->inputs, 2 * gated->width);
  size_t half = kernels->packed_bytes (kernels, gated->inputs, gated->width);
  if (whole > SIZE_MAX / 4 || half > SIZE_MAX / 4)
    return SIZE_MAX / 2;
  half = moe_size_max (half, (whole + 1) / 2);
  return 2 * ((half + 63) / 64 * 64);
}

static void
add_packed (Layout *layout, size_t *use, MoePacked *packed, size_t experts, size_t bytes)
{
  packed->stride = bytes > SIZE_MAX / 2 ? SIZE_MAX / 2 : (bytes + 63) / 64 * 64;
  add_array (layout, use, &packed->data, 1, experts, packed->stride, 1);
}

/* A second copy: the first is what dumps and checks read. */
static void
describe_packed (Layout *layout, MoeCpuShard *s, size_t *use)
{
  const MoeCpuKernels *k = s->kernels;
  size_t H = s->shape.hidden, M = s->shape.mlp_dim, S = s->shape.shared_dim;
  if (!s->problem.choice[MOE_CHOICE_PREPACK])
    return;
  MOE_ASSERT (k->pack != NULL); /* or supports () refuses */
  add_packed (layout, use, &s->w13.packed, s->shape.experts, packed_pair_bytes (k, &s->w13));
  add_packed (layout, use, &s->packed_w2, s->shape.experts, k->packed_bytes (k, M, H));
  if (S == 0)
    return;
  add_packed (layout, use, &s->shared.w13.packed, 1, packed_pair_bytes (k, &s->shared.w13));
  add_packed (layout, use, &s->shared.packed_w2, 1, k->packed_bytes (k, S, H));
}

static void
describe_shared (Layout *layout, MoeCpuShard *s, MoeMemoryNeed *need)
{
  const MoeProblem *p = &s->problem;
  size_t H = s->shape.hidden, S = s->shape.shared_dim, T = s->end_token - s->first_token;
  size_t b = moe_dtype_bytes (p->choice[MOE_CHOICE_DTYPE]), *rows = &need->activations_bytes;
  if (S == 0)
    return;
  s->shared.w13 = s->shared.dw13 = gated (H, S, p->choice[MOE_CHOICE_SHARED_FUSED]);
  add_array (layout, &need->weights_bytes, &s->shared.w13.data, b, H, 2 * S, 1);
  add_array (layout, &need->weights_bytes, &s->shared.w2, b, S, H, 1);
  add_computed (layout, s, rows, &s->shared.h, T, 2 * S);
  add_computed (layout, s, rows, &s->shared.act, T, S);
  add_computed (layout, s, rows, &s->shared.out, T, H);
  if (p->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    return;
  add_computed (layout, s, &need->gradients_bytes, &s->shared.dw13.data, H, 2 * S);
  add_computed (layout, s, &need->gradients_bytes, &s->shared.dw2, S, H);
  add_computed (layout, s, rows, &s->shared.dact, T, S);
  add_computed (layout, s, rows, &s->shared.dx, T, H);
  if (!p->choice[MOE_CHOICE_SHARED_FUSED])
    add_computed (layout, s, rows, &s->shared.dx_up, T, H);
}

/* The null experts' vectors, and in another type than float32 the sums of their gradients. */
static void
describe_nulls (Layout *layout, MoeCpuShard *s, MoeMemoryNeed *need)
{
  const MoeProblem *p = &s->problem;
  size_t H = s->shape.hidden, N = s->shape.null_vectors;
  if (N == 0)
    return;
  add_array (layout, &need->weights_bytes, &s->nulls.v,
             moe_dtype_bytes (p->choice[MOE_CHOICE_DTYPE]), N, H, 1);
  if (p->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    return;
  add_computed (layout, s, &need->gradients_bytes, &s->nulls.dv, N, H);
  if (p->choice[MOE_CHOICE_DTYPE] != MOE_DTYPE_FLOAT32)
    add_array (layout, &need->gradients_bytes, &s->nulls.sums, sizeof (float), N, H, 1);
}

/* The one description of a shard's memory: forecast and open both read it, so they cannot differ.
 */
static void
describe_layout (Layout *layout, MoeCpuShard *s, Extra *extra, MoeMemoryNeed *need)
{
  const MoeProblem *p = &s->problem;
  size_t T = s->shape.tokens, H = s->shape.hidden, M = s->shape.mlp_dim, E = s->shape.experts;
  size_t b = moe_dtype_bytes (p->choice[MOE_CHOICE_DTYPE]), *rows = &need->activations_bytes;
  *layout = (Layout){ 0 };
  s->rows.wave_rows = moe_wave_rows (moe_remat (p->choice), s->max_rows, p->max_expert_rows);
  s->w13 = s->dw13 = gated (H, M, computes (p, moe_impl_fuses_w13, true));

  add_array (layout, &need->weights_bytes, &s->w13.data, b, E, H, 2 * M);
  add_array (layout, &need->weights_bytes, &s->w2, b, E, M, H);
  if (needs_both_layouts (p))
    add_array (layout, &need->weights_bytes, &s->layout_scratch, b, moe_size_min (s->threads, E), H,
               2 * M);
  add_array (layout, rows, &s->x, b, T, H, 1);
  add_computed (layout, s, rows, &s->y, T, H);
  describe_rows (layout, s, rows);
  if (p->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    {
      add_array (layout, &need->gradients_bytes, &s->dw13.data, b, E, H, 2 * M);
      layout->arrays[layout->n - 1].computed = true;
      add_array (layout, &need->gradients_bytes, &s->dw2, b, E, M, H);
      layout->arrays[layout->n - 1].computed = true;
      add_computed (layout, s, rows, &s->dx, T, H);
    }
  describe_shared (layout, s, need);
  describe_nulls (layout, s, need);
  describe_packed (layout, s, &need->weights_bytes);
  if (needs_sums (p))
    add_array (layout, rows, &s->sums, sizeof (float), T, H, 1);
  add_array (layout, rows, &s->partial_loss, sizeof (double), T + H, 1, 1);
  describe_bookkeeping (layout, s, extra, rows);
}

/* Sum the arrays up into *need; false on overflow. */
static bool
sum_layout (const Layout *layout, MoeMemoryNeed *need)
{
  if (layout->overflow)
    return false;
  for (size_t i = 0; i < layout->n; i++)
    {
      size_t bytes;
      if (!moe_size_mul (layout->arrays[i].elements, layout->arrays[i].element_bytes, &bytes)
          || bytes > SIZE_MAX / 2)
        return false;
      bytes = moe_arena_piece_bytes (bytes);
      if (!moe_size_add (*layout->arrays[i].use, bytes, layout->arrays[i].use)
          || !moe_size_add (need->total_bytes, bytes, &need->total_bytes))
        return false;
    }
  return true;
}

/* Rows that one of several shards may get: its even part and what chance adds to that, at most what
 * its experts should get each. */
static size_t
shard_rows (const MoeProblem *p, size_t experts)
{
  double even = (double)p->max_rows / (double)p->ep_size;
  double rows = ceil (even + 8 * sqrt (even)) + (double)p->max_expert_rows;
  double most = (double)experts * (double)p->max_expert_rows;
  if (!moe_carries_nulls (p->choice) && most < rows)
    rows = most;
  rows = fmax (rows, (double)p->max_shard_rows);
  return rows < (double)p->max_rows ? (size_t)rows : p->max_rows;
}

/* Everything about shard `local` of `n` in this process that needs no memory. */
static void
describe_shard (
    MoeCpuShard *s, const MoeProblem *p, const MoeCpuKernels *kernels, size_t local, size_t n)
{
  size_t experts = p->shape.experts / p->ep_size;
  *s = (MoeCpuShard){ .problem = *p,
                      .shape = p->shape,
                      .index = p->ranks != NULL ? moe_ranks_rank (p->ranks) : local,
                      .kernels = kernels,
                      .ops = moe_row_ops (p->choice[MOE_CHOICE_DTYPE]) };
  s->real_experts = experts;
  s->shape.experts = experts + p->shape.zero_experts;
  s->first_expert = s->index * experts;
  s->first_token = moe_slice_first (p->shape.tokens, p->ep_size, s->index);
  s->end_token = moe_slice_first (p->shape.tokens, p->ep_size, s->index + 1);
  s->threads = moe_slice_length (p->threads, n, local);
  s->max_rows = p->ep_size > 1 ? shard_rows (p, experts) : p->max_rows;
}

static MoeStatus
plan_shard (MoeCpuShard *shard, Layout *layout, Extra *extra, MoeMemoryNeed *need, MoeError *error)
{
  describe_layout (layout, shard, extra, need);
  if (sum_layout (layout, need))
    return MOE_OK;
  char shape[MOE_SHAPE_TEXT_SIZE];
  moe_shape_format (&shard->problem.shape, shape);
  return moe_error_set (error, MOE_ERROR_INVALID,
                        "the memory for shape %s does not fit a 64-bit size", shape);
}

static MoeStatus
check_problem (const MoeProblem *p, MoeError *error)
{
  size_t n = moe_cpu_local_shards (p);
  if (p->ep_size > 0 && p->shape.experts % p->ep_size == 0 && p->threads >= n
      && n <= MOE_CPU_MAX_SHARDS && (p->ranks == NULL || moe_ranks_size (p->ranks) == p->ep_size))
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, "ep-size",
                               "--ep-size %zu does not fit %zu experts on %zu threads: it must "
                               "divide the experts, and every shard needs a thread.",
                               p->ep_size, p->shape.experts, p->threads);
}

MoeStatus
moe_cpu_memory (const MoeProblem *problem,
                const MoeCpuKernels *kernels,
                MoeMemoryNeed *need,
                MoeError *error)
{
  MoeCpuShard shard;
  Extra extra;
  Layout layout;
  *need = (MoeMemoryNeed){ 0 };
  size_t n = moe_cpu_local_shards (problem);
  MoeStatus status = check_problem (problem, error);
  for (size_t i = 0; status == MOE_OK && i < n; i++)
    {
      describe_shard (&shard, problem, kernels, i, n);
      status = plan_shard (&shard, &layout, &extra, need, error);
    }
  return status;
}

static void
equip_lanes (const MoeBackendState *state, MoeCpuShard *shard, const Extra *extra, size_t local)
{
  size_t slots = lane_slots (&state->problem);
  for (size_t i = 0; i < shard->threads; i++)
    {
      MoeLane *lane = &shard->lanes[i];
      *lane = (MoeLane){ .shard = (uint32_t)shard->index,
                         .thread = (uint32_t)i,
                         .member = i * state->n_shards + local,
                         .scratch = extra->scratch + i * scratch_stride (state->kernels),
                         .anchor = extra->anchor + i * anchor_stride (&state->problem),
                         .slot_rows = extra->slot_rows + i * slots,
                         .slot_weights = extra->slot_weights + i * slots };
    }
}

/* Point a shard into the arena. */
static void
hand_out (MoeBackendState *state, MoeCpuShard *shard, const Layout *layout)
{
  for (size_t i = 0; i < layout->n; i++)
    {
      const Array *array = &layout->arrays[i];
      size_t bytes = array->elements * array->element_bytes;
      void *start = moe_arena_take (state->arena, bytes);
      MOE_ASSERT (start != NULL); /* the arena is as large as this very layout */
      memcpy (array->target, &start, sizeof start);
      if (array->computed)
        shard->computed[shard->n_computed++] = (MoeComputed){ start, bytes };
    }
  if (state->problem.choice[MOE_CHOICE_DTYPE] == MOE_DTYPE_FLOAT32)
    {
      shard->sums = shard->y;
      shard->nulls.sums = shard->nulls.dv;
    }
}

static MoeStatus
take_shard (MoeBackendState *state, size_t local, MoeError *error)
{
  MoeCpuShard *shard = &state->shards[local];
  MoeMemoryNeed need = { 0 };
  Extra extra;
  Layout layout;
  describe_shard (shard, &state->problem, state->kernels, local, state->n_shards);
  MoeStatus status = plan_shard (shard, &layout, &extra, &need, error);
  if (status != MOE_OK)
    return status;
  shard->cancel = state->cancel;
  hand_out (state, shard, &layout);
  equip_lanes (state, shard, &extra, local);
  moe_schedule_init (&shard->schedule, &shard->shape, shard->max_rows, extra.schedule);
  return MOE_OK;
}

MoeStatus
moe_cpu_take_memory (MoeBackendState *state, MoeError *error)
{
  MoeMemoryNeed need;
  MoeStatus status = moe_cpu_memory (&state->problem, state->kernels, &need, error);
  if (status == MOE_OK)
    status = moe_arena_new (need.total_bytes, &state->arena, error);
  if (status == MOE_OK)
    status = moe_arena_touch (state->arena, state->team, state->cancel, error);
  for (size_t i = 0; status == MOE_OK && i < state->n_shards; i++)
    status = take_shard (state, i, error);
  return status;
}

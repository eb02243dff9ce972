/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/gpu/block.h"

#include "engine/backends/gpu/program.h"
#include "engine/backends/gpu/state.h"
#include "engine/backends/parts/waves.h"
#include "engine/base/assert.h"
#include "engine/base/clock.h"
#include "engine/base/size.h"
#include "engine/moe/dispatch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

MoeStatus
moe_gpu_supports (const MoeBlock *block, MoeError *error)
{
  if (block->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_NONE || block->ep_size <= 1)
    return moe_block_refuse_prepack (block, error);
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "parallel-mode",
                               "--parallel-mode ep with %zu shards: this accelerator computes on "
                               "one device; allowed is --parallel-mode none.",
                               block->ep_size);
}

/* --- open --- */

MoeStatus
moe_gpu_memory (const MoeGpuOps *ops,
                const MoeProblem *problem,
                MoeMemoryNeed *need,
                MoeError *error)
{
  MoeGpuArrays a;
  MoeGpuLayout layout;
  MoeStatus status = moe_gpu_lay_out (ops, problem, &a, &layout, NULL, error);
  *need = layout.need;
  return status;
}

/* The same numbers that moe_tensor_fill () gives. */
static MoeStatus
fill_inputs (MoeBackendState *s, MoeError *error)
{
  const MoeShape *shape = &s->problem.shape;
  MoeStatus status = MOE_OK;
  for (MoeTensor t = MOE_TENSOR_X; status == MOE_OK && !moe_tensor_is_output (t); t++)
    {
      if (!moe_tensor_exists (t, shape, s->problem.choice[MOE_CHOICE_PASS]))
        continue;
      MoeGpuView view = moe_gpu_view (&s->a, shape, t);
      MoeTensorInit init = moe_tensor_init (t, shape);
      MoeGpuFill fill = { .to = view.data,
                          .dtype = s->problem.choice[MOE_CHOICE_DTYPE],
                          .seed = s->problem.seed,
                          .stream = init.stream,
                          .scale = init.scale,
                          .rows = moe_tensor_elements (t, shape) / view.width,
                          .width = view.width,
                          .pitch = view.pitch,
                          .column = view.column };
      status =
          moe_cancel_requested (s->cancel)
              ? moe_error_set (error, MOE_ERROR_CANCELLED, "stopped while the weights were filled")
              : s->ops->fill (s->gpu, &fill, error);
    }
  return status;
}

/* Experts of zeros come after the others. */
static MoeStatus
clear_zero_experts (MoeBackendState *s, MoeError *error)
{
  const MoeShape *shape = &s->problem.shape;
  size_t expert =
      shape->hidden * shape->mlp_dim * moe_dtype_bytes (s->problem.choice[MOE_CHOICE_DTYPE]);
  if (shape->zero_experts == 0)
    return MOE_OK;
  MoeStatus status =
      s->ops->set_bytes (s->gpu, (unsigned char *)s->a.w13 + shape->experts * 2 * expert, 0,
                         shape->zero_experts * 2 * expert, error);
  return status == MOE_OK
             ? s->ops->set_bytes (s->gpu, (unsigned char *)s->a.w2 + shape->experts * expert, 0,
                                  shape->zero_experts * expert, error)
             : status;
}

static MoeStatus
take_memory (MoeBackendState *s, MoeError *error)
{
  const MoeProblem *p = &s->problem;
  MoeStatus status = moe_gpu_lay_out (s->ops, p, &s->a, &s->layout, NULL, error);
  if (status != MOE_OK)
    return status;
  s->rows = calloc (p->shape.experts + p->shape.zero_experts + 2, sizeof *s->rows);
  if (s->rows == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory to count the rows of %zu experts",
                          p->shape.experts);
  status = s->ops->open (p->device, s->layout.arena_bytes, &s->gpu, &s->memory, error);
  if (status == MOE_OK)
    status = moe_gpu_lay_out (s->ops, p, &s->a, &s->layout, s->memory, error);
  /* All of it is touched, and nothing in it is a number. */
  return status == MOE_OK
             ? s->ops->set_bytes (s->gpu, s->memory, 0xff, s->layout.arena_bytes, error)
             : status;
}

MoeStatus
moe_gpu_open (const MoeGpuOps *ops,
              const MoeProblem *problem,
              const MoeCancel *cancel,
              MoeBackendState **out,
              MoeError *error)
{
  const MoeBlock block = { .choice[MOE_CHOICE_PARALLEL_MODE] =
                               problem->choice[MOE_CHOICE_PARALLEL_MODE],
                           .ep_size = problem->ep_size };
  MoeStatus status = moe_gpu_supports (&block, error);
  MoeBackendState *s = status == MOE_OK ? calloc (1, sizeof *s) : NULL;
  if (status != MOE_OK)
    return status;
  if (s == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for the state of a backend");
  s->problem = *problem;
  s->ops = ops;
  s->cancel = cancel;
  status = moe_cancel_requested (cancel)
               ? moe_error_set (error, MOE_ERROR_CANCELLED, "stopped before memory was taken")
               : take_memory (s, error);
  if (status == MOE_OK)
    status = fill_inputs (s, error);
  if (status == MOE_OK)
    status = clear_zero_experts (s, error);
  if (status == MOE_OK)
    *out = s;
  else
    moe_gpu_close (s);
  return status;
}

void
moe_gpu_close (MoeBackendState *state)
{
  if (state == NULL)
    return;
  state->ops->close (state->gpu);
  free (state->rows);
  free (state);
}

/* --- prepare --- */

/* First rows of the experts.  The device finds them out too, in the timed region; the host needs
 * them before, for the sides of the products. */
static void
count_rows (MoeBackendState *s, const MoeBlock *block, const MoeRouting *routing)
{
  size_t E = s->experts, row = 0;
  MoeDispatchSpec spec = moe_dispatch_spec (block);
  memset (s->rows, 0, E * sizeof *s->rows);
  for (size_t slot = 0; slot < routing->tokens * routing->topk; slot++)
    if ((size_t)routing->topk_idx[slot] < E)
      s->rows[routing->topk_idx[slot]]++;
  if (spec.remaps_nulls)
    s->rows[0] += routing->null_assignments;
  for (size_t e = 0; e < E; e++)
    {
      size_t n = moe_dispatch_expert_rows (&spec, s->rows[e]);
      s->rows[e] = row;
      row += n;
    }
  s->rows[E] = row;
  s->rows[E + 1] = row + (moe_carries_nulls (block->choice) ? routing->null_assignments : 0);
}

/* With remat an expert's rows must fit into one wave. */
static MoeStatus
check_rows (const MoeBackendState *s, const MoeRouting *routing, MoeError *error)
{
  size_t E = s->experts;
  if (s->rows[E + 1] > s->problem.max_rows)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "a point with %zu rows at top-%zu does not fit what was opened (%zu "
                          "rows)",
                          s->rows[E + 1], routing->topk, s->problem.max_rows);
  MoeStatus status = MOE_OK;
  for (size_t e = 0; status == MOE_OK && e < E; e++)
    status = moe_wave_check (moe_remat (s->problem.choice), e, s->rows[e + 1] - s->rows[e],
                             s->layout.wave_rows, error);
  return status;
}

static MoeStatus
upload_routing (MoeBackendState *s, const MoeRouting *routing, MoeError *error)
{
  size_t slots = routing->tokens * routing->topk;
  MoeStatus status =
      s->ops->upload (s->gpu, s->a.topk_idx, routing->topk_idx, slots * sizeof (int32_t), error);
  return status == MOE_OK ? s->ops->upload (s->gpu, s->a.topk_weights, routing->topk_weights,
                                            slots * sizeof (float), error)
                          : status;
}

/* What the slots of null expert e are is not looked for: e, e + N, e + 2 N .. where they are null,
 * as routings number them. */
static bool
counts_in_turn (const MoeRouting *routing)
{
  size_t N = routing->null_experts;
  for (size_t slot = 0; slot < routing->tokens * routing->topk; slot++)
    {
      size_t id = (size_t)routing->topk_idx[slot];
      if (id >= routing->experts && id - routing->experts != slot % N)
        return false;
    }
  return true;
}

/* The row that a slot adds: its token's in x, its null expert's in v. */
static void
fill_null_rows (const MoeBackendState *s, const MoeRouting *routing, uint32_t *rows)
{
  bool copy = s->block.choice[MOE_CHOICE_NULL_KIND] == MOE_NULL_KIND_COPY;
  for (size_t slot = 0; slot < routing->tokens * routing->topk; slot++)
    {
      size_t id = (size_t)routing->topk_idx[slot];
      size_t row = copy ? slot / routing->topk : id - routing->experts;
      rows[slot] = id < routing->experts ? MOE_GPU_NO_ROW : (uint32_t)row;
    }
}

static MoeStatus
upload_null_arrays (MoeBackendState *s, const MoeRouting *routing, void *scratch, MoeError *error)
{
  size_t slots = routing->tokens * routing->topk;
  double elements = (double)s->problem.shape.tokens * (double)s->problem.shape.hidden;
  float *scaled = scratch;
  fill_null_rows (s, routing, scratch);
  MoeStatus status =
      s->ops->upload (s->gpu, s->a.null_row, scratch, slots * sizeof (uint32_t), error);
  if (status == MOE_OK)
    status = s->ops->upload (s->gpu, s->a.null_weights, routing->null_weights,
                             slots * sizeof (float), error);
  for (size_t slot = 0; slot < slots; slot++)
    scaled[slot] = (float)(2.0 / elements) * routing->null_weights[slot];
  if (status == MOE_OK && s->a.null_scaled_weights != NULL)
    status =
        s->ops->upload (s->gpu, s->a.null_scaled_weights, scaled, slots * sizeof (float), error);
  return status;
}

static MoeStatus
upload_nulls (MoeBackendState *s, const MoeRouting *routing, MoeError *error)
{
  if (!s->adds_nulls)
    return MOE_OK;
  if (s->a.dv != NULL && !counts_in_turn (routing))
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "null-kind",
                                 "--null-kind constant: this accelerator wants null slots numbered "
                                 "in turn; allowed is zero or copy for this routing.");
  void *scratch = malloc (routing->tokens * routing->topk * sizeof (uint32_t));
  if (scratch == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for the null slots of %zu tokens",
                          routing->tokens);
  MoeStatus status = upload_null_arrays (s, routing, scratch, error);
  free (scratch);
  return status;
}

typedef void (*MakeProgram) (const MoeBackendState *state, MoeGpuProgram *program);

/* Make the operations and have the device make lists of them, from number `first` on. */
static MoeStatus
compile (MoeBackendState *s,
         MakeProgram make,
         MoeGpuOp *room,
         size_t first,
         MoeGpuLists *lists,
         MoeError *error)
{
  MoeGpuProgram program = { .ops = room };
  MoeStatus status = MOE_OK;
  make (s, &program);
  if (program.overflow)
    return moe_error_set (error, MOE_ERROR_BACKEND, "a step has more than %d operations",
                          (int)MOE_GPU_MAX_OPS);
  MOE_ASSERT (first + program.n_lists <= MOE_GPU_MAX_SLOTS);
  *lists = (MoeGpuLists){ first, program.n_lists };
  for (size_t i = 0, begin = 0; status == MOE_OK && i < program.n_lists; i++)
    {
      status = s->ops->compile (s->gpu, first + i, program.ops + begin, program.list_end[i] - begin,
                                error);
      begin = program.list_end[i];
    }
  return status;
}

static MoeStatus
run_lists (MoeBackendState *s, MoeGpuLists lists, MoeStageTimes *times, MoeError *error);

static MoeStatus
compile_all (MoeBackendState *s, MoeError *error)
{
  MoeGpuOp *room = calloc (MOE_GPU_MAX_OPS, sizeof *room);
  MoeStatus status = MOE_OK;
  if (room == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for the operations of a step");
  s->prequeue = s->forward = s->backward = (MoeGpuLists){ 0 };
  if (s->prequeued)
    status = compile (s, moe_gpu_program_prequeue, room, 0, &s->prequeue, error);
  if (status == MOE_OK)
    status = compile (s, moe_gpu_program_forward, room, 1, &s->forward, error);
  if (status == MOE_OK && s->block.choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    status = compile (s, moe_gpu_program_backward, room, 1 + s->forward.n, &s->backward, error);
  free (room);
  return status;
}

MoeStatus
moe_gpu_prepare (MoeBackendState *s,
                 const MoeBlock *block,
                 const MoeRouting *routing,
                 MoeError *error)
{
  if (!moe_problem_fits (&s->problem, block, routing))
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "a point at top-%zu does not fit what was opened (top-%zu)",
                          routing->topk, s->problem.max_topk);
  s->block = *block;
  s->topk = routing->topk;
  s->experts = block->shape.experts + block->shape.zero_experts;
  s->preweight = moe_impl_preweights (block->choice[MOE_CHOICE_IMPL]);
  s->prequeued = block->choice[MOE_CHOICE_QUEUE_MODE] == MOE_QUEUE_MODE_PREQUEUE;
  /* As the published harness does it: null rows that ride along force the scatter combine. */
  s->scatter = moe_impl_scatters (block->choice[MOE_CHOICE_IMPL])
               || (moe_carries_nulls (block->choice) && routing->null_assignments > 0);
  s->adds_nulls = moe_weighs_nulls (block->choice) && routing->null_assignments > 0;
  s->shared_rows[1] = block->shape.tokens;
  count_rows (s, block, routing);
  MoeStatus status = check_rows (s, routing, error);
  if (status == MOE_OK)
    status = upload_routing (s, routing, error);
  if (status == MOE_OK)
    status = upload_nulls (s, routing, error);
  if (status == MOE_OK)
    status = compile_all (s, error);
  return status == MOE_OK && s->prequeued ? run_lists (s, s->prequeue, NULL, error) : status;
}

/* --- steps --- */

static MoeStatus
stopped (MoeError *error)
{
  return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped in the middle of a step");
}

/* One list is always waiting while one runs, so that the device never does; a stop is looked for
 * between them. */
static MoeStatus
run_lists (MoeBackendState *s, MoeGpuLists lists, MoeStageTimes *times, MoeError *error)
{
  MoeStatus status = MOE_OK;
  size_t begun = 0, done = 0;
  while (status == MOE_OK && done < lists.n)
    {
      if (moe_cancel_requested (s->cancel))
        break;
      if (begun < lists.n)
        status = s->ops->launch (s->gpu, lists.first + begun++, error);
      if (status == MOE_OK && (begun - done > 1 || begun == lists.n))
        status = s->ops->wait (s->gpu, lists.first + done++, times, error);
    }
  while (status == MOE_OK && done < begun)
    status = s->ops->wait (s->gpu, lists.first + done++, NULL, error);
  if (status == MOE_OK && moe_cancel_requested (s->cancel))
    return stopped (error);
  return status;
}

static double
sum_of (const MoeStageTimes *times)
{
  double sum = 0;
  for (size_t i = 0; i < MOE_N_STAGES; i++)
    sum += times->time_s[i];
  return sum;
}

/* What the device did not work is waiting: for the host, and for the host to notice. */
static MoeStatus
run_timed (MoeBackendState *s, MoeGpuLists lists, MoeStageTimes *times, MoeError *error)
{
  MoeStageTimes own = { 0 };
  uint64_t start = moe_now_ns ();
  MoeStatus status = run_lists (s, lists, times != NULL ? &own : NULL, error);
  if (status != MOE_OK || times == NULL)
    return status;
  double wall_s = 1e-9 * (double)(moe_now_ns () - start);
  own.time_s[MOE_STAGE_WAIT] += fmax (0, wall_s - sum_of (&own));
  for (size_t i = 0; i < MOE_N_STAGES; i++)
    times->time_s[i] += own.time_s[i];
  return MOE_OK;
}

MoeStatus
moe_gpu_forward (MoeBackendState *s, MoeStageTimes *times, double *loss, MoeError *error)
{
  double elements = (double)s->problem.shape.tokens * (double)s->problem.shape.hidden;
  MoeStatus status = run_timed (s, s->forward, times, error);
  if (status != MOE_OK || loss == NULL)
    return status;
  status = s->ops->download (s->gpu, loss, s->a.loss, sizeof *loss, sizeof *loss, 1, error);
  *loss /= elements;
  return status;
}

MoeStatus
moe_gpu_backward (MoeBackendState *s, MoeStageTimes *times, MoeError *error)
{
  return run_timed (s, s->backward, times, error);
}

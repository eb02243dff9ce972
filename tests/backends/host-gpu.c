/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/backends/host-gpu.h"

#include "engine/backends/gpu/block.h"
#include "engine/backends/gpu/normal.h"
#include "engine/backends/gpu/rows.h"
#include "engine/base/bfloat16.h"
#include "engine/moe/dispatch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

HostGpuCounts host_gpu_counts;
bool (*host_gpu_run) (const MoeGpuOp *op);
bool (*host_gpu_fill) (const MoeGpuFill *fill);
size_t (*host_gpu_pack_scratch) (size_t slots, size_t experts);

typedef struct List
{
  MoeGpuOp *ops;
  size_t n;
  bool running;
} List;

struct MoeGpu
{
  unsigned char *memory;
  List lists[MOE_GPU_MAX_SLOTS];
};

static float
load (const void *array, size_t index, MoeDtype dtype)
{
  return dtype == MOE_DTYPE_FLOAT32 ? ((const float *)array)[index]
                                    : moe_bf16_to_float (((const uint16_t *)array)[index]);
}

static void
store (void *array, size_t index, MoeDtype dtype, float value)
{
  if (dtype == MOE_DTYPE_FLOAT32)
    ((float *)array)[index] = value;
  else
    ((uint16_t *)array)[index] = moe_bf16_from_float (value);
}

/* --- operations --- */

static void
run_pack (const MoeGpuPack *p)
{
  MoeRouting routing = { .tokens = p->tokens,
                         .experts = p->experts,
                         .topk = p->topk,
                         .topk_idx = (int32_t *)p->topk_idx,
                         .topk_weights = (float *)p->topk_weights };
  MoeDispatchSpec spec = { .carries_nulls = p->carries_nulls,
                           .remaps_nulls = p->remaps_nulls,
                           .strategy = p->strategy,
                           .capacity_policy = p->capacity_policy,
                           .capacity = p->capacity,
                           .end_expert = p->experts,
                           .end_token = p->tokens };
  MoeDispatch d = { .row_token = p->row_token,
                    .row_slot = p->row_slot,
                    .row_weight = p->row_weight,
                    .slot_row = p->slot_row };
  d.expert_offset = calloc (p->experts + 1, sizeof *d.expert_offset);
  d.keys = calloc (2 * p->tokens * p->topk, sizeof *d.keys);
  moe_dispatch_pack (&routing, &spec, &d);
  for (size_t e = 0; e <= p->experts; e++)
    p->offset[e] = (uint32_t)d.expert_offset[e];
  p->offset[p->experts + 1] = (uint32_t)d.rows;
  if (d.rows != p->rows)
    abort (); /* host and device count differently */
  free (d.expert_offset);
  free (d.keys);
}

static void
run_rows (const MoeGpuRows *p, MoeDtype dtype)
{
  for (size_t i = 0; i < p->count; i++)
    {
      size_t row = p->first + i;
      uint32_t from = p->index != NULL ? p->index[row] : (uint32_t)row;
      float scale = p->scale * (p->weight != NULL ? p->weight[row] : 1.0f);
      for (size_t j = 0; j < p->width; j++)
        {
          float value =
              from == MOE_GPU_NO_ROW ? 0 : load (p->from, from / p->divide * p->width + j, dtype);
          store (p->to, i * p->width + j, dtype, from == MOE_GPU_NO_ROW ? 0 : scale * value);
        }
    }
}

static size_t
offset_of (const MoeGpuMatmul *p, size_t expert)
{
  return p->grouped ? p->offset[expert] : p->rows[expert];
}

/* c[r,:] of the rows of one expert. */
static void
run_rows_product (const MoeGpuMatmul *p, size_t e, MoeDtype dtype)
{
  bool transposed = p->form == MOE_GPU_ROWS_TRANSPOSED;
  for (size_t r = offset_of (p, e); r < offset_of (p, e + 1); r++)
    for (size_t j = 0; j < p->n; j++)
      {
        size_t at = (r - p->first_row) * p->ldc + j, a = (r - p->first_row) * p->lda;
        float sum = p->accumulate ? load (p->c, at, dtype) : 0;
        for (size_t k = 0; k < p->k; k++)
          sum += load (p->a, a + k, dtype)
                 * load (p->b, e * p->b_stride + (transposed ? j * p->ldb + k : k * p->ldb + j),
                         dtype);
        store (p->c, at, dtype, p->grouped && host_gpu_counts.spoil_grouped ? sum + 1 : sum);
      }
}

static void
run_wgrad (const MoeGpuMatmul *p, size_t e, MoeDtype dtype)
{
  for (size_t i = 0; i < p->k; i++)
    for (size_t j = 0; j < p->n; j++)
      {
        size_t at = e * p->c_stride + i * p->ldc + j;
        float sum = p->accumulate ? load (p->c, at, dtype) : 0;
        for (size_t r = offset_of (p, e); r < offset_of (p, e + 1); r++)
          sum += load (p->a, (r - p->first_row) * p->lda + i, dtype)
                 * load (p->b, (r - p->first_row) * p->ldb + j, dtype);
        store (p->c, at, dtype, sum);
      }
}

static void
run_matmul (const MoeGpuMatmul *p, MoeDtype dtype)
{
  host_gpu_counts.grouped += p->grouped;
  for (size_t e = p->first_expert; e < p->end_expert; e++)
    {
      if (offset_of (p, e) == offset_of (p, e + 1))
        continue;
      host_gpu_counts.products += !p->grouped;
      if (p->form == MOE_GPU_WGRAD)
        run_wgrad (p, e, dtype);
      else
        run_rows_product (p, e, dtype);
    }
}

static void
run_activate (const MoeGpuActivate *p, MoeDtype dtype, bool backward)
{
  for (size_t i = 0; i < p->count; i++)
    for (size_t j = 0; j < p->width; j++)
      {
        size_t gate = i * 2 * p->width + j, up = gate + p->width, at = i * p->width + j;
        float weight = p->weight != NULL ? p->weight[i] : 1.0f;
        float g = load (p->h, gate, dtype), u = load (p->h, up, dtype);
        if (!backward)
          {
            store (p->act, at, dtype, moe_gpu_swiglu (g, u, weight));
            continue;
          }
        MoeGpuGradient d = moe_gpu_swiglu_backward (g, u, weight, load (p->dact, at, dtype));
        store (p->dh, gate, dtype, d.dgate);
        store (p->dh, up, dtype, d.dup);
        store (p->act, at, dtype, d.act);
      }
}

enum
{
  MAX_SLOTS = 256
};

static void
combine_token (const MoeGpuCombine *p, MoeDtype dtype, size_t t)
{
  uint32_t row[MAX_SLOTS], slot[MAX_SLOTS];
  double squares = 0;
  for (uint32_t j = 0; j < p->slots; j++)
    {
      slot[j] = j;
      row[j] = p->row != NULL ? p->row[t * p->slots + j] : MOE_GPU_NO_ROW;
    }
  if (p->row_order)
    moe_gpu_sort_rows (row, slot, (uint32_t)p->slots);
  for (size_t c = 0; c < p->width; c++)
    {
      float sum = 0;
      for (size_t j = 0; j < p->slots; j++)
        {
          size_t flat = t * p->slots + slot[j];
          if (row[j] != MOE_GPU_NO_ROW)
            sum += (p->weight != NULL ? p->weight[flat] : 1.0f)
                   * load (p->rows, (p->by_slot ? flat : row[j]) * p->width + c, dtype);
        }
      if (p->extra != NULL)
        sum += load (p->extra, t * p->width + c, dtype);
      store (p->y, t * p->width + c, dtype, sum);
      double stored = (double)load (p->y, t * p->width + c, dtype);
      squares += stored * stored;
    }
  if (p->squares != NULL)
    p->squares[t] = squares;
}

static void
run_null_sums (const MoeGpuNullSums *p, MoeDtype dtype)
{
  for (size_t e = 0; e < p->experts; e++)
    for (size_t c = 0; c < p->width; c++)
      {
        float sum = 0;
        for (size_t s = 0; s < p->slots; s++)
          if (p->id[s] == p->first_id + (int32_t)e)
            sum += p->weight[s] * load (p->y, s / p->topk * p->width + c, dtype);
        store (p->dv, e * p->width + c, dtype, p->scale * sum);
      }
}

static void
compare (const void *theirs, const void *ours, size_t n, const char *what)
{
  if (memcmp (theirs, ours, n * sizeof (uint32_t)) == 0)
    return;
  fprintf (stderr, "packing: %s differs from the host's\n", what);
  abort ();
}

/* Everything that was packed is, word for word, what the host makes of the same routing. */
static void
check_pack (const MoeGpuPack *p)
{
  size_t slots = p->tokens * p->topk, experts = p->experts + 2;
  uint32_t *words = calloc (3 * p->rows + slots + experts, sizeof *words);
  MoeGpuPack own = *p;
  own.row_token = words;
  own.row_slot = words + p->rows;
  own.row_weight = (float *)(void *)(words + 2 * p->rows);
  own.slot_row = words + 3 * p->rows;
  own.offset = own.slot_row + slots;
  run_pack (&own);
  compare (p->offset, own.offset, experts, "offset");
  compare (p->row_token, own.row_token, p->rows, "row_token");
  compare (p->row_slot, own.row_slot, p->rows, "row_slot");
  compare (p->row_weight, own.row_weight, p->rows, "row_weight");
  compare (p->slot_row, own.slot_row, slots, "slot_row");
  free (words);
}

static void
run_op (const MoeGpuOp *op)
{
  host_gpu_counts.ops[op->kind]++;
  if (host_gpu_run != NULL && host_gpu_run (op))
    {
      host_gpu_counts.emulated++;
      if (op->kind == MOE_GPU_PACK)
        check_pack (&op->u.pack);
      return;
    }
  switch (op->kind)
    {
    case MOE_GPU_PACK:
      run_pack (&op->u.pack);
      break;
    case MOE_GPU_REPEAT:
    case MOE_GPU_GATHER:
    case MOE_GPU_SCALE:
      run_rows (&op->u.rows, op->dtype);
      break;
    case MOE_GPU_MATMUL:
      run_matmul (&op->u.matmul, op->dtype);
      break;
    case MOE_GPU_CLEAR:
      memset (op->u.bytes.to, 0, op->u.bytes.bytes);
      break;
    case MOE_GPU_COPY:
      memcpy (op->u.bytes.to, op->u.bytes.from, op->u.bytes.bytes);
      break;
    case MOE_GPU_CLEAR_EMPTY:
      for (size_t e = 0; e < op->u.empty.experts; e++)
        if (op->u.empty.offset[e] == op->u.empty.offset[e + 1])
          memset ((unsigned char *)op->u.empty.to + e * op->u.empty.bytes, 0, op->u.empty.bytes);
      break;
    case MOE_GPU_ACTIVATE:
    case MOE_GPU_ACTIVATE_BWD:
      run_activate (&op->u.activate, op->dtype, op->kind == MOE_GPU_ACTIVATE_BWD);
      break;
    case MOE_GPU_COMBINE:
      for (size_t t = 0; t < op->u.combine.tokens; t++)
        combine_token (&op->u.combine, op->dtype, t);
      break;
    case MOE_GPU_NULL_SUMS:
      run_null_sums (&op->u.null_sums, op->dtype);
      break;
    case MOE_GPU_LOSS:
      *op->u.loss.sum = 0;
      for (size_t i = 0; i < op->u.loss.n; i++)
        *op->u.loss.sum += op->u.loss.squares[i];
      break;
    }
}

/* --- the table --- */

static void
host_traits (size_t device, size_t max_slots, size_t experts, MoeGpuTraits *traits)
{
  *traits = (MoeGpuTraits){ .scratch_bytes = host_gpu_pack_scratch != NULL
                                                 ? host_gpu_pack_scratch (max_slots, experts)
                                                 : 8 * max_slots + experts };
}

static MoeStatus
host_open (size_t device, size_t bytes, MoeGpu **out, void **memory, MoeError *error)
{
  size_t there = host_gpu_counts.missing_bytes;
  MoeGpu *gpu = calloc (1, sizeof *gpu);
  if (device != 0 || (there > 0 && bytes > there)
      || (gpu->memory = aligned_alloc (256, (bytes + 255) / 256 * 256)) == NULL)
    {
      free (gpu);
      return moe_error_set (error, MOE_ERROR_MEMORY, "device %zu has no %zu bytes", device, bytes);
    }
  host_gpu_counts.open++;
  *out = gpu;
  *memory = gpu->memory;
  return MOE_OK;
}

static MoeStatus
host_upload (MoeGpu *gpu, void *to, const void *from, size_t bytes, MoeError *error)
{
  memcpy (to, from, bytes);
  return MOE_OK;
}

static MoeStatus
host_download (MoeGpu *gpu,
               void *to,
               const void *from,
               size_t width,
               size_t pitch,
               size_t rows,
               MoeError *error)
{
  for (size_t i = 0; i < rows; i++)
    memcpy ((unsigned char *)to + i * width, (const unsigned char *)from + i * pitch, width);
  return MOE_OK;
}

static MoeStatus
host_set_bytes (MoeGpu *gpu, void *to, int value, size_t bytes, MoeError *error)
{
  memset (to, value, bytes);
  return MOE_OK;
}

static MoeStatus
host_fill (MoeGpu *gpu, const MoeGpuFill *f, MoeError *error)
{
  if (host_gpu_fill != NULL && host_gpu_fill (f))
    return MOE_OK;
  for (size_t i = 0; i < f->rows; i++)
    for (size_t j = 0; j < f->width; j++)
      store (f->to, i * f->pitch + f->column + j, f->dtype,
             moe_gpu_normal (f->seed, f->stream, i * f->width + j, f->scale));
  return MOE_OK;
}

static void
drop_list (List *list)
{
  for (size_t i = 0; i < list->n; i++)
    if (list->ops[i].kind == MOE_GPU_MATMUL)
      free ((void *)list->ops[i].u.matmul.rows);
  free (list->ops);
  *list = (List){ 0 };
}

/* As a device that tries its products leaves what they write. */
static void
spoil (const MoeGpuOp *op)
{
  const MoeGpuMatmul *p = &op->u.matmul;
  if (p->first_expert == p->end_expert || p->rows[p->first_expert] == p->rows[p->first_expert + 1])
    return;
  size_t row = p->rows[p->first_expert] - p->first_row, b = moe_dtype_bytes (op->dtype);
  size_t at = p->form == MOE_GPU_WGRAD ? p->first_expert * p->c_stride : row * p->ldc;
  memset ((unsigned char *)p->c + at * b, 0xff, p->n * b);
}

/* Rows are read now and never again, as a device does it. */
static MoeStatus
host_compile (MoeGpu *gpu, size_t slot, const MoeGpuOp *ops, size_t n, MoeError *error)
{
  List *list = &gpu->lists[slot];
  drop_list (list);
  list->ops = malloc (n * sizeof *ops);
  memcpy (list->ops, ops, n * sizeof *ops);
  list->n = n;
  for (size_t i = 0; i < n; i++)
    {
      MoeGpuMatmul *p = &list->ops[i].u.matmul;
      if (ops[i].kind != MOE_GPU_MATMUL)
        continue;
      spoil (&ops[i]);
      size_t bytes = (p->end_expert + 1) * sizeof *p->rows;
      size_t *rows = malloc (bytes);
      memcpy (rows, p->rows, bytes);
      p->rows = rows;
    }
  return MOE_OK;
}

static MoeStatus
host_launch (MoeGpu *gpu, size_t slot, MoeError *error)
{
  if (++host_gpu_counts.launches == host_gpu_counts.fail_launch)
    return moe_error_set (error, MOE_ERROR_BACKEND, "the device has gone away");
  gpu->lists[slot].running = true;
  return MOE_OK;
}

/* Late, so that nothing can rely on a list that nobody has waited for. */
static MoeStatus
host_wait (MoeGpu *gpu, size_t slot, MoeStageTimes *times, MoeError *error)
{
  List *list = &gpu->lists[slot];
  if (!list->running)
    return moe_error_set (error, MOE_ERROR_BACKEND, "list %zu was not begun", slot);
  for (size_t i = 0; i < list->n; i++)
    {
      run_op (&list->ops[i]);
      if (times != NULL)
        times->time_s[list->ops[i].stage] += 1e-9;
    }
  list->running = false;
  return MOE_OK;
}

static bool
host_has_grouped (MoeGpu *gpu, MoeDtype dtype, size_t n, size_t k)
{
  return dtype == MOE_DTYPE_BFLOAT16 && n % 8 == 0 && k % 8 == 0;
}

static void
host_close (MoeGpu *gpu)
{
  if (gpu == NULL)
    return;
  for (size_t i = 0; i < MOE_GPU_MAX_SLOTS; i++)
    drop_list (&gpu->lists[i]);
  free (gpu->memory);
  free (gpu);
  host_gpu_counts.open--;
}

const MoeGpuOps host_gpu_ops = {
  .traits = host_traits,
  .open = host_open,
  .upload = host_upload,
  .download = host_download,
  .set_bytes = host_set_bytes,
  .fill = host_fill,
  .compile = host_compile,
  .launch = host_launch,
  .wait = host_wait,
  .has_grouped = host_has_grouped,
  .close = host_close,
};

/* --- the backend --- */

static MoeStatus
backend_probe (MoeError *error)
{
  return MOE_OK;
}

static void
backend_facts (size_t device, MoeBackendFacts *facts)
{
  *facts = (MoeBackendFacts){ .library = "host", .device = "CPU" };
}

static MoeStatus
backend_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  return moe_gpu_memory (&host_gpu_ops, problem, need, error);
}

static MoeStatus
backend_open (const MoeProblem *problem,
              const MoeCancel *cancel,
              MoeBackendState **state,
              MoeError *error)
{
  return moe_gpu_open (&host_gpu_ops, problem, cancel, state, error);
}

const MoeBackend host_gpu_backend = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "gpu-on-host",
  .title = "GPU block on the host",
  .probe = backend_probe,
  .facts = backend_facts,
  .supports = moe_gpu_supports,
  .memory = backend_memory,
  .open = backend_open,
  .prepare = moe_gpu_prepare,
  .forward = moe_gpu_forward,
  .backward = moe_gpu_backward,
  .read = moe_gpu_read,
  .poison = moe_gpu_poison,
  .close = moe_gpu_close,
};

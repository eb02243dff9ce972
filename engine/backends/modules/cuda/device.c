/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of operations on a CUDA device: each is captured into a graph, once, and launched as
 * often as wanted.  The times of its stages come from events in the graph. */
#include "engine/backends/modules/cuda/device.h"

#include "engine/backends/modules/cuda/cuda.h"
#include "engine/backends/modules/cuda/kernels.h"
#include "engine/backends/modules/cuda/matmul.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/words.h"

enum
{
  LANES = 4,       /* streams that products of a stage are dealt out to */
  MAX_MARKS = 96,  /* changes of stage in one list; later ones count for the last */
  MAX_TRIALS = 64, /* kept; older ones are made again */
  TRIAL_RUNS = 3   /* the first one takes the graph to the device */
};

typedef struct List
{
  cudaGraphExec_t graph;
  cudaEvent_t events[MAX_MARKS + 1]; /* the first is the beginning; created when first wanted */
  MoeStage stages[MAX_MARKS];        /* that end with the event after */
  cudaEvent_t done;                  /* recorded after the graph */
  size_t n_marks;
} List;

/* Which was faster for products of one kind: the grouped kernel or one product for each expert. */
typedef struct Trial
{
  MoeGpuForm form;
  bool accumulate;
  size_t n, k;
  size_t experts;
  size_t rows; /* in all, in steps of a thirty-second of them */
  bool grouped;
} Trial;

struct MoeGpu
{
  int device;
  int multiprocessors;
  bool has_grouped;
  void *memory;
  cudaStream_t stream;
  cudaStream_t lanes[LANES];
  cudaEvent_t fork;
  cudaEvent_t joins[LANES];
  MoeCudaTimer timer;
  void *workspace;                  /* [LANES] of MOE_CUDA_WORKSPACE bytes */
  MoeCudaMatmul *matmul;            /* borrowed */
  bool rehearsed[MOE_GPU_COPY + 1]; /* kinds of operations whose kernels are loaded */
  Trial trials[MAX_TRIALS];
  size_t n_trials;
  List lists[MOE_GPU_MAX_SLOTS];
};

/* --- open and close --- */

static void
cuda_traits (size_t device, size_t max_slots, size_t experts, MoeGpuTraits *traits)
{
  /* The sort asks the present device, and not every one of them takes as much. */
  cudaSetDevice ((int)device);
  *traits = (MoeGpuTraits){ .scratch_bytes = moe_cuda_pack_scratch (max_slots, experts),
                            .extra_bytes = (size_t)LANES * MOE_CUDA_WORKSPACE };
}

static void
cuda_close (MoeGpu *gpu)
{
  if (gpu == NULL)
    return;
  cudaSetDevice (gpu->device);
  if (gpu->stream != NULL)
    cudaStreamSynchronize (gpu->stream);
  for (size_t i = 0; i < MOE_GPU_MAX_SLOTS; i++)
    {
      List *list = &gpu->lists[i];
      if (list->graph != NULL)
        cudaGraphExecDestroy (list->graph);
      if (list->done != NULL)
        cudaEventDestroy (list->done);
      for (size_t j = 0; j <= MAX_MARKS; j++)
        if (list->events[j] != NULL)
          cudaEventDestroy (list->events[j]);
    }
  for (size_t i = 0; i < LANES; i++)
    {
      if (gpu->joins[i] != NULL)
        cudaEventDestroy (gpu->joins[i]);
      if (gpu->lanes[i] != NULL)
        cudaStreamDestroy (gpu->lanes[i]);
    }
  if (gpu->fork != NULL)
    cudaEventDestroy (gpu->fork);
  if (gpu->timer.begin != NULL)
    cudaEventDestroy (gpu->timer.begin);
  if (gpu->timer.end != NULL)
    cudaEventDestroy (gpu->timer.end);
  if (gpu->stream != NULL)
    cudaStreamDestroy (gpu->stream);
  cudaFree (gpu->workspace);
  cudaFree (gpu->memory);
  free (gpu);
}

static cudaError_t
make_streams (MoeGpu *gpu)
{
  cudaError_t code = cudaStreamCreateWithFlags (&gpu->stream, cudaStreamNonBlocking);
  if (code == cudaSuccess)
    code = cudaEventCreateWithFlags (&gpu->fork, cudaEventDisableTiming);
  if (code == cudaSuccess)
    code = cudaEventCreate (&gpu->timer.begin);
  if (code == cudaSuccess)
    code = cudaEventCreate (&gpu->timer.end);
  gpu->timer.stream = gpu->stream;
  for (size_t i = 0; code == cudaSuccess && i < LANES; i++)
    {
      code = cudaStreamCreateWithFlags (&gpu->lanes[i], cudaStreamNonBlocking);
      if (code == cudaSuccess)
        code = cudaEventCreateWithFlags (&gpu->joins[i], cudaEventDisableTiming);
    }
  return code;
}

static MoeStatus
equip (MoeGpu *gpu, size_t bytes, MoeError *error)
{
  int major = 0;
  cudaError_t code = cudaSetDevice (gpu->device);
  if (code == cudaSuccess)
    code =
        cudaDeviceGetAttribute (&gpu->multiprocessors, cudaDevAttrMultiProcessorCount, gpu->device);
  if (code == cudaSuccess)
    code = cudaDeviceGetAttribute (&major, cudaDevAttrComputeCapabilityMajor, gpu->device);
  if (code == cudaSuccess)
    code = make_streams (gpu);
  MoeStatus status = moe_cuda_check (code, MOE_WORDS ("starting the device"), error);
  if (status == MOE_OK)
    status = moe_cuda_check (cudaMalloc (&gpu->memory, bytes), MOE_WORDS ("taking memory"), error);
  if (status == MOE_OK)
    status = moe_cuda_check (cudaMalloc (&gpu->workspace, (size_t)LANES * MOE_CUDA_WORKSPACE),
                             "taking workspace", error);
  return status == MOE_OK ? moe_cuda_matmul_of ((size_t)gpu->device, &gpu->matmul, error) : status;
}

static MoeStatus
cuda_open (size_t device, size_t bytes, MoeGpu **out, void **memory, MoeError *error)
{
  MoeGpu *gpu = calloc (1, sizeof *gpu);
  if (gpu == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for the state of a device");
  gpu->device = (int)device;
  MoeStatus status = equip (gpu, bytes, error);
  if (status != MOE_OK)
    {
      cuda_close (gpu);
      return status;
    }
  *memory = gpu->memory;
  *out = gpu;
  return MOE_OK;
}

/* --- memory --- */

static MoeStatus
cuda_upload (MoeGpu *gpu, void *to, const void *from, size_t bytes, MoeError *error)
{
  cudaError_t code = cudaSetDevice (gpu->device);
  if (code == cudaSuccess)
    code = cudaMemcpyAsync (to, from, bytes, cudaMemcpyHostToDevice, gpu->stream);
  if (code == cudaSuccess)
    code = cudaStreamSynchronize (gpu->stream);
  return moe_cuda_check (code, MOE_WORDS ("a copy to the device"), error);
}

static MoeStatus
cuda_download (MoeGpu *gpu,
               void *to,
               const void *from,
               size_t width,
               size_t pitch,
               size_t rows,
               MoeError *error)
{
  cudaError_t code = cudaSetDevice (gpu->device);
  if (code == cudaSuccess && (rows == 1 || pitch == width))
    code = cudaMemcpyAsync (to, from, rows * width, cudaMemcpyDeviceToHost, gpu->stream);
  else if (code == cudaSuccess)
    code = cudaMemcpy2DAsync (to, width, from, pitch, width, rows, cudaMemcpyDeviceToHost,
                              gpu->stream);
  if (code == cudaSuccess)
    code = cudaStreamSynchronize (gpu->stream);
  return moe_cuda_check (code, MOE_WORDS ("a copy from the device"), error);
}

static MoeStatus
cuda_set_bytes (MoeGpu *gpu, void *to, int value, size_t bytes, MoeError *error)
{
  cudaError_t code = cudaSetDevice (gpu->device);
  if (code == cudaSuccess)
    code = cudaMemsetAsync (to, value, bytes, gpu->stream);
  if (code == cudaSuccess)
    code = cudaStreamSynchronize (gpu->stream);
  return moe_cuda_check (code, MOE_WORDS ("setting memory"), error);
}

static MoeStatus
cuda_fill (MoeGpu *gpu, const MoeGpuFill *fill, MoeError *error)
{
  cudaError_t code = cudaSetDevice (gpu->device);
  if (code == cudaSuccess)
    code = moe_cuda_fill (fill, gpu->stream);
  if (code == cudaSuccess)
    code = cudaStreamSynchronize (gpu->stream);
  return moe_cuda_check (code, MOE_WORDS ("filling tensors"), error);
}

/* --- operations --- */

static unsigned char *
workspace_of (MoeGpu *gpu, size_t lane)
{
  return (unsigned char *)gpu->workspace + lane * MOE_CUDA_WORKSPACE;
}

static double
flops_of (const MoeCudaProduct *p)
{
  return 2.0 * (double)p->m * (double)p->n * (double)p->k;
}

/* The lane with the least work so far. */
static size_t
least_of (const double load[LANES])
{
  size_t best = 0;
  for (size_t lane = 1; lane < LANES; lane++)
    if (load[lane] < load[best])
      best = lane;
  return best;
}

/* The lanes go on where the stream is; the stream goes on where all lanes that were used are. */
static cudaError_t
fork_lanes (MoeGpu *gpu)
{
  cudaError_t code = cudaEventRecord (gpu->fork, gpu->stream);
  for (size_t lane = 0; code == cudaSuccess && lane < LANES; lane++)
    code = cudaStreamWaitEvent (gpu->lanes[lane], gpu->fork, 0);
  return code;
}

static cudaError_t
join_lanes (MoeGpu *gpu)
{
  cudaError_t code = cudaSuccess;
  for (size_t lane = 0; code == cudaSuccess && lane < LANES; lane++)
    {
      code = cudaEventRecord (gpu->joins[lane], gpu->lanes[lane]);
      if (code == cudaSuccess)
        code = cudaStreamWaitEvent (gpu->stream, gpu->joins[lane], 0);
    }
  return code;
}

static MoeStatus
put_products (MoeGpu *gpu, const MoeGpuMatmul *p, MoeDtype dtype, MoeError *error)
{
  double load[LANES] = { 0 };
  MoeStatus status = moe_cuda_check (fork_lanes (gpu), MOE_WORDS ("a fork"), error);
  for (size_t e = p->first_expert; status == MOE_OK && e < p->end_expert; e++)
    {
      size_t lane = p->in_order ? 0 : least_of (load), count = p->rows[e + 1] - p->rows[e];
      if (count == 0)
        continue; /* no library is asked for a product without rows */
      MoeCudaProduct product = moe_cuda_product_of (p, dtype, e, p->rows[e], count);
      load[lane] += flops_of (&product);
      status = moe_cuda_matmul_run (gpu->matmul, &product, workspace_of (gpu, lane),
                                    gpu->lanes[lane], error);
    }
  return status == MOE_OK ? moe_cuda_check (join_lanes (gpu), MOE_WORDS ("a join"), error) : status;
}

static bool
is_grouped (const MoeGpuMatmul *p, MoeDtype dtype)
{
  return p->grouped && dtype == MOE_DTYPE_BFLOAT16 && moe_cuda_grouped_fits (p);
}

static MoeStatus
put_matmul (MoeGpu *gpu, const MoeGpuMatmul *p, MoeDtype dtype, MoeError *error)
{
  if (!is_grouped (p, dtype))
    return put_products (gpu, p, dtype, error);
  return moe_cuda_check (moe_cuda_grouped (p, gpu->multiprocessors, gpu->stream),
                         "the grouped kernel", error);
}

static MoeStatus
put_op (MoeGpu *gpu, const MoeGpuOp *op, MoeError *error)
{
  cudaStream_t stream = gpu->stream;
  cudaError_t code = cudaErrorInvalidValue;
  switch (op->kind)
    {
    case MOE_GPU_PACK:
      code = moe_cuda_pack (&op->u.pack, stream);
      break;
    case MOE_GPU_REPEAT:
    case MOE_GPU_GATHER:
    case MOE_GPU_SCALE:
      code = moe_cuda_rows (&op->u.rows, op->dtype, stream);
      break;
    case MOE_GPU_MATMUL:
      return put_matmul (gpu, &op->u.matmul, op->dtype, error);
    case MOE_GPU_CLEAR:
      code = cudaMemsetAsync (op->u.bytes.to, 0, op->u.bytes.bytes, stream);
      break;
    case MOE_GPU_COPY:
      code = cudaMemcpyAsync (op->u.bytes.to, op->u.bytes.from, op->u.bytes.bytes,
                              cudaMemcpyDeviceToDevice, stream);
      break;
    case MOE_GPU_CLEAR_EMPTY:
      code = moe_cuda_clear_empty (op->u.empty.to, op->u.empty.offset, op->u.empty.bytes,
                                   op->u.empty.experts, stream);
      break;
    case MOE_GPU_ACTIVATE:
      code = moe_cuda_activate (&op->u.activate, op->dtype, stream);
      break;
    case MOE_GPU_ACTIVATE_BWD:
      code = moe_cuda_activate_backward (&op->u.activate, op->dtype, stream);
      break;
    case MOE_GPU_COMBINE:
      code = moe_cuda_combine (&op->u.combine, op->dtype, stream);
      break;
    case MOE_GPU_NULL_SUMS:
      code = moe_cuda_null_sums (&op->u.null_sums, op->dtype, stream);
      break;
    case MOE_GPU_LOSS:
      code = moe_cuda_loss (op->u.loss.squares, op->u.loss.sum, op->u.loss.n, stream);
      break;
    }
  return moe_cuda_check (code, moe_name_of (&moe_stage_names, (int)op->stage), error);
}

/* --- lists --- */

static MoeStatus
choose_products (MoeGpu *gpu, const MoeGpuOp *op, MoeError *error)
{
  const MoeGpuMatmul *p = &op->u.matmul;
  MoeStatus status = MOE_OK;
  for (size_t e = p->first_expert; status == MOE_OK && e < p->end_expert; e++)
    {
      size_t count = p->rows[e + 1] - p->rows[e];
      if (count == 0)
        continue;
      MoeCudaProduct product = moe_cuda_product_of (p, op->dtype, e, p->rows[e], count);
      status =
          moe_cuda_matmul_choose (gpu->matmul, &product, workspace_of (gpu, 0), &gpu->timer, error);
    }
  return status;
}

static Trial
trial_of (const MoeGpuMatmul *p)
{
  size_t rows = p->rows[p->end_expert] - p->rows[p->first_expert], unit = rows / 32 + 1;
  return (Trial){ .form = p->form,
                  .accumulate = p->accumulate,
                  .n = p->n,
                  .k = p->k,
                  .experts = p->end_expert - p->first_expert,
                  .rows = rows / unit * unit };
}

static const Trial *
find_trial (const MoeGpu *gpu, const Trial *wanted)
{
  for (size_t i = 0; i < gpu->n_trials && i < MAX_TRIALS; i++)
    {
      const Trial *t = &gpu->trials[i];
      if (t->form == wanted->form && t->accumulate == wanted->accumulate && t->n == wanted->n
          && t->k == wanted->k && t->experts == wanted->experts && t->rows == wanted->rows)
        return t;
    }
  return NULL;
}

/* A product as a step has it: launched at once, and not expert after expert as fast as the host
 * can, which would be the slower of the two. */
static MoeStatus
make_trial (
    MoeGpu *gpu, const MoeGpuMatmul *p, MoeDtype dtype, cudaGraphExec_t *exec, MoeError *error)
{
  cudaGraph_t graph = NULL;
  MoeStatus status =
      moe_cuda_check (cudaStreamBeginCapture (gpu->stream, cudaStreamCaptureModeRelaxed),
                      MOE_WORDS ("a capture"), error);
  if (status != MOE_OK)
    return status;
  status = put_matmul (gpu, p, dtype, error);
  cudaError_t code = cudaStreamEndCapture (gpu->stream, &graph);
  if (status == MOE_OK && code == cudaSuccess)
    code = cudaGraphInstantiate (exec, graph, 0);
  if (graph != NULL)
    cudaGraphDestroy (graph);
  return status == MOE_OK ? moe_cuda_check (code, MOE_WORDS ("making a trial"), error) : status;
}

static cudaError_t
run_trial (MoeGpu *gpu, cudaGraphExec_t exec, float *ms)
{
  cudaError_t code = cudaEventRecord (gpu->timer.begin, gpu->stream);
  if (code == cudaSuccess)
    code = cudaGraphLaunch (exec, gpu->stream);
  if (code == cudaSuccess)
    code = cudaEventRecord (gpu->timer.end, gpu->stream);
  if (code == cudaSuccess)
    code = cudaEventSynchronize (gpu->timer.end);
  return code == cudaSuccess ? cudaEventElapsedTime (ms, gpu->timer.begin, gpu->timer.end) : code;
}

/* Milliseconds of the fastest of a few runs, after one that loads what there is to load. */
static MoeStatus
time_matmul (MoeGpu *gpu, const MoeGpuMatmul *p, MoeDtype dtype, float *best_ms, MoeError *error)
{
  cudaGraphExec_t exec = NULL;
  MoeStatus status = put_matmul (gpu, p, dtype, error);
  *best_ms = INFINITY;
  if (status == MOE_OK)
    status = make_trial (gpu, p, dtype, &exec, error);
  for (int run = 0; status == MOE_OK && run < TRIAL_RUNS; run++)
    {
      float ms = INFINITY;
      status = moe_cuda_check (run_trial (gpu, exec, &ms), MOE_WORDS ("a trial"), error);
      *best_ms = fminf (*best_ms, ms);
    }
  if (exec != NULL)
    cudaGraphExecDestroy (exec);
  return status;
}

/* Not asked where somebody wants the kernel, to test it. */
static bool
is_grouped_wanted (void)
{
  const char *wanted = getenv ("NULLCURVE_CUDA_GROUPED");
  return wanted != NULL && strcmp (wanted, "1") == 0;
}

static MoeStatus
try_both (MoeGpu *gpu, MoeGpuMatmul *p, MoeDtype dtype, MoeError *error)
{
  Trial trial = trial_of (p);
  const Trial *known = find_trial (gpu, &trial);
  float grouped_ms, single_ms;
  if (known != NULL)
    {
      p->grouped = known->grouped;
      return MOE_OK;
    }
  p->grouped = true;
  MoeStatus status = time_matmul (gpu, p, dtype, &grouped_ms, error);
  p->grouped = false;
  if (status == MOE_OK)
    status = time_matmul (gpu, p, dtype, &single_ms, error);
  if (status != MOE_OK)
    return status;
  p->grouped = trial.grouped = grouped_ms < single_ms;
  gpu->trials[gpu->n_trials++ % MAX_TRIALS] = trial;
  return MOE_OK;
}

/* What takes time or loads kernels is done before the capture: choices, and one run of each kind of
 * operation.  Packing is run every time, since trials need to know which rows are whose; all else
 * works on whatever numbers are there. */
static MoeStatus
rehearse (MoeGpu *gpu, MoeGpuOp *op, MoeError *error)
{
  MoeGpuMatmul *p = &op->u.matmul;
  MoeStatus status = MOE_OK;
  if (op->kind == MOE_GPU_MATMUL)
    {
      bool grouped = is_grouped (p, op->dtype);
      p->if_faster &= !is_grouped_wanted ();
      if (!grouped || p->if_faster)
        status = choose_products (gpu, op, error);
      if (status == MOE_OK && grouped)
        status = p->if_faster ? try_both (gpu, p, op->dtype, error) : put_op (gpu, op, error);
    }
  else if (op->kind == MOE_GPU_PACK || !gpu->rehearsed[op->kind])
    {
      gpu->rehearsed[op->kind] = true;
      status = put_op (gpu, op, error);
    }
  return status;
}

/* An event that becomes a node of the graph and that the host may look at. */
static MoeStatus
mark (MoeGpu *gpu, List *list, size_t index, MoeError *error)
{
  cudaError_t code = cudaSuccess;
  if (list->events[index] == NULL)
    code = cudaEventCreate (&list->events[index]);
  if (code == cudaSuccess)
    code = cudaEventRecordWithFlags (list->events[index], gpu->stream, cudaEventRecordExternal);
  return moe_cuda_check (code, MOE_WORDS ("marking a stage"), error);
}

/* Operations and, where the stage changes, marks. */
static MoeStatus
put_list (MoeGpu *gpu, List *list, const MoeGpuOp *ops, size_t n, MoeError *error)
{
  MoeStatus status = mark (gpu, list, 0, error);
  list->n_marks = 0;
  for (size_t i = 0; status == MOE_OK && i < n; i++)
    {
      status = put_op (gpu, &ops[i], error);
      bool ends = i + 1 == n || ops[i + 1].stage != ops[i].stage;
      if (status != MOE_OK || !ends || (i + 1 < n && list->n_marks + 1 == MAX_MARKS))
        continue;
      list->stages[list->n_marks++] = ops[i].stage;
      status = mark (gpu, list, list->n_marks, error);
    }
  return status;
}

/* A capture that failed must be ended all the same. */
static MoeStatus
capture (
    MoeGpu *gpu, List *list, const MoeGpuOp *ops, size_t n, cudaGraph_t *graph, MoeError *error)
{
  MoeStatus status =
      moe_cuda_check (cudaStreamBeginCapture (gpu->stream, cudaStreamCaptureModeRelaxed),
                      MOE_WORDS ("a capture"), error);
  if (status != MOE_OK)
    return status;
  status = put_list (gpu, list, ops, n, error);
  cudaError_t code = cudaStreamEndCapture (gpu->stream, graph);
  return status == MOE_OK ? moe_cuda_check (code, MOE_WORDS ("the end of a capture"), error)
                          : status;
}

static MoeStatus
make_graph (MoeGpu *gpu, List *list, MoeGpuOp *ops, size_t n, MoeError *error)
{
  cudaGraph_t graph = NULL;
  MoeStatus status =
      moe_cuda_check (cudaSetDevice (gpu->device), MOE_WORDS ("choosing the device"), error);
  if (list->graph != NULL)
    cudaGraphExecDestroy (list->graph);
  list->graph = NULL;
  if (status == MOE_OK && list->done == NULL)
    status = moe_cuda_check (cudaEventCreateWithFlags (&list->done, cudaEventDisableTiming),
                             "making an event", error);
  for (size_t i = 0; status == MOE_OK && i < n; i++)
    status = rehearse (gpu, &ops[i], error);
  if (status == MOE_OK)
    status =
        moe_cuda_check (cudaStreamSynchronize (gpu->stream), MOE_WORDS ("trying products"), error);
  if (status == MOE_OK)
    status = capture (gpu, list, ops, n, &graph, error);
  if (status == MOE_OK)
    status = moe_cuda_check (cudaGraphInstantiate (&list->graph, graph, 0),
                             MOE_WORDS ("making a graph"), error);
  if (status == MOE_OK)
    status = moe_cuda_check (cudaGraphUpload (list->graph, gpu->stream),
                             MOE_WORDS ("uploading a graph"), error);
  if (graph != NULL)
    cudaGraphDestroy (graph);
  return status;
}

static MoeStatus
cuda_compile (MoeGpu *gpu, size_t slot, const MoeGpuOp *ops, size_t n, MoeError *error)
{
  MoeGpuOp *own = malloc (n * sizeof *own);
  if (own == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for %zu operations", n);
  memcpy (own, ops, n * sizeof *own);
  MoeStatus status = make_graph (gpu, &gpu->lists[slot], own, n, error);
  free (own);
  return status;
}

static MoeStatus
cuda_launch (MoeGpu *gpu, size_t slot, MoeError *error)
{
  cudaError_t code = cudaSetDevice (gpu->device);
  if (code == cudaSuccess)
    code = cudaGraphLaunch (gpu->lists[slot].graph, gpu->stream);
  if (code == cudaSuccess)
    code = cudaEventRecord (gpu->lists[slot].done, gpu->stream);
  return moe_cuda_check (code, MOE_WORDS ("launching a graph"), error);
}

static MoeStatus
cuda_wait (MoeGpu *gpu, size_t slot, MoeStageTimes *times, MoeError *error)
{
  const List *list = &gpu->lists[slot];
  cudaError_t code = cudaEventSynchronize (list->done);
  for (size_t i = 0; code == cudaSuccess && times != NULL && i < list->n_marks; i++)
    {
      float milliseconds = 0;
      code = cudaEventElapsedTime (&milliseconds, list->events[i], list->events[i + 1]);
      times->time_s[list->stages[i]] += 1e-3 * (double)milliseconds;
    }
  return moe_cuda_check (code, MOE_WORDS ("a step"), error);
}

static atomic_bool uses_grouped[MOE_CUDA_MAX_DEVICES];

void
moe_cuda_use_grouped (size_t device, bool use)
{
  atomic_store (&uses_grouped[device], use);
}

static bool
cuda_has_grouped (MoeGpu *gpu, MoeDtype dtype, size_t n, size_t k)
{
  return dtype == MOE_DTYPE_BFLOAT16 && n % 8 == 0 && k % 8 == 0
         && atomic_load (&uses_grouped[gpu->device]);
}

const MoeGpuOps moe_cuda_ops = {
  .traits = cuda_traits,
  .open = cuda_open,
  .upload = cuda_upload,
  .download = cuda_download,
  .set_bytes = cuda_set_bytes,
  .fill = cuda_fill,
  .compile = cuda_compile,
  .launch = cuda_launch,
  .wait = cuda_wait,
  .has_grouped = cuda_has_grouped,
  .close = cuda_close,
};

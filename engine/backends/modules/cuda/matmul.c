/* SPDX-License-Identifier: Apache-2.0 */
/* One product with cuBLASLt.  Its matrices are column-major, ours row-major: it is asked for
 * c^T = b^T a^T, which is the same bytes. */
#include "engine/backends/modules/cuda/matmul.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/words.h"

enum
{
  MAX_ALIGN = 256,
  BUCKET = 128,     /* kinds of products differ by so many rows */
  MAX_KINDS = 4096, /* kept at the same time; more are chosen again */
  N_HEURISTICS = 6,
  TRIALS = 2 /* of each of them */
};

/* What the choice of an algorithm depends on. */
typedef struct Kind
{
  uint64_t m, n, k; /* sides, the one that is a number of rows rounded up */
  uint64_t lda, ldb, ldc;
  uint32_t align_a, align_b, align_c;
  uint8_t dtype, transpose_a, transpose_b, accumulate;
} Kind;

typedef struct Choice
{
  bool known;
  Kind kind;
  cublasLtMatmulAlgo_t algorithm;
} Choice;

struct MoeCudaMatmul
{
  cublasLtHandle_t handle;
  pthread_mutex_t lock;      /* of the choices */
  Choice choices[MAX_KINDS]; /* a hash table in which the last one in a place stays */
};

/* What cuBLASLt calls a product. */
typedef struct Call
{
  cublasLtMatmulDesc_t desc;
  cublasLtMatrixLayout_t a, b, c; /* of the column-major product: our b, a and c */
} Call;

static MoeStatus
matmul_new (MoeCudaMatmul **out, MoeError *error)
{
  MoeCudaMatmul *matmul = calloc (1, sizeof *matmul);
  if (matmul == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for the products of a device");
  pthread_mutex_init (&matmul->lock, NULL);
  MoeStatus status = moe_cuda_check_blas (cublasLtCreate (&matmul->handle),
                                          MOE_WORDS ("starting cuBLASLt"), error);
  if (status == MOE_OK)
    *out = matmul;
  else
    free (matmul);
  return status;
}

MoeStatus
moe_cuda_matmul_of (size_t device, MoeCudaMatmul **matmul, MoeError *error)
{
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static MoeCudaMatmul *kept[MOE_CUDA_MAX_DEVICES];
  MoeStatus status = MOE_OK;
  if (device >= MOE_CUDA_MAX_DEVICES)
    return moe_error_set (error, MOE_ERROR_UNSUPPORTED, "device %zu is beyond the %d that are kept",
                          device, (int)MOE_CUDA_MAX_DEVICES);
  pthread_mutex_lock (&lock);
  if (kept[device] == NULL)
    status = matmul_new (&kept[device], error);
  *matmul = kept[device];
  pthread_mutex_unlock (&lock);
  return status;
}

MoeCudaProduct
moe_cuda_product_of (
    const MoeGpuMatmul *p, MoeDtype dtype, size_t expert, size_t first, size_t count)
{
  size_t bytes = moe_dtype_bytes (dtype), row = first - p->first_row;
  bool wgrad = p->form == MOE_GPU_WGRAD;
  const unsigned char *a = p->a, *b = p->b;
  unsigned char *c = p->c;
  return (MoeCudaProduct){
    .dtype = dtype,
    .transpose_a = wgrad,
    .transpose_b = p->form == MOE_GPU_ROWS_TRANSPOSED,
    .accumulate = p->accumulate,
    .a = a + row * p->lda * bytes,
    .b = b + (wgrad ? row * p->ldb : expert * p->b_stride) * bytes,
    .c = c + (wgrad ? expert * p->c_stride : row * p->ldc) * bytes,
    .m = wgrad ? p->k : count,
    .n = p->n,
    .k = wgrad ? count : p->k,
    .lda = p->lda,
    .ldb = p->ldb,
    .ldc = p->ldc,
  };
}

/* --- kinds --- */

static uint32_t
alignment_of (const void *pointer)
{
  uintptr_t address = (uintptr_t)pointer;
  uint32_t align = (uint32_t)(address & -address);
  return align == 0 || align > MAX_ALIGN ? MAX_ALIGN : align;
}

static uint64_t
round_up (size_t n)
{
  return (n + BUCKET - 1) / BUCKET * BUCKET;
}

static Kind
kind_of (const MoeCudaProduct *p)
{
  Kind kind;
  memset (&kind, 0, sizeof kind); /* it is compared byte by byte */
  kind.m = p->transpose_a ? p->m : round_up (p->m);
  kind.n = p->n;
  kind.k = p->transpose_a ? round_up (p->k) : p->k;
  kind.lda = p->lda;
  kind.ldb = p->ldb;
  kind.ldc = p->ldc;
  kind.align_a = alignment_of (p->a);
  kind.align_b = alignment_of (p->b);
  kind.align_c = alignment_of (p->c);
  kind.dtype = (uint8_t)p->dtype;
  kind.transpose_a = p->transpose_a;
  kind.transpose_b = p->transpose_b;
  kind.accumulate = p->accumulate;
  return kind;
}

/* FNV-1a. */
static Choice *
place_of (MoeCudaMatmul *matmul, const Kind *kind)
{
  const unsigned char *bytes = (const unsigned char *)kind;
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < sizeof *kind; i++)
    hash = (hash ^ bytes[i]) * 0x100000001b3u;
  return &matmul->choices[hash % MAX_KINDS];
}

static bool
find_choice (MoeCudaMatmul *matmul, const Kind *kind, cublasLtMatmulAlgo_t *algorithm)
{
  const Choice *choice = place_of (matmul, kind);
  pthread_mutex_lock (&matmul->lock);
  bool known = choice->known && memcmp (&choice->kind, kind, sizeof *kind) == 0;
  if (known)
    *algorithm = choice->algorithm;
  pthread_mutex_unlock (&matmul->lock);
  return known;
}

static void
keep_choice (MoeCudaMatmul *matmul, const Kind *kind, const cublasLtMatmulAlgo_t *algorithm)
{
  Choice *choice = place_of (matmul, kind);
  pthread_mutex_lock (&matmul->lock);
  choice->known = true;
  choice->kind = *kind;
  choice->algorithm = *algorithm;
  pthread_mutex_unlock (&matmul->lock);
}

/* --- calls --- */

static cudaDataType_t
type_of (MoeDtype dtype)
{
  return dtype == MOE_DTYPE_FLOAT32 ? CUDA_R_32F : CUDA_R_16BF;
}

static void
call_clear (Call *call)
{
  if (call->c != NULL)
    cublasLtMatrixLayoutDestroy (call->c);
  if (call->b != NULL)
    cublasLtMatrixLayoutDestroy (call->b);
  if (call->a != NULL)
    cublasLtMatrixLayoutDestroy (call->a);
  if (call->desc != NULL)
    cublasLtMatmulDescDestroy (call->desc);
}

/* Row-major [rows,columns] is column-major [columns,rows]. */
static cublasStatus_t
make_layout (cublasLtMatrixLayout_t *layout, MoeDtype dtype, size_t rows, size_t columns, size_t ld)
{
  return cublasLtMatrixLayoutCreate (layout, type_of (dtype), columns, rows, (int64_t)ld);
}

static cublasStatus_t
set_transposes (cublasLtMatmulDesc_t desc, const MoeCudaProduct *p)
{
  cublasOperation_t a = p->transpose_b ? CUBLAS_OP_T : CUBLAS_OP_N;
  cublasOperation_t b = p->transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N;
  cublasStatus_t status =
      cublasLtMatmulDescSetAttribute (desc, CUBLASLT_MATMUL_DESC_TRANSA, &a, sizeof a);
  return status == CUBLAS_STATUS_SUCCESS
             ? cublasLtMatmulDescSetAttribute (desc, CUBLASLT_MATMUL_DESC_TRANSB, &b, sizeof b)
             : status;
}

/* float32 is really float32: no TF32 in its products. */
static cublasStatus_t
call_init (Call *call, const MoeCudaProduct *p)
{
  *call = (Call){ 0 };
  cublasStatus_t status = cublasLtMatmulDescCreate (&call->desc, CUBLAS_COMPUTE_32F, CUDA_R_32F);
  if (status == CUBLAS_STATUS_SUCCESS)
    status = set_transposes (call->desc, p);
  if (status == CUBLAS_STATUS_SUCCESS)
    status = p->transpose_b ? make_layout (&call->a, p->dtype, p->n, p->k, p->ldb)
                            : make_layout (&call->a, p->dtype, p->k, p->n, p->ldb);
  if (status == CUBLAS_STATUS_SUCCESS)
    status = p->transpose_a ? make_layout (&call->b, p->dtype, p->k, p->m, p->lda)
                            : make_layout (&call->b, p->dtype, p->m, p->k, p->lda);
  if (status == CUBLAS_STATUS_SUCCESS)
    status = make_layout (&call->c, p->dtype, p->m, p->n, p->ldc);
  return status;
}

/* Where the common side is split, the parts are added in float32, not in bfloat16. */
static cublasStatus_t
set_preference (cublasLtMatmulPreference_t preference, const Kind *kind)
{
  const uint64_t workspace = MOE_CUDA_WORKSPACE;
  const uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
  const struct
  {
    cublasLtMatmulPreferenceAttributes_t attribute;
    const void *value;
    size_t size;
  } settings[] = {
    { CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace, sizeof workspace },
    { CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, &reductions, sizeof reductions },
    { CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, &kind->align_b, sizeof kind->align_b },
    { CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, &kind->align_a, sizeof kind->align_a },
    { CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, &kind->align_c, sizeof kind->align_c },
    { CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, &kind->align_c, sizeof kind->align_c },
  };
  cublasStatus_t status = CUBLAS_STATUS_SUCCESS;
  for (size_t i = 0; status == CUBLAS_STATUS_SUCCESS && i < sizeof settings / sizeof settings[0];
       i++)
    status = cublasLtMatmulPreferenceSetAttribute (preference, settings[i].attribute,
                                                   settings[i].value, settings[i].size);
  return status;
}

/* Algorithms that may do, those thought to be the fastest first; their number, 0 on failure. */
static int
ask_heuristics (cublasLtHandle_t handle,
                const Call *call,
                const Kind *kind,
                cublasLtMatmulAlgo_t algorithms[N_HEURISTICS])
{
  cublasLtMatmulPreference_t preference = NULL;
  cublasLtMatmulHeuristicResult_t results[N_HEURISTICS];
  int found = 0, n = 0;
  cublasStatus_t status = cublasLtMatmulPreferenceCreate (&preference);
  if (status == CUBLAS_STATUS_SUCCESS)
    status = set_preference (preference, kind);
  if (status == CUBLAS_STATUS_SUCCESS)
    status = cublasLtMatmulAlgoGetHeuristic (handle, call->desc, call->a, call->b, call->c, call->c,
                                             preference, N_HEURISTICS, results, &found);
  if (preference != NULL)
    cublasLtMatmulPreferenceDestroy (preference);
  for (int i = 0; status == CUBLAS_STATUS_SUCCESS && i < found; i++)
    if (results[i].state == CUBLAS_STATUS_SUCCESS)
      algorithms[n++] = results[i].algo;
  return n;
}

static cublasStatus_t
run_call (MoeCudaMatmul *matmul,
          const Call *call,
          const MoeCudaProduct *p,
          const cublasLtMatmulAlgo_t *algorithm,
          void *workspace,
          cudaStream_t stream)
{
  const float alpha = 1.0f, beta = p->accumulate ? 1.0f : 0.0f;
  return cublasLtMatmul (matmul->handle, call->desc, &alpha, p->b, call->a, p->a, call->b, &beta,
                         p->c, call->c, p->c, call->c, algorithm, workspace, MOE_CUDA_WORKSPACE,
                         stream);
}

/* Seconds of one product, INFINITY where it cannot be computed so; the run before loads kernels. */
static float
time_call (MoeCudaMatmul *matmul,
           const Call *call,
           const MoeCudaProduct *p,
           const cublasLtMatmulAlgo_t *algorithm,
           void *workspace,
           const MoeCudaTimer *timer)
{
  float best_ms = INFINITY;
  if (run_call (matmul, call, p, algorithm, workspace, timer->stream) != CUBLAS_STATUS_SUCCESS)
    return INFINITY;
  for (int trial = 0; trial < TRIALS; trial++)
    {
      float ms = INFINITY;
      cudaError_t code = cudaEventRecord (timer->begin, timer->stream);
      run_call (matmul, call, p, algorithm, workspace, timer->stream);
      if (code == cudaSuccess)
        code = cudaEventRecord (timer->end, timer->stream);
      if (code == cudaSuccess)
        code = cudaEventSynchronize (timer->end);
      if (code == cudaSuccess)
        code = cudaEventElapsedTime (&ms, timer->begin, timer->end);
      best_ms = code == cudaSuccess ? fminf (best_ms, ms) : INFINITY;
    }
  return best_ms;
}

/* The one thought to be the fastest, unless another one really is by more than noise. */
static int
choose_fastest (MoeCudaMatmul *matmul,
                const Call *call,
                const MoeCudaProduct *p,
                const cublasLtMatmulAlgo_t *algorithms,
                int n,
                void *workspace,
                const MoeCudaTimer *timer)
{
  const float telling = 0.97f;
  int best = -1;
  float best_ms = INFINITY;
  for (int i = 0; i < n; i++)
    {
      float ms = time_call (matmul, call, p, &algorithms[i], workspace, timer);
      if (best < 0 ? ms < INFINITY : ms < telling * best_ms)
        {
          best = i;
          best_ms = ms;
        }
    }
  return best;
}

MoeStatus
moe_cuda_matmul_choose (MoeCudaMatmul *matmul,
                        const MoeCudaProduct *p,
                        void *workspace,
                        const MoeCudaTimer *timer,
                        MoeError *error)
{
  Call call;
  Kind kind = kind_of (p);
  cublasLtMatmulAlgo_t algorithms[N_HEURISTICS];
  if (find_choice (matmul, &kind, &algorithms[0]))
    return MOE_OK;
  cublasStatus_t status = call_init (&call, p);
  if (status == CUBLAS_STATUS_SUCCESS)
    {
      int n = ask_heuristics (matmul->handle, &call, &kind, algorithms);
      int best = choose_fastest (matmul, &call, p, algorithms, n, workspace, timer);
      status = best >= 0 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
      if (best >= 0)
        keep_choice (matmul, &kind, &algorithms[best]);
    }
  call_clear (&call);
  return moe_cuda_check_blas (status, MOE_WORDS ("choosing how to multiply"), error);
}

/* What was chosen for another number of rows of the same kind may not do for this one: then it is
 * chosen anew, without trying. */
MoeStatus
moe_cuda_matmul_run (MoeCudaMatmul *matmul,
                     const MoeCudaProduct *p,
                     void *workspace,
                     cudaStream_t stream,
                     MoeError *error)
{
  Call call;
  Kind kind = kind_of (p);
  cublasLtMatmulAlgo_t algorithms[N_HEURISTICS];
  cublasStatus_t status = call_init (&call, p);
  cublasStatus_t ran = CUBLAS_STATUS_NOT_SUPPORTED;
  if (status == CUBLAS_STATUS_SUCCESS && find_choice (matmul, &kind, &algorithms[0]))
    ran = run_call (matmul, &call, p, &algorithms[0], workspace, stream);
  if (status == CUBLAS_STATUS_SUCCESS && ran != CUBLAS_STATUS_SUCCESS)
    {
      int n = ask_heuristics (matmul->handle, &call, &kind, algorithms);
      for (int i = 0; i < n && ran != CUBLAS_STATUS_SUCCESS; i++)
        ran = run_call (matmul, &call, p, &algorithms[i], workspace, stream);
      status = ran;
    }
  call_clear (&call);
  return moe_cuda_check_blas (status, MOE_WORDS ("a product"), error);
}

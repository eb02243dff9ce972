// SPDX-License-Identifier: Apache-2.0
#include "tests/backends/emulated-cuda.hpp"
#include "tests/backends/fake-cuda.h"

#include "engine/base/bfloat16.h"

#include <cublasLt.h>

#include <stdio.h>

#undef cudaGetLastError

FakeCuda fake_cuda;

namespace
{

struct Graph
{
  std::vector<std::function<void ()>> work;
};

struct Desc
{
  cublasOperation_t a, b;
};

struct Layout
{
  cudaDataType_t type;
  uint64_t rows, columns;
  int64_t ld;
};

Graph *capturing;

float
load (const void *data, size_t index, cudaDataType_t type)
{
  return type == CUDA_R_32F ? ((const float *)data)[index]
                            : moe_bf16_to_float (((const uint16_t *)data)[index]);
}

void
store (void *data, size_t index, cudaDataType_t type, float value)
{
  if (type == CUDA_R_32F)
    ((float *)data)[index] = value;
  else
    ((uint16_t *)data)[index] = moe_bf16_from_float (value);
}

// Element (row, column) of op (matrix), column-major.
float
element (const void *data, const Layout &layout, cublasOperation_t op, uint64_t row, uint64_t column)
{
  if (op == CUBLAS_OP_T)
    std::swap (row, column);
  if (row >= layout.rows || column >= layout.columns || (int64_t)layout.rows > layout.ld)
    abort ();
  return load (data, column * (uint64_t)layout.ld + row, layout.type);
}

void
multiply (Desc desc,
          float beta,
          const void *a,
          Layout la,
          const void *b,
          Layout lb,
          void *c,
          Layout lc)
{
  uint64_t common = desc.a == CUBLAS_OP_T ? la.rows : la.columns;
  for (uint64_t column = 0; column < lc.columns; column++)
    for (uint64_t row = 0; row < lc.rows; row++)
      {
        size_t at = column * (size_t)lc.ld + row;
        float sum = beta == 0 ? 0 : beta * load (c, at, lc.type);
        for (uint64_t k = 0; k < common; k++)
          sum += element (a, la, desc.a, row, k) * element (b, lb, desc.b, k, column);
        store (c, at, lc.type, sum);
      }
}

} // namespace

extern "C" {

// --- runtime ---

cudaError_t
cudaGetDeviceCount (int *n)
{
  *n = 1;
  return (cudaError_t)fake_cuda.count_error;
}

cudaError_t
cudaGetLastError ()
{
  return cudaSuccess;
}

cudaError_t
cudaSetDevice (int device)
{
  return device == 0 ? cudaSuccess : cudaErrorInvalidDevice;
}

cudaError_t
cudaDriverGetVersion (int *version)
{
  *version = fake_cuda.driver;
  return cudaSuccess;
}

cudaError_t
cudaRuntimeGetVersion (int *version)
{
  *version = CUDART_VERSION;
  return cudaSuccess;
}

const char *
cudaGetErrorString (cudaError_t error)
{
  return error == cudaErrorNoDevice ? "no CUDA-capable device is detected" : "something else";
}

cudaError_t
cudaDeviceGetAttribute (int *value, cudaDeviceAttr attribute, int)
{
  *value = attribute == cudaDevAttrComputeCapabilityMajor   ? fake_cuda.major
           : attribute == cudaDevAttrComputeCapabilityMinor ? fake_cuda.minor
                                                            : 1;
  return cudaSuccess;
}

cudaError_t
cudaGetDeviceProperties (cudaDeviceProp *properties, int)
{
  memset (properties, 0, sizeof *properties);
  snprintf (properties->name, sizeof properties->name, "Fake GPU");
  properties->major = fake_cuda.major;
  properties->minor = fake_cuda.minor;
  properties->totalGlobalMem = fake_cuda.free_bytes;
  return cudaSuccess;
}

cudaError_t
cudaDeviceGetPCIBusId (char *text, int size, int)
{
  snprintf (text, (size_t)size, "0000:1B:00.0");
  return cudaSuccess;
}

cudaError_t
cudaMemGetInfo (size_t *free_bytes, size_t *total)
{
  *free_bytes = *total = fake_cuda.free_bytes;
  return cudaSuccess;
}

cudaError_t
cudaMalloc (void **memory, size_t bytes)
{
  if (bytes > fake_cuda.free_bytes)
    return cudaErrorMemoryAllocation;
  *memory = aligned_alloc (256, (bytes + 255) / 256 * 256);
  fake_cuda.allocations++;
  return *memory != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t
cudaFree (void *memory)
{
  fake_cuda.allocations -= memory != nullptr;
  free (memory);
  return cudaSuccess;
}

cudaError_t
cudaMemsetAsync (void *to, int value, size_t bytes, cudaStream_t)
{
  emulated::now_or_captured ([=] { memset (to, value, bytes); });
  return cudaSuccess;
}

cudaError_t
cudaMemcpyAsync (void *to, const void *from, size_t bytes, cudaMemcpyKind, cudaStream_t)
{
  emulated::now_or_captured ([=] { memcpy (to, from, bytes); });
  return cudaSuccess;
}

cudaError_t
cudaMemcpy2DAsync (void *to,
                   size_t to_pitch,
                   const void *from,
                   size_t pitch,
                   size_t width,
                   size_t rows,
                   cudaMemcpyKind,
                   cudaStream_t)
{
  for (size_t i = 0; i < rows; i++)
    memcpy ((char *)to + i * to_pitch, (const char *)from + i * pitch, width);
  return cudaSuccess;
}

cudaError_t
cudaStreamCreateWithFlags (cudaStream_t *stream, unsigned)
{
  *stream = (cudaStream_t)malloc (1);
  return cudaSuccess;
}

cudaError_t
cudaStreamDestroy (cudaStream_t stream)
{
  free (stream);
  return cudaSuccess;
}

cudaError_t
cudaStreamSynchronize (cudaStream_t)
{
  return capturing == nullptr ? cudaSuccess : cudaErrorStreamCaptureUnsupported;
}

cudaError_t
cudaStreamWaitEvent (cudaStream_t, cudaEvent_t, unsigned)
{
  return cudaSuccess;
}

cudaError_t
cudaEventCreate (cudaEvent_t *event)
{
  *event = (cudaEvent_t)malloc (1);
  return cudaSuccess;
}

cudaError_t
cudaEventCreateWithFlags (cudaEvent_t *event, unsigned)
{
  return cudaEventCreate (event);
}

cudaError_t
cudaEventDestroy (cudaEvent_t event)
{
  free (event);
  return cudaSuccess;
}

cudaError_t
cudaEventRecord (cudaEvent_t, cudaStream_t)
{
  return cudaSuccess;
}

// Only what is captured may be external.
cudaError_t
cudaEventRecordWithFlags (cudaEvent_t, cudaStream_t, unsigned flags)
{
  return (flags == cudaEventRecordExternal) == (capturing != nullptr) ? cudaSuccess
                                                                      : cudaErrorIllegalState;
}

cudaError_t
cudaEventSynchronize (cudaEvent_t)
{
  return capturing == nullptr ? cudaSuccess : cudaErrorStreamCaptureUnsupported;
}

cudaError_t
cudaEventElapsedTime (float *milliseconds, cudaEvent_t, cudaEvent_t)
{
  *milliseconds = 1e-6f;
  return cudaSuccess;
}

cudaError_t
cudaStreamBeginCapture (cudaStream_t, cudaStreamCaptureMode)
{
  capturing = new Graph;
  emulated::captured = &capturing->work;
  return cudaSuccess;
}

cudaError_t
cudaStreamEndCapture (cudaStream_t, cudaGraph_t *graph)
{
  *graph = (cudaGraph_t)capturing;
  capturing = nullptr;
  emulated::captured = nullptr;
  return cudaSuccess;
}

cudaError_t
cudaGraphInstantiate (cudaGraphExec_t *exec, cudaGraph_t graph, unsigned long long)
{
  *exec = (cudaGraphExec_t) new Graph (*(Graph *)graph);
  fake_cuda.graphs++;
  return cudaSuccess;
}

cudaError_t
cudaGraphUpload (cudaGraphExec_t, cudaStream_t)
{
  return cudaSuccess;
}

cudaError_t
cudaGraphLaunch (cudaGraphExec_t exec, cudaStream_t)
{
  for (auto &work : ((Graph *)exec)->work)
    work ();
  return cudaSuccess;
}

cudaError_t
cudaGraphDestroy (cudaGraph_t graph)
{
  delete (Graph *)graph;
  return cudaSuccess;
}

cudaError_t
cudaGraphExecDestroy (cudaGraphExec_t exec)
{
  delete (Graph *)exec;
  fake_cuda.graphs--;
  return cudaSuccess;
}

// --- cuBLASLt ---

size_t
cublasLtGetVersion ()
{
  return 130000;
}

const char *
cublasLtGetStatusString (cublasStatus_t)
{
  return "a fake failure";
}

cublasStatus_t
cublasLtCreate (cublasLtHandle_t *handle)
{
  static int one;
  *handle = (cublasLtHandle_t)&one;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t
cublasLtMatmulDescCreate (cublasLtMatmulDesc_t *desc, cublasComputeType_t compute, cudaDataType_t)
{
  *desc = (cublasLtMatmulDesc_t) new Desc{ CUBLAS_OP_N, CUBLAS_OP_N };
  return compute == CUBLAS_COMPUTE_32F ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

cublasStatus_t
cublasLtMatmulDescDestroy (cublasLtMatmulDesc_t desc)
{
  delete (Desc *)desc;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t
cublasLtMatmulDescSetAttribute (cublasLtMatmulDesc_t desc,
                                cublasLtMatmulDescAttributes_t attribute,
                                const void *value,
                                size_t)
{
  cublasOperation_t op;
  memcpy (&op, value, sizeof op);
  (attribute == CUBLASLT_MATMUL_DESC_TRANSA ? ((Desc *)desc)->a : ((Desc *)desc)->b) = op;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t
cublasLtMatrixLayoutCreate (
    cublasLtMatrixLayout_t *layout, cudaDataType type, uint64_t rows, uint64_t columns, int64_t ld)
{
  *layout = (cublasLtMatrixLayout_t) new Layout{ type, rows, columns, ld };
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t
cublasLtMatrixLayoutDestroy (cublasLtMatrixLayout_t layout)
{
  delete (Layout *)layout;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t
cublasLtMatmulPreferenceCreate (cublasLtMatmulPreference_t *preference)
{
  *preference = (cublasLtMatmulPreference_t)malloc (1);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t
cublasLtMatmulPreferenceDestroy (cublasLtMatmulPreference_t preference)
{
  free (preference);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t
cublasLtMatmulPreferenceSetAttribute (cublasLtMatmulPreference_t,
                                      cublasLtMatmulPreferenceAttributes_t,
                                      const void *,
                                      size_t)
{
  return CUBLAS_STATUS_SUCCESS;
}

// The first of two cannot run.
cublasStatus_t
cublasLtMatmulAlgoGetHeuristic (cublasLtHandle_t,
                                cublasLtMatmulDesc_t,
                                cublasLtMatrixLayout_t,
                                cublasLtMatrixLayout_t,
                                cublasLtMatrixLayout_t,
                                cublasLtMatrixLayout_t,
                                cublasLtMatmulPreference_t,
                                int requested,
                                cublasLtMatmulHeuristicResult_t results[],
                                int *n)
{
  *n = requested < 2 ? requested : 2;
  for (int i = 0; i < *n; i++)
    {
      memset (&results[i], 0, sizeof results[i]);
      results[i].algo.data[0] = (uint64_t)i;
    }
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t
cublasLtMatmul (cublasLtHandle_t,
                cublasLtMatmulDesc_t desc,
                const void *,
                const void *a,
                cublasLtMatrixLayout_t la,
                const void *b,
                cublasLtMatrixLayout_t lb,
                const void *beta,
                const void *,
                cublasLtMatrixLayout_t,
                void *d,
                cublasLtMatrixLayout_t ld,
                const cublasLtMatmulAlgo_t *algorithm,
                void *,
                size_t,
                cudaStream_t)
{
  if (algorithm->data[0] == 0)
    return CUBLAS_STATUS_NOT_SUPPORTED;
  if (++fake_cuda.products == fake_cuda.fail_product)
    return CUBLAS_STATUS_EXECUTION_FAILED;
  float factor;
  memcpy (&factor, beta, sizeof factor);
  Desc copied = *(Desc *)desc;
  Layout a_layout = *(Layout *)la, b_layout = *(Layout *)lb, d_layout = *(Layout *)ld;
  emulated::now_or_captured (
      [=] { multiply (copied, factor, a, a_layout, b, b_layout, d, d_layout); });
  return CUBLAS_STATUS_SUCCESS;
}

} // extern "C"

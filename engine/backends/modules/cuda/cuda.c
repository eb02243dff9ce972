/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/modules/cuda/cuda.h"

#include "engine/base/words.h"

MoeStatus
moe_cuda_check (cudaError_t code, const char *what, MoeError *error)
{
  if (code == cudaSuccess)
    return MOE_OK;
  cudaGetLastError (); /* not for the next launch to find */
  if (code == cudaErrorMemoryAllocation)
    return moe_error_set (error, MOE_ERROR_MEMORY, "The device has no memory left (%s).",
                          moe_words (what));
  return moe_error_set (error, MOE_ERROR_BACKEND, "CUDA failed in %s: %s (%d).", moe_words (what),
                        cudaGetErrorString (code), (int)code);
}

MoeStatus
moe_cuda_check_blas (cublasStatus_t code, const char *what, MoeError *error)
{
  if (code == CUBLAS_STATUS_SUCCESS)
    return MOE_OK;
  return moe_error_set (error, MOE_ERROR_BACKEND, "cuBLASLt failed in %s: %s (%d).",
                        moe_words (what), cublasLtGetStatusString (code), (int)code);
}

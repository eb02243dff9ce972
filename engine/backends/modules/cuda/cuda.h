/* SPDX-License-Identifier: Apache-2.0 */
/* What all of the host's side of the CUDA module goes by. */
#pragma once

#include "engine/base/error.h"

#include <cublasLt.h>
#include <cuda_runtime_api.h>

enum
{
  MOE_CUDA_MAX_DEVICES = 64,
  MOE_CUDA_WORKSPACE = 32 << 20, /* bytes of a stream, what NVIDIA advises for Hopper */
  MOE_CUDA_MIN_CAPABILITY = 80   /* bfloat16 in the tensor cores */
};

/* A status for what CUDA or cuBLASLt says, with `what` was tried. */
MoeStatus moe_cuda_check (cudaError_t code, const char *what, MoeError *error);
MoeStatus moe_cuda_check_blas (cublasStatus_t code, const char *what, MoeError *error);

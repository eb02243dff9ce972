// SPDX-License-Identifier: Apache-2.0
// The kernels of the CUDA module for the host.
#include "tests/backends/emulated-cuda.hpp"

#if defined EMULATE_FILL
#include "engine/backends/modules/cuda/fill.cu"
#elif defined EMULATE_PACK
#include "engine/backends/modules/cuda/pack.cu"
#elif defined EMULATE_GROUPED
#include "engine/backends/modules/cuda/grouped.cu"
#else
#include "engine/backends/modules/cuda/kernels.cu"
#endif

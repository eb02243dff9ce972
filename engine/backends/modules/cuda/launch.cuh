// SPDX-License-Identifier: Apache-2.0
// How a kernel is launched, and how it asks for shared memory of a size that the launch tells.
// Tests put something else in these macros' place, to run kernels where there is no card.
#pragma once

#ifndef MOE_LAUNCH
#define MOE_LAUNCH(kernel, grid, threads, shared_bytes, stream, ...)                               \
  kernel<<<grid, threads, shared_bytes, stream>>> (__VA_ARGS__)
#define MOE_DYNAMIC_SHARED(type, name) extern __shared__ __align__ (16) type name[]
#endif

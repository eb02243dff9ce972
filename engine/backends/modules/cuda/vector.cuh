// SPDX-License-Identifier: Apache-2.0
// Several elements of a row at a time: V of them are one access of up to 16 bytes.
#pragma once

#include "engine/backends/modules/cuda/launch.cuh"

#include <cuda_bf16.h>
#include <stdint.h>

template <typename T, int V> struct alignas (sizeof (T) * V) MoeVector
{
  T e[V];
};

__device__ __forceinline__ float
moe_to_float (float v)
{
  return v;
}

__device__ __forceinline__ float
moe_to_float (__nv_bfloat16 v)
{
  return __bfloat162float (v);
}

template <typename T> __device__ __forceinline__ T moe_from_float (float v);

template <>
__device__ __forceinline__ float
moe_from_float<float> (float v)
{
  return v;
}

template <>
__device__ __forceinline__ __nv_bfloat16
moe_from_float<__nv_bfloat16> (float v)
{
  return __float2bfloat16_rn (v);
}

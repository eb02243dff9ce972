/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of one element, the same on host and device: kernels call it for every element,
 * tests call it on the host.  Readable by C and by nvcc. */
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef __CUDACC__
#define MOE_HD static __host__ __device__ __forceinline__
#else
#define MOE_HD static inline __attribute__ ((always_inline))
#endif

/* Sides of the derivative of silu (g) * u. */
typedef struct MoeGpuGradient
{
  float act;   /* weight * silu (gate) * up */
  float dgate; /* gradients of the two */
  float dup;
} MoeGpuGradient;

MOE_HD float
moe_gpu_sigmoid (float x)
{
  return 1.0f / (1.0f + expf (-x));
}

MOE_HD float
moe_gpu_swiglu (float gate, float up, float weight)
{
  return weight * (gate * moe_gpu_sigmoid (gate) * up);
}

/* silu' (g) = s + g s (1 - s), s the sigmoid of g.  dact is the gradient of the weighted
 * activation. */
MOE_HD MoeGpuGradient
moe_gpu_swiglu_backward (float gate, float up, float weight, float dact)
{
  float s = moe_gpu_sigmoid (gate), silu = gate * s, d = weight * dact;
  MoeGpuGradient result;
  result.act = weight * (silu * up);
  result.dgate = d * up * (s + silu * (1.0f - s));
  result.dup = d * silu;
  return result;
}

/* Rows of a token in ascending order, those that are none behind: insertion sort, since there are a
 * handful.  slot[i] follows row[i]. */
MOE_HD void
moe_gpu_sort_rows (uint32_t *row, uint32_t *slot, uint32_t n)
{
  for (uint32_t i = 1; i < n; i++)
    {
      uint32_t moving = row[i], its = slot[i], at = i;
      for (; at > 0 && row[at - 1] > moving; at--)
        {
          row[at] = row[at - 1];
          slot[at] = slot[at - 1];
        }
      row[at] = moving;
      slot[at] = its;
    }
}

/* First position in keys[n], ascending, whose key is not below `key`. */
MOE_HD uint32_t
moe_gpu_lower_bound (const uint32_t *keys, uint32_t n, uint32_t key)
{
  uint32_t low = 0, high = n;
  while (low < high)
    {
      uint32_t middle = low + (high - low) / 2;
      if (keys[middle] < key)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Rows that an expert with `count` assignments gets: policy 0 none, 1 drop, 2 pad. */
MOE_HD uint32_t
moe_gpu_rows_for (uint32_t count, uint32_t capacity, int policy)
{
  if (policy == 0)
    return count;
  if (policy == 2)
    return capacity;
  return count < capacity ? count : capacity;
}

/* Key by which a slot is sorted: its expert; `experts` for a null slot that rides along, 0
 * for one that stands for expert 0, and `experts` + 1 for one that has no row. */
MOE_HD uint32_t
moe_gpu_bucket (int32_t id, uint32_t experts, int carry, int remap)
{
  if ((uint32_t)id < experts)
    return (uint32_t)id;
  if (remap)
    return 0;
  return carry ? experts : experts + 1;
}

/* Weights are not negative, so they are ordered like their bits; the heaviest comes first. */
MOE_HD uint32_t
moe_gpu_descending (float weight)
{
  uint32_t bits;
  memcpy (&bits, &weight, sizeof bits);
  return UINT32_MAX - bits;
}

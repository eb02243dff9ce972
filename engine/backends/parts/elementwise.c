/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/parts/elementwise.h"

#include "engine/backends/parts/sigmoid.h"
#include "engine/base/bfloat16.h"
#include "engine/base/size.h"
#include "engine/base/target.h"

#include <string.h>

enum
{
  COMBINE_COLUMNS = 256 /* columns whose sums stay in registers and the first cache */
};

static MOE_TARGET_CLONES void
scale_f32 (void *out_row, const void *in_row, float scale, size_t n)
{
  float *restrict out = out_row;
  const float *restrict in = in_row;
  for (size_t i = 0; i < n; i++)
    out[i] = scale * in[i];
}

static MOE_TARGET_CLONES void
accumulate_f32 (float *sums, const void *in_row, float scale, size_t n)
{
  float *restrict out = sums;
  const float *restrict in = in_row;
  for (size_t i = 0; i < n; i++)
    out[i] += scale * in[i];
}

static void
combine_f32 (void *out, const void *const *rows, const float *weights, size_t count, size_t n)
{
  if (count == 0)
    {
      memset (out, 0, n * sizeof (float));
      return;
    }
  scale_f32 (out, rows[0], weights[0], n);
  for (size_t i = 1; i < count; i++)
    accumulate_f32 (out, rows[i], weights[i], n);
}

static MOE_TARGET_CLONES double
sum_squares_f32 (const void *in_row, size_t n)
{
  const float *in = in_row;
  double lanes[8] = { 0 };
  size_t whole = n - n % 8;
  for (size_t i = 0; i < whole; i += 8)
    for (size_t lane = 0; lane < 8; lane++)
      lanes[lane] += (double)in[i + lane] * (double)in[i + lane];
  double sum = 0;
  for (size_t lane = 0; lane < 8; lane++)
    sum += lanes[lane];
  for (size_t i = whole; i < n; i++)
    sum += (double)in[i] * (double)in[i];
  return sum;
}

static MOE_TARGET_CLONES void
add_f32 (void *sum_row, const void *in_row, size_t n)
{
  float *restrict sum = sum_row;
  const float *restrict in = in_row;
  for (size_t i = 0; i < n; i++)
    sum[i] += in[i];
}

/* A weight that is the constant 1 costs nothing: it is folded away where this is inlined. */
static inline __attribute__ ((always_inline)) void
swiglu_row_f32 (void *act_row, const void *h_row, float weight, size_t m)
{
  float *restrict act = act_row;
  const float *restrict gate = h_row;
  const float *restrict up = gate + m;
  for (size_t i = 0; i < m; i++)
    act[i] = weight * (gate[i] * moe_sigmoid (gate[i]) * up[i]);
}

static MOE_TARGET_CLONES void
swiglu_f32 (void *act, const void *h, size_t m)
{
  swiglu_row_f32 (act, h, 1.0f, m);
}

static MOE_TARGET_CLONES void
swiglu_weighted_f32 (void *act, const void *h, float weight, size_t m)
{
  swiglu_row_f32 (act, h, weight, m);
}

static inline __attribute__ ((always_inline)) void
swiglu_backward_row_f32 (void *h_row, const void *dact_row, float weight, size_t m)
{
  float *restrict gate = h_row;
  float *restrict up = gate + m;
  const float *restrict dact = dact_row;
  for (size_t i = 0; i < m; i++)
    {
      float d = weight * dact[i];
      float s = moe_sigmoid (gate[i]);
      float silu = gate[i] * s;
      gate[i] = d * up[i] * (s + silu * (1.0f - s));
      up[i] = d * silu;
    }
}

static MOE_TARGET_CLONES void
swiglu_backward_f32 (void *h, const void *dact, size_t m)
{
  swiglu_backward_row_f32 (h, dact, 1.0f, m);
}

static MOE_TARGET_CLONES void
swiglu_backward_weighted_f32 (void *h, const void *dact, float weight, size_t m)
{
  swiglu_backward_row_f32 (h, dact, weight, m);
}

static void
copy_f32 (void *out, const float *in, size_t n)
{
  memcpy (out, in, n * sizeof (float));
}

static void
copy_to_f32 (float *out, const void *in, size_t n)
{
  memcpy (out, in, n * sizeof (float));
}

static MOE_TARGET_CLONES void
scale_bf16 (void *out_row, const void *in_row, float scale, size_t n)
{
  MoeBf16 *restrict out = out_row;
  const MoeBf16 *restrict in = in_row;
  for (size_t i = 0; i < n; i++)
    out[i] = moe_bf16_from_float (scale * moe_bf16_to_float (in[i]));
}

static MOE_TARGET_CLONES void
accumulate_bf16 (float *sums, const void *in_row, float scale, size_t n)
{
  float *restrict out = sums;
  const MoeBf16 *restrict in = in_row;
  for (size_t i = 0; i < n; i++)
    out[i] += scale * moe_bf16_to_float (in[i]);
}

static MOE_TARGET_CLONES void
from_float_bf16 (void *out_row, const float *in, size_t n)
{
  MoeBf16 *restrict out = out_row;
  for (size_t i = 0; i < n; i++)
    out[i] = moe_bf16_from_float (in[i]);
}

static MOE_TARGET_CLONES void
to_float_bf16 (float *restrict out, const void *in_row, size_t n)
{
  const MoeBf16 *restrict in = in_row;
  for (size_t i = 0; i < n; i++)
    out[i] = moe_bf16_to_float (in[i]);
}

static void
combine_bf16 (void *out, const void *const *rows, const float *weights, size_t count, size_t n)
{
  float sums[COMBINE_COLUMNS];
  for (size_t first = 0; first < n; first += COMBINE_COLUMNS)
    {
      size_t columns = moe_size_min (COMBINE_COLUMNS, n - first);
      memset (sums, 0, columns * sizeof *sums);
      for (size_t i = 0; i < count; i++)
        accumulate_bf16 (sums, (const MoeBf16 *)rows[i] + first, weights[i], columns);
      from_float_bf16 ((MoeBf16 *)out + first, sums, columns);
    }
}

static MOE_TARGET_CLONES double
sum_squares_bf16 (const void *in_row, size_t n)
{
  const MoeBf16 *in = in_row;
  double sum = 0;
  /* Short float32 sums of squares lose nothing that bfloat16 could show. */
  for (size_t first = 0; first < n; first += COMBINE_COLUMNS)
    {
      float lanes[16] = { 0 };
      size_t end = moe_size_min (first + COMBINE_COLUMNS, n);
      size_t i = first;
      for (; i + 16 <= end; i += 16)
        for (size_t lane = 0; lane < 16; lane++)
          lanes[lane] += moe_bf16_to_float (in[i + lane]) * moe_bf16_to_float (in[i + lane]);
      for (; i < end; i++)
        lanes[0] += moe_bf16_to_float (in[i]) * moe_bf16_to_float (in[i]);
      for (size_t lane = 0; lane < 16; lane++)
        sum += (double)lanes[lane];
    }
  return sum;
}

static MOE_TARGET_CLONES void
add_bf16 (void *sum_row, const void *in_row, size_t n)
{
  MoeBf16 *restrict sum = sum_row;
  const MoeBf16 *restrict in = in_row;
  for (size_t i = 0; i < n; i++)
    sum[i] = moe_bf16_from_float (moe_bf16_to_float (sum[i]) + moe_bf16_to_float (in[i]));
}

static inline __attribute__ ((always_inline)) void
swiglu_row_bf16 (void *act_row, const void *h_row, float weight, size_t m)
{
  MoeBf16 *restrict act = act_row;
  const MoeBf16 *restrict gate = h_row;
  const MoeBf16 *restrict up = gate + m;
  for (size_t i = 0; i < m; i++)
    {
      float g = moe_bf16_to_float (gate[i]);
      act[i] = moe_bf16_from_float (weight * (g * moe_sigmoid (g) * moe_bf16_to_float (up[i])));
    }
}

static MOE_TARGET_CLONES void
swiglu_bf16 (void *act, const void *h, size_t m)
{
  swiglu_row_bf16 (act, h, 1.0f, m);
}

static MOE_TARGET_CLONES void
swiglu_weighted_bf16 (void *act, const void *h, float weight, size_t m)
{
  swiglu_row_bf16 (act, h, weight, m);
}

static inline __attribute__ ((always_inline)) void
swiglu_backward_row_bf16 (void *h_row, const void *dact_row, float weight, size_t m)
{
  MoeBf16 *restrict gate = h_row;
  MoeBf16 *restrict up = gate + m;
  const MoeBf16 *restrict dact = dact_row;
  for (size_t i = 0; i < m; i++)
    {
      float g = moe_bf16_to_float (gate[i]), d = weight * moe_bf16_to_float (dact[i]);
      float s = moe_sigmoid (g);
      float silu = g * s;
      gate[i] = moe_bf16_from_float (d * moe_bf16_to_float (up[i]) * (s + silu * (1.0f - s)));
      up[i] = moe_bf16_from_float (d * silu);
    }
}

static MOE_TARGET_CLONES void
swiglu_backward_bf16 (void *h, const void *dact, size_t m)
{
  swiglu_backward_row_bf16 (h, dact, 1.0f, m);
}

static MOE_TARGET_CLONES void
swiglu_backward_weighted_bf16 (void *h, const void *dact, float weight, size_t m)
{
  swiglu_backward_row_bf16 (h, dact, weight, m);
}

static const MoeRowOps ops_f32 = {
  .element_bytes = sizeof (float),
  .scale = scale_f32,
  .combine = combine_f32,
  .accumulate = accumulate_f32,
  .sum_squares = sum_squares_f32,
  .add = add_f32,
  .swiglu = swiglu_f32,
  .swiglu_weighted = swiglu_weighted_f32,
  .swiglu_backward = swiglu_backward_f32,
  .swiglu_backward_weighted = swiglu_backward_weighted_f32,
  .from_float = copy_f32,
  .to_float = copy_to_f32,
};

static const MoeRowOps ops_bf16 = {
  .element_bytes = sizeof (MoeBf16),
  .scale = scale_bf16,
  .combine = combine_bf16,
  .accumulate = accumulate_bf16,
  .sum_squares = sum_squares_bf16,
  .add = add_bf16,
  .swiglu = swiglu_bf16,
  .swiglu_weighted = swiglu_weighted_bf16,
  .swiglu_backward = swiglu_backward_bf16,
  .swiglu_backward_weighted = swiglu_backward_weighted_bf16,
  .from_float = from_float_bf16,
  .to_float = to_float_bf16,
};

const MoeRowOps *
moe_row_ops (MoeDtype dtype)
{
  return dtype == MOE_DTYPE_BFLOAT16 ? &ops_bf16 : &ops_f32;
}

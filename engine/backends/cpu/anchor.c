/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/anchor.h"

#include "engine/backends/cpu/state.h"

enum
{
  SIDE = 256,
  MATRICES = 3, /* C = A B */
  /* About 10 ms of a core.  A changed number makes runs incomparable. */
  PRODUCTS_FLOAT32 = 48,
  PRODUCTS_BFLOAT16 = 96
};

size_t
moe_cpu_anchor_bytes (MoeDtype dtype)
{
  return (size_t)MATRICES * SIDE * SIDE * moe_dtype_bytes (dtype);
}

/* Numbers within +-0.5 that are no round ones: what a multiplier draws depends on them. */
static void
fill_anchor (MoeCpuShard *s, size_t thread, void *data)
{
  (void)data;
  float row[SIDE];
  uint32_t number = 1;
  for (size_t i = 0; i < (size_t)2 * SIDE; i++)
    {
      for (size_t j = 0; j < SIDE; j++)
        {
          number = number * 1664525u + 1013904223u;
          row[j] = (float)(number >> 8) / (float)(1u << 24) - 0.5f;
        }
      s->ops->from_float (moe_state_element (s, s->lanes[thread].anchor, i * SIDE), row, SIDE);
    }
}

void
moe_cpu_fill_anchor (MoeBackendState *state)
{
  moe_cpu_run_shards (state, fill_anchor, NULL);
}

static void
multiply_anchor (MoeCpuShard *s, size_t thread, void *data)
{
  (void)data;
  MoeLane *lane = &s->lanes[thread];
  void *a = lane->anchor;
  void *b = moe_state_element (s, a, (size_t)SIDE * SIDE);
  void *c = moe_state_element (s, b, (size_t)SIDE * SIDE);
  const MoeMatmul product = {
    .m = SIDE, .n = SIDE, .k = SIDE, .a = a, .lda = SIDE, .b = b, .ldb = SIDE, .c = c, .ldc = SIDE
  };
  int products = s->problem.choice[MOE_CHOICE_DTYPE] == MOE_DTYPE_FLOAT32 ? PRODUCTS_FLOAT32
                                                                          : PRODUCTS_BFLOAT16;
  for (int i = 0; i < products && !moe_cancel_requested (s->cancel); i++)
    s->kernels->matmul (s->kernels, &product, lane->scratch);
}

MoeStatus
moe_cpu_anchor (MoeBackendState *state, MoeError *error)
{
  moe_cpu_run_shards (state, multiply_anchor, NULL);
  if (moe_cancel_requested (state->cancel))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped within an anchor");
  return MOE_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/cpu/gated.h"

#include "engine/backends/cpu/step.h"

void *
moe_gated_row (const MoeCpuShard *s, const MoeGated *gated, size_t row, bool up)
{
  size_t pair = row / gated->inputs, within = row % gated->inputs, width = gated->width;
  size_t at = pair * gated->inputs * 2 * width;
  if (gated->fused)
    at += within * 2 * width + (up ? width : 0);
  else
    at += within * width + (up ? gated->inputs * width : 0);
  return moe_state_element (s, gated->data, at);
}

void
moe_gated_up (const MoeCpuShard *s,
              const MoeLane *lane,
              const MoeGated *weights,
              size_t pair,
              size_t n,
              const void *x,
              void *h)
{
  size_t H = weights->inputs, W = weights->width;
  const void *gate = moe_gated_row (s, weights, pair * H, false);
  const void *up = moe_gated_row (s, weights, pair * H, true);
  void *h_up = moe_state_element (s, h, W);
  if (weights->fused)
    moe_multiply (s, lane, (MoeMatmul){ false, false, n, 2 * W, H, x, H, gate, 2 * W, h, 2 * W });
  else
    {
      moe_multiply (s, lane, (MoeMatmul){ false, false, n, W, H, x, H, gate, W, h, 2 * W });
      moe_multiply (s, lane, (MoeMatmul){ false, false, n, W, H, x, H, up, W, h_up, 2 * W });
    }
}

void
moe_gated_up_dgrad (const MoeCpuShard *s,
                    const MoeLane *lane,
                    const MoeGated *weights,
                    size_t pair,
                    size_t n,
                    const void *dh,
                    void *dx,
                    void *dx_up)
{
  size_t H = weights->inputs, W = weights->width;
  const void *gate = moe_gated_row (s, weights, pair * H, false);
  const void *up = moe_gated_row (s, weights, pair * H, true);
  const void *dh_up = moe_state_element (s, (void *)dh, W);
  if (weights->fused)
    moe_multiply (s, lane, (MoeMatmul){ false, true, n, H, 2 * W, dh, 2 * W, gate, 2 * W, dx, H });
  else
    {
      moe_multiply (s, lane, (MoeMatmul){ false, true, n, H, W, dh, 2 * W, gate, W, dx, H });
      moe_multiply (s, lane, (MoeMatmul){ false, true, n, H, W, dh_up, 2 * W, up, W, dx_up, H });
    }
}

void
moe_gated_up_wgrad (const MoeCpuShard *s,
                    const MoeLane *lane,
                    const MoeGated *gradients,
                    size_t pair,
                    size_t first,
                    size_t end,
                    size_t n,
                    const void *x,
                    const void *dh)
{
  size_t H = gradients->inputs, W = gradients->width, rows = end - first;
  void *gate = moe_gated_row (s, gradients, pair * H + first, false);
  void *up = moe_gated_row (s, gradients, pair * H + first, true);
  const void *x_part = moe_state_element (s, (void *)x, first);
  const void *dh_up = moe_state_element (s, (void *)dh, W);
  if (gradients->fused)
    moe_multiply (s, lane,
                  (MoeMatmul){ true, false, rows, 2 * W, n, x_part, H, dh, 2 * W, gate, 2 * W });
  else
    {
      moe_multiply (s, lane, (MoeMatmul){ true, false, rows, W, n, x_part, H, dh, 2 * W, gate, W });
      moe_multiply (s, lane,
                    (MoeMatmul){ true, false, rows, W, n, x_part, H, dh_up, 2 * W, up, W });
    }
}

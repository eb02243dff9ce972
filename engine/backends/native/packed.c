/* SPDX-License-Identifier: Apache-2.0 */
/* Panels of what lies in rows along k, and operands that are packed once for many products: B[k,n]
 * as panels b[depth][nr], one after the other, each of all of k. */
#include "engine/backends/native/kernel.h"
#include "engine/base/assert.h"

enum
{
  CHUNK = 8, /* of k: rows that are packed for all panels while their lines are near */
};

void
moe_native_pack_panels (const MoeNativeOps *ops,
                        uint32_t *panels,
                        size_t width,
                        size_t size,
                        const char *source,
                        size_t ld,
                        size_t lanes,
                        size_t k)
{
  for (size_t at = 0; at < k; at += CHUNK)
    for (size_t first = 0; first < lanes; first += width)
      ops->pack_columns (panels + first / width * size + at / ops->pair * width, width,
                         moe_native_at (source, ops->kernels.dtype, at * ld + first), ld,
                         moe_size_min (width, lanes - first), moe_size_min (CHUNK, k - at));
}

static size_t
panel_elements (const MoeNativeOps *ops, size_t k)
{
  return moe_native_depth (ops, k) * ops->nr;
}

size_t
moe_native_packed_bytes (const MoeCpuKernels *kernels, size_t k, size_t n)
{
  const MoeNativeOps *ops = (const MoeNativeOps *)kernels; /* its first member */
  size_t panels = (n - 1) / ops->nr + 1, bytes;
  if (k > SIZE_MAX / 2
      || !moe_size_mul4 (panels, (k - 1) / ops->pair + 1, ops->nr, sizeof (uint32_t), &bytes)
      || bytes > SIZE_MAX - MOE_NATIVE_SLACK)
    return SIZE_MAX;
  return bytes + MOE_NATIVE_SLACK;
}

void
moe_native_pack (
    const MoeCpuKernels *kernels, const void *b, size_t ldb, size_t k, size_t n, void *packed)
{
  const MoeNativeOps *ops = (const MoeNativeOps *)kernels;
  moe_native_pack_panels (ops, packed, ops->nr, panel_elements (ops, k), b, ldb, n, k);
}

const void *
moe_native_packed_columns (const MoeCpuKernels *kernels, const void *packed, size_t k, size_t first)
{
  const MoeNativeOps *ops = (const MoeNativeOps *)kernels;
  MOE_ASSERT (first % ops->nr == 0);
  return (const uint32_t *)packed + first / ops->nr * panel_elements (ops, k);
}

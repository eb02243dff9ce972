/* SPDX-License-Identifier: Apache-2.0 */
/* The GPU block with the host in the GPU's place: every operation in plain C, element by element
 * with the functions that the kernels call, so that all but the kernels is held against the
 * reference where there is no card. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/gpu/ops.h"

extern const MoeBackend host_gpu_backend;
extern const MoeGpuOps host_gpu_ops;

/* What has happened since the last reset. */
typedef struct HostGpuCounts
{
  size_t ops[MOE_GPU_COPY + 1]; /* run, by kind */
  size_t products;              /* of single experts */
  size_t grouped;               /* products for all experts at once */
  size_t launches;
  size_t emulated;      /* run by host_gpu_run */
  size_t open;          /* devices that are open now */
  size_t fail_launch;   /* number of the launch that fails; 0: none */
  bool spoil_grouped;   /* the grouped kernel computes something else */
  size_t missing_bytes; /* of memory: more than so much is refused; 0: there is enough */
} HostGpuCounts;
extern HostGpuCounts host_gpu_counts;

/* Who runs operations and fills tensors instead, where not NULL: true when it did.  What it packed
 * is compared with what the host packs. */
extern bool (*host_gpu_run) (const MoeGpuOp *op);
extern bool (*host_gpu_fill) (const MoeGpuFill *fill);
extern size_t (*host_gpu_pack_scratch) (size_t slots, size_t experts);

/* SPDX-License-Identifier: Apache-2.0 */
/* A block that is open on a device, and what prepare () chose. */
#pragma once

#include "engine/backends/gpu/layout.h"

/* Lists of operations that follow each other: numbers first .. first+n-1. */
typedef struct MoeGpuLists
{
  size_t first;
  size_t n;
} MoeGpuLists;

struct MoeBackendState
{
  MoeProblem problem;
  const MoeGpuOps *ops;
  const MoeCancel *cancel;
  MoeGpu *gpu;
  void *memory;
  MoeGpuLayout layout;
  MoeGpuArrays a;

  MoeBlock block; /* what prepare () chose */
  size_t topk;
  size_t experts;        /* of the block: the routing's, and those of zeros */
  size_t *rows;          /* [E + 2] first row of each expert, of the null rows; all rows */
  size_t shared_rows[2]; /* the same for the shared expert: 0, T */
  bool scatter;
  bool preweight;
  bool prequeued;
  bool adds_nulls; /* null slots of this routing add something */
  MoeGpuLists prequeue, forward, backward;
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of a step, in order.
 *
 * Stages follow one another on the whole device: within a stage the experts' products are
 * independent of each other, between stages there is a join.  That makes the times of the stages
 * those of the step, and costs the tail of one product for each of them. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/gpu/ops.h"

enum
{
  MOE_GPU_MAX_OPS = 4096 /* of a program */
};

/* Operations, cut into lists of so much work that a stop need not wait long. */
typedef struct MoeGpuProgram
{
  MoeGpuOp *ops; /* [MOE_GPU_MAX_OPS] */
  size_t n;
  size_t list_end[MOE_GPU_MAX_SLOTS]; /* end of each list */
  size_t n_lists;
  double flops; /* of the present list */
  bool overflow;
} MoeGpuProgram;

/* Make the operations of prepare () (for prequeue), forward () and backward (). */
void moe_gpu_program_prequeue (const MoeBackendState *state, MoeGpuProgram *program);
void moe_gpu_program_forward (const MoeBackendState *state, MoeGpuProgram *program);
void moe_gpu_program_backward (const MoeBackendState *state, MoeGpuProgram *program);

/* May one kernel for all experts be worth it, with so many rows over so many experts that have any?
 * Which is faster is for the device to find out. */
bool moe_gpu_wants_grouped (size_t rows, size_t active_experts);

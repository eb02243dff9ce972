/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of operations on a CUDA device. */
#pragma once

#include "engine/backends/gpu/ops.h"

/* The table of operations of this module. */
extern const MoeGpuOps moe_cuda_ops;

/* Is the grouped kernel of a device to be used from now on?  Not before somebody says so.  Any
 * thread. */
void moe_cuda_use_grouped (size_t device, bool use);

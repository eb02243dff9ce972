/* SPDX-License-Identifier: Apache-2.0 */
/* What a device can do at most, measured with the operations of a step; and whether its grouped
 * kernel does what single products do. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/gpu/ops.h"

/* MoeBackend.rates: a large product of random numbers and a large copy, each the best of a few. */
MoeStatus moe_gpu_rates (const MoeGpuOps *ops,
                         size_t device,
                         MoeDtype dtype,
                         const MoeCancel *cancel,
                         MoeDeviceRates *rates,
                         MoeError *error);

/* Largest norm-wise difference between the grouped kernel and one product for each expert, over all
 * forms, on a small block with random numbers, empty experts and odd numbers of rows; NaN where
 * something was not written.  The device must have a grouped kernel. */
MoeStatus
moe_gpu_compare_grouped (const MoeGpuOps *ops, size_t device, double *difference, MoeError *error);

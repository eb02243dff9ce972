/* SPDX-License-Identifier: Apache-2.0 */
/* Tensors, read back from wherever they are, and poisoned. */
#pragma once

#include "engine/backends/backend.h"

/* MoeBackend.read and MoeBackend.poison. */
MoeStatus moe_cpu_read (MoeBackendState *state,
                        MoeTensor tensor,
                        size_t first,
                        size_t count,
                        float *out,
                        MoeError *error);
void moe_cpu_poison (MoeBackendState *state);

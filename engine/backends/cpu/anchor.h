/* SPDX-License-Identifier: Apache-2.0 */
/* The anchor: work of constant size, whatever the problem, that tells how fast the machine is at
 * the moment.  Each thread multiplies small square matrices of its own, that stay in its cache. */
#pragma once

#include "engine/backends/backend.h"

/* Memory that each thread needs for it, and what it multiplies. */
size_t moe_cpu_anchor_bytes (MoeDtype dtype);
void moe_cpu_fill_anchor (MoeBackendState *state);

/* MoeBackend.anchor. */
MoeStatus moe_cpu_anchor (MoeBackendState *state, MoeError *error);

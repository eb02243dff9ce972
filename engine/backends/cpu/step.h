/* SPDX-License-Identifier: Apache-2.0 */
/* The timed region: what every thread of the team does in a forward or a backward. */
#pragma once

#include "engine/backends/backend.h"

/* MoeBackend.forward and MoeBackend.backward. */
MoeStatus
moe_cpu_forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error);
MoeStatus moe_cpu_backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error);

/* Pack and gather for the steps to come, outside of what is timed. */
MoeStatus moe_cpu_prequeue_shards (MoeBackendState *state, MoeError *error);

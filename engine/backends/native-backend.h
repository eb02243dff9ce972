/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "engine/backends/backend.h"

/* float32 and bfloat16 on CPU threads with kernels of our own; always built in. */
extern const MoeBackend moe_backend_native;

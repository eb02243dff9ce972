/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "engine/backends/backend.h"

/* float32 on CPU threads with OpenBLAS; always built in. */
extern const MoeBackend moe_backend_openblas;

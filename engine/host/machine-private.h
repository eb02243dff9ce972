/* SPDX-License-Identifier: Apache-2.0 */
/* The file behind machine.h, for machine.c. */
#pragma once

#include "engine/host/machine.h"

G_BEGIN_DECLS

/* What is kept of a combination: all of it, a part, or nothing. */
typedef struct MoeMachineKept
{
  gboolean has_roofs;
  gboolean has_calibration;
  MoeLimits limits;
} MoeMachineKept;

void moe_machine_recall (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, MoeMachineKept *kept);

/* Take over the roofs with their circumstances, leaving the calibration alone. */
void moe_machine_copy_roofs (MoeLimits *limits, const MoeLimits *from);

/* Take over the roofs that are higher; TRUE when one was. */
gboolean moe_machine_lift_roofs (MoeLimits *limits, const MoeLimits *from);

G_END_DECLS

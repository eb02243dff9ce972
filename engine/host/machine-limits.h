/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the backends of this machine are: measured where the machine's file does not tell it
 * yet, and kept there. */
#pragma once

#include <glib.h>

#include "engine/machine/limits.h"

G_BEGIN_DECLS

/* Limits of n backends (1 .. MOE_MAX_CONTENDERS).  What is kept is taken; the rest is measured now,
 * in turns, and kept (seconds; blocks).  Of what is kept, results that others disturbed are
 * measured anew when the machine is quiet at this moment; a disturbed result never replaces an
 * undisturbed one, and roofs only rise.  With `again` all are measured, and what comes out replaces
 * what was kept, unless it was disturbed and that was not.
 *
 * errors[i].status tells which backends have no limits, and why.  ask->quiet may be NULL: this
 * machine.  Returns MOE_OK or MOE_ERROR_CANCELLED. */
MoeStatus moe_machine_calibrate (const MoeMeasureAsk *ask,
                                 const MoeBackend *const *backends,
                                 gsize n,
                                 gboolean again,
                                 MoeLimits *limits,
                                 MoeError *errors);

/* The backends of this build that compute in `dtype`, at most MOE_MAX_CONTENDERS; how many.  When
 * there is none *error tells why. */
gsize moe_machine_list (MoeDtype dtype, const MoeBackend **backends, MoeError *error);

/* Index of the fastest of n backends by limits that moe_machine_calibrate () filled in, -1 when
 * none has any.  A tie goes to native.  *why, when not NULL, receives a sentence or two for people
 * that name the contenders with their rates, and say when a rate was taken under load; free it with
 * g_free (). */
gssize moe_machine_fastest (const MoeBackend *const *backends,
                            const MoeLimits *limits,
                            const MoeError *errors,
                            gsize n,
                            MoeDtype dtype,
                            char **why);

G_END_DECLS

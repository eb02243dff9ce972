/* SPDX-License-Identifier: Apache-2.0 */
/* What a bug report should say about the program and the machine. */
#pragma once

#include "engine/sweep/accelerators.h"

G_BEGIN_DECLS

/* One fact a line, in English whatever the language is; `backends` may be NULL when nobody has
 * looked yet.  Owned by the caller. */
char *nullcurve_debug_info_new (const MoeAccelerators *backends);

G_END_DECLS

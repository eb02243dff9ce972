/* SPDX-License-Identifier: Apache-2.0 */
/* Which palette index a run of the list gets; it keeps it. */
#pragma once

#include "ui/runs/run-item.h"

G_BEGIN_DECLS

/* One that no other of `runs` (of NullcurveRunItem) has: of this colour, from 0, in whatever shade
 * is free; -1: of any. */
int nullcurve_palettes_find (GListModel *runs, NullcurveRunItem *item, int colour);

G_END_DECLS

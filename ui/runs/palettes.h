/* SPDX-License-Identifier: Apache-2.0 */
/* Which palette index a run begins with: it takes one for each of its curves, and keeps them. */
#pragma once

#include "ui/runs/run-item.h"

G_BEGIN_DECLS

/* The first index that leaves the curves of the other `runs` (of NullcurveRunItem) alone: of this
 * colour, from 0, with whatever markers and dashes are free; -1: of any. */
int nullcurve_palettes_find (GListModel *runs, NullcurveRunItem *item, int colour);

G_END_DECLS

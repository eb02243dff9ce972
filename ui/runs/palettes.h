/* SPDX-License-Identifier: Apache-2.0 */
/* Which palette index a run begins with: it takes one for each of its curves, and keeps them. */
#pragma once

#include "ui/runs/run-item.h"

G_BEGIN_DECLS

/* The first index that leaves the curves of the other `runs` (of NullcurveRunItem) alone. */
int nullcurve_palettes_find (GListModel *runs, NullcurveRunItem *item);

/* This colour, from 0, with markers and dashes that none of the others has with it. */
int nullcurve_palettes_shift (GListModel *runs, NullcurveRunItem *item, int colour);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Which colours and markers the curves of a run get beside those of other runs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Palette indices that the curves of one run have: from `first` on, one a curve. */
typedef struct NullcurveWorn
{
  guint first;
  guint n_curves;
} NullcurveWorn;

/* The palette index of the first curve of a run with so many (0 counts as 1), so that it shares
 * none with the `n_worn` others and, where that can be, begins with a colour that none of them
 * begins with.  `colour` (0 .. NULLCURVE_STYLE_N_COLOURS - 1) asks for that one, with whatever
 * marker is free; -1: any. */
guint
nullcurve_palettes_choose (const NullcurveWorn *worn, gsize n_worn, guint n_curves, int colour);

G_END_DECLS

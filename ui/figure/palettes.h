/* SPDX-License-Identifier: Apache-2.0 */
/* Which colour a run gets beside others: the one owner of that, for the window and for files. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The palette index of a run beside the `n_worn` others, whose indices are `worn`: none of theirs,
 * of the colour that the fewest have: eight runs in a row have eight hues.  `colour` (0 ..
 * NULLCURVE_STYLE_N_COLOURS - 1) asks for that one, in whatever shade is free; -1: any. */
guint nullcurve_palettes_choose (const guint *worn, gsize n_worn, int colour);

G_END_DECLS

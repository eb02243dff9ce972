/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/palettes.h"

#include "ui/figure/style.h"

static gboolean
is_free (const NullcurveWorn *worn, gsize n_worn, guint first, guint n)
{
  for (gsize i = 0; i < n_worn; i++)
    if (first < worn[i].first + worn[i].n_curves && worn[i].first < first + n)
      return FALSE;
  return TRUE;
}

/* Does another run begin with this colour, with whatever marker? */
static gboolean
is_first_of (const NullcurveWorn *worn, gsize n_worn, guint palette)
{
  for (gsize i = 0; i < n_worn; i++)
    if (worn[i].first % NULLCURVE_STYLE_N_COLOURS == palette % NULLCURVE_STYLE_N_COLOURS)
      return TRUE;
  return FALSE;
}

guint
nullcurve_palettes_choose (const NullcurveWorn *worn, gsize n_worn, guint n_curves, int colour)
{
  const guint n = MAX (1, n_curves);
  guint first = (guint)MAX (0, colour);

  while (!is_free (worn, n_worn, first, n))
    first += colour < 0 ? 1 : NULLCURVE_STYLE_N_COLOURS;
  /* What is free may begin with a colour that another run begins with; the next seven may not. */
  for (guint palette = first; colour < 0 && palette < first + NULLCURVE_STYLE_N_COLOURS; palette++)
    if (is_free (worn, n_worn, palette, n) && !is_first_of (worn, n_worn, palette))
      return palette;
  return first;
}

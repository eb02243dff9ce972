/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/palettes.h"

#include "ui/figure/style.h"

static gboolean
is_worn (const guint *worn, gsize n_worn, guint palette)
{
  for (gsize i = 0; i < n_worn; i++)
    if (worn[i] == palette)
      return TRUE;
  return FALSE;
}

/* The colour that the fewest wear, the first of those. */
static guint
rarest_colour (const guint *worn, gsize n_worn)
{
  guint n[NULLCURVE_STYLE_N_COLOURS] = { 0 };
  guint rarest = 0;

  for (gsize i = 0; i < n_worn; i++)
    n[worn[i] % NULLCURVE_STYLE_N_COLOURS]++;
  for (guint colour = 1; colour < NULLCURVE_STYLE_N_COLOURS; colour++)
    if (n[colour] < n[rarest])
      rarest = colour;
  return rarest;
}

guint
nullcurve_palettes_choose (const guint *worn, gsize n_worn, int colour)
{
  guint palette = colour >= 0 ? (guint)colour : rarest_colour (worn, n_worn);

  while (is_worn (worn, n_worn, palette))
    palette += NULLCURVE_STYLE_N_COLOURS;
  return palette;
}

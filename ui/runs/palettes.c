/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/palettes.h"

#include "ui/figure/palettes.h"

int
nullcurve_palettes_find (GListModel *runs, NullcurveRunItem *item, int colour)
{
  g_autoptr (GArray) worn = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (NullcurveRunItem) other = g_list_model_get_item (runs, i);
      int palette = nullcurve_run_item_get_palette (other);
      if (other != item && palette >= 0)
        g_array_append_val (worn, palette);
    }
  return (int)nullcurve_palettes_choose ((const guint *)worn->data, worn->len, colour);
}

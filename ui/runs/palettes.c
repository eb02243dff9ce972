/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/palettes.h"

#include "ui/figure/palettes.h"

/* Palette indices of all runs but this. */
static GArray *
list_worn (GListModel *runs, NullcurveRunItem *but)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (NullcurveWorn));
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (runs, i);
      int first = nullcurve_run_item_get_palette (item);
      NullcurveWorn worn = { (guint)MAX (0, first), nullcurve_run_item_count_curves (item) };
      if (item != but && first >= 0)
        g_array_append_val (all, worn);
    }
  return all;
}

int
nullcurve_palettes_find (GListModel *runs, NullcurveRunItem *item, int colour)
{
  g_autoptr (GArray) worn = list_worn (runs, item);
  return (int)nullcurve_palettes_choose ((const NullcurveWorn *)worn->data, worn->len,
                                         nullcurve_run_item_count_curves (item), colour);
}

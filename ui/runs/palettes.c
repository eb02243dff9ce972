/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/palettes.h"

#include "ui/figure/style.h"

/* Palette indices that a run's curves have. */
typedef struct Worn
{
  int first, end;
} Worn;

/* Of all runs but this. */
static GArray *
list_worn (GListModel *runs, NullcurveRunItem *but)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Worn));
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (runs, i);
      Worn worn = { .first = nullcurve_run_item_get_palette (item) };
      worn.end = worn.first + (int)nullcurve_run_item_count_curves (item);
      if (item != but && worn.first >= 0)
        g_array_append_val (all, worn);
    }
  return all;
}

static gboolean
is_free (const GArray *all, int first, int n)
{
  for (guint i = 0; i < all->len; i++)
    {
      const Worn *worn = &g_array_index (all, Worn, i);
      if (first < worn->end && worn->first < first + n)
        return FALSE;
    }
  return TRUE;
}

/* Does another run begin with this colour, with whatever marker? */
static gboolean
is_first_of (const GArray *all, int palette)
{
  for (guint i = 0; i < all->len; i++)
    if (g_array_index (all, Worn, i).first % NULLCURVE_STYLE_N_COLOURS
        == palette % NULLCURVE_STYLE_N_COLOURS)
      return TRUE;
  return FALSE;
}

int
nullcurve_palettes_find (GListModel *runs, NullcurveRunItem *item, int colour)
{
  g_autoptr (GArray) worn = list_worn (runs, item);
  int n = MAX (1, (int)nullcurve_run_item_count_curves (item)), first = MAX (0, colour);
  while (!is_free (worn, first, n))
    first += colour < 0 ? 1 : NULLCURVE_STYLE_N_COLOURS;
  /* What is free may begin with a colour that another run begins with; the next seven may not. */
  for (int palette = first; colour < 0 && palette < first + NULLCURVE_STYLE_N_COLOURS; palette++)
    if (is_free (worn, palette, n) && !is_first_of (worn, palette))
      return palette;
  return first;
}

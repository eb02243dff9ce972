/* SPDX-License-Identifier: Apache-2.0 */
/* A run's points as one aligned table for a terminal. */
#include <math.h>

#include "engine/records/grid.h"
#include "engine/records/numbers.h"
#include "engine/records/tables-private.h"

static gboolean
is_shown (const MoeLabels *labels, MoeLabel label)
{
  return labels->shown[label] || label == MOE_LABEL_NULL_MODE;
}

static void
add_header (MoeGrid *grid, const MoeLabels *labels, gboolean several_shapes)
{
  static const char *const numbers[] = { "top-k", "f",        "tokens/s", "spread",
                                         "TF/s",  "speed-up", "±",        "efficiency" };
  if (several_shapes)
    moe_grid_add (grid, "shape");
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (is_shown (labels, label))
      {
        g_autofree char *title = g_ascii_strdown (moe_label_title (label), -1);
        moe_grid_add (grid, title);
      }
  grid->n_left = grid->column;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    moe_grid_add (grid, numbers[i]);
}

static void
add_spread (MoeGrid *grid, const MoeSpread *spread, const char *mark)
{
  GString *cell = g_string_new (NULL);
  if (moe_spread_is_wild (spread))
    g_string_append (cell, "more than 2×");
  else
    {
      g_string_append (cell, "±");
      moe_number_append_fixed (cell, 100 * moe_spread_relative (spread), 1);
      g_string_append (cell, " %");
    }
  g_string_append (cell, mark);
  moe_grid_take (grid, cell);
}

/* The speed-up against f = 0 and its interval; f = 0 itself has none.  TRUE when that is not of
 * pairs, which the mark tells. */
static gboolean
add_speedup (MoeGrid *grid, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread speedup;
  MoeSpeedup kind = moe_run_speedup (run, record, &speedup);
  gboolean marked = kind == MOE_SPEEDUP_UNPAIRED && speedup.n > 1 && record->null_target > 0;
  moe_grid_add_real (grid, speedup.median, 2, "×");
  if (speedup.n > 1 && record->null_target > 0)
    add_spread (grid, &speedup, marked ? "*" : "");
  else
    moe_grid_add (grid, NULL);
  return marked;
}

static gboolean
add_numbers (MoeGrid *grid, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread spread;
  gboolean has_spread = moe_record_rate_spread (record, &spread) && spread.n > 1;
  GString *cell = g_string_new (NULL);
  moe_cell_append_topk (cell, record);
  moe_grid_take (grid, cell);
  cell = g_string_new (NULL);
  moe_cell_append_fraction (cell, record->null_target);
  moe_grid_take (grid, cell);
  cell = g_string_new (NULL);
  moe_cell_append_rate (cell, record->tokens_per_s);
  moe_grid_take (grid, cell);
  if (has_spread)
    add_spread (grid, &spread, "");
  else
    moe_grid_add (grid, NULL);
  cell = g_string_new (NULL);
  moe_cell_append_tflops (cell, record->tflops);
  moe_grid_take (grid, cell);
  gboolean marked = add_speedup (grid, run, record);
  moe_grid_add_real (grid, moe_run_null_efficiency (run, record), 3, "");
  return marked;
}

static gboolean
add_record (MoeGrid *grid,
            const MoeRun *run,
            const MoeRecord *record,
            const MoeLabels *labels,
            gboolean several_shapes)
{
  MoeCurve curve = { .run = run, .first = record };
  moe_grid_begin_row (grid);
  if (several_shapes)
    {
      GString *cell = g_string_new (NULL);
      moe_cell_append_shape (cell, record);
      moe_grid_take (grid, cell);
    }
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (is_shown (labels, label))
      moe_grid_add (grid, moe_label_value (&curve, label));
  return add_numbers (grid, run, record);
}

static gboolean
has_several_shapes (const GPtrArray *curves)
{
  for (guint i = 1; i < curves->len; i++)
    {
      const MoeCurve *first = g_ptr_array_index (curves, 0), *curve = g_ptr_array_index (curves, i);
      if (first->first->has_shape != curve->first->has_shape
          || (first->first->has_shape
              && !moe_shape_equal (&first->first->shape, &curve->first->shape)))
        return TRUE;
    }
  return FALSE;
}

/* TRUE when a speed-up is marked as not of pairs. */
static gboolean
fill_grid (MoeGrid *grid, const MoeRun *run)
{
  MoeLabels labels;
  MoeRun *const runs[] = { (MoeRun *)run };
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, 1);
  gboolean several_shapes = has_several_shapes (curves), marked = FALSE;
  moe_labels_find (curves, &labels);
  add_header (grid, &labels, several_shapes);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    marked |= add_record (grid, run, moe_run_get_record (run, i), &labels, several_shapes);
  return marked;
}

static GString *
points_table (const MoeRun *run, gboolean markdown)
{
  MoeGrid grid;
  moe_grid_init (&grid);
  gboolean marked = fill_grid (&grid, run);
  GString *text = markdown ? moe_grid_to_markdown (&grid) : moe_grid_to_text (&grid);
  if (marked)
    g_string_append_printf (text,
                            "%s Not measured in the same rounds as f = 0: the interval is that of "
                            "two medians.\n",
                            markdown ? "\n\\*" : "*");
  moe_grid_clear (&grid);
  return text;
}

GString *
moe_tables_points (const MoeRun *run)
{
  return points_table (run, FALSE);
}

GString *
moe_tables_points_markdown (const MoeRun *run)
{
  return points_table (run, TRUE);
}

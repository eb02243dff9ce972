/* SPDX-License-Identifier: Apache-2.0 */
/* A run's points as one aligned table for a terminal. */
#include <math.h>

#include "engine/records/numbers.h"
#include "engine/records/tables-private.h"

/* Cells of a table, row by row; the first row is the header. */
typedef struct Grid
{
  GPtrArray *cells;  /* char * */
  GArray *widths;    /* glong, one a column */
  guint column;      /* of the next cell */
  guint n_left;      /* columns set to the left: the first ones */
  gboolean unpaired; /* a speed-up is not of pairs */
} Grid;

static void
add_cell (Grid *grid, GString *cell)
{
  glong width = g_utf8_strlen (cell->str, -1);
  if (grid->column == grid->widths->len)
    g_array_append_val (grid->widths, width);
  glong *widest = &g_array_index (grid->widths, glong, grid->column);
  *widest = MAX (*widest, width);
  grid->column++;
  g_ptr_array_add (grid->cells, g_string_free (cell, FALSE));
}

static void
add_text (Grid *grid, const char *text)
{
  add_cell (grid, g_string_new (text != NULL ? text : MOE_TABLES_MISSING));
}

static void
add_real (Grid *grid, double value, int decimals, const char *unit)
{
  GString *cell = g_string_new (NULL);
  if (isfinite (value))
    {
      moe_number_append_fixed (cell, value, decimals);
      g_string_append (cell, unit);
    }
  else
    g_string_append (cell, MOE_TABLES_MISSING);
  add_cell (grid, cell);
}

static void
append_padding (GString *text, glong n)
{
  for (glong i = 0; i < n; i++)
    g_string_append_c (text, ' ');
}

static GString *
grid_format (const Grid *grid)
{
  GString *text = g_string_new (NULL);
  guint n = grid->widths->len;
  for (guint i = 0; i < grid->cells->len; i++)
    {
      const char *cell = g_ptr_array_index (grid->cells, i);
      guint column = i % n;
      glong padding = g_array_index (grid->widths, glong, column) - g_utf8_strlen (cell, -1);
      if (column > 0)
        g_string_append (text, "  ");
      if (column >= grid->n_left)
        append_padding (text, padding);
      g_string_append (text, cell);
      if (column + 1 == n)
        g_string_append_c (text, '\n');
      else if (column < grid->n_left)
        append_padding (text, padding);
    }
  return text;
}

static gboolean
is_shown (const MoeLabels *labels, MoeLabel label)
{
  return labels->shown[label] || label == MOE_LABEL_NULL_MODE;
}

static void
add_header (Grid *grid, const MoeLabels *labels, gboolean several_shapes)
{
  static const char *const numbers[] = { "top-k", "f",        "tokens/s", "spread",
                                         "TF/s",  "speed-up", "±",        "efficiency" };
  if (several_shapes)
    add_text (grid, "shape");
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (is_shown (labels, label))
      {
        g_autofree char *title = g_ascii_strdown (moe_label_title (label), -1);
        add_text (grid, title);
      }
  grid->n_left = grid->column;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    add_text (grid, numbers[i]);
}

static void
add_spread (Grid *grid, const MoeSpread *spread, const char *mark)
{
  GString *cell = g_string_new ("±");
  moe_number_append_fixed (cell, 100 * moe_spread_relative (spread), 1);
  g_string_append_printf (cell, " %%%s", mark);
  add_cell (grid, cell);
}

/* The speed-up against f = 0 and its interval; f = 0 itself has none. */
static void
add_speedup (Grid *grid, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread speedup;
  MoeSpeedup kind = moe_run_speedup (run, record, &speedup);
  gboolean unpaired = kind == MOE_SPEEDUP_UNPAIRED && speedup.n > 1;
  add_real (grid, speedup.median, 2, "×");
  if (speedup.n > 1 && record->null_target > 0)
    add_spread (grid, &speedup, unpaired ? "*" : "");
  else
    add_text (grid, NULL);
  grid->unpaired |= unpaired && record->null_target > 0;
}

static void
add_numbers (Grid *grid, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread spread;
  gboolean has_spread = moe_record_rate_spread (record, &spread) && spread.n > 1;
  GString *cell = g_string_new (NULL);
  moe_cell_append_topk (cell, record);
  add_cell (grid, cell);
  cell = g_string_new (NULL);
  moe_cell_append_fraction (cell, record->null_target);
  add_cell (grid, cell);
  cell = g_string_new (NULL);
  moe_cell_append_rate (cell, record->tokens_per_s);
  add_cell (grid, cell);
  if (has_spread)
    add_spread (grid, &spread, "");
  else
    add_text (grid, NULL);
  add_real (grid, record->tflops, 3, "");
  add_speedup (grid, run, record);
  add_real (grid, moe_run_null_efficiency (run, record), 3, "");
}

static void
add_record (Grid *grid,
            const MoeRun *run,
            const MoeRecord *record,
            const MoeLabels *labels,
            gboolean several_shapes)
{
  MoeCurve curve = { .run = run, .first = record };
  grid->column = 0;
  if (several_shapes)
    {
      GString *cell = g_string_new (NULL);
      moe_cell_append_shape (cell, record);
      add_cell (grid, cell);
    }
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (is_shown (labels, label))
      {
        GString *cell = g_string_new (NULL);
        moe_cell_append_text (cell, moe_label_value (&curve, label));
        add_cell (grid, cell);
      }
  add_numbers (grid, run, record);
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

GString *
moe_tables_points (const MoeRun *run)
{
  MoeLabels labels;
  MoeRun *const runs[] = { (MoeRun *)run };
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, 1);
  gboolean several_shapes = has_several_shapes (curves);
  Grid grid = {
    .cells = g_ptr_array_new_with_free_func (g_free),
    .widths = g_array_new (FALSE, FALSE, sizeof (glong)),
  };
  moe_labels_find (curves, &labels);
  add_header (&grid, &labels, several_shapes);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    add_record (&grid, run, moe_run_get_record (run, i), &labels, several_shapes);
  GString *text = grid_format (&grid);
  if (grid.unpaired)
    g_string_append (text,
                     "* Not measured in the same rounds as f = 0: the interval is that of two "
                     "medians.\n");
  g_ptr_array_unref (grid.cells);
  g_array_unref (grid.widths);
  return text;
}

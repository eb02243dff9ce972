/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/grid.h"

#include <math.h>
#include <string.h>

#include "engine/records/numbers.h"
#include "ui/words/cells.h"

void
moe_grid_init (MoeGrid *grid)
{
  *grid = (MoeGrid){
    .cells = g_ptr_array_new_with_free_func (g_free),
    .widths = g_array_new (FALSE, FALSE, sizeof (glong)),
  };
}

void
moe_grid_clear (MoeGrid *grid)
{
  g_ptr_array_unref (grid->cells);
  g_array_unref (grid->widths);
}

void
moe_grid_begin_row (MoeGrid *grid)
{
  grid->column = 0;
}

void
moe_grid_add (MoeGrid *grid, const char *text)
{
  /* Control characters would break a line, and a terminal. */
  char *cell = moe_cell_clean (text != NULL ? text : MOE_TABLES_MISSING, "");
  glong width = g_utf8_strlen (cell, -1);
  if (grid->column == grid->widths->len)
    g_array_append_val (grid->widths, width);
  glong *widest = &g_array_index (grid->widths, glong, grid->column);
  *widest = MAX (*widest, width);
  grid->column++;
  g_ptr_array_add (grid->cells, cell);
}

void
moe_grid_take (MoeGrid *grid, char *text)
{
  moe_grid_add (grid, text);
  g_free (text);
}

void
moe_grid_add_real (MoeGrid *grid, double value, int decimals, const char *unit)
{
  moe_grid_take (grid, isfinite (value) ? moe_number_fixed (value, decimals, unit) : NULL);
}

void
moe_grid_add_labels (MoeGrid *grid, const MoeLabels *labels)
{
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (labels->shown[label])
      moe_grid_add (grid, nullcurve_words_label (label));
}

void
moe_grid_add_values (MoeGrid *grid, const MoeLabels *labels, const MoeCurve *curve)
{
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (labels->shown[label])
      moe_grid_add (grid, moe_label_value (curve, label));
}

static void
append_padding (GString *text, glong n)
{
  for (glong i = 0; i < n; i++)
    g_string_append_c (text, ' ');
}

static gboolean
is_left (const MoeGrid *grid, guint column)
{
  return column < grid->n_left || (grid->left_end && column + 1 == grid->widths->len);
}

GString *
moe_grid_to_text (const MoeGrid *grid)
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
      if (!is_left (grid, column))
        append_padding (text, padding);
      g_string_append (text, cell);
      if (column + 1 == n)
        g_string_append_c (text, '\n');
      else if (is_left (grid, column))
        append_padding (text, padding);
    }
  return text;
}

static gboolean
is_empty (const MoeGrid *grid, guint column)
{
  guint n = grid->widths->len;
  for (guint i = n + column; i < grid->cells->len; i += n)
    if (strcmp (g_ptr_array_index (grid->cells, i), MOE_TABLES_MISSING) != 0)
      return FALSE;
  return grid->cells->len > n;
}

static void
append_rule (GString *text, const MoeGrid *grid, const gboolean *shown)
{
  for (guint column = 0; column < grid->widths->len; column++)
    if (shown[column])
      g_string_append (text, is_left (grid, column) ? "| --- " : "| ---: ");
  g_string_append (text, "|\n");
}

GString *
moe_grid_to_markdown (const MoeGrid *grid)
{
  GString *text = g_string_new (NULL);
  guint n = grid->widths->len;
  g_autofree gboolean *shown = g_new (gboolean, n);
  for (guint column = 0; column < n; column++)
    shown[column] = !grid->drop_empty || !is_empty (grid, column);
  for (guint i = 0; i < grid->cells->len; i++)
    {
      if (shown[i % n])
        {
          g_autofree char *cell = moe_cell_text (g_ptr_array_index (grid->cells, i));
          const char *mark = i >= n && i % n + 1 == grid->code ? "`" : "";
          g_string_append_printf (text, "| %s%s%s ", mark, cell, mark);
        }
      if ((i + 1) % n == 0)
        g_string_append (text, "|\n");
      if (i + 1 == n)
        append_rule (text, grid, shown);
    }
  return text;
}

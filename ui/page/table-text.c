/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/table-text.h"

#include <math.h>
#include <string.h>

typedef struct Format
{
  const char *name;
  const char *start; /* of a row */
  const char *between;
  const char *end;
  gboolean shown; /* cells as they are shown, not in full */
} Format;

static const Format formats[] = {
  { "markdown", "| ", " | ", " |\n", TRUE },
  { "csv", "", ",", "\n", FALSE },
  { "tsv", "", "\t", "\n", FALSE },
};

static const Format *
find_format (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (name, formats[i].name) == 0)
      return &formats[i];
  return NULL;
}

/* Nothing in a cell may end it. */
static void
append_cell (GString *text, const Format *format, const char *cell)
{
  if (format->shown)
    {
      for (const char *p = cell; *p != '\0'; p++)
        {
          if (*p == '|')
            g_string_append_c (text, '\\');
          g_string_append_c (text, *p == '\n' ? ' ' : *p);
        }
      return;
    }
  if (strpbrk (cell, ",\"\t\n") == NULL)
    {
      g_string_append (text, cell);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *p = cell; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *p);
    }
  g_string_append_c (text, '"');
}

static char *
dup_cell (const Format *format, NullcurvePointItem *point, NullcurvePointColumn column)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  if (format->shown || nullcurve_point_column_is_text (column))
    return nullcurve_point_item_dup_text (point, column);
  double value = nullcurve_point_item_get_value (point, column);
  if (isnan (value))
    return g_strdup ("");
  /* Two numbers have no number. */
  if (column == NULLCURVE_POINT_COLUMN_DELTA_RANGE)
    return nullcurve_point_item_dup_text (point, column);
  return g_strdup (g_ascii_formatd (number, sizeof number, "%.10g", value));
}

/* Numbers in full are in TF/s, whatever is shown. */
static char *
dup_head (const Format *format, NullcurvePointItem *point, NullcurvePointColumn column)
{
  return g_strdup (format->shown ? nullcurve_point_item_title (point, column)
                                 : nullcurve_point_column_title (column));
}

static void
append_row (GString *text, const Format *format, NullcurvePointItem *point, gboolean is_head)
{
  g_string_append (text, format->start);
  for (int column = 0; column < NULLCURVE_POINT_N_COLUMNS; column++)
    {
      g_autofree char *cell = is_head ? dup_head (format, point, (NullcurvePointColumn)column)
                                      : dup_cell (format, point, (NullcurvePointColumn)column);
      if (column > 0)
        g_string_append (text, format->between);
      append_cell (text, format, cell);
    }
  g_string_append (text, format->end);
}

static void
append_rule (GString *text)
{
  for (int column = 0; column < NULLCURVE_POINT_N_COLUMNS; column++)
    g_string_append (
        text, nullcurve_point_column_is_text ((NullcurvePointColumn)column) ? "| --- " : "| ---: ");
  g_string_append (text, "|\n");
}

char *
nullcurve_table_text (GListModel *rows, const char *format_name)
{
  const Format *format = find_format (format_name);
  guint n = g_list_model_get_n_items (rows);
  if (format == NULL || n == 0)
    return NULL;
  GString *text = g_string_new (NULL);
  g_autoptr (NullcurvePointItem) first = g_list_model_get_item (rows, 0);
  append_row (text, format, first, TRUE);
  if (format->shown)
    append_rule (text);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurvePointItem) point = g_list_model_get_item (rows, i);
      append_row (text, format, point, FALSE);
    }
  return g_string_free (text, FALSE);
}

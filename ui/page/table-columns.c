/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/table-columns.h"

#include <glib/gi18n.h>
#include <string.h>

/* What a row is, as against what was measured of it. */
static gboolean
is_setup (NullcurvePointColumn column)
{
  return column <= NULLCURVE_POINT_COLUMN_MODE || column == NULLCURVE_POINT_COLUMN_SAMPLES;
}

static gboolean
is_empty (const char *text)
{
  return text == NULL || *text == '\0' || g_str_equal (text, "–");
}

/* These columns of a row. */
static void
look_at (NullcurveTableColumns *self, NullcurvePointItem *point, int first, int last)
{
  for (int column = first; column <= last; column++)
    {
      if (self->differs[column])
        continue;
      g_autofree char *text = nullcurve_point_item_dup_text (point, (NullcurvePointColumn)column);
      if (self->first[column] == NULL)
        self->first[column] = g_steal_pointer (&text);
      else
        self->differs[column] = strcmp (self->first[column], text) != 0;
    }
}

static gboolean
is_live (NullcurvePointItem *point)
{
  return nullcurve_run_item_get_live (nullcurve_point_item_get_run (point));
}

static void
forget (NullcurveTableColumns *self, int first, int last)
{
  for (int column = first; column <= last; column++)
    {
      g_clear_pointer (&self->first[column], g_free);
      self->differs[column] = FALSE;
    }
}

void
nullcurve_table_columns_look (NullcurveTableColumns *self, GListModel *rows)
{
  guint n = g_list_model_get_n_items (rows);
  nullcurve_table_columns_clear (self);
  self->many = n > 1;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurvePointItem) point = g_list_model_get_item (rows, i);
      look_at (self, point, 0, NULLCURVE_POINT_N_COLUMNS - 1);
      self->live |= is_live (point);
    }
}

void
nullcurve_table_columns_look_again (NullcurveTableColumns *self, GListModel *rows)
{
  guint n = g_list_model_get_n_items (rows), n_live = 0;
  /* What one row says now is no difference to what it said. */
  if (!self->many)
    forget (self, 0, NULLCURVE_POINT_N_COLUMNS - 1);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurvePointItem) point = g_list_model_get_item (rows, i);
      if (!self->many || is_live (point))
        look_at (self, point, 0, NULLCURVE_POINT_N_COLUMNS - 1);
      n_live += is_live (point);
    }
  if (self->live && n_live == 0)
    nullcurve_table_columns_look (self, rows);
  self->live = n_live > 0;
}

void
nullcurve_table_columns_look_compared (NullcurveTableColumns *self, GListModel *rows)
{
  guint n = g_list_model_get_n_items (rows);
  forget (self, NULLCURVE_POINT_COLUMN_DELTA, NULLCURVE_POINT_COLUMN_N);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurvePointItem) point = g_list_model_get_item (rows, i);
      look_at (self, point, NULLCURVE_POINT_COLUMN_DELTA, NULLCURVE_POINT_COLUMN_N);
    }
}

gboolean
nullcurve_table_columns_tells (const NullcurveTableColumns *self, NullcurvePointColumn column)
{
  if (column == NULLCURVE_POINT_COLUMN_TARGET || column == NULLCURVE_POINT_COLUMN_RATE)
    return TRUE;
  return self->differs[column]
         || (!self->many && !is_setup (column) && !is_empty (self->first[column]));
}

char *
nullcurve_table_columns_dup_same (const NullcurveTableColumns *self,
                                  GListModel *rows,
                                  const gboolean columns[NULLCURVE_POINT_N_COLUMNS])
{
  g_autoptr (GString) same = g_string_new (NULL);
  g_autoptr (NullcurvePointItem) point = g_list_model_get_item (rows, 0);
  for (int column = NULLCURVE_POINT_COLUMN_SHAPE; column < NULLCURVE_POINT_N_COLUMNS; column++)
    if (point != NULL && columns[column] && !self->differs[column]
        && !is_empty (self->first[column]))
      g_string_append_printf (same, "%s%s %s", same->len > 0 ? " · " : "",
                              nullcurve_point_item_title (point, (NullcurvePointColumn)column),
                              self->first[column]);
  if (same->len == 0)
    return NULL;
  return g_strdup_printf (_ ("Same in all rows: %s"), same->str);
}

void
nullcurve_table_columns_clear (NullcurveTableColumns *self)
{
  forget (self, 0, NULLCURVE_POINT_N_COLUMNS - 1);
  *self = (NullcurveTableColumns){ 0 };
}
